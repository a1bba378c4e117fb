use expect_test::expect;
use objgraph_core::Site;

use super::*;
use crate::analysis::find_leaks;
use crate::analysis::testkit::Kit;

fn count(type_name: &'static str, file: &'static str, alive: u64) -> Count {
    let site = Site {
        file: file.into(),
        line: 3,
        column: 9,
    };
    Count::new(type_name, site, alive, alive + 2, alive * 24)
}

/// Returns the text without the line of the version.
fn without_version(text: &str) -> String {
    let lines = text.lines();
    let lines = lines.filter(|line| !line.starts_with("objgraph_info"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn counters_are_text_of_openmetrics() {
    let counts = [
        count("app::Session", "src/server.rs", 2),
        count("app::Session", "src/a \"quoted\"\\file\n.rs", 1),
        // Two types that differ only in what their names do not show: one line each would make the
        // text invalid.
        count("alloc::vec::Vec<app::Session>", "src/server.rs", 3),
        count("Vec<app::Session>", "src/server.rs", 4),
    ];
    expect![[r##"
        # HELP objgraph The version of objgraph, and whether it tracks
        # TYPE objgraph info
        # HELP objgraph_objects Objects that are alive, by type and creation site
        # TYPE objgraph_objects gauge
        objgraph_objects{type="Vec<app::Session>",site="src/server.rs:3:9"} 7
        objgraph_objects{type="app::Session",site="src/a \"quoted\"\\file\n.rs:3:9"} 1
        objgraph_objects{type="app::Session",site="src/server.rs:3:9"} 2
        # HELP objgraph_shallow_bytes Bytes of the allocations of live objects, without what they own on the heap
        # TYPE objgraph_shallow_bytes gauge
        # UNIT objgraph_shallow_bytes bytes
        objgraph_shallow_bytes{type="Vec<app::Session>",site="src/server.rs:3:9"} 168
        objgraph_shallow_bytes{type="app::Session",site="src/a \"quoted\"\\file\n.rs:3:9"} 24
        objgraph_shallow_bytes{type="app::Session",site="src/server.rs:3:9"} 48
        # HELP objgraph_created_objects Objects that were ever created, by type and creation site
        # TYPE objgraph_created_objects counter
        objgraph_created_objects_total{type="Vec<app::Session>",site="src/server.rs:3:9"} 11
        objgraph_created_objects_total{type="app::Session",site="src/a \"quoted\"\\file\n.rs:3:9"} 3
        objgraph_created_objects_total{type="app::Session",site="src/server.rs:3:9"} 4
        # EOF
    "##]]
    .assert_eq(&without_version(&metrics(&counts)));
}

#[test]
fn leaks_are_counted_by_verdict() {
    let mut kit = Kit::new();
    let (one, two) = (kit.node("app::Node", 0), kit.node("app::Node", 0));
    let held = kit.node("app::Session", 1);
    kit.edge(one, "next", two);
    kit.edge(two, "next", one);
    kit.edge(held, "name", held);
    let leaks = find_leaks(&kit.snapshot());
    expect![[r##"
        # HELP objgraph The version of objgraph, and whether it tracks
        # TYPE objgraph info
        # HELP objgraph_leaked_objects Objects that have leaked, likely or possibly, by type and creation site
        # TYPE objgraph_leaked_objects gauge
        objgraph_leaked_objects{type="app::Node",site="src/app.rs:10:5",verdict="leaked"} 2
        # HELP objgraph_leaked_bytes Bytes of the objects that have leaked, likely or possibly, with what they own on the heap
        # TYPE objgraph_leaked_bytes gauge
        # UNIT objgraph_leaked_bytes bytes
        objgraph_leaked_bytes{type="app::Node",site="src/app.rs:10:5",verdict="leaked"} 64
        # HELP objgraph_leaks Leaks by the fingerprint of their kind: sets of objects that one cycle keeps alive
        # TYPE objgraph_leaks gauge
        objgraph_leaks{fingerprint="leak-7e7b59e93b51aeac",verdict="leaked"} 1
        # HELP objgraph_retained_bytes Bytes that would be freed with all objects of a type, themselves included
        # TYPE objgraph_retained_bytes gauge
        # UNIT objgraph_retained_bytes bytes
        objgraph_retained_bytes{type="app::Node"} 64
        objgraph_retained_bytes{type="app::Session"} 32
        # HELP objgraph_trace_objects Objects that the trace behind these numbers visited, or could not visit
        # TYPE objgraph_trace_objects gauge
        objgraph_trace_objects{visited="no"} 0
        objgraph_trace_objects{visited="yes"} 3
        # HELP objgraph_trace_opaque_values Values inside visited objects that the trace could not visit
        # TYPE objgraph_trace_opaque_values gauge
        objgraph_trace_opaque_values 0
        # HELP objgraph_trace_left_out_types Types that may hold references, and of which objects are not tracked by choice
        # TYPE objgraph_trace_left_out_types gauge
        objgraph_trace_left_out_types 0
        # EOF
    "##]].assert_eq(&without_version(&metrics_with(&[], &leaks)));
}

#[test]
fn without_objects_the_text_is_whole() {
    let text = metrics(&[]);
    assert!(text.contains("objgraph_info{version="), "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
}
