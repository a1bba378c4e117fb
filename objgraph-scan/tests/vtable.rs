//! Which words a vtable has.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Debug;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Mutex;

use objgraph_scan::{AVAILABLE, Vtable, vtable};

/// Reads a vtable as the code that the compiler generates for a call through `dyn` does.
fn naive<T: ?Sized>(value: &T) -> [usize; 5] {
    assert_eq!(size_of::<&T>(), 2 * size_of::<usize>());
    // SAFETY: a reference with a vtable is two words, which are initialized.
    let [_, vtable] = unsafe { std::mem::transmute_copy::<&T, [*const usize; 2]>(&value) };
    // SAFETY: these tests call it for values of traits with two methods or more.
    unsafe { vtable.cast::<[usize; 5]>().read() }
}

/// Asserts that the words are those of the vtable.
fn assert_found<T: ?Sized>(value: &T) -> Vtable {
    let [drop_glue, size, align, first, second] = naive(value);
    assert_eq!((size, align), (size_of_val(value), align_of_val(value)));
    let found = vtable(value).expect("it needs a drop");
    assert_eq!(found.drop_glue, drop_glue);
    for (found, word) in std::iter::zip(found.methods, [first, second]) {
        // A vtable near the end of its page.
        assert!(found == word || found == 0);
    }
    found
}

/// A trait with two methods.
trait Shape {
    fn area(&self) -> usize;
    fn name(&self) -> String {
        self.area().to_string()
    }
}

#[derive(Debug)]
struct Square(Rc<usize>);

#[derive(Debug)]
#[repr(align(64))]
struct Wide(Rc<usize>);

impl Shape for Square {
    fn area(&self) -> usize {
        *self.0
    }
}

impl Shape for Wide {
    fn area(&self) -> usize {
        *self.0 + 1
    }
}

#[test]
fn the_words_are_those_of_the_vtable() {
    if !AVAILABLE {
        return;
    }
    let number = Rc::new(7);
    let shape: &dyn Shape = &Square(number.clone());
    assert_eq!((shape.area(), shape.name()), (7, "7".to_owned()));
    let square = assert_found(shape);
    let wide = assert_found::<dyn Shape>(&Wide(number.clone()));
    assert_ne!(square.methods, wide.methods);
    let again = assert_found::<dyn Shape>(&Square(number.clone()));
    assert_eq!(square.drop_glue, again.drop_glue);

    let captured = number.clone();
    let closure: Box<dyn Fn() -> usize> = Box::new(move || *captured);
    assert_found(&*closure);
    let (mut count, captured) = (0, number.clone());
    let closure: Box<dyn FnMut() -> usize> = Box::new(move || {
        count += *captured;
        count
    });
    assert_found(&*closure);
    let debug: Box<dyn Debug + Send> = Box::new(vec![1, 2, 3]);
    assert!(vtable(&*debug).is_some());
    let future: Pin<Box<dyn Future<Output = usize>>> = Box::pin(async move { *number });
    assert!(vtable(&*future).is_some());
}

/// One vtable for each trait, one function that drops the value for all of them.
#[test]
fn the_function_that_drops_is_that_of_the_type() {
    if !AVAILABLE {
        return;
    }
    let square = Square(Rc::new(7));
    let shape = vtable::<dyn Shape>(&square).expect("it needs a drop");
    let debug = vtable::<dyn Debug>(&square).expect("it needs a drop");
    let any = vtable::<dyn Any>(&square).expect("it needs a drop");
    // A compiler may make several instances of the function, and does not when it is optimising
    // nothing.
    if cfg!(debug_assertions) {
        assert_eq!(shape.drop_glue, debug.drop_glue);
        assert_eq!(shape.drop_glue, any.drop_glue);
    }
    assert_ne!(shape.methods, debug.methods);
}

#[test]
fn references_without_a_vtable() {
    assert_eq!(vtable(&Square(Rc::new(7))), None);
    assert_eq!(vtable::<[Rc<u8>]>(&[Rc::new(7)]), None);
    assert_eq!(vtable::<[Rc<u8>]>(&[]), None);
    assert_eq!(vtable("text"), None);
    assert_eq!(vtable(Path::new("text")), None);
    let cell: &RefCell<[Rc<u8>]> = &RefCell::new([Rc::new(7)]);
    assert_eq!(vtable(cell), None);
    let closure: Box<dyn Fn() -> usize> = Box::new(|| 7);
    assert_eq!(vtable(&closure), None, "the box has a size");
}

#[test]
fn values_that_need_no_drop() {
    let number = 7;
    let closure: &dyn Fn() -> usize = &move || number;
    assert_eq!(vtable(closure), None);
    assert_eq!(vtable(&7_u8 as &dyn Any), None);
}

/// The vtable names the type of the part.
#[test]
fn vtables_of_a_part() {
    let lock: &Mutex<dyn Debug> = &Mutex::new(Rc::new(7));
    assert_eq!(vtable(lock), None);
    let cell: &RefCell<dyn Debug> = &RefCell::new(vec![7]);
    assert_eq!(vtable(cell), None);
}

/// Whatever page a vtable is on. Each closure has a vtable of its own.
#[test]
fn many_vtables() {
    fn check<const N: usize>() {
        let captured = Rc::new([0_usize; N]);
        let closure: Box<dyn Fn() -> usize> = Box::new(move || captured.len());
        assert_found(&*closure);
        let captured = Box::new([0_usize; N]);
        let closure: Box<dyn FnMut() -> usize> = Box::new(move || captured.len());
        assert_found(&*closure);
    }
    macro_rules! check_all {
        ($($tens:literal)*) => {$(
            check::<{ $tens }>();
            check::<{ $tens + 1 }>();
            check::<{ $tens + 2 }>();
            check::<{ $tens + 3 }>();
            check::<{ $tens + 4 }>();
        )*};
    }
    if AVAILABLE {
        check_all!(0 5 10 15 20 25 30 35 40 45 50 55 60 65 70 75 80 85 90 95);
    }
}
