//! A drawing as a value of JSON.

use crate::draw::drawing::{Drawing, DrawnEdge, DrawnNode};
use crate::words::json::{Json, VERSION};
use crate::words::name_in_full;

pub(super) fn drawing(drawing: &Drawing) -> Json<'_> {
    let cycle = |cycle: &Vec<usize>| Json::list(cycle.iter().map(|&node| Json::number(node)));
    Json::Object(vec![
        ("schema", Json::text("objgraph-drawing")),
        ("version", Json::Number(VERSION)),
        ("is_backwards", drawing.is_backwards.into()),
        ("is_of_leaks", drawing.is_of_leaks.into()),
        ("nodes", Json::list(drawing.nodes.iter().map(node))),
        ("edges", Json::list(drawing.edges.iter().map(edge))),
        ("cycles", Json::list(drawing.cycles.iter().map(cycle))),
        (
            "legend",
            Json::list(drawing.legend.iter().map(|line| Json::text(&**line))),
        ),
    ])
}

pub(super) fn node(node: &DrawnNode) -> Json<'_> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let (role, count) = node.role.name();
    let ids = node.objects.iter().map(|id| Json::text(id.to_string()));
    let attribute = |(name, value): &'_ (String, String)| {
        Json::list([name, value].map(|text| Json::text(text.clone())))
    };
    Json::Object(vec![
        ("role", Json::text(role)),
        ("count", count.into()),
        ("objects", Json::list(ids)),
        ("type", Json::text(name_in_full(&node.type_name))),
        ("label", Json::text(&*node.label)),
        ("depth", Json::number(node.depth)),
        ("brightness", Json::Real(node.brightness)),
        ("is_start", node.is_start.into()),
        ("is_highlighted", node.is_highlighted.into()),
        ("implements_drop", node.implements_drop.into()),
        ("is_opaque", node.is_opaque.into()),
        (
            "attributes",
            Json::list(node.attributes.iter().map(attribute)),
        ),
    ])
}

pub(super) fn edge(edge: &DrawnEdge) -> Json<'_> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    Json::Object(vec![
        ("from", Json::number(edge.from)),
        ("to", Json::number(edge.to)),
        ("label", Json::text(&*edge.label)),
        ("kind", Json::text(edge.kind_name())),
        ("references", Json::number(edge.references)),
        ("advice", Json::text(&*edge.advice)),
    ])
}

/// As in [`Drawing::to_json`].
#[cfg(feature = "serde")]
impl serde::Serialize for Drawing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        drawing(self).serialize(serializer)
    }
}

/// As in [`Drawing::to_json`].
#[cfg(feature = "serde")]
impl serde::Serialize for DrawnNode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        node(self).serialize(serializer)
    }
}

/// As in [`Drawing::to_json`].
#[cfg(feature = "serde")]
impl serde::Serialize for DrawnEdge {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        edge(self).serialize(serializer)
    }
}
