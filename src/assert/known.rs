//! Known leaks: a committed list. A leak that no longer occurs has to be removed from it.

mod file;
mod read;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use objgraph_core::file::{wait_for_lock, write_whole};

use super::failure::Failure;
use super::surroundings::{Surroundings, short, target_folder};
use super::test_name::TestName;
use crate::analysis::{Fingerprint, LeakKind, Leaks, field};
use crate::order;
use file::{Entry, List};

/// The name of the file, beside the `Cargo.toml` of the package.
const NAME: &str = "objgraph-leaks.toml";

thread_local! {
    /// The known leaks that assertions in the body of the running test found, each with the name
    /// of the assertion.
    static ASSERTED: RefCell<Vec<(String, Fingerprint)>> = const { RefCell::new(Vec::new()) };
}

/// Forgets what assertions found, when the body of a test begins.
pub(super) fn begin_body() {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let _ = ASSERTED.try_with(|asserted| asserted.borrow_mut().clear());
}

fn asserted() -> Vec<(String, Fingerprint)> {
    ASSERTED
        .try_with(|asserted| asserted.borrow().clone())
        .unwrap_or_default()
}

fn record_asserted(name: &str, found: impl Iterator<Item = Fingerprint>) {
    let found = found.map(|fingerprint| (name.to_owned(), fingerprint));
    let _ = ASSERTED.try_with(|asserted| asserted.borrow_mut().extend(found));
}

/// Returns whether the package of the test asks for strict checks. [`KnownLeaks::of`] reports a file
/// that cannot be read.
pub(super) fn is_strict(test: &TestName) -> bool {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let list = test
        .package
        .as_ref()
        .map(|package| read(&package.join(NAME)));
    list.is_some_and(|list| list.is_ok_and(|list| list.is_strict))
}

/// A check, as the list of known leaks names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CheckName<'c> {
    pub(super) test: &'c TestName,
    /// The number of the assertion in the test, from 1; 0 for the check at its end.
    pub(super) assertion: u32,
    pub(super) is_end_of_test: bool,
}

/// The known leaks of one test.
#[derive(Debug, Default)]
pub(super) struct KnownLeaks {
    known: Vec<Fingerprint>,
    /// Leaks that the list has for the test and that did not occur, each with its name in the list.
    /// Sorted.
    stale: Vec<(String, Fingerprint)>,
    /// What the list says about leaks that are not known.
    hints: Vec<String>,
    file: PathBuf,
}

impl KnownLeaks {
    /// Compares the leaks found with the list. If the environment asks for an update, adds them to
    /// the list, so that all of them are known.
    pub(super) fn of(
        check: Option<CheckName<'_>>,
        found: &[&LeakKind],
        leaks: Option<&Leaks>,
    ) -> Result<Self, Failure> {
        let Some((check, package)) =
            check.and_then(|check| Some((check, check.test.package.as_deref()?)))
        else {
            return Ok(Self::default());
        };
        let file = package.join(NAME);
        let findings = CheckFindings {
            test: &check.test.name,
            assertion: check.assertion,
            is_end_of_test: check.is_end_of_test,
            found: found.iter().flat_map(|kind| kind.fingerprints()).collect(),
            asserted: asserted(),
        };
        let describe = |kind: &&LeakKind| Some(new_entry(kind, leaks?));
        if Surroundings::now().update {
            let entries: Vec<Entry> = found.iter().filter_map(describe).collect();
            findings.update(&file, package, &entries)?;
            record_asserted(&findings.name(), findings.found.iter().copied());
            return Ok(Self {
                known: findings.found,
                ..Self::default()
            });
        }
        let list = read(&file).map_err(|error| cannot(&file, &error))?;
        let known = findings.known(&list);
        let is_known = |kind: &LeakKind| kind.fingerprints().any(|leak| known.contains(&leak));
        let hints = found
            .iter()
            .filter(|kind| !is_known(kind))
            .filter_map(|kind| hint(&describe(kind)?, &list))
            .collect();
        record_asserted(
            &findings.name(),
            findings
                .found
                .iter()
                .copied()
                .filter(|leak| known.contains(leak)),
        );
        Ok(Self {
            stale: findings.stale(&list),
            hints,
            known,
            file,
        })
    }

    pub(super) fn contains(&self, kind: &LeakKind) -> bool {
        kind.fingerprints()
            .any(|fingerprint| self.known.contains(&fingerprint))
    }

    /// Returns what the list says about leaks that are not known.
    pub(super) fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Fails if the list has a leak that did not occur.
    pub(super) fn fail_if_stale(&self) -> Result<(), Failure> {
        let Some((test, first)) = self.stale.first() else {
            return Ok(());
        };
        let file = short(&self.file);
        let stale: Vec<String> = self
            .stale
            .iter()
            .filter(|one| one.0 == *test)
            .map(|(_, leak)| format!("  {leak}"))
            .collect();
        Err(Failure::new(
            format!("a known leak no longer occurs: remove {first}"),
            format!(
                "{file} lists for {test}:\n{}\nIt did not leak this time. Remove the test from \
                 that entry, or the entry;\nOBJGRAPH_UPDATE=1 does this.",
                stale.join("\n")
            ),
        ))
    }
}

/// The findings of one check of a test.
struct CheckFindings<'c> {
    test: &'c str,
    /// The number of the assertion in the test.
    assertion: u32,
    is_end_of_test: bool,
    found: Vec<Fingerprint>,
    /// The known leaks that earlier assertions of the test found.
    asserted: Vec<(String, Fingerprint)>,
}

impl CheckFindings<'_> {
    /// Returns the name of the check in the list. Assertions after the first in a test have names of
    /// their own, and so has each pass of a loop: `shop::closes#2`.
    fn name(&self) -> String {
        match self.assertion {
            0 | 1 => self.test.to_owned(),
            number => format!("{}#{number}", self.test),
        }
    }

    /// Returns whether a name in the list is that of the test, or of an assertion in it.
    fn is_of_test(&self, name: &str) -> bool {
        let rest = name.strip_prefix(self.test);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    }

    /// Returns whether an earlier assertion of the test found the leak, so that it is no concern of
    /// the check at the end.
    fn was_asserted(&self, fingerprint: Fingerprint) -> bool {
        self.is_end_of_test && self.asserted.iter().any(|one| one.1 == fingerprint)
    }

    fn known(&self, list: &List) -> Vec<Fingerprint> {
        let mut known: Vec<Fingerprint> = list.of_test(&self.name()).collect();
        let asserted = self.asserted.iter().map(|one| one.1);
        known.extend(asserted.filter(|&leak| self.was_asserted(leak)));
        known
    }

    /// Returns whether a leak occurred that the list has for this name of the test.
    fn occurred(&self, name: &str, fingerprint: Fingerprint) -> bool {
        (name == self.test && self.found.contains(&fingerprint))
            || self.asserted.contains(&(name.to_owned(), fingerprint))
    }

    fn stale(&self, list: &List) -> Vec<(String, Fingerprint)> {
        if !self.is_end_of_test {
            return Vec::new();
        }
        let entries = list.entries().iter();
        let stale = entries
            .flat_map(|entry| {
                let tests = entry.tests().iter();
                tests.map(|name| (name.clone(), entry.fingerprint))
            })
            .filter(|(name, leak)| self.is_of_test(name) && !self.occurred(name, *leak));
        order::distinct(stale)
    }

    /// Updates the list. Other tests, in this process or in others, may update it at the same time.
    fn update(&self, file: &Path, package: &Path, entries: &[Entry]) -> Result<(), Failure> {
        static TURNS: Mutex<()> = Mutex::new(());

        let _turn = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = target_folder(Some(package)).join("objgraph");
        fs::create_dir_all(&folder).map_err(|error| cannot(&folder, &error.to_string()))?;
        let path = folder.join("known-leaks.lock");
        let lock = fs::File::create(&path).and_then(|lock| wait_for_lock(&lock).map(|()| lock));
        let _lock = lock.map_err(|error| cannot(&path, &error.to_string()))?;

        let before = read(file).map_err(|error| cannot(file, &error))?;
        let list = self.updated(&before, entries);
        if list == before {
            return Ok(());
        }
        let written = match list.is_empty() {
            true => fs::remove_file(file),
            false => write_whole(file, list.to_string().as_bytes()),
        };
        written.map_err(|error| cannot(file, &error.to_string()))
    }

    fn updated(&self, before: &List, entries: &[Entry]) -> List {
        let mut list = before.clone();
        for entry in entries {
            if self.was_asserted(entry.fingerprint) {
                continue;
            }
            let mut entry = entry.clone();
            // What people wrote about the leak must survive a change of its fingerprint.
            if let Some((similar, _)) = similar_entry(&entry, before) {
                entry.reason.clone_from(&similar.reason);
                entry.link.clone_from(&similar.link);
            }
            list.add(&entry, &self.name());
        }
        if self.is_end_of_test {
            list.retain(|name, leak| !self.is_of_test(name) || self.occurred(name, leak));
        }
        list
    }
}

fn read(file: &Path) -> Result<List, String> {
    match fs::read_to_string(file) {
        Ok(text) => text.parse(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(List::default()),
        Err(error) => Err(error.to_string()),
    }
}

fn cannot(file: &Path, error: &str) -> Failure {
    Failure::new(
        "the list of known leaks cannot be used",
        format!("{}: {error}", short(file)),
    )
}

/// Returns a new entry. A person is to replace its reason, which names the fields of the cycle.
fn new_entry(kind: &LeakKind, leaks: &Leaks) -> Entry {
    let snapshot = leaks.snapshot();
    let fields: Vec<String> = kind
        .rings
        .iter()
        .flatten()
        .map(|step| field(snapshot, step.path).to_string())
        .collect();
    let first = kind.rings.first().map_or(0, Vec::len).min(4);
    let mut entry = Entry::new(
        kind.fingerprint,
        format!("not reviewed yet: {}", fields[..first].join(" → ")),
    );
    entry.fields = sorted(fields.into_iter());
    entry.sites = sorted(
        kind.groups
            .iter()
            .flat_map(|group| &group.cycle)
            .filter_map(|&node| snapshot.node(node).site())
            .map(ToString::to_string),
    );
    entry
}

/// Returns each text once, sorted.
fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    order::distinct(texts)
}

/// Returns the entry of another fingerprint that describes the same leak, and what they have in
/// common.
fn similar_entry<'l>(new: &Entry, list: &'l List) -> Option<(&'l Entry, &'static str)> {
    let others = || {
        let entries = list.entries().iter();
        entries.filter(|entry| entry.fingerprint != new.fingerprint)
    };
    let by_fields = others().find(|entry| !new.fields.is_empty() && entry.fields == new.fields);
    let by_sites = others().find(|entry| !new.sites.is_empty() && entry.sites == new.sites);
    let by_fields = by_fields.map(|entry| (entry, "the same fields"));
    by_fields.or_else(|| by_sites.map(|entry| (entry, "objects made at the same lines")))
}

/// Returns what the list says about a leak that is not known for the test.
fn hint(new: &Entry, list: &List) -> Option<String> {
    let mut entries = list.entries().iter();
    if let Some(listed) = entries.find(|entry| entry.fingerprint == new.fingerprint) {
        let tests = listed.tests();
        let others = match tests.len() {
            0 | 1 => String::new(),
            number => format!(" and {} more", number - 1),
        };
        let first = tests.first().map_or("", String::as_str);
        return Some(format!(
            "{} is a known leak, but not of this test: it is listed for\n{first}{others}.",
            new.fingerprint
        ));
    }
    let (entry, what) = similar_entry(new, list)?;
    Some(format!(
        "{} looks like known leak {}:\nit has {what}. OBJGRAPH_UPDATE=1 renames the entry.",
        new.fingerprint, entry.fingerprint
    ))
}
