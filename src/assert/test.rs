//! What runs below `#[objgraph::test]`.

use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use objgraph_core::{Scope, advance_epoch};

use super::check::{LeakCheck, Looks, WAIT};
use super::failure::Failure;
use super::growth::no_growth;
use super::off::can_check;
use super::outcome::{Ended, Outcome, message};
use super::surroundings::Surroundings;
use super::test_name::TestName;
use super::verify::Started;

/// What stands in the attribute's parentheses, and what the macro knows of the function.
#[derive(Clone, Copy, Debug)]
pub struct TestOptions {
    /// The path of the function, from the crate on.
    pub name: &'static str,
    /// The folder of the package.
    pub package: Option<&'static str>,
    /// Fingerprints and types that may leak.
    pub allow: &'static [&'static str],
    /// How many times to look again.
    pub retries: u32,
    /// How often to repeat the body, to see whether anything grows.
    pub growth: Option<u32>,
    /// Whether objects that are alive count as leaked.
    pub alive: bool,
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
    _started: Started,
}

impl<'o> Running<'o> {
    fn new(options: &'o TestOptions) -> Self {
        let scope = Scope::new(options.name);
        let test = TestName::new(options.name, options.package);
        let mut check = match Surroundings::now().alone {
            true => LeakCheck::since(&scope, advance_epoch()),
            false => LeakCheck::of(&scope),
        };
        for allowed in options.allow {
            check = check.allow(*allowed);
        }
        if options.alive {
            check = check.alive();
        }
        let wait = options.wait.map_or(WAIT, Duration::from_millis);
        check = check.wait(wait).retries(options.retries);
        check.test = Some(test.clone());
        Self {
            options,
            test,
            check,
            _started: Started::new(options.name, &scope),
            scope,
        }
    }

    fn inside<T>(&self, run: impl FnOnce() -> T) -> T {
        let _entered = self.scope.enter();
        self.test.during(run)
    }

    /// What the test comes to, given how it ended and what was found afterwards.
    #[track_caller]
    fn end<R: Outcome>(&self, ended: Ended<R>, found: Result<(), Failure>) -> R {
        let failure = match (ended, found) {
            (Ended::Returned(returned), Ok(())) => return returned,
            (Ended::Panicked(panic), Ok(())) => resume_unwind(panic),
            (Ended::NotAsItShould(text), Ok(())) => panic!("{text}"),
            (Ended::Returned(returned), Err(failure)) => match returned.error() {
                None => failure,
                Some(error) => failure.instead("the test failed, and leaked", &error),
            },
            (Ended::Panicked(panic), Err(failure)) => failure.instead(
                "the test panicked, and leaked",
                &format!("The panic: {}", message(&*panic)),
            ),
            (Ended::NotAsItShould(text), Err(failure)) => {
                failure.instead("the test failed, and leaked", &text)
            }
        };
        super::tell::fail(&failure, &self.test)
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
    let result = running.inside(|| catch_unwind(AssertUnwindSafe(body)));
    let ended = Ended::judge(result, options.should_panic);
    let found = running.last_check(&ended).run();
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
    let running = Running::new(options);
    let mut found = Ok(());
    let result = running.inside(|| {
        catch_unwind(AssertUnwindSafe(|| {
            let first = body();
            if first.error().is_some() {
                return first;
            }
            let failed = RefCell::new(None);
            found = no_growth(repeat, || {
                let returned = body();
                if returned.error().is_some() {
                    failed.borrow_mut().get_or_insert(returned);
                }
            });
            failed.into_inner().unwrap_or(first)
        }))
    });
    let ended = Ended::judge(result, options.should_panic);
    let found = match (found, running.last_check(&ended).run()) {
        (Err(grown), Err(leaked)) => Err(leaked.and(grown)),
        (found, leaked) => leaked.and(found),
    };
    running.end(ended, found)
}

/// A test whose body is a future that ended, and was checked.
#[derive(Debug)]
pub struct Checked<'o, R> {
    ended: Ended<R>,
    /// `None` where nothing could be checked.
    checked: Option<(Running<'o>, Result<(), Failure>)>,
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
    let ended = Ended::judge(result, options.should_panic);
    let mut checked = None;
    if let Some(running) = running {
        let check = running.last_check(&ended);
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
