//! Known leaks: a committed list, from which what no longer leaks has to go.

mod file;
mod read;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::check::LeakCheck;
use super::failure::Failure;
use super::surroundings::{Surroundings, short, target_folder};
use super::test_name::TestName;
use crate::analysis::{Fingerprint, LeakKind, Leaks, field};
use crate::draw::write_whole;
use file::{Entry, List};

/// The name of the file, beside the `Cargo.toml` of the package.
const NAME: &str = "objgraph-leaks.toml";

thread_local! {
    /// The known leaks that assertions in the body of the running test found, each with the name
    /// of the assertion.
    static ANSWERED: RefCell<BTreeSet<(String, Fingerprint)>> = const { RefCell::new(BTreeSet::new()) };
}

/// Forgets what assertions found: the body of a test begins.
pub(super) fn begin_body() {
    let _ = ANSWERED.try_with(|answered| answered.borrow_mut().clear());
}

fn answered() -> BTreeSet<(String, Fingerprint)> {
    let answered = ANSWERED.try_with(|answered| answered.borrow().clone());
    answered.unwrap_or_default()
}

fn answer(name: &str, found: impl Iterator<Item = Fingerprint>) {
    let found = found.map(|fingerprint| (name.to_owned(), fingerprint));
    let _ = ANSWERED.try_with(|answered| answered.borrow_mut().extend(found));
}

/// Whether the package of the test asks for strict checks. A file that cannot be read is reported
/// by [`Known::of`].
pub(super) fn is_strict(test: &TestName) -> bool {
    let list = test
        .package
        .as_ref()
        .map(|package| read(&package.join(NAME)));
    list.is_some_and(|list| list.is_ok_and(|list| list.is_strict))
}

/// What is known of the leaks of one test.
#[derive(Debug, Default)]
pub(super) struct Known {
    known: BTreeSet<Fingerprint>,
    /// What the list names for the test, and did not occur: the name there, and the leak.
    stale: BTreeSet<(String, Fingerprint)>,
    /// What the list says of the leaks that are not known.
    hints: Vec<String>,
    file: PathBuf,
}

impl Known {
    /// What is known of these leaks; where the list is to be rewritten, all of them.
    pub(super) fn of(
        check: &LeakCheck,
        found: &[&LeakKind],
        leaks: Option<&Leaks>,
    ) -> Result<Self, Failure> {
        let Some((test, package)) = check
            .test
            .as_ref()
            .and_then(|test| Some((test, test.package.as_deref()?)))
        else {
            return Ok(Self::default());
        };
        let file = package.join(NAME);
        let own = Own {
            test: &test.name,
            assertion: check.assertion,
            is_end_of_test: check.is_end_of_test,
            found: found.iter().flat_map(|kind| kind.fingerprints()).collect(),
            answered: answered(),
        };
        let describe = |kind: &&LeakKind| Some(described(kind, leaks?));
        if Surroundings::now().update {
            let described: Vec<Entry> = found.iter().filter_map(describe).collect();
            own.update(&file, package, &described)?;
            answer(&own.name(), own.found.iter().copied());
            return Ok(Self {
                known: own.found,
                ..Self::default()
            });
        }
        let list = read(&file).map_err(|error| cannot(&file, &error))?;
        let known = own.known(&list);
        let is_known = |kind: &LeakKind| kind.fingerprints().any(|leak| known.contains(&leak));
        let unknown = found.iter().filter(|kind| !is_known(kind));
        let hints = unknown.filter_map(|kind| hint(&describe(kind)?, &list));
        let hints = hints.collect();
        answer(&own.name(), own.found.intersection(&known).copied());
        Ok(Self {
            stale: own.stale(&list),
            hints,
            known,
            file,
        })
    }

    pub(super) fn contains(&self, kind: &LeakKind) -> bool {
        kind.fingerprints()
            .any(|fingerprint| self.known.contains(&fingerprint))
    }

    /// What the list says of the leaks that are not known.
    pub(super) fn hints(&self) -> &[String] {
        &self.hints
    }

    /// That nothing is on the list which did not occur.
    pub(super) fn stale(&self) -> Result<(), Failure> {
        let Some((test, first)) = self.stale.first() else {
            return Ok(());
        };
        let file = short(&self.file);
        let stale = self.stale.iter().filter(|one| one.0 == *test);
        let stale: Vec<String> = stale.map(|(_, leak)| format!("  {leak}")).collect();
        Err(Failure::new(
            format!("a known leak no longer occurs: remove {first}"),
            format!(
                "{file} lists for {test}:\n{}\nIt did not leak this time. Remove the test from \
                 that entry, or the entry;\nOBJGRAPH_UPDATE=1 does it.",
                stale.join("\n")
            ),
        ))
    }
}

/// What one check of a test found.
struct Own<'c> {
    test: &'c str,
    /// The number of the assertion in the test.
    assertion: u32,
    is_end_of_test: bool,
    found: BTreeSet<Fingerprint>,
    /// What earlier assertions of the test found.
    answered: BTreeSet<(String, Fingerprint)>,
}

impl Own<'_> {
    /// The name of the check in the list. Assertions that follow another in one test have names of
    /// their own, so that each pass of a loop has: `shop::closes#2`.
    fn name(&self) -> String {
        match self.assertion {
            0 | 1 => self.test.to_owned(),
            number => format!("{}#{number}", self.test),
        }
    }

    /// Whether a name in the list is that of the test, or of an assertion in it.
    fn is_of_test(&self, name: &str) -> bool {
        let rest = name.strip_prefix(self.test);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    }

    /// Whether an earlier assertion answers for the leak.
    fn is_answered(&self, fingerprint: Fingerprint) -> bool {
        self.is_end_of_test && self.answered.iter().any(|one| one.1 == fingerprint)
    }

    fn known(&self, list: &List) -> BTreeSet<Fingerprint> {
        let mut known: BTreeSet<Fingerprint> = list.of_test(&self.name()).collect();
        let answered = self.answered.iter().map(|one| one.1);
        known.extend(answered.filter(|&leak| self.is_answered(leak)));
        known
    }

    /// Whether the leak occurred that the list names for this name of the test.
    fn occurred(&self, name: &str, fingerprint: Fingerprint) -> bool {
        (name == self.test && self.found.contains(&fingerprint))
            || self.answered.contains(&(name.to_owned(), fingerprint))
    }

    fn stale(&self, list: &List) -> BTreeSet<(String, Fingerprint)> {
        if !self.is_end_of_test {
            return BTreeSet::new();
        }
        let names = list.entries().iter().flat_map(|entry| {
            let tests = entry.tests().iter();
            tests.map(|name| (name.clone(), entry.fingerprint))
        });
        names
            .filter(|(name, leak)| self.is_of_test(name) && !self.occurred(name, *leak))
            .collect()
    }

    /// Puts the list right. Tests of this process, and of others, may be at it at the same time.
    fn update(&self, file: &Path, package: &Path, described: &[Entry]) -> Result<(), Failure> {
        static TURNS: Mutex<()> = Mutex::new(());

        let _turn = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = target_folder(Some(package)).join("objgraph");
        fs::create_dir_all(&folder).map_err(|error| cannot(&folder, &error.to_string()))?;
        let path = folder.join("known-leaks.lock");
        let lock = fs::File::create(&path).and_then(|lock| lock.lock().map(|()| lock));
        let _lock = lock.map_err(|error| cannot(&path, &error.to_string()))?;

        let before = read(file).map_err(|error| cannot(file, &error))?;
        let list = self.updated(&before, described);
        if list == before {
            return Ok(());
        }
        let written = match list.is_empty() {
            true => fs::remove_file(file),
            false => write_whole(file, list.to_string().as_bytes()),
        };
        written.map_err(|error| cannot(file, &error.to_string()))
    }

    fn updated(&self, before: &List, described: &[Entry]) -> List {
        let mut list = before.clone();
        for entry in described {
            if self.is_answered(entry.fingerprint) {
                continue;
            }
            let mut entry = entry.clone();
            // What people wrote of it stays with it.
            if let Some((alike, _)) = alike(&entry, before) {
                entry.reason.clone_from(&alike.reason);
                entry.link.clone_from(&alike.link);
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

/// A new entry, with what leaks as the reason, for a person to put the reason there.
fn described(kind: &LeakKind, leaks: &Leaks) -> Entry {
    let snapshot = leaks.snapshot();
    let steps = kind.rings.iter().flatten();
    let steps = steps.map(|step| field(snapshot, step.path).to_string());
    let fields: Vec<String> = steps.collect();
    let first = kind.rings.first().map_or(0, Vec::len).min(4);
    let mut entry = Entry::new(
        kind.fingerprint,
        format!("not reviewed yet: {}", fields[..first].join(" → ")),
    );
    entry.fields = sorted(fields.into_iter());
    let nodes = kind.groups.iter().flat_map(|group| &group.cycle);
    let sites = nodes.filter_map(|&node| snapshot.node(node).site());
    entry.sites = sorted(sites.map(ToString::to_string));
    entry
}

/// Each text once, sorted.
fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let texts: BTreeSet<String> = texts.collect();
    texts.into_iter().collect()
}

/// The entry of another fingerprint that describes the same leak, and what they have in common.
fn alike<'l>(new: &Entry, list: &'l List) -> Option<(&'l Entry, &'static str)> {
    let others = || {
        let entries = list.entries().iter();
        entries.filter(|entry| entry.fingerprint != new.fingerprint)
    };
    let by_fields = others().find(|entry| !new.fields.is_empty() && entry.fields == new.fields);
    let by_sites = others().find(|entry| !new.sites.is_empty() && entry.sites == new.sites);
    let by_fields = by_fields.map(|entry| (entry, "the same fields"));
    by_fields.or_else(|| by_sites.map(|entry| (entry, "objects made at the same lines")))
}

/// What the list says of a leak that is not known for the test.
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
    let (entry, what) = alike(new, list)?;
    Some(format!(
        "{} looks like known leak {}:\nit has {what}. OBJGRAPH_UPDATE=1 renames the entry.",
        new.fingerprint, entry.fingerprint
    ))
}
