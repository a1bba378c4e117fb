//! The run of a test with `#[objgraph::test]`.

use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use objgraph_core::{Scope, advance_epoch};

use super::check::{Attempts, LeakCheck, Verdict, WAIT, is_strict};
use super::conclusion::Conclusion;
use super::growth::{Calls, UnseenGrowth, no_growth};
use super::known;
use super::notes;
use super::off::can_check;
use super::outcome::{Ending, Outcome, message};
use super::outside::Run;
use super::surroundings::Surroundings;
use super::test_name::{Target, TestName};
use super::verify::{TestInProgress, summarise_at_the_end};
use crate::report::advise_on_the_command;

/// The arguments of the attribute, and what the macro knows about the function.
#[derive(Clone, Copy, Debug)]
pub struct TestOptions {
    /// The path of the function, from the crate on.
    pub name: &'static str,
    /// The build target.
    pub target: Target,
    /// Fingerprints and types that may leak.
    pub allow: &'static [&'static str],
    /// Number of further checks if something has leaked.
    pub retries: u32,
    /// Number of calls of the body in a round of the check for growth, if there is one.
    pub growth: Option<u32>,
    /// Number of calls of the body before the first round.
    pub warm_up: Option<u32>,
    /// Whether objects that are alive at the end count as leaked.
    pub deny_survivors: bool,
    /// Whether the test fails if it cannot prove that nothing leaked.
    pub strict: bool,
    /// Whether the test passes with likely leaks.
    pub allow_likely: bool,
    /// Maximum wait for stragglers, in milliseconds.
    pub wait: Option<u64>,
    /// Whether the test should panic, and with which text in the message.
    pub should_panic: Option<Option<&'static str>>,
    /// Whether it runs once, rather than for each of several cases.
    pub is_once: bool,
}

/// A test that is running.
struct TestRun<'o> {
    options: &'o TestOptions,
    test: TestName,
    scope: Scope,
    check: LeakCheck,
    /// `None` if nothing else runs: then what was made outside of the scope counts as made in it.
    run: Option<Run>,
    in_progress: Option<TestInProgress>,
    /// Growth that may have happened, and could not be measured.
    unseen: Option<UnseenGrowth>,
}

impl<'o> TestRun<'o> {
    fn new(options: &'o TestOptions) -> Self {
        let scope = Scope::new(options.name);
        let test = match options.is_once {
            true => TestName::new(options.name, &options.target),
            false => TestName::case(options.name, &options.target),
        };
        let surroundings = Surroundings::now();
        if surroundings.command {
            advise_on_the_command(cfg!(feature = "owners"));
        }
        let (mut check, run) = match surroundings.alone {
            true => (LeakCheck::since(&scope, advance_epoch()), None),
            false => (LeakCheck::of(&scope), Some(Run::begin(&test.name))),
        };
        for allowed in options.allow {
            check = check.allow(*allowed);
        }
        if options.deny_survivors {
            check = check.deny_survivors();
        }
        if options.strict {
            check = check.strict();
        }
        if options.allow_likely {
            check = check.allow_likely();
        }
        let wait = options.wait.map_or(WAIT, Duration::from_millis);
        check = check.wait(wait).retries(options.retries);
        check.test = Some(test.clone());
        Self {
            options,
            test,
            check,
            run,
            in_progress: Some(TestInProgress::new(options.name, &scope)),
            scope,
            unseen: None,
        }
    }

    /// Records that the body begins, for the first time or again.
    fn begin_body() {
        TestName::begin_body();
        known::begin_body();
    }

    fn inside<T>(&self, run: impl FnOnce() -> T) -> T {
        let _entered = self.scope.enter();
        self.test.during(run)
    }

    /// Ends the test: returns its result, or panics, given how the body ended and what was found
    /// afterwards.
    #[track_caller]
    fn end<R: Outcome>(mut self, ended: Ending<R>, found: Verdict) -> R {
        let mut conclusion = self.conclude(&ended, found);
        if let Some(folder) = Surroundings::now().record {
            conclusion = conclusion.recorded(&folder, &self.test, &self.options.target);
        }
        conclusion.note(&self.test);
        // The last test prints the summary, so this test must have printed its notes before.
        drop(self.in_progress.take());
        summarise_at_the_end();
        let found = conclusion.found.map(drop);
        let failure = match (ended, found) {
            (Ending::Returned(returned), Ok(())) => return returned,
            (Ending::Panicked(panic), Ok(())) => resume_unwind(panic),
            (Ending::NotAsItShould(text), Ok(())) => panic!("{text}"),
            // The text was printed, so the panic hook must not print it again.
            (Ending::Failed(text), Ok(())) => resume_unwind(Box::new(text)),
            (Ending::Returned(returned), Err(failure)) => match returned.error() {
                None => failure,
                Some(error) => {
                    failure.instead("the test failed, and leaked", &format!("Err({error})"))
                }
            },
            (Ending::Panicked(panic), Err(failure)) => failure.instead(
                "the test panicked, and leaked",
                &format!("The panic: {}", message(&*panic)),
            ),
            (Ending::NotAsItShould(text) | Ending::Failed(text), Err(failure)) => {
                failure.instead("the test failed, and leaked", &text)
            }
        };
        super::report::fail(&failure, &self.test)
    }

    /// Collects what is not proven, about the test and about objects made outside of every scope. A
    /// strict test that did not fail otherwise fails for these.
    fn conclude<R: Outcome>(&mut self, ended: &Ending<R>, found: Verdict) -> Conclusion {
        let is_strict = self.options.strict || is_strict(&self.test);
        let strays = self
            .run
            .take()
            .and_then(|run| run.end(is_strict, self.options.allow));
        let has_succeeded = match ended {
            Ending::Returned(returned) => returned.error().is_none(),
            _ => false,
        };
        let has_passed = has_succeeded && found.is_ok();
        let mut conclusion = Conclusion {
            has_succeeded,
            found,
            notes: Vec::new(),
            together: None,
        };
        if let (Some(strays), true, true) = (&strays, is_strict, has_passed) {
            conclusion.found = Err(strays.failure());
            return conclusion;
        }
        if let (Ok(unproven), true) = (&conclusion.found, has_passed) {
            conclusion.notes = notes::of(unproven.as_ref());
        }
        if let Some(strays) = strays {
            let is_own = strays.tests.len() == 1 && strays.tests.contains(&self.test.name);
            match is_own && has_passed {
                true => conclusion.notes.push(strays.in_line()),
                false => {
                    let line = strays.in_line();
                    conclusion.together = Some((strays.tests, line));
                }
            }
        }
        if let (Some(unseen), true) = (self.unseen.take(), has_passed) {
            if is_strict && unseen.is_untraced() {
                conclusion.found = Err(unseen.failure());
                conclusion.notes.clear();
                return conclusion;
            }
            // Otherwise the same objects may have been mentioned already.
            if conclusion.notes.is_empty() {
                conclusion.notes.push(unseen.in_line());
            }
        }
        conclusion
    }

    /// Checks for leaks after the body ended. An error or payload with which the body failed may own
    /// objects, so it is dropped before they are reported.
    fn check<R: Outcome>(&self, ended: Ending<R>) -> (Ending<R>, Verdict) {
        let check = self.last_check(&ended);
        if !ended.has_value() {
            let found = check.verdict();
            return (ended, found);
        }
        match self.first_check(&check).run() {
            Ok(()) => (ended, Ok(None)),
            Err(_) => {
                let ended = ended.drop_value();
                let found = check.verdict();
                (ended, found)
            }
        }
    }

    /// Returns the check before the error or payload of the body is dropped: it does not wait.
    fn first_check(&self, check: &LeakCheck) -> LeakCheck {
        check.clone().wait(Duration::ZERO).retries(0)
    }

    /// Returns the check for the end of the test. It looks for stale known leaks if the whole body
    /// ran.
    fn last_check<R: Outcome>(&self, ended: &Ending<R>) -> LeakCheck {
        let mut check = self.check.clone();
        check.is_end_of_test = match ended {
            Ending::Returned(returned) => self.options.is_once && returned.error().is_none(),
            _ => false,
        };
        check
    }
}

/// Runs a test: the body in a scope of its own, then the check.
#[track_caller]
pub fn run<R: Outcome>(options: &TestOptions, body: impl FnOnce() -> R) -> R {
    if !can_check() {
        let result = match options.should_panic {
            None => Ok(body()),
            Some(_) => catch_unwind(AssertUnwindSafe(body)),
        };
        return untracked(Ending::judge(result, options.should_panic));
    }
    let running = TestRun::new(options);
    TestRun::begin_body();
    let result = running.inside(|| catch_unwind(AssertUnwindSafe(body)));
    let (ended, found) = running.check(Ending::judge(result, options.should_panic));
    running.end(ended, found)
}

/// Runs a test whose body can be repeated, and repeats it if `growth` is set.
#[track_caller]
pub fn run_repeated<R: Outcome>(options: &TestOptions, body: impl Fn() -> R) -> R {
    let Some(repeat) = options.growth else {
        return run(options, body);
    };
    if !can_check() {
        return body();
    }
    let mut running = TestRun::new(options);
    let calls = Calls::new(Some(repeat), options.warm_up);
    let mut found = Ok(None);
    let result = running.inside(|| {
        catch_unwind(AssertUnwindSafe(|| {
            TestRun::begin_body();
            let first = body();
            if first.error().is_some() {
                return first;
            }
            let failed = RefCell::new(None);
            found = no_growth(calls, || {
                TestRun::begin_body();
                let returned = body();
                if returned.error().is_some() {
                    failed.borrow_mut().get_or_insert(returned);
                }
            });
            failed.into_inner().unwrap_or(first)
        }))
    });
    let (ended, leaked) = running.check(Ending::judge(result, options.should_panic));
    let found = match (found, leaked) {
        (Err(grown), Err(leaked)) => Err(leaked.and(grown)),
        (Err(grown), Ok(_)) => Err(grown),
        (Ok(unseen), leaked) => {
            running.unseen = unseen;
            leaked
        }
    };
    running.end(ended, found)
}

/// A test whose body was a future: it has ended and was checked.
#[derive(Debug)]
pub struct CheckedTest<'o, R> {
    ended: Ending<R>,
    /// `None` if nothing could be checked.
    checked: Option<(TestRun<'o>, Verdict)>,
}

impl std::fmt::Debug for TestRun<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TestRun").field(&self.test.name).finish()
    }
}

/// Runs a future as a test.
pub async fn run_future<R: Outcome>(
    options: &TestOptions,
    body: impl Future<Output = R>,
) -> CheckedTest<'_, R> {
    let running = can_check().then(|| TestRun::new(options));
    TestRun::begin_body();
    let result = {
        let mut body = Box::pin(body);
        poll_fn(|context| {
            let mut poll = || catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(context)));
            let polled = match &running {
                Some(running) => running.inside(poll),
                None => poll(),
            };
            match polled {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(returned)) => Poll::Ready(Ok(returned)),
                Err(panic) => Poll::Ready(Err(panic)),
            }
        })
        .await
    };
    let mut ended = Ending::judge(result, options.should_panic);
    let mut checked = None;
    if let Some(running) = running {
        let check = running.last_check(&ended);
        if ended.has_value() && running.first_check(&check).run().is_err() {
            ended = ended.drop_value();
        }
        let found = {
            let mut attempts = Attempts::new(&check, true);
            loop {
                match attempts.next() {
                    Some(found) => break found,
                    // A task of this thread may have to run before an object is dropped.
                    None => yield_once().await,
                }
            }
        };
        checked = Some((running, found));
    }
    CheckedTest { ended, checked }
}

impl<R: Outcome> CheckedTest<'_, R> {
    /// Returns the result of the test.
    ///
    /// # Panics
    ///
    /// If it failed.
    #[track_caller]
    pub fn end(self) -> R {
        match self.checked {
            Some((running, found)) => running.end(self.ended, found),
            None => untracked(self.ended),
        }
    }
}

#[track_caller]
fn untracked<R>(ended: Ending<R>) -> R {
    match ended {
        Ending::Returned(returned) => returned,
        Ending::Panicked(panic) => resume_unwind(panic),
        Ending::NotAsItShould(text) => panic!("{text}"),
        Ending::Failed(text) => resume_unwind(Box::new(text)),
    }
}

/// Lets other tasks run, once.
async fn yield_once() {
    let mut has_yielded = false;
    pin!(poll_fn(|context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }))
    .await;
}
