use std::sync::Arc;

use expect_test::expect;
use objgraph_core::{NodeId, Snapshot};

use super::super::coverage::OFF;
use crate::analysis::testkit::Kit;
use crate::analysis::{RetainedSizes, TypeSizes};

fn snapshot() -> Arc<Snapshot> {
    let mut kit = Kit::new();
    let cache = kit.node("app::Cache", 0);
    kit.root(cache, "static CACHE");
    for at in 0..12 {
        let page = kit.node("app::Page", 0);
        kit.row(page).heap = 4096;
        kit.element(cache, "pages", at, page);
    }
    let ring: Vec<NodeId> = (0..2).map(|_| kit.node("app::dom::Node", 0)).collect();
    kit.edge(ring[0], "next", ring[1]);
    kit.edge(ring[1], "next", ring[0]);
    let other = kit.node("app::tree::Node", 1);
    kit.row(other).heap = 3 << 20;
    kit.edge(ring[0], "other", other);
    kit.snapshot()
}

#[test]
fn by_type() {
    let sizes = TypeSizes::of(&snapshot());
    expect![[r#"
        -
              Bytes      values  their heap     objects  Type
            3.0 MiB        32 B     3.0 MiB           1  tree::Node
           48.4 KiB       384 B    48.0 KiB          12  Page
               64 B        64 B         0 B           2  dom::Node
               32 B        32 B         0 B           1  Cache
            3.0 MiB       512 B     3.0 MiB          16  (all, of 4 types)"#]]
    .assert_eq(&format!("-\n{sizes}"));
    assert_eq!(sizes.get("Page").unwrap().heap_bytes, 12 * 4096);
    assert_eq!(sizes.total().count, 16);
    assert_eq!(TypeSizes::of(&Snapshot::empty()).to_string(), OFF);
}

#[test]
fn by_what_retains_them() {
    expect![[r#"
        16 objects, 3.0 MiB.

           Retained  of all     objects  by
            3.0 MiB   98.4%           1  tree::Node, made at src/app.rs:13:5
           48.4 KiB    1.6%          13  static CACHE, made at src/app.rs:10:5
            4.0 KiB    0.1%           1  Page, made at src/app.rs:11:5
            4.0 KiB    0.1%           1  Page, made at src/app.rs:11:5
            4.0 KiB    0.1%           1  Page, made at src/app.rs:11:5
               64 B    0.0%           2  a leaked cycle of 2 objects, dom::Node …
               32 B    0.0%           1  dom::Node, made at src/app.rs:12:5
               32 B    0.0%           1  dom::Node, made at src/app.rs:12:5

           Retained  of all     objects  by all of a type
            3.0 MiB   98.4%           1  1 × tree::Node
           48.4 KiB    1.6%          13  1 × Cache
           48.4 KiB    1.6%          12  12 × Page
               64 B    0.0%           2  2 × dom::Node"#]]
    .assert_eq(&RetainedSizes::of(&snapshot()).to_string());
    let nothing = RetainedSizes::of(&Arc::new(Snapshot::empty()));
    assert_eq!(nothing.to_string(), OFF);
}
