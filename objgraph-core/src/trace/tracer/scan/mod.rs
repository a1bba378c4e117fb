//! Scans opaque values for references, with the feature `scan`.
//!
//! A closure, a future or a value of a foreign type reports nothing. But a handle in it is a word
//! that equals the address of an allocation, so each word of the value is compared with the
//! addresses of the known objects. Each value and object give at most one edge, which is marked as
//! inferred: the word may also be that of a `Weak`, or a remnant of a value that was moved out.
//!
//! With the feature `owners`, the word before that of the allocation names a handle. It becomes an edge
//! when the trace has ended (`captured.rs`), if it is strong, alive, and met nowhere else.
//!
//! The scan runs no code of the program and takes no lock. Only the bytes of the value itself are
//! read; no pointer is followed.
//!
//! A waker of a watched task is found by both of its words (`wakers.rs`).
//!
//! The feature is checked here and nowhere else in the trace. Both sides offer the same names.

#[cfg(not(feature = "scan"))]
mod disabled;
#[cfg(feature = "scan")]
mod enabled;
#[cfg(feature = "scan")]
mod wakers;

#[cfg(not(feature = "scan"))]
use self::disabled as side;
#[cfg(feature = "scan")]
use self::enabled as side;

pub use self::side::SCANS;
pub(crate) use self::side::{OpaqueWords, Scanner, erased_words_of, learn_waker, words_of};
