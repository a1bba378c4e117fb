//! Which words are found in values of many kinds.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use objgraph_scan::{AVAILABLE, words};

/// The size of a word.
const WORD: usize = size_of::<usize>();

/// Returns `count` where words can be read, and nothing elsewhere.
fn available(count: usize) -> usize {
    if AVAILABLE { count } else { 0 }
}

/// Returns the word that every handle to a value has: std's `Rc` points to two counts, which
/// precede the value.
fn handle<T>(rc: &Rc<T>) -> usize {
    assert!(align_of::<T>() <= WORD);
    Rc::as_ptr(rc).addr() - 2 * WORD
}

/// Returns the number of words that are a handle to `target`.
fn hits<V: ?Sized, T>(value: &V, target: &Rc<T>) -> usize {
    words(value).filter(|&word| word == handle(target)).count()
}

#[test]
fn it_is_available_where_it_is_documented() {
    let is_documented = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"))
        && cfg!(target_pointer_width = "64")
        && !cfg!(miri);
    assert_eq!(AVAILABLE, is_documented);
}

#[test]
fn closures() {
    let target = Rc::new(Cell::new(7));
    let captured = target.clone();
    let closure: Box<dyn Fn() -> i32> = Box::new(move || captured.get());
    assert_eq!(words(&*closure).len(), available(1));
    assert_eq!(hits(&*closure, &target), available(1));
    // The words of the box are its pointer and its vtable.
    assert_eq!(words(&closure).len(), available(2));
    assert_eq!(hits(&closure, &target), 0);

    let (first, second, text) = (target.clone(), target.clone(), String::from("text"));
    let closure = move || (first.get(), second.get(), text.len());
    assert_eq!(hits(&closure, &target), available(2));
    assert_eq!(closure(), (7, 7, 4));

    let closure: Box<dyn Fn()> = Box::new(|| ());
    assert_eq!(words(&*closure).count(), 0);
}

#[test]
fn weak_handles_have_the_word_of_strong_ones() {
    let target = Rc::new(7);
    let captured = Rc::downgrade(&target);
    let closure: Box<dyn Fn() -> bool> = Box::new(move || captured.upgrade().is_some());
    assert_eq!(hits(&*closure, &target), available(1));
    assert!(closure());
}

#[test]
fn cells_and_locks() {
    let target = Rc::new(7);
    let cell = RefCell::new(Some(target.clone()));
    let _guard = cell.borrow_mut();
    assert_eq!(hits(&cell, &target), available(1));
    let lock = Mutex::new((0_u8, target.clone()));
    let _guard = lock.lock();
    assert_eq!(hits(&lock, &target), available(1));
}

#[derive(Debug)]
#[allow(dead_code, reason = "the scan reads the fields")]
enum Shape {
    Empty,
    Small(u8),
    Two(u16, Rc<i32>, u8, Weak<i32>),
}

#[test]
fn enums_with_padding() {
    let target = Rc::new(7);
    let count = available(size_of::<Shape>() / WORD);
    for (shape, expected) in [
        (
            Shape::Two(1, target.clone(), 2, Rc::downgrade(&target)),
            available(2),
        ),
        (Shape::Two(1, target.clone(), 2, Weak::new()), available(1)),
    ] {
        assert_eq!(words(&shape).count(), count);
        assert_eq!(hits(&shape, &target), expected);
    }
    // Most of these values is not initialized. Their words may be anything, and each is read.
    for shape in [Shape::Empty, Shape::Small(3)] {
        assert_eq!(words(&shape).count(), count);
    }
}

#[test]
fn stale_words_of_values_that_were_moved_out() {
    let target = Rc::new(7);
    let mut items = [target.clone(), target.clone()].into_iter();
    assert_eq!(hits(&items, &target), available(2));
    drop(items.next());
    assert_eq!(Rc::strong_count(&target), 2);
    assert_eq!(hits(&items, &target), available(2), "one of them is stale");
}

/// Is pending once.
fn pending_once() -> impl Future<Output = ()> {
    let mut is_ready = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut is_ready, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

#[test]
fn futures() {
    let target = Rc::new(7);
    let captured = target.clone();
    let mut future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
        pending_once().await;
        let moved = captured;
        pending_once().await;
        drop(moved);
        pending_once().await;
    });
    let mut hits_after = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    loop {
        hits_after.push((hits(&*future, &target), Rc::strong_count(&target) - 1));
        if future.as_mut().poll(&mut context).is_ready() {
            break;
        }
    }
    // A handle that the future owns is seen at least once: twice if a stale word is where it was.
    // How many stale words are left when it is dropped is up to the compiler.
    let owned: Vec<usize> = hits_after.iter().map(|&(_, owned)| owned).collect();
    assert_eq!(owned, [1, 1, 1, 0]);
    for &(hits, owned) in &hits_after {
        assert!(hits >= available(owned), "{hits_after:?}");
    }
    drop(future);
    assert_eq!(Rc::strong_count(&target), 1);
}

#[test]
fn unsized_values() {
    let target = Rc::new(7);
    let slice: &[Rc<i32>] = &[target.clone(), target.clone(), target.clone()];
    assert_eq!(hits(slice, &target), available(3));
    let any: &dyn Any = &(target.clone(), 1_u8);
    assert_eq!(words(any).len(), available(2));
    assert_eq!(hits(any, &target), available(1));
    assert_eq!(hits(&any, &target), 0, "the reference has other words");
    let text = "0123456701234567";
    assert!(words(text).count() <= text.len() / WORD);
}

#[test]
fn values_without_words() {
    assert_eq!(words(&()).count(), 0);
    assert_eq!(words(&[0_u64; 0]).count(), 0);
    assert_eq!(words("").count(), 0);
    assert_eq!(words(&7_u8).count(), 0);
    assert_eq!(words::<dyn Any>(&()).count(), 0);
    // Seven bytes anywhere, and up to fourteen that no aligned word is inside.
    let bytes = [0_u64; 4].map(u64::to_ne_bytes);
    let bytes = bytes.as_flattened();
    assert_eq!(words(&bytes[..WORD - 1]).count(), 0);
    let first = bytes.as_ptr().align_offset(WORD);
    let inner = &bytes[first + 1..][..2 * WORD - 2];
    assert_eq!(words(inner).count(), 0);
}

#[repr(C, packed)]
struct Packed {
    tag: u8,
    address: usize,
    next: usize,
}

#[test]
fn packed_fields_are_read_as_words_lie() {
    let value = Packed {
        tag: 1,
        address: usize::MAX,
        next: usize::MAX,
    };
    assert_eq!(
        (value.tag, { value.address }, { value.next }),
        (1, usize::MAX, usize::MAX)
    );
    // A packed value can be at any address, and so can its fields.
    assert!(words(&value).count() <= size_of::<Packed>() / WORD);
    assert_eq!(words(&value).count(), words(&value).len());
}

#[test]
fn large_values_can_be_bounded() {
    let large: Box<dyn Any> = Box::new([7_usize; 1 << 10]);
    let mut words = words(&*large);
    assert_eq!(words.len(), available(1 << 10));
    assert_eq!(words.by_ref().take(3).sum::<usize>(), available(21));
    assert_eq!(words.len(), available((1 << 10) - 3));
    assert_eq!(words.by_ref().count(), available((1 << 10) - 3));
    assert_eq!(words.next(), None);
}

#[test]
fn stores_before_a_read_are_seen() {
    let mut value = [0_usize; 2];
    for round in 1..100 {
        value[round % 2] = round;
        let words: Vec<usize> = words(&value).collect();
        if AVAILABLE {
            assert_eq!(words, value);
        }
    }
    let cell = Cell::new(1_usize);
    let mut words = words(&cell);
    cell.set(2);
    assert_eq!(words.next(), AVAILABLE.then_some(2));
}
