//! Function pointers with up to twelve arguments, as in std. They hold nothing.

use super::shapes::silent_leaves;

macro_rules! functions {
    ($($($arg:ident)*;)*) => {$(
        silent_leaves! {
            [R, $($arg),*] fn($($arg),*) -> R;
            [R, $($arg),*] unsafe fn($($arg),*) -> R;
            [R, $($arg),*] extern "C" fn($($arg),*) -> R;
            [R, $($arg),*] unsafe extern "C" fn($($arg),*) -> R;
        }
    )*};
}

functions! {
    ;
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}
