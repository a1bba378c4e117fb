//! The objects of a collection that nothing refers to, found by both.

use std::collections::BTreeMap;

use objgraph::rc::Rc;

use super::graphs::{Tree, set};

pub(crate) fn compare(python: &BTreeMap<String, String>) {
    let same = |case: &str, tree: &Tree, chosen: &str| {
        let id_of = |name: char| {
            let known = tree
                .names
                .0
                .iter()
                .find(|(_, known)| known.starts_with(name));
            known.expect("the tree has it").0
        };
        let objects = objgraph::at_addrs(chosen.chars().map(id_of));
        assert_eq!(objects.len(), chosen.len());
        let mut ours = String::new();
        for object in objgraph::leaks::get_leaking_objects_of(objects) {
            ours.push_str(tree.names.get(object.id()));
            ours.push('\n');
        }
        assert_eq!(ours, python[case], "{case}");
    };
    let tree = Tree::new();
    same("leaking_all", &tree, "abcde");
    same("leaking_order", &tree, "edcba");
    same("leaking_part", &tree, "bcd");
    same("leaking_twice", &tree, "aba");
    same("leaking_empty", &tree, "");
    set(&tree.e.back, &tree.a);
    same("leaking_cycle", &tree, "abcde");
    tree.e.back.take();
    *tree.e.weak.borrow_mut() = Some(Rc::downgrade(&tree.a));
    same("leaking_weak", &tree, "ea");
}
