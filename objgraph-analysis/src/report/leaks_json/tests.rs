use expect_test::expect;

use crate::analysis::find_leaks;
use crate::analysis::testkit::Kit;

#[test]
fn a_cycle_and_what_could_not_be_traced() {
    let mut kit = Kit::new();
    let nodes: Vec<_> = (0..3).map(|_| kit.node("app::Node", 0)).collect();
    for at in 0..3 {
        kit.element(nodes[at], "next", 0, nodes[(at + 1) % 3]);
    }
    let json = find_leaks(&kit.snapshot()).to_json();
    expect![[r#"{"schema":"objgraph-leaks","version":1,"kinds":[{"verdict":"leaked","fingerprint":"leak-7e7b59e93b51aeac","also":[],"leaks":1,"objects":3,"bytes":96,"sites":[{"type":"Node","objects":3,"file":"src/app.rs","line":10,"column":5}],"paths":["Node.next[0] → Node.next[0] → Node.next[0] → (the first)"],"fix":"make `Node.next` Weak","text":"1. 3 objects kept alive by a cycle, 96 B                  leak-7e7b59e93b51aeac\n   3 × Node            made at src/app.rs:10:5\n   Node.next[0] → Node.next[0] → Node.next[0] → (the first)\n   born in epoch 0\n   fix: make `Node.next` Weak\n     frees 3 objects, 96 B, and nothing that is in use now\n     3 of these would lose their last owner, unless the program holds them:\n       3 × Node            made at src/app.rs:10:5\n     or clear `Node.next` in these objects before the last handle is dropped"}],"coverage":{"is_enabled":true,"traced":3,"untraced":0,"untraced_values":0,"lines":[]}}"#]].assert_eq(&json);
}

#[test]
fn nothing() {
    let json = find_leaks(&Kit::new().snapshot()).to_json();
    expect![[r#"{"schema":"objgraph-leaks","version":1,"kinds":[],"coverage":{"is_enabled":true,"traced":0,"untraced":0,"untraced_values":0,"lines":[]}}"#]].assert_eq(&json);
}
