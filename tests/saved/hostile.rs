//! Analyses of files that were made by hand: an answer or an error, and no panic.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use objgraph::rc::Rc;
use objgraph::{Snapshot, Tracked};
use proptest::prelude::*;
use std::cell::RefCell;

use crate::answers::answers;
use crate::{only_one, path};

#[derive(Tracked, Default)]
struct Ring {
    next: RefCell<Vec<Rc<Ring>>>,
}

/// The messages of a file with two rings of three, of which one has leaked.
fn messages() -> (Vec<u8>, Vec<u8>) {
    let _one = only_one();
    let ring = || {
        let all: [Rc<Ring>; 3] = Default::default();
        for (one, next) in [(0, 1), (1, 2), (2, 0)] {
            all[one].next.borrow_mut().push(all[next].clone());
        }
        all
    };
    let (held, lost) = (ring(), ring());
    let last = Rc::downgrade(&lost[0]);
    drop(lost);
    let mut file = Vec::new();
    objgraph::snapshot().write_to(&mut file).unwrap();
    let (header, stream) = file.split_at(12);
    let mut messages = Vec::new();
    GzDecoder::new(stream).read_to_end(&mut messages).unwrap();
    for one in held.iter().chain(&last.upgrade()) {
        one.next.borrow_mut().clear();
    }
    (header.to_vec(), messages)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn changed_files_are_refused_or_answer(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (header, mut messages) = messages();
        for (at, byte) in changes {
            let at = at.index(messages.len());
            messages[at] = byte;
        }
        let mut stream = GzEncoder::new(header, Compression::fast());
        stream.write_all(&messages).unwrap();
        if let Ok(snapshot) = Snapshot::read_from(&stream.finish().unwrap()[..]) {
            answers(&Arc::new(snapshot));
        }
    }
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let _one = only_one();
    let file = path("whole.objgraph");
    objgraph::snapshot().save(&file).unwrap();
    let before = std::fs::read(&file).unwrap();
    let folder = path("no folder").join("x.objgraph");
    assert!(objgraph::snapshot().save(folder).is_err());
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(Snapshot::load(&file).is_ok());
}
