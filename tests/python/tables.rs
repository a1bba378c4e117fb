//! The tables of both: the same bytes.

use std::collections::BTreeMap;

use objgraph::rc::Rc;
use objgraph::{
    Object,
    alive::{SortBy, Stats},
    growth::{Growth, NewIds, NewIdsQuery},
};

use super::graphs::{Leaf, Node, Wide};

pub(crate) fn compare(python: &BTreeMap<String, String>) {
    let same = |case: &str, ours: Vec<u8>| {
        assert_eq!(String::from_utf8(ours).unwrap(), python[case], "{case}");
    };
    let nodes = |n: usize| (0..n).map(|_| Rc::new(Node::default())).collect::<Vec<_>>();
    let leaves = |n: usize| (0..n).map(|_| Rc::new(Leaf::default())).collect::<Vec<_>>();
    let wides = |n: usize| (0..n).map(|_| Rc::new(Wide::default())).collect::<Vec<_>>();
    let ours = || -> Stats<'_, Object> {
        objgraph::alive::stats()
            .filter(|one| one.is::<Node>() || one.is::<Leaf>() || one.is::<Wide>())
    };

    let (mut node, mut leaf, mut wide) = (nodes(120), leaves(7), wides(1));
    let common = |stats: Stats<'_, Object>| {
        let mut out = Vec::new();
        stats.write_most_common_types(&mut out).unwrap();
        out
    };
    same("common", common(ours()));
    same("common_limit", common(ours().limit(2)));

    let mut state = Growth::default();
    let mut growth = || {
        let mut out = Vec::new();
        ours().write_growth_in(&mut state, &mut out).unwrap();
        out
    };
    same("growth_first", growth());
    same("growth_nothing", growth());
    leaf.extend(leaves(3));
    wide.extend(wides(30));
    same("growth_some", growth());
    node.drain(..50);
    same("growth_less", growth());
    node.extend(nodes(60));
    same("growth_over_the_peak", growth());

    let mut ids = NewIds::default();
    let mut new_ids = |case: &str, options: fn(NewIdsQuery<'_>) -> NewIdsQuery<'_>| {
        let mut out = Vec::new();
        let found = options(ids.query()).write(&mut out).unwrap();
        for (name, ids) in found.iter() {
            out.extend(format!("# new {name} {}\n", ids.len()).into_bytes());
        }
        same(case, out);
    };
    new_ids("ids_first", |look| look);
    new_ids("ids_second", |look| look);
    leaf.extend(leaves(5));
    node.drain(..20);
    new_ids("ids_third", |look| look);
    new_ids("ids_skipped", |look| look.skip_update(true));
    wide.extend(wides(2));
    new_ids("ids_limit", |look| look.limit(1));
    wide.extend(wides(4));
    new_ids("ids_none", |look| look.limit(0));
    wide.extend(wides(4));
    leaf.extend(leaves(9));
    new_ids("ids_by_new", |look| look.sort_by(SortBy::New).limit(None));
    node.extend(nodes(1));
    new_ids("ids_by_old", |look| look.sort_by(SortBy::Old));
    node.extend(nodes(1));
    new_ids("ids_by_current", |look| look.sort_by(SortBy::Current));
}
