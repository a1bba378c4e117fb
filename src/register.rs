//! Registration of types at link time.

/// Registers types at link time, and the types that they name, so that the trace can visit objects
/// of them.
///
/// A derive registers its type, and every instance of a generic type that its fields name. Only an
/// instance that no field names needs this macro: a `Node<i32>` that a function creates, or a
/// `RefCell<Vec<u8>>` behind an `Rc`. Reports print the missing line, ready to paste at module level
/// into the module that declares the type, or into any module that can name it. A path may begin
/// with the name of the crate itself, as in the reports.
///
/// With tracking off it expands to nothing. [`register`](fn@crate::register) does the same at run
/// time.
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
/// use std::cell::RefCell;
///
/// #[derive(Tracked)]
/// struct Node<T> {
///     value: T,
///     next: RefCell<Option<Rc<Node<T>>>>,
/// }
///
/// objgraph::register!(Node<i32>, RefCell<Vec<u8>>);
///
/// let node = Rc::new(Node { value: 1, next: RefCell::new(None) });
/// *node.next.borrow_mut() = Some(node.clone());
/// drop(node);
/// if objgraph::ENABLED {
///     assert_eq!(objgraph::find_leaks().len(), 1);
/// }
/// ```
#[macro_export]
macro_rules! register {
    ($($types:tt)*) => {
        $crate::__register! { [$crate] $($types)* }
    };
}
