//! The corpus, and what is near to each text of it, on stable and without libFuzzer.

use std::fs;
use std::path::Path;

/// Runs a target on each file of its corpus, and on each of them changed at every place.
fn run(name: &str, target: fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let entries = fs::read_dir(&folder).expect("there is a corpus");
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 2, "{name}");
    for path in paths {
        let text = fs::read_to_string(&path).expect("it is text");
        println!("{}", path.display());
        target(&text);
        // What is long was found by a search, and is changed by one.
        if text.len() <= 600 {
            changed(&text, target);
        }
    }
}

/// The text cut at each place, without each character, and with others put there.
fn changed(text: &str, target: fn(&str)) {
    const OTHERS: [&str; 8] = ["\"", "\\", "\n", ")", "=", "0", "\0", "é"];
    let places: Vec<(usize, char)> = text.char_indices().collect();
    for (at, c) in places {
        let (before, after) = text.split_at(at);
        target(before);
        target(after);
        target(&format!("{before}{}", &after[c.len_utf8()..]));
        for other in OTHERS {
            target(&format!("{before}{other}{after}"));
        }
    }
}

#[test]
fn attributes() {
    run("attributes", objgraph_fuzz::attributes);
}

#[test]
fn known_leaks() {
    run("known_leaks", objgraph_fuzz::known_leaks);
}

#[test]
fn pictures() {
    run("pictures", objgraph_fuzz::pictures);
}

#[test]
fn fingerprints() {
    run("fingerprints", objgraph_fuzz::fingerprints);
}
