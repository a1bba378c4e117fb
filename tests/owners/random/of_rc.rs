//! Programs of `Rc`.

use std::cell::{RefCell, RefMut};

use objgraph::rc::{Rc as Ptr, Weak};

#[path = "program.rs"]
mod program;

type Cell<T> = RefCell<T>;

fn lock<T>(cell: &Cell<T>) -> RefMut<'_, T> {
    cell.borrow_mut()
}
