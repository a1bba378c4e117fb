//! Types that hold no reference.

use crate::tracked::{Label, Tracked};

/// Types whose label, too, is their `Debug` text.
macro_rules! leaves {
    ($($type:ty),* $(,)?) => {$(
        impl Tracked for $type {
            fn label(&self) -> Label<'_> {
                Label::Debug(self)
            }

            fn is_leaf() -> bool {
                true
            }
        }
    )*};
}

leaves! {
    (), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64,
    String, Box<str>,
    std::num::NonZeroU8, std::num::NonZeroU16, std::num::NonZeroU32, std::num::NonZeroU64,
    std::num::NonZeroU128, std::num::NonZeroUsize, std::num::NonZeroI8, std::num::NonZeroI16,
    std::num::NonZeroI32, std::num::NonZeroI64, std::num::NonZeroI128, std::num::NonZeroIsize,
    std::sync::atomic::AtomicBool, std::sync::atomic::AtomicU8, std::sync::atomic::AtomicU16,
    std::sync::atomic::AtomicU32, std::sync::atomic::AtomicU64, std::sync::atomic::AtomicUsize,
    std::sync::atomic::AtomicI8, std::sync::atomic::AtomicI16, std::sync::atomic::AtomicI32,
    std::sync::atomic::AtomicI64, std::sync::atomic::AtomicIsize,
    std::time::Duration, std::time::Instant, std::time::SystemTime,
    std::path::PathBuf, std::ffi::OsString, std::ffi::CString,
    std::net::IpAddr, std::net::Ipv4Addr, std::net::Ipv6Addr, std::net::SocketAddr,
    std::net::SocketAddrV4, std::net::SocketAddrV6, std::net::TcpStream, std::net::TcpListener,
    std::net::UdpSocket, std::fs::File,
    std::any::TypeId, std::thread::ThreadId, std::alloc::Layout, std::cmp::Ordering,
    std::io::Error, std::fmt::Error, std::num::ParseIntError, std::num::ParseFloatError,
    std::string::FromUtf8Error, std::str::Utf8Error, std::convert::Infallible,
    std::sync::Condvar, std::sync::Barrier,
}

impl<T: ?Sized> Tracked for std::marker::PhantomData<T> {
    fn is_leaf() -> bool {
        true
    }
}

impl<T: ?Sized> Tracked for *const T {
    fn is_leaf() -> bool {
        true
    }
}

impl<T: ?Sized> Tracked for *mut T {
    fn is_leaf() -> bool {
        true
    }
}

impl<T> Tracked for std::sync::atomic::AtomicPtr<T> {
    fn is_leaf() -> bool {
        true
    }
}

/// Function pointers, of up to six arguments.
macro_rules! functions {
    ($($($arg:ident)*;)*) => {$(
        impl<R, $($arg),*> Tracked for fn($($arg),*) -> R {
            fn is_leaf() -> bool {
                true
            }
        }
    )*};
}

functions! { ; A; A B; A B C; A B C D; A B C D E; A B C D E F; }
