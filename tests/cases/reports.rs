//! The texts of reports.

mod channels;
mod coverage;
mod layout;
mod names;
mod pictures;
mod tasks;

use std::fmt::Display;

/// Asserts that a report has each of these texts, and no line that is too wide for a terminal.
#[track_caller]
fn assert_says(report: impl Display, texts: &[&str]) {
    let report = report.to_string();
    // A line may be broken at any space.
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in texts {
        assert!(
            words(&report).contains(&words(text)),
            "no {text:?} in:\n{report}"
        );
    }
    for line in report.lines() {
        assert!(
            line.chars().count() < 80,
            "too wide: {line:?} in:\n{report}"
        );
    }
}
