//! What runs below `#[objgraph::test]`.

use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use objgraph_core::{Scope, advance_epoch};

use super::check::{LeakCheck, Looks, Verdict, WAIT, is_strict};
use super::failure::Failure;
use super::growth::{Calls, Unseen, no_growth};
use super::known;
use super::notes;
use super::off::can_check;
use super::outcome::{Ended, Outcome, message};
use super::outside::Run;
use super::surroundings::Surroundings;
use super::test_name::{Target, TestName};
use super::verify::{Started, summarise_at_the_end};

/// What stands in the attribute's parentheses, and what the macro knows of the function.
#[derive(Clone, Copy, Debug)]
pub struct TestOptions {
    /// The path of the function, from the crate on.
    pub name: &'static str,
    /// The build target.
    pub target: Target,
    /// Fingerprints and types that may leak.
    pub allow: &'static [&'static str],
    /// How many times to look again.
    pub retries: u32,
    /// How often the body runs in a round, to see whether anything grows.
    pub growth: Option<u32>,
    /// How often the body runs before the first round.
    pub warm_up: Option<u32>,
    /// Whether objects that are alive count as leaked.
    pub alive: bool,
    /// Whether the test fails where it cannot prove that nothing leaked.
    pub strict: bool,
    /// How long to wait for stragglers, in milliseconds.
    pub wait: Option<u64>,
    /// Whether the test is to panic, and with which text in the message.
    pub should_panic: Option<Option<&'static str>>,
    /// Whether it runs once, and not for each of several cases.
    pub is_once: bool,
}

/// A test that is under way.
struct Running<'o> {
    options: &'o TestOptions,
    test: TestName,
    scope: Scope,
    check: LeakCheck,
    /// `None` where nothing else runs: then what was made outside of the scope counts as made in
    /// it.
    run: Option<Run>,
    started: Option<Started>,
    /// Growth that may have happened and was not seen.
    unseen: Option<Unseen>,
}

impl<'o> Running<'o> {
    fn new(options: &'o TestOptions) -> Self {
        let scope = Scope::new(options.name);
        let test = match options.is_once {
            true => TestName::new(options.name, &options.target),
            false => TestName::case(options.name, &options.target),
        };
        let (mut check, run) = match Surroundings::now().alone {
            true => (LeakCheck::since(&scope, advance_epoch()), None),
            false => (LeakCheck::of(&scope), Some(Run::begin(&test.name))),
        };
        for allowed in options.allow {
            check = check.allow(*allowed);
        }
        if options.alive {
            check = check.alive();
        }
        if options.strict {
            check = check.strict();
        }
        let wait = options.wait.map_or(WAIT, Duration::from_millis);
        check = check.wait(wait).retries(options.retries);
        check.test = Some(test.clone());
        Self {
            options,
            test,
            check,
            run,
            started: Some(Started::new(options.name, &scope)),
            scope,
            unseen: None,
        }
    }

    /// Says that the body begins, for the first time or once more.
    fn begin_body() {
        TestName::begin_body();
        known::begin_body();
    }

    fn inside<T>(&self, run: impl FnOnce() -> T) -> T {
        let _entered = self.scope.enter();
        self.test.during(run)
    }

    /// What the test comes to, given how it ended and what was found afterwards.
    #[track_caller]
    fn end<R: Outcome>(mut self, ended: Ended<R>, found: Verdict) -> R {
        let found = self.end_run(&ended, found);
        // The last test of the process is done when it has printed what it has to.
        drop(self.started.take());
        summarise_at_the_end();
        let failure = match (ended, found) {
            (Ended::Returned(returned), Ok(())) => return returned,
            (Ended::Panicked(panic), Ok(())) => resume_unwind(panic),
            (Ended::NotAsItShould(text), Ok(())) => panic!("{text}"),
            // It was printed, so the panic hook has nothing to add.
            (Ended::Failed(text), Ok(())) => resume_unwind(Box::new(text)),
            (Ended::Returned(returned), Err(failure)) => match returned.error() {
                None => failure,
                Some(error) => {
                    failure.instead("the test failed, and leaked", &format!("Err({error})"))
                }
            },
            (Ended::Panicked(panic), Err(failure)) => failure.instead(
                "the test panicked, and leaked",
                &format!("The panic: {}", message(&*panic)),
            ),
            (Ended::NotAsItShould(text) | Ended::Failed(text), Err(failure)) => {
                failure.instead("the test failed, and leaked", &text)
            }
        };
        super::tell::fail(&failure, &self.test)
    }

    /// Prints what is not proven, of the test and of what was made outside of every scope; where the
    /// test is strict, and did not fail in another way, that makes it fail.
    fn end_run<R: Outcome>(&mut self, ended: &Ended<R>, found: Verdict) -> Result<(), Failure> {
        let is_strict = self.options.strict || is_strict(&self.test);
        let strays = self
            .run
            .take()
            .and_then(|run| run.end(is_strict, self.options.allow));
        let has_passed = match ended {
            Ended::Returned(returned) => found.is_ok() && returned.error().is_none(),
            _ => false,
        };
        if let (Some(strays), true, true) = (&strays, is_strict, has_passed) {
            return Err(strays.failure());
        }
        let mut unproven = match &found {
            Ok(unproven) if has_passed => notes::of(unproven.as_ref()),
            _ => Vec::new(),
        };
        if let Some(strays) = strays {
            let is_own = strays.tests.len() == 1 && strays.tests.contains(&self.test.name);
            match is_own && has_passed {
                true => unproven.push(strays.in_line()),
                false => notes::note_together(&strays.tests, &strays.in_line()),
            }
        }
        if let (Some(unseen), true) = (self.unseen.take(), has_passed) {
            if is_strict && unseen.is_untraced() {
                return Err(unseen.failure());
            }
            // The same objects may be alive now, and were mentioned.
            if unproven.is_empty() {
                unproven.push(unseen.in_line());
            }
        }
        notes::note(&self.test, &unproven);
        found.map(|_| ())
    }

    /// Checks for leaks after the body ended. What the body failed with is dropped before an
    /// object that it may own is blamed.
    fn check<R: Outcome>(&self, ended: Ended<R>) -> (Ended<R>, Verdict) {
        let check = self.last_check(&ended);
        if !ended.has_value() {
            let found = check.verdict();
            return (ended, found);
        }
        match self.first_look(&check).run() {
            Ok(()) => (ended, Ok(None)),
            Err(_) => {
                let ended = ended.drop_value();
                let found = check.verdict();
                (ended, found)
            }
        }
    }

    /// The check while what the body failed with is there: it waits for nothing.
    fn first_look(&self, check: &LeakCheck) -> LeakCheck {
        check.clone().wait(Duration::ZERO).retries(0)
    }

    /// The check for the end of the test, which goes on to the known leaks if the body came to
    /// its end.
    fn last_check<R: Outcome>(&self, ended: &Ended<R>) -> LeakCheck {
        let mut check = self.check.clone();
        check.is_end_of_test = match ended {
            Ended::Returned(returned) => self.options.is_once && returned.error().is_none(),
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
        return untracked(Ended::judge(result, options.should_panic));
    }
    let running = Running::new(options);
    Running::begin_body();
    let result = running.inside(|| catch_unwind(AssertUnwindSafe(body)));
    let (ended, found) = running.check(Ended::judge(result, options.should_panic));
    running.end(ended, found)
}

/// Runs a test whose body can be repeated, and where growth is asked for, repeats it.
#[track_caller]
pub fn run_repeated<R: Outcome>(options: &TestOptions, body: impl Fn() -> R) -> R {
    let Some(repeat) = options.growth else {
        return run(options, body);
    };
    if !can_check() {
        return body();
    }
    let mut running = Running::new(options);
    let calls = Calls::new(Some(repeat), options.warm_up);
    let mut found = Ok(None);
    let result = running.inside(|| {
        catch_unwind(AssertUnwindSafe(|| {
            Running::begin_body();
            let first = body();
            if first.error().is_some() {
                return first;
            }
            let failed = RefCell::new(None);
            found = no_growth(calls, || {
                Running::begin_body();
                let returned = body();
                if returned.error().is_some() {
                    failed.borrow_mut().get_or_insert(returned);
                }
            });
            failed.into_inner().unwrap_or(first)
        }))
    });
    let (ended, leaked) = running.check(Ended::judge(result, options.should_panic));
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

/// A test whose body is a future that ended, and was checked.
#[derive(Debug)]
pub struct Checked<'o, R> {
    ended: Ended<R>,
    /// `None` where nothing could be checked.
    checked: Option<(Running<'o>, Verdict)>,
}

impl std::fmt::Debug for Running<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Running").field(&self.test.name).finish()
    }
}

/// Runs a future as a test.
pub async fn run_future<R: Outcome>(
    options: &TestOptions,
    body: impl Future<Output = R>,
) -> Checked<'_, R> {
    let running = can_check().then(|| Running::new(options));
    Running::begin_body();
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
    let mut ended = Ended::judge(result, options.should_panic);
    let mut checked = None;
    if let Some(running) = running {
        let check = running.last_check(&ended);
        if ended.has_value() && running.first_look(&check).run().is_err() {
            ended = ended.drop_value();
        }
        let found = {
            let mut looks = Looks::new(&check, true);
            loop {
                match looks.look() {
                    Some(found) => break found,
                    // What is waited for may be a task of this very thread.
                    None => give_way().await,
                }
            }
        };
        checked = Some((running, found));
    }
    Checked { ended, checked }
}

impl<R: Outcome> Checked<'_, R> {
    /// What the test comes to.
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
fn untracked<R>(ended: Ended<R>) -> R {
    match ended {
        Ended::Returned(returned) => returned,
        Ended::Panicked(panic) => resume_unwind(panic),
        Ended::NotAsItShould(text) => panic!("{text}"),
        Ended::Failed(text) => resume_unwind(Box::new(text)),
    }
}

/// Lets other tasks run, once.
async fn give_way() {
    let mut gave = false;
    pin!(poll_fn(|context| {
        if std::mem::replace(&mut gave, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }))
    .await;
}
