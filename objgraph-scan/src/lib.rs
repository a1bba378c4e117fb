//! Reads the machine words of a value that [objgraph] cannot trace, such as a closure or a future.
//!
//! A closure that captures an `Rc` has the address of an allocation among its bytes. objgraph knows
//! the addresses of the objects that it tracks, so a word that equals one of them hints at an edge
//! where no code can report one. [`words`] returns these words, as a debugger would print them:
//!
//! ```
//! let number = Box::new(7);
//! let address = std::ptr::from_ref(&*number).addr();
//! let closure: Box<dyn Fn() -> i32> = Box::new(move || *number);
//!
//! let words: Vec<usize> = objgraph_scan::words(&*closure).collect();
//! if objgraph_scan::AVAILABLE {
//!     assert_eq!(words, [address]);
//! } else {
//!     assert_eq!(words, []);
//! }
//! ```
//!
//! A closure behind a `dyn` also has a name, though no code can ask for it: the vtable has the address
//! of the function that drops the closure, and the symbols of the program say which type that
//! function is for. [`vtable`] returns such addresses.
//!
//! This is the only crate of objgraph with unsafe code, and programs only need it for such hints.
//! The unsafe code is one load instruction, written in assembly.
//!
//! # The argument
//!
//! **What [`words`] reads.** The words that are inside the `size_of_val` bytes of the value and whose
//! addresses are multiples of the size of a word. Bytes before the first such address, and a rest
//! that is shorter than a word, are not read. Nothing that the value points to is read: of a `Box`
//! or a `Vec`, [`words`] reads the pointer and never the content.
//!
//! **When.** Each word is read when [`Words`] yields it, and once.
//!
//! **Under which borrow.** [`Words`] has the lifetime of the `&T` that [`words`] received. As long as
//! this borrow lasts, nobody frees or moves the value. A reference is valid only if *all* bytes of
//! its value are inside one live allocation: padding, fields that were moved out and the content of
//! an `UnsafeCell` included. So every word is mapped memory that a load instruction may read. A value
//! without a size, which may have an address where nothing is mapped, has no words.
//!
//! **Uninitialized bytes.** Padding, the unused part of an `enum` and fields that were moved out are
//! not initialized. To read them as a `usize` in Rust is undefined behaviour, however the value is
//! used. So an assembly block reads them. The compiler does not analyse the block; all it knows is that
//! the block returns some `usize`, which is initialized by definition. The block must do something
//! that Rust could do in its place, and that is to *choose an arbitrary number*. To choose reads
//! nothing, so nothing uninitialized is read, there is no data race, and no access conflicts with a
//! `&mut` in another thread. The processor chooses the content of the memory. This is useful to a
//! caller that takes the number as a hint, and soundness does not depend on it.
//!
//! **Concurrent writes.** Through an `UnsafeCell`, in an atomic or behind a lock, another thread may
//! write a word while it is read. By the last paragraph that is no data race in the program. What
//! the number can be depends on the processor: an aligned load of eight bytes is a single access
//! (Intel SDM volume 3A, "Guaranteed Atomic Operations"; AMD64 APM volume 2, "Access Atomicity"; Arm
//! ARM, "Requirements for single-copy atomicity"). If the writer, too, stores the word by one
//! instruction, as compilers do with a pointer, the number is the old or the new word and never a
//! mixture. A writer that copies byte by byte can leave a mixture, which is one more false word. Two
//! words are two loads, and may be from before and after a write.
//!
//! **No word of a value is dereferenced.** The results are `usize`, without provenance. No pointer is
//! made from them, here or by callers, who compare them with addresses that they know from elsewhere.
//! The one exception is the word of a vtable in a reference that [`vtable`] received, below.
//!
//! **The options of the block.** Each is a promise about the instruction:
//!
//! - `nostack`: it pushes nothing, and x86-64's red zone is intact.
//! - `preserves_flags`: neither `mov` nor `ldr` writes flags.
//! - `readonly`: it writes no memory. So the compiler may keep what it knows of memory, but must have
//!   completed the stores to the value before. The block receives the pointer, not its address as a
//!   number, so that the compiler knows that stores to the value matter.
//! - *Not* `nomem`, with which the compiler may delay or omit these stores, and the words would be
//!   those of another time.
//! - *Not* `pure`, which promises that equal inputs and equal memory give equal results, so that
//!   blocks may be merged, moved or dropped. Uninitialized bytes have no value that could be equal,
//!   and other threads write while we read. Without it, each block runs where it is written.
//!
//! # The argument for vtables
//!
//! [`vtable`] reads the two words of the reference that it received, then up to five words of the
//! vtable. The load instruction is the same, and so is its argument: to the compiler it chooses an
//! arbitrary number, so the type of the memory, its provenance and its initialization do not matter.
//! What is left to show is that the processor may read there.
//!
//! **The reference has a vtable.** Its size is two words, and an `Option` of a raw pointer to the same
//! type is as large as the pointer. So some value of the two words is not a pointer. Without metadata
//! or with a length for metadata there is no such value, because safe code makes a raw pointer from
//! any address, null included, and a raw slice from any address and any length. Of the kinds of
//! metadata, this leaves the vtable, whose address is never null. A compiler without this niche makes
//! [`vtable`] return `None` for all types.
//!
//! **Which word is the vtable.** The words of the reference are read by [`words`], from a variable
//! that nothing else can write. Both are initialized. If the first is the address of the value, the
//! second is the vtable; otherwise nothing more is read. If both were equal, either would do.
//!
//! **The vtable is there.** A reference is valid only if its metadata is, and that of a `dyn` is the
//! address of a vtable that the compiler made for the type. It is a constant of the program or of a
//! library, and never written once the program runs. A library that is unloaded while a value still
//! refers to its vtable has made the reference invalid.
//!
//! **The first three words.** Rust does not promise the layout of a vtable. Every compiler that can
//! build this crate has begun it with the function that drops the value, the size and the alignment,
//! each a word: what the compiler needs to drop a box, and to compile `size_of_val` and
//! `align_of_val`, which are among the functions that [`vtable`] calls. The words are believed only
//! if the second and the third are what these two return.
//!
//! **The two words after them** are methods only if the trait has some, and [`vtable`] cannot know.
//! They may be after the end of the vtable, and are then whatever the program has there. They are
//! read only if they are on the page of 4 KiB on which the vtable begins. No target maps memory in
//! smaller pieces, so the processor may read them as long as the vtable is there. About one vtable in
//! 250 is so near the end of its page that a word is missing.
//!
//! **Nothing is called.** The addresses are `usize`. No pointer to a function is made from them.
//!
//! # What the words are worth
//!
//! A word that equals the address of an allocation is not proof that the value owns it. It may be
//!
//! - *stale*: of a field that was moved out or dropped, of an `enum`'s former variant, or of what was
//!   in the memory before, in padding. A future has one word for each place that a handle was moved
//!   through. A stale word may be the address of an allocation that was freed, and equal a later one;
//! - *a copy without ownership*: a `Weak`, a reference or a raw pointer has the same word as a handle;
//! - *a number that looks like an address*;
//! - *a mixture*, see above.
//!
//! And a handle may be missing: packed fields are not aligned, a pointer may be tagged, compressed
//! or behind another pointer, and a word may change before or after its turn.
//!
//! So callers take a word as evidence to be reported as such, count it at most once for each value
//! and target, and base no proof on it.
//!
//! Words can be parts of secrets. Callers keep only those that are known addresses, and print none.
//!
//! The address of a function that drops a value is no proof of the type either. Compilers and linkers
//! merge functions that have equal code, and a symbol then names one type of several. Callers find
//! out whether this program does so, and name nothing if it does. The addresses of functions differ
//! from run to run, so callers print none of these either.
//!
//! # Targets and tools
//!
//! - Words are read on x86-64 and AArch64 with pointers of 64 bits, on all operating systems. On
//!   other targets, [`AVAILABLE`] is false and values have no words: on 32-bit targets, x32 and ILP32,
//!   on Arm64EC, on WebAssembly, and on CHERI, whose pointers are wider than a word.
//! - Big-endian AArch64: `ldr` has the byte order of the program, so a word is what a `usize` in its
//!   place would be.
//! - Memory tagging (MTE, HWASan): the block receives the pointer with its tag, and reads only what
//!   the tag covers, except for the words after those of a short vtable. No compiler of Rust tags
//!   constants for the processor to check. A word that is a pointer has its tag, as the address that
//!   it is compared with.
//! - Pointer authentication: a signed pointer does not equal its address, and is missed; Rust does not
//!   sign pointers to data.
//! - Miri cannot run assembly: [`AVAILABLE`] is false.
//! - Sanitizers do not instrument the block. ThreadSanitizer does not see the reads, AddressSanitizer
//!   does not check them, and MemorySanitizer takes the words as initialized.
//! - Valgrind's memcheck sees through the block, and reports a branch in the caller that depends on an
//!   uninitialized word. It cannot know that each outcome of the branch is right. An error of any
//!   other kind would be a bug of this crate.
//! - Memory whose reads have effects, as the registers of a device: a caller must not pass a reference
//!   to it. A value that merely points to it is fine.
//!
//! [objgraph]: https://docs.rs/objgraph

mod load;
mod vtable;
mod words;

pub use load::AVAILABLE;
pub use vtable::{Vtable, vtable};
pub use words::{Words, words};
