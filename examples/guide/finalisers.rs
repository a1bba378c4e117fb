//! Objects whose `Drop` has something to do, and never runs.

use std::cell::RefCell;
use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

#[derive(Tracked)]
struct Connection {
    peer: RefCell<Option<Rc<Connection>>>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        println!("closed");
    }
}

pub(crate) fn run(pictures: &Path) -> Outcome {
    let one = Rc::new(Connection {
        peer: RefCell::default(),
    });
    let two = Rc::new(Connection {
        peer: RefCell::new(Some(one.clone())),
    });
    *one.peer.borrow_mut() = Some(two.clone());
    drop((one, two));

    let leaks = objgraph::find_leaks();
    let unclosed = leaks
        .iter()
        .filter(|object| object.node().type_info().implements_drop);
    println!("{} connections will never be closed", unclosed.count());
    if let Some(picture) = objgraph::picture::leaked(&leaks) {
        let picture = picture.drops(true);
        picture.print()?;
        picture.save(pictures.join("finalisers.svg"))?;
    }
    Ok(())
}
