//! The report on differences between snapshots.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};

use super::coverage::off;
use crate::analysis::{Diff, Metric, ShownNames, Trend, Turnover};
use crate::words::{count, fitted, grouped, signed_bytes, wrapped};

/// Maximum number of lines of each kind.
const LINES: usize = 10;

/// What may hide in something that was not traced.
const HIDES: &str = "growth may hide there";

/// Lists the objects that were born and died by type, where they were made, and which collections
/// grew.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        let mut out = String::new();
        let changed = |turnover: &Turnover| turnover.born + turnover.died > 0;
        let types: Vec<_> = self
            .types
            .iter()
            .filter(|of| changed(&of.turnover))
            .collect();
        let sites: Vec<_> = self
            .sites
            .iter()
            .filter(|of| changed(&of.turnover))
            .collect();
        if !self.coverage.is_enabled() {
            return f.write_str(off());
        }
        let short = |name: &str| self.names.get(name).into_owned();
        if types.is_empty() && self.containers.is_empty() {
            let traced = match self.coverage.is_complete() {
                true => "",
                false => " that could be traced",
            };
            let what = match self.is_of_one_process {
                true => "Nothing was born, nothing died, and no collection",
                false => "No number of objects and no collection of a root",
            };
            let text = format!("{what}{traced} changed.");
            wrapped(&mut out, "", text.split(' '), " ")?;
        }
        if !types.is_empty() {
            let shown = &types[..types.len().min(LINES)];
            let names = shown.iter().map(|of| short(&of.type_name));
            let width = names.map(|name| name.chars().count()).max();
            let width = width.unwrap_or(0).clamp(4, 30);
            let columns = match self.is_of_one_process {
                true => ["born", "died", "survived"],
                false => ["before", "after", "change"],
            };
            let [first, second, third] = columns;
            writeln!(
                out,
                "{:<width$} {first:>10} {second:>10} {third:>10} {:>11}",
                "Type", "bytes"
            )?;
            for of in shown {
                let turnover = &of.turnover;
                let [first, second, third] = match self.is_of_one_process {
                    true => [
                        format!("+{}", turnover.born),
                        format!("-{}", turnover.died),
                        turnover.survived.to_string(),
                    ],
                    false => [
                        turnover.before().to_string(),
                        turnover.after().to_string(),
                        format!("{:+}", turnover.growth()),
                    ],
                };
                writeln!(
                    out,
                    "{:<width$} {first:>10} {second:>10} {third:>10} {:>11}",
                    short(&of.type_name),
                    signed_bytes(turnover.bytes)
                )?;
            }
            more(&mut out, types.len() - shown.len(), "type", "types")?;
        }
        let sites: Vec<_> = sites.iter().filter(|of| of.turnover.growth() > 0).collect();
        if !sites.is_empty() {
            writeln!(out, "\nmade at")?;
            for of in sites.iter().take(LINES) {
                let site = of.site.as_ref().map_or("?".to_owned(), ToString::to_string);
                writeln!(
                    out,
                    "  {:>+8} {} {site}",
                    of.turnover.growth(),
                    short(&of.type_name)
                )?;
            }
            more(
                &mut out,
                sites.len().saturating_sub(LINES),
                "place",
                "places",
            )?;
        }
        if !self.containers.is_empty() {
            writeln!(out, "\ncollections")?;
            for of in self.containers.iter().take(LINES) {
                let grew = if of.after > of.before {
                    "grew"
                } else {
                    "shrank"
                };
                let (before, after) = (grouped(of.before), grouped(of.after));
                let holder = place(&self.names, &of.holder, &of.path);
                let objects = match of.objects {
                    1 => String::new(),
                    objects => format!(", in {objects} objects"),
                };
                let text = format!("{holder} {grew} from {before} to {after}{objects}");
                wrapped(&mut out, "  ", text.split(' '), " ")?;
            }
            let rest = self.containers.len().saturating_sub(LINES);
            more(&mut out, rest, "collection", "collections")?;
        }
        if !self.is_of_one_process {
            let text = "Two processes took the snapshots, so numbers are compared, not objects.";
            writeln!(out)?;
            wrapped(&mut out, "", text.split(' '), " ")?;
        }
        if !self.coverage.is_complete() {
            writeln!(out)?;
            self.coverage.write_below(&mut out, HIDES)?;
        }
        f.write_str(&fitted(out.trim_start_matches('\n')))
    }
}

/// Lists what grows steadily, with its numbers.
impl fmt::Display for Trend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        let steady = self.steady_growth();
        let coverage = self.coverage();
        if !self.is_empty() && !coverage.is_enabled() {
            return f.write_str(off());
        }
        let kept = match self.stride() {
            1 => String::new(),
            stride => format!(", one of every {stride}"),
        };
        let observed = format!("{}{kept}", count(self.len(), "snapshot", "snapshots"));
        let mut out = String::new();
        if steady.is_empty() {
            let why = if self.len() < 5 {
                "; it takes at least 5"
            } else {
                ""
            };
            writeln!(out, "Nothing grows steadily over {observed}{why}.")?;
            coverage.write_below(&mut out, HIDES)?;
            return f.write_str(&fitted(&out));
        }
        writeln!(out, "growing steadily over {observed}:")?;
        for one in steady.iter().take(LINES) {
            let what = metric_text(&self.names, &one.metric);
            wrapped(&mut out, "  ", what.split(' '), " ")?;
            let series = &one.series;
            let shown: Vec<String> = match series.len() {
                len if len > 8 => {
                    let ends = series[..4].iter().chain(&series[len - 3..]);
                    let mut ends: Vec<String> = ends.map(|&number| grouped(number)).collect();
                    ends.insert(4, "…".to_owned());
                    ends
                }
                _ => series.iter().map(|&number| grouped(number)).collect(),
            };
            let text = format!("{}: {:+.1} each time", shown.join(", "), one.slope);
            wrapped(&mut out, "    ", text.split(' '), " ")?;
        }
        more(
            &mut out,
            steady.len().saturating_sub(LINES),
            "series",
            "series",
        )?;
        coverage.write_below(&mut out, HIDES)?;
        f.write_str(&fitted(&out))
    }
}

/// Returns `objects of Session made at src/app.rs:31:23`, or `items in Server.sessions`.
pub(crate) fn metric_text(names: &ShownNames, metric: &Metric) -> String {
    match metric {
        Metric::Type(name) => format!("objects of {}", names.get(name)),
        Metric::Site(name, site) => format!("objects of {} made at {site}", names.get(name)),
        Metric::Container { holder, path } => format!("items in {}", place(names, holder, path)),
    }
}

/// Returns `Server.sessions`; the name of a root is unchanged.
pub(crate) fn place(names: &ShownNames, holder: &str, path: &str) -> String {
    // A root is called `static app::CACHE`, or has the name that the program gave it.
    let holder = if holder.contains(' ') {
        holder.to_owned()
    } else {
        names.get(holder).into_owned()
    };
    crate::words::joined(&holder, path)
}

fn more(out: &mut String, number: usize, one: &str, many: &str) -> fmt::Result {
    match number {
        0 => Ok(()),
        1 => writeln!(out, "  … and 1 more {one}"),
        _ => writeln!(out, "  … and {number} more {many}"),
    }
}
