//! The environments of an interpreter, and the functions that close over them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use expect_test::expect;
use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::exclusive::alone;

#[derive(Tracked)]
struct Environment {
    values: RefCell<BTreeMap<String, Value>>,
    enclosing: Option<Rc<Environment>>,
}

#[derive(Tracked)]
enum Value {
    Number(f64),
    Function(Rc<Function>),
}

#[derive(Tracked)]
struct Function {
    closure: Rc<Environment>,
}

impl Environment {
    fn within(enclosing: Option<&Rc<Environment>>) -> Rc<Self> {
        Rc::new(Self {
            values: RefCell::default(),
            enclosing: enclosing.cloned(),
        })
    }

    fn define(&self, name: &str, value: Value) {
        self.values.borrow_mut().insert(name.to_owned(), value);
    }

    /// `fun name() { … }` in this environment.
    fn function(this: &Rc<Self>) -> Rc<Function> {
        Rc::new(Function {
            closure: this.clone(),
        })
    }
}

/// `{ var n = 1; fun count() { … } }`
fn block(globals: &Rc<Environment>) -> Rc<Environment> {
    let block = Environment::within(Some(globals));
    block.define("n", Value::Number(1.0));
    let count = Environment::function(&block);
    block.define("count", Value::Function(count));
    block
}

#[test]
fn an_environment_and_the_function_it_names() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let globals = Environment::within(None);
    drop(block(&globals));
    let found = alone.found(|block: &Environment| drop(block.values.take()));
    found.one_kind(
        &["Function.closure", "Value::Function.0"],
        expect![[r#"
            2 objects leaked, 542 B: 1 leak of 1 kind

            1. 2 objects kept alive by a cycle, 542 B                 leak-1bd2e6f2e4dbb753
               1 × Environment     made at tests/shapes/interpreter.rs:31:9
               1 × Function        made at tests/shapes/interpreter.rs:43:9
               Value::Function.0 in Environment.values[0] → Function.closure → (the first)
               born in epoch _,
                 on thread interpreter::an_environment_and_the_function_it_names
               fix: make `Function.closure` Weak
                 frees 2 objects, 542 B, and nothing that is in use now
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Environment     made at tests/shapes/interpreter.rs:31:9
                 or clear `Function.closure` in these objects before the last handle is
                   dropped
               or: `Value::Function.0`
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Function        made at tests/shapes/interpreter.rs:43:9"#]],
    );
    drop(globals);
    alone.nothing(module_path!());
}

/// If only its closure keeps the environment of a function in use, neither field may be weak: the
/// environment has to be cleared when its block ends.
#[test]
fn an_environment_whose_function_is_in_use() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let globals = Environment::within(None);
    let inner = Environment::within(Some(&globals));
    inner.define("n", Value::Number(0.0));
    globals.define("counter", Value::Function(Environment::function(&inner)));
    drop(inner);
    drop(block(&globals));
    let found = alone.found(|block: &Environment| drop(block.values.take()));
    found.one_kind(
        &["Function.closure", "Value::Function.0"],
        expect![[r#"
            2 objects leaked, 542 B: 1 leak of 1 kind

            1. 2 objects kept alive by a cycle, 542 B                 leak-1bd2e6f2e4dbb753
               1 × Environment     made at tests/shapes/interpreter.rs:31:9
               1 × Function        made at tests/shapes/interpreter.rs:43:9
               Value::Function.0 in Environment.values[0] → Function.closure → (the first)
               born in epoch _,
                 on thread interpreter::an_environment_whose_function_is_in_use
               fix: make `Function.closure` Weak
                 frees 2 objects, 542 B
                 1 object in use now would lose its last owner, and be dropped:
                   1 × Environment     made at tests/shapes/interpreter.rs:31:9
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Environment     made at tests/shapes/interpreter.rs:31:9
                 or clear `Function.closure` in these objects before the last handle is
                   dropped
               or: `Value::Function.0`
                 2 objects in use now would lose their last owner, and be dropped:
                   1 × Environment     made at tests/shapes/interpreter.rs:31:9
                   1 × Function        made at tests/shapes/interpreter.rs:43:9
                 1 of these would lose its last owner, unless the program holds it:
                   1 × Function        made at tests/shapes/interpreter.rs:43:9"#]],
    );

    let block = block(&globals);
    // Fixed: each block clears its environment at its end, and so does the program.
    block.values.borrow_mut().clear();
    drop(block);
    globals.values.borrow_mut().clear();
    drop(globals);
    alone.nothing(module_path!());
}
