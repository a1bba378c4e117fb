//! Opaque values are not scanned: the feature `scan` is off.

use std::marker::PhantomData;

use crate::symbols::DynVtable;
use crate::trace::index::ByAddress;
use crate::trace::tracer::Tracer;
use crate::visibility::WeakTarget;

/// Whether opaque values are scanned.
pub const SCANS: bool = false;

/// The words of an opaque value: none.
pub(crate) struct OpaqueWords<'a>(PhantomData<&'a ()>);

/// Returns the words of a value.
#[inline(always)]
pub(crate) fn words_of<T: ?Sized>(_: &T) -> OpaqueWords<'_> {
    OpaqueWords(PhantomData)
}

/// Returns the words of a value whose concrete type has a name.
#[inline(always)]
pub(crate) fn erased_words_of<T: ?Sized>(_: &T) -> OpaqueWords<'_> {
    OpaqueWords(PhantomData)
}

impl OpaqueWords<'_> {
    #[inline(always)]
    pub(crate) fn vtable(&self) -> DynVtable {
        DynVtable::NONE
    }
}

/// Learns nothing of wakers.
#[inline(always)]
pub(crate) fn learn_waker<T: 'static>(_: &std::sync::Arc<T>) {}

/// What the scans of a trace share: nothing.
#[derive(Default)]
pub(crate) struct Scanner(());

impl Scanner {
    #[inline(always)]
    pub(in crate::trace) fn include_objects(&mut self, _: &ByAddress) {}

    #[inline(always)]
    pub(in crate::trace) fn include_std(&mut self, _: usize) {}
}

impl Tracer {
    #[inline(always)]
    pub(in crate::trace) fn scan(&mut self, _: OpaqueWords<'_>) {}

    #[inline(always)]
    pub(in crate::trace) fn scan_node(&mut self, _: u32, _: OpaqueWords<'_>) {}

    #[inline(always)]
    pub(in crate::trace) fn scan_std(&mut self, _: u32, _: &dyn WeakTarget) {}

    #[inline(always)]
    pub(in crate::trace) fn must_scan_std(&mut self, _: u32) -> bool {
        false
    }
}
