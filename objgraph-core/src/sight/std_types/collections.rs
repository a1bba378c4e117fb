//! Collections. Those with an order count their elements; of the others, whose order changes from
//! run to run, no path tells which element it was.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};

use crate::sight::Registrar;
use crate::sight::walk::Walk;
use crate::snapshot::Segment;
use crate::trace::{Starts, Visitor};
use crate::tracked::{Label, Tracked};

/// Collections of one kind of item.
macro_rules! collections {
    ($($type:ty, [$($param:ident),*], $visit:ident, $walk:ident;)*) => {$(
        impl<T: Tracked $(, $param)*> Tracked for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.$visit(self.iter());
            }

            fn register(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self>() {
                    T::register(registrar);
                }
            }

            fn label(&self) -> Label<'_> {
                Label::Items(self.len())
            }

            fn starts(&self, starts: &mut Starts) -> bool {
                self.iter().fold(false, |any, value| value.starts(starts) || any)
            }
        }

        impl<T: 'static $(, $param: 'static)*> Walk for $type {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.$walk(self.iter());
            }
        }
    )*};
}

collections! {
    Vec<T>, [], elements, any_elements;
    VecDeque<T>, [], elements, any_elements;
    LinkedList<T>, [], elements, any_elements;
    BTreeSet<T>, [], elements, any_elements;
    BinaryHeap<T>, [], entries, any_entries;
    HashSet<T, S>, [S], entries, any_entries;
}

/// Maps; `$segment` is the step to an entry.
macro_rules! maps {
    ($($type:ty, [$($param:ident),*], $segment:expr;)*) => {$(
        impl<K: Tracked, V: Tracked $(, $param)*> Tracked for $type {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.open($segment);
                for (index, (key, value)) in self.iter().enumerate() {
                    visitor.set_element(index);
                    visitor.field("key", key);
                    visitor.value(value);
                }
                visitor.__leave();
            }

            fn register(registrar: &mut Registrar)
            where
                Self: 'static,
            {
                if registrar.plain::<Self>() {
                    K::register(registrar);
                    V::register(registrar);
                }
            }

            fn label(&self) -> Label<'_> {
                Label::Items(self.len())
            }
        }

        impl<K: 'static, V: 'static $(, $param: 'static)*> Walk for $type {
            fn walk<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.open($segment);
                for (index, (key, value)) in self.iter().enumerate() {
                    visitor.set_element(index);
                    visitor.__enter("key");
                    visitor.any(key);
                    visitor.__leave();
                    visitor.any(value);
                }
                visitor.__leave();
            }
        }
    )*};
}

maps! {
    HashMap<K, V, S>, [S], Segment::Entry;
    BTreeMap<K, V>, [], Segment::Element;
}
