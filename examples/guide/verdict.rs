//! How the verdict is found: what counts say, and what the trace finds.

use std::cell::RefCell;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

#[derive(Tracked)]
struct Person {
    name: &'static str,
    friends: RefCell<Vec<Rc<Person>>>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

fn person(name: &'static str, friends: &[&Rc<Person>]) -> Rc<Person> {
    let friends = friends.iter().map(|&friend| friend.clone()).collect();
    Rc::new(Person {
        name,
        friends: RefCell::new(friends),
    })
}

pub(crate) fn run(pictures: &Path) -> Outcome {
    let ann = person("ann", &[]);
    let bob = person("bob", &[&ann]);
    ann.friends.borrow_mut().push(bob.clone());
    let cyd = person("cyd", &[]);
    let dan = person("dan", &[&cyd]);
    cyd.friends.borrow_mut().push(dan.clone());
    let undo = Rc::downgrade(&dan);
    drop((bob, cyd, dan)); // and `ann` is still used

    let snapshot = Arc::new(objgraph::snapshot());
    let people = objgraph::by_type("Person");
    let nodes = people
        .iter()
        .filter_map(|person| snapshot.find(person.id()));
    objgraph::picture::refs_in(&snapshot, nodes)
        .extra_info(|node| {
            let outside = snapshot.external(node.node_id())?;
            let counted = i64::from(node.strong()?);
            let found = counted - outside;
            Some(format!(
                "{counted} counted - {found} found = {outside} outside"
            ))
        })
        .highlight(|node| snapshot.external(node.node_id()) > Some(0))
        .save(pictures.join("verdict.svg"))?;
    println!("{}", objgraph::find_leaks());

    ann.friends.take();
    drop(undo.upgrade().map(|dan| dan.friends.take()));
    Ok(())
}
