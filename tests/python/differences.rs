//! Intended differences from Python's pictures, each a change that makes one of the two equal to
//! the other.

use super::dot::Graph;

/// Our picture and Python's.
pub(crate) struct Pair<'p> {
    pub(crate) ours: &'p mut Graph,
    pub(crate) python: &'p mut Graph,
}

type Rule = (&'static str, fn(&mut Pair<'_>));

/// The differences, each with the reason.
pub(crate) const MEANT: [Rule; 10] = [
    ("what is held from outside has a node", outside),
    ("cycles are red", cycles),
    ("weak references are drawn, dashed", weak),
    ("a root's own name stands before its type", roots),
    (
        "a reference that a slot holds has no label in Python",
        slots,
    ),
    ("a type with a finaliser says Drop, not __del__", finalisers),
    ("a text that is cut ends with …", cut),
    (
        "a text is shown as it is, not as entities and control characters are read",
        entities,
    ),
    (
        "modules are parted by ::, and this one is not __main__",
        modules,
    ),
    (
        "of a start, Python counts objgraph's own references too",
        refcounts,
    ),
];

fn outside(pair: &mut Pair<'_>) {
    let is_outside = |name: &str| name.starts_with("outside:");
    let ours = &mut *pair.ours;
    ours.nodes.retain(|(name, _)| !is_outside(name));
    ours.edges.retain(|(from, _, _)| !is_outside(from));
}

fn cycles(pair: &mut Pair<'_>) {
    for (_, _, attributes) in &mut pair.ours.edges {
        if attributes.remove("penwidth").is_some() {
            assert_eq!(attributes.remove("color").as_deref(), Some("red"));
            assert_eq!(attributes.remove("fontcolor").as_deref(), Some("red"));
        }
    }
}

fn weak(pair: &mut Pair<'_>) {
    let edges = &mut pair.ours.edges;
    edges.retain(|(_, _, attributes)| {
        attributes
            .get("style")
            .is_none_or(|style| style != "dashed")
    });
}

fn roots(pair: &mut Pair<'_>) {
    for (name, attributes) in &mut pair.ours.nodes {
        if name == "app" {
            assert_eq!(attributes["label"], "app\\nApp");
            attributes.insert("label".to_owned(), "App\\napp".to_owned());
        }
    }
}

fn slots(pair: &mut Pair<'_>) {
    for (from, _, attributes) in &mut pair.ours.edges {
        if from == "app" {
            assert_eq!(attributes.remove("label").as_deref(), Some("node"));
            attributes.remove("weight");
        }
    }
}

fn finalisers(pair: &mut Pair<'_>) {
    for (name, attributes) in &mut pair.ours.nodes {
        if name.starts_with("finaliser:") {
            assert_eq!(attributes["label"], "Drop");
            attributes.insert("label".to_owned(), "__del__".to_owned());
        }
    }
}

fn cut(pair: &mut Pair<'_>) {
    let cut = |label: &str| -> String {
        let lines = label.split("\\n").map(|line| {
            let is_cut = line.chars().count() == 40;
            let kept = if is_cut { 39 } else { usize::MAX };
            line.chars().take(kept).collect::<String>()
        });
        lines.collect::<Vec<_>>().join("\\n")
    };
    for (name, attributes) in &mut pair.ours.nodes {
        let theirs = pair.python.nodes.iter_mut().find(|node| node.0 == *name);
        if let (Some(label), Some((_, theirs))) = (attributes.get_mut("label"), theirs)
            && label.ends_with('…')
        {
            *label = cut(label);
            theirs.insert("label".to_owned(), cut(&theirs["label"]));
        }
    }
}

fn entities(pair: &mut Pair<'_>) {
    for (_, attributes) in &mut pair.python.nodes {
        if let Some(label) = attributes.get_mut("label") {
            *label = label
                .replace("&lt;", "&amp;lt;")
                .replace("&amp; ", "&amp;amp; ");
            *label = label.replace('\x1b', "\\\\u{1b}").replace('\t', " ");
        }
    }
}

fn modules(pair: &mut Pair<'_>) {
    for (_, attributes) in &mut pair.ours.nodes {
        if let Some(label) = attributes.get_mut("label") {
            *label = label.replace("python::graphs::", "__main__.");
        }
    }
}

fn refcounts(pair: &mut Pair<'_>) {
    for (_, attributes) in pair.ours.nodes.iter_mut().chain(&mut pair.python.nodes) {
        if attributes
            .get("fontcolor")
            .is_some_and(|colour| colour == "red")
            && let Some(label) = attributes.get_mut("label")
            && let Some((before, rest)) = label.split_once(" [")
            && let Some((_, after)) = rest.split_once(']')
        {
            *label = format!("{before}{after}");
        }
    }
}

/// Python's numbers of references are `low` too low, because objgraph subtracts references that it
/// takes for its own. For the target of the last arrow the number is one higher, since a variable
/// still refers to it.
pub(crate) fn right_refcounts(python: &str, low: i64) -> String {
    let mut drawn_to = "";
    let mut out = String::new();
    for line in python.lines() {
        let statement = line.trim_start();
        if let Some((_, to)) = statement.split_once(" -> ") {
            drawn_to = to.split([' ', ';']).next().unwrap_or_default();
        }
        match statement.split_once("[label=\"") {
            Some((node, label)) if label.contains(" [") => {
                let number = refcount(label);
                let right = number + low - i64::from(node == drawn_to);
                out.push_str(&line.replace(&format!(" [{number}]"), &format!(" [{right}]")));
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// Returns the number in `Node [2]`.
pub(crate) fn refcount(label: &str) -> i64 {
    let number = label
        .split_once(" [")
        .and_then(|(_, rest)| rest.split_once(']'));
    let number = number.and_then(|(number, _)| number.parse().ok());
    number.unwrap_or_else(|| panic!("no number of references in {label}"))
}
