//! Random programs that leave out random types at random times, against a model that knows what a trace
//! can see: law 5 where types are left out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use objgraph::{Tracked, tracking};
use proptest::prelude::*;

use super::alone;

const TYPES: [&str; 3] = ["Leaf", "Twig", "Stem"];

#[derive(Clone, Debug)]
enum Step {
    New(usize),
    DropRoot(usize),
    Link { from: usize, to: usize },
    Unlink(usize),
    Choose { out: u8, by_only: bool },
    Watch(usize),
    GetMut(usize),
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    let index = || 0..64_usize;
    prop_oneof![
        6 => (0..TYPES.len()).prop_map(Step::New),
        5 => index().prop_map(Step::DropRoot),
        9 => (index(), index()).prop_map(|(from, to)| Step::Link { from, to }),
        1 => index().prop_map(Step::Unlink),
        2 => (0..8_u8, any::<bool>()).prop_map(|(out, by_only)| Step::Choose { out, by_only }),
        1 => index().prop_map(Step::Watch),
        1 => index().prop_map(Step::GetMut),
        1 => Just(Step::Look),
    ]
}

/// What the program holds, by the numbers of the nodes.
#[derive(Default)]
struct Model {
    edges: BTreeMap<u32, Vec<u32>>,
    roots: Vec<u32>,
    /// The nodes that are in the table.
    recorded: BTreeSet<u32>,
    /// The types, as bits, that are left out now, and those of which objects ever were.
    left_out: u8,
    was_left_out: u8,
}

impl Model {
    fn reachable(&self, from: impl Iterator<Item = u32>) -> BTreeSet<u32> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<u32> = from.collect();
        while let Some(node) = next.pop() {
            if reached.insert(node) {
                next.extend(&self.edges[&node]);
            }
        }
        reached
    }

    fn references(&self, to: u32) -> usize {
        let held = self.edges.values().flatten().chain(&self.roots);
        held.filter(|&&node| node == to).count()
    }

    fn settle(&mut self) {
        while let Some(&dead) = self.edges.keys().find(|&&node| self.references(node) == 0) {
            self.edges.remove(&dead);
            self.recorded.remove(&dead);
        }
    }

    /// The nodes that have leaked, and that a trace can prove to have leaked: those that no node leads to
    /// that is held, or that is not in the table.
    fn provable(&self) -> BTreeSet<u32> {
        let left_out = self
            .edges
            .keys()
            .filter(|node| !self.recorded.contains(node));
        let seen = self.reachable(self.roots.iter().chain(left_out).copied());
        let all = self.edges.keys().copied();
        all.filter(|node| !seen.contains(node)).collect()
    }
}

macro_rules! programs {
    ($test:ident, $module:ident::$Pointer:ident, $Cell:ident, $lock:ident) => {
        mod $module {
            use objgraph::$module::$Pointer as Ptr;

            use super::*;

            #[derive(Tracked, Clone)]
            enum Link {
                Leaf(Ptr<Leaf>),
                Twig(Ptr<Twig>),
                Stem(Ptr<Stem>),
            }

            macro_rules! node {
                ($Node:ident) => {
                    #[derive(Tracked)]
                    struct $Node {
                        number: u32,
                        links: $Cell<Vec<Link>>,
                    }

                    impl From<u32> for $Node {
                        fn from(number: u32) -> Self {
                            let links = $Cell::default();
                            Self { number, links }
                        }
                    }
                };
            }

            node!(Leaf);
            node!(Twig);
            node!(Stem);

            macro_rules! each {
                ($link:expr, $pointer:ident => $value:expr) => {
                    match $link {
                        Link::Leaf($pointer) => $value,
                        Link::Twig($pointer) => $value,
                        Link::Stem($pointer) => $value,
                    }
                };
            }

            impl Link {
                fn new(of: usize, number: u32) -> Self {
                    match of {
                        0 => Self::Leaf(Ptr::new(Leaf::from(number))),
                        1 => Self::Twig(Ptr::new(Twig::from(number))),
                        _ => Self::Stem(Ptr::new(Stem::from(number))),
                    }
                }

                fn number(&self) -> u32 {
                    each!(self, pointer => pointer.number)
                }

                fn add(&self, link: Link) {
                    each!(self, pointer => lock(&pointer.links, |links| links.push(link)));
                }

                fn unlink(&self) -> Vec<Link> {
                    each!(self, pointer => lock(&pointer.links, std::mem::take))
                }
            }

            fn lock<R>(links: &$Cell<Vec<Link>>, change: impl FnOnce(&mut Vec<Link>) -> R) -> R {
                change(&mut $lock(links))
            }

            fn own(name: &str) -> String {
                format!("random::{}::{name}", stringify!($module))
            }

            fn choose(out: u8, by_only: bool) {
                let is_out = |at: usize| out & 1 << at != 0;
                let types = TYPES.iter().enumerate();
                tracking::all();
                match by_only {
                    true => {
                        let kept = types.filter(|&(at, _)| !is_out(at));
                        tracking::only(kept.map(|(_, name)| own(name))).unwrap();
                    }
                    false => {
                        let left_out = types.filter(|&(at, _)| is_out(at));
                        tracking::except(left_out.map(|(_, name)| own(name))).unwrap();
                    }
                }
            }

            fn run(steps: &[Step]) -> Result<(), TestCaseError> {
                let _alone = alone();
                let (mut model, mut roots) = (Model::default(), Vec::<Link>::new());
                // Every node, so that its cycles can be broken at the end.
                let mut all: Vec<Box<dyn Fn() -> Option<Link>>> = Vec::new();
                for step in steps {
                    let at = |index: usize| (!roots.is_empty()).then(|| index % roots.len());
                    match *step {
                        Step::New(of) => {
                            let number = all.len() as u32;
                            let link = Link::new(of, number);
                            all.push(match &link {
                                Link::Leaf(node) => {
                                    let weak = Ptr::downgrade(node);
                                    Box::new(move || weak.upgrade().map(Link::Leaf))
                                }
                                Link::Twig(node) => {
                                    let weak = Ptr::downgrade(node);
                                    Box::new(move || weak.upgrade().map(Link::Twig))
                                }
                                Link::Stem(node) => {
                                    let weak = Ptr::downgrade(node);
                                    Box::new(move || weak.upgrade().map(Link::Stem))
                                }
                            });
                            roots.push(link);
                            model.roots.push(number);
                            model.edges.insert(number, Vec::new());
                            match model.left_out & 1 << of {
                                0 => drop(model.recorded.insert(number)),
                                _ => model.was_left_out |= 1 << of,
                            }
                        }
                        Step::DropRoot(index) => {
                            if let Some(at) = at(index) {
                                drop(roots.remove(at));
                                model.roots.remove(at);
                                model.settle();
                            }
                        }
                        Step::Link { from, to } => {
                            if let (Some(from), Some(to)) = (at(from), at(to)) {
                                roots[from].add(roots[to].clone());
                                let (from, to) = (model.roots[from], model.roots[to]);
                                model.edges.entry(from).or_default().push(to);
                            }
                        }
                        Step::Unlink(index) => {
                            if let Some(at) = at(index) {
                                drop(roots[at].unlink());
                                model.edges.insert(model.roots[at], Vec::new());
                                model.settle();
                            }
                        }
                        Step::Choose { out, by_only } => {
                            choose(out, by_only);
                            model.left_out = out;
                        }
                        Step::Watch(index) => {
                            if let Some(at) = at(index) {
                                let id = each!(&roots[at], pointer => objgraph::watch(pointer));
                                prop_assert!(objgraph::at(id).is_some());
                                model.recorded.insert(model.roots[at]);
                            }
                        }
                        Step::GetMut(index) => {
                            if let Some(at) = at(index) {
                                // The weak pointers of this test make it fail, here and with std.
                                each!(&mut roots[at], pointer => {
                                    prop_assert!(Ptr::get_mut(pointer).is_none());
                                    prop_assert_eq!(
                                        (Ptr::strong_count(pointer), Ptr::weak_count(pointer)),
                                        (model.references(model.roots[at]), 1)
                                    );
                                });
                            }
                        }
                        Step::Look => drop(objgraph::snapshot()),
                    }
                }
                let leaks = objgraph::find_leaks();
                let coverage = leaks.coverage();
                let in_table: BTreeSet<_> = leaks.iter().map(|leaked| leaked.id()).collect();
                let living = all.iter().filter_map(|upgrade| upgrade());
                let living: Vec<_> = living.map(|link| {
                    let id = each!(&link, pointer => objgraph::id(pointer));
                    (link.number(), id, link)
                }).collect();
                let found: BTreeSet<u32> = living
                    .iter()
                    .filter(|(_, id, _)| in_table.contains(id))
                    .map(|&(number, ..)| number)
                    .collect();
                let recorded: BTreeSet<u32> = living
                    .iter()
                    .filter(|&&(_, id, _)| id != objgraph::ObjectId::NONE)
                    .map(|&(number, ..)| number)
                    .collect();
                let counts = objgraph::count_of::<Leaf>()
                    + objgraph::count_of::<Twig>()
                    + objgraph::count_of::<Stem>();
                let names = tracking::left_out();
                for (_, _, link) in living {
                    drop(link.unlink());
                }
                roots.clear();
                prop_assert!(all.iter().all(|upgrade| upgrade().is_none()));
                prop_assert_eq!(&recorded, &model.recorded);
                prop_assert_eq!(counts, recorded.len());
                prop_assert_eq!(found, model.provable());
                prop_assert_eq!(leaks.over_reported().len(), 0);
                for (at, name) in TYPES.iter().enumerate() {
                    if model.was_left_out & 1 << at != 0 {
                        prop_assert!(!coverage.is_complete());
                        prop_assert!(names.iter().any(|known| known.ends_with(&own(name))));
                    }
                }
                Ok(())
            }

            proptest! {
                #![proptest_config(ProptestConfig {
                    cases: 1500,
                    failure_persistence: None,
                    ..ProptestConfig::default()
                })]

                #[test]
                fn $test(steps in prop::collection::vec(step(), 1..60)) {
                    if objgraph::ENABLED {
                        run(&steps)?;
                    }
                }
            }
        }
    };
}

fn borrowed<T>(cell: &RefCell<T>) -> std::cell::RefMut<'_, T> {
    cell.borrow_mut()
}

fn locked<T>(cell: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    cell.lock().unwrap()
}

programs!(
    leaks_are_what_the_trace_can_prove_behind_rc,
    rc::Rc,
    RefCell,
    borrowed
);
programs!(
    leaks_are_what_the_trace_can_prove_behind_arc,
    sync::Arc,
    Mutex,
    locked
);
