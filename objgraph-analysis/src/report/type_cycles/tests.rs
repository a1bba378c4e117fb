use expect_test::{Expect, expect};

use std::sync::Arc;

use objgraph_core::TypeInfo;

use crate::analysis::{TypeCycles, type_info};

fn of(types: &[Arc<TypeInfo>]) -> TypeCycles {
    TypeCycles::of(types, &[])
}

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
    let cycles = of(&[
        type_info(
            "dom::Node",
            &[
                ("children", "RefCell<Vec<Rc<dom::Node>>>"),
                ("^parent", "RefCell<Option<Rc<dom::Node>>>"),
            ],
        ),
        type_info(
            "dom::Document",
            &[("root", "Rc<dom::Node>"), ("style", "Weak<css::Style>")],
        ),
        type_info(
            "app::Subject",
            &[("observers", "RefCell<Vec<Arc<app::Observer>>>")],
        ),
        type_info(
            "app::Observer",
            &[("subject", "Arc<app::Subject>"), ("log", "app::Log")],
        ),
        type_info("app::Log", &[("lines", "Vec<String>")]),
        type_info("css::Style", &[("^document", "Rc<dom::Document>")]),
        type_info("list::List", &[("next", "Option<Rc<list::List>>")]),
    ]);
    check(
        &cycles,
        expect![[r#"
            marked #[tracked(back)], but strong:
              Style.document, Node.parent

            4 cycles of strong fields could leak
              Node.parent → (the first)
              Node.children → (the first)
              Observer.subject → Subject.observers → (the first)
              without a visible cell on the way:
              List.next → (the first)"#]],
    );
    let dot = cycles.drawing().to_dot();
    assert_eq!(dot.matches("->").count(), cycles.edges.len());
}

#[test]
fn nothing_could() {
    check(
        &of(&[type_info("app::Node", &[("id", "u64")])]),
        expect!["No cycle of strong fields among 1 type with a derive."],
    );
}

#[test]
fn what_could_not_be_followed() {
    let generics: Vec<String> = ["app::Cache", "app::Pool"].map(str::to_owned).into();
    check(
        &TypeCycles::of(
            &[
                type_info(
                    "app::Bus",
                    &[
                        ("observers", "RefCell<Vec<Rc<dyn app::Observer>>>"),
                        ("handlers", "Vec<Box<dyn Fn(&app::Event)>>"),
                    ],
                ),
                type_info("app::Window", &[("bus", "Rc<app::Bus>")]),
            ],
            &generics,
        ),
        expect![[r#"
            No cycle of strong fields among 2 types with a derive; not all
            fields could be followed.

            2 fields could not be followed:
              Bus.handlers: dyn Fn
              Bus.observers: dyn Observer

            2 generic types without a registered instance:
              objgraph::register!(app::Cache<…>)
              objgraph::register!(app::Pool<…>)"#]],
    );
}
