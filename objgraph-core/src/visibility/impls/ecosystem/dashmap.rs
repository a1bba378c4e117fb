//! dashmap. Its iterators wait for each shard. So all shards are first locked for reading, without waiting;
//! the iterator then shares these locks, because a reader does not wait for a writer that waits itself. If
//! one shard is busy, the whole map is.

use std::hash::{BuildHasher, Hash};

use dashmap::{DashMap, DashSet};

use crate::visibility::{Finite, Fuel, Registrar, name_of};
use crate::visibility::impls::std::sizes::hash_table;
use crate::visibility::walk::Walk;
use crate::snapshot::Segment;
use crate::trace::Visitor;
use crate::tracked::Visit;

/// Locks all shards of a map for reading, and reports how much they hold. Returns from the caller if one is
/// busy, which matters unless all contents are leaves.
macro_rules! hold {
    ($map:expr, $visitor:expr, $busy:ty, $entry:ty, $leaf:expr) => {{
        let guards: Option<Vec<_>> = $map.shards().iter().map(|shard| shard.try_read()).collect();
        let Some(guards) = guards else {
            if !$leaf {
                $visitor.busy::<$busy>();
            }
            return;
        };
        let bytes = |capacity| hash_table(capacity, size_of::<$entry>());
        $visitor.collection(
            guards.iter().map(|shard| shard.len()).sum(),
            guards.iter().map(|shard| bytes(shard.capacity())).sum(),
        );
        guards
    }};
}

impl<Steps, K, V, S> Finite<Steps, { name_of("DashMap") }> for DashMap<K, V, S> {}

impl<K, V, S> Visit for DashMap<K, V, S>
where
    K: Visit + Eq + Hash,
    V: Visit,
    S: BuildHasher + Clone,
{
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let leaf = K::is_leaf() && V::is_leaf();
        let _guards = hold!(self, visitor, Self, (K, V), leaf);
        if visitor.skips(K::is_leaf(), K::owns_heap) && visitor.skips(V::is_leaf(), V::owns_heap) {
            return;
        }
        visitor.open(Segment::Entry);
        for entry in self {
            visitor.__enter("key");
            visitor.lent::<K>(entry.key());
            visitor.__leave();
            visitor.lent::<V>(entry.value());
        }
        visitor.__leave();
    }

    fn register_static(registrar: &mut Registrar) {
        K::register_static(registrar);
        V::register_static(registrar);
    }

    fn register<Left: Fuel>(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self, Left>() {
            K::register::<Left>(registrar);
            V::register::<Left>(registrar);
        }
    }

    fn is_leaf() -> bool {
        K::is_leaf() && V::is_leaf()
    }

    fn owns_heap() -> bool {
        true
    }
}

impl<K, V, S> Walk for DashMap<K, V, S>
where
    K: Eq + Hash + 'static,
    V: 'static,
    S: BuildHasher + Clone + 'static,
{
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let leaf = !std::mem::needs_drop::<(K, V)>();
        let _guards = hold!(self, visitor, Self, (K, V), leaf);
        if leaf {
            return;
        }
        visitor.open(Segment::Entry);
        for entry in self {
            visitor.__enter("key");
            visitor.guarded(|guarded| guarded.with(|visitor| visitor.any(entry.key())));
            visitor.__leave();
            visitor.guarded(|guarded| guarded.with(|visitor| visitor.any(entry.value())));
        }
        visitor.__leave();
    }
}

impl<Steps, T, S> Finite<Steps, { name_of("DashSet") }> for DashSet<T, S> {}

impl<T, S> Visit for DashSet<T, S>
where
    T: Visit + Eq + Hash,
    S: BuildHasher + Clone,
{
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let _guards = hold!(self, visitor, Self, T, T::is_leaf());
        if visitor.skips(T::is_leaf(), T::owns_heap) {
            return;
        }
        visitor.open(Segment::Entry);
        for item in self.iter() {
            visitor.lent::<T>(item.key());
        }
        visitor.__leave();
    }

    fn register_static(registrar: &mut Registrar) {
        T::register_static(registrar);
    }

    fn register<Left: Fuel>(registrar: &mut Registrar)
    where
        Self: 'static,
    {
        if registrar.plain::<Self, Left>() {
            T::register::<Left>(registrar);
        }
    }

    fn is_leaf() -> bool {
        T::is_leaf()
    }

    fn owns_heap() -> bool {
        true
    }
}

impl<T, S> Walk for DashSet<T, S>
where
    T: Eq + Hash + 'static,
    S: BuildHasher + Clone + 'static,
{
    fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
        let leaf = !std::mem::needs_drop::<T>();
        let _guards = hold!(self, visitor, Self, T, leaf);
        if leaf {
            return;
        }
        visitor.open(Segment::Entry);
        for item in self.iter() {
            visitor.guarded(|guarded| guarded.with(|visitor| visitor.any(item.key())));
        }
        visitor.__leave();
    }
}
