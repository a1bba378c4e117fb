// Uses the crate `no_std`: the pointers of both facades are one type.

extern crate no_std;

use no_std::Node;
use std::rc::Rc;

fn main() {
    let one: Rc<Node> = Node::new("one");
    let two: Rc<Node> = Node::new("two");
    *one.next.borrow_mut() = Some(two.clone());
    *two.back.borrow_mut() = Rc::downgrade(&one);
    println!("{} {}", two.back.borrow().upgrade().unwrap().name, Rc::strong_count(&two));
    let shared: std::sync::Arc<Vec<Box<str>>> = no_std::shared();
    println!("{:?} {}", shared, no_std::text());
}
