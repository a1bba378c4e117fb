//! Counts by type and site, and their growth between two moments.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use objgraph::alive::{Count, Site, counts};
use objgraph::core::{public_name, short_name};
use objgraph::tracking;
use objgraph_analysis::words::in_line;
use objgraph_analysis::words::json::{Json, VERSION};

use crate::clock::age;

/// Maximum number of types that are named as not counted.
const NAMED: usize = 10;

/// The counts of one moment.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) taken: Instant,
    counts: Vec<Count>,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self {
            taken: Instant::now(),
            counts: counts(),
        }
    }

    /// Returns the numbers of this moment, and how they have grown since an earlier one. O(types +
    /// sites).
    pub(crate) fn since(&self, before: &Self) -> Growth {
        let earlier = before.counts.iter();
        let earlier: HashMap<(&str, &Site), u64> = earlier
            .map(|count| ((count.type_name, &count.site), count.alive))
            .collect();
        let mut types: Vec<TypeRow> = Vec::new();
        // The counts are sorted by type.
        for count in self.counts.iter().filter(|count| count.born > 0) {
            let before = earlier.get(&(count.type_name, &count.site)).copied();
            let site = SiteRow {
                site: count.site.to_string(),
                alive: count.alive,
                growth: count.alive as i64 - before.unwrap_or_default() as i64,
            };
            if types.last().is_none_or(|last| last.full != count.type_name) {
                types.push(TypeRow::new(count.type_name));
            }
            if let Some(row) = types.last_mut() {
                row.alive += site.alive;
                row.growth += site.growth;
                row.born += count.born;
                row.sites.push(site);
            }
        }
        name(&mut types);
        for row in &mut types {
            row.sites
                .sort_by(|a, b| (b.growth, b.alive, &a.site).cmp(&(a.growth, a.alive, &b.site)));
        }
        types.sort_by(|a, b| (b.growth, b.alive, a.full).cmp(&(a.growth, a.alive, b.full)));
        Growth {
            period: self.taken.duration_since(before.taken),
            types,
            left_out: tracking::left_out(),
        }
    }
}

/// Names types shortly, and those that share a short name in full.
fn name(types: &mut [TypeRow]) {
    let mut uses: HashMap<String, usize> = HashMap::new();
    for row in types.iter() {
        *uses.entry(row.name.clone()).or_default() += 1;
    }
    for row in types.iter_mut().filter(|row| uses[&row.name] > 1) {
        row.name = public_name(row.full);
    }
}

/// How counts have grown between two moments.
#[derive(Debug)]
pub(crate) struct Growth {
    pub(crate) period: Duration,
    /// Most growth first.
    pub(crate) types: Vec<TypeRow>,
    /// The full names of types that are left out by choice, so that their objects are not counted.
    pub(crate) left_out: Vec<String>,
}

/// The numbers of a type.
#[derive(Debug)]
pub(crate) struct TypeRow {
    pub(crate) full: &'static str,
    pub(crate) name: String,
    pub(crate) alive: u64,
    pub(crate) growth: i64,
    pub(crate) born: u64,
    pub(crate) sites: Vec<SiteRow>,
}

impl TypeRow {
    fn new(full: &'static str) -> Self {
        Self {
            full,
            name: short_name(full),
            alive: 0,
            growth: 0,
            born: 0,
            sites: Vec::new(),
        }
    }
}

/// The numbers of objects of a type that one site created.
#[derive(Debug)]
pub(crate) struct SiteRow {
    pub(crate) site: String,
    pub(crate) alive: u64,
    pub(crate) growth: i64,
}

impl Growth {
    pub(crate) fn alive(&self) -> u64 {
        self.types.iter().map(|row| row.alive).sum()
    }

    pub(crate) fn growth(&self) -> i64 {
        self.types.iter().map(|row| row.growth).sum()
    }

    /// Returns which types are not counted; `None` if all are.
    pub(crate) fn not_counted(&self) -> Option<String> {
        let named: Vec<_> = self
            .left_out
            .iter()
            .take(NAMED)
            .map(|name| in_line(name))
            .collect();
        let more = match self.left_out.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!self.left_out.is_empty()).then(|| {
            format!(
                "not counted, because objgraph::tracking leaves them out: {}{more}",
                named.join(", ")
            )
        })
    }

    /// Returns a table of types, each with the sites that created its objects.
    pub(crate) fn to_text(&self, since: &str) -> String {
        let mut out = format!(
            "{} objects are alive; growth since {since}, {} ago\n\n",
            self.alive(),
            age(self.period)
        );
        // Writing to a string does not fail.
        let _ = writeln!(out, "{:>12}{:>12}  type", "alive", "growth");
        for row in &self.types {
            let _ = writeln!(
                out,
                "{:>12}{:>+12}  {}",
                row.alive,
                row.growth,
                in_line(&row.name)
            );
            for site in &row.sites {
                let made = in_line(&site.site);
                let _ = writeln!(
                    out,
                    "{:>12}{:>+12}    made at {made}",
                    site.alive, site.growth
                );
            }
        }
        if let Some(text) = self.not_counted() {
            let _ = writeln!(out, "\n{text}");
        }
        out
    }

    /// Returns the same as JSON. `docs/json.md` describes the fields.
    pub(crate) fn to_json(&self, since: &'static str) -> String {
        let types = self.types.iter().map(|row| {
            let sites = row.sites.iter().map(|site| {
                Json::Object(vec![
                    ("site", Json::text(&*site.site)),
                    ("alive", site.alive.into()),
                    ("growth", signed(site.growth)),
                ])
            });
            Json::Object(vec![
                ("type", Json::text(row.full)),
                ("short_name", Json::text(&*row.name)),
                ("alive", row.alive.into()),
                ("growth", signed(row.growth)),
                ("born", row.born.into()),
                ("sites", Json::list(sites)),
            ])
        });
        let json = Json::Object(vec![
            ("schema", Json::text("objgraph-growth")),
            ("version", VERSION.into()),
            ("since", Json::text(since)),
            ("seconds", Json::Real(self.period.as_secs_f64())),
            ("types", Json::list(types)),
            (
                "left_out",
                Json::list(self.left_out.iter().map(|name| Json::text(&**name))),
            ),
        ]);
        format!("{json}\n")
    }
}

/// Returns a number that may be negative, without a fraction.
fn signed(number: i64) -> Json<'static> {
    match u64::try_from(number) {
        Ok(number) => number.into(),
        Err(_) => Json::Real(number as f64),
    }
}
