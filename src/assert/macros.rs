//! The assertions, as macros.

use objgraph_core::{Scope, Tracked};

use super::check::{self, LeakCheck, Verdict};
use super::count::{Counted, counts};
use super::drops::drops;
use super::failure::Failure;
use super::growth::{Calls, Unseen, no_growth};
use super::notes::{self, note};
use super::off::can_check;
use super::tell::fail;
use super::test_name::{Target, TestName};
use super::verify::{answered, is_within_a_test};

/// Where an assertion stands.
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

    /// The same where a check that passes returns what it could not prove, as parts of a line.
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
                check.verdict().inspect_err(|_| answered(check.scope()))
            });
        }
    }

    /// Asserts that the value goes with all that it alone keeps.
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
                unseen => Ok(unseen.iter().map(Unseen::in_line).collect()),
            });
        }
    }

    /// Asserts a number of objects.
    #[track_caller]
    pub fn count(self, counted: Counted, asserted: &str, is_right: impl Fn(usize) -> bool) {
        if can_check() {
            self.assert(|_| counts(counted, is_right, asserted).map(|()| None));
        }
    }
}

/// A scope stands for a check of what was made in it.
impl From<&Scope> for LeakCheck {
    fn from(scope: &Scope) -> Self {
        Self::of(scope)
    }
}

/// The same.
impl From<Scope> for LeakCheck {
    fn from(scope: Scope) -> Self {
        Self::of(&scope)
    }
}

/// Asserts that nothing has leaked: that no object is kept alive by a cycle alone.
///
/// `assert_no_leaks!()` is about what was made in the [`Scope`](crate::scope::Scope) that the thread is
/// in, as it is below [`#[objgraph::test]`](macro@crate::test); where it is in none, about the
/// whole process, and other tests that run in it. `assert_no_leaks!(scope)` is about a scope, and
/// `assert_no_leaks!(check)` about whatever the [`LeakCheck`](crate::leaks::LeakCheck) says.
///
/// A scope is to blame for a cycle of which one object at least was made in it. What is on the list of
/// [known leaks](crate#known-leaks) for the test does not count.
///
/// # Panics
///
/// If something has leaked, with the whole explanation. A picture is written to
/// `target/objgraph/<package>.<test>.svg`, and to `.dot`. With `OBJGRAPH_STRICT=1`, also if objects
/// are alive that could not be traced; without, that is printed on standard error.
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

/// Drops a value, and asserts that all goes that it alone kept alive. The pointers in it may be
/// std's; no more is needed than that its type is [`Tracked`](trait@crate::Tracked).
///
/// What the value leads to is visited first. What nothing else leads to, and nobody outside holds,
/// has to be gone after the drop. If the value is a pointer itself, or a collection of pointers,
/// what these point to has to be gone whoever holds it. Stragglers (an `Arc` of a thread that is
/// about to end) are waited for, up to 2 seconds.
///
/// While the value is dropped, a weak handle is kept to each value behind a pointer of std:
/// `weak_count` is one higher, and `get_mut` fails. What is alive afterwards and could not be traced,
/// or may be held by what could not, is printed on standard error; with `OBJGRAPH_STRICT=1` it fails.
///
/// # Panics
///
/// If something is still alive, with the reason: the cycle that it is in, or how many references
/// hold it from outside.
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

/// Asserts that an operation leaves nothing behind each time that it runs.
///
/// The operation runs twice to warm up, or as often as `warm_up = n` says. Then it runs in rounds of 8
/// calls, or of as many as `repeat = n` says. After each call these are counted:
///
/// - objects of each type, by the line that created them;
/// - items of collections and bytes of texts (`String`, `OsString`, `PathBuf`, …), by the field that
///   owns them;
/// - zombies: objects that were dropped and whose memory a `Weak` keeps, wherever that is.
///
/// What reaches a new highest number in each of 6 rounds has grown; after 3 rounds without, the
/// assertion passes. So growth is seen if there is some in every 8 calls, be it in each, in every
/// third, or more each time. What is emptied at least once in 8 calls is bounded. What is emptied less
/// often needs a larger `repeat`, and what takes more than about 40 calls to fill (a ring buffer, a
/// cache) needs `warm_up` with as many:
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
/// What other threads do meanwhile decides nothing. Counted are the objects that this thread made, and
/// those of the [`Scope`](crate::scope::Scope) that the assertion is in, such as that of a test below
/// [`#[objgraph::test]`](macro@crate::test), with the roots and what all these lead to. The operation
/// runs in a scope of its own; a thread that it starts belongs to it if it is started by
/// `objgraph::scope::spawn_in_current_scope`. If other threads make more and more objects in no scope, that
/// is printed on standard error. Where one test runs at a time, such objects count.
///
/// # Panics
///
/// If something has grown. With `OBJGRAPH_STRICT=1`, also if something could not be traced that growth
/// may hide in; without, that is printed on standard error.
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

/// Asserts how many objects of a type are alive: of a type that is named as in code, or of all whose
/// name is this text, as [`count`](crate::count()) takes it. After the type comes a comma or one of
/// `==`, `!=`, `<`, `<=`, `>`, `>=`, and a number.
///
/// A text that names no type in the program is a mistake, and the assertion fails with the names
/// that are most like it.
///
/// Below [`#[objgraph::test]`](macro@crate::test), or in another [`Scope`](crate::scope::Scope), those
/// count that were made in it; else those of the whole process. If the number is not right,
/// stragglers are waited for, up to 2 seconds.
///
/// # Panics
///
/// If there are more or fewer, with why they are alive.
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

/// Checks a whole test program when its tests are done, for leaks that no test is to blame for: of
/// tests without [`#[objgraph::test]`](macro@crate::test), and of threads and tasks that entered no
/// scope.
///
/// `verify_main!();` at the root of the crate adds a test, `zz_objgraph_verify_main`. The harness
/// has no hook for the end, so this test waits for the others: for all below
/// `#[objgraph::test]` that this run includes; with `--test-threads=1` it comes last by its name.
/// Tests without the attribute that are still running are not waited for.
///
/// `verify_main!(main);` is for programs with `harness = false`: it writes the function `main`,
/// which runs the function that is named and checks when it returns. It may return whatever
/// `main` may; its name must be another.
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
