//! A snapshot as JSON, row by row.

use std::io::{self, Write};

use objgraph_core::{
    ConcreteType, Edge, Field, LengthRow, Node, NodeId, Place, PlaceKind, PointerKind, Site,
    Snapshot, State, TypeInfo, Visibility, shown_name,
};

use crate::words::json::{Json, VERSION};
use crate::words::name_in_full;

pub(super) fn write(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let parts = snapshot.parts();
    write!(
        out,
        "{{\"schema\":\"objgraph-snapshot\",\"version\":{VERSION},\"enabled\":{},\"epoch\":{}",
        parts.enabled, parts.epoch
    )?;
    let types = parts.types.iter();
    write_rows(out, "types", types.map(|info| type_info(info)))?;
    write_rows(out, "sites", parts.sites.iter().map(site))?;
    write_rows(
        out,
        "threads",
        parts.threads.iter().map(|name| Json::text(&**name)),
    )?;
    write_rows(
        out,
        "nodes",
        snapshot.nodes().map(|node| row(snapshot, node)),
    )?;
    let edges = snapshot
        .nodes()
        .flat_map(|node| snapshot.edges(node.node_id()));
    write_rows(out, "edges", edges.map(edge))?;
    let places = parts.places.iter();
    write_rows(out, "places", places.map(|at| place(snapshot, at)))?;
    let left_out = parts.left_out.iter().map(|&of| Json::Number(of.into()));
    write_rows(out, "left_out", left_out)?;
    let lengths = parts.lengths.iter();
    write_rows(out, "lengths", lengths.map(|at| length(snapshot, at)))?;
    write_rows(out, "panics", parts.panics.iter().map(panic))?;
    writeln!(out, "}}")
}

fn write_rows<'a>(
    out: &mut dyn Write,
    name: &str,
    mut rows: impl Iterator<Item = Json<'a>>,
) -> io::Result<()> {
    write_all(out, name, &mut rows)
}

fn write_all(
    out: &mut dyn Write,
    name: &str,
    rows: &mut dyn Iterator<Item = Json<'_>>,
) -> io::Result<()> {
    write!(out, ",\n\"{name}\":[")?;
    for (at, row) in rows.enumerate() {
        let comma = if at > 0 { "," } else { "" };
        write!(out, "{comma}\n{row}")?;
    }
    write!(out, "]")
}

fn type_info(info: &TypeInfo) -> Json<'_> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    Json::Object(vec![
        ("name", Json::text(name_in_full(&info.name))),
        ("short_name", Json::text(shown_name(&info.short_name))),
        ("size", Json::number(info.size)),
        ("is_visited", info.is_visited.into()),
        ("is_derived", info.is_derived.into()),
        ("implements_drop", info.implements_drop.into()),
        ("declared", info.declared.as_ref().map_or(Json::Null, site)),
        ("fields", Json::list(info.fields.iter().map(field))),
    ])
}

fn field(field: &Field) -> Json<'_> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let visibility = match field.visibility {
        Visibility::Full => "full",
        Visibility::Partial => "partial",
        Visibility::With => "with",
        Visibility::Opaque => "opaque",
        Visibility::Harmless => "harmless",
        Visibility::Skipped => "skipped",
        _ => "other",
    };
    Json::Object(vec![
        ("name", Json::text(field.name)),
        ("type", Json::text(field.type_text)),
        ("visibility", Json::text(visibility)),
        ("back", field.back.into()),
    ])
}

fn site(site: &Site) -> Json<'_> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    Json::text(site.to_string())
}

fn row<'s>(snapshot: &'s Snapshot, node: Node<'s>) -> Json<'s> {
    let row = &snapshot.parts().nodes[node.node_id().index()];
    let known =
        |column: u32| (column != objgraph_core::NodeRow::UNKNOWN).then_some(u64::from(column));
    let pointer = match node.pointer_kind() {
        PointerKind::Rc => "rc",
        PointerKind::Arc => "arc",
        PointerKind::StdRc => "std_rc",
        PointerKind::StdArc => "std_arc",
        PointerKind::Instance => "instance",
        PointerKind::Value => "value",
        _ => "other",
    };
    let state = match node.state() {
        State::Visited => "visited",
        State::Opaque => "opaque",
        State::OtherThread => "other_thread",
        State::Lent => "lent",
        State::Panicked => "panicked",
        State::InFlight => "in_flight",
        _ => "other",
    };
    let mut fields = vec![
        ("id", Json::text(node.id().to_string())),
        ("type", Json::number(node.type_index())),
        ("site", known(row.site).into()),
        ("thread", known(row.thread).into()),
        ("epoch", Json::Number(node.epoch().into())),
        ("strong", node.strong().map(u64::from).into()),
        ("weak", node.weak().map(u64::from).into()),
        ("pointer", Json::text(pointer)),
        ("state", Json::text(state)),
        ("shallow_bytes", Json::Number(node.shallow_bytes())),
        ("heap_bytes", Json::Number(node.heap_bytes())),
    ];
    fields.extend(node.concrete_type().map(concrete_type));
    fields.extend(node.root().map(|root| ("root", Json::text(root))));
    fields.extend(node.label().map(|label| ("label", Json::text(label))));
    Json::Object(fields)
}

fn edge(edge: Edge<'_>) -> Json<'static> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let mut fields = vec![
        ("from", index(edge.source())),
        ("to", index(edge.target())),
        ("path", Json::text(edge.path())),
        ("is_strong", edge.is_strong().into()),
        ("kind", Json::text(edge.reference_kind().name())),
        ("is_back", edge.is_back().into()),
    ];
    let words = Json::Number(edge.words().into());
    fields.extend(edge.is_inferred().then_some(("words", words)));
    Json::Object(fields)
}

fn place<'s>(snapshot: &'s Snapshot, place: &Place) -> Json<'s> {
    let why = match place.kind {
        PlaceKind::Opaque => "opaque",
        PlaceKind::Busy => "busy",
        PlaceKind::TooDeep => "too_deep",
        PlaceKind::LeftOut => "left_out",
        _ => "other",
    };
    let mut fields = vec![
        ("node", index(place.node)),
        (
            "path",
            Json::text(snapshot.parts().paths.show(place.path, place.index)),
        ),
        ("type", Json::Number(place.type_index.into())),
        ("why", Json::text(why)),
    ];
    fields.extend(snapshot.concrete_type(place).map(concrete_type));
    Json::Object(fields)
}

fn concrete_type(concrete: &ConcreteType) -> (&'static str, Json<'_>) {
    let site = concrete.site.as_ref();
    let fields = vec![
        ("name", Json::text(name_in_full(&concrete.name))),
        ("site", site.map_or(Json::Null, self::site)),
    ];
    ("concrete_type", Json::Object(fields))
}

fn length(snapshot: &Snapshot, row: &LengthRow) -> Json<'static> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    Json::Object(vec![
        ("node", index(row.node)),
        (
            "path",
            Json::text(snapshot.parts().paths.show_field(row.path)),
        ),
        ("collections", Json::Number(row.count.into())),
        ("items", Json::Number(row.len())),
    ])
}

fn panic((node, message): &(NodeId, String)) -> Json<'_> {
    Json::Object(vec![
        ("node", index(*node)),
        ("message", Json::text(&**message)),
    ])
}

fn index(node: NodeId) -> Json<'static> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    Json::number(node.index())
}
