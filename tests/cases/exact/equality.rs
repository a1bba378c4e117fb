//! `==` of pointers to one object does not call `eq` if the value is `Eq`.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use objgraph::rc::{Rc, Weak};
use objgraph::sync::Arc;

/// A value that panics if it is compared.
struct Function;

impl PartialEq for Function {
    fn eq(&self, _: &Self) -> bool {
        panic!("functions are equal if they are one object")
    }
}

impl Eq for Function {}

#[test]
fn one_object_equals_itself() {
    let function = Rc::new(Function);
    let same = Rc::clone(&function);
    assert!(function == same && !(function != same));
    assert!(std::panic::catch_unwind(|| Rc::new(Function) == Rc::new(Function)).is_err());
    assert!(std::panic::catch_unwind(|| Rc::new(Function) != Rc::new(Function)).is_err());

    let function = Arc::new(Function);
    let same = Arc::clone(&function);
    assert!(function == same && !(function != same));
    assert!(std::panic::catch_unwind(|| Arc::new(Function) == Arc::new(Function)).is_err());
}

/// std's pointers have the shortcut only for sized values.
#[test]
fn slices_are_compared() {
    let ours: Rc<[Function]> = Rc::from([Function]);
    let stds: std::rc::Rc<[Function]> = std::rc::Rc::from([Function]);
    assert!(std::panic::catch_unwind(|| stds == stds.clone()).is_err());
    assert!(std::panic::catch_unwind(|| ours == ours.clone()).is_err());
}

/// A value whose type is not `Eq` is compared, as with std's pointers.
#[test]
fn types_without_eq_are_compared() {
    let rc = Rc::new(f64::NAN);
    assert!(rc != Rc::clone(&rc));
    let arc = Arc::new(f64::NAN);
    assert!(arc != Arc::clone(&arc));
    let nested = Rc::new(Some(Rc::new(f64::NAN)));
    assert!(nested != Rc::clone(&nested));
}

/// `ne` is forwarded to the value, whose `ne` may not be the opposite of its `eq`.
#[test]
fn ne_of_the_value_is_called() {
    struct NeOverride;
    impl PartialEq for NeOverride {
        fn eq(&self, _: &Self) -> bool {
            true
        }
        #[allow(clippy::partialeq_ne_impl, reason = "that is the case")]
        fn ne(&self, _: &Self) -> bool {
            true
        }
    }
    assert!(
        Rc::new(NeOverride) == Rc::new(NeOverride) && Rc::new(NeOverride) != Rc::new(NeOverride)
    );
    assert!(
        Arc::new(NeOverride) == Arc::new(NeOverride)
            && Arc::new(NeOverride) != Arc::new(NeOverride)
    );
}

#[derive(PartialEq, Eq)]
struct Node {
    next: RefCell<Option<Rc<Self>>>,
    number: u8,
}

/// Comparing its values would overflow the stack.
#[test]
fn a_cycle_equals_itself() {
    let new = |number| {
        let next = RefCell::default();
        Rc::new(Node { next, number })
    };
    let (one, two) = (new(1), new(2));
    one.next.replace(Some(two.clone()));
    two.next.replace(Some(one.clone()));
    assert!(one == one.clone());
    assert!(vec![one.clone(), two.clone()] == [one.clone(), two.clone()]);
    assert!(one != two);
    one.next.take();
}

/// `Ord` and `Hash` have no such shortcut.
#[test]
fn order_and_hash_are_those_of_the_value() {
    struct Recorder;
    impl PartialEq for Recorder {
        fn eq(&self, _: &Self) -> bool {
            true
        }
    }
    impl Eq for Recorder {}
    impl PartialOrd for Recorder {
        fn partial_cmp(&self, _: &Self) -> Option<std::cmp::Ordering> {
            None
        }
    }
    let one = Rc::new(Recorder);
    assert_eq!(one.partial_cmp(&one.clone()), None);
    let one = Arc::new(Recorder);
    assert_eq!(one.partial_cmp(&one.clone()), None);

    let hash = |value: &dyn Fn(&mut std::hash::DefaultHasher)| {
        let mut hasher = std::hash::DefaultHasher::new();
        value(&mut hasher);
        hasher.finish()
    };
    let text = Rc::new(String::from("text"));
    assert_eq!(
        hash(&|hasher| text.hash(hasher)),
        hash(&|hasher| "text".hash(hasher))
    );
    assert!(Weak::<Node>::new().upgrade().is_none());
}
