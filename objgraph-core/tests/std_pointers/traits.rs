// What `Rc` and `Arc` share: their traits.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

#[test]
fn as_ref_borrow_and_deref_lead_to_the_value() {
    let text = Ptr::new(String::from("text"));
    let by_ref: &String = text.as_ref();
    let borrowed: &String = text.borrow();
    assert_eq!((by_ref, borrowed, text.len()), (&*text, &*text, 4));
}

#[test]
fn pointers_are_shown_as_the_value_and_as_its_address() {
    let text = Ptr::new("a\n");
    assert_eq!(
        (format!("{text:?}"), format!("{text}")),
        ("\"a\\n\"".into(), "a\n".into())
    );
    assert_eq!(
        format!("{:>4}|{:#?}", Ptr::new(7), Ptr::new([1])),
        "   7|[\n    1,\n]"
    );
    assert_eq!(format!("{text:p}"), format!("{:p}", Ptr::as_ptr(&text)));
    assert_eq!(format!("{:?}", Ptr::downgrade(&text)), "(Weak)");
}

#[test]
fn pointers_are_compared_by_value() {
    let (three, five) = (Ptr::new(3), Ptr::new(5));
    assert!(three == Ptr::new(3) && three != five && three < five && three <= five);
    assert!(five > three && five >= three);
    assert_eq!(three.cmp(&five), Ordering::Less);
    assert_eq!(five.partial_cmp(&three), Some(Ordering::Greater));
    assert_eq!(Ptr::new(3).max(Ptr::new(4)), Ptr::new(4));
    let set: BTreeSet<Ptr<u8>> = [Ptr::new(2), Ptr::new(1), Ptr::new(2)].into();
    assert_eq!(set.iter().map(|p| **p).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn what_is_not_equal_to_itself_is_not_so_behind_a_pointer() {
    let nan = Ptr::new(f64::NAN);
    assert!(nan != nan.clone());
    assert_eq!(nan.partial_cmp(&nan), None);
}

#[test]
fn every_comparison_is_the_one_of_the_value() {
    #[derive(PartialEq)]
    struct Odd;
    impl PartialOrd for Odd {
        fn partial_cmp(&self, _: &Self) -> Option<Ordering> {
            None
        }
        fn lt(&self, _: &Self) -> bool {
            true
        }
        fn ge(&self, _: &Self) -> bool {
            true
        }
    }
    let (one, two) = (Ptr::new(Odd), Ptr::new(Odd));
    assert!(one < two && one >= two && !(one > two) && !(one <= two));
}

#[test]
fn pointers_are_hashed_as_the_value() {
    fn hash(value: impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    }
    assert_eq!(hash(Ptr::new("x")), hash("x"));
    let mut ages: HashMap<Ptr<String>, u8> = HashMap::new();
    ages.insert(Ptr::new("me".into()), 40);
    assert_eq!(ages.get(&String::from("me")), Some(&40));
}

#[test]
fn pointers_are_covariant_in_the_value() {
    fn shorter<'a>(
        long: Ptr<&'static str>,
        weak: Weak<&'static str>,
    ) -> (Ptr<&'a str>, Weak<&'a str>) {
        (long, weak)
    }
    let long = Ptr::new("long");
    let weak = Ptr::downgrade(&long);
    let (short, weak) = shorter(long, weak);
    assert_eq!((*short, weak.strong_count()), ("long", 1));
}

#[test]
fn pointers_are_as_small_as_a_reference() {
    // With the feature `owners`, the record of the handle is beside it.
    let is_ours = std::any::type_name::<Ptr<u8>>().starts_with("objgraph");
    let named = cfg!(feature = "owners") && is_ours;
    let name = if named { size_of::<u64>() } else { 0 };
    assert_eq!(size_of::<Ptr<u8>>(), size_of::<&u8>() + name);
    assert_eq!(size_of::<Option<Ptr<u8>>>(), size_of::<&u8>() + name);
    assert_eq!(size_of::<Weak<u8>>(), size_of::<&u8>() + name);
    assert_eq!(size_of::<Option<Weak<u8>>>(), size_of::<&u8>() + name);
    let dynamic = size_of::<&dyn Debug>() + name;
    assert_eq!(size_of::<Ptr<dyn Debug>>(), dynamic);
    assert_eq!(size_of::<Ptr<[u8]>>(), size_of::<&[u8]>() + name);
}

#[test]
fn values_without_size_and_values_of_wide_alignment() {
    #[repr(align(128))]
    struct Wide(u8);
    let nothing = Ptr::new(());
    assert!(!Ptr::ptr_eq(&nothing, &Ptr::new(())));
    let wide = Ptr::new(Wide(3));
    assert_eq!(Ptr::as_ptr(&wide).addr() % 128, 0);
    assert_eq!(wide.0, 3);
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_pointer_has_its_descriptor() {
    use std::os::fd::{AsFd, AsRawFd};
    let file = std::fs::File::open("/dev/null").unwrap();
    let number = file.as_raw_fd();
    let file = Ptr::new(file);
    assert_eq!(
        (file.as_raw_fd(), file.as_fd().as_raw_fd()),
        (number, number)
    );
}

#[cfg(feature = "serde")]
#[test]
fn pointers_are_serialised_as_the_value() {
    let one = Ptr::new(vec![1, 2]);
    let two = one.clone();
    assert_eq!(
        serde_json::to_string(&(&one, &two)).unwrap(),
        "[[1,2],[1,2]]"
    );
    let weak = Ptr::downgrade(&one);
    assert_eq!(serde_json::to_string(&weak).unwrap(), "[1,2]");
    let (three, four): (Ptr<Vec<u8>>, Ptr<Vec<u8>>) =
        serde_json::from_str("[[1,2],[1,2]]").unwrap();
    assert!(three == four && !Ptr::ptr_eq(&three, &four));
    assert!(serde_json::from_str::<Ptr<Vec<u8>>>("5").is_err());
    drop((one, two));
    assert_eq!(serde_json::to_string(&weak).unwrap(), "null");
    let weak: Weak<u8> = serde_json::from_str("5").unwrap();
    assert!(weak.upgrade().is_none());
    assert!(serde_json::from_str::<Weak<u8>>("\"x\"").is_err());
}
