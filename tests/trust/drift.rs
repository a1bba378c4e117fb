//! Counters agree with the table.

use std::collections::BTreeMap;

/// Asserts that the counters are equal to a full recount of the table. No other thread may make or
/// drop objects meanwhile.
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
