//! What leaked, as JSON: what a program reads instead of the report.

#[cfg(test)]
mod tests;

use objgraph_core::{NodeId, Site};

use super::cycles::ring_in_line;
use super::kinds::{KindsReport, Members};
use super::sites::{SiteRow, site_rows};
use crate::analysis::{Coverage, Gap, Leaks, Objects, bytes_of};
use crate::words::Names;
use crate::words::json::{Json, VERSION};

/// Maximum number of kinds of a verdict.
pub(super) const KINDS: usize = 100;

/// Maximum number of rows of types and sites of a kind.
pub(super) const SITES: usize = 20;

impl Leaks {
    /// Returns what leaked, likely leaked and possibly leaked as JSON, by kind, and how much could
    /// not be traced. `docs/json.md` describes the fields. The text of a kind is as in the report.
    ///
    /// ```
    /// let json = objgraph::find_leaks().to_json();
    /// assert!(json.starts_with(r#"{"schema":"objgraph-leaks","version":1,"#));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        leaks_as_json(self).to_string()
    }
}

/// Returns what [`Leaks::to_json`] writes, as a part of other JSON.
#[doc(hidden)]
#[must_use]
pub fn leaks_as_json(leaks: &Leaks) -> Json<'static> {
    let names = Names::of(leaks.snapshot());
    let names = &names;
    Writer { leaks, names }.leaks()
}

struct Writer<'l> {
    leaks: &'l Leaks,
    names: &'l Names<'l>,
}

impl Writer<'_> {
    fn leaks(&self) -> Json<'static> {
        let leaks = self.leaks;
        let mut kinds = self.kinds("leaked", &KindsReport::leaked(leaks, self.names));
        kinds.extend(self.kinds("likely", &KindsReport::likely(leaks, self.names)));
        let suspects = leaks.suspects().iter().take(SITES);
        let suspects = suspects.map(|suspect| self.names.suspect(suspect));
        let possibly = leaks.possibly_leaked();
        kinds.extend(self.unproven(possibly, suspects.collect(), leaks.possibly_text()));
        let left_behind = leaks.left_behind();
        kinds.extend(self.unproven(left_behind, Vec::new(), leaks.left_behind_text()));
        Json::Object(vec![
            ("schema", Json::text("objgraph-leaks")),
            ("version", Json::Number(VERSION)),
            ("kinds", Json::list(kinds)),
            ("coverage", coverage(&leaks.coverage())),
        ])
    }

    fn kinds(&self, verdict: &'static str, report: &KindsReport<'_>) -> Vec<Json<'static>> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let kinds = report.kinds();
        let members = Members::of(report.nodes(), kinds, KINDS);
        let texts = report.texts(KINDS);
        let rows = kinds.all().iter().zip(members.of_kind.iter().zip(texts));
        rows.map(|(kind, (nodes, text))| {
            let also = kind.fingerprints().skip(1);
            let rings = kind.rings.iter();
            let rings = rings.map(|ring| ring_in_line(self.leaks.snapshot(), self.names, ring));
            let fix = kind.fixes.first().map(|fix| report.change(fix));
            let fingerprint = Json::text(kind.fingerprint.to_string());
            self.kind(Kind {
                verdict,
                fingerprint,
                also: also.map(|fingerprint| fingerprint.to_string()).collect(),
                leaks: kind.groups.len(),
                bytes: kind.retained,
                objects: kind.objects,
                nodes,
                paths: rings.collect(),
                fix,
                text,
            })
        })
        .collect()
    }

    /// Returns objects that no cycle was found to keep alive; `None` if there are none.
    fn unproven(
        &self,
        objects: Objects<'_>,
        paths: Vec<String>,
        text: String,
    ) -> Option<Json<'static>> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let nodes: Vec<NodeId> = objects.map(|object| object.node_id()).collect();
        let bytes = nodes
            .iter()
            .map(|&node| bytes_of(self.leaks.snapshot(), node));
        let kind = Kind {
            verdict: "possibly",
            fingerprint: Json::Null,
            also: Vec::new(),
            leaks: 1,
            bytes: bytes.sum(),
            objects: nodes.len(),
            nodes: &nodes,
            paths,
            fix: None,
            text,
        };
        (!nodes.is_empty()).then(|| self.kind(kind))
    }

    fn kind(&self, kind: Kind<'_>) -> Json<'static> {
        let snapshot = self.leaks.snapshot();
        let sites = site_rows(snapshot, self.names, kind.nodes.iter().copied());
        let texts = |texts: Vec<String>| Json::list(texts.into_iter().map(Json::text));
        Json::Object(vec![
            ("verdict", Json::text(kind.verdict)),
            ("fingerprint", kind.fingerprint),
            ("also", texts(kind.also)),
            ("leaks", Json::number(kind.leaks)),
            ("objects", Json::number(kind.objects)),
            ("bytes", Json::Number(kind.bytes)),
            ("sites", Json::list(sites.iter().take(SITES).map(site))),
            ("paths", texts(kind.paths)),
            ("fix", kind.fix.map_or(Json::Null, Json::text)),
            ("text", Json::text(kind.text.trim_end().to_owned())),
        ])
    }
}

/// The fields of a kind.
struct Kind<'k> {
    verdict: &'static str,
    fingerprint: Json<'static>,
    also: Vec<String>,
    leaks: usize,
    bytes: u64,
    objects: usize,
    nodes: &'k [NodeId],
    paths: Vec<String>,
    fix: Option<String>,
    text: String,
}

/// Returns the number of objects of a type that a site created.
pub(super) fn site(row: &SiteRow<'_>) -> Json<'static> {
    let (objects, name, site) = row;
    let of = |field: fn(&Site) -> Json<'static>| site.map_or(Json::Null, field);
    Json::Object(vec![
        ("type", Json::text((*name).to_owned())),
        ("objects", Json::number(*objects)),
        ("file", of(|site| Json::text(site.file.clone()))),
        ("line", of(|site| Json::Number(site.line.into()))),
        ("column", of(|site| Json::Number(site.column.into()))),
    ])
}

pub(super) fn coverage(coverage: &Coverage) -> Json<'static> {
    let lines = coverage.gaps().iter().map(Gap::text);
    Json::Object(vec![
        ("is_enabled", coverage.is_enabled().into()),
        ("traced", Json::number(coverage.traced())),
        ("untraced", Json::number(coverage.untraced())),
        ("untraced_values", Json::number(coverage.untraced_values())),
        ("lines", Json::list(lines.map(Json::text))),
    ])
}
