//! The instruction that loads a word, and all unsafe code that it needs.

/// Whether this target can read words: x86-64 and AArch64 with pointers of 64 bits can, and Miri
/// cannot. Where this is false, [`words`](crate::words) yields nothing, and
/// [`vtable`](crate::vtable()) returns `None`.
pub const AVAILABLE: bool = cfg!(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    not(miri)
));

/// The instruction that loads a word. Macros, because older compilers take no `cfg` inside `asm!`.
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
macro_rules! instruction {
    () => {
        "mov {word}, qword ptr [{address}]"
    };
}
#[cfg(all(target_arch = "aarch64", target_pointer_width = "64", not(miri)))]
macro_rules! instruction {
    () => {
        "ldr {word}, [{address}]"
    };
}

/// Loads the word at an address. To the compiler, the result is an arbitrary number.
///
/// # Safety
///
/// `address` is aligned, and a `usize` at `address` is in memory that is mapped, and that the processor
/// may read, until the call ends: that of an allocation that outlives it, or the page of such an
/// allocation. Its bytes may be uninitialized, and another thread may write them during the call.
#[cfg(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    not(miri)
))]
#[inline]
pub(crate) unsafe fn load(address: *const usize) -> usize {
    let word;
    // SAFETY: the instruction reads eight aligned bytes, which are mapped, as the caller guarantees.
    // It writes the register `word`, and neither memory (`readonly`) nor the stack (`nostack`) nor
    // flags (`preserves_flags`). It is not `pure`: see the documentation of the crate.
    unsafe {
        core::arch::asm!(
            instruction!(),
            address = in(reg) address,
            word = lateout(reg) word,
            options(nostack, preserves_flags, readonly),
        );
    }
    word
}

/// Never called, since [`words`](crate::words) yields nothing and [`vtable`](crate::vtable()) reads
/// nothing.
#[cfg(not(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    not(miri)
)))]
pub(crate) unsafe fn load(_: *const usize) -> usize {
    0
}
