//! Programs of one of the pointers, and their model. A macro would give all handles the same line.

use std::collections::{BTreeMap, BTreeSet};

use objgraph::{ObjectId, Snapshot, Tracked, snapshot::NodeId};
use proptest::prelude::*;

use super::super::{Step, steps};
use super::{Cell, Ptr, Weak, lock};

#[derive(Tracked)]
struct Node {
    kids: Cell<Vec<Ptr<Node>>>,
    weaks: Cell<Vec<Weak<Node>>>,
}

fn node() -> Node {
    Node {
        kids: Cell::default(),
        weaks: Cell::default(),
    }
}

/// A handle of the model.
#[derive(Clone, Debug)]
struct ModelHandle {
    target: ObjectId,
    line: u32,
}

#[derive(Default)]
struct Model {
    strong: Vec<ModelHandle>,
    weak: Vec<ModelHandle>,
    forgotten: Vec<ModelHandle>,
    forgotten_weak: Vec<ModelHandle>,
    /// The handles that each live object holds.
    nodes: BTreeMap<ObjectId, (Vec<ModelHandle>, Vec<ModelHandle>)>,
    gone: BTreeSet<ObjectId>,
    /// For each object, the lines that may have made the handle that was dropped last.
    last_drop: BTreeMap<ObjectId, BTreeSet<u32>>,
    /// The same for objects that are dropped with their owners.
    cascade: BTreeMap<ObjectId, BTreeSet<u32>>,
}

impl Model {
    fn drop_unheld(&mut self) {
        loop {
            let held: BTreeSet<ObjectId> = self
                .strong
                .iter()
                .chain(&self.forgotten)
                .chain(self.nodes.values().flat_map(|node| &node.0))
                .map(|made| made.target)
                .collect();
            let before = self.gone.len();
            let mut dropped: BTreeMap<ObjectId, BTreeSet<u32>> = BTreeMap::new();
            for (&id, (kids, _)) in &self.nodes {
                if !held.contains(&id) {
                    self.gone.insert(id);
                    for made in kids {
                        dropped.entry(made.target).or_default().insert(made.line);
                    }
                }
            }
            for (target, lines) in dropped {
                // Of simultaneous drops, any may be the last.
                self.cascade.entry(target).or_default().extend(lines);
            }
            self.nodes.retain(|id, _| held.contains(id));
            if self.gone.len() == before {
                self.last_drop.append(&mut self.cascade);
                return;
            }
        }
    }

    /// Drops a handle of the program.
    fn drop_one(&mut self, made: ModelHandle) {
        self.last_drop
            .insert(made.target, BTreeSet::from([made.line]));
    }

    /// Returns every handle: target, strong, line, and the holder with the path.
    #[allow(clippy::type_complexity, reason = "written once")]
    fn all(&self) -> Vec<(ObjectId, bool, u32, Option<(ObjectId, String)>)> {
        let mut all = Vec::new();
        for made in self.strong.iter().chain(&self.forgotten) {
            all.push((made.target, true, made.line, None));
        }
        for made in self.weak.iter().chain(&self.forgotten_weak) {
            all.push((made.target, false, made.line, None));
        }
        for (&id, (kids, weaks)) in &self.nodes {
            for (at, made) in kids.iter().enumerate() {
                let held = Some((id, format!("kids[{at}]")));
                all.push((made.target, true, made.line, held));
            }
            for (at, made) in weaks.iter().enumerate() {
                let held = Some((id, format!("weaks[{at}]")));
                all.push((made.target, false, made.line, held));
            }
        }
        all.sort();
        all
    }
}

fn handles_in(
    snapshot: &Snapshot,
    model: &Model,
) -> Vec<(ObjectId, bool, u32, Option<(ObjectId, String)>)> {
    let parts = snapshot.parts();
    let of_model = |id: &ObjectId| model.nodes.contains_key(id) || model.gone.contains(id);
    let mut all: Vec<_> = parts
        .handles
        .iter()
        .filter(|row| of_model(&row.object))
        .map(|row| {
            assert_eq!(row.target.is_some(), model.nodes.contains_key(&row.object));
            let site = &parts.sites[row.site as usize];
            assert_eq!(site.file, file!());
            let id = |node: NodeId| snapshot.node(node).id();
            let held = row
                .held
                .map(|held| (id(held.node), parts.paths.show(held.path, held.index)));
            (row.object, row.strong, site.line, held)
        })
        .collect();
    all.sort();
    all
}

/// Asserts that the last drop of a handle to each live object is that of the model.
fn last_drops_are_those_of(model: &Model) -> Result<(), TestCaseError> {
    for id in model.nodes.keys() {
        let last = objgraph::owners::last_drop(*id);
        let line = last
            .as_ref()
            .map(|last| last.made().expect("it is alive").line);
        match model.last_drop.get(id) {
            Some(lines) => prop_assert!(line.is_some_and(|line| lines.contains(&line))),
            None => prop_assert_eq!(line, None),
        }
    }
    Ok(())
}

/// The real handles, parallel to those of the model.
#[derive(Default)]
struct RealHandles {
    strong: Vec<Ptr<Node>>,
    weak: Vec<Weak<Node>>,
}

#[rustfmt::skip]
fn run(step: &Step, real: &mut RealHandles, model: &mut Model) {
    let pick = |at: usize, len: usize| (len > 0).then(|| at % len);
    match *step {
        Step::Make => {
            let (made, line) = (Ptr::new(node()), line!());
            let target = objgraph::id(&made);
            model.nodes.insert(target, Default::default());
            real.strong.push(made);
            model.strong.push(ModelHandle { target, line });
        }
        Step::MakeCyclic => {
            let mut own = 0;
            let make = |me: &Weak<Node>| {
                let (weak, line) = (me.clone(), line!());
                own = line;
                let node = node();
                lock(&node.weaks).push(weak);
                node
            };
            let (made, line) = (Ptr::new_cyclic(make), line!());
            let target = objgraph::id(&made);
            model.nodes.insert(target, (Vec::new(), vec![ModelHandle { target, line: own }]));
            real.strong.push(made);
            model.strong.push(ModelHandle { target, line });
        }
        Step::Clone(at) => if let Some(at) = pick(at, real.strong.len()) {
            let (made, line) = (real.strong[at].clone(), line!());
            real.strong.push(made);
            model.strong.push(ModelHandle { line, ..model.strong[at].clone() });
        },
        Step::CloneElsewhere(at) => if let Some(at) = pick(at, real.strong.len()) {
            let (made, line) = (Ptr::clone(&real.strong[at]), line!());
            real.strong.push(made);
            model.strong.push(ModelHandle { line, ..model.strong[at].clone() });
        },
        Step::Downgrade(at) => if let Some(at) = pick(at, real.strong.len()) {
            let (made, line) = (Ptr::downgrade(&real.strong[at]), line!());
            real.weak.push(made);
            model.weak.push(ModelHandle { line, ..model.strong[at].clone() });
        },
        Step::CloneWeak(at) => if let Some(at) = pick(at, real.weak.len()) {
            let (made, line) = (real.weak[at].clone(), line!());
            real.weak.push(made);
            model.weak.push(ModelHandle { line, ..model.weak[at].clone() });
        },
        Step::Upgrade(at) => if let Some(at) = pick(at, real.weak.len()) {
            let (made, line) = (real.weak[at].upgrade(), line!());
            assert_eq!(made.is_some(), model.nodes.contains_key(&model.weak[at].target));
            if let Some(made) = made {
                real.strong.push(made);
                model.strong.push(ModelHandle { line, ..model.weak[at].clone() });
            }
        },
        Step::PutIn(at, other) => if let Some(at) = pick(at, real.strong.len()) {
            let into = pick(other, real.strong.len()).unwrap_or(0);
            let (into, line) = (real.strong[into].clone(), line!());
            let (handle, made) = (real.strong.swap_remove(at), model.strong.swap_remove(at));
            lock(&into.kids).push(handle);
            let target = objgraph::id(&into);
            model.nodes.get_mut(&target).unwrap().0.push(made);
            model.drop_one(ModelHandle { target, line });
        },
        Step::PutWeakIn(at, other) => if let Some(at) = pick(at, real.weak.len())
            && let Some(into) = pick(other, real.strong.len())
        {
            let (handle, made) = (real.weak.swap_remove(at), model.weak.swap_remove(at));
            let into = &real.strong[into];
            lock(&into.weaks).push(handle);
            model.nodes.get_mut(&objgraph::id(into)).unwrap().1.push(made);
        },
        Step::TakeOut(at) => if let Some(at) = pick(at, real.strong.len()) {
            let (from, line) = (real.strong[at].clone(), line!());
            let target = objgraph::id(&from);
            let taken = lock(&from.kids).pop();
            if let Some(taken) = taken {
                real.strong.push(taken);
                let made = model.nodes.get_mut(&target).unwrap().0.pop();
                model.strong.push(made.unwrap());
            }
            model.drop_one(ModelHandle { target, line });
        },
        Step::Forget(at) => if let Some(at) = pick(at, real.strong.len()) {
            std::mem::forget(real.strong.swap_remove(at));
            let made = model.strong.swap_remove(at);
            model.forgotten.push(made);
        },
        Step::ForgetWeak(at) => if let Some(at) = pick(at, real.weak.len()) {
            std::mem::forget(real.weak.swap_remove(at));
            let made = model.weak.swap_remove(at);
            model.forgotten_weak.push(made);
        },
        Step::Drop(at) => if let Some(at) = pick(at, real.strong.len()) {
            drop(real.strong.swap_remove(at));
            let made = model.strong.swap_remove(at);
            model.drop_one(made);
        },
        Step::DropWeak(at) => if let Some(at) = pick(at, real.weak.len()) {
            drop(real.weak.swap_remove(at));
            model.weak.swap_remove(at);
        },
    }
    model.drop_unheld();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn handles_are_those_of_the_model(steps in steps()) {
        if objgraph::ENABLED && cfg!(feature = "owners") {
            let (mut real, mut model) = (RealHandles::default(), Model::default());
            for (number, step) in steps.iter().enumerate() {
                run(step, &mut real, &mut model);
                if number % 8 == 7 {
                    let snapshot = objgraph::snapshot();
                    prop_assert_eq!(handles_in(&snapshot, &model), model.all());
                }
            }
            let snapshot = objgraph::snapshot();
            prop_assert_eq!(handles_in(&snapshot, &model), model.all());
            last_drops_are_those_of(&model)?;
        }
    }
}
