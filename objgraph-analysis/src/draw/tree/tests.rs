use std::collections::HashMap;
use std::ffi::OsString;

use expect_test::{Expect, expect};
use objgraph_core::{NodeId, PlaceKind, State};
use proptest::prelude::*;

use super::TextStyle;
use super::columns::{fit, printable, width};
use crate::analysis::testkit::Kit;
use crate::analysis::{Direction, EdgeKind, Neighbourhood, PictureOptions, find_leaks};
use crate::draw::{Drawing, DrawingOptions};

fn drawn(
    kit: Kit,
    starts: &[NodeId],
    direction: Direction,
    options: &PictureOptions<'_>,
) -> Drawing {
    let snapshot = kit.snapshot();
    let picture = Neighbourhood::around(&snapshot, starts, direction, options).unwrap();
    let options = DrawingOptions {
        legend: true,
        highlight: Some(&|node| node.type_info().short_name == "Marked"),
        ..DrawingOptions::default()
    };
    Drawing::new(&snapshot, &picture, &options)
}

fn check(drawing: &Drawing, expected: Expect) {
    expected.assert_eq(&drawing.to_text());
}

/// A folder that is in a cycle, with something of each kind below.
fn everything(direction: Direction) -> Drawing {
    let mut kit = Kit::new();
    let home = kit.node("app::Folder", 2);
    kit.label(home, "home");
    let music = kit.node("app::Folder", 0);
    kit.label(music, "music");
    let song = kit.node("app::Marked", 0);
    kit.change_type("app::Marked", |info| info.implements_drop = true);
    kit.label(song, "a song\nin two lines");
    kit.element(home, "items", 0, music);
    kit.element(home, "items", 1, song);
    kit.element(music, "items", 0, song);
    kit.edge(music, "owner", home);
    kit.weak(song, "parent", music);
    kit.place(song, "id", "uuid::Uuid", PlaceKind::Opaque);
    let call = kit.node("app::main::{{closure}}", 1);
    kit.row(call).state = State::Opaque;
    kit.edge(song, "call", call);
    let cache = kit.node("app::Cache", 0);
    kit.root(cache, "static CACHE");
    kit.element(cache, "songs", 7, song);
    let start = match direction {
        Direction::Refs => home,
        Direction::Backrefs => song,
    };
    drawn(kit, &[start], direction, &PictureOptions::default())
}

#[test]
fn what_is_referred_to() {
    check(
        &everything(Direction::Refs),
        expect![[r#"
        #1 Folder · home
        ├─ items[0] ⇒ #2 Folder · music
        │  ├─ items[0] → #3 Marked · a song (below)
        │  └─ owner ⇒ #1 Folder · home (cycle)
        └─ items[1] → #3 Marked · a song · in two lines (Drop, highlighted)
           ├─ parent ⇢ #2 Folder · music (above)
           ├─ call → main::{{closure}} (not traced)
           └─ id · Uuid (not traced)

        → owns
        ⇒ owns, in a cycle
        ⇢ weak
        #1 an object that occurs at several places
    "#]],
    );
}

#[test]
fn what_refers_to_it() {
    check(
        &everything(Direction::Backrefs),
        expect![[r#"
        #1 Marked · a song · in two lines (Drop, highlighted)
        ├─ items[1] ← #2 Folder · home
        │  ├─ owner ⇐ #3 Folder · music (below)
        │  └─ outside ×2
        ├─ items[0] ← #3 Folder · music
        │  ├─ items[0] ⇐ #2 Folder · home (above)
        │  └─ parent ⇠ #1 Marked · a song (above)
        └─ songs[7] ← static CACHE · Cache

        ← is owned by
        ⇐ is owned by, in a cycle
        ⇠ is weakly held by
        #1 an object that occurs at several places
    "#]],
    );
}

#[test]
fn in_ascii() {
    let style = TextStyle {
        ascii: true,
        ..TextStyle::default()
    };
    let mut out = Vec::new();
    everything(Direction::Refs)
        .write_text(&mut out, &style)
        .unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.is_ascii());
    expect![[r#"
        #1 Folder - home
        |- items[0] => #2 Folder - music
        |  |- items[0] -> #3 Marked - a song (below)
        |  `- owner => #1 Folder - home (cycle)
        `- items[1] -> #3 Marked - a song - in two lines (Drop, highlighted)
           |- parent ~> #2 Folder - music (above)
           |- call -> main::{{closure}} (not traced)
           `- id - Uuid (not traced)

        -> owns
        => owns, in a cycle
        ~> weak
        #1 an object that occurs at several places
    "#]]
    .assert_eq(&text);
}

#[test]
fn in_colours() {
    let style = TextStyle {
        colours: true,
        ..TextStyle::default()
    };
    let drawing = everything(Direction::Refs);
    let mut out = Vec::new();
    drawing.write_text(&mut out, &style).unwrap();
    let text = String::from_utf8(out).unwrap();
    let mut plain = text.clone();
    for code in ["31", "32", "34", "2", "0"] {
        plain = plain.replace(&format!("\x1b[{code}m"), "");
    }
    assert_eq!(plain, drawing.to_text());
    expect![[r#"#1 \u{1b}[31mFolder · home\u{1b}[0m"#]]
        .assert_eq(&text.lines().next().unwrap().escape_debug().to_string());
    expect![[r#"\u{1b}[2m│  ├─ \u{1b}[0mitems[0] → #3 \u{1b}[34mMarked · a song\u{1b}[0m\u{1b}[2m (below)\u{1b}[0m"#]].assert_eq(&text.lines().nth(2).unwrap().escape_debug().to_string());
}

#[test]
fn stacks_and_what_is_left_out() {
    let mut kit = Kit::new();
    let root = kit.node("app::Root", 1);
    for at in 0..30 {
        let leaf = kit.node("app::Leaf", 0);
        kit.element(root, "leaves", at, leaf);
    }
    for _ in 0..5 {
        let other = kit.node("app::Other", 0);
        kit.edge(root, "others", other);
    }
    let options = PictureOptions {
        too_many: 3,
        fold_over: Some(8),
        ..PictureOptions::default()
    };
    check(
        &drawn(kit, &[root], Direction::Refs, &options),
        expect![[r#"
        Root
        ├─ leaves[0..=29] → 30 × Leaf
        ├─ others → Other
        ├─ others → Other
        └─ 3 more references

        → owns
    "#]],
    );
}

#[test]
fn leaks() {
    let mut kit = Kit::new();
    for _ in 0..2 {
        let ring: Vec<NodeId> = (0..3).map(|_| kit.node("app::Node", 0)).collect();
        for at in 0..3 {
            kit.edge(ring[at], "next", ring[(at + 1) % 3]);
        }
        let data = kit.node("app::Data", 0);
        kit.edge(ring[1], "data", data);
    }
    let leaks = find_leaks(&kit.snapshot());
    let picture = Neighbourhood::leaks(&leaks, &PictureOptions::default()).unwrap();
    let drawing = Drawing::new(leaks.snapshot(), &picture, &DrawingOptions::default());
    check(
        &drawing,
        expect![[r#"
            #1 Node
            ├─ next ⇒ Node
            │  └─ next ⇒ Node
            │     └─ next ⇒ #1 Node (cycle, make Weak)
            ├─ data → Data
            └─ 1 more leak like this · 4 more objects
        "#]],
    );
}

#[test]
fn a_deep_place_keeps_to_the_width() {
    let mut kit = Kit::new();
    let nodes: Vec<NodeId> = (0..200).map(|_| kit.node("app::Node", 0)).collect();
    for pair in nodes.windows(2) {
        kit.edge(pair[0], "next", pair[1]);
        kit.edge(
            pair[0],
            "a_field_of_a_name_that_is_much_too_long_for_the_line",
            nodes[0],
        );
    }
    let options = PictureOptions {
        max_depth: 200,
        ..PictureOptions::default()
    };
    let text = drawn(kit, &nodes[..1], Direction::Refs, &options).to_text();
    assert!(text.lines().count() > 390);
    assert!(text.lines().all(|line| width(line) <= 80), "{text}");
    let line = text.lines().nth(300).unwrap();
    expect!["…│  │  │  │  │  │  │  │  │  │  │  │  └─ a_field_of_a_name_tha… ⇒ #1 Node (cycle)"]
        .assert_eq(line);
}

#[test]
fn nothing_that_a_terminal_obeys_is_written() {
    let nasty = "\u{1b}[31mred\0\u{202e}\t\r\u{9b}2J\u{200b}\u{2028}é漢×";
    assert_eq!(
        printable(nasty, false),
        "\\u{1b}[31mred\\u{0}\\u{202e}\\u{9}\\u{d}\\u{9b}2J\\u{200b}\\u{2028}é漢×"
    );
    assert!(printable(nasty, true).ends_with("\\u{e9}\\u{6f22}x"));
}

#[test]
fn texts_are_cut_by_columns() {
    assert_eq!(width("a漢e\u{301}"), 4);
    assert_eq!(fit("abcdef", 6, "…"), "abcdef");
    assert_eq!(fit("abcdef", 5, "…"), "abcd…");
    assert_eq!(fit("漢漢漢", 5, "…"), "漢漢…");
    assert_eq!(fit("abcdef", 2, "..."), "");
}

#[test]
fn the_environment_decides() {
    let style = |is_terminal: bool, variables: &[(&str, &str)]| {
        let variables: HashMap<&str, OsString> = variables
            .iter()
            .map(|(name, value)| (*name, OsString::from(value)))
            .collect();
        let style = TextStyle::of_environment(is_terminal, |name| variables.get(name).cloned());
        (style.colours, style.ascii)
    };
    assert_eq!(style(true, &[]), (true, false));
    assert_eq!(style(false, &[]), (false, false));
    assert_eq!(style(true, &[("NO_COLOR", "1")]), (false, false));
    assert_eq!(style(true, &[("NO_COLOR", "")]), (true, false));
    assert_eq!(style(true, &[("TERM", "dumb")]), (false, false));
    assert_eq!(style(false, &[("CLICOLOR_FORCE", "1")]), (true, false));
    assert_eq!(style(false, &[("CLICOLOR_FORCE", "0")]), (false, false));
    assert_eq!(
        style(true, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]),
        (false, false)
    );
    assert_eq!(style(false, &[("LANG", "C")]), (false, true));
    assert_eq!(style(false, &[("LANG", "de_AT.utf8")]), (false, false));
    assert_eq!(
        style(
            false,
            &[("LC_ALL", ""), ("LC_CTYPE", "C.UTF-8"), ("LANG", "C")]
        ),
        (false, false)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each edge is a line, each node that no edge leads to by the tree is one, and no line is
    /// too wide.
    #[test]
    fn every_edge_is_a_line(
        nodes in 1usize..9,
        edges in prop::collection::vec((0usize..8, 0usize..8, any::<bool>()), 0..20),
        label in "\\PC{0,60}|[\\x00-\\x20]{0,9}",
        start in 0usize..8,
        backwards in any::<bool>(),
    ) {
        let mut kit = Kit::new();
        let ids: Vec<NodeId> = (0..nodes).map(|_| kit.node("app::Node", 1)).collect();
        for &(from, to, strong) in &edges {
            let (from, to) = (ids[from % nodes], ids[to % nodes]);
            if strong { kit.edge(from, "next", to) } else { kit.weak(from, "weak", to) }
        }
        for &id in &ids {
            kit.label(id, &label);
        }
        let direction = if backwards { Direction::Backrefs } else { Direction::Refs };
        let options = PictureOptions { max_depth: 9, too_many: 99, ..PictureOptions::default() };
        let mut drawing = drawn(kit, &[ids[start % nodes]], direction, &options);
        drawing.legend.clear();
        let text = drawing.to_text();
        let lines: Vec<&str> = text.lines().collect();
        prop_assert_eq!(lines.len(), drawing.edges.len() + 1, "{}", text);
        prop_assert!(lines.iter().all(|line| width(line) <= 80), "{}", text);
        let above = lines.iter().filter(|line| line.ends_with("(above)")).count();
        let below = lines.iter().filter(|line| line.ends_with("(below)")).count();
        let cycle = lines.iter().filter(|line| line.ends_with("(cycle)")).count();
        prop_assert_eq!(above + below + cycle, drawing.edges.len() + 1 - drawing.nodes.len());
        let reds = drawing.edges.iter().filter(|edge| edge.kind == EdgeKind::Cycle).count();
        prop_assert!(cycle <= reds, "{}", text);
    }
}
