//! Random programs that leak. The advice of each report is applied to a model of the program, and
//! fields that it says to clear are cleared in the program.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use objgraph::rc::{Rc, Weak};
use objgraph::{ObjectId, Tracked};

use crate::process;

#[derive(Tracked, Default)]
struct Branch {
    leaves: RefCell<Vec<Rc<Leaf>>>,
    links: RefCell<Vec<Link>>,
    values: RefCell<Vec<Value>>,
}

#[derive(Tracked, Default)]
struct Leaf {
    parent: RefCell<Vec<Rc<Branch>>>,
    link: RefCell<Option<Link>>,
    shared: RefCell<Vec<Rc<Link>>>,
    pairs: RefCell<Vec<(u8, Option<Rc<Leaf>>)>>,
}

/// A type that occurs by value in the others and as an object.
#[derive(Tracked, Default)]
struct Link {
    to: RefCell<Vec<Rc<Branch>>>,
    list: RefCell<Vec<Rc<List>>>,
}

#[derive(Tracked)]
enum Value {
    Branch(Rc<Branch>),
    Leaf { leaf: Rc<Leaf> },
    Link(Link),
}

type List = RefCell<Vec<Value>>;

#[derive(Clone)]
enum Handle {
    Branch(Rc<Branch>),
    Leaf(Rc<Leaf>),
    Link(Rc<Link>),
    List(Rc<List>),
}

enum WeakHandle {
    Branch(Weak<Branch>),
    Leaf(Weak<Leaf>),
    Link(Weak<Link>),
    List(Weak<List>),
}

const KINDS: usize = 4;

impl Handle {
    fn new(kind: usize) -> Self {
        match kind {
            0 => Self::Branch(Rc::default()),
            1 => Self::Leaf(Rc::default()),
            2 => Self::Link(Rc::default()),
            _ => Self::List(Rc::default()),
        }
    }

    fn id(&self) -> ObjectId {
        match self {
            Self::Branch(rc) => objgraph::id(rc),
            Self::Leaf(rc) => objgraph::id(rc),
            Self::Link(rc) => objgraph::id(rc),
            Self::List(rc) => objgraph::id(rc),
        }
    }

    fn downgrade(&self) -> WeakHandle {
        match self {
            Self::Branch(rc) => WeakHandle::Branch(Rc::downgrade(rc)),
            Self::Leaf(rc) => WeakHandle::Leaf(Rc::downgrade(rc)),
            Self::Link(rc) => WeakHandle::Link(Rc::downgrade(rc)),
            Self::List(rc) => WeakHandle::List(Rc::downgrade(rc)),
        }
    }

    /// Sets a field of the right type to `target`, and returns the field if there is one.
    fn refer(&self, way: usize, target: &Self) -> Option<&'static str> {
        let link_to = |target: &Rc<Branch>| Link {
            to: RefCell::new(vec![target.clone()]),
            list: RefCell::default(),
        };
        let link_list = |target: &Rc<List>| Link {
            to: RefCell::default(),
            list: RefCell::new(vec![target.clone()]),
        };
        Some(match (self, target, way % 3) {
            (Self::Branch(from), Self::Leaf(to), 0) => {
                from.leaves.borrow_mut().push(to.clone());
                "Branch.leaves"
            }
            (Self::Branch(from), Self::Leaf(to), _) => {
                let value = Value::Leaf { leaf: to.clone() };
                from.values.borrow_mut().push(value);
                "Value::Leaf.leaf"
            }
            (Self::Branch(from), Self::Branch(to), 0) => {
                from.values.borrow_mut().push(Value::Branch(to.clone()));
                "Value::Branch.0"
            }
            (Self::Branch(from), Self::Branch(to), _) => {
                from.links.borrow_mut().push(link_to(to));
                "Link.to"
            }
            (Self::Branch(from), Self::List(to), _) => {
                from.links.borrow_mut().push(link_list(to));
                "Link.list"
            }
            (Self::Leaf(from), Self::Branch(to), 0 | 1) => {
                from.parent.borrow_mut().push(to.clone());
                "Leaf.parent"
            }
            (Self::Leaf(from), Self::Branch(to), _) => {
                let mut link = from.link.borrow_mut();
                let link = link.get_or_insert_with(Link::default);
                link.to.borrow_mut().push(to.clone());
                "Link.to"
            }
            (Self::Leaf(from), Self::Leaf(to), _) => {
                from.pairs.borrow_mut().push((0, Some(to.clone())));
                "Leaf.pairs.1"
            }
            (Self::Leaf(from), Self::Link(to), _) => {
                from.shared.borrow_mut().push(to.clone());
                "Leaf.shared"
            }
            (Self::Link(from), Self::Branch(to), _) => {
                from.to.borrow_mut().push(to.clone());
                "Link.to"
            }
            (Self::Link(from), Self::List(to), _) => {
                from.list.borrow_mut().push(to.clone());
                "Link.list"
            }
            (Self::List(from), Self::Branch(to), 0) => {
                from.borrow_mut().push(Value::Branch(to.clone()));
                "Value::Branch.0"
            }
            (Self::List(from), Self::Branch(to), _) => {
                from.borrow_mut().push(Value::Link(link_to(to)));
                "Link.to"
            }
            (Self::List(from), Self::Leaf(to), _) => {
                from.borrow_mut().push(Value::Leaf { leaf: to.clone() });
                "Value::Leaf.leaf"
            }
            _ => return None,
        })
    }

    /// Clears the field, wherever it is in the object.
    fn clear(&self, field: &str) {
        let link = |link: &Link| match field {
            "Link.to" => drop(link.to.take()),
            "Link.list" => drop(link.list.take()),
            _ => {}
        };
        let values = |values: &RefCell<Vec<Value>>| {
            let is_kept = |value: &Value| match value {
                Value::Branch(_) => field != "Value::Branch.0",
                Value::Leaf { .. } => field != "Value::Leaf.leaf",
                Value::Link(of) => {
                    link(of);
                    true
                }
            };
            // A drop may clear this list.
            let all = values.take();
            let (kept, dropped): (Vec<_>, Vec<_>) = all.into_iter().partition(is_kept);
            *values.borrow_mut() = kept;
            drop(dropped);
        };
        match self {
            Self::Branch(of) => {
                if field == "Branch.leaves" {
                    drop(of.leaves.take());
                }
                of.links.borrow().iter().for_each(link);
                values(&of.values);
            }
            Self::Leaf(of) => {
                match field {
                    "Leaf.parent" => drop(of.parent.take()),
                    "Leaf.shared" => drop(of.shared.take()),
                    "Leaf.pairs.1" => drop(of.pairs.take()),
                    _ => {}
                }
                of.link.borrow().iter().for_each(link);
            }
            Self::Link(of) => link(of),
            Self::List(of) => values(of),
        }
    }
}

impl WeakHandle {
    fn upgrade(&self) -> Option<Handle> {
        Some(match self {
            Self::Branch(weak) => Handle::Branch(weak.upgrade()?),
            Self::Leaf(weak) => Handle::Leaf(weak.upgrade()?),
            Self::Link(weak) => Handle::Link(weak.upgrade()?),
            Self::List(weak) => Handle::List(weak.upgrade()?),
        })
    }
}

/// Pseudorandom numbers (George Marsaglia, "Xorshift RNGs", 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// The model of a program: its objects, by number.
#[derive(Debug, Default)]
struct Model {
    /// Whether the program holds the object.
    held: Vec<bool>,
    edges: Vec<(usize, &'static str, usize)>,
}

impl Model {
    fn all(&self) -> BTreeSet<usize> {
        (0..self.held.len()).collect()
    }

    /// Returns the objects that are reachable from those that the program holds.
    fn alive(&self) -> BTreeSet<usize> {
        let mut alive: BTreeSet<usize> = self.all();
        alive.retain(|&object| self.held[object]);
        loop {
            let from_alive = self.edges.iter().filter(|edge| alive.contains(&edge.0));
            let more: BTreeSet<usize> = from_alive.map(|edge| edge.2).collect();
            if more.is_subset(&alive) {
                return alive;
            }
            alive.extend(more);
        }
    }

    /// Returns what reference counting frees when these references are removed.
    fn freed(&self, is_gone: impl Fn(usize, &str) -> bool) -> BTreeSet<usize> {
        let mut freed = BTreeSet::new();
        loop {
            let owns =
                |edge: &&(usize, &str, usize)| !freed.contains(&edge.0) && !is_gone(edge.0, edge.1);
            let mut free = self.all();
            free.retain(|&object| !self.held[object]);
            for edge in self.edges.iter().filter(owns) {
                free.remove(&edge.2);
            }
            if free.is_subset(&freed) {
                return freed;
            }
            freed.extend(free);
        }
    }
}

/// A piece of advice, as a report gives it.
#[derive(Debug)]
struct Advice {
    fields: Vec<String>,
    /// Number of objects in use that would lose their last owner.
    lost: usize,
    /// Number of leaked objects that would lose their last owner.
    orphans: usize,
}

/// Reads the advice on each kind of leak in a report.
fn read(report: &str) -> Vec<Vec<Advice>> {
    let mut kinds: Vec<String> = Vec::new();
    for line in report.lines() {
        let is_head = line.starts_with(|c: char| c.is_ascii_digit()) && line.contains("leak-");
        if is_head {
            kinds.push(String::new());
        }
        // A kind ends with an empty line.
        if let Some(kind) = kinds.last_mut()
            && !kind.ends_with("\n")
        {
            kind.push_str(if line.is_empty() { "\n" } else { line.trim() });
            kind.push(' ');
        }
    }
    let advice = |text: &str| {
        let named = text.split(" Weak").next().unwrap_or_default();
        let names = named.split('`').skip(1).step_by(2);
        let number_before = |words: &str| {
            let before = text
                .split(words)
                .next()
                .filter(|before| before.len() < text.len());
            before.map_or(0, |before| {
                let number = before.trim_end().rsplit(' ').next().unwrap_or_default();
                number.parse().unwrap_or_else(|_| panic!("{words}: {text}"))
            })
        };
        Advice {
            fields: names.map(str::to_owned).collect(),
            lost: number_before("objects in use now would lose")
                + number_before("object in use now would lose"),
            orphans: number_before("of these would lose"),
        }
    };
    let kinds = kinds.iter().map(|kind| {
        let fixes = kind.split_once("fix: make ").expect("a fix").1;
        fixes.split(" or: ").map(advice).collect()
    });
    kinds.collect()
}

/// A program: its model, weak handles to its objects, and handles to those that it holds.
struct Program {
    model: Model,
    weak: Vec<WeakHandle>,
    held: Vec<Handle>,
    ids: BTreeMap<ObjectId, usize>,
}

impl Program {
    fn random(random: &mut Random) -> Self {
        let count = 2 + random.below(9);
        let objects: Vec<Handle> = (0..count)
            .map(|_| Handle::new(random.below(KINDS)))
            .collect();
        let mut model = Model::default();
        for _ in 0..random.below(4 * count) {
            let (from, to) = (random.below(count), random.below(count));
            if let Some(field) = objects[from].refer(random.below(3), &objects[to]) {
                model.edges.push((from, field, to));
            }
        }
        model.held = (0..count).map(|_| random.below(4) == 0).collect();
        let held = objects.iter().zip(&model.held);
        Self {
            held: held
                .filter(|(_, is_held)| **is_held)
                .map(|(object, _)| object.clone())
                .collect(),
            weak: objects.iter().map(Handle::downgrade).collect(),
            ids: objects.iter().map(Handle::id).zip(0..).collect(),
            model,
        }
    }

    /// Frees all of it.
    fn free(self) {
        for object in self.weak.iter().filter_map(WeakHandle::upgrade) {
            for (_, field, _) in &self.model.edges {
                object.clear(field);
            }
        }
        drop(self.held);
        assert!(self.weak.iter().all(|weak| weak.upgrade().is_none()));
    }
}

/// Numbers of pieces of advice, by sort.
#[derive(Debug, Default)]
struct AdviceCounts {
    with_losses: usize,
    with_orphans: usize,
    of_several_fields: usize,
    alternatives: usize,
}

/// Applies each piece of advice to the model.
fn apply(program: &Program, seen: &mut AdviceCounts) {
    let model = &program.model;
    let leaks = objgraph::find_leaks();
    let alive = model.alive();
    let dropped = model.freed(|_, _| false);
    let leaked = &(&model.all() - &alive) - &dropped;
    let found = leaks.ids().map(|id| program.ids[&id]);
    assert_eq!(found.collect::<BTreeSet<_>>(), leaked, "{model:?}\n{leaks}");
    let report = leaks.to_string();
    let kinds = read(&report);
    for (number, advice) in kinds.iter().enumerate() {
        seen.alternatives += advice.len() - 1;
        let of_kind = leaks.ids().zip(leaks.kinds().kind_of_each());
        let of_kind: BTreeSet<usize> = of_kind
            .filter(|(_, kind)| *kind == Some(number))
            .map(|(id, _)| program.ids[&id])
            .collect();
        for advice in advice {
            seen.with_losses += usize::from(advice.lost > 0);
            seen.with_orphans += usize::from(advice.orphans > 0);
            seen.of_several_fields += usize::from(advice.fields.len() > 1);
            let is_changed = |field: &str| advice.fields.iter().any(|name| name == field);
            let context = || format!("{advice:?}\n{model:?}\n{report}");
            let freed = model.freed(|_, field| is_changed(field));
            assert!(freed.is_superset(&of_kind), "{}", context());
            assert_eq!((&freed & &alive).len(), advice.lost, "{}", context());
            let owned = model
                .edges
                .iter()
                .filter(|(from, field, _)| of_kind.contains(from) && !is_changed(field));
            let owned: BTreeSet<usize> = owned.map(|edge| edge.2).collect();
            let hold_themselves = leaks.kinds().all()[number].groups.len() == of_kind.len();
            if !hold_themselves {
                assert_eq!((&of_kind - &owned).len(), advice.orphans, "{}", context());
            }
            // Clearing the fields of these objects frees them too, and nothing in use.
            let freed = model.freed(|from, field| of_kind.contains(&from) && is_changed(field));
            assert!(freed.is_superset(&of_kind), "{}", context());
            assert!(freed.is_disjoint(&alive), "{}", context());
            if let [field] = advice.fields.as_slice() {
                let what_if = objgraph::what_if::what_if_weak(field).unwrap();
                assert_eq!(what_if.lost().len(), advice.lost, "{}", context());
            }
        }
    }
    if kinds.len() == leaks.kinds().all().len() {
        // With the first advice for each kind, nothing leaks.
        let first = || kinds.iter().flat_map(|kind| &kind[0].fields);
        let is_changed = |field: &str| first().any(|name| name == field);
        let freed = model.freed(|_, field| is_changed(field));
        assert!(freed.is_superset(&leaked), "{model:?}\n{report}");
        for id in leaks.ids() {
            if let Some(object) = program.weak[program.ids[&id]].upgrade() {
                first().for_each(|field| object.clear(field));
            }
        }
        let left = objgraph::find_leaks();
        assert_eq!(left.len(), 0, "{model:?}\n{report}\n{left}");
        for (object, weak) in program.weak.iter().enumerate() {
            assert_eq!(
                weak.upgrade().is_some(),
                alive.contains(&object),
                "{model:?}"
            );
        }
    }
}

#[test]
fn advice_frees_what_it_says() {
    if !objgraph::ENABLED {
        return;
    }
    process::succeeds("fixes::programs::advice_frees_what_it_says", || {
        objgraph::register::<List>();
        let mut seen = AdviceCounts::default();
        for seed in 1..=1500 {
            let mut random = Random(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed) | 1);
            let program = Program::random(&mut random);
            apply(&program, &mut seen);
            program.free();
        }
        let AdviceCounts {
            with_losses,
            with_orphans,
            of_several_fields,
            alternatives,
        } = seen;
        let all = [with_losses, with_orphans, of_several_fields, alternatives];
        assert!(all.iter().all(|&number| number > 20), "{seen:?}");
    });
}
