//! petgraph's algorithms run on a snapshot, without a copy.

use std::cell::RefCell;

use objgraph::rc::{Rc, Weak};
use objgraph::{Snapshot, Tracked, snapshot::NodeId};
use petgraph::Direction;
use petgraph::algo::{dijkstra, is_cyclic_directed, kosaraju_scc, toposort};
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::{
    Bfs, Dfs, EdgeFiltered, IntoEdgeReferences, IntoNeighborsDirected, NodeIndexable, Reversed,
};

#[derive(Tracked, Default)]
#[allow(dead_code, reason = "petgraph reads it, through the snapshot")]
struct Node {
    to: RefCell<Vec<Rc<Node>>>,
    weak: RefCell<Option<Weak<Node>>>,
}

fn node(to: &[&Rc<Node>]) -> Rc<Node> {
    let to = to.iter().map(|&node| node.clone()).collect();
    Rc::new(Node {
        to: RefCell::new(to),
        weak: RefCell::default(),
    })
}

#[test]
fn petgraph_walks_a_snapshot() {
    if !objgraph::ENABLED {
        return;
    }
    let end = node(&[]);
    let left = node(&[&end]);
    let right = node(&[&end, &left]);
    let top = node(&[&left, &right]);
    end.weak.replace(Some(Rc::downgrade(&top)));
    let top_object = top.clone();
    let snapshot: Snapshot = objgraph::snapshot();
    let [end, left, right, top] =
        [&end, &left, &right, &top].map(|node| snapshot.find(objgraph::id(node)).unwrap());

    let mut order = Vec::new();
    let mut bfs = Bfs::new(&snapshot, top);
    while let Some(node) = bfs.next(&snapshot) {
        order.push(node);
    }
    assert_eq!(order, [top, left, right, end]);
    let reversed = Reversed(&snapshot);
    let mut dfs = Dfs::new(reversed, left);
    assert_eq!(std::iter::from_fn(|| dfs.next(reversed)).count(), 4);

    // With the weak edge there is a cycle, without it there is none.
    assert!(is_cyclic_directed(&snapshot));
    let strong = EdgeFiltered::from_fn(&snapshot, |edge| edge.is_strong());
    let sorted = toposort(&strong, None).unwrap();
    let at = |node: NodeId| sorted.iter().position(|&other| other == node).unwrap();
    assert!(at(top) < at(right) && at(right) < at(left) && at(left) < at(end));
    assert_eq!(kosaraju_scc(&snapshot).iter().map(Vec::len).max(), Some(4));
    assert_eq!(dijkstra(&snapshot, top, Some(end), |_| 1)[&end], 2);

    let sources: Vec<_> = snapshot
        .neighbors_directed(end, Direction::Incoming)
        .collect();
    assert_eq!(sources, [left, right]);
    assert_eq!(
        snapshot
            .edge_references()
            .filter(|edge| edge.target() == left)
            .count(),
        2
    );
    assert_eq!(snapshot.from_index(snapshot.to_index(top)), top);

    // A copy has the same indices, and weights that identify the nodes.
    let copy = snapshot.to_petgraph();
    assert_eq!(copy.node_count(), snapshot.len());
    assert_eq!(copy.edge_count(), snapshot.edge_count());
    for edge in snapshot.edge_references() {
        let index = EdgeIndex::new(edge.number());
        let (from, to) = copy.edge_endpoints(index).unwrap();
        assert_eq!(from.index(), edge.source().index());
        assert_eq!(to.index(), edge.target().index());
        assert_eq!(copy[index].path, edge.path());
        assert_eq!(copy[index].is_strong, edge.is_strong());
    }
    let weight = &copy[NodeIndex::new(top.index())];
    assert_eq!(weight.id, objgraph::id(&top_object));
    assert_eq!(weight.to_string(), format!("Node {}", weight.id));
    assert_eq!(weight.site.as_ref().unwrap().file, file!());
    let weak = copy.edge_weights().find(|edge| !edge.is_strong).unwrap();
    assert_eq!(weak.to_string(), "(weak)");
}
