//! NetworkX reads our GraphML.

#[path = "../nested_cargo/mod.rs"]
mod nested_cargo;

use std::cell::RefCell;
use std::fmt;
use std::path::Path;
use std::process::Command;

use nested_cargo::has_tool;
use objgraph::Tracked;
use objgraph::rc::{Rc, Weak};
use serde_json::Value;

/// Texts with characters that have a meaning in some format; XML cannot contain `\r` and `\0`.
const NASTY: &str = "-\"q\" 'a' \\b\n</data><!-- &amp; ]]> \t\u{202e}\0\u{1b}\rend";

/// These texts in GraphML: invisible characters are escaped as in Rust.
const VISIBLE: &str = "-\"q\" 'a' \\b\n</data><!-- &amp; ]]> \\u{9}\\u{202e}\\u{0}\\u{1b}\\u{d}end";

#[derive(Tracked)]
struct Folder {
    #[allow(dead_code, reason = "objgraph reads it")]
    items: Vec<Rc<Folder>>,
    parent: RefCell<Option<Weak<Folder>>>,
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.items.is_empty() {
            "leaf"
        } else {
            "home"
        })
    }
}

fn read(path: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/networkx/read.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(path)
        .output()
        .expect("python3 runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).expect("it writes JSON")
}

#[test]
fn networkx_reads_graphml() {
    if !objgraph::ENABLED || !has_tool("NetworkX", "python3", &["-c", "import networkx"]) {
        return;
    }
    let leaf = Rc::new(Folder {
        items: vec![],
        parent: RefCell::default(),
    });
    let home = Rc::new(Folder {
        items: vec![leaf.clone()],
        parent: RefCell::default(),
    });
    *leaf.parent.borrow_mut() = Some(Rc::downgrade(&home));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));

    let path = folder.join("picture.graphml");
    let picture = objgraph::refs(&home).extra_info(|_| NASTY.to_owned());
    picture.save(&path).expect("it is written");
    let drawing = picture.drawing().expect("it is small");
    let graph = read(&path);
    assert_eq!(graph["directed"], true);
    let nodes = graph["nodes"].as_array().expect("a list");
    assert_eq!(nodes.len(), drawing.nodes.len());
    for (node, read) in drawing.nodes.iter().zip(nodes) {
        assert_eq!(read[1]["label"], node.label.replace(NASTY, VISIBLE));
        assert_eq!(read[1]["depth"], node.depth);
        assert_eq!(read[1]["is_start"], node.is_start);
    }
    let edges = graph["edges"].as_array().expect("a list");
    let edges: Vec<_> = edges
        .iter()
        .map(|edge| (&edge[0], &edge[1], &edge[2]["kind"]))
        .collect();
    let names = ["n0", "n1", "strong", "weak"].map(Value::from);
    let [n0, n1, strong, weak] = &names;
    assert_eq!(edges, [(n0, n1, strong), (n1, n0, weak)]);

    let path = folder.join("snapshot.graphml");
    let snapshot = objgraph::snapshot();
    let mut file = std::fs::File::create(&path).expect("it can be made");
    objgraph::picture::write_graphml(&snapshot, &mut file).expect("it is written");
    let graph = read(&path);
    let nodes = graph["nodes"].as_array().expect("a list");
    assert_eq!(nodes.len(), snapshot.len());
    assert_eq!(
        graph["edges"].as_array().map(Vec::len),
        Some(snapshot.edge_count())
    );
    let home = snapshot.node(snapshot.find(objgraph::id(&home)).expect("it is alive"));
    let read = &nodes[home.node_id().index()][1];
    assert_eq!(read["id"], home.id().to_string());
    assert_eq!(read["type"], home.type_info().name);
    assert_eq!(read["shallow_bytes"], home.shallow_bytes());
    assert_eq!(read["heap_bytes"], 8);
}
