//! The assertions, as macros.

use objgraph_core::{Scope, Tracked};

use super::check::{self, LeakCheck, Verdict};
use super::count::{TypeSelector, counts};
use super::drops::drops;
use super::failure::Failure;
use super::growth::{Calls, UnseenGrowth, no_growth};
use super::notes::{self, note};
use super::off::can_check;
use super::report::fail;
use super::test_name::{Target, TestName};
use super::verify::{is_within_a_test, record_reported};

/// The place of an assertion.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The module.
    pub module: &'static str,
    /// The build target.
    pub target: Target,
}

impl Place {
    #[track_caller]
    fn assert(self, check: impl FnOnce(&TestName) -> Verdict) {
        self.assert_or_note(|test| check(test).map(|unproven| notes::of(unproven.as_ref())));
    }

    /// Runs a check that returns, if it passes, what it could not prove, as parts of a line.
    #[track_caller]
    fn assert_or_note(self, check: impl FnOnce(&TestName) -> Result<Vec<String>, Failure>) {
        let test = TestName::current(self.module, &self.target);
        match check(&test) {
            Ok(unproven) => note(&test, &unproven),
            Err(failure) => fail(&failure, &test),
        }
    }

    /// Asserts that nothing leaked.
    #[track_caller]
    pub fn no_leaks(self, check: impl Into<LeakCheck>) {
        if can_check() {
            self.assert(|test| {
                let number = TestName::next_assertion();
                let mut check = check.into().of_assertion(test.clone(), number);
                check.is_preliminary = is_within_a_test(check.scope());
                check
                    .verdict()
                    .inspect_err(|_| record_reported(check.scope()))
            });
        }
    }

    /// Asserts that everything that only the value keeps alive is dropped with it.
    #[track_caller]
    pub fn drops<T: Tracked>(self, value: T) {
        if can_check() {
            self.assert(|test| match drops(value) {
                Ok(Some(unproven)) if check::is_strict(test) => Err(Failure::unproven(&unproven)),
                verdict => verdict,
            });
        }
    }

    /// Asserts that the operation leaves nothing behind.
    #[track_caller]
    pub fn no_growth<R>(
        self,
        repeat: Option<u32>,
        warm_up: Option<u32>,
        mut operation: impl FnMut() -> R,
    ) {
        if can_check() {
            let calls = Calls::new(repeat, warm_up);
            self.assert_or_note(|test| match no_growth(calls, || drop(operation()))? {
                Some(unseen) if unseen.is_untraced() && check::is_strict(test) => {
                    Err(unseen.failure())
                }
                unseen => Ok(unseen.iter().map(UnseenGrowth::in_line).collect()),
            });
        }
    }

    /// Asserts a number of objects.
    #[track_caller]
    pub fn count(self, types: TypeSelector, asserted: &str, is_right: impl Fn(usize) -> bool) {
        if can_check() {
            self.assert(|_| counts(types, is_right, asserted).map(|()| None));
        }
    }
}

/// Returns a check of what was made in the scope.
impl From<&Scope> for LeakCheck {
    fn from(scope: &Scope) -> Self {
        Self::of(scope)
    }
}

/// Returns a check of what was made in the scope.
impl From<Scope> for LeakCheck {
    fn from(scope: Scope) -> Self {
        Self::of(&scope)
    }
}

/// Asserts that nothing has leaked: that no object is kept alive by a cycle alone.
///
/// `assert_no_leaks!()` checks what was made in the [`Scope`](crate::scope::Scope) that the thread is
/// in, such as that of [`#[objgraph::test]`](macro@crate::test). Outside of every scope it checks the
/// whole process, with the other tests that run in it. `assert_no_leaks!(scope)` checks a scope, and
/// `assert_no_leaks!(check)` a [`LeakCheck`](crate::leaks::LeakCheck).
///
/// A cycle counts for a scope if at least one of its objects was made in it. [Known
/// leaks](crate#known-leaks) that are listed for the test do not count.
///
/// # Panics
///
/// If something has leaked, with the whole explanation. A picture is written to
/// `target/objgraph/<package>.<test>.svg`, and to `.dot`. If objects are alive that could not be
/// traced, a line is printed on standard error; with `OBJGRAPH_STRICT=1` it panics instead.
///
/// ```should_panic
/// use objgraph::{Tracked, rc::Rc};
/// use std::cell::RefCell;
///
/// #[derive(Tracked)]
/// struct Node {
///     next: RefCell<Option<Rc<Node>>>,
/// }
///
/// let node = Rc::new(Node { next: RefCell::new(None) });
/// *node.next.borrow_mut() = Some(node.clone());
/// objgraph::assert_no_leaks!(); // It is still in use.
/// drop(node);
/// objgraph::assert_no_leaks!();
/// # if !objgraph::ENABLED { panic!("tracking is off") }
/// ```
#[macro_export]
macro_rules! assert_no_leaks {
    () => {
        $crate::assert_no_leaks!($crate::leaks::LeakCheck::here())
    };
    ($check:expr $(,)?) => {
        $crate::__assert::Place {
            module: ::core::module_path!(),
            target: $crate::__target!(),
        }
        .no_leaks($check)
    };
}

/// Drops a value, and asserts that everything that only the value kept alive is dropped with it. The
/// pointers in it may be std's; only its type has to be [`Tracked`](trait@crate::Tracked).
///
/// What the value leads to is visited first. An object that nothing else leads to, and that has no
/// external references, has to be dropped with the value. If the value is itself a pointer, or a
/// collection of pointers, what these point to has to be dropped in any case. Stragglers (an `Arc` of
/// a thread that is about to end) have 2 seconds.
///
/// While the value is dropped, a weak handle is kept to each value behind a pointer of std:
/// `weak_count` is one higher, and `get_mut` fails. If something is alive afterwards that could not
/// be traced, or that such an object may hold, a line is printed on standard error; with
/// `OBJGRAPH_STRICT=1` it panics instead.
///
/// # Panics
///
/// If something is still alive, with the reason: the cycle that it is in, or the number of external
/// references.
///
/// ```should_panic
/// use objgraph::Tracked;
/// use std::{cell::RefCell, rc::Rc};
///
/// #[derive(Tracked, Default)]
/// struct App {
///     windows: Vec<Rc<Window>>,
/// }
///
/// #[derive(Tracked, Default)]
/// struct Window {
///     focused: RefCell<Option<Rc<Window>>>,
/// }
///
/// let window = Rc::new(Window::default());
/// let app = App { windows: vec![window.clone()] };
/// *window.focused.borrow_mut() = Some(window.clone());
/// drop(window);
/// objgraph::assert_drops!(app); // `Window.focused` keeps the window alive.
/// # if !objgraph::ENABLED { panic!("tracking is off") }
/// ```
#[macro_export]
macro_rules! assert_drops {
    ($value:expr $(,)?) => {
        $crate::__assert::Place {
            module: ::core::module_path!(),
            target: $crate::__target!(),
        }
        .drops({
            #[allow(unused_imports)]
            use $crate::__private::{RegisterNothing as _, RegisterTarget as _};
            let value = $value;
            (&&$crate::__private::RegisterProbe(&value)).__register();
            value
        })
    };
}

/// Asserts that an operation leaves nothing behind each time it runs.
///
/// The operation runs twice to warm up, or `n` times with `warm_up = n`. Then it runs in rounds of 8
/// calls, or of `n` calls with `repeat = n`. After each call these are counted:
///
/// - objects of each type, by the line that created them;
/// - items of collections and bytes of texts (`String`, `OsString`, `PathBuf`, …), by the field that
///   owns them;
/// - zombies: dropped objects whose memory a `Weak` keeps, wherever that `Weak` is.
///
/// A number that reaches a new maximum in each of 6 rounds has grown. If no number did so in the first
/// 3 rounds, the assertion passes. So growth is found if some occurs in every 8 calls: in each call,
/// in every third, or more each time. A collection that is emptied at least once in 8 calls is
/// bounded. If it is emptied less often, use a larger `repeat`; if it takes more than about 40 calls
/// to fill (a ring buffer, a cache), use `warm_up` with that number of calls:
///
/// ```
/// use objgraph::{Tracked, rc::Rc};
/// use std::{cell::RefCell, collections::VecDeque};
///
/// #[derive(Tracked, Default)]
/// struct Log {
///     lines: RefCell<VecDeque<String>>,
/// }
///
/// let log = Rc::new(Log::default());
/// objgraph::assert_no_growth!(warm_up = 100, || {
///     let mut lines = log.lines.borrow_mut();
///     lines.push_back("request".to_owned());
///     if lines.len() > 100 {
///         lines.pop_front();
///     }
/// });
/// ```
///
/// Other threads do not change the result. Counted are the objects that this thread made, those of
/// the [`Scope`](crate::scope::Scope) around the assertion, such as that of
/// [`#[objgraph::test]`](macro@crate::test), the roots, and what all these lead to. The operation runs
/// in a scope of its own, which a thread joins that `objgraph::scope::spawn_in_current_scope` starts.
/// If other threads make more and more objects outside of every scope, a line is printed on standard
/// error. If only one test runs at a time, such objects count.
///
/// # Panics
///
/// If something has grown. If growth may hide in something that could not be traced, a line is printed
/// on standard error; with `OBJGRAPH_STRICT=1` it panics instead.
///
/// ```should_panic
/// use objgraph::rc::Rc;
///
/// struct Session;
///
/// let mut sessions = Vec::new();
/// objgraph::assert_no_growth!(|| drop(Rc::new(Session)));
/// // +1 `Session` per call, made at …
/// objgraph::assert_no_growth!(repeat = 5, || sessions.push(Rc::new(Session)));
/// # if !objgraph::ENABLED { panic!("tracking is off") }
/// ```
#[macro_export]
macro_rules! assert_no_growth {
    (@ $repeat:expr, $warm_up:expr, $operation:expr) => {
        $crate::__assert::Place {
            module: ::core::module_path!(),
            target: $crate::__target!(),
        }
        .no_growth($repeat, $warm_up, $operation)
    };
    (repeat = $repeat:expr, warm_up = $warm_up:expr, $operation:expr $(,)?) => {
        $crate::assert_no_growth!(
            @ ::core::option::Option::Some($repeat),
            ::core::option::Option::Some($warm_up),
            $operation
        )
    };
    (warm_up = $warm_up:expr, repeat = $repeat:expr, $operation:expr $(,)?) => {
        $crate::assert_no_growth!(repeat = $repeat, warm_up = $warm_up, $operation)
    };
    (repeat = $repeat:expr, $operation:expr $(,)?) => {
        $crate::assert_no_growth!(
            @ ::core::option::Option::Some($repeat), ::core::option::Option::None, $operation
        )
    };
    (warm_up = $warm_up:expr, $operation:expr $(,)?) => {
        $crate::assert_no_growth!(
            @ ::core::option::Option::None, ::core::option::Option::Some($warm_up), $operation
        )
    };
    ($operation:expr $(,)?) => {
        $crate::assert_no_growth!(
            @ ::core::option::Option::None, ::core::option::Option::None, $operation
        )
    };
}

/// Asserts the number of live objects of a type. The type is written as in code, or as a text that
/// means all types of that name, as in [`count`](crate::count()). A comma or one of `==`, `!=`, `<`,
/// `<=`, `>`, `>=` follows, and a number.
///
/// If no type in the program has the name, the assertion fails and lists the most similar names.
///
/// In a [`Scope`](crate::scope::Scope), such as that of [`#[objgraph::test]`](macro@crate::test), it
/// counts the objects that were made in it, else those of the whole process. If the number is not
/// right, stragglers have 2 seconds.
///
/// # Panics
///
/// If the number is not right, with the reason why the objects are alive.
///
/// ```
/// use objgraph::{assert_count, rc::Rc};
///
/// struct Leaf;
/// let leaf = Rc::new(Leaf);
/// assert_count!(Leaf <= 3);
/// assert_count!(Leaf, 1);
/// drop(leaf);
/// assert_count!("Leaf", 0);
/// assert_count!(std::cell::RefCell<Leaf> == 0);
/// ```
#[macro_export]
macro_rules! assert_count {
    ($($asserted:tt)*) => {
        $crate::__count! { [$crate] $($asserted)* }
    };
}

/// Checks a whole test program, when its tests are done, for leaks that belong to no test: those of
/// tests without [`#[objgraph::test]`](macro@crate::test), and of threads and tasks outside of every
/// scope.
///
/// `verify_main!();` at the root of the crate adds a test, `zz_objgraph_verify_main`. The harness
/// has no hook for the end, so this test waits for all tests of this run that have
/// `#[objgraph::test]`; with `--test-threads=1` it is last by its name. It does not wait for tests
/// without the attribute.
///
/// `verify_main!(run);` is for programs with `harness = false`: it generates the function `main`,
/// which calls `run` and checks when that returns. `run` may return whatever `main` may, and must
/// not be called `main` itself.
///
/// ```no_run
/// # mod tests {
/// objgraph::verify_main!();
/// # }
/// ```
#[macro_export]
macro_rules! verify_main {
    () => {
        #[test]
        fn zz_objgraph_verify_main() {
            $crate::__private::on! {
                $crate::__assert::inventory::submit! {
                    $crate::__assert::TestEntry {
                        name: ::core::concat!(
                            ::core::module_path!(),
                            "::zz_objgraph_verify_main"
                        ),
                        ignored: false,
                    }
                }
            }
            $crate::__assert::verify_tests(::core::module_path!(), $crate::__target!());
        }
    };
    ($main:path) => {
        fn main() -> ::std::process::ExitCode {
            $crate::__assert::verify_program(::core::module_path!(), $crate::__target!(), $main)
        }
    };
}
