// What `Rc` and `Arc` share: pointers made from other values, and made into others.

use std::fmt::{Debug, Display};
use std::pin::Pin;

#[test]
fn default_is_the_default_value() {
    assert_eq!(*Ptr::<String>::default(), "");
    assert!(Ptr::<[String]>::default().is_empty());
    assert_eq!(*Pin::<Ptr<u8>>::default(), 0);
    assert!(Weak::<u8>::default().upgrade().is_none());
}

#[test]
fn from_a_value_a_box_and_an_array() {
    let from_value: Ptr<u8> = 5.into();
    let from_box: Ptr<String> = Box::new(String::from("x")).into();
    let from_array: Ptr<[u8]> = Ptr::from([1, 2, 3]);
    assert_eq!(
        (*from_value, from_box.as_str(), &*from_array),
        (5, "x", &[1, 2, 3][..])
    );
    assert_eq!(Ptr::strong_count(&from_array), 1);
}

#[test]
fn a_slice_goes_back_to_an_array_of_its_length() {
    let slice: Ptr<[u8]> = Ptr::from([1, 2, 3]);
    let other = slice.clone();
    let slice = Ptr::<[u8; 2]>::try_from(slice).unwrap_err();
    assert_eq!(*slice, [1, 2, 3]);
    let array: Ptr<[u8; 3]> = slice.try_into().unwrap();
    assert_eq!((*array, Ptr::strong_count(&array)), ([1, 2, 3], 2));
    assert_eq!(Ptr::as_ptr(&array).addr(), Ptr::as_ptr(&other).addr());
}

#[test]
fn any_value_goes_back_to_its_type() {
    let any: Ptr<AnyValue> = unsize!(Ptr::new(String::from("text")) => AnyValue);
    let weak = Ptr::downgrade(&any);
    let any = any.downcast::<u8>().unwrap_err();
    assert_eq!((Ptr::strong_count(&any), Ptr::weak_count(&any)), (1, 1));
    let text: Ptr<String> = any.downcast().unwrap();
    assert_eq!(*text, "text");
    assert_eq!((Ptr::strong_count(&text), Ptr::weak_count(&text)), (1, 1));
    drop(text);
    assert!(weak.upgrade().is_none());
}

#[test]
fn any_value_goes_back_to_its_type_after_get_mut() {
    let mut number = Ptr::new(5);
    *Ptr::get_mut(&mut number).unwrap() += 1;
    let any: Ptr<AnyValue> = unsize!(number => AnyValue);
    assert_eq!(*any.downcast::<i32>().unwrap(), 6);
}

#[test]
fn values_of_unknown_type_are_used_counted_and_dropped() {
    let notes = notes();
    trait Speak {
        fn speak(&self) -> &'static str;
    }
    impl Speak for Noisy {
        fn speak(&self) -> &'static str {
            self.0
        }
    }
    let noisy = Ptr::new(Noisy("hello", notes));
    let speaker: Ptr<dyn Speak> = unsize!(noisy.clone() => dyn Speak);
    let weak: Weak<dyn Speak> = unsize!(Ptr::downgrade(&noisy) => dyn Speak);
    assert_eq!((speaker.speak(), Ptr::strong_count(&speaker)), ("hello", 2));
    assert_eq!((weak.strong_count(), weak.weak_count()), (2, 1));
    drop(noisy);
    assert_eq!(weak.upgrade().unwrap().speak(), "hello");
    drop(speaker);
    assert_eq!(*notes.lock().unwrap(), ["hello"]);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_pinned_value_may_lose_its_type() {
    trait Count: Unpin {
        fn count(&self) -> usize;
    }
    impl Count for Vec<u8> {
        fn count(&self) -> usize {
            self.len()
        }
    }
    // Without the type of the pin: where it is written, a compiler with the feature `nightly` wants to
    // coerce the pin into itself, which only std's pointers may do in one.
    let pinned = unsize!(Ptr::pin(vec![1, 2]) => dyn Count);
    assert_eq!(count(&pinned), 2);
    let shown = unsize!(Ptr::pin(5) => dyn Debug + Unpin);
    assert_eq!(show(&shown), "5");

    fn count(pinned: &Pin<Ptr<dyn Count>>) -> usize {
        pinned.count()
    }
    fn show(shown: &Pin<Ptr<dyn Debug + Unpin>>) -> String {
        format!("{shown:?}")
    }
}

#[test]
fn slices_and_shown_values_by_unsize() {
    let shown: Ptr<dyn Display> = unsize!(Ptr::new(5) => dyn Display);
    assert_eq!(shown.to_string(), "5");
    let slice: Ptr<[u8]> = unsize!(Ptr::new([1, 2, 3]) => [u8]);
    assert_eq!(slice.iter().sum::<u8>(), 6);
    let weak: Weak<[u8]> = unsize!(Ptr::downgrade(&Ptr::new([1])) => [u8]);
    assert!(weak.upgrade().is_none());
}
