//! objgraph in three steps: what is new, what refers to what, and what has leaked.

#![allow(clippy::print_stdout, reason = "a program talks")]

use std::cell::RefCell;
use std::error::Error;
use std::path::PathBuf;

use objgraph::Tracked;
// 1. In place of `std::rc::Rc`. From now on every object is counted.
use objgraph::rc::Rc;

// 2. The derive lets objgraph visit a value, and find what it refers to.
#[derive(Tracked)]
struct Folder {
    name: &'static str,
    items: RefCell<Vec<Rc<Folder>>>,
}

// Optional: the `Debug` text is the label of a value.
impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn folder(name: &'static str, items: &[&Rc<Folder>]) -> Rc<Folder> {
    let items = items.iter().map(|&item| Rc::clone(item)).collect();
    Rc::new(Folder {
        name,
        items: RefCell::new(items),
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let pictures = target.join("objgraph");
    std::fs::create_dir_all(&pictures)?;

    // 3. Ask. One folder exists already; after two calls it is no longer new.
    let _trash = folder("trash", &[]);
    println!("-- What is there?");
    objgraph::get_new_ids();
    objgraph::get_new_ids();

    // Three folders that refer to each other. The last line closes a cycle.
    let home = folder("home", &[]);
    let music = folder("music", &[&home]);
    let work = folder("work", &[&home, &music]);
    home.items.borrow_mut().push(Rc::clone(&work));

    println!("\n-- What is new?");
    let ids = objgraph::get_new_ids();

    println!("\n-- Who refers to whom?");
    let folders = objgraph::at_addrs(&ids["Folder"]);
    objgraph::show_refs(&folders, pictures.join("folders.svg"))?;

    // Now the program drops all three. Rust frees a value when nothing refers to it; these refer to
    // each other, so none is freed, and nothing else would report it.
    drop((home, music, work));

    println!("\n-- What has leaked?\n");
    objgraph::show_leaks(pictures.join("quickstart.svg"))?;
    Ok(())
}
