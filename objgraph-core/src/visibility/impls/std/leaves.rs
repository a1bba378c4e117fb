//! Types that hold no reference.

use std::{any, cell, char, convert, env, ffi, fmt, fs, io, marker, net, num, ops, panic, path};
use std::{process, ptr, str, string, sync, thread, time};

use super::shapes::{leaves, silent_leaves};

// Numbers and the like.
leaves! {
    (), bool, char, u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64,
    num::NonZeroU8, num::NonZeroU16, num::NonZeroU32, num::NonZeroU64, num::NonZeroU128,
    num::NonZeroUsize, num::NonZeroI8, num::NonZeroI16, num::NonZeroI32, num::NonZeroI64,
    num::NonZeroI128, num::NonZeroIsize, num::FpCategory,
    sync::atomic::AtomicBool, sync::atomic::AtomicU8, sync::atomic::AtomicU16,
    sync::atomic::AtomicU32, sync::atomic::AtomicU64, sync::atomic::AtomicUsize,
    sync::atomic::AtomicI8, sync::atomic::AtomicI16, sync::atomic::AtomicI32,
    sync::atomic::AtomicI64, sync::atomic::AtomicIsize, sync::atomic::Ordering,
    std::cmp::Ordering, convert::Infallible, ops::RangeFull, marker::PhantomPinned,
    time::Duration, time::Instant, time::SystemTime,
    any::TypeId, std::alloc::Layout, std::hash::RandomState, std::hash::DefaultHasher,
}

// Texts, owned.
leaves! {
    String, |text| text.capacity(), of text.len();
    Box<str>, |text| text.len(), of text.len();
    path::PathBuf, |path| path.capacity(), of path.as_os_str().len();
    Box<path::Path>, |path| path.as_os_str().len(), of path.as_os_str().len();
    ffi::OsString, |text| text.capacity(), of text.len();
    Box<ffi::OsStr>, |text| text.len(), of text.len();
    ffi::CString, |text| text.as_bytes_with_nul().len(), of text.as_bytes().len();
    Box<ffi::CStr>, |text| text.to_bytes_with_nul().len(), of text.to_bytes().len();
    process::Output, |output| output.stdout.capacity() + output.stderr.capacity(),
        of output.stdout.len() + output.stderr.len();
}

// Resources of the operating system.
leaves! {
    net::IpAddr, net::Ipv4Addr, net::Ipv6Addr, net::SocketAddr, net::SocketAddrV4,
    net::SocketAddrV6, net::TcpStream, net::TcpListener, net::UdpSocket, net::Shutdown,
    fs::File, fs::FileType, fs::Metadata, fs::OpenOptions, fs::Permissions,
    io::Stdin, io::Stdout, io::Stderr, io::Empty, io::Sink, io::ErrorKind, io::SeekFrom,
    process::Child, process::ChildStdin, process::ChildStdout, process::ChildStderr,
    process::ExitCode, process::ExitStatus,
    thread::Thread, thread::ThreadId,
    sync::Barrier, sync::Condvar, sync::Once, sync::OnceState,
    std::backtrace::Backtrace, panic::Location<'_>,
}

// Errors. An `io::Error` may box an error of any type, which cannot be identified; none is known to own
// a counted reference.
leaves! {
    io::Error, fmt::Error, env::VarError, cell::BorrowError, cell::BorrowMutError,
    num::ParseIntError, num::ParseFloatError, num::TryFromIntError, str::ParseBoolError,
    str::Utf8Error, string::FromUtf8Error, string::FromUtf16Error, char::ParseCharError,
    char::CharTryFromError, std::array::TryFromSliceError, net::AddrParseError,
    ffi::NulError, ffi::FromBytesWithNulError, ffi::IntoStringError, path::StripPrefixError,
    time::SystemTimeError, sync::mpsc::RecvError, sync::mpsc::TryRecvError,
    sync::mpsc::RecvTimeoutError, thread::AccessError,
}

// Whatever their parameters: a raw pointer does not own its target.
silent_leaves! {
    [T: ?Sized] marker::PhantomData<T>;
    [T: ?Sized] *const T;
    [T: ?Sized] *mut T;
    [T: ?Sized] ptr::NonNull<T>;
    [T] sync::atomic::AtomicPtr<T>;
    [T] std::mem::Discriminant<T>;
    [H] std::hash::BuildHasherDefault<H>;
    [T: 'static] thread::LocalKey<T>;
}
