//! Random programs whose references also pass through closures, futures, boxed trait objects and
//! foreign cells, against a model that knows what each of these owns.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use objgraph::core::SCANS;
use objgraph::rc::{Rc, Weak};
use objgraph::{ObjectId, Tracked};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A generic type without a derive.
struct ForeignCell<T>(RefCell<T>);

trait Plain {}

impl<T> Plain for ForeignCell<T> {}

#[derive(Tracked, Default)]
struct Node {
    list: RefCell<Vec<Rc<Node>>>,
    weak: RefCell<Vec<Weak<Node>>>,
    closures: RefCell<Vec<Box<dyn Fn() -> usize>>>,
    futures: RefCell<Vec<Pin<Box<dyn Future<Output = ()>>>>>,
    boxed: RefCell<Vec<Box<dyn Plain>>>,
    foreign: RefCell<Vec<ForeignCell<Rc<Node>>>>,
}

/// What a closure captures.
#[derive(Clone, Copy, Debug)]
enum Capture {
    Strong,
    Weak,
    Twice,
    StrongAndWeak,
}

/// What a future does with the handle that it is given, from one suspension to the next.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Suspended twice while it has the handle.
    Holds,
    /// Moves the handle to another variable after the first suspension.
    Moves,
    /// Drops the handle after the first suspension.
    Drops,
    /// Gives the handle to the program after the first suspension.
    Returns,
}

#[derive(Clone, Debug)]
enum Step {
    New,
    DropRoot(usize),
    Link {
        from: usize,
        to: usize,
    },
    LinkWeakly {
        from: usize,
        to: usize,
    },
    Capture {
        from: usize,
        to: usize,
        what: Capture,
    },
    Spawn {
        from: usize,
        to: usize,
        shape: Shape,
    },
    Poll {
        from: usize,
        which: usize,
    },
    Wrap {
        from: usize,
        to: usize,
        is_boxed: bool,
    },
    DropHidden {
        from: usize,
        kind: Kind,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Closure,
    Future,
    Boxed,
    Foreign,
}

fn step() -> impl Strategy<Value = Step> {
    let index = || 0..64usize;
    let ends = || (index(), index());
    let what = prop_oneof![
        5 => Just(Capture::Strong),
        3 => Just(Capture::Weak),
        1 => Just(Capture::Twice),
        1 => Just(Capture::StrongAndWeak),
    ];
    let shape = prop_oneof![
        Just(Shape::Holds),
        Just(Shape::Moves),
        Just(Shape::Drops),
        Just(Shape::Returns),
    ];
    let kind = prop_oneof![
        Just(Kind::Closure),
        Just(Kind::Future),
        Just(Kind::Boxed),
        Just(Kind::Foreign),
    ];
    prop_oneof![
        6 => Just(Step::New),
        6 => index().prop_map(Step::DropRoot),
        4 => ends().prop_map(|(from, to)| Step::Link { from, to }),
        1 => ends().prop_map(|(from, to)| Step::LinkWeakly { from, to }),
        4 => (ends(), what).prop_map(|((from, to), what)| Step::Capture { from, to, what }),
        3 => (ends(), shape).prop_map(|((from, to), shape)| Step::Spawn { from, to, shape }),
        4 => ends().prop_map(|(from, which)| Step::Poll { from, which }),
        2 => (ends(), any::<bool>())
            .prop_map(|((from, to), is_boxed)| Step::Wrap { from, to, is_boxed }),
        1 => (index(), kind).prop_map(|(from, kind)| Step::DropHidden { from, kind }),
    ]
}

/// An opaque value of a node.
#[derive(Clone, Debug)]
struct Hidden {
    kind: Kind,
    owned: Vec<ObjectId>,
    /// Of a future, its shape and how many times it was polled.
    future: Option<(Shape, u32)>,
}

#[derive(Default)]
struct Model {
    edges: BTreeMap<ObjectId, Vec<ObjectId>>,
    hidden: BTreeMap<ObjectId, Vec<Hidden>>,
    roots: Vec<ObjectId>,
}

impl Model {
    fn owned(&self, id: ObjectId) -> impl Iterator<Item = ObjectId> {
        let hidden = self.hidden[&id].iter().flat_map(|hidden| &hidden.owned);
        self.edges[&id].iter().chain(hidden).copied()
    }

    /// Drops what has no references, and what only that kept alive.
    fn settle(&mut self) {
        loop {
            let mut held: BTreeSet<ObjectId> = self.roots.iter().copied().collect();
            held.extend(self.edges.keys().flat_map(|&id| self.owned(id)));
            let Some(&dead) = self.edges.keys().find(|id| !held.contains(id)) else {
                return;
            };
            self.edges.remove(&dead);
            self.hidden.remove(&dead);
        }
    }

    fn leaked(&self) -> BTreeSet<ObjectId> {
        let mut reached = BTreeSet::new();
        let mut next = self.roots.clone();
        while let Some(id) = next.pop() {
            if reached.insert(id) {
                next.extend(self.owned(id));
            }
        }
        let all = self.edges.keys().copied();
        all.filter(|id| !reached.contains(id)).collect()
    }
}

/// Suspends a future once.
async fn suspend() {
    let mut was_polled = false;
    poll_fn(|_| match std::mem::replace(&mut was_polled, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

type Returned = std::rc::Rc<RefCell<Vec<Rc<Node>>>>;

fn future(shape: Shape, handle: Rc<Node>, returned: Returned) -> Pin<Box<dyn Future<Output = ()>>> {
    match shape {
        Shape::Holds => Box::pin(async move {
            let held = handle;
            suspend().await;
            suspend().await;
            drop(held);
        }),
        Shape::Moves => Box::pin(async move {
            let held = handle;
            suspend().await;
            let moved = held;
            suspend().await;
            drop(moved);
        }),
        Shape::Drops => Box::pin(async move {
            let held = handle;
            suspend().await;
            drop(held);
            suspend().await;
        }),
        Shape::Returns => Box::pin(async move {
            let held = handle;
            suspend().await;
            returned.borrow_mut().push(held);
            suspend().await;
        }),
    }
}

#[derive(Default)]
struct Program {
    roots: Vec<Rc<Node>>,
    returned: Returned,
    model: Model,
}

impl Program {
    fn root(&self, index: usize) -> Option<Rc<Node>> {
        let index = index.checked_rem(self.roots.len())?;
        Some(self.roots[index].clone())
    }

    fn add_root(&mut self, root: Rc<Node>) {
        self.model.roots.push(objgraph::id(&root));
        self.roots.push(root);
    }

    fn hide(&mut self, from: &Rc<Node>, kind: Kind, owned: Vec<ObjectId>) {
        let hidden = Hidden {
            kind,
            owned,
            future: None,
        };
        self.hidden(from).push(hidden);
    }

    fn hidden(&mut self, from: &Rc<Node>) -> &mut Vec<Hidden> {
        self.model.hidden.get_mut(&objgraph::id(from)).unwrap()
    }

    /// Runs a step; `None` if it needs a root and there is none.
    fn run(&mut self, step: &Step) -> Option<()> {
        match *step {
            Step::New => {
                let node = Rc::new(Node::default());
                self.model.edges.insert(objgraph::id(&node), Vec::new());
                self.model.hidden.insert(objgraph::id(&node), Vec::new());
                self.add_root(node);
            }
            Step::DropRoot(index) => {
                let index = index.checked_rem(self.roots.len())?;
                drop(self.roots.remove(index));
                self.model.roots.remove(index);
            }
            Step::Link { from, to } => {
                let (from, to) = (self.root(from)?, self.root(to)?);
                let edges = self.model.edges.get_mut(&objgraph::id(&from));
                edges.unwrap().push(objgraph::id(&to));
                from.list.borrow_mut().push(to);
            }
            Step::LinkWeakly { from, to } => {
                let weak = Rc::downgrade(&self.root(to)?);
                self.root(from)?.weak.borrow_mut().push(weak);
            }
            Step::Capture { from, to, what } => {
                let (from, to) = (self.root(from)?, self.root(to)?);
                let id = objgraph::id(&to);
                let weak = Rc::downgrade(&to);
                let (closure, owned): (Box<dyn Fn() -> usize>, Vec<ObjectId>) = match what {
                    Capture::Strong => (Box::new(move || Rc::strong_count(&to)), vec![id]),
                    Capture::Weak => (Box::new(move || weak.strong_count()), vec![]),
                    Capture::Twice => {
                        let again = to.clone();
                        let count = move || Rc::strong_count(&to) + Rc::strong_count(&again);
                        (Box::new(count), vec![id, id])
                    }
                    Capture::StrongAndWeak => {
                        let count = move || Rc::strong_count(&to) + weak.strong_count();
                        (Box::new(count), vec![id])
                    }
                };
                from.closures.borrow_mut().push(closure);
                self.hide(&from, Kind::Closure, owned);
            }
            Step::Spawn { from, to, shape } => {
                let (from, to) = (self.root(from)?, self.root(to)?);
                let hidden = Hidden {
                    kind: Kind::Future,
                    owned: vec![objgraph::id(&to)],
                    future: Some((shape, 0)),
                };
                let future = future(shape, to, Returned::clone(&self.returned));
                from.futures.borrow_mut().push(future);
                self.hidden(&from).push(hidden);
            }
            Step::Poll { from, which } => self.poll(&self.root(from)?, which)?,
            Step::Wrap { from, to, is_boxed } => {
                let (from, to) = (self.root(from)?, self.root(to)?);
                let owned = vec![objgraph::id(&to)];
                let cell = ForeignCell(RefCell::new(to));
                if is_boxed {
                    from.boxed.borrow_mut().push(Box::new(cell));
                    self.hide(&from, Kind::Boxed, owned);
                } else {
                    from.foreign.borrow_mut().push(cell);
                    self.hide(&from, Kind::Foreign, owned);
                }
            }
            Step::DropHidden { from, kind } => {
                let from = self.root(from)?;
                match kind {
                    Kind::Closure => drop(from.closures.take()),
                    Kind::Future => drop(from.futures.take()),
                    Kind::Boxed => drop(from.boxed.take()),
                    Kind::Foreign => drop(from.foreign.take()),
                }
                self.hidden(&from).retain(|hidden| hidden.kind != kind);
            }
        }
        self.model.settle();
        Some(())
    }

    /// Polls a future, and drops it if it is complete, as executors do.
    fn poll(&mut self, from: &Rc<Node>, which: usize) -> Option<()> {
        let which = which.checked_rem(from.futures.borrow().len())?;
        let hidden = self.hidden(from);
        let mut futures = (0..hidden.len()).filter(|&at| hidden[at].kind == Kind::Future);
        let at = futures.nth(which)?;
        let (shape, polls) = hidden[at].future.as_mut()?;
        *polls += 1;
        let is_complete = *polls == 3;
        if *polls == 2 && matches!(shape, Shape::Drops | Shape::Returns) {
            hidden[at].owned.clear();
        }
        if is_complete {
            hidden.remove(at);
        }
        let mut future = from.futures.borrow_mut().remove(which);
        let mut context = Context::from_waker(Waker::noop());
        let polled = future.as_mut().poll(&mut context);
        assert_eq!(polled.is_ready(), is_complete);
        if !is_complete {
            from.futures.borrow_mut().insert(which, future);
        }
        let returned = self.returned.take();
        for root in returned {
            self.add_root(root);
        }
        Some(())
    }

    /// Breaks the cycles, so that no case leaves objects to the next.
    fn end(mut self) {
        self.roots.clear();
        for object in objgraph::alive::by_type_of::<Node>() {
            let Some(node) = object.upgrade::<Node>() else {
                continue;
            };
            drop((node.list.take(), node.closures.take(), node.futures.take()));
            drop((node.boxed.take(), node.foreign.take()));
        }
        assert_eq!(objgraph::count_of::<Node>(), 0);
    }
}

/// What a program leaks, and what is reported of it.
struct Findings {
    truth: BTreeSet<ObjectId>,
    leaked: BTreeSet<ObjectId>,
    likely: BTreeSet<ObjectId>,
    possibly: BTreeSet<ObjectId>,
}

/// Both tests count all objects of the type.
static ALONE: Mutex<()> = Mutex::new(());

impl Findings {
    fn of(steps: &[Step]) -> Self {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut program = Program::default();
        for step in steps {
            let _ = program.run(step);
        }
        let leaks = objgraph::find_leaks();
        // Other tests of this process leak too.
        let own = |objects: objgraph::leaks::Objects<'_>| {
            let own = objects.filter(|object| object.type_name() == "leaks::hidden::Node");
            own.map(|object| object.id()).collect()
        };
        let findings = Self {
            truth: program.model.leaked(),
            leaked: own(leaks.iter()),
            likely: own(leaks.likely_leaked()),
            possibly: own(leaks.possibly_leaked()),
        };
        program.end();
        findings
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    /// Nothing is proven that is not so, and every leak is found, with more or less certainty.
    #[test]
    fn verdicts_cover_what_opaque_values_hold(steps in steps()) {
        if !objgraph::ENABLED {
            return Ok(());
        }
        let findings = Findings::of(&steps);
        prop_assert!(findings.leaked.is_subset(&findings.truth));
        if SCANS {
            let mut all = findings.leaked.clone();
            all.extend(&findings.likely);
            all.extend(&findings.possibly);
            prop_assert!(findings.truth.is_subset(&all), "{:?} {all:?}", findings.truth);
            if cfg!(feature = "owners") {
                let mut likely = findings.leaked;
                likely.extend(findings.likely);
                prop_assert!(findings.truth.is_subset(&likely), "{:?} {likely:?}", findings.truth);
            }
        }
    }
}

/// How often a set of likely leaks is one, for the same programs each time.
#[test]
fn likely_leaks_are_leaks() {
    if !SCANS || !objgraph::ENABLED {
        return;
    }
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut named, mut wrong) = (0, Vec::new());
    for _ in 0..3000 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let findings = Findings::of(&steps);
        if findings.likely.is_empty() {
            continue;
        }
        named += 1;
        if !findings.likely.is_subset(&findings.truth) {
            wrong.push(steps);
        }
    }
    wrong.sort_by_key(Vec::len);
    let first = wrong.first();
    assert!(named > 100, "{named}");
    // Where handles can be distinguished, only one that was moved out of a future is mistaken.
    let share = if cfg!(feature = "owners") { 500 } else { 100 };
    assert!(
        wrong.len() * share <= named,
        "{} of {named}: {first:#?}",
        wrong.len()
    );
}
