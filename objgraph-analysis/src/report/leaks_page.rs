//! What leaked, for the page: the report of each kind in parts, and its rings.

use objgraph_core::NodeId;

use super::kinds::{KindsReport, Members, what};
use super::leaks_json::{KINDS, SITES, coverage, site};
use super::sites::site_rows;
use crate::analysis::{FieldPath, Fix, LeakKind, Leaks, Reference, bytes_of, field};
use crate::words::json::Json;
use crate::words::{Names, fitted, in_line};

/// Maximum number of steps of a ring that the page draws.
const STEPS: usize = 400;

/// Maximum number of alternatives to the first fix of a kind.
const OTHER_FIXES: usize = 3;

/// What leaked, as the page shows it.
pub(crate) struct LeaksOfPage {
    /// The kinds, and what belongs to none, in the order in which the page lists them.
    pub(crate) kinds: Vec<Json<'static>>,
    /// The objects of each of them.
    pub(crate) members: Vec<Vec<NodeId>>,
    /// How much could not be traced.
    pub(crate) coverage: Json<'static>,
    /// The report.
    pub(crate) text: String,
}

/// Returns what leaked, likely leaked and possibly leaked.
pub(crate) fn leaks_for_page(leaks: &Leaks) -> LeaksOfPage {
    let names = Names::of(leaks.snapshot());
    let mut page = LeaksOfPage {
        kinds: Vec::new(),
        members: Vec::new(),
        coverage: coverage(&leaks.coverage()),
        text: leaks.to_string(),
    };
    let mut writer = Writer {
        leaks,
        names: &names,
        page: &mut page,
    };
    writer.kinds("leaked", &KindsReport::leaked(leaks, &names));
    writer.kinds("likely", &KindsReport::likely(leaks, &names));
    let possibly: Vec<NodeId> = leaks.possibly_leaked().map(|of| of.node_id()).collect();
    let text = leaks.possibly_text();
    writer.without_cycle(
        "possibly",
        "Held by what could not be traced",
        possibly,
        text,
    );
    let left_behind: Vec<NodeId> = leaks.left_behind().map(|of| of.node_id()).collect();
    let text = leaks.left_behind_text();
    writer.without_cycle(
        "possibly",
        "Left behind by an ended thread",
        left_behind,
        text,
    );
    page
}

struct Writer<'l> {
    leaks: &'l Leaks,
    names: &'l Names<'l>,
    page: &'l mut LeaksOfPage,
}

impl Writer<'_> {
    fn kinds(&mut self, verdict: &'static str, report: &KindsReport<'_>) {
        let kinds = report.kinds();
        let members = Members::of(report.nodes(), kinds, KINDS).of_kind;
        let texts = report.texts(KINDS);
        for (kind, (members, text)) in kinds.all().iter().zip(members.into_iter().zip(texts)) {
            let fix = kind.fixes.first();
            let rings = kind.rings.iter().map(|ring| self.ring(ring, fix));
            let rings = Json::list(rings.collect::<Vec<_>>());
            let also = kind.fingerprints().skip(1);
            let also = also.map(|of| Json::text(of.to_string()));
            let fields = vec![
                ("title", Json::text(what(kind))),
                ("fingerprint", Json::text(kind.fingerprint.to_string())),
                ("also", Json::list(also)),
                ("leaks", Json::number(kind.groups.len())),
                ("bytes", Json::Number(kind.retained)),
                ("on_cycles", Json::number(kind.on_cycles)),
                ("rings", rings),
                (
                    "fix",
                    fix.map_or(Json::Null, |fix| fix_of(report, kind, fix)),
                ),
                ("others", other_fixes(report, kind)),
                ("text", Json::text(text.trim_end().to_owned())),
            ];
            self.add(verdict, fields, members);
        }
        let of_each = report.nodes().iter().zip(kinds.kind_of_each());
        let rest = of_each.filter(|(_, kind)| kind.is_none_or(|kind| kind >= KINDS));
        let rest: Vec<NodeId> = rest.map(|(&node, _)| node).collect();
        let title = "Held by leaks of several kinds, or of further kinds";
        self.without_cycle(verdict, title, rest, String::new());
    }

    fn without_cycle(
        &mut self,
        verdict: &'static str,
        title: &'static str,
        members: Vec<NodeId>,
        text: String,
    ) {
        if members.is_empty() {
            return;
        }
        let snapshot = self.leaks.snapshot();
        let bytes = members.iter().map(|&node| bytes_of(snapshot, node)).sum();
        let fields = vec![
            ("title", Json::text(title)),
            ("fingerprint", Json::Null),
            ("also", Json::list([])),
            ("leaks", Json::number(0)),
            ("bytes", Json::Number(bytes)),
            ("on_cycles", Json::number(0)),
            ("rings", Json::list([])),
            ("fix", Json::Null),
            ("others", Json::list([])),
            ("text", Json::text(text.trim_end().to_owned())),
        ];
        self.add(verdict, fields, members);
    }

    fn add(
        &mut self,
        verdict: &'static str,
        fields: Vec<(&'static str, Json<'static>)>,
        members: Vec<NodeId>,
    ) {
        let snapshot = self.leaks.snapshot();
        let sites = site_rows(snapshot, self.names, members.iter().copied());
        let mut kind = vec![
            ("verdict", Json::text(verdict)),
            ("objects", Json::number(members.len())),
            ("sites", Json::list(sites.iter().take(SITES).map(site))),
            (
                "more_sites",
                Json::number(sites.len().saturating_sub(SITES)),
            ),
        ];
        kind.extend(fields);
        self.page.kinds.push(Json::Object(kind));
        self.page.members.push(members);
    }

    /// Returns the steps of a ring: the number of the object, the number of the reference, the field
    /// that holds it, and whether the fix makes that `Weak`.
    fn ring(&self, ring: &[Reference], fix: Option<&Fix>) -> Json<'static> {
        let snapshot = self.leaks.snapshot();
        let step = |step: &Reference| {
            let declared = field(snapshot, step.path);
            let is_fixed =
                |of: &FieldPath| (&of.type_name, &of.path) == (&declared.type_name, &declared.path);
            let is_fixed = fix.is_some_and(|fix| fix.fields.iter().any(is_fixed));
            Json::list([
                Json::number(step.node.index()),
                Json::number(step.edge),
                Json::text(self.names.place(step.path, step.index)),
                is_fixed.into(),
            ])
        };
        // Of a longer one, the end closes it.
        let (first, last) = ring.split_at(ring.len().saturating_sub(1));
        let shown = first.iter().take(STEPS - 1).chain(last);
        let steps = Json::list(shown.map(step));
        Json::Object(vec![("length", Json::number(ring.len())), ("steps", steps)])
    }
}

/// Returns what to change, what that frees, and what would lose its last owner.
fn fix_of(report: &KindsReport<'_>, kind: &LeakKind, fix: &Fix) -> Json<'static> {
    let (mut frees, mut losses) = (String::new(), String::new());
    // Writing to a string does not fail.
    let _ = report.frees(&mut frees, kind, fix);
    let _ = report.losses(&mut losses, kind, fix);
    let frees: Vec<&str> = frees.split_whitespace().collect();
    Json::Object(vec![
        (
            "change",
            Json::text(in_line(&report.change(fix)).into_owned()),
        ),
        ("frees", Json::text(frees.join(" "))),
        ("losses", Json::text(fitted(&losses))),
        ("is_marked", fix.is_marked().into()),
    ])
}

fn other_fixes(report: &KindsReport<'_>, kind: &LeakKind) -> Json<'static> {
    let others = kind.fixes.iter().skip(1).take(OTHER_FIXES);
    let changes = others.map(|fix| Json::text(in_line(&report.change(fix)).into_owned()));
    Json::list(changes)
}
