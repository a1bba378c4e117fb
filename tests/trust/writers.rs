//! Every function that writes into the user's writer.

use std::io::{self, Write};

use objgraph::rc::Rc;
use objgraph::{
    growth::{Growth, NewIds},
    picture::{PictureError, TextStyle},
};

use crate::queries::Subject;

/// Calls `each` with the name of each function, and with a call of it for an object.
pub fn of_all(
    subject: &Rc<Subject>,
    each: impl Fn(&str, &dyn Fn(&mut dyn Write) -> io::Result<()>),
) {
    let picture = objgraph::refs(subject);
    let drawing = picture.drawing().unwrap();
    let snapshot = objgraph::core::snapshot_of([objgraph::id(subject)]);
    each("Picture::write", &|out| match picture.write(out) {
        Err(PictureError::Write(error)) => Err(error),
        other => other.map_err(io::Error::other),
    });
    each("Drawing::write_dot", &|out| drawing.write_dot(out));
    each("Drawing::write_text", &|out| {
        drawing.write_text(out, &TextStyle::default())
    });
    each("write_json", &|out| {
        objgraph::picture::write_json(&snapshot, out)
    });
    each("write_graphml", &|out| {
        objgraph::picture::write_graphml(&snapshot, out)
    });
    let snapshot = std::sync::Arc::new(snapshot);
    each("write_heapsnapshot_in", &|out| {
        objgraph::snapshot::write_heapsnapshot_in(&snapshot, out)
    });
    each("write_most_common_types", &|out| {
        objgraph::alive::stats().write_most_common_types(out)
    });
    each("write_growth_in", &|out| {
        objgraph::alive::stats().write_growth_in(&mut Growth::default(), out)
    });
    each("NewIdsQuery::write", &|out| {
        NewIds::default().query().write(out).map(drop)
    });
}
