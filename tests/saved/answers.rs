//! Every question that can be asked of a snapshot.

use std::collections::BTreeSet;
use std::sync::Arc;

use objgraph::alive::{by_type_in, count_in, stats_of, why_alive_in};
use objgraph::bytes::{RetainedSizes, TypeSizes};
use objgraph::growth::Trend;
use objgraph::leaks::{
    BlindSpots, Coverage, ReachableCycles, find_leaks_in, get_leaking_objects_in, with_labels,
};
use objgraph::owners::{owners_in, zombies_in};
use objgraph::picture::{
    Picture, backref_chain_in, backrefs_in, leaked, ref_chain_in, refs_in, write_graphml,
    write_json,
};
use objgraph::snapshot::{NodeId, write_heapsnapshot_in};
use objgraph::what_if::{what_if_dropped_in, what_if_weak_in};
use objgraph::{Snapshot, is_root};

/// Returns each answer, after its question.
pub(crate) fn answers(snapshot: &Arc<Snapshot>) -> Vec<(String, String)> {
    let mut all = of_everything(snapshot);
    all.extend(of_files(snapshot));
    for node in snapshot.nodes() {
        let answers = of_node(snapshot, node.node_id());
        all.extend(answers.map(|(question, answer)| (format!("{question} {}", node.id()), answer)));
    }
    for field in fields(snapshot) {
        let weak = what_if_weak_in(snapshot, &field);
        let text = weak.map(|weak| format!("{weak}\n{weak:?}"));
        all.push((format!("what if {field} were weak"), format!("{text:?}")));
    }
    all
}

fn of_everything(snapshot: &Arc<Snapshot>) -> Vec<(String, String)> {
    let mut trend = Trend::new();
    for _ in 0..6 {
        trend.observe(snapshot);
    }
    let leaks = find_leaks_in(snapshot);
    let labelled = with_labels(leaks.clone());
    let starts: Vec<NodeId> = snapshot.nodes().map(|node| node.node_id()).collect();
    let cycles = ReachableCycles::from(snapshot, &starts[..starts.len().min(3)]);
    let retained = RetainedSizes::of(snapshot);
    let top: Vec<_> = retained
        .top(5)
        .into_iter()
        .map(|top| format!("{top:?}"))
        .collect();
    let names: BTreeSet<&str> = snapshot
        .types()
        .iter()
        .map(|info| &*info.short_name)
        .collect();
    let counts: Vec<_> = names
        .iter()
        .map(|name| {
            let found = by_type_in(name, snapshot.nodes());
            (*name, count_in(name, snapshot.nodes()), found.len())
        })
        .collect();
    let stats = stats_of(snapshot.nodes());
    [
        ("columns", format!("{:?}", snapshot.parts())),
        ("types", format!("{:?}", snapshot.types())),
        ("leaks", leaks.to_string()),
        ("leaks with labels", labelled.to_string()),
        ("leaks as JSON", leaks.to_json()),
        ("kinds", format!("{:?}", leaks.kinds())),
        (
            "leaking objects",
            format!("{:?}", get_leaking_objects_in(snapshot)),
        ),
        ("coverage", format!("{:?}", Coverage::of(snapshot))),
        ("blind spots", BlindSpots::of(snapshot).to_string()),
        ("sizes", TypeSizes::of(snapshot).to_string()),
        ("retained", format!("{retained}\n{top:?}")),
        ("zombies", zombies_in(snapshot).to_string()),
        ("trend", trend.to_string()),
        ("cycles", cycles.to_string()),
        ("counts", format!("{counts:?}")),
        ("stats", format!("{:?}", stats.typestats())),
        (
            "picture of leaks",
            leaked(&leaks).map_or(String::new(), |picture| drawn(&picture)),
        ),
    ]
    .map(|(question, answer)| (question.to_owned(), answer))
    .into()
}

fn of_files(snapshot: &Arc<Snapshot>) -> [(String, String); 3] {
    let (mut json, mut graphml, mut heap) = (Vec::new(), Vec::new(), Vec::new());
    write_heapsnapshot_in(snapshot, &mut heap).unwrap();
    write_json(snapshot, &mut json).unwrap();
    write_graphml(snapshot, &mut graphml).unwrap();
    [
        ("JSON", json),
        ("GraphML", graphml),
        (".heapsnapshot", heap),
    ]
    .map(|(name, file)| (name.to_owned(), String::from_utf8(file).unwrap()))
}

fn of_node(snapshot: &Arc<Snapshot>, node: NodeId) -> impl Iterator<Item = (&'static str, String)> {
    let of = snapshot.node(node);
    let text = |answer: Option<&dyn std::fmt::Display>| answer.map(ToString::to_string);
    let why = why_alive_in(snapshot, of.id());
    let owners = owners_in(snapshot, of.id());
    let dropped = what_if_dropped_in(snapshot, of.id());
    let to_root = backref_chain_in(snapshot, [node]).find(is_root);
    let from = ref_chain_in(snapshot, [node]).find(|node| node.type_info().matches("Bowl"));
    let edges: Vec<_> = snapshot
        .edges(node)
        .map(|edge| format!("{edge:?}"))
        .collect();
    [
        (
            "why is it alive",
            format!("{:?}", text(why.as_ref().map(|why| why as _))),
        ),
        (
            "who owns it",
            format!("{:?}", text(owners.as_ref().map(|owners| owners as _))),
        ),
        (
            "what if it were dropped",
            format!("{:?}", text(dropped.as_ref().map(|if_| if_ as _))),
        ),
        (
            "chain from a root",
            format!("{:?}", text(to_root.as_ref().map(|chain| chain as _))),
        ),
        (
            "chain to a bowl",
            format!("{:?}", text(from.as_ref().map(|chain| chain as _))),
        ),
        ("edges", format!("{edges:?} {:?}", snapshot.external(node))),
        (
            "age, label and site",
            format!("{:?} {:?} {:?}", of.age(), of.label(), of.site()),
        ),
        (
            "what it refers to",
            drawn(&refs_in(snapshot, [node]).labels(false)),
        ),
        (
            "what refers to it",
            drawn(&backrefs_in(snapshot, [node]).labels(false).sites(true)),
        ),
    ]
    .into_iter()
}

fn drawn(picture: &Picture<'_>) -> String {
    picture.to_dot().unwrap()
}

/// Every field that holds something.
fn fields(snapshot: &Snapshot) -> BTreeSet<String> {
    let nodes = snapshot.nodes();
    nodes
        .flat_map(|node| {
            let name = node.type_info().short_name.clone();
            let edges = snapshot.edges(node.node_id());
            edges.map(move |edge| {
                let path = snapshot.parts().paths.show_field(edge.path_id());
                format!("{name}.{path}")
            })
        })
        .collect()
}
