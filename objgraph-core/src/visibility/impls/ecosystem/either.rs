//! either.

use either::Either;

use crate::visibility::impls::std::shapes::choices;

choices! {
    [L, R] Either<L, R>, Either::Left, Either::Right;
}
