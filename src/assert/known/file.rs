//! The list of known leaks, and its text.

use std::fmt;

use crate::analysis::Fingerprint;
use crate::words::is_unprintable;

const HEAD: &str = "\
# Known leaks, and the tests that may have them. A test fails for any other leak, and for a listed
# leak that it no longer has. `OBJGRAPH_UPDATE=1 cargo test` rewrites this list, and keeps reasons
# and links.
";

/// The list, sorted by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    /// Whether tests of the package fail where they cannot prove that nothing leaked.
    pub(super) is_strict: bool,
    pub(super) entries: Vec<Entry>,
}

/// One kind of leak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) fingerprint: Fingerprint,
    pub(super) tests: Vec<String>,
    pub(super) reason: String,
    pub(super) link: String,
    /// The fields of the cycle, sorted, as information.
    pub(super) fields: Vec<String>,
    /// The lines that made the objects of the cycle, sorted, as information.
    pub(super) sites: Vec<String>,
}

impl Entry {
    pub(super) fn new(fingerprint: Fingerprint, reason: String) -> Self {
        Self {
            fingerprint,
            tests: Vec::new(),
            reason,
            link: String::new(),
            fields: Vec::new(),
            sites: Vec::new(),
        }
    }

    /// Returns the tests that may have the leak, sorted.
    pub(super) fn tests(&self) -> &[String] {
        &self.tests
    }

    /// Returns whether a test may have the leak.
    pub(super) fn is_of(&self, test: &str) -> bool {
        self.tests.iter().any(|name| name == test)
    }
}

impl List {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.is_strict
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the known leaks of a test.
    pub(super) fn of_test<'l>(&'l self, test: &'l str) -> impl Iterator<Item = Fingerprint> + 'l {
        let entries = self.entries.iter();
        entries
            .filter(move |entry| entry.is_of(test))
            .map(|entry| entry.fingerprint)
    }

    /// Adds a test to the entry of this fingerprint, or a new entry with it, and updates the fields and
    /// sites.
    pub(super) fn add(&mut self, new: &Entry, test: &str) {
        let found = self
            .entries
            .binary_search_by_key(&new.fingerprint, |entry| entry.fingerprint);
        let at = found.unwrap_or_else(|at| {
            self.entries.insert(at, new.clone());
            at
        });
        let entry = &mut self.entries[at];
        entry.fields.clone_from(&new.fields);
        entry.sites.clone_from(&new.sites);
        let tests = &mut entry.tests;
        tests.push(test.to_owned());
        tests.sort();
        tests.dedup();
    }

    /// Keeps only the tests for which `keeps` returns `true`, and only entries that still have a test.
    pub(super) fn retain(&mut self, keeps: impl Fn(&str, Fingerprint) -> bool) {
        self.entries.retain_mut(|entry| {
            entry.tests.retain(|name| keeps(name, entry.fingerprint));
            !entry.tests.is_empty()
        });
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        if self.is_strict {
            f.write_str("strict = true\n")?;
        }
        for entry in &self.entries {
            writeln!(f, "\n[[leak]]\nfingerprint = \"{}\"", entry.fingerprint)?;
            writeln!(f, "reason = {}", QuotedText(&entry.reason))?;
            writeln!(f, "link = {}", QuotedText(&entry.link))?;
            for (key, texts) in [("fields", &entry.fields), ("sites", &entry.sites)] {
                if !texts.is_empty() {
                    write_texts(f, key, texts)?;
                }
            }
            write_texts(f, "tests", &entry.tests)?;
        }
        Ok(())
    }
}

fn write_texts(f: &mut fmt::Formatter<'_>, key: &str, texts: &[String]) -> fmt::Result {
    writeln!(f, "{key} = [")?;
    for text in texts {
        writeln!(f, "    {},", QuotedText(text))?;
    }
    writeln!(f, "]")
}

struct QuotedText<'t>(&'t str);

impl fmt::Display for QuotedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if is_unprintable(c) => match u32::from(c) {
                    code @ 0..=0xffff => write!(f, "\\u{code:04X}")?,
                    code => write!(f, "\\U{code:08X}")?,
                },
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}
