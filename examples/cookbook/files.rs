//! Snapshots as files.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use objgraph::rc::Rc;
use objgraph::{Snapshot, Tracked};

use crate::Outcome;

#[derive(Tracked, Default)]
struct Room {
    guests: RefCell<Vec<Rc<Guest>>>,
}

#[derive(Tracked)]
struct Guest {
    name: String,
}

pub(crate) fn run(folder: &Path) -> Outcome {
    let room = Rc::new(Room::default());
    let enter = |name: &str| {
        let name = name.to_owned();
        room.guests.borrow_mut().push(Rc::new(Guest { name }));
    };
    enter("ann");
    objgraph::snapshot()
        .with_tag("time", "monday")
        .save(folder.join("monday.objgraph"))?;
    enter("bob");
    enter("cyd");
    objgraph::snapshot()
        .with_tag("time", "tuesday")
        .save(folder.join("tuesday.objgraph"))?;
    let names = room
        .guests
        .borrow()
        .iter()
        .map(|guest| guest.name.len())
        .sum::<usize>();
    println!("{names} letters");
    read(folder)
}

fn read(folder: &Path) -> Outcome {
    let monday = Snapshot::load(folder.join("monday.objgraph"))?;
    let tuesday = Arc::new(Snapshot::load(folder.join("tuesday.objgraph"))?);
    println!("{}", objgraph::snapshot::diff(&monday, &tuesday));

    let leaks = objgraph::leaks::find_leaks_in(&tuesday);
    println!("{} objects leaked on {}", leaks.len(), tuesday.tags()[0].1);
    Ok(())
}
