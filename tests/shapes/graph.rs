//! A graph whose vertices list their edges, and whose edges own both ends.

mod leaky {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::Rc;

    #[derive(Tracked, Default)]
    pub struct Vertex {
        pub outbound: RefCell<Vec<Rc<Edge>>>,
        pub inbound: RefCell<Vec<Rc<Edge>>>,
    }

    #[derive(Tracked)]
    pub struct Edge {
        from: Rc<Vertex>,
        to: Rc<Vertex>,
    }

    pub fn connect(from: &Rc<Vertex>, to: &Rc<Vertex>) {
        let edge = Rc::new(Edge {
            from: from.clone(),
            to: to.clone(),
        });
        from.outbound.borrow_mut().push(edge.clone());
        to.inbound.borrow_mut().push(edge);
    }
}

mod mended {
    use std::cell::RefCell;

    use objgraph::Tracked;
    use objgraph::rc::{Rc, Weak};

    #[derive(Tracked, Default)]
    pub struct Vertex {
        pub outbound: RefCell<Vec<Rc<Edge>>>,
        pub inbound: RefCell<Vec<Rc<Edge>>>,
    }

    #[derive(Tracked)]
    pub struct Edge {
        from: Weak<Vertex>,
        to: Weak<Vertex>,
    }

    pub fn connect(from: &Rc<Vertex>, to: &Rc<Vertex>) {
        let edge = Rc::new(Edge {
            from: Rc::downgrade(from),
            to: Rc::downgrade(to),
        });
        from.outbound.borrow_mut().push(edge.clone());
        to.inbound.borrow_mut().push(edge);
    }
}

use expect_test::expect;
use objgraph::rc::Rc;

use crate::exclusive::alone;

/// The connections between vertices.
const EDGES: [(usize, usize); 4] = [(0, 1), (1, 2), (2, 0), (2, 3)];

#[test]
fn a_graph_with_edges_in_and_out() {
    if !objgraph::ENABLED {
        return;
    }
    let alone = alone();
    let vertices = [(); 4].map(|()| Rc::new(leaky::Vertex::default()));
    for (from, to) in EDGES {
        leaky::connect(&vertices[from], &vertices[to]);
    }
    drop(vertices);
    let found =
        alone.found(|vertex: &leaky::Vertex| drop((vertex.outbound.take(), vertex.inbound.take())));
    found.one_kind(
        &["Edge.from + Edge.to", "Vertex.inbound + Vertex.outbound"],
        expect![[r#"
            8 objects leaked, 672 B: 1 leak of 1 kind

            1. 8 objects kept alive by cycles, 672 B                  leak-f0acd18bfa67f12f
               4 × Edge            made at tests/shapes/graph.rs:22:20
               4 × Vertex          made at tests/shapes/graph.rs:73:37
               Vertex.outbound[0] → Edge.from → (the first)
               Vertex.inbound[0] → Edge.to → (the first)
               born in epoch _, on thread graph::a_graph_with_edges_in_and_out
               fix: make `Edge.from` and `Edge.to` Weak
                 frees 8 objects, 672 B, and nothing that is in use now
                 4 of these would lose their last owner, unless the program holds them:
                   4 × Vertex          made at tests/shapes/graph.rs:73:37
                 or clear `Edge.from` and `Edge.to` in these objects before the last handle
                   is dropped
               or: `Vertex.inbound` and `Vertex.outbound`
                 4 of these would lose their last owner, unless the program holds them:
                   4 × Edge            made at tests/shapes/graph.rs:22:20"#]],
    );

    let vertices = [(); 4].map(|()| Rc::new(mended::Vertex::default()));
    for (from, to) in EDGES {
        mended::connect(&vertices[from], &vertices[to]);
    }
    drop(vertices);
    alone.nothing(module_path!());
}
