//! Counters and table tell the same.

use std::collections::BTreeMap;

/// Asserts that the counters are what a full recount of the table gives. To be called while no
/// other thread makes or drops objects.
pub fn assert_none() {
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for count in objgraph::alive::counts() {
        *counted.entry(count.type_name).or_default() += count.alive;
    }
    counted.retain(|_, alive| *alive > 0);
    let mut listed: BTreeMap<&str, u64> = BTreeMap::new();
    for object in objgraph::alive::objects() {
        *listed.entry(object.type_name()).or_default() += 1;
    }
    assert_eq!(
        counted, listed,
        "the counters, and the objects of the table"
    );
}
