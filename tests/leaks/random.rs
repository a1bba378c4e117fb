//! Random programs against a model that counts references and computes what can be reached.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use objgraph::rc::{Rc, Weak};
use objgraph::{ObjectId, Tracked};
use proptest::prelude::*;

/// A foreign type.
struct Foreign(String);

/// Every way in which a node may hold a reference.
#[derive(Tracked, Default)]
struct Node {
    direct: RefCell<Option<Rc<Node>>>,
    list: RefCell<Vec<Rc<Node>>>,
    nested: RefCell<Vec<Option<Box<(u8, Vec<Rc<Node>>)>>>>,
    map: RefCell<BTreeMap<u32, Rc<Node>>>,
    beside: RefCell<Vec<(Foreign, HashMap<u32, Rc<Node>>)>>,
    held: RefCell<Option<Holder>>,
    weak: RefCell<Vec<Weak<Node>>>,
}

/// A value between a node and the reference that it holds.
#[derive(Tracked)]
enum Holder {
    One(Rc<Node>),
    Two { first: Rc<Node>, second: Rc<Node> },
}

#[derive(Clone, Debug)]
enum Step {
    New,
    CloneRoot(usize),
    DropRoot(usize),
    Link { from: usize, to: usize, how: u8 },
    LinkWeakly { from: usize, to: usize },
    Clear { from: usize, how: u8 },
    UpgradeToRoot { from: usize },
    GetMut(usize),
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    let index = || 0..64usize;
    prop_oneof![
        4 => Just(Step::New),
        1 => index().prop_map(Step::CloneRoot),
        4 => index().prop_map(Step::DropRoot),
        8 => (index(), index(), 0..7u8).prop_map(|(from, to, how)| Step::Link { from, to, how }),
        2 => (index(), index()).prop_map(|(from, to)| Step::LinkWeakly { from, to }),
        2 => (index(), 0..7u8).prop_map(|(from, how)| Step::Clear { from, how }),
        1 => index().prop_map(|from| Step::UpgradeToRoot { from }),
        2 => index().prop_map(Step::GetMut),
        1 => Just(Step::Look),
    ]
}

/// The model of a program: nodes by their ids, the references with their fields, and how many times
/// each node is a root.
#[derive(Default)]
struct Model {
    edges: BTreeMap<ObjectId, [Vec<ObjectId>; 7]>,
    weak: BTreeMap<ObjectId, Vec<ObjectId>>,
    roots: BTreeMap<ObjectId, usize>,
}

impl Model {
    fn references(&self, to: ObjectId) -> usize {
        let held = self
            .edges
            .values()
            .flatten()
            .flatten()
            .filter(|&&id| id == to)
            .count();
        held + self.roots.get(&to).copied().unwrap_or(0)
    }

    /// Drops what has no references, and what only that kept alive.
    fn settle(&mut self) {
        while let Some(&dead) = self.edges.keys().find(|&&id| self.references(id) == 0) {
            self.edges.remove(&dead);
            self.weak.remove(&dead);
        }
    }

    fn leaked(&self) -> BTreeSet<ObjectId> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<ObjectId> = self.roots.keys().copied().collect();
        while let Some(id) = next.pop() {
            if reached.insert(id) {
                next.extend(self.edges[&id].iter().flatten());
            }
        }
        self.edges
            .keys()
            .copied()
            .filter(|id| !reached.contains(id))
            .collect()
    }
}

/// The program itself.
#[derive(Default)]
struct Program {
    roots: Vec<Rc<Node>>,
    model: Model,
}

impl Program {
    fn root(&self, index: usize) -> Option<&Rc<Node>> {
        (!self.roots.is_empty()).then(|| &self.roots[index % self.roots.len()])
    }

    fn add_root(&mut self, root: Rc<Node>) {
        *self.model.roots.entry(objgraph::id(&root)).or_default() += 1;
        self.roots.push(root);
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::New => {
                let node = Rc::new(Node::default());
                self.model
                    .edges
                    .insert(objgraph::id(&node), Default::default());
                self.model.weak.insert(objgraph::id(&node), Vec::new());
                self.add_root(node);
            }
            Step::CloneRoot(index) => {
                if let Some(root) = self.root(index).cloned() {
                    self.add_root(root);
                }
            }
            Step::DropRoot(index) => {
                if !self.roots.is_empty() {
                    let root = self.roots.remove(index % self.roots.len());
                    let id = objgraph::id(&root);
                    drop(root);
                    let count = self.model.roots.get_mut(&id).unwrap();
                    *count -= 1;
                    if *count == 0 {
                        self.model.roots.remove(&id);
                    }
                    self.model.settle();
                }
            }
            Step::Link { from, to, how } => {
                let (Some(from), Some(to)) = (self.root(from).cloned(), self.root(to).cloned())
                else {
                    return;
                };
                self.link(&from, &to, how);
            }
            Step::LinkWeakly { from, to } => {
                let (Some(from), Some(to)) = (self.root(from), self.root(to)) else {
                    return;
                };
                from.weak.borrow_mut().push(Rc::downgrade(to));
                let (from, to) = (objgraph::id(from), objgraph::id(to));
                self.model.weak.get_mut(&from).unwrap().push(to);
            }
            Step::Clear { from, how } => {
                let Some(from) = self.root(from).cloned() else {
                    return;
                };
                match how {
                    0 => drop(from.direct.take()),
                    1 => drop(from.list.take()),
                    2 => drop(from.nested.take()),
                    3 => drop(from.map.take()),
                    4 => drop(from.beside.take()),
                    _ => drop(from.held.take()),
                }
                let edges = self.model.edges.get_mut(&objgraph::id(&from)).unwrap();
                edges[how.min(5) as usize].clear();
                drop(from);
                self.model.settle();
            }
            Step::UpgradeToRoot { from } => {
                let Some(from) = self.root(from) else { return };
                let upgraded = from.weak.borrow().first().and_then(Weak::upgrade);
                let first = self.model.weak[&objgraph::id(from)].first().copied();
                let alive = first.filter(|id| self.model.edges.contains_key(id));
                assert_eq!(upgraded.as_ref().map(objgraph::id), alive);
                if let Some(root) = upgraded {
                    self.add_root(root);
                }
            }
            Step::GetMut(index) => {
                let at = if self.roots.is_empty() {
                    return;
                } else {
                    index % self.roots.len()
                };
                let id = objgraph::id(&self.roots[at]);
                let alone = self.model.references(id) == 1
                    && !self.model.weak.values().flatten().any(|&weak| weak == id);
                let lent = Rc::get_mut(&mut self.roots[at]);
                assert_eq!(lent.is_some(), alone);
                // An object that only itself leads to would stay lent, and could not be traced.
                objgraph::watch(&self.roots[at]);
            }
            Step::Look => {
                let _ = objgraph::snapshot();
            }
        }
    }

    fn link(&mut self, from: &Rc<Node>, to: &Rc<Node>, how: u8) {
        let one = to.clone();
        let number = from.map.borrow().len() as u32;
        let slot = how.min(5) as usize;
        let (id, to_id) = (objgraph::id(from), objgraph::id(to));
        let edges = &mut self.model.edges.get_mut(&id).unwrap()[slot];
        match how {
            0 => {
                edges.clear();
                edges.push(to_id);
                let old = from.direct.borrow_mut().replace(one);
                drop(old);
            }
            1 => {
                edges.push(to_id);
                from.list.borrow_mut().push(one);
            }
            2 => {
                edges.extend([to_id, to_id]);
                let item = Some(Box::new((7, vec![one.clone(), one])));
                from.nested.borrow_mut().extend([None, item]);
            }
            3 => {
                edges.push(to_id);
                from.map.borrow_mut().insert(number, one);
            }
            4 => {
                edges.push(to_id);
                let item = (Foreign(String::new()), HashMap::from([(number, one)]));
                from.beside.borrow_mut().push(item);
            }
            _ => {
                edges.clear();
                edges.push(to_id);
                let holder = if how == 5 {
                    Holder::One(one)
                } else {
                    edges.push(to_id);
                    Holder::Two {
                        first: one.clone(),
                        second: one,
                    }
                };
                let old = from.held.borrow_mut().replace(holder);
                drop(old);
            }
        }
        self.model.settle();
    }

    /// Breaks the cycles, so that no case leaves objects to the next.
    fn end(mut self) {
        self.roots.clear();
        for object in objgraph::alive::by_type_of::<Node>() {
            let Some(node) = object.upgrade::<Node>() else {
                continue;
            };
            drop((node.direct.take(), node.list.take(), node.nested.take()));
            drop((node.map.take(), node.beside.take(), node.held.take()));
        }
        assert_eq!(objgraph::count_of::<Node>(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn leaks_are_what_the_model_cannot_reach(steps in prop::collection::vec(step(), 1..60)) {
        if !objgraph::ENABLED {
            return Ok(());
        }
        let mut program = Program::default();
        for step in &steps {
            program.run(step);
        }
        let alive: BTreeSet<_> = objgraph::alive::by_type_of::<Node>().iter().map(|o| o.id()).collect();
        let expected = program.model.leaked();
        let leaks = objgraph::find_leaks();
        // Other tests of this process leak too.
        let nodes = leaks.iter().filter(|leaked| leaked.type_name() == "leaks::random::Node");
        let found: BTreeSet<_> = nodes.map(|leaked| leaked.id()).collect();
        let overreported = leaks.over_reported().len();
        let modelled: BTreeSet<_> = program.model.edges.keys().copied().collect();
        program.end();
        prop_assert_eq!(alive, modelled);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(overreported, 0);
    }
}
