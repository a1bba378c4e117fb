//! Random programs: what is asked of them before and after a file has the same answers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc as StdRc;
use std::sync::Arc as StdArc;

use objgraph::core::{SnapshotOptions, snapshot_with};
use objgraph::rc::{Rc, Weak};
use objgraph::snapshot::{diff, with_root};
use objgraph::sync::Arc;
use objgraph::{Snapshot, Tracked};
use proptest::prelude::*;

use crate::answers::answers;
use crate::only_one;

/// A type that no trace can visit.
struct Foreign(Option<Rc<Room>>);

#[derive(Tracked)]
#[allow(dead_code, reason = "only the trace reads it")]
enum Pet {
    Cat(Rc<Room>),
    Dog { kennel: Weak<Room>, name: String },
    Fish(Arc<Bowl>),
}

#[derive(Tracked)]
struct Bowl {
    water: Vec<u8>,
    beside: RefCellOfBowls,
}

type RefCellOfBowls = std::sync::Mutex<Vec<Arc<Bowl>>>;

/// Every way in which one may hold another.
#[derive(Tracked, Default)]
struct Room {
    doors: RefCell<Vec<Rc<Room>>>,
    #[tracked(back)]
    house: RefCell<Option<Rc<Room>>>,
    windows: RefCell<Vec<Weak<Room>>>,
    pets: RefCell<BTreeMap<u32, Pet>>,
    closures: RefCell<Vec<Box<dyn Fn() -> usize>>>,
    foreign: RefCell<Vec<Foreign>>,
    shared: RefCell<Vec<StdRc<Room>>>,
    nested: RefCell<Vec<(u8, Vec<Option<Rc<Room>>>)>>,
    name: String,
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

#[derive(Clone, Debug)]
enum Step {
    New,
    Bowl,
    Drop(usize),
    Door(usize, usize),
    House(usize, usize),
    Window(usize, usize),
    Nested(usize, usize),
    Cat(usize, usize),
    Dog(usize, usize),
    Fish(usize, usize),
    BowlBeside(usize, usize),
    Closure(usize, usize),
    Foreign(usize, usize),
    Shared(usize),
    LeakRooms,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let n = || 0..32_usize;
    let pair = || (n(), n());
    let step = prop_oneof![
        6 => Just(Step::New),
        1 => Just(Step::Bowl),
        3 => n().prop_map(Step::Drop),
        4 => pair().prop_map(|(a, b)| Step::Door(a, b)),
        1 => pair().prop_map(|(a, b)| Step::House(a, b)),
        1 => pair().prop_map(|(a, b)| Step::Window(a, b)),
        1 => pair().prop_map(|(a, b)| Step::Nested(a, b)),
        1 => pair().prop_map(|(a, b)| Step::Cat(a, b)),
        1 => pair().prop_map(|(a, b)| Step::Dog(a, b)),
        1 => pair().prop_map(|(a, b)| Step::Fish(a, b)),
        1 => pair().prop_map(|(a, b)| Step::BowlBeside(a, b)),
        1 => pair().prop_map(|(a, b)| Step::Closure(a, b)),
        1 => pair().prop_map(|(a, b)| Step::Foreign(a, b)),
        1 => n().prop_map(Step::Shared),
        1 => Just(Step::LeakRooms),
    ];
    prop::collection::vec(step, 1..50)
}

/// What a program holds outside of its objects.
#[derive(Default)]
struct Program {
    rooms: Vec<Rc<Room>>,
    bowls: Vec<Arc<Bowl>>,
    /// What has ever been made, so that cycles can be broken in the end.
    all: Vec<Weak<Room>>,
    all_bowls: Vec<objgraph::sync::Weak<Bowl>>,
}

impl Program {
    fn new_room(&mut self) {
        let name = format!("room {}", self.all.len());
        let room = Rc::new(Room {
            name,
            ..Room::default()
        });
        self.all.push(Rc::downgrade(&room));
        self.rooms.push(room);
    }

    fn room(&self, n: usize) -> Option<Rc<Room>> {
        self.rooms.get(n % self.rooms.len().max(1)).cloned()
    }

    fn bowl(&self, n: usize) -> Option<Arc<Bowl>> {
        self.bowls.get(n % self.bowls.len().max(1)).cloned()
    }

    fn run(&mut self, step: &Step) -> Option<()> {
        match *step {
            Step::New => self.new_room(),
            Step::Bowl => {
                let water = vec![0; self.bowls.len()];
                let bowl = Arc::new(Bowl {
                    water,
                    beside: RefCellOfBowls::default(),
                });
                self.all_bowls.push(Arc::downgrade(&bowl));
                self.bowls.push(bowl);
            }
            Step::Drop(at) => {
                self.room(at)?;
                self.rooms.remove(at % self.rooms.len());
            }
            Step::Door(from, to) => self.room(from)?.doors.borrow_mut().push(self.room(to)?),
            Step::House(from, to) => *self.room(from)?.house.borrow_mut() = self.room(to),
            Step::Window(from, to) => {
                let to = Rc::downgrade(&self.room(to)?);
                self.room(from)?.windows.borrow_mut().push(to);
            }
            Step::Nested(from, to) => {
                let to = vec![None, Some(self.room(to)?), None];
                self.room(from)?.nested.borrow_mut().push((0, to));
            }
            Step::Cat(from, to) => self.adopt(from, Pet::Cat(self.room(to)?))?,
            Step::Dog(from, to) => {
                let kennel = Rc::downgrade(&self.room(to)?);
                self.adopt(
                    from,
                    Pet::Dog {
                        kennel,
                        name: "rex".to_owned(),
                    },
                )?;
            }
            Step::Fish(from, to) => self.adopt(from, Pet::Fish(self.bowl(to)?))?,
            Step::BowlBeside(from, to) => {
                self.bowl(from)?.beside.lock().unwrap().push(self.bowl(to)?);
            }
            Step::Closure(from, to) => {
                let to = self.room(to)?;
                let closure = move || to.name.len();
                self.room(from)?
                    .closures
                    .borrow_mut()
                    .push(Box::new(closure));
            }
            Step::Foreign(from, to) => {
                let to = Foreign(self.room(to));
                self.room(from)?.foreign.borrow_mut().push(to);
            }
            Step::Shared(from) => {
                let room = StdRc::new(Room {
                    name: "shared".to_owned(),
                    ..Room::default()
                });
                self.room(from)?.shared.borrow_mut().push(room);
            }
            Step::LeakRooms => self.rooms.clear(),
        }
        Some(())
    }

    fn adopt(&self, from: usize, pet: Pet) -> Option<()> {
        let room = self.room(from)?;
        let mut pets = room.pets.borrow_mut();
        let number = pets.len() as u32;
        pets.insert(number, pet);
        Some(())
    }

    /// Breaks all cycles, for the tests that come after.
    fn end(self) {
        for room in self.all.iter().filter_map(Weak::upgrade) {
            let _ = (room.doors.take(), room.house.take(), room.pets.take());
            let _ = (room.closures.take(), room.nested.take());
            for foreign in room.foreign.take() {
                drop(foreign.0);
            }
        }
        for bowl in self.all_bowls.iter().filter_map(|bowl| bowl.upgrade()) {
            bowl.beside.lock().unwrap().clear();
            assert!(bowl.water.len() <= self.all_bowls.len());
        }
    }
}

fn taken(labels: bool) -> Snapshot {
    taken_with(labels, SnapshotOptions::default())
}

fn taken_with(labels: bool, options: SnapshotOptions) -> Snapshot {
    let options = options.labels(labels);
    let snapshot = snapshot_with(&[], options).0.with_tag("version", "1.2");
    let ids: Vec<_> = snapshot.nodes().map(|node| node.id()).collect();
    match labels {
        true => snapshot.with_labels(ids),
        false => snapshot,
    }
}

fn loaded(snapshot: &Snapshot) -> StdArc<Snapshot> {
    let mut file = Vec::new();
    snapshot.write_to(&mut file).unwrap();
    StdArc::new(Snapshot::read_from(&file[..]).unwrap())
}

/// Returns all of a snapshot but the moment at which it was taken.
fn columns(snapshot: &Snapshot) -> String {
    let mut parts = snapshot.parts().clone();
    // A root has the epoch of the snapshot, so 0 is left of it; the others are smaller.
    for node in &mut parts.nodes {
        node.epoch %= parts.epoch;
    }
    (parts.epoch, parts.epochs) = (0, Vec::new());
    without_std_ids(&format!("{parts:#?}"))
}

/// Leaves out the numbers of values behind std's pointers, which are new in each snapshot.
fn without_std_ids(text: &str) -> String {
    let mut parts = text.split("#std");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + "#std" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn live_and_loaded_answers_are_equal(
        before in steps(),
        after in steps(),
        labels in any::<bool>(),
    ) {
        let _one = only_one();
        let mut program = Program::default();
        for step in &before {
            program.run(step);
        }
        let first = taken(labels);
        for step in &after {
            program.run(step);
        }
        let hall = program.rooms.first().cloned();
        let second = match &hall {
            Some(hall) => with_root("hall", hall, || taken(labels)),
            None => taken(labels),
        };

        let first_loaded = loaded(&first);
        let second_loaded = loaded(&second);
        prop_assert_eq!(second_loaded.tags(), second.tags());
        let live_diff = diff(&first, &second);
        let diff = diff(&first_loaded, &second_loaded);
        prop_assert!(diff.is_of_one_process);
        prop_assert_eq!(diff.to_string(), live_diff.to_string());
        prop_assert_eq!(format!("{diff:?}"), format!("{live_diff:?}"));

        let live = answers(&StdArc::new(second));
        let from_file = answers(&second_loaded);
        for (live, loaded) in live.iter().zip(&from_file) {
            prop_assert_eq!(live, loaded);
        }
        prop_assert_eq!(live.len(), from_file.len());
        drop(hall);
        program.end();
    }

    #[test]
    fn a_second_thread_changes_no_row(
        steps in steps(),
        labels in any::<bool>(),
        chunk in 1..20_usize,
    ) {
        let _one = only_one();
        let mut program = Program::default();
        for step in &steps {
            program.run(step);
        }
        let hall = program.rooms.first().cloned();
        let with = |options: SnapshotOptions| match &hall {
            Some(hall) => with_root("hall", hall, || taken_with(labels, options)),
            None => taken_with(labels, options),
        };
        let alone = with(SnapshotOptions::default().second_thread(false));
        let helped = with(SnapshotOptions::default().__always_second_thread(chunk));

        let (alone, helped) = (columns(&alone), columns(&helped));
        let mut lines = alone.lines().zip(helped.lines());
        let different = lines.find(|(alone, helped)| alone != helped);
        prop_assert_eq!(different, None);
        prop_assert_eq!(alone.len(), helped.len());
        drop(hall);
        program.end();
    }
}
