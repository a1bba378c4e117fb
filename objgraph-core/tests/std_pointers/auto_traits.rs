//! The marker traits of the pointers: ours have those of std's.

use std::cell::Cell;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::MutexGuard;

struct Probe<T: ?Sized>(PhantomData<T>);

/// The result of a probe without the inherent constant.
#[allow(dead_code, reason = "not every question needs this answer")]
trait No {
    const SEND: bool = false;
    const SYNC: bool = false;
    const UNPIN: bool = false;
    const UNWIND_SAFE: bool = false;
    const REF_UNWIND_SAFE: bool = false;
    const COPY: bool = false;
    const CLONE: bool = false;
}

impl<T: ?Sized> No for Probe<T> {}

macro_rules! yes {
    ($($NAME:ident: $Trait:ident),*) => {$(
        #[allow(dead_code, reason = "not every type here has each trait")]
        impl<T: ?Sized + $Trait> Probe<T> {
            const $NAME: bool = true;
        }
    )*};
}

yes!(SEND: Send, SYNC: Sync, UNPIN: Unpin, UNWIND_SAFE: UnwindSafe, REF_UNWIND_SAFE: RefUnwindSafe, COPY: Copy, CLONE: Clone);

macro_rules! traits_of {
    ($type:ty) => {
        [
            Probe::<$type>::SEND,
            Probe::<$type>::SYNC,
            Probe::<$type>::UNPIN,
            Probe::<$type>::UNWIND_SAFE,
            Probe::<$type>::REF_UNWIND_SAFE,
            Probe::<$type>::COPY,
            Probe::<$type>::CLONE,
            std::mem::needs_drop::<$type>(),
        ]
    };
}

macro_rules! same_traits {
    ($($value:ty),* $(,)?) => {$(
        const {
            let ours = traits_of!(objgraph_core::rc::Rc<$value>);
            assert!(same(ours, traits_of!(std::rc::Rc<$value>)), concat!("Rc of ", stringify!($value)));
            let ours = traits_of!(objgraph_core::rc::Weak<$value>);
            assert!(same(ours, traits_of!(std::rc::Weak<$value>)), concat!("rc::Weak of ", stringify!($value)));
            let ours = traits_of!(objgraph_core::sync::Arc<$value>);
            assert!(same(ours, traits_of!(std::sync::Arc<$value>)), concat!("Arc of ", stringify!($value)));
            let ours = traits_of!(objgraph_core::sync::Weak<$value>);
            assert!(same(ours, traits_of!(std::sync::Weak<$value>)), concat!("sync::Weak of ", stringify!($value)));
        }
    )*};
}

const fn same(ours: [bool; 8], stds: [bool; 8]) -> bool {
    let mut at = 0;
    while at < 8 {
        if ours[at] != stds[at] {
            return false;
        }
        at += 1;
    }
    true
}

struct NotUnpin(#[allow(dead_code)] std::marker::PhantomPinned);

// Checked by the compiler: a difference does not compile.
const _: () = {
    same_traits!(
        u8,
        Cell<u8>,
        std::rc::Rc<u8>,
        *const u8,
        &'static u8,
        &'static mut u8,
        [u8],
        str,
        NotUnpin,
        dyn Debug,
        dyn Debug + Send,
        dyn Debug + Sync,
        dyn Debug + Send + Sync,
        dyn Debug + Send + Sync + UnwindSafe + RefUnwindSafe,
        MutexGuard<'static, u8>,
    );
};

#[test]
fn the_probes_distinguish_yes_from_no() {
    assert_eq!(
        traits_of!(std::rc::Rc<u8>),
        [false, false, true, true, true, false, true, true]
    );
    assert_eq!(traits_of!(std::sync::Arc<u8>)[..2], [true, true]);
    assert_eq!(traits_of!(std::sync::Arc<Cell<u8>>)[..2], [false, false]);
}
