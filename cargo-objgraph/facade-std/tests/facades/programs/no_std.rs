// A crate that has no std: `alloc` is the facade's.

#![no_std]
#![crate_type = "lib"]

extern crate alloc;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::rc::{Rc, Weak};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::cell::RefCell;
use core::fmt::Write;

pub struct Node {
    pub next: RefCell<Option<Rc<Node>>>,
    pub back: RefCell<Weak<Node>>,
    pub name: String,
}

impl Node {
    pub fn new(name: &str) -> Rc<Node> {
        Rc::new(Node { next: RefCell::new(None), back: RefCell::default(), name: name.to_owned() })
    }
}

pub fn shared() -> Arc<Vec<Box<str>>> {
    Arc::new(vec!["a".into(), format!("{}", 1).into_boxed_str()])
}

pub fn text() -> String {
    let map: BTreeMap<u8, Rc<u8>> = Some((1, Rc::new(2))).into_iter().collect();
    let mut text = map[&1].to_string();
    write!(text, "{:?}", map).unwrap();
    text
}
