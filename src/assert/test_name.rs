//! Which test runs.

use std::cell::RefCell;
use std::path::PathBuf;
use std::thread;

/// A test, by its name and its package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TestName {
    /// The crate, the modules and the function: `shop::cart::empties`.
    pub(super) name: String,
    /// The folder of the package.
    pub(super) package: Option<PathBuf>,
}

thread_local! {
    static CURRENT: RefCell<Option<TestName>> = const { RefCell::new(None) };
}

impl TestName {
    pub(super) fn new(name: impl Into<String>, package: Option<&str>) -> Self {
        Self {
            name: name.into(),
            package: package.map(PathBuf::from),
        }
    }

    /// The test that this thread runs: the one that said so, else the one that the thread is
    /// named after, as those of `cargo test` are.
    pub(super) fn current(module: &str, package: Option<&str>) -> Self {
        // At the end of a thread there is none any more.
        let current = CURRENT.try_with(|current| current.borrow().clone());
        if let Ok(Some(test)) = current {
            return test;
        }
        let krate = module.split("::").next().unwrap_or(module);
        let thread = thread::current();
        match thread.name().filter(|name| *name != "main") {
            Some(name) => Self::new(format!("{krate}::{name}"), package),
            None => Self::new(module, package),
        }
    }

    /// Says that this thread runs the test, while `run` runs.
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

    /// The name as that of a file.
    pub(super) fn file(&self) -> String {
        let name = self.name.replace("::", ".");
        let kept = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        let mut file = String::new();
        for c in name.chars() {
            let c = if kept(c) { c } else { '_' };
            // A file's name has at most 255 bytes, and others are made of this one.
            if file.len() + c.len_utf8() > 120 {
                break;
            }
            file.push(c);
        }
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_named_after_its_thread_or_as_it_says() {
        let named = TestName::current("app::cart", None);
        assert!(named.name.starts_with("app::"), "{named:?}");
        let said = TestName::new("app::said", Some("/p"));
        let inside = said.during(|| TestName::current("app::cart", None));
        assert_eq!(inside, said);
        assert_eq!(TestName::current("app::cart", None), named);
        assert_eq!(TestName::new("a::b c/../d", None).file(), "a.b_c_.._d");
        assert_eq!(TestName::new("é".repeat(200), None).file(), "é".repeat(60));
    }
}
