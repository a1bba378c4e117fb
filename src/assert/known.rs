//! Known leaks: a committed list, from which what no longer leaks has to go.

mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::check::LeakCheck;
use super::failure::Failure;
use super::surroundings::{Surroundings, short, target_folder};
use crate::analysis::{Fingerprint, LeakKind, Leaks, field};
use crate::report::write_whole;
use file::{Entry, List};

/// The name of the file, beside the `Cargo.toml` of the package.
const NAME: &str = "objgraph-leaks.toml";

/// What is known of the leaks of one test.
#[derive(Debug, Default)]
pub(super) struct Known {
    known: BTreeSet<Fingerprint>,
    stale: BTreeSet<Fingerprint>,
    file: PathBuf,
    test: String,
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
        let fingerprints: BTreeSet<Fingerprint> =
            found.iter().flat_map(|kind| kind.fingerprints()).collect();
        if Surroundings::now().update {
            let news = found.iter().filter_map(|kind| news(kind, leaks?));
            let update = Update {
                test: &test.name,
                found: &fingerprints,
                news: news.collect(),
                is_end_of_test: check.is_end_of_test,
            };
            update
                .run(&file, package)
                .map_err(|error| cannot(&file, &error))?;
            return Ok(Self {
                known: fingerprints,
                ..Self::default()
            });
        }
        let list = read(&file).map_err(|error| cannot(&file, &error))?;
        let known: BTreeSet<Fingerprint> = list.of_test(&test.name).collect();
        let stale = known.difference(&fingerprints).copied();
        Ok(Self {
            stale: match check.is_end_of_test {
                true => stale.collect(),
                false => BTreeSet::new(),
            },
            known,
            test: test.name.clone(),
            file,
        })
    }

    pub(super) fn contains(&self, kind: &LeakKind) -> bool {
        kind.fingerprints()
            .any(|fingerprint| self.known.contains(&fingerprint))
    }

    /// That nothing is on the list which did not occur.
    pub(super) fn stale(&self) -> Result<(), Failure> {
        let Some(first) = self.stale.first() else {
            return Ok(());
        };
        let file = short(&self.file);
        let stale: Vec<String> = self.stale.iter().map(|one| format!("  {one}")).collect();
        Err(Failure::new(
            format!("a known leak no longer occurs: remove {first}"),
            format!(
                "{file} lists for {}:\n{}\nIt did not leak this time. Remove the test from that \
                 entry, or the entry;\nOBJGRAPH_UPDATE=1 does it.",
                self.test,
                stale.join("\n")
            ),
        ))
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
fn news(kind: &LeakKind, leaks: &Leaks) -> Option<Entry> {
    let snapshot = leaks.snapshot();
    let steps = kind.rings.first()?.iter().take(4);
    let names = steps.map(|step| field(snapshot, step.path).to_string());
    let names: Vec<String> = names.collect();
    Some(Entry::new(
        kind.fingerprint,
        format!("not looked into yet: {}", names.join(" → ")),
    ))
}

/// What one test changes in the list.
struct Update<'u> {
    test: &'u str,
    found: &'u BTreeSet<Fingerprint>,
    news: Vec<Entry>,
    is_end_of_test: bool,
}

impl Update<'_> {
    /// Tests of this process, and of others, may be at it at the same time.
    fn run(&self, file: &Path, package: &Path) -> Result<(), String> {
        static TURNS: Mutex<()> = Mutex::new(());

        let _turn = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = target_folder(Some(package)).join("objgraph");
        let text = |error: io::Error| error.to_string();
        fs::create_dir_all(&folder).map_err(text)?;
        let lock = fs::File::create(folder.join("known-leaks.lock")).map_err(text)?;
        lock.lock().map_err(text)?;

        let before = read(file)?;
        let mut list = before.clone();
        for entry in &self.news {
            list.add(entry, self.test);
        }
        if self.is_end_of_test {
            list.remove(self.test, |fingerprint| !self.found.contains(&fingerprint));
        }
        if list == before {
            return Ok(());
        }
        match list.is_empty() {
            true => fs::remove_file(file).map_err(text),
            false => write_whole(file, list.to_string().as_bytes()).map_err(text),
        }
    }
}
