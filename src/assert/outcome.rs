//! How the body of a test ends.

use std::any::Any;
use std::fmt::Debug;
use std::process::ExitCode;

/// The result of a test that is known to be a success or a failure.
pub trait Outcome: Sized {
    /// Returns the `Debug` text of the error, if the test failed with one.
    fn error(&self) -> Option<String>;

    /// Returns the result of a test that panicked as it should.
    fn after_panic() -> Option<Self> {
        None
    }
}

impl Outcome for () {
    fn error(&self) -> Option<String> {
        None
    }

    fn after_panic() -> Option<Self> {
        Some(())
    }
}

impl<T, E: Debug> Outcome for Result<T, E> {
    fn error(&self) -> Option<String> {
        self.as_ref().err().map(|error| format!("{error:?}"))
    }
}

impl Outcome for ExitCode {
    fn error(&self) -> Option<String> {
        // It has no other way to be compared.
        let text = format!("{self:?}");
        (text != format!("{:?}", Self::SUCCESS)).then_some(text)
    }
}

/// The way in which a body ended.
#[derive(Debug)]
pub(super) enum Ending<R> {
    /// It returned, or panicked as it should.
    Returned(R),
    /// It panicked.
    Panicked(Box<dyn Any + Send>),
    /// It did not panic, or not as it should.
    NotAsItShould(String),
    /// It failed with this text, which was printed; the error or payload was dropped.
    Failed(String),
}

impl<R: Outcome> Ending<R> {
    /// Returns how the body ended. `should_panic` is the text that the message of the expected panic
    /// has to contain, if a panic is expected.
    pub(super) fn judge(
        result: Result<R, Box<dyn Any + Send>>,
        should_panic: Option<Option<&str>>,
    ) -> Self {
        let wrong = |text: &str| Self::NotAsItShould(text.to_owned());
        let panic = match (result, should_panic) {
            (Ok(returned), None) => return Self::Returned(returned),
            (Err(panic), None) => return Self::Panicked(panic),
            (Ok(_), Some(_)) => return wrong("the test did not panic, as it should"),
            (Err(panic), Some(_)) => panic,
        };
        let message = message(&*panic);
        let expected = should_panic.flatten().unwrap_or("");
        if !message.contains(expected) {
            return Self::NotAsItShould(format!(
                "the test panicked, but not as it should\n  expected: {expected:?}\n  \
                 message:  {message:?}"
            ));
        }
        R::after_panic().map_or_else(
            || wrong("a test with `#[should_panic]` cannot return a value"),
            Self::Returned,
        )
    }

    /// Returns whether the test failed with a value that may own objects: an error, or the payload of
    /// a panic that is not a text.
    pub(super) fn has_value(&self) -> bool {
        match self {
            Self::Returned(returned) => returned.error().is_some(),
            Self::Panicked(panic) => !(panic.is::<&str>() || panic.is::<String>()),
            Self::NotAsItShould(_) | Self::Failed(_) => false,
        }
    }

    /// Prints the error or payload with which the test failed, and drops it.
    #[allow(clippy::print_stderr, reason = "the harness prints errors like this")]
    pub(super) fn drop_value(self) -> Self {
        match self {
            Self::Returned(returned) => match returned.error() {
                Some(error) => {
                    eprintln!("Error: {error}");
                    drop(returned);
                    Self::Failed(format!("Err({error})"))
                }
                None => Self::Returned(returned),
            },
            // The panic hook printed that there was one.
            Self::Panicked(panic) => Self::Failed(format!("The panic: {}", message(&*panic))),
            ended => ended,
        }
    }
}

/// Returns the message of a panic.
pub(super) fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}
