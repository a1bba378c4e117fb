use proptest::prelude::*;

use super::layout::{Input, Size, layout};
use super::text::escape;
use super::to_svg;
use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, EdgeKind, Neighbourhood, PictureOptions as Options};
use crate::draw::{Drawing, DrawingOptions, DrawnEdge, DrawnNode, Role};

#[test]
fn text_cannot_break_out() {
    let mut kit = Kit::new();
    let node = kit.node("app::Node<'a, &lt;>", 1);
    kit.label(node, "</text><script>\"'&\\\u{0}\u{7}\u{ffff}");
    let snapshot = kit.snapshot();
    let picture =
        Neighbourhood::around(&snapshot, &[node], Direction::Refs, &Options::default()).unwrap();
    let drawing = Drawing::new(&snapshot, &picture, &DrawingOptions::default());
    let svg = to_svg(&drawing).unwrap();
    assert!(svg.contains("Node&lt;'a, &amp;lt;&gt;"), "{svg}");
    assert!(
        svg.contains("&lt;/text&gt;&lt;script&gt;&quot;'&amp;\\\\0\\u{7}\\u{ffff}"),
        "{svg}"
    );
    assert_eq!(escape("a\0"), "a\\u{0}");
}

#[test]
fn loops_begin_and_end_at_their_node() {
    let mut drawing = Drawing::default();
    drawing.nodes.push(DrawnNode::new(Role::Object, "A"));
    for _ in 0..5 {
        let own = DrawnEdge::new(0, 0, "x", EdgeKind::Strong);
        drawing.edges.push(own);
    }
    let svg = to_svg(&drawing).unwrap();
    let number = |text: &str, name: &str| -> f64 {
        let value = text.split_once(&format!(" {name}=\"")).unwrap().1;
        value.split_once('"').unwrap().0.parse().unwrap()
    };
    let body = svg.lines().find(|line| line.contains(" rx=\"7\"")).unwrap();
    let top = number(body, "y");
    let bottom = top + number(body, "height");
    let paths = svg.lines().filter(|line| line.starts_with("<path"));
    let begins: Vec<f64> = paths
        .map(|path| path.split([',', ' ']).nth(2).unwrap().parse().unwrap())
        .collect();
    assert_eq!(begins.len(), 5);
    assert!(begins.iter().all(|&y| y > top && y < bottom), "{svg}");
}

#[test]
fn an_edge_without_a_node_is_left_out() {
    let mut drawing = Drawing::default();
    drawing.nodes.push(DrawnNode::new(Role::Object, "A"));
    let edge = DrawnEdge::new(0, usize::MAX, "x", EdgeKind::Strong);
    drawing.edges.push(edge);
    assert!(!to_svg(&drawing).unwrap().contains("<path"));
}

#[test]
fn what_the_user_asks_for_prevails() {
    let mut node = DrawnNode::new(Role::Object, "A");
    let ask = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    node.is_start = true;
    node.attributes = vec![
        ask("color", "#12ab34"),
        ask("fontcolor", "blue"),
        ask("fontsize", "nan"),
        ask("label", "mine"),
        ask("penwidth", "1e99"),
        ask("shape", "oval"),
        ask("style", "bold,dotted"),
    ];
    let mut drawing = Drawing::default();
    drawing.nodes.push(node);
    let svg = to_svg(&drawing).unwrap();
    for part in [
        "<ellipse ",
        "stroke=\"#12ab34\" stroke-width=\"20\" stroke-dasharray=\"1,3\"/>",
        "font-size=\"12\" fill=\"blue\">mine<",
    ] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
}

#[test]
fn the_first_fix_has_a_badge() {
    let mut up = DrawnEdge::new(1, 0, "parent", EdgeKind::Cycle);
    up.advice = "make Weak".to_owned();
    let drawing = Drawing {
        nodes: ["Parent", "Child"]
            .map(|name| DrawnNode::new(Role::Object, name))
            .into(),
        edges: vec![DrawnEdge::new(0, 1, "child", EdgeKind::Cycle), up],
        cycles: vec![vec![0, 1]],
        is_of_leaks: true,
        ..Drawing::default()
    };
    let svg = to_svg(&drawing).unwrap();
    let badge = "font-weight=\"bold\" fill=\"white\">make Weak</text>";
    assert_eq!(svg.matches(badge).count(), 1, "{svg}");
    assert_eq!(svg.matches("fill=\"#ffebe9\" stroke").count(), 2, "{svg}");
    assert!(svg.contains("@media (prefers-color-scheme: dark)"), "{svg}");
}

#[test]
fn a_long_chain_and_a_dense_graph_are_laid_out() {
    let node = Size {
        width: 60.0,
        height: 20.0,
    };
    let label = Size {
        width: 20.0,
        height: 10.0,
    };
    let chain = Input {
        nodes: vec![node; 20_000],
        bodies: vec![node; 20_000],
        edges: (1..20_000).map(|at| (at - 1, at, label)).collect(),
        ..Input::default()
    };
    assert!(layout(&chain).is_ok());
    // Every pair side by side three times: a number of paths that nobody walks.
    let pairs = (0..30).flat_map(|from| (from + 1..30).map(move |to| (from, to, label)));
    let dense = Input {
        nodes: vec![node; 30],
        bodies: vec![node; 30],
        edges: pairs.flat_map(|edge| [edge; 3]).collect(),
        ..Input::default()
    };
    assert!(layout(&dense).is_ok());
    let ladder = Input {
        nodes: vec![node; 2000],
        bodies: vec![node; 2000],
        edges: (0..2000)
            .flat_map(|at| (1..4).map(move |by| (at, at + by, label)))
            .filter(|edge| edge.1 < 2000)
            .collect(),
        ..Input::default()
    };
    assert!(layout(&ladder).is_ok());
    let ring = Input {
        nodes: vec![node; 40_000],
        bodies: vec![node; 40_000],
        edges: (0..40_000)
            .map(|at| (at, (at + 1) % 40_000, label))
            .collect(),
        ..Input::default()
    };
    assert!(layout(&ring).unwrap_err().contains("too many"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nodes_do_not_overlap_and_edges_end_at_them(
        sizes in prop::collection::vec((10.0f64..200.0, 10.0f64..60.0), 1..25),
        edges in prop::collection::vec((0usize..25, 0usize..25, any::<bool>()), 0..50),
        free in prop::collection::vec(any::<bool>(), 0..50),
    ) {
        let nodes: Vec<Size> =
            sizes.iter().map(|&(width, height)| Size { width, height }).collect();
        let edges: Vec<(usize, usize, Size)> = edges
            .into_iter()
            .map(|(from, to, labelled)| {
                let size = Size { width: 30.0, height: 12.0 };
                (from % nodes.len(), to % nodes.len(), if labelled { size } else { Size::default() })
            })
            .filter(|edge| edge.0 != edge.1)
            .collect();
        let input = Input { nodes: nodes.clone(), bodies: nodes.clone(), edges, free };
        let found = layout(&input).unwrap();
        for (a, one) in found.nodes.iter().enumerate() {
            prop_assert!(one.x - nodes[a].width / 2.0 >= -0.01);
            prop_assert!(one.x + nodes[a].width / 2.0 <= found.size.width + 0.01);
            prop_assert!(one.y + nodes[a].height / 2.0 <= found.size.height + 0.01);
            for (b, other) in found.nodes.iter().enumerate().skip(a + 1) {
                let apart_x = (one.x - other.x).abs() - (nodes[a].width + nodes[b].width) / 2.0;
                let apart_y = (one.y - other.y).abs() - (nodes[a].height + nodes[b].height) / 2.0;
                prop_assert!(apart_x > -0.01 || apart_y > -0.01);
            }
        }
        for (route, &(from, to, _)) in found.edges.iter().zip(&input.edges) {
            let (upper, lower) = if route.is_reversed { (to, from) } else { (from, to) };
            prop_assert!(found.nodes[upper].y < found.nodes[lower].y);
            let (first, last) = (route.points[0], route.points[route.points.len() - 1]);
            prop_assert!((first.y - found.nodes[upper].y - nodes[upper].height / 2.0).abs() < 0.01);
            prop_assert!((last.y - found.nodes[lower].y + nodes[lower].height / 2.0).abs() < 0.01);
            prop_assert!((first.x - found.nodes[upper].x).abs() <= nodes[upper].width / 2.0);
            prop_assert!(route.points.is_sorted_by(|a, b| a.y <= b.y));
        }
    }
}

#[test]
fn stacks_notes_and_arrows_that_do_not_place() {
    let mut drawing = Drawing::default();
    drawing.nodes.push(DrawnNode::new(Role::Stack, "2 × Leaf"));
    drawing.legend = vec!["n × Type: similar objects".to_owned()];
    let svg = to_svg(&drawing).unwrap();
    // The page, three sheets, and the note.
    assert_eq!(svg.matches("<rect ").count(), 5, "{svg}");
    assert_eq!(svg.matches("text-anchor=\"start\">").count(), 2, "{svg}");
    let node = Size {
        width: 60.0,
        height: 20.0,
    };
    let up = |free: bool| {
        let edges = vec![(0, 1, Size::default()), (1, 0, Size::default())];
        let input = Input {
            nodes: vec![node; 2],
            bodies: vec![node; 2],
            edges,
            free: vec![free, false],
        };
        let found = layout(&input).unwrap();
        found.nodes[1].y < found.nodes[0].y
    };
    assert!(up(true) && !up(false));
}
