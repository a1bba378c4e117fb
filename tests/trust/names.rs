//! Names with characters that have a meaning in some format: the reader of each format reads them
//! back.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, thread};

use objgraph::rc::Rc;
use objgraph::{Tracked, Visit, Visitor, picture::Picture, scope::Scope};
use serde_json::Value;

use crate::nested_cargo::has_tool;
use crate::outputs::{failures, formats, of_snapshot, reports};
use crate::{alone, processes};

/// The names, each of at most 40 characters, since labels are cut there.
const NAMES: [&str; 9] = [
    "-Tpng --help",
    "\"q\" 'a' \\b \\N \\l \\\"",
    "line\nnext\r\n::error::x %0A",
    "</script><!-- ]]> --> &amp; &#38; &lt;",
    "nul\0 esc\u{1b}[31m bell\u{7} c1\u{9b}2J",
    "bidi\u{202e}evil\u{2066} zero\u{200b}\u{feff}",
    "{|} <b> $$x$$ `c` #35; [a](b) 100%",
    "$(touch x); `touch x` && | > x",
    "%%{init: {}}%% fa:fa-bug **b** \u{fffe}",
];

/// An object whose label and field have one of these names.
struct NamedNode {
    name: &'static str,
    next: Option<Rc<NamedNode>>,
    me: RefCell<Option<Rc<NamedNode>>>,
}

impl Visit for NamedNode {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.field(self.name, &self.next);
        visitor.field("me", &self.me);
    }
}

/// A derived type, whose only unusual names are those of its texts.
#[derive(Tracked)]
#[tracked(label = write)]
struct LabelledNode {
    name: &'static str,
    named: Option<Rc<NamedNode>>,
}

fn write(labelled: &LabelledNode, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(labelled.name)
}

fn named() -> Rc<NamedNode> {
    objgraph::register::<NamedNode>();
    let mut next = None;
    for name in NAMES.iter().rev() {
        let me = RefCell::default();
        next = Some(Rc::new(NamedNode { name, next, me }));
    }
    next.unwrap()
}

fn labelled() -> Vec<Rc<LabelledNode>> {
    let new = |name| Rc::new(LabelledNode { name, named: None });
    NAMES.map(new).to_vec()
}

/// Returns a picture in which every name is a label, a path, a text below, and the name and the
/// value of an attribute.
fn picture<'f>(labelled: &[Rc<LabelledNode>], named: &Rc<NamedNode>) -> Picture<'f> {
    let index = Cell::new(0);
    let mut all: Vec<&dyn Tracked> = labelled.iter().map(|one| one as &dyn Tracked).collect();
    all.push(named);
    let ids: Vec<_> = labelled.iter().map(objgraph::id).collect();
    let ids = ids.into_iter().chain([objgraph::id(named)]);
    objgraph::refs(objgraph::at_addrs(ids))
        .max_depth(20)
        .max_nodes(100)
        .fold(false)
        .extra_info(|node| format!("more: {}", NAMES[node.node_id().index() % NAMES.len()]))
        .node_attrs(move |_| {
            let at = index.replace(index.get() + 1) % NAMES.len();
            [(NAMES[at], NAMES[at]), ("tooltip", NAMES[at])]
        })
}

/// Returns a text as it is drawn, with invisible characters escaped.
fn seen(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\0' => out.push_str("\\0"),
            '\u{200b}' | '\u{feff}' | '\u{202e}' | '\u{2066}' | '\u{fffe}' => {
                out.extend(c.escape_unicode());
            }
            c if c.is_control() && c != '\n' => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Asserts that the text has no invisible characters and no control codes of a terminal.
fn assert_printable(what: &str, text: &str) {
    let odd = |c: char| c != '\n' && (c.is_control() || seen(&c.to_string()) != c.to_string());
    if let Some(at) = text.find(odd) {
        let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
        let line = text[start..].lines().next();
        panic!("{what}: {line:?}");
    }
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("names");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns what `read.py` finds in a file.
fn read(path: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trust/read.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(path)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", path.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn texts(value: &Value) -> BTreeSet<String> {
    let texts = value.as_array().unwrap().iter();
    texts
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

/// Returns all lines that the picture of [`picture`] shows.
fn lines(picture: &Picture<'_>) -> BTreeSet<String> {
    let drawing = picture.drawing().unwrap();
    let labels = drawing.nodes.iter().map(|node| &node.label);
    let paths = drawing.edges.iter().map(|edge| &edge.label);
    let lines: BTreeSet<String> = labels
        .chain(paths)
        .flat_map(|text| seen(text).lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for name in NAMES {
        let is_there = |line: &str| {
            lines.contains(line) && lines.iter().any(|more| more.starts_with("more: "))
        };
        assert!(seen(name).lines().all(is_there), "{name:?}: {lines:?}");
    }
    lines
}

/// Returns the labels that Graphviz reads in DOT text, as it would draw them.
fn by_graphviz(dot: &str) -> BTreeSet<String> {
    let mut child = Command::new("dot")
        .arg("-Tjson0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = dot.to_owned();
    let feed = thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    let graph: Value = serde_json::from_slice(&output.stdout).unwrap();
    let objects = graph["objects"].as_array().unwrap().iter();
    let edges = graph["edges"].as_array().unwrap().iter();
    let labels = objects.chain(edges).filter_map(|one| one["label"].as_str());
    labels.flat_map(drawn_by_graphviz).collect()
}

/// Returns the lines of a label, whose escapes Graphviz resolves when it draws.
fn drawn_by_graphviz(label: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut chars = label.chars();
    while let Some(c) = chars.next() {
        match (c, lines.last_mut().unwrap()) {
            ('\\', line) => match chars.next() {
                Some('n') => lines.push(String::new()),
                Some('\\') => line.push('\\'),
                other => panic!("an escape in {label:?}: {other:?}"),
            },
            (c, line) => line.push(c),
        }
    }
    lines
        .into_iter()
        .map(|line| line.replace("&amp;", "&"))
        .collect()
}

/// Returns the text between Mermaid's quotes, with its entities resolved.
fn by_mermaid(text: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for line in text.lines() {
        let Some((before, rest)) = line.split_once('"') else {
            continue;
        };
        let (quoted, after) = rest.split_once('"').expect("a string ends");
        assert!(!after.contains('"') && !before.contains('`'), "{line}");
        for part in quoted.split("<br/>") {
            assert!(
                !part.contains(['<', '>', '&', '`', '"', '*', '%', '{', '\\', '$']),
                "{part}"
            );
            let mut read = String::new();
            let mut rest = part;
            while let Some((plain, entity)) = rest.split_once('#') {
                let (number, after) = entity.split_once(';').expect("an entity ends");
                read.push_str(plain);
                read.extend(char::from_u32(number.parse().unwrap()));
                rest = after;
            }
            read.push_str(rest);
            // It separates parts that Mermaid would take for mathematics.
            lines.insert(read.replace("$\u{200b}$", "$$"));
        }
    }
    lines
}

#[test]
fn every_format_is_read_back_by_its_own_reader() {
    if !objgraph::ENABLED
        || !has_tool("graphviz", "dot", &["-V"])
        || !has_tool("Python", "python3", &["-V"])
    {
        return;
    }
    let _alone = alone();
    let (labelled, named) = (labelled(), named());
    let picture = picture(&labelled, &named);
    let lines = lines(&picture);
    let drawing = picture.drawing().unwrap();
    let folder = folder();
    for extension in ["svg", "graphml", "json", "dot", "png"] {
        let path = folder.join(format!("names.{extension}"));
        picture.save(&path).unwrap();
    }
    assert_eq!(by_graphviz(&picture.to_dot().unwrap()), lines);
    let svg = read(&folder.join("names.svg"));
    assert_eq!(texts(&svg["texts"]), lines);
    let allowed = [
        "a", "ellipse", "g", "path", "polygon", "polyline", "rect", "style", "svg", "text", "title",
    ];
    assert!(
        texts(&svg["elements"])
            .iter()
            .all(|name| allowed.contains(&name.as_str())),
        "{svg}"
    );

    let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let graphml = read(&folder.join("names.graphml"));
    let json: Value = serde_json::from_str(&picture.to_json().unwrap()).unwrap();
    for (at, node) in drawing.nodes.iter().enumerate() {
        // XML has no NUL, so it is escaped as in Rust.
        let label = seen(&node.label).replace("\\0", "\\u{0}");
        assert_eq!(text_of(&graphml["nodes"][at]["label"]), label);
        assert_eq!(text_of(&json["nodes"][at]["label"]), node.label);
    }
    for (at, edge) in drawing.edges.iter().enumerate() {
        let label = seen(&edge.label).replace("\\0", "\\u{0}");
        assert_eq!(text_of(&graphml["edges"][at]["label"]), label);
        assert_eq!(text_of(&json["edges"][at]["label"]), edge.label);
    }
    let mermaid: BTreeSet<String> = lines
        .iter()
        .map(|line| line.replace("\\0", "\\u{0}"))
        .collect();
    let of_mermaid: BTreeSet<String> = by_mermaid(&picture.to_mermaid().unwrap());
    assert_eq!(
        of_mermaid
            .iter()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect::<BTreeSet<_>>(),
        mermaid
    );
    for (format, text) in formats(&picture) {
        if !matches!(format, "drawing" | "picture") {
            assert_printable(format, &text);
        }
        if matches!(format, "json" | "graphml" | "svg") {
            assert!(
                !text.contains("</script>") && !text.contains("]]>"),
                "{text}"
            );
        }
    }
    let tree = picture.to_text().unwrap();
    let nodes = drawing.nodes.len();
    assert_eq!(tree.lines().count(), nodes, "{tree}");

    // No shell executed a command in the names.
    assert!(!Path::new("x").exists() && !folder.join("x").exists());
}

#[test]
fn a_picture_of_our_own_is_xml() {
    const CHILD: &str = "names::a_picture_of_our_own_is_xml";
    let is_child = processes::is_child(CHILD);
    if !objgraph::ENABLED || !(is_child || has_tool("Python", "python3", &["-V"])) {
        return;
    }
    let path = folder().join("own.svg");
    let _alone = alone();
    let (labelled, named) = (labelled(), named());
    let picture = picture(&labelled, &named);
    if is_child {
        picture.save(&path).unwrap();
        return;
    }
    let _ = fs::remove_file(&path);
    processes::run_with(CHILD, |child| {
        child.env("PATH", "");
    });
    let svg = read(&path);
    assert_eq!(texts(&svg["texts"]), lines(&picture));
    let allowed = [
        "ellipse", "g", "path", "polygon", "rect", "style", "svg", "text",
    ];
    assert!(
        texts(&svg["elements"])
            .iter()
            .all(|name| allowed.contains(&name.as_str())),
        "{svg}"
    );
}

#[test]
fn a_whole_snapshot_is_read_back() {
    if !objgraph::ENABLED || !has_tool("Python", "python3", &["-V"]) {
        return;
    }
    let _alone = alone();
    let labelled = labelled();
    for name in NAMES {
        let snapshot = objgraph::snapshot::with_root(name, &labelled, objgraph::snapshot);
        let outputs = of_snapshot(&std::sync::Arc::new(snapshot));
        let json: Value = serde_json::from_str(&outputs[0].1).unwrap();
        assert!(
            json.to_string().contains(&Value::from(name).to_string()),
            "{name:?}"
        );
        let path = folder().join("snapshot.graphml");
        fs::write(&path, &outputs[1].1).unwrap();
        let roots = read(&path);
        let root = seen(name).replace("\\0", "\\u{0}");
        let nodes = roots["nodes"].as_array().unwrap();
        assert!(
            nodes.iter().any(|node| node["root"] == *root),
            "{name:?}: {roots}"
        );
        for (what, text) in &outputs[..2] {
            assert_printable(what, text);
        }
    }
}

#[test]
fn reports_hold_nothing_that_a_terminal_obeys() {
    const CHILD: &str = "names::reports_hold_nothing_that_a_terminal_obeys";
    if !objgraph::ENABLED {
        return;
    }
    let _alone = alone();
    if !processes::is_child(CHILD) {
        // Leaks would disturb other tests.
        processes::run(CHILD);
        return;
    }
    for name in NAMES {
        // Names of threads have no NUL.
        let builder = thread::Builder::new().name(name.replace('\0', "\u{1}"));
        let leak = move || {
            // A cycle with a field of the name, and a forgotten object.
            let [one, other] = [(), ()].map(|()| named());
            one.me.replace(Some(other.clone()));
            other.me.replace(Some(one));
            objgraph::register::<NamedNode>();
            std::mem::forget(named());
            let scope = Scope::new(name);
            let _entered = scope.enter();
            drop(other);
        };
        builder.spawn(leak).unwrap().join().unwrap();
        let lone = Rc::new(LabelledNode {
            name,
            named: Some(named()),
        });
        let outputs = objgraph::snapshot::with_root(name, &lone, || reports(&lone));
        let outputs = outputs.into_iter().chain(failures(name, || {
            Rc::new(LabelledNode {
                name,
                named: Some(named()),
            })
        }));
        for (what, text) in outputs {
            if matches!(what, "JSON" | "GraphML" | "snapshot") {
                continue;
            }
            assert_printable(what, &text);
            // Nor a command for the runner of a CI.
            let is_file = what.len() < 8 && what != "leaks";
            let orders = !is_file && text.lines().any(|line| line.trim_start().starts_with("::"));
            assert!(!orders, "{what}: {text}");
        }
    }
}
