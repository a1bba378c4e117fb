//! Values in a `Vec`, counted by a field.
#![expect(dead_code, reason = "what is measured is the making")]

use super::operations::seconds_each;
use super::readings::Readings;

/// Number of values in the `Vec` before it is cleared.
const VALUES: usize = 10_000;

/// Defines a function that measures values with a field `$count`.
macro_rules! instances {
    ($(#[$attribute:meta])* $name:ident, $($Count:tt)::+) => {
        pub(crate) fn $name(n: usize) -> Readings {
            $(#[$attribute])*
            struct Item {
                id: u64,
                count: $($Count)::+<Item>,
            }
            countme::enable(true);
            let mut items: Vec<Item> = Vec::with_capacity(VALUES);
            let seconds = seconds_each(n / VALUES, |_| {
                for id in 0..VALUES as u64 {
                    items.push(Item { id, count: $($Count)::+::new() });
                }
                items.clear();
            });
            vec![("seconds", seconds / VALUES as f64)]
        }
    };
}

/// A field that does nothing.
struct Nothing<T>(std::marker::PhantomData<T>);

impl<T> Nothing<T> {
    fn new() -> Self {
        std::hint::black_box(Self(std::marker::PhantomData))
    }
}

instances!(bare, Nothing);
instances!(
    #[derive(objgraph::Tracked)]
    ours,
    objgraph::Instance
);
instances!(countme, countme::Count);
