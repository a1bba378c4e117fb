//! Where tracking is off, ours are std's.

use std::any::TypeId;

#[test]
fn the_pointers_are_those_of_std() {
    assert_eq!(
        TypeId::of::<objgraph_core::rc::Rc<u8>>(),
        TypeId::of::<std::rc::Rc<u8>>()
    );
    assert_eq!(
        TypeId::of::<objgraph_core::rc::Weak<u8>>(),
        TypeId::of::<std::rc::Weak<u8>>()
    );
    assert_eq!(
        TypeId::of::<objgraph_core::sync::Arc<u8>>(),
        TypeId::of::<std::sync::Arc<u8>>()
    );
    assert_eq!(
        TypeId::of::<objgraph_core::sync::Weak<u8>>(),
        TypeId::of::<std::sync::Weak<u8>>()
    );
}

const _: () = assert!(!objgraph_core::ENABLED);
