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
//! parameter. `Level<(T, T)>` in `Spine<T>` is one; so is the harmless `Arena<Node<T>>` in
//! `Graph<T>`. Only a growing step can make types grow, and the derive sees each that its fields
//! spell. There are two kinds:
//!
//! - If the larger type is [`Finite`], the step is treated as any other.
//! - If not, the value is visited through the registry, so that no visit instantiates the next one.
//!   The step costs the registration one unit of [`Fuel`], and without fuel it registers nothing: the
//!   instances beyond are opaque until the program registers them.
//!
//! Only the derive spends fuel. Containers pass it on, and a type without parameters starts again
//! with a full supply, since what it names does not depend on who names it.
//!
//! Steps that the derive cannot see (behind a type alias, or in a `Visit` written by hand) are
//! bounded by the compiler's recursion limit. It is reached early enough only because whatever names
//! a type stands after what visits it, in [`Row`](super::registry::Row) and in
//! [`Visit`](crate::Visit): the name of a type that doubles needs twice the memory at each step, so
//! the compiler must come to the next step first.

/// How many growing steps a registration may still follow, as a type.
pub trait Fuel: 'static {
    /// The number.
    const LEFT: u8;
    /// One less.
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
/// A generic type with a derive is finite if each generic type that its fields name is, within
/// `Steps` of them. The bound ends the search: types that lead back to each other are never found to
/// be finite.
///
/// A container is finite whatever it holds, since the derive checks its arguments itself; but only
/// under its own name, since it does not see the arguments behind a type alias.
pub trait Finite<Steps, const NAME: u64> {}

/// One step more than `Steps`.
#[derive(Debug)]
pub struct More<Steps>(Steps);

/// The number of steps within which a type has to be finite.
type Near = More<More<More<More<More<More<()>>>>>>;

/// A number for the last name in the path of a type, of which the arguments may follow: FNV-1a, as
/// the derive has it.
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
