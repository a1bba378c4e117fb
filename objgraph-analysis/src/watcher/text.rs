//! The reports of a watcher, as text.

use std::fmt::{self, Write as _};

use super::findings::{GrowthReport, LeakReport, LeftOutReport, SiteCount, WatchReport};
use crate::analysis::AliveReason;
use crate::report::how_held;
use crate::words::{bytes, count, fitted, grouped, objects, time, wrapped};

/// Maximum number of types and lines that a report lists.
const LINES: usize = 4;

impl fmt::Display for WatchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(crate::report::off());
        }
        match self {
            Self::Growth(report) => report.fmt(f),
            Self::Leak(report) => report.fmt(f),
            Self::LeftOut(report) => report.fmt(f),
        }
    }
}

/// Shows what grows, its numbers, and what keeps an example alive.
impl fmt::Display for GrowthReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(crate::report::off());
        }
        let mut out = String::new();
        let what = match (&self.container, &self.site) {
            (Some(container), _) if self.type_name.is_empty() => format!("items in {container}"),
            (_, Some(site)) => format!("{} made at {site}", self.type_name),
            _ => self.type_name.clone(),
        };
        words(&mut out, "growing steadily: ", &what)?;
        let counts = self.counts.iter().map(|&number| grouped(number));
        let counts = counts.collect::<Vec<String>>().join(", ");
        let slope = format!("{counts}: {:+.1} every {}", self.slope, time(self.every));
        words(&mut out, "  ", &slope)?;
        if !self.chain.is_empty() {
            let example = self.example.map(|id| format!("{id}: ")).unwrap_or_default();
            let head = match self.example {
                Some(_) => format!("  for example {example}"),
                None => "  held by ".to_owned(),
            };
            wrapped(&mut out, &head, self.chain.split(" → "), " → ")?;
        }
        match &self.held_by {
            None => {}
            Some(AliveReason::Root(name)) => words(&mut out, "    held by the root ", name)?,
            Some(reason) => {
                let is_alone = !self.chain.contains(" → ");
                let first = if is_alone { "it" } else { "the first" };
                words(&mut out, &format!("    {first} "), &how_held(reason))?;
            }
        }
        if let Some(fingerprint) = self.fingerprint {
            writeln!(out, "  part of the leak {fingerprint}")?;
        }
        let with = self.with_it.iter().take(LINES);
        for text in with {
            words(&mut out, "  and with it ", text)?;
        }
        more(&mut out, self.with_it.len(), "other")?;
        f.write_str(&fitted(&out))
    }
}

/// Shows what has leaked, and the cycle.
impl fmt::Display for LeakReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(crate::report::off());
        }
        let mut out = String::new();
        let likely = if self.is_likely { "likely " } else { "" };
        let (number, retained) = (objects(self.objects), bytes(self.retained));
        let of = self.fingerprint;
        writeln!(out, "new leak: {number} {likely}leaked, {retained}  {of}")?;
        for site in self.sites.iter().take(LINES) {
            words(&mut out, "  ", &site.to_string())?;
        }
        more(&mut out, self.sites.len(), "line")?;
        wrapped(&mut out, "  ", self.chain.split(" → "), " → ")?;
        if let Some(fix) = &self.fix {
            words(&mut out, "  fix: make ", &format!("`{fix}` Weak"))?;
        }
        f.write_str(&fitted(&out))
    }
}

/// Shows `3 × Session made at src/app.rs:31:23`.
impl fmt::Display for SiteCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.objects, self.type_name)?;
        match &self.site {
            Some(site) => write!(f, " made at {site}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for LeftOutReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(crate::report::off());
        }
        write!(
            f,
            "{} left out: the limit is {} lines a day",
            count(self.reports, "report was", "reports were"),
            self.lines_a_day
        )
    }
}

/// Writes words after a head, in lines that are not too long.
fn words(out: &mut String, head: &str, text: &str) -> fmt::Result {
    wrapped(out, head, text.split(' '), " ")
}

fn more(out: &mut String, all: usize, one: &str) -> fmt::Result {
    match all.saturating_sub(LINES) {
        0 => Ok(()),
        1 => writeln!(out, "  … and 1 more {one}"),
        more => writeln!(out, "  … and {more} more {one}s"),
    }
}
