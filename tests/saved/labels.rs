//! What must not leave the process stays out of files, and ids mean objects of their own process.

use std::sync::Arc;

use objgraph::core::{SnapshotOptions, snapshot_with};
use objgraph::leaks::{find_leaks_in, with_labels};
use objgraph::picture::refs_in;
use objgraph::rc::Rc;
use objgraph::{Snapshot, Tracked};

use crate::{only_one, path};

#[derive(Tracked, Debug)]
struct Open {
    #[allow(dead_code, reason = "its Debug reads it")]
    text: &'static str,
}

#[derive(Tracked, Debug)]
#[tracked(no_label)]
struct Secret {
    #[allow(dead_code, reason = "its Debug reads it")]
    text: &'static str,
}

fn with_labels_of_objects() -> Snapshot {
    let options = SnapshotOptions::default().labels(true);
    let snapshot = snapshot_with(&[], options).0;
    let ids: Vec<_> = snapshot.nodes().map(|node| node.id()).collect();
    snapshot.with_labels(ids)
}

/// Returns the texts in a file, which are compressed there.
fn texts(snapshot: &Snapshot) -> String {
    let mut file = Vec::new();
    snapshot.write_to(&mut file).unwrap();
    format!("{:?}", Snapshot::read_from(&file[..]).unwrap().parts())
}

#[test]
fn secrets_stay_out_of_files() {
    let _one = only_one();
    let open = Rc::new(Open {
        text: "canary-open",
    });
    let secret = Rc::new(Secret {
        text: "canary-secret",
    });
    if !objgraph::ENABLED {
        return;
    }
    assert!(
        !texts(&objgraph::snapshot()).contains("canary"),
        "no labels were asked for"
    );
    let asked_for = texts(&with_labels_of_objects());
    assert!(asked_for.contains("canary-open"));
    assert!(!asked_for.contains("canary-secret"));
    objgraph::alive::labels(false);
    let off = texts(&with_labels_of_objects());
    objgraph::alive::labels(true);
    assert!(!off.contains("canary"));
    drop((open, secret));
}

/// A snapshot of another process has ids that are those of other objects here.
#[test]
fn labels_of_other_processes_are_not_taken_from_objects_of_this_one() {
    let _one = only_one();
    let here = Rc::new(Open {
        text: "of this process",
    });
    let snapshot = objgraph::snapshot();
    if !objgraph::ENABLED {
        return;
    }
    let node = snapshot.find(objgraph::id(&here)).unwrap();
    let file = path("elsewhere.objgraph");
    snapshot.save(&file).unwrap();
    let loaded = Arc::new(Snapshot::load(&file).unwrap());
    assert!(loaded.is_of_this_process());
    assert!(
        refs_in(&loaded, [node])
            .to_dot()
            .unwrap()
            .contains("of this process")
    );

    let mut parts = loaded.parts().clone();
    parts.process ^= 2;
    let elsewhere = Arc::new(Snapshot::from_parts(parts));
    assert!(!elsewhere.is_of_this_process());
    assert!(!elsewhere.is_of_same_process(&snapshot));
    let picture = refs_in(&elsewhere, [node]).to_dot().unwrap();
    assert!(!picture.contains("of this process"), "{picture}");
    let leaks = with_labels(find_leaks_in(&elsewhere)).to_string();
    assert!(!leaks.contains("of this process"), "{leaks}");
}
