//! A line for each container, and the assertions about every one.

use std::hash::{Hash, Hasher};

use objgraph::core::PlaceKind;
use objgraph::rc::{Rc, Weak};
use objgraph::{
    ObjectId, Snapshot, Tracked,
    owners::PointerKind,
    snapshot::{Edge, NodeId},
};

/// The target of the references.
#[derive(Tracked, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target;

/// A type without a derive that owns something.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Foreign(pub String);

/// The item that every container takes.
pub trait Item: Clone + Ord + Hash + 'static {}

impl<T: Clone + Ord + Hash + 'static> Item for T {}

/// An item with a weak reference. All are equal, since a `Weak` cannot be compared.
#[derive(Tracked, Clone)]
pub struct WeakItem(pub Weak<Target>);

impl PartialEq for WeakItem {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for WeakItem {}

impl PartialOrd for WeakItem {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for WeakItem {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl Hash for WeakItem {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// The path from one object to another in a snapshot.
#[derive(Debug)]
pub struct FoundPath {
    pub path: String,
    pub strong: bool,
    /// Number of times that it was found.
    pub count: usize,
}

/// Returns the path that visits report from `owner` to `target`, directly or through values that are
/// no objects.
pub fn way(owner: ObjectId, target: ObjectId) -> Option<FoundPath> {
    let snapshot = objgraph::snapshot();
    let edges = reached(&snapshot, snapshot.find(owner)?);
    let target = snapshot.find(target)?;
    let mut found = edges
        .iter()
        .filter(|edge| edge.target() == target && !edge.is_inferred());
    let first = found.next()?;
    Some(FoundPath {
        path: first.path(),
        strong: first.is_strong(),
        count: 1 + found.count(),
    })
}

/// Returns the edges of a node and of the values that it leads to.
fn reached(snapshot: &Snapshot, from: NodeId) -> Vec<Edge<'_>> {
    let mut edges: Vec<Edge<'_>> = Vec::new();
    let mut nodes = vec![from];
    let mut next = 0;
    while let Some(&node) = nodes.get(next) {
        next += 1;
        for edge in snapshot.edges(node) {
            edges.push(edge);
            let target = edge.target();
            if snapshot.node(target).pointer_kind() == PointerKind::Value
                && !nodes.contains(&target)
            {
                nodes.push(target);
            }
        }
    }
    edges
}

/// Returns the names of the types of the opaque places in `owner`, and in values that it shares
/// with others.
pub fn places(owner: ObjectId, kind: PlaceKind) -> Vec<String> {
    let snapshot = objgraph::snapshot();
    let node = snapshot.find(owner).expect("the owner is alive");
    let shared = snapshot
        .edges(node)
        .map(|edge| edge.target())
        .filter(|&target| snapshot.node(target).pointer_kind() == PointerKind::Value);
    std::iter::once(node)
        .chain(shared)
        .flat_map(|node| snapshot.places_of(node))
        .filter(|place| place.kind == kind)
        .map(|place| {
            snapshot.types()[place.type_index as usize]
                .short_name
                .clone()
        })
        .collect()
}

/// Asserts that an edge to `target` is found in `owner`, once.
pub fn assert_seen<T>(owner: &Rc<T>, target: ObjectId, strong: bool) {
    let way = way(objgraph::id(owner), target).expect("the edge is found");
    assert_eq!((way.strong, way.count), (strong, 1), "{way:?}");
}

/// Generates tests of containers of `$type`, each with an expression that makes one from an item.
macro_rules! containers {
    ($($name:ident: $type:ty = |$item:ident| $make:expr;)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "some name all of their types")]
            use super::*;
            use crate::table::{Foreign, Item, Target, WeakItem, assert_seen, places};
            use objgraph::core::PlaceKind;
            use objgraph::rc::Rc;

            type Container<X> = $type;

            fn make<X: Item>($item: X) -> Container<X> {
                $make
            }

            #[derive(objgraph::Tracked)]
            struct Strong {
                held: Container<Rc<Target>>,
            }

            #[test]
            fn an_edge_is_seen() {
                if !objgraph::ENABLED {
                    return;
                }
                let target = Rc::new(Target);
                let id = objgraph::id(&target);
                let owner = Rc::new(Strong { held: make(target) });
                assert_seen(&owner, id, true);
                assert!(places(objgraph::id(&owner), PlaceKind::Opaque).is_empty());
            }

            #[derive(objgraph::Tracked)]
            struct Weak {
                held: Container<WeakItem>,
            }

            #[test]
            fn a_weak_edge_is_seen() {
                if !objgraph::ENABLED {
                    return;
                }
                let target = Rc::new(Target);
                let owner = Rc::new(Weak {
                    held: make(WeakItem(Rc::downgrade(&target))),
                });
                assert_seen(&owner, objgraph::id(&target), false);
            }

            #[derive(objgraph::Tracked)]
            struct MixedOwner {
                held: Container<(Foreign, Rc<Target>)>,
            }

            #[test]
            fn a_foreign_neighbour_hides_nothing() {
                if !objgraph::ENABLED {
                    return;
                }
                let target = Rc::new(Target);
                let id = objgraph::id(&target);
                let owner = Rc::new(MixedOwner {
                    held: make((Foreign(String::new()), target)),
                });
                assert_seen(&owner, id, true);
                assert_eq!(places(objgraph::id(&owner), PlaceKind::Opaque), ["Foreign"]);
            }
        }
    )*};
}

/// Generates tests of types that own nothing: nothing in them is opaque, and their neighbours are
/// visited.
macro_rules! leaves {
    ($($name:ident: $type:ty = $make:expr;)*) => {$(
        #[test]
        fn $name() {
            #[derive(objgraph::Tracked)]
            #[tracked(strict)]
            struct Owner {
                leaf: $type,
                beside: objgraph::rc::Rc<crate::table::Target>,
            }

            if !objgraph::ENABLED {
                return;
            }
            let target = objgraph::rc::Rc::new(crate::table::Target);
            let id = objgraph::id(&target);
            let owner = objgraph::rc::Rc::new(Owner { leaf: $make, beside: target });
            crate::table::assert_seen(&owner, id, true);
            let places = crate::table::places(objgraph::id(&owner), objgraph::core::PlaceKind::Opaque);
            assert!(places.is_empty(), "{places:?}");
        }
    )*};
}

/// Generates tests of locks: a held lock is busy, and is traced after it is released.
macro_rules! locks {
    ($($name:ident: $type:ty = |$item:ident| $make:expr, |$lock:ident| $hold:expr;)*) => {$(
        #[test]
        fn $name() {
            use crate::table::{Foreign, Target, assert_seen, places};
            use objgraph::core::PlaceKind;
            use objgraph::rc::Rc;

            type Container<X> = $type;

            #[derive(objgraph::Tracked)]
            struct Owner {
                held: Container<Rc<Target>>,
                beside: Container<(Foreign, Rc<Target>)>,
            }

            fn make<X: crate::table::Item>($item: X) -> Container<X> {
                $make
            }

            if !objgraph::ENABLED {
                return;
            }
            let (one, two) = (Rc::new(Target), Rc::new(Target));
            let ids = [objgraph::id(&one), objgraph::id(&two)];
            let owner = Rc::new(Owner {
                held: make(one),
                beside: make((Foreign(String::new()), two)),
            });
            let id = objgraph::id(&owner);
            let (first, second) = {
                let $lock = &owner.held;
                let first = $hold;
                let $lock = &owner.beside;
                (first, $hold)
            };
            assert_eq!(places(id, PlaceKind::Busy).len(), 2);
            for target in ids {
                assert!(crate::table::way(id, target).is_none());
            }
            drop((first, second));
            assert!(places(id, PlaceKind::Busy).is_empty());
            for target in ids {
                assert_seen(&owner, target, true);
            }
        }
    )*};
}
