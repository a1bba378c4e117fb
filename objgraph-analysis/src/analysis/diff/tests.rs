use std::collections::BTreeMap;

use objgraph_core::ObjectId;
use proptest::prelude::*;

use super::{ContainerDiff, Turnover, diff};
use crate::analysis::testkit::Kit;

const TYPES: [&str; 3] = ["app::A", "app::B", "core::cell::RefCell<app::C>"];

/// Objects by id: type, whether alive before and after, length of a container before and after.
type ObjectStates = BTreeMap<u32, (usize, bool, bool, u64, u64)>;

fn objects() -> impl Strategy<Value = ObjectStates> {
    let object = (
        0..TYPES.len(),
        any::<bool>(),
        any::<bool>(),
        0u64..5,
        0u64..5,
    );
    prop::collection::btree_map(0u32..40, object, 0..20)
}

fn side(objects: &ObjectStates, after: bool) -> std::sync::Arc<objgraph_core::Snapshot> {
    let mut kit = Kit::new();
    for name in TYPES {
        kit.type_index(name);
    }
    for (&id, object) in objects {
        let (is_alive, length) = if after {
            (object.2, object.4)
        } else {
            (object.1, object.3)
        };
        if is_alive {
            let node = kit.node(TYPES[object.0], 1);
            kit.row(node).id = ObjectId::new(id, 0);
            if length > 0 {
                kit.length(node, "items", length);
            }
        }
    }
    kit.snapshot()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_object_is_born_dies_or_survives(objects in objects()) {
        let diff = diff(&side(&objects, false), &side(&objects, true));
        for (of, name) in TYPES.iter().enumerate() {
            let count = |before: bool, after: bool| {
                let own = objects.values().filter(|object| object.0 == of);
                own.filter(|object| (object.1, object.2) == (before, after)).count()
            };
            let turnover = Turnover {
                born: count(false, true),
                died: count(true, false),
                survived: count(true, true),
                bytes: 32 * (count(false, true) as i64 - count(true, false) as i64),
            };
            let found = diff.types.iter().find(|of| of.type_name == *name);
            prop_assert_eq!(found.map_or(Turnover::default(), |found| found.turnover), turnover);
            let of_site = diff.sites.iter().find(|of| of.type_name == *name);
            prop_assert_eq!(of_site.map(|of| of.turnover), found.map(|of| of.turnover));

            let survivors = objects.values().filter(|object| object.0 == of && object.1 && object.2);
            let holders: Vec<(u64, u64)> = survivors
                .map(|object| (object.3, object.4))
                .filter(|lengths| *lengths != (0, 0))
                .collect();
            let before = holders.iter().map(|lengths| lengths.0).sum();
            let after = holders.iter().map(|lengths| lengths.1).sum();
            let expected = (before != after).then(|| ContainerDiff {
                holder: super::declaring(name).to_owned(),
                path: "items".to_owned(),
                before,
                after,
                objects: holders.len(),
            });
            let holder = super::declaring(name);
            let found = diff.containers.iter().find(|found| found.holder == holder);
            prop_assert_eq!(found, expected.as_ref());
        }
        prop_assert!(diff.types.is_sorted_by(|a, b| a.turnover.growth() >= b.turnover.growth()));
    }
}

/// The containers of a root are matched by the name of the root, although its value is not an
/// object.
#[test]
fn roots_are_matched_by_name() {
    let side = |length| {
        let mut kit = Kit::new();
        let root = kit.root_value("app::Cache", "static CACHE");
        kit.row(root).id = ObjectId::outside_table(length);
        kit.length(root, "entries", length);
        kit.snapshot()
    };
    let diff = diff(&side(10), &side(9812));
    assert_eq!(diff.types, []);
    let found = &diff.containers[0];
    assert_eq!(
        (found.holder.as_str(), found.path.as_str()),
        ("static CACHE", "entries")
    );
    assert_eq!((found.before, found.after, found.objects), (10, 9812, 1));
}
