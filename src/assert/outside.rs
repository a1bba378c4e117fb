//! Objects made outside of every scope while tests ran: on threads and in tasks that did not enter
//! one.
//!
//! If several tests ran at the time, any of them may have made an object. It is reported when the
//! last of them has ended, because their threads may use it until then.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use objgraph_core::{Node, advance_epoch};

use super::check::{BRIEFLY, WAIT};
use super::failure::Failure;
use super::part::Part;
use super::patience::{Patience, is_shared};
use crate::analysis::{Leaks, UnprovenObjects};
use crate::order;
use crate::report::{kinds_in_line, unproven_in_line};
use crate::words::count as count_of;

/// The tests that run, and those that ran at the same time as one of them.
static RUNS: Mutex<Runs> = Mutex::new(Runs {
    all: Vec::new(),
    next: 0,
});

#[derive(Debug)]
struct Runs {
    all: Vec<RunRecord>,
    next: u64,
}

/// A test, and the epochs in which it ran.
#[derive(Clone, Debug)]
struct RunRecord {
    number: u64,
    test: String,
    from: u32,
    /// The first epoch after it; `None` while it runs.
    until: Option<u32>,
}

impl Runs {
    fn begin(&mut self, test: &str, from: u32) -> u64 {
        self.next += 1;
        self.all.push(RunRecord {
            number: self.next,
            test: test.to_owned(),
            from,
            until: None,
        });
        self.next
    }

    /// Ends a run. Returns the epochs in which only tests ran that have ended, each with its test.
    /// Each part of a run is returned once.
    fn end(&mut self, number: u64, until: u32) -> Vec<(String, u32, u32)> {
        for row in self.all.iter_mut().filter(|row| row.number == number) {
            row.until = Some(until);
        }
        let running = self.all.iter().filter(|row| row.until.is_none());
        let settled = running.map(|row| row.from).min().unwrap_or(u32::MAX);
        let mut parts = Vec::new();
        self.all.retain_mut(|row| {
            let Some(until) = row.until else {
                return true;
            };
            let end = until.min(settled);
            if row.from < end {
                parts.push((row.test.clone(), row.from, end));
                row.from = end;
            }
            row.from < until
        });
        parts
    }
}

fn runs() -> MutexGuard<'static, Runs> {
    RUNS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A test that runs, until this is dropped.
#[derive(Debug)]
pub(super) struct Run(u64);

impl Run {
    pub(super) fn begin(test: &str) -> Self {
        // The epoch advances under the lock, so that runs are in the order of their epochs.
        let mut runs = runs();
        let from = advance_epoch();
        Self(runs.begin(test, from))
    }

    /// Ends the run. Returns what may have leaked outside of every scope while only tests ran that
    /// have ended. Waits for it to be dropped, longer if the test is strict. Objects of the allowed
    /// types do not count.
    pub(super) fn end(self, is_strict: bool, allowed: &[&str]) -> Option<Strays> {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let parts = {
            let mut runs = runs();
            let until = advance_epoch();
            let parts = runs.end(self.0, until);
            std::mem::forget(self);
            parts
        };
        let mut patience = Patience::new(if is_strict { WAIT } else { BRIEFLY });
        loop {
            let strays = Strays::of(&parts, allowed)?;
            if !(strays.may_go() && patience.pause()) {
                return Some(strays);
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let until = advance_epoch();
        drop(runs().end(self.0, until));
    }
}

/// Objects that were made outside of every scope while tests ran, and have leaked or may have.
#[derive(Debug)]
pub(super) struct Strays {
    /// The tests that ran then.
    pub(super) tests: BTreeSet<String>,
    leaks: Leaks,
    unproven: Option<UnprovenObjects>,
}

impl Strays {
    fn of(parts: &[(String, u32, u32)], allowed: &[&str]) -> Option<Self> {
        let part = Part::Stray(parts.iter().map(|part| (part.1, part.2)).collect());
        // A likely leak outside of every scope is mentioned as a possible one.
        let leaks = part.leaks()?.without_likely();
        let is_wanted = |node: Node<'_>| {
            let mut allowed = allowed.iter();
            part.made(node) && !allowed.any(|name| node.type_info().matches(name))
        };
        let snapshot = Arc::clone(leaks.snapshot());
        let is_wanted_node = |node| is_wanted(snapshot.node(node));
        let leaks = leaks.only(is_wanted_node, |_| false, |_| true);
        let unproven =
            UnprovenObjects::among(&leaks, |node| is_wanted(node) && !is_of_a_test(node));
        if leaks.is_empty() && unproven.is_none() {
            return None;
        }
        let reported = leaks
            .iter()
            .map(|object| object.node())
            .chain(unproven.iter().flat_map(UnprovenObjects::nodes));
        let epochs = order::distinct(reported.map(|node| node.epoch()));
        let ran = parts.iter().filter(|(_, from, until)| {
            let mut epochs = epochs.iter();
            epochs.any(|epoch| (from..until).contains(&epoch))
        });
        Some(Self {
            tests: ran.map(|part| part.0.clone()).collect(),
            leaks,
            unproven,
        })
    }

    /// Returns whether another thread may drop some of them.
    fn may_go(&self) -> bool {
        let mut unproven = self.unproven.iter().flat_map(UnprovenObjects::nodes);
        unproven.any(|node| is_shared(node.pointer_kind()))
    }

    /// Returns a description, as part of a line.
    pub(super) fn in_line(&self) -> String {
        if !crate::HAS_OBJECTS {
            return crate::nothing();
        }
        let leaked = (!self.leaks.is_empty()).then(|| {
            format!(
                "{} leaked ({})",
                count_of(self.leaks.len(), "object", "objects"),
                kinds_in_line(self.leaks.snapshot(), self.leaks.nodes()),
            )
        });
        let unproven = self.unproven.as_ref().map(unproven_in_line);
        let all: Vec<String> = leaked.into_iter().chain(unproven).collect();
        format!(
            "outside of every scope {}; start its thread with objgraph::scope::spawn_in_current_scope, \
             its task with objgraph::scope::in_current_scope",
            all.join("; and ")
        )
    }

    /// Returns the failure of a strict test.
    pub(super) fn failure(&self) -> Failure {
        if !crate::HAS_OBJECTS {
            return Failure::new("", "");
        }
        let tests: Vec<&str> = self.tests.iter().map(String::as_str).collect();
        let explanation = format!(
            "It was made on a thread, or in a task, that did not enter the scope of a test.\n\
             Start threads with objgraph::scope::spawn_in_current_scope, and tasks with\n\
             objgraph::scope::in_current_scope. These tests ran at the time:\n  {}",
            tests.join("\n  ")
        );
        let failure = match (&self.unproven, self.leaks.is_empty()) {
            (Some(unproven), true) => Failure::unproven(unproven),
            (Some(unproven), false) => {
                Failure::leaked(self.leaks.clone(), None, &[]).and(Failure::unproven(unproven))
            }
            (None, _) => Failure::leaked(self.leaks.clone(), None, &[]),
        };
        let headline = format!("outside of every scope: {}", failure.headline());
        failure.instead(&headline, &explanation)
    }
}

/// Returns whether the object seems to belong to another test, one without the attribute: the name
/// of the thread that made it reads like the path of a function. Such a test may still use it.
fn is_of_a_test(node: Node<'_>) -> bool {
    let is_own = |name: &str| thread::current().name() == Some(name);
    node.thread()
        .is_some_and(|name| name != "main" && !is_own(name) && name.split("::").all(is_identifier))
}

fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars();
    let is_first = |c: char| c.is_alphabetic() || c == '_';
    letters.next().is_some_and(is_first) && letters.all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs() -> Runs {
        Runs {
            all: Vec::new(),
            next: 0,
        }
    }

    #[test]
    fn a_test_that_runs_alone_settles_at_its_end() {
        let mut runs = runs();
        let one = runs.begin("one", 3);
        assert_eq!(runs.end(one, 5), [("one".to_owned(), 3, 5)]);
        let two = runs.begin("two", 6);
        assert_eq!(runs.end(two, 7), [("two".to_owned(), 6, 7)]);
        assert!(runs.all.is_empty());
    }

    #[test]
    fn epochs_of_tests_that_run_together_settle_at_the_last_end() {
        let mut runs = runs();
        let one = runs.begin("one", 3);
        let two = runs.begin("two", 5);
        assert_eq!(runs.end(one, 7), [("one".to_owned(), 3, 5)]);
        let rest = [("one".to_owned(), 5, 7), ("two".to_owned(), 5, 9)];
        assert_eq!(runs.end(two, 9), rest);
        assert!(runs.all.is_empty());
    }

    #[test]
    fn threads_of_tests_are_named_like_functions() {
        for (name, is_test) in [
            ("ui::closes", true),
            ("closes", true),
            ("tokio-rt-worker", false),
            ("thread 7", false),
            ("", false),
        ] {
            assert_eq!(name.split("::").all(is_identifier), is_test, "{name}");
        }
    }
}
