//! `/refs`: a picture of who refers to whom.

use std::io::Write;
use std::sync::Arc;

use axum::http::Uri;
use axum::response::Response;
use objgraph::picture::{Picture, PictureError, backrefs_in, refs_in, to_svg_without_dot};
use objgraph::snapshot::NodeId;
use objgraph::{ObjectId, Snapshot};

use super::{Shared, gone, isolate_picture, object_id};
use crate::answer::{Refusal, TEXT};
use crate::query::{Query, shown};
use crate::traces::TraceError;

pub(super) const SVG: &str = "image/svg+xml";

/// Maximum number of nodes of a picture: a larger one takes seconds to lay out, and cannot be read.
const NODES: usize = 300;

#[derive(Clone, Copy, PartialEq)]
enum Format {
    Svg,
    Dot,
    Text,
    #[cfg(feature = "html")]
    Html,
}

const FORMATS: &[(&str, Format)] = &[
    ("svg", Format::Svg),
    ("dot", Format::Dot),
    ("text", Format::Text),
    #[cfg(feature = "html")]
    ("html", Format::Html),
];

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Svg => SVG,
            Self::Dot => "text/vnd.graphviz; charset=utf-8",
            Self::Text => TEXT,
            #[cfg(feature = "html")]
            Self::Html => super::snapshot::HTML,
        }
    }
}

/// The objects at which the picture starts.
enum Start {
    Id(ObjectId),
    Type(String),
}

struct Request {
    start: Start,
    is_backwards: bool,
    depth: usize,
    limit: usize,
    format: Format,
    has_labels: bool,
}

pub(super) async fn refs(state: Shared, uri: Uri) -> Result<Response, Refusal> {
    let query = Query::of(&uri, &["type", "id", "show", "depth", "limit", "format"])?;
    let start = match (query.get("type"), query.get("id")) {
        (Some(name), None) => Start::Type(name.to_owned()),
        (None, Some(id)) => Start::Id(object_id(id)?),
        _ => {
            return Err(Refusal::bad_request(
                "Around which objects? Ask for `refs?type=Session`, or for one of them with \
                 `refs?id=17`.",
            ));
        }
    };
    let request = Request {
        is_backwards: query.choice("show", &[("refs", false), ("backrefs", true)])?,
        depth: query.number("depth", 3, 10)?,
        limit: query.number("limit", 10, 40)?,
        format: query.choice("format", FORMATS)?,
        has_labels: state.has_labels,
        start,
    };
    request.check_without_trace()?;
    let format = request.format;
    let trace = move |out: &mut dyn Write| request.write(out);
    let mut response = state.traces.run(format.media_type(), trace).await?;
    match format {
        Format::Svg => isolate_picture(&mut response),
        #[cfg(feature = "html")]
        Format::Html => super::isolate_page(&mut response),
        _ => {}
    }
    Ok(response)
}

impl Request {
    /// Refuses a request for objects that do not exist, as counters know.
    fn check_without_trace(&self) -> Result<(), Refusal> {
        match &self.start {
            Start::Id(id) if objgraph::at(*id).is_none() => Err(gone(*id)),
            Start::Type(name) if objgraph::count(name) == 0 => Err(no_object(name)),
            _ => Ok(()),
        }
    }

    fn write(self, out: &mut dyn Write) -> Result<(), TraceError> {
        #[cfg(feature = "html")]
        if self.format == Format::Html {
            let leaks = objgraph::find_leaks();
            let starts = self.starts(leaks.snapshot())?;
            super::snapshot::write_page(&leaks, &starts.nodes, self.has_labels, out)?;
            return Ok(());
        }
        let snapshot = Arc::new(objgraph::snapshot());
        let starts = self.starts(&snapshot)?;
        let nodes = starts.nodes.iter().copied();
        let picture = match self.is_backwards {
            true => backrefs_in(&snapshot, nodes),
            false => refs_in(&snapshot, nodes),
        };
        let picture = picture.max_depth(self.depth).max_nodes(NODES);
        let picture = picture.labels(self.has_labels).sites(true);
        match self.format {
            Format::Svg => write_svg(&picture, out)?,
            Format::Dot => out.write_all(picture.to_dot().map_err(refused)?.as_bytes())?,
            Format::Text => {
                let text = picture.to_text().map_err(refused)?;
                writeln!(out, "{} of {} objects\n", starts.nodes.len(), starts.all)?;
                out.write_all(text.as_bytes())?;
            }
            #[cfg(feature = "html")]
            Format::Html => {}
        }
        Ok(())
    }

    fn starts(&self, snapshot: &Snapshot) -> Result<Starts, Refusal> {
        match &self.start {
            Start::Id(id) => {
                let node = snapshot.find(*id).ok_or_else(|| gone(*id))?;
                Ok(Starts {
                    nodes: vec![node],
                    all: 1,
                })
            }
            Start::Type(name) => {
                let found = objgraph::alive::by_type_in(name, snapshot.nodes());
                if found.is_empty() {
                    return Err(no_object(name));
                }
                // The oldest: those that stay.
                let nodes = found.iter().take(self.limit).map(|node| node.node_id());
                Ok(Starts {
                    nodes: nodes.collect(),
                    all: found.len(),
                })
            }
        }
    }
}

/// The nodes where a picture starts, and how many there are in all.
struct Starts {
    nodes: Vec<NodeId>,
    all: usize,
}

fn no_object(name: &str) -> Refusal {
    Refusal::not_found(format!(
        "No object of the type `{}` is alive. `growth` lists the types; a name is short, like \
         `Session`, or full, like `app::Session`.",
        shown(name)
    ))
}

/// Writes a picture as SVG. Starts no program, unlike [`Picture::to_svg`].
pub(super) fn write_svg(picture: &Picture<'_>, out: &mut dyn Write) -> Result<(), TraceError> {
    let drawing = picture.drawing().map_err(refused)?;
    let svg = to_svg_without_dot(&drawing).map_err(|reason| {
        Refusal::bad_request(format!(
            "The picture cannot be laid out ({reason}): ask for `depth=1`, or for `format=dot`."
        ))
    })?;
    out.write_all(svg.as_bytes())?;
    Ok(())
}

fn refused(error: PictureError) -> Refusal {
    match error {
        PictureError::TooLarge { objects, max_nodes } => Refusal::bad_request(format!(
            "The picture would show up to {objects} objects, and at most {max_nodes} can be read. Ask \
             for a smaller `depth` or `limit`, for one object with `id`, or for the whole graph with \
             `snapshot`."
        )),
        error => Refusal::bad_request(error.to_string()),
    }
}
