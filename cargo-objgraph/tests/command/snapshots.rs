//! The commands on snapshots: what they print of a small shop, and what they refuse.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::{fs, thread};

use expect_test::{Expect, expect};
use objgraph::rc::{Rc, Weak};
use objgraph::{Snapshot, Tracked};

use crate::project::{Ran, shared};

#[derive(Tracked, Default)]
struct Shop {
    orders: RefCell<Vec<Rc<Order>>>,
}

#[derive(Tracked)]
struct Order {
    customer: Rc<Customer>,
    #[allow(dead_code, reason = "only the trace looks at it")]
    shop: Weak<Shop>,
}

#[derive(Tracked, Default)]
struct Customer {
    orders: RefCell<Vec<Rc<Order>>>,
    name: String,
}

fn order(shop: &Rc<Shop>, name: &str) -> Rc<Order> {
    let customer = Rc::new(Customer {
        name: name.to_owned(),
        ..Customer::default()
    });
    let order = Rc::new(Order {
        customer,
        shop: Rc::downgrade(shop),
    });
    shop.orders.borrow_mut().push(order.clone());
    order
}

/// A folder with the snapshots of a shop: before a leak, and after it.
struct Files(PathBuf);

/// Made once, by a thread of its own, so that ids and names of threads do not depend on the tests.
static FILES: LazyLock<Files> = LazyLock::new(|| {
    let thread = thread::Builder::new().name("shop".to_owned());
    thread.spawn(Files::of_shop).unwrap().join().unwrap()
});

impl Files {
    fn of_shop() -> Self {
        let files = Self(shared("snapshots"));
        let _ = fs::remove_dir_all(&files.0);
        fs::create_dir_all(&files.0).unwrap();
        let shop = Rc::new(Shop::default());
        order(&shop, "ann");
        objgraph::snapshot()
            .save(files.0.join("a.objgraph"))
            .unwrap();
        let mut lost = Vec::new();
        for name in ["bob", "cyd"] {
            let order = order(&shop, name);
            assert_eq!(order.customer.name, name);
            order.customer.orders.borrow_mut().push(order.clone());
            lost.push(Rc::downgrade(&order));
        }
        shop.orders.borrow_mut().truncate(1);
        objgraph::snapshot()
            .save(files.0.join("b.objgraph"))
            .unwrap();
        for order in lost {
            order.upgrade().unwrap().customer.orders.take();
        }
        files
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-objgraph"));
        command.arg("objgraph").args(args).current_dir(&self.0);
        Ran::of(command.output().unwrap())
    }

    /// Checks what the command prints.
    fn check(&self, args: &[&str], code: i32, expected: &Expect) {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(code), "{} {}", ran.stdout, ran.stderr);
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        // Errors have one line, as cargo's.
        let is_fitted = printed.lines().all(|line| line.chars().count() <= 80);
        assert!(is_fitted || code == 101, "{printed}");
        expected.assert_eq(&printed);
    }

    /// The id of an object of a type in the second snapshot.
    fn id_of(&self, type_name: &str) -> String {
        let snapshot = Snapshot::load(self.0.join("b.objgraph")).unwrap();
        let mut nodes = snapshot.nodes();
        let node = nodes
            .find(|node| node.type_info().matches(type_name))
            .unwrap();
        node.id().to_string()
    }
}

#[test]
fn leaks() {
    let files = &*FILES;
    files.check(
        &["leaks", "b.objgraph"],
        1,
        &expect![[r#"
            4 objects leaked, 278 B: 2 leaks of 1 kind

            1. 2 leaks of 2 objects each, 278 B                       leak-316dd542f20453d2
               2 × Customer        made at cargo-objgraph/tests/command/snapshots.rs:34:20
               2 × Order           made at cargo-objgraph/tests/command/snapshots.rs:38:17
               Order.customer → Customer.orders[0] → (the first)
               born in epoch 1, on thread shop
               fix: make `Customer.orders` Weak
                 frees 2 × 2 objects, 278 B, and nothing that is in use now
                 2 of these would lose their last owner, unless the program holds them:
                   2 × Order
                       made at cargo-objgraph/tests/command/snapshots.rs:38:17
                 or clear `Customer.orders` in these objects before the last handle is
                   dropped
               or: `Order.customer`
                 1 object in use now would lose its last owner, and be dropped:
                   1 × Customer
                       made at cargo-objgraph/tests/command/snapshots.rs:34:20
                 2 of these would lose their last owner, unless the program holds them:
                   2 × Customer
                       made at cargo-objgraph/tests/command/snapshots.rs:34:20
        "#]],
    );
    files.check(
        &["leaks", "a.objgraph"],
        0,
        &expect![[r#"
        Nothing leaked: 3 objects are alive, all held from outside.
    "#]],
    );
    let ran = files.run(&["leaks", "b.objgraph", "--json", "--fail-on", "none"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.starts_with('{') && ran.stdout.contains("\"objgraph-leaks\""));
}

#[test]
fn growth_and_differences() {
    let files = &*FILES;
    files.check(
        &["growth", "a.objgraph", "b.objgraph"],
        0,
        &expect![[r#"
            Type            first         last       growth
            Customer            1            3           +2
            Order               1            3           +2
        "#]],
    );
    files.check(
        &["growth", "b.objgraph", "a.objgraph"],
        0,
        &expect![[r#"
            No type has more objects in the last snapshot than in the first.
        "#]],
    );
    files.check(
        &["diff", "a.objgraph", "b.objgraph"],
        0,
        &expect![[r#"
            Type           born       died   survived       bytes
            Customer         +2         -0          1      +214 B
            Order            +2         -0          1       +64 B

            made at
                    +2 Customer cargo-objgraph/tests/command/snapshots.rs:34:20
                    +2 Order cargo-objgraph/tests/command/snapshots.rs:38:17
        "#]],
    );
    let many = [
        "growth",
        "a.objgraph",
        "a.objgraph",
        "a.objgraph",
        "b.objgraph",
        "b.objgraph",
    ];
    assert!(files.run(&many).stdout.contains("over 5 snapshots"));
}

#[test]
fn one_object() {
    let files = &*FILES;
    let id = files.id_of("Customer");
    files.check(
        &["why", "b.objgraph", &id],
        0,
        &expect![[r#"
            Customer #1 is alive, made at cargo-objgraph/tests/command/snapshots.rs:34:20
              Shop #0 .orders[0] → Order #2 .customer → Customer #1
              Shop #0 is held by 1 reference from outside
              on the stack, in a static that is not a root, forgotten, or in what is not
                tracked
              The feature `owners` of objgraph shows the line that made each.
        "#]],
    );
    files.check(
        &["refs", "b.objgraph", &id],
        0,
        &expect![[r#"
            Customer · #1 · cargo-objgraph/tests/command/snapshots.rs:34:20
        "#]],
    );
    files.check(
        &["refs", "b.objgraph", "Order", "--back", "--depth", "1"],
        0,
        &expect![[r#"
            Order · #2 · cargo-objgraph/tests/command/snapshots.rs:38:17
            └─ orders[0] ← Shop · #0 · cargo-objgraph/tests/command/snapshots.rs:60:20
            Order · #4 · cargo-objgraph/tests/command/snapshots.rs:38:17
            └─ orders[0] ← Customer · #3 · cargo-objgraph/tests/command/snapshots.rs:34:20
            Order · #6 · cargo-objgraph/tests/command/snapshots.rs:38:17
            └─ orders[0] ← Customer · #5 · cargo-objgraph/tests/command/snapshots.rs:34:20
        "#]],
    );
}

#[test]
fn other_formats() {
    let files = &*FILES;
    let written = |name: &str| fs::read_to_string(files.0.join(name)).unwrap();
    for (format, start) in [
        ("dot", "digraph"),
        ("svg", "<"),
        ("graphml", "<?xml"),
        ("json", "{"),
        ("heapsnapshot", "{\"snapshot\""),
    ] {
        let ran = files.run(&["convert", "b.objgraph", "--to", format]);
        assert_eq!(
            ran.stdout,
            format!("b.{format} was written\n"),
            "{}",
            ran.stderr
        );
        assert!(written(&format!("b.{format}")).starts_with(start));
    }
    assert!(written("b.svg").contains("<svg"));
    let pprof = files.run(&["convert", "b.objgraph", "--to", "pprof"]);
    assert_eq!(pprof.stdout, "b.pb.gz was written\n", "{}", pprof.stderr);
    // What gzip writes.
    assert!(
        fs::read(files.0.join("b.pb.gz"))
            .unwrap()
            .starts_with(&[0x1f, 0x8b])
    );
    let of_shop = [
        "convert",
        "a.objgraph",
        "--to",
        "dot",
        "--of",
        "Shop",
        "-o",
        "shop.dot",
    ];
    assert_eq!(files.run(&of_shop).code, Some(0));
    assert!(written("shop.dot").contains("Customer"));
    let to_stdout = [
        "convert",
        "b.objgraph",
        "--to",
        "json",
        "--output",
        "/dev/stdout",
    ];
    assert!(files.run(&to_stdout).stdout.starts_with('{'));
}

#[test]
fn pages() {
    let files = &*FILES;
    let view = files.run(&[
        "view",
        "b.objgraph",
        "--no-open",
        "--before",
        "a.objgraph",
        "-o",
        "v.html",
    ]);
    let page = files.run(&["convert", "b.objgraph", "--to", "html"]);
    if cfg!(feature = "html") {
        assert_eq!(view.stdout, "The page is v.html\n", "{}", view.stderr);
        for name in ["v.html", "b.html"] {
            let text = fs::read_to_string(files.0.join(name)).unwrap();
            assert!(text.starts_with("<!") && text.contains("Customer"));
        }
    } else {
        let without = "error: this cargo-objgraph was built without pages; install it with \
                       `--features html`\n";
        assert_eq!(
            (view.stderr.as_str(), page.stderr.as_str()),
            (without, without)
        );
    }
}

#[test]
fn what_is_refused() {
    let files = &*FILES;
    fs::write(files.0.join("notes.txt"), "milk").unwrap();
    let whole = fs::read(files.0.join("a.objgraph")).unwrap();
    fs::write(files.0.join("half.objgraph"), &whole[..whole.len() / 2]).unwrap();
    files.check(
        &["leaks", "notes.txt"],
        101,
        &expect![[r#"
        error: notes.txt: this is not a snapshot that objgraph saved
    "#]],
    );
    files.check(&["leaks", "half.objgraph"], 101, &expect![[r#"
        error: half.objgraph: the end of the snapshot is missing; it was not copied or written completely
    "#]]);
    files.check(
        &["why", "a.objgraph", "Shop"],
        101,
        &expect![[r#"
            error: `Shop` is no id of an object: an id is written like `#17` or `#17.3`
        "#]],
    );
    files.check(&["why", "a.objgraph", "#999999"], 101, &expect![[r#"
        error: no object #999999 is in a.objgraph; `cargo objgraph refs a.objgraph TYPE` lists those of a type
    "#]]);
    files.check(&["refs", "a.objgraph", "Shoe"], 101, &expect![[r#"
        error: no object in a.objgraph has the type `Shoe`; the most common types are Customer, Order, Shop
    "#]]);
    files.check(
        &["convert", "a.objgraph", "--to", "svg"],
        101,
        &expect![[r#"
            error: nothing has leaked, so there is nothing to draw; `--of TYPE` draws objects of a type
        "#]],
    );
    let two = [
        "convert",
        "a.objgraph",
        "b.objgraph",
        "--to",
        "json",
        "-o",
        "x",
    ];
    files.check(
        &two,
        101,
        &expect![[r#"
        error: `--output` is one file, and there are several snapshots
    "#]],
    );
    let missing = files.run(&["diff", "a.objgraph", "no such file"]);
    assert_eq!(missing.code, Some(101));
    assert!(
        missing.stderr.contains("no such file"),
        "{}",
        missing.stderr
    );
    assert!(!files.0.join("a.svg").exists());
}
