//! Growth: generic types that lead to ever larger instances of each other.
//!
//! ```text
//! struct Level<T: 'static>(Option<&'static Spine<T>>);
//! struct Spine<T: 'static>(Option<&'static Level<(T, T)>>);
//! ```
//!
//! The compiler instantiates only what a program uses, so this compiles. A derive that registered
//! and visited each type that a field names would make it instantiate `Level<u8>`, `Level<(u8, u8)>`,
//! `Level<((u8, u8), (u8, u8))>` and so on, until the memory of the machine is used up.
//!
//! A *growing step* leads from a generic type to another one that is applied to more than a bare
//! parameter. `Level<(T, T)>` in `Spine<T>` is one; so is the harmless `Arena<Node<T>>` in `Graph<T>`.
//! Types can grow only by growing steps, and the derive sees each one that the types of its fields
//! spell out. There are two kinds:
//!
//! - If the larger type is [`Finite`], the step is treated as any other.
//! - If not, the value is visited through the registry, so that no visit instantiates the next one.
//!   The step costs the registration one unit of [`Fuel`]. Without fuel it registers nothing, and the
//!   instances beyond it are opaque until the program registers them.
//!
//! Only derives spend fuel. Containers pass it on, and a type without parameters starts with a full
//! supply, since what it names does not depend on what names it.
//!
//! The derive cannot see a growing step behind a type alias, or in a `Visit` written by hand. Then the
//! compiler reports that it reached its recursion limit; or, if each instance is twice as large as the
//! one before, it takes very long before it does. It must not use up the memory meanwhile, and the name
//! of a type with 2³⁰ parts would. So names are instantiated last: in `TypeRow`, in
//! what a derive generates and in the methods of the visitor, everything that leads to the next
//! instance precedes the name of this one.

/// Number of growing steps that a registration may still follow, as a type.
pub trait Fuel: 'static {
    /// Number of steps.
    const LEFT: u8;
    /// Fuel for one step less.
    type Less: Fuel;
}

macro_rules! fuel {
    ($($Fuel:ident $left:literal, then $Less:ident;)*) => {$(
        #[doc = concat!("Fuel for ", stringify!($left), " growing steps.")]
        #[derive(Debug)]
        pub struct $Fuel;

        impl Fuel for $Fuel {
            const LEFT: u8 = $left;
            type Less = $Less;
        }
    )*};
}

// The number of instances rises with its power: of types with two growing fields each, 31 are
// registered for each that the program names.
fuel! {
    Full 4, then Three;
    Three 3, then Two;
    Two 2, then One;
    One 1, then Empty;
    Empty 0, then Empty;
}

/// A type from which visits and registrations lead to finitely many types, if it is called `NAME`;
/// see `name_of`.
///
/// A generic type with a derive is finite if each generic type that its fields name is finite, within
/// `Steps` of them. The bound ends the search: types that lead back to each other are never finite.
///
/// A container is finite whatever it holds, because the derive checks its arguments as well; but only
/// under its own name, because the derive does not see the arguments behind a type alias.
pub trait Finite<Steps, const NAME: u64> {}

/// One step more than `Steps`.
#[derive(Debug)]
pub struct More<Steps>(Steps);

/// Number of steps within which a type has to be finite.
type Near = More<More<More<More<More<More<()>>>>>>;

/// Returns a number for the last name in the path of a type, without the arguments that may follow:
/// its FNV-1a hash, as in the derive.
pub const fn name_of(path: &str) -> u64 {
    const START: u64 = 0xCBF2_9CE4_8422_2325;
    let path = path.as_bytes();
    let mut hash = START;
    let mut at = 0;
    while at < path.len() && path[at] != b'<' {
        hash = match path[at] {
            b':' => START,
            b' ' => hash,
            byte => (hash ^ byte as u64).wrapping_mul(0x0100_0000_01B3),
        };
        at += 1;
    }
    hash
}

/// A condition on a type in a list.
pub trait Condition {}

/// The condition that `T`, called `NAME`, is finite.
#[derive(Debug)]
pub struct IsFinite<T: ?Sized, const NAME: u64>(std::marker::PhantomData<fn(&T)>);

impl<T: Finite<Near, NAME> + ?Sized, const NAME: u64> Condition for IsFinite<T, NAME> {}

/// Conditions that all hold, as a list: `(A, (B, ()))`.
pub trait AllHold {}

impl AllHold for () {}

impl<A: Condition, R: AllHold> AllHold for (A, R) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_number_that_the_derive_gives_it() {
        const RANGE: u64 = 0x122E_9F78_24A2_AF12;
        for path in [
            "Range",
            "Range<T>",
            "ops::Range<T>",
            "std :: ops :: Range < T >",
        ] {
            assert_eq!(name_of(path), RANGE, "{path}");
        }
        assert_ne!(name_of("Ranges"), RANGE);
    }
}
