//! Pictures for a bug report, and of a part of a large graph.

use std::cell::RefCell;
use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

pub(crate) fn run(folder: &Path) -> Outcome {
    report(folder)?;
    part()
}

#[derive(Tracked, Default)]
struct Actor {
    peers: RefCell<Vec<Rc<Actor>>>,
}

fn report(folder: &Path) -> Outcome {
    let ann = Rc::new(Actor::default());
    let bob = Rc::new(Actor {
        peers: RefCell::new(vec![ann.clone()]),
    });
    ann.peers.borrow_mut().push(bob.clone());
    let undo = Rc::downgrade(&ann);
    drop((ann, bob));

    let leaks = objgraph::find_leaks();
    if let Some(picture) = objgraph::picture::leaked(&leaks) {
        let picture = picture.sites(true).legend(true);
        picture.save(folder.join("leak.svg"))?; // for the issue
        picture.save(folder.join("leak.dot"))?; // for Graphviz
        picture.print()?;
    }
    drop(undo.upgrade().map(|ann| ann.peers.take()));
    Ok(())
}

#[derive(Tracked)]
struct Site {
    pages: Vec<Rc<Content>>,
    log: Rc<Log>,
}

#[derive(Tracked)]
struct Content {
    images: Vec<Rc<String>>,
    log: Rc<Log>,
}

#[derive(Tracked)]
struct Log;

fn part() -> Outcome {
    let log = Rc::new(Log);
    let page = |number: usize| {
        let images = (0..10).map(|image| Rc::new(format!("{number}/{image}.png")));
        Rc::new(Content {
            images: images.collect(),
            log: log.clone(),
        })
    };
    let site = Site {
        pages: (0..50).map(page).collect(),
        log: log.clone(),
    };

    objgraph::refs(&site)
        .max_depth(2)
        .without_types(["Log"])
        .print()?;
    let images = site
        .pages
        .iter()
        .map(|page| page.images.len())
        .sum::<usize>();
    let logs = site
        .pages
        .iter()
        .filter(|page| Rc::ptr_eq(&page.log, &site.log));
    println!("{images} images, one log of {} pages", logs.count());
    Ok(())
}
