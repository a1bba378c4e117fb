//! What came and went between two snapshots, for the page.

use std::collections::HashMap;

use crate::analysis::{Fingerprint, LeakKinds, Leaks, Turnover, diff};
use crate::words::in_line;
use crate::words::json::Json;

/// Maximum number of rows of each table.
const ROWS: usize = 2000;

/// Returns the difference between the snapshots of these leaks.
pub(super) fn compare(before: &Leaks, after: &Leaks) -> Json<'static> {
    let diff = diff(before.snapshot(), after.snapshot());
    let name = |full: &str| Json::text(in_line(&diff.names.get(full)).into_owned());
    let types = diff.types.iter().take(ROWS);
    let types = types.map(|of| row([name(&of.type_name)], &of.turnover));
    let sites = diff.sites.iter();
    let sites = sites.filter(|of| of.turnover.born + of.turnover.died > 0);
    let sites = sites.take(ROWS).map(|of| {
        let site = of
            .site
            .as_ref()
            .map(|site| in_line(&site.to_string()).into_owned());
        let site = site.map_or(Json::Null, Json::text);
        row([name(&of.type_name), site], &of.turnover)
    });
    let containers = diff.containers.iter().take(ROWS).map(|of| {
        let place = format!("{}.{}", diff.names.get(&of.holder), of.path);
        Json::list([
            Json::text(in_line(&place).into_owned()),
            Json::Number(of.before),
            Json::Number(of.after),
        ])
    });
    let sides = [before, after].map(|leaks| {
        Json::Object(vec![
            ("nodes", Json::number(leaks.snapshot().len())),
            ("epoch", Json::Number(leaks.snapshot().parts().epoch.into())),
            ("leaked", Json::number(leaks.len())),
        ])
    });
    Json::Object(vec![
        ("sides", Json::list(sides)),
        ("types", Json::list(types)),
        ("sites", Json::list(sites)),
        ("containers", Json::list(containers)),
        ("kinds", kinds(before, after)),
    ])
}

/// Returns a row: names, and how many objects were born, died and survived, and the growth in bytes.
fn row(names: impl IntoIterator<Item = Json<'static>>, turnover: &Turnover) -> Json<'static> {
    let counts = [turnover.born, turnover.died, turnover.survived].map(Json::number);
    let growth = Json::Real(turnover.bytes as f64);
    Json::list(names.into_iter().chain(counts).chain([growth]))
}

/// Returns the number of leaks of each kind before and after, by fingerprint.
fn kinds(before: &Leaks, after: &Leaks) -> Json<'static> {
    let mut counts: HashMap<Fingerprint, [usize; 2]> = HashMap::new();
    for (side, leaks) in [before, after].into_iter().enumerate() {
        let kinds = [leaks.kinds(), leaks.likely_kinds()];
        for kind in kinds.into_iter().flat_map(LeakKinds::all) {
            counts.entry(kind.fingerprint).or_default()[side] += kind.groups.len();
        }
    }
    let mut rows: Vec<(String, [usize; 2])> = counts
        .into_iter()
        .map(|(fingerprint, counts)| (fingerprint.to_string(), counts))
        .collect();
    crate::order::sort(&mut rows);
    Json::list(rows.into_iter().map(|(fingerprint, [before, after])| {
        Json::list([
            Json::text(fingerprint),
            Json::number(before),
            Json::number(after),
        ])
    }))
}
