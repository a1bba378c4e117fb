//! The names of a test, of its cases, and of its files.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::thread;

/// The build target in which a macro was expanded, as cargo describes it to the compiler.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target {
    /// The folder of the package.
    pub folder: Option<&'static str>,
    /// The name of the package.
    pub package: Option<&'static str>,
    /// The name of the program, if the target is one.
    pub program: Option<&'static str>,
    /// Whether the target is an integration test or a benchmark.
    pub is_test: bool,
}

impl Target {
    /// Returns `bin`, `test` or `lib`.
    pub(super) fn kind(&self) -> &'static str {
        match (self.program, self.is_test) {
            (Some(_), _) => "bin",
            (None, true) => "test",
            (None, false) => "lib",
        }
    }
}

/// Describes the build target in which it is expanded.
#[doc(hidden)]
#[macro_export]
macro_rules! __target {
    () => {
        $crate::__assert::Target {
            folder: ::core::option_env!("CARGO_MANIFEST_DIR"),
            package: ::core::option_env!("CARGO_PKG_NAME"),
            program: ::core::option_env!("CARGO_BIN_NAME"),
            is_test: ::core::option_env!("CARGO_TARGET_TMPDIR").is_some(),
        }
    };
}

/// Maximum length of a file's name, in bytes. Some file systems allow 255, and suffixes are added.
const FILE_NAME: usize = 120;

/// A test, by its name and its package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TestName {
    /// The crate, the modules, the function and, of a parametrised test, the case:
    /// `shop::cart::empties::case_1`.
    pub(super) name: String,
    /// The folder of the package.
    pub(super) package: Option<PathBuf>,
    package_name: Option<&'static str>,
}

thread_local! {
    static CURRENT: RefCell<Option<TestName>> = const { RefCell::new(None) };
    static ASSERTIONS: Cell<u32> = const { Cell::new(0) };
}

impl TestName {
    /// Returns the test called `name`, which begins with the crate.
    ///
    /// A library, a program and an integration test of one package may share the name of their
    /// crate. Then the program is `bin/shop::…`, and the test `tests/shop::…`.
    pub(super) fn new(name: &str, target: &Target) -> Self {
        let krate = name.split("::").next().unwrap_or(name);
        let is_shared = target
            .package
            .is_some_and(|package| package.replace('-', "_") == krate);
        let name = match (is_shared, target.program) {
            (true, Some(_)) => format!("bin/{name}"),
            (true, None) if target.is_test => format!("tests/{name}"),
            _ => name.to_owned(),
        };
        Self {
            name,
            package: target.folder.map(PathBuf::from),
            package_name: target.package,
        }
    }

    /// Returns the test that this thread runs: the one that the attribute announced, else the one
    /// after which the thread is named, as `cargo test` does.
    pub(super) fn current(module: &str, target: &Target) -> Self {
        // At the end of a thread its variables no longer exist.
        let current = CURRENT.try_with(|current| current.borrow().clone());
        if let Ok(Some(test)) = current {
            return test;
        }
        match thread_name() {
            Some(thread) => Self::new(&format!("{}::{thread}", crate_of(module)), target),
            None => Self::new(module, target),
        }
    }

    /// Returns the case of the parametrised test `function` that this thread runs, if the thread is
    /// named after it: `closes::case_1` of `closes`.
    pub(super) fn case(function: &str, target: &Target) -> Self {
        let path = function.split_once("::").map_or(function, |path| path.1);
        let case = thread_name().filter(|thread| {
            let rest = thread.strip_prefix(path);
            rest.is_some_and(|rest| rest.starts_with("::"))
        });
        match case {
            Some(case) => Self::new(&format!("{}::{case}", crate_of(function)), target),
            None => Self::new(function, target),
        }
    }

    /// Counts an assertion about leaks in this test, and returns its number, from 1.
    pub(super) fn next_assertion() -> u32 {
        ASSERTIONS
            .try_with(|made| {
                made.set(made.get() + 1);
                made.get()
            })
            .unwrap_or(1)
    }

    /// Resets the count of assertions, when the body of the test begins.
    pub(super) fn begin_body() {
        let _ = ASSERTIONS.try_with(|made| made.set(0));
    }

    /// Records that this thread runs the test, while `run` runs.
    pub(super) fn during<R>(&self, run: impl FnOnce() -> R) -> R {
        struct Restore(Option<TestName>);
        impl Drop for Restore {
            fn drop(&mut self) {
                let _ = CURRENT.try_with(|current| current.replace(self.0.take()));
            }
        }
        let before = CURRENT.try_with(|current| current.replace(Some(self.clone())));
        let _restore = Restore(before.unwrap_or_default());
        run()
    }

    /// Returns the name of the test's files, without an extension: `shop.window.closes`.
    ///
    /// No two tests share it, even if the file system ignores case: if the name is cut, if characters
    /// are replaced, or if it has capitals, a hash of the whole name is added.
    pub(super) fn file(&self) -> String {
        let name = match self.package_name {
            Some(package) => format!("{package}.{}", self.name),
            None => self.name.clone(),
        };
        let mut file = String::new();
        let mut is_exact = true;
        let kinds = ["bin/", "tests/"];
        let dotted = match kinds.iter().any(|kind| self.name.starts_with(kind)) {
            true => name.replacen('/', "-", 1),
            false => name.clone(),
        };
        for c in dotted.replace("::", ".").chars() {
            let is_kept = c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
            is_exact &= is_kept && !c.is_uppercase();
            let c = if is_kept { c } else { '_' };
            if file.len() + c.len_utf8() > FILE_NAME {
                is_exact = false;
                break;
            }
            file.push(c);
        }
        if !is_exact {
            file.push_str(&format!("-{:08x}", hash(&name) as u32));
        }
        file
    }
}

fn crate_of(path: &str) -> &str {
    path.split("::").next().unwrap_or(path)
}

/// Returns the name of this thread; `None` for the first thread of the program.
fn thread_name() -> Option<String> {
    let thread = thread::current();
    thread
        .name()
        .filter(|name| *name != "main")
        .map(str::to_owned)
}

/// Returns the FNV-1a hash of the text, which is equal on every machine.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: Target = Target {
        folder: Some("/shop"),
        package: Some("shop"),
        program: None,
        is_test: false,
    };

    fn file(name: &str) -> String {
        TestName::new(name, &SHOP).file()
    }

    #[test]
    fn a_test_is_named_by_the_attribute_or_after_its_thread() {
        let named = TestName::current("app::cart", &SHOP);
        assert!(named.name.starts_with("app::"), "{named:?}");
        let announced = TestName::new("app::announced", &SHOP);
        let inside = announced.during(|| TestName::current("app::cart", &SHOP));
        assert_eq!(inside, announced);
        assert_eq!(TestName::current("app::cart", &SHOP), named);
    }

    #[test]
    fn a_case_is_named_after_its_thread() {
        let on_thread = |name: &str, function: &'static str| {
            let thread = thread::Builder::new().name(name.to_owned());
            let case = thread.spawn(move || TestName::case(function, &SHOP).name);
            case.unwrap().join().unwrap()
        };
        let function = "window::ui::closes";
        assert_eq!(
            on_thread("ui::closes::case_1", function),
            "window::ui::closes::case_1"
        );
        assert_eq!(on_thread("ui::closes_all", function), function);
        assert_eq!(on_thread("worker", function), function);
    }

    #[test]
    fn files_of_different_tests_have_different_names() {
        assert_eq!(file("window::ui::closes"), "shop.window.ui.closes");
        let other = Target {
            package: Some("bakery"),
            ..SHOP
        };
        assert_eq!(
            TestName::new("window::ui::closes", &other).file(),
            "bakery.window.ui.closes"
        );
        let long = |end: &str| file(&format!("window::{}{end}", "a".repeat(200)));
        assert!(long("b").len() < FILE_NAME + 10);
        for (one, two) in [
            (long("b"), long("c")),
            (file("a::b c"), file("a::b_c")),
            (file("a::Closes"), file("a::closes")),
            (file("a::b/c"), file("a::b-c")),
        ] {
            assert_ne!(one.to_lowercase(), two.to_lowercase());
        }
    }

    #[test]
    fn targets_that_share_the_name_of_their_crate_are_distinguished() {
        let program = Target {
            program: Some("shop"),
            ..SHOP
        };
        let test = Target {
            is_test: true,
            ..SHOP
        };
        let name = |name, target| TestName::new(name, target).name;
        assert_eq!(name("shop::closes", &SHOP), "shop::closes");
        assert_eq!(name("shop::closes", &program), "bin/shop::closes");
        assert_eq!(name("shop::closes", &test), "tests/shop::closes");
        assert_eq!(name("window::closes", &test), "window::closes");
        assert_eq!(
            TestName::new("shop::closes", &test).file(),
            "shop.tests-shop.closes"
        );
    }
}
