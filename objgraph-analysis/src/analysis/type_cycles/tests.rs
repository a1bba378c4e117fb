use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use objgraph_core::{Field, TypeInfo, Visibility};
use proptest::prelude::*;

use super::{Ownership, TypeCycles};

/// Builds a type with fields of these types; `^` before the name of a field marks a reference back.
pub(crate) fn info(name: &str, fields: &[(&'static str, &'static str)]) -> Arc<TypeInfo> {
    let mut info = TypeInfo::opaque(name, 8);
    info.is_derived = true;
    for &(field, text) in fields {
        info.fields.push(Field::new(
            field.trim_start_matches('^'),
            text,
            Visibility::Full,
            field.starts_with('^'),
        ));
    }
    Arc::new(info)
}

fn type_cycles_of(types: &[Arc<TypeInfo>]) -> TypeCycles {
    TypeCycles::of(types, &[])
}

fn rings(cycles: &TypeCycles) -> Vec<Vec<&str>> {
    let field = |&edge: &usize| cycles.edges[edge].field.as_str();
    let rings = cycles.cycles.iter();
    rings
        .map(|cycle| cycle.edges.iter().map(field).collect())
        .collect()
}

#[test]
fn a_tree_with_a_strong_parent_is_a_cycle() {
    let strong = [
        ("children", "RefCell<Vec<Rc<app::Node>>>"),
        ("^parent", "Option<Rc<app::Node>>"),
    ];
    let cycles = type_cycles_of(&[info("app::Node", &strong)]);
    assert_eq!(rings(&cycles), [["parent"], ["children"]]);
    assert_eq!(cycles.back_edges().count(), 1);
    let weak = [
        ("next", "Option<Box<app::Node>>"),
        ("^parent", "RefCell<Weak<app::Node>>"),
    ];
    let cycles = type_cycles_of(&[info("app::Node", &weak)]);
    assert!(cycles.is_empty());
    assert_eq!(cycles.edges.len(), 2);
}

/// A value is part of its holder, and can close a cycle with a strong field elsewhere.
#[test]
fn values_are_part_of_their_holders() {
    let cycles = type_cycles_of(&[
        info("app::Session", &[("inner", "app::Inner")]),
        info(
            "app::Inner",
            &[
                ("me", "RefCell<Option<Rc<app::Session>>>"),
                ("count", "u64"),
            ],
        ),
    ]);
    assert_eq!(rings(&cycles), [["me", "inner"]]);
    assert!(cycles.cycles[0].has_cell);
}

#[test]
fn a_full_name_identifies_one_type() {
    let cycles = type_cycles_of(&[
        info("app::a::Node", &[("next", "Option<Rc<app::a::Node>>")]),
        info(
            "app::b::Node",
            &[("other", "Rc<app::a::Node>"), ("me", "Weak<app::b::Node>")],
        ),
        info("lib::Node", &[]),
        info("app::Gen<u8>", &[("next", "Rc<app::Gen<u8>>")]),
        info("app::Gen<lib::Node>", &[("item", "Rc<lib::Node>")]),
    ]);
    let index_of = |name: &str| cycles.types.iter().position(|other| other == name).unwrap();
    let edges: BTreeSet<(usize, usize)> = cycles
        .edges
        .iter()
        .map(|edge| (edge.holder, edge.target))
        .collect();
    let (a, b, lib) = (
        index_of("app::a::Node"),
        index_of("app::b::Node"),
        index_of("lib::Node"),
    );
    let gen_ = index_of("app::Gen");
    assert_eq!(
        edges,
        BTreeSet::from([(a, a), (b, a), (b, b), (gen_, gen_), (gen_, lib)])
    );
    assert_eq!(cycles.cycles.len(), 2);
    assert!(cycles.cycles.iter().all(|cycle| !cycle.has_cell));
}

/// Fields that cannot be followed might hide a cycle, so "no cycle" is not certain.
#[test]
fn fields_that_cannot_be_followed_are_listed() {
    let mut bus = TypeInfo::clone(&info(
        "app::Bus",
        &[
            ("observers", "Vec<Rc<dyn app::Observer>>"),
            ("weak", "Vec<Weak<dyn app::Observer>>"),
            ("foreign", "alloc::vec::Vec<lib::Foreign>"),
            ("borrowed", "&'static dyn app::Observer"),
        ],
    ));
    bus.fields[2].visibility = Visibility::Opaque;
    let generics = ["app::Bus", "app::Cache"].map(str::to_owned);
    let cycles = TypeCycles::of(&[Arc::new(bus)], &generics);
    let unfollowed: Vec<_> = cycles
        .unfollowed
        .iter()
        .map(|one| (one.field.as_str(), one.type_name.as_str()))
        .collect();
    assert_eq!(
        unfollowed,
        [
            ("foreign", "Vec<lib::Foreign>"),
            ("observers", "dyn app::Observer")
        ]
    );
    assert_eq!(cycles.unregistered, ["app::Cache"]);
    assert!(cycles.is_empty());
}

const NAMES: [&str; 5] = ["app::A", "app::B", "app::C", "app::D", "app::E"];
const TEXTS: [[&str; 3]; 5] = [
    ["Rc<app::A>", "Weak<app::A>", "app::A"],
    ["Rc<app::B>", "Weak<app::B>", "app::B"],
    ["Rc<app::C>", "Weak<app::C>", "app::C"],
    ["Rc<app::D>", "Weak<app::D>", "app::D"],
    ["Rc<app::E>", "Weak<app::E>", "app::E"],
];
const FIELDS: [&str; 3] = ["x", "y", "z"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// A strong field is on a listed cycle if, and only if, its holder is reachable from its target
    /// over edges that own.
    #[test]
    fn strong_fields_on_cycles_are_listed(
        fields in prop::collection::btree_map((0..5usize, 0..3usize), (0..5usize, 0..3usize), 0..12)
    ) {
        let types: Vec<Arc<TypeInfo>> = (0..5)
            .map(|of| {
                let own: Vec<_> = fields
                    .iter()
                    .filter(|((holder, _), _)| *holder == of)
                    .map(|(&(_, field), &(target, hold))| (FIELDS[field], TEXTS[target][hold]))
                    .collect();
                info(NAMES[of], &own)
            })
            .collect();
        let cycles = type_cycles_of(&types);
        let mut reaches: BTreeMap<usize, BTreeSet<usize>> = (0..5).map(|of| (of, BTreeSet::from([of]))).collect();
        for _ in 0..5 {
            for (&(holder, _), &(target, hold)) in &fields {
                if hold != 1 {
                    let more = reaches[&target].clone();
                    reaches.get_mut(&holder).unwrap().extend(more);
                }
            }
        }
        let expected: BTreeSet<(usize, &str)> = fields
            .iter()
            .filter(|&(&(holder, _), &(target, hold))| hold == 0 && reaches[&target].contains(&holder))
            .map(|(&(holder, field), _)| (holder, FIELDS[field]))
            .collect();
        let mut found = BTreeSet::new();
        for cycle in &cycles.cycles {
            for (at, &edge) in cycle.edges.iter().enumerate() {
                let next = cycle.edges[(at + 1) % cycle.edges.len()];
                let (edge, next) = (&cycles.edges[edge], &cycles.edges[next]);
                prop_assert_eq!(edge.target, next.holder);
                prop_assert!(edge.ownership != Ownership::Weak);
                if edge.ownership == Ownership::Strong {
                    found.insert((edge.holder, edge.field.as_str()));
                }
            }
        }
        prop_assert_eq!(found, expected);
    }
}
