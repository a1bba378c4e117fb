use expect_test::{Expect, expect};

use crate::analysis::{TypeCycles, type_info};

fn check(cycles: &TypeCycles, expected: Expect) {
    let text = cycles.to_string();
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    expected.assert_eq(&text);
}

#[test]
fn what_could_leak() {
    let cycles = TypeCycles::of(&[
        type_info(
            "dom::Node",
            &[
                ("children", "RefCell<Vec<Rc<Node>>>"),
                ("^parent", "RefCell<Option<Rc<Node>>>"),
            ],
        ),
        type_info(
            "dom::Document",
            &[("root", "Rc<Node>"), ("style", "Weak<Style>")],
        ),
        type_info(
            "app::Subject",
            &[("observers", "RefCell<Vec<Arc<Observer>>>")],
        ),
        type_info(
            "app::Observer",
            &[("subject", "Arc<Subject>"), ("log", "Log")],
        ),
        type_info("app::Log", &[("lines", "Vec<String>")]),
        type_info("css::Style", &[("^document", "Rc<Document>")]),
        type_info("list::List", &[("next", "Option<Rc<List>>")]),
    ]);
    check(
        &cycles,
        expect![[r#"
        marked #[tracked(back)], and strong all the same:
          Style.document, Node.parent

        4 cycles of strong fields could leak
          Node.parent → (the first)
          Node.children → (the first)
          Observer.subject → Subject.observers → (the first)
          with no cell on the way that is to be seen:
          List.next → (the first)"#]],
    );
    let dot = cycles.drawing().to_dot();
    assert_eq!(dot.matches("->").count(), cycles.links.len());
}

#[test]
fn nothing_could() {
    check(
        &TypeCycles::of(&[type_info("app::Node", &[("id", "u64")])]),
        expect!["No cycle of strong fields among 1 type with a derive."],
    );
}
