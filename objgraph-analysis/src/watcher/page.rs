//! The page of a day: how many lines were reported, and what was left out.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::findings::{LeftOutReport, WatchReport};

/// The lines reported in 24 hours.
#[derive(Debug)]
pub(super) struct Page {
    most: usize,
    day: u64,
    lines: usize,
    /// Names of the reports that did not fit.
    left_out: BTreeSet<String>,
}

impl Page {
    /// Number of lines of a page.
    pub const LINES: usize = 60;

    pub fn new(lines: usize) -> Self {
        Self {
            most: lines.max(2),
            day: 0,
            lines: 0,
            left_out: BTreeSet::new(),
        }
    }

    /// Turns the page if another day has begun, given the time since the first look. Returns the line
    /// that closes the old one.
    pub fn turn(&mut self, since: Duration) -> Option<WatchReport> {
        let day = since.as_secs() / (24 * 60 * 60);
        if day == self.day {
            return None;
        }
        let closing = self.close();
        self.day = day;
        self.lines = 0;
        closing
    }

    /// Adds a report, if it fits. The last line is kept for what does not.
    pub fn add(&mut self, name: &str, report: &impl fmt::Display) -> bool {
        let lines = report.to_string().lines().count();
        let fits = self.lines + lines < self.most;
        match fits {
            true => {
                self.lines += lines;
                self.left_out.remove(name);
            }
            false => drop(self.left_out.insert(name.to_owned())),
        }
        fits
    }

    /// Returns the line on what was left out, if anything was.
    pub fn close(&mut self) -> Option<WatchReport> {
        let reports = std::mem::take(&mut self.left_out).len();
        (reports > 0).then_some({
            WatchReport::LeftOut(LeftOutReport {
                reports,
                lines_a_day: self.most,
            })
        })
    }
}
