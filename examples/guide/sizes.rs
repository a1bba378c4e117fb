//! How many bytes, and what retains them.

use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

#[derive(Tracked)]
struct Album {
    photos: Vec<Rc<Photo>>,
}

#[derive(Tracked)]
struct Photo {
    pixels: Vec<u8>,
}

pub(crate) fn run(_: &Path) -> Outcome {
    let photo = || {
        Rc::new(Photo {
            pixels: vec![0; 100_000],
        })
    };
    let shared = photo();
    let first = Rc::new(Album {
        photos: vec![photo(), photo(), shared.clone()],
    });
    let second = Rc::new(Album {
        photos: vec![photo(), shared],
    });

    println!("{}", objgraph::bytes::typesizes());
    let retained = objgraph::bytes::retained();
    for album in [&first, &second] {
        let node = retained
            .snapshot()
            .find(objgraph::id(album))
            .ok_or("it is gone")?;
        println!(
            "an album of {} photos, of which {} would go with it: {} bytes",
            album.photos.len(),
            retained.retained_objects(node) - 1,
            retained.retained_bytes(node),
        );
    }
    println!("{} bytes of pixels each", first.photos[0].pixels.len());
    Ok(())
}
