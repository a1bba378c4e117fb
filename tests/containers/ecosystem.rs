//! Types of other crates, each with the feature of its name.

#[cfg(feature = "arc-swap")]
mod arc_swap {
    //! Its cells hold std's `Arc`, so it has separate tests.

    use crate::foreign::arc_swap::{ArcSwap, ArcSwapOption};
    use objgraph::{Tracked, rc::Rc};

    use crate::table::Target;

    #[derive(Tracked)]
    struct SharedValue {
        held: objgraph::sync::Arc<Target>,
    }

    #[derive(Tracked)]
    struct Owner {
        swap: ArcSwap<SharedValue>,
        optional: ArcSwapOption<SharedValue>,
        none: ArcSwapOption<SharedValue>,
        whole: ArcSwap<(crate::table::Foreign, objgraph::sync::Arc<Target>)>,
    }

    #[test]
    fn an_edge_is_seen() {
        if !objgraph::ENABLED {
            return;
        }
        let targets = [(); 3].map(|()| objgraph::sync::Arc::new(Target));
        let [one, two, three] = targets.each_ref().map(objgraph::sync::Arc::clone);
        let owner = Rc::new(Owner {
            swap: ArcSwap::from_pointee(SharedValue { held: one }),
            optional: ArcSwapOption::from_pointee(SharedValue { held: two }),
            none: ArcSwapOption::empty(),
            whole: ArcSwap::from_pointee((crate::table::Foreign(String::new()), three)),
        });
        let snapshot = objgraph::snapshot();
        let node = snapshot.find(objgraph::id(&owner)).unwrap();
        let paths: Vec<_> = snapshot.edges(node).map(|edge| edge.path()).collect();
        assert_eq!(paths, ["swap", "optional", "whole"]);
        for edge in snapshot.edges(node) {
            let target = snapshot.node(edge.target());
            assert!(edge.is_strong());
            // A load does not count as a reference.
            assert_eq!(snapshot.external(target.node_id()), Some(0));
        }
        for target in &targets {
            let target = snapshot.find(objgraph::id(target)).unwrap();
            assert_eq!(snapshot.edges_to(target).count(), 1);
        }
    }
}

#[cfg(feature = "arrayvec")]
mod arrayvec {
    use crate::foreign::arrayvec::{ArrayString, ArrayVec};

    containers! {
        array_vec: ArrayVec<X, 4> = |item| ArrayVec::from_iter([item]);
    }

    leaves! {
        array_string: ArrayString<8> = ArrayString::new();
    }
}

#[cfg(feature = "bytes")]
leaves! {
    bytes: crate::foreign::bytes::Bytes = crate::foreign::bytes::Bytes::from_static(b"text");
    bytes_mut: crate::foreign::bytes::BytesMut = crate::foreign::bytes::BytesMut::new();
}

#[cfg(feature = "chrono")]
leaves! {
    chrono_time: crate::foreign::chrono::DateTime<crate::foreign::chrono::Utc> = crate::foreign::chrono::DateTime::UNIX_EPOCH;
    chrono_date: Option<crate::foreign::chrono::NaiveDate> = None;
}

#[cfg(feature = "dashmap")]
mod dashmap {
    use std::hash::RandomState;

    use crate::foreign::dashmap::{DashMap, DashSet};
    use objgraph::Tracked;
    use objgraph::core::PlaceKind;
    use objgraph::rc::Rc;

    use crate::table::{Target, assert_seen, places};

    containers! {
        map: DashMap<u8, X> = |item| DashMap::from_iter([(0, item)]);
        map_key: DashMap<X, u8, RandomState> = |item| DashMap::from_iter([(item, 0)]);
        set: DashSet<X> = |item| DashSet::from_iter([item]);
    }

    locks! {
        map_that_is_busy: DashMap<u8, X> =
            |item| DashMap::from_iter([(0, item)]), |map| map.get_mut(&0).unwrap();
    }

    #[derive(Tracked)]
    struct Owner {
        map: DashMap<u8, Rc<Target>>,
    }

    #[test]
    fn a_reader_is_not_in_the_way() {
        if !objgraph::ENABLED {
            return;
        }
        let target = Rc::new(Target);
        let id = objgraph::id(&target);
        let map = DashMap::from_iter([(0, target)]);
        let owner = Rc::new(Owner { map });
        let entry = owner.map.get(&0).unwrap();
        assert_seen(&owner, id, true);
        assert!(places(objgraph::id(&owner), PlaceKind::Busy).is_empty());
        drop(entry);
    }

    /// A writer that waits for the readers of a shard must not block another reader.
    #[test]
    fn a_waiting_writer_is_not_waited_for() {
        #[derive(Tracked)]
        struct SharedValue {
            map: DashMap<u8, objgraph::sync::Arc<Target>>,
        }

        if !objgraph::ENABLED {
            return;
        }
        let target = objgraph::sync::Arc::new(Target);
        let map = DashMap::from_iter([(0, target.clone())]);
        let shared = objgraph::sync::Arc::new(SharedValue { map });
        let entry = shared.map.get(&0).unwrap();
        let writer = std::thread::spawn({
            let shared = shared.clone();
            move || shared.map.remove(&0).is_some()
        });
        // Some of these come before the writer waits, and the others after.
        for _ in 0..500 {
            let way = crate::table::way(objgraph::id(&shared), objgraph::id(&target));
            assert!(way.is_some());
            std::thread::yield_now();
        }
        drop(entry);
        assert!(writer.join().unwrap());
    }
}

#[cfg(feature = "either")]
mod either {
    use crate::foreign::either::Either;

    containers! {
        left: Either<X, u8> = |item| Either::Left(item);
        right: Either<String, X> = |item| Either::Right(item);
    }
}

#[cfg(feature = "hashbrown")]
mod hashbrown {
    use std::hash::RandomState;

    use crate::foreign::hashbrown::{HashMap, HashSet, HashTable};

    containers! {
        map: HashMap<u8, X, RandomState> = |item| HashMap::from_iter([(0, item)]);
        map_key: HashMap<X, u8, RandomState> = |item| HashMap::from_iter([(item, 0)]);
        set: HashSet<X, RandomState> = |item| HashSet::from_iter([item]);
        table: HashTable<X> = |item| {
            let mut table = HashTable::new();
            table.insert_unique(0, item, |_| 0);
            table
        };
    }
}

#[cfg(feature = "im")]
mod im {
    use crate::foreign::im::{HashMap, HashSet, OrdMap, OrdSet, Vector};
    use objgraph::{Tracked, rc::Rc};

    use crate::table::{Target, assert_seen};

    containers! {
        vector: Vector<X> = |item| Vector::unit(item);
        hash_map: HashMap<u8, X> = |item| HashMap::unit(0, item);
        hash_map_key: HashMap<X, u8> = |item| HashMap::unit(item, 0);
        hash_set: HashSet<X> = |item| HashSet::unit(item);
        ord_map: OrdMap<u8, X> = |item| OrdMap::unit(0, item);
        ord_set: OrdSet<X> = |item| OrdSet::unit(item);
    }

    #[derive(Tracked)]
    struct Owner {
        one: Vector<Rc<Target>>,
        two: Vector<Rc<Target>>,
        map: OrdMap<u32, Rc<Target>>,
        other: OrdMap<u32, Rc<Target>>,
    }

    /// Clones share one value, which is visited once.
    #[test]
    fn clones_do_not_count_twice() {
        if !objgraph::ENABLED {
            return;
        }
        let targets: Vec<_> = (0..1000).map(|_| Rc::new(Target)).collect();
        let one: Vector<_> = targets.iter().cloned().collect();
        let map: OrdMap<_, _> = (0_u32..).zip(targets.iter().cloned()).collect();
        let _owner = Rc::new(Owner {
            two: one.clone(),
            one,
            other: map.clone(),
            map,
        });
        let snapshot = objgraph::snapshot();
        for target in &targets {
            let node = snapshot.find(objgraph::id(target)).unwrap();
            assert_eq!(snapshot.external(node), Some(1), "`targets` has one each");
        }
        assert!(objgraph::find_leaks().over_reported().is_empty());
        let single = Rc::new(Owner {
            one: Vector::unit(targets[0].clone()),
            two: Vector::new(),
            map: OrdMap::new(),
            other: OrdMap::new(),
        });
        assert_seen(&single, objgraph::id(&targets[0]), true);
    }
}

#[cfg(feature = "imbl")]
mod imbl {
    use crate::foreign::imbl::{HashMap, HashSet, OrdMap, OrdSet, Vector};
    use objgraph::{Tracked, rc::Rc};

    use crate::table::Target;

    containers! {
        vector: Vector<X> = |item| Vector::unit(item);
        hash_map: HashMap<u8, X> = |item| HashMap::unit(0, item);
        hash_map_key: HashMap<X, u8> = |item| HashMap::unit(item, 0);
        hash_set: HashSet<X> = |item| HashSet::unit(item);
        ord_map: OrdMap<u8, X> = |item| OrdMap::unit(0, item);
        ord_set: OrdSet<X> = |item| OrdSet::unit(item);
    }

    #[derive(Tracked)]
    struct Owner {
        one: HashMap<u32, Rc<Target>>,
        two: HashMap<u32, Rc<Target>>,
    }

    /// Clones share one value, which is visited once.
    #[test]
    fn clones_do_not_count_twice() {
        if !objgraph::ENABLED {
            return;
        }
        let targets: Vec<_> = (0..1000).map(|_| Rc::new(Target)).collect();
        let one: HashMap<_, _> = (0_u32..).zip(targets.iter().cloned()).collect();
        let _owner = Rc::new(Owner {
            two: one.clone(),
            one,
        });
        let snapshot = objgraph::snapshot();
        for target in &targets {
            let node = snapshot.find(objgraph::id(target)).unwrap();
            assert_eq!(snapshot.external(node), Some(1), "`targets` has one each");
        }
    }
}

#[cfg(feature = "indexmap")]
mod indexmap {
    use std::hash::RandomState;

    use crate::foreign::indexmap::{IndexMap, IndexSet};

    containers! {
        map: IndexMap<u8, X, RandomState> = |item| IndexMap::from_iter([(0, item)]);
        map_key: IndexMap<X, u8, RandomState> = |item| IndexMap::from_iter([(item, 0)]);
        set: IndexSet<X, RandomState> = |item| IndexSet::from_iter([item]);
    }
}

#[cfg(feature = "once_cell")]
mod once_cell {
    use crate::foreign::once_cell::{race, sync, unsync};

    containers! {
        cell: unsync::OnceCell<X> = |item| unsync::OnceCell::from(item);
        sync_cell: sync::OnceCell<X> = |item| sync::OnceCell::from(item);
        race_box: race::OnceBox<X> = |item| {
            let cell = race::OnceBox::new();
            assert!(cell.set(Box::new(item)).is_ok());
            cell
        };
        lazy: unsync::Lazy<X, Box<dyn FnOnce() -> X>> = |item| {
            let lazy = unsync::Lazy::<X, Box<dyn FnOnce() -> X>>::new(Box::new(|| item));
            unsync::Lazy::force(&lazy);
            lazy
        };
        sync_lazy: sync::Lazy<X, Box<dyn FnOnce() -> X>> = |item| {
            let lazy = sync::Lazy::<X, Box<dyn FnOnce() -> X>>::new(Box::new(|| item));
            sync::Lazy::force(&lazy);
            lazy
        };
    }

    leaves! {
        not_made: unsync::Lazy<String> = unsync::Lazy::new(|| unreachable!("it is not made to"));
    }
}

#[cfg(feature = "parking_lot")]
mod parking_lot {
    use crate::foreign::parking_lot::{FairMutex, Mutex, ReentrantMutex, RwLock};
    use objgraph::Tracked;
    use objgraph::core::PlaceKind;
    use objgraph::sync::Arc;

    use crate::table::{Target, places, way};

    containers! {
        a_mutex: Mutex<X> = |item| Mutex::new(item);
        a_fair_mutex: FairMutex<X> = |item| FairMutex::new(item);
        a_reentrant_mutex: ReentrantMutex<X> = |item| ReentrantMutex::new(item);
        a_rw_lock: RwLock<X> = |item| RwLock::new(item);
        an_older_mutex: parking_lot_0_12::Mutex<X> = |item| parking_lot_0_12::Mutex::new(item);
    }

    locks! {
        mutex: Mutex<X> = |item| Mutex::new(item), |lock| lock.lock();
        fair_mutex: FairMutex<X> = |item| FairMutex::new(item), |lock| lock.lock();
        rw_lock: RwLock<X> = |item| RwLock::new(item), |lock| lock.write();
        older_mutex: parking_lot_0_12::Mutex<X> =
            |item| parking_lot_0_12::Mutex::new(item), |lock| lock.lock();
        older_rw_lock: parking_lot_0_12::RwLock<X> =
            |item| parking_lot_0_12::RwLock::new(item), |lock| lock.write();
    }

    #[derive(Tracked)]
    struct Owner {
        held: ReentrantMutex<Arc<Target>>,
    }

    #[test]
    fn a_reentrant_mutex_is_busy_for_other_threads() {
        if !objgraph::ENABLED {
            return;
        }
        let target = Arc::new(Target);
        let owner = Arc::new(Owner {
            held: ReentrantMutex::new(target.clone()),
        });
        let ids = (objgraph::id(&owner), objgraph::id(&target));
        let held = owner.held.lock();
        assert!(way(ids.0, ids.1).is_some());
        std::thread::spawn(move || {
            assert!(way(ids.0, ids.1).is_none());
            assert_eq!(places(ids.0, PlaceKind::Busy).len(), 1);
        })
        .join()
        .unwrap();
        drop(held);
    }

    leaves! {
        once: crate::foreign::parking_lot::Once = crate::foreign::parking_lot::Once::new();
    }
}

#[cfg(feature = "serde_json")]
leaves! {
    json: serde_json::Value = serde_json::Value::from(vec![1, 2]);
    json_map: Vec<serde_json::Map<String, serde_json::Value>> = Vec::new();
}

#[cfg(feature = "slab")]
mod slab {
    use crate::foreign::slab::Slab;

    containers! {
        a_slab: Slab<X> = |item| Slab::from_iter([(3, item)]);
    }
}

#[cfg(feature = "slotmap")]
mod slotmap {
    use crate::foreign::slotmap::{
        DefaultKey, DenseSlotMap, Key, SecondaryMap, SlotMap, SparseSecondaryMap,
    };

    containers! {
        slot_map: SlotMap<DefaultKey, X> = |item| {
            let mut map = SlotMap::new();
            map.insert(item);
            map
        };
        dense: DenseSlotMap<DefaultKey, X> = |item| {
            let mut map = DenseSlotMap::new();
            map.insert(item);
            map
        };
        secondary: SecondaryMap<DefaultKey, X> = |item| {
            let key = SlotMap::<DefaultKey, ()>::new().insert(());
            SecondaryMap::from_iter([(key, item)])
        };
        sparse_secondary: SparseSecondaryMap<DefaultKey, X> = |item| {
            let key = SlotMap::<DefaultKey, ()>::new().insert(());
            SparseSecondaryMap::from_iter([(key, item)])
        };
    }

    leaves! {
        key: DefaultKey = DefaultKey::null();
    }
}

#[cfg(feature = "smallvec")]
mod smallvec {
    use crate::foreign::smallvec::SmallVec;

    containers! {
        inline: SmallVec<[X; 2]> = |item| SmallVec::from_iter([item]);
        spilled: SmallVec<[X; 0]> = |item| SmallVec::from_iter([item]);
    }
}

#[cfg(feature = "thin-vec")]
mod thin_vec {
    use crate::foreign::thin_vec::ThinVec;

    containers! {
        a_thin_vec: ThinVec<X> = |item| ThinVec::from_iter([item]);
    }
}

#[cfg(feature = "time")]
leaves! {
    time_date: crate::foreign::time::Date = crate::foreign::time::Date::MIN;
    time_moment: crate::foreign::time::OffsetDateTime = crate::foreign::time::OffsetDateTime::UNIX_EPOCH;
}

#[cfg(feature = "tokio")]
mod tokio {
    use crate::foreign::tokio::sync::{
        Mutex, Notify, OnceCell, RwLock, Semaphore, SetOnce, mpsc, watch,
    };
    use objgraph::core::PlaceKind;
    use objgraph::{Tracked, alive::Visibility, rc::Rc};

    use crate::table::{Target, places};

    containers! {
        a_mutex: Mutex<X> = |item| Mutex::new(item);
        a_rw_lock: RwLock<X> = |item| RwLock::new(item);
        once_cell: OnceCell<X> = |item| OnceCell::new_with(Some(item));
        set_once: SetOnce<X> = |item| SetOnce::new_with(Some(item));
    }

    locks! {
        mutex: Mutex<X> = |item| Mutex::new(item), |lock| lock.try_lock().unwrap();
        rw_lock: RwLock<X> = |item| RwLock::new(item), |lock| lock.try_write().unwrap();
    }

    leaves! {
        notify: Notify = Notify::new();
        semaphore: Semaphore = Semaphore::new(1);
    }

    #[derive(Tracked)]
    struct Channels {
        sender: mpsc::Sender<Rc<Target>>,
        watch: watch::Sender<Option<Rc<Target>>>,
    }

    #[test]
    fn channels_are_reported() {
        if !objgraph::ENABLED {
            return;
        }
        let (sender, _receiver) = mpsc::channel(1);
        let owner = Rc::new(Channels {
            sender,
            watch: watch::Sender::new(None),
        });
        assert_eq!(places(objgraph::id(&owner), PlaceKind::Opaque).len(), 2);
        let types = objgraph::alive::types();
        let info = types.iter().find(|info| info.matches("Channels")).unwrap();
        assert!(
            info.fields
                .iter()
                .all(|field| field.visibility == Visibility::Opaque)
        );
    }
}

#[cfg(feature = "triomphe")]
mod triomphe {
    use crate::foreign::triomphe::{Arc, OffsetArc, UniqueArc};
    use objgraph::{Tracked, rc::Rc};

    use crate::table::Target;

    containers! {
        arc: Arc<X> = |item| Arc::new(item);
        offset_arc: OffsetArc<X> = |item| Arc::into_raw_offset(Arc::new(item));
        unique_arc: UniqueArc<X> = |item| UniqueArc::new(item);
    }

    #[derive(Tracked)]
    struct Owner {
        held: Arc<SharedValue>,
        again: Arc<SharedValue>,
    }

    #[derive(Tracked)]
    struct SharedValue {
        held: Rc<Target>,
    }

    /// A shared value is visited, and its references are counted once.
    #[test]
    fn shared_values_do_not_count_twice() {
        if !objgraph::ENABLED {
            return;
        }
        let target = Rc::new(Target);
        let held = Arc::new(SharedValue {
            held: target.clone(),
        });
        let owner = Rc::new(Owner {
            again: held.clone(),
            held,
        });
        crate::table::assert_seen(&owner, objgraph::id(&target), true);
        let snapshot = objgraph::snapshot();
        let node = snapshot.find(objgraph::id(&target)).unwrap();
        assert_eq!(snapshot.external(node), Some(1));
    }
}

#[cfg(feature = "url")]
leaves! {
    url: crate::foreign::url::Url = crate::foreign::url::Url::parse("https://example.org/").unwrap();
}

#[cfg(feature = "uuid")]
leaves! {
    uuid: crate::foreign::uuid::Uuid = crate::foreign::uuid::Uuid::nil();
}
