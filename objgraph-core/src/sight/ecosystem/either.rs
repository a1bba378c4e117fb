//! either.

use either::Either;

use crate::sight::std_types::shapes::choices;

choices! {
    [L, R] Either<L, R>, Either::Left, Either::Right;
}
