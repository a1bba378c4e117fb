//! arc-swap. Its cells hold a pointer of std. A load returns it and never waits.
//!
//! objgraph's own `Arc` cannot be in such a cell, because the trait for that requires `unsafe`.

use arc_swap::strategy::Strategy;
use arc_swap::{ArcSwapAny, RefCnt};

use crate::visibility::{Finite, Fuel, Registrar};
use crate::visibility::walk::Walk;
use crate::trace::{Starts, Visitor};
use crate::tracked::Visit;

impl<Steps, P: RefCnt, S: Strategy<P>, const NAME: u64> Finite<Steps, NAME> for ArcSwapAny<P, S> {}

impl<P: RefCnt + Visit, S: Strategy<P>> Visit for ArcSwapAny<P, S> {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.lent::<P>(&self.load());
    }

    fn register_static(registrar: &mut Registrar) {
        P::register_static(registrar);
    }

    fn register<Left: Fuel>(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self, Left>() {
            P::register::<Left>(registrar);
        }
    }

    fn starts(&self, starts: &mut Starts) -> bool {
        self.load().starts(starts)
    }
}

impl<P: RefCnt + 'static, S: Strategy<P> + 'static> Walk for ArcSwapAny<P, S> {
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let loaded = self.load();
        let pointer: &P = &loaded;
        visitor.guarded(|guarded| guarded.with(|visitor| visitor.any(pointer)));
    }
}
