//! The objects that a command names: by id, or by type.

use std::path::Path;

use objgraph::snapshot::NodeId;
use objgraph::{ObjectId, Snapshot};

use crate::error::Error;

/// Maximum number of types that an error lists.
const TYPES: usize = 8;

/// Returns the node of an object that is named by its id.
pub(super) fn node_of(snapshot: &Snapshot, id: &str, file: &Path) -> Result<NodeId, Error> {
    let parsed: ObjectId = id
        .parse()
        .map_err(|error| Error::Other(format!("`{id}` is no id of an object: {error}")))?;
    snapshot.find(parsed).ok_or_else(|| {
        Error::Other(format!(
            "no object {parsed} is in {}; `cargo objgraph refs {0} TYPE` lists those of a type",
            file.display()
        ))
    })
}

/// Returns the nodes of an id, or of all objects of a type.
pub(super) fn nodes_named(
    snapshot: &Snapshot,
    name: &str,
    file: &Path,
) -> Result<Vec<NodeId>, Error> {
    if name.parse::<ObjectId>().is_ok() {
        return Ok(vec![node_of(snapshot, name, file)?]);
    }
    let of_type = snapshot
        .nodes()
        .filter(|node| node.type_info().matches(name));
    let nodes: Vec<NodeId> = of_type.map(|node| node.node_id()).collect();
    match nodes.is_empty() {
        true => Err(no_object_of_type(snapshot, name, file)),
        false => Ok(nodes),
    }
}

fn no_object_of_type(snapshot: &Snapshot, name: &str, file: &Path) -> Error {
    let stats = objgraph::alive::stats_of(snapshot.nodes());
    let common = stats.limit(TYPES).most_common_types();
    let names: Vec<&str> = common.iter().map(|(name, _)| name.as_str()).collect();
    Error::Other(match names.is_empty() {
        true => format!("{} has no objects", file.display()),
        false => format!(
            "no object in {} has the type `{name}`; the most common types are {}",
            file.display(),
            names.join(", ")
        ),
    })
}
