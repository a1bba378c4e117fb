//! Types that are made known at link time.

/// Registers types at link time, and the types that they name, so that the trace can visit objects
/// of them.
///
/// A derive registers its type, and every instance of a generic type that its fields name. It is
/// only an instance that no field names which needs this: a `Node<i32>` that is made in a function,
/// or a `RefCell<Vec<u8>>` behind an `Rc`. Reports print the line that is missing, ready to paste
/// at module level in the module that declares the type, or in any that can name it. In the paths
/// a crate may call itself by its own name, as the reports do.
///
/// With tracking off it compiles to nothing. [`register`](fn@crate::register) does the same when
/// the program runs.
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
