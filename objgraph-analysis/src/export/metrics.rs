//! Numbers in the text format of OpenMetrics, which Prometheus, Grafana Alloy, the OpenTelemetry
//! collector and others scrape.
//!
//! The numbers of the counters need no trace. Those of leaks and retained sizes are functions of
//! [`Leaks`], as everything in this room is.

mod families;
#[cfg(test)]
mod tests;

use objgraph_core::{Count, ENABLED, NodeId, public_name};
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

use self::families::{Families, Family};
use crate::analysis::{Leaks, RetainedSizes, bytes_of};
use crate::words::name_in_full;

/// The media type of what [`metrics`] returns, for the header `Content-Type`.
pub const METRICS_CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Returns counters as text of OpenMetrics: how many objects are alive, their bytes, and how many
/// were ever created, by type and creation site.
///
/// O(counters · log counters).
#[must_use]
pub fn metrics(counts: &[Count]) -> String {
    encoded(families_of(counts))
}

/// Returns what [`metrics`] returns, with leaks, retained sizes and what could not be traced.
///
/// O(objects + references · log objects), beside the search for leaks.
#[must_use]
pub fn metrics_with(counts: &[Count], leaks: &Leaks) -> String {
    let mut families = families_of(counts);
    families.0.extend(families_of_leaks(leaks));
    families.0.push(retained(leaks));
    families.0.extend(coverage(leaks));
    encoded(families)
}

fn encoded(families: Families) -> String {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(families));
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = text::encode(&mut out, &registry);
    out
}

fn families_of(counts: &[Count]) -> Families {
    let mut objects = Family::gauge(
        "objgraph_objects",
        "Objects that are alive, by type and creation site",
    );
    let mut bytes = Family::bytes(
        "objgraph_shallow",
        "Bytes of the allocations of live objects, without what they own on the heap",
    );
    let mut created = Family::counter(
        "objgraph_created_objects",
        "Objects that were ever created, by type and creation site",
    );
    for count in counts {
        let labels = [
            ("type", public_name(count.type_name)),
            ("site", count.site.to_string()),
        ];
        objects.add(labels.clone(), count.alive);
        bytes.add(labels.clone(), count.shallow_bytes);
        created.add(labels, count.born);
    }
    let mut info = Family::info("objgraph", "The version of objgraph, and whether it tracks");
    let tracking = if ENABLED { "on" } else { "off" };
    let labels = [
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("tracking", tracking.to_owned()),
    ];
    info.add(labels, 1);
    Families(vec![info, objects, bytes, created])
}

/// The verdicts, as the label `verdict` has them, with their objects.
fn verdicts(leaks: &Leaks) -> [(&'static str, Vec<NodeId>); 3] {
    let possibly = leaks.possibly_leaked().map(|object| object.node_id());
    [
        ("leaked", leaks.nodes().to_vec()),
        ("likely", leaks.likely_nodes().to_vec()),
        ("possible", possibly.collect()),
    ]
}

fn families_of_leaks(leaks: &Leaks) -> [Family; 3] {
    let mut objects = Family::gauge(
        "objgraph_leaked_objects",
        "Objects that have leaked, likely or possibly, by type and creation site",
    );
    let mut bytes = Family::bytes(
        "objgraph_leaked",
        "Bytes of the objects that have leaked, likely or possibly, with what they own on the heap",
    );
    for (verdict, nodes) in verdicts(leaks) {
        for node in nodes {
            let object = leaks.snapshot().node(node);
            let site = object.site().map_or_else(String::new, ToString::to_string);
            let labels = [
                ("type", name_in_full(&object.type_info().name)),
                ("site", site),
                ("verdict", verdict.to_owned()),
            ];
            objects.add(labels.clone(), 1);
            bytes.add(labels, bytes_of(leaks.snapshot(), node));
        }
    }
    let mut groups = Family::gauge(
        "objgraph_leaks",
        "Leaks by the fingerprint of their kind: sets of objects that one cycle keeps alive",
    );
    let kinds = [("leaked", leaks.kinds()), ("likely", leaks.likely_kinds())];
    for (verdict, kinds) in kinds {
        for kind in kinds.all() {
            let labels = [
                ("fingerprint", kind.fingerprint.to_string()),
                ("verdict", verdict.to_owned()),
            ];
            groups.add(labels, kind.groups.len() as u64);
        }
    }
    [objects, bytes, groups]
}

fn retained(leaks: &Leaks) -> Family {
    let mut retained = Family::bytes(
        "objgraph_retained",
        "Bytes that would be freed with all objects of a type, themselves included",
    );
    for row in RetainedSizes::of(leaks.snapshot()).by_type() {
        let name = &leaks.snapshot().types()[row.type_index].name;
        retained.add([("type", name_in_full(name))], row.bytes);
    }
    retained
}

fn coverage(leaks: &Leaks) -> [Family; 3] {
    let coverage = leaks.coverage();
    let mut objects = Family::gauge(
        "objgraph_trace_objects",
        "Objects that the trace behind these numbers visited, or could not visit",
    );
    let visited = |text: &str| [("visited", text.to_owned())];
    objects.add(visited("yes"), coverage.traced() as u64);
    objects.add(visited("no"), coverage.untraced() as u64);
    let mut values = Family::gauge(
        "objgraph_trace_opaque_values",
        "Values inside visited objects that the trace could not visit",
    );
    values.add([], coverage.untraced_values() as u64);
    let mut left_out = Family::gauge(
        "objgraph_trace_left_out_types",
        "Types that may hold references, and of which objects are not tracked by choice",
    );
    left_out.add([], coverage.left_out_types() as u64);
    [objects, values, left_out]
}
