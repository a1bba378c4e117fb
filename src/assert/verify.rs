//! `verify_main!`: checks the whole test program when its tests are done.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::env;
use std::process::{ExitCode, Termination};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use objgraph_core::__private::inventory;
use objgraph_core::Scope;

use super::check::LeakCheck;
use super::notes;
use super::off::can_check;
use super::report::fail;
use super::surroundings::Surroundings;
use super::test_name::{Target, TestName};

/// A test of this program, as the linker lists it.
#[derive(Debug)]
pub struct TestEntry {
    /// The path of the function, from the crate on.
    pub name: &'static str,
    /// Whether it runs only on request.
    pub ignored: bool,
}

inventory::collect!(TestEntry);

/// Time without a test that runs, begins or ends, after which missing tests are not waited for.
const IDLE: Duration = Duration::from_secs(5);

/// The progress of the tests.
#[derive(Debug, Default)]
struct Progress {
    /// How many times each test is running; 0 once it is done.
    tests: BTreeMap<&'static str, usize>,
    /// Scopes whose leaks are reported elsewhere: those of the tests, and those for which an assertion
    /// failed.
    scopes: Vec<Scope>,
    /// The scopes of the tests that are running.
    running: Vec<Scope>,
}

static PROGRESS: Mutex<Progress> = Mutex::new(Progress {
    tests: BTreeMap::new(),
    scopes: Vec::new(),
    running: Vec::new(),
});
static CHANGED: Condvar = Condvar::new();

fn progress() -> MutexGuard<'static, Progress> {
    PROGRESS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Records that an assertion has reported the leaks of this scope.
pub(super) fn record_reported(scope: Option<&Scope>) {
    progress().scopes.extend(scope.cloned());
}

/// Returns whether a running test will check this scope at its end.
pub(super) fn is_within_a_test(scope: Option<&Scope>) -> bool {
    scope.is_some_and(|scope| {
        let running = progress().running.clone();
        running.iter().any(|test| test.contains(scope.number()))
    })
}

/// The name of the test that [`verify_main!`](crate::verify_main) adds.
const VERIFY_MAIN: &str = "::zz_objgraph_verify_main";

/// Returns whether all tests of this run are done.
fn are_all_done() -> bool {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let filter = Filter::new(env::args().skip(1));
    let progress = progress();
    let is_done = |entry: &TestEntry| progress.tests.get(entry.name) == Some(&0);
    progress.tests.values().all(|&tests| tests == 0)
        && inventory::iter::<TestEntry>
            .into_iter()
            .filter(|entry| filter.runs(entry))
            .all(is_done)
}

/// Prints the summary of the notes if the tests of this run are done.
pub(super) fn summarise_at_the_end() {
    if are_all_done() {
        notes::summarise();
    }
}

/// A test in progress, until this is dropped.
#[derive(Debug)]
pub(super) struct TestInProgress {
    name: &'static str,
    scope: Scope,
}

impl TestInProgress {
    pub(super) fn new(name: &'static str, scope: &Scope) -> Self {
        let mut progress = progress();
        *progress.tests.entry(name).or_default() += 1;
        progress.scopes.push(scope.clone());
        progress.running.push(scope.clone());
        CHANGED.notify_all();
        Self {
            name,
            scope: scope.clone(),
        }
    }
}

impl Drop for TestInProgress {
    fn drop(&mut self) {
        let mut progress = progress();
        if let Some(running) = progress.tests.get_mut(self.name) {
            *running = running.saturating_sub(1);
        }
        let number = self.scope.number();
        progress.running.retain(|scope| scope.number() != number);
        CHANGED.notify_all();
    }
}

/// Waits until the other tests are done, and checks the process.
///
/// # Panics
///
/// If something leaked that no test reported.
#[track_caller]
pub fn verify_tests(krate: &'static str, target: Target) {
    if !can_check() {
        return;
    }
    let surroundings = Surroundings::now();
    if !surroundings.alone {
        let filter = Filter::new(env::args().skip(1));
        wait_for(|entry| filter.runs(entry) && !entry.name.ends_with(VERIFY_MAIN));
    }
    verify(krate, &target);
    notes::summarise();
}

#[track_caller]
fn verify(krate: &'static str, target: &Target) {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let test = TestName::new(&format!("{krate}::verify_main"), target);
    let reported = progress().scopes.clone();
    let mut check = LeakCheck::outside(reported);
    check.test = Some(test.clone());
    check.is_end_of_test = true;
    match check.verdict() {
        Ok(unproven) => notes::note(&test, &notes::of(unproven.as_ref())),
        Err(failure) => fail(&failure, &test),
    }
}

/// Runs a program, and checks the process when it is done.
#[track_caller]
pub fn verify_program<T: Termination>(
    krate: &'static str,
    target: Target,
    main: impl FnOnce() -> T,
) -> ExitCode {
    let code = main().report();
    if can_check() {
        verify(krate, &target);
        notes::summarise();
    }
    code
}

fn wait_for(runs: impl Fn(&TestEntry) -> bool) {
    let expected: Vec<&TestEntry> = inventory::iter::<TestEntry>
        .into_iter()
        .filter(|entry| runs(entry))
        .collect();
    let mut progress = progress();
    loop {
        let is_running = progress.tests.values().any(|&tests| tests > 0);
        let is_missing = expected
            .iter()
            .any(|entry| !progress.tests.contains_key(entry.name));
        if !is_running && !is_missing {
            return;
        }
        let waited = CHANGED.wait_timeout(progress, IDLE);
        let (guard, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        progress = guard;
        let is_running = progress.tests.values().any(|&tests| tests > 0);
        if timeout.timed_out() && !is_running {
            return;
        }
    }
}

/// The tests that the harness of `cargo test` is to run.
#[derive(Debug, Default)]
struct Filter {
    names: Vec<String>,
    skipped: Vec<String>,
    exact: bool,
    ignored: bool,
    all: bool,
}

impl Filter {
    fn new(arguments: impl Iterator<Item = String>) -> Self {
        /// Options that take a value as the next argument.
        const WITH_VALUE: [&str; 8] = [
            "--test-threads",
            "--logfile",
            "--color",
            "--format",
            "--report-time",
            "-Z",
            "--shuffle-seed",
            "--nocapture-to",
        ];
        let mut filter = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--exact" => filter.exact = true,
                "--ignored" => filter.ignored = true,
                "--include-ignored" => filter.all = true,
                "--skip" => filter.skipped.extend(arguments.next()),
                option if WITH_VALUE.contains(&option) => drop(arguments.next()),
                option if option.starts_with("--skip=") => {
                    filter.skipped.push(option["--skip=".len()..].to_owned());
                }
                option if option.starts_with('-') => {}
                _ => filter.names.push(argument),
            }
        }
        filter
    }

    fn runs(&self, entry: &TestEntry) -> bool {
        let name = entry
            .name
            .split_once("::")
            .map_or(entry.name, |name| name.1);
        let fits = |wanted: &String| match self.exact {
            true => name == wanted,
            false => name.contains(wanted.as_str()),
        };
        let is_wanted = self.names.is_empty() || self.names.iter().any(fits);
        let is_kind = self.all || entry.ignored == self.ignored;
        is_wanted && is_kind && !self.skipped.iter().any(fits)
    }
}
