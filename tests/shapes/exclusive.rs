//! Reports cover the whole process, so one shape runs at a time, and what it leaked is freed before
//! anything is asserted.

use std::sync::{Mutex, MutexGuard, PoisonError};

use expect_test::Expect;
use objgraph::leaks::{Fix, Leaks, with_labels};

/// Lets no other shape run until it is dropped.
pub struct ExclusiveGuard(#[allow(dead_code, reason = "a guard")] MutexGuard<'static, ()>);

pub fn alone() -> ExclusiveGuard {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let alone = ONE_AT_A_TIME.lock();
    ExclusiveGuard(alone.unwrap_or_else(PoisonError::into_inner))
}

/// The leaks found, and their report.
pub struct LeakSearch {
    pub leaks: Leaks,
    pub text: String,
}

impl ExclusiveGuard {
    /// Finds leaks, and then frees them: calls `free` with each object of type `T` that has leaked,
    /// certainly or possibly.
    pub fn found<T: 'static>(&self, free: impl Fn(&T)) -> LeakSearch {
        let leaks = with_labels(objgraph::find_leaks());
        let text = without_ids(&leaks.to_string());
        let ids = leaks
            .ids()
            .chain(leaks.likely_leaked().map(|object| object.id()))
            .chain(leaks.possibly_leaked().map(|object| object.id()));
        let objects: Vec<_> = ids
            .filter_map(|id| objgraph::at(id)?.upgrade::<T>())
            .collect();
        objects.iter().for_each(|object| free(object));
        LeakSearch { leaks, text }
    }

    /// Asserts that nothing has leaked, and that no object of the module's own types is alive.
    pub fn nothing(&self, module: &str) {
        let leaks = objgraph::find_leaks();
        assert!(leaks.is_empty(), "{leaks}");
        assert_eq!(
            (leaks.possibly_leaked().len(), leaks.left_behind().len()),
            (0, 0)
        );
        let left: Vec<String> = objgraph::alive::objects()
            .iter()
            .map(|object| object.type_name().to_owned())
            .filter(|name| name.starts_with(module))
            .collect();
        assert_eq!(left, [""; 0]);
    }
}

/// Replaces ids by `#_` and epochs by `epoch _`, since these depend on what ran before.
pub fn without_ids(text: &str) -> String {
    let text = &without_epochs(text);
    let mut parts = text.split('#');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('#');
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let round = rest.strip_prefix('.').unwrap_or(rest);
        let rest = match round.trim_start_matches(|letter: char| letter.is_ascii_digit()) {
            after if after.len() < round.len() => after,
            _ => rest,
        };
        out.push_str(if part.len() == rest.len() { "" } else { "_" });
        out.push_str(rest);
    }
    out
}

fn without_epochs(text: &str) -> String {
    let mut parts = text.split("born in epoch ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        out.push_str("born in epoch _");
        out.push_str(rest);
    }
    out
}

impl LeakSearch {
    /// Asserts that there is one kind of leak with these fixes (`Node.parent`, or
    /// `Edge.from + Edge.to`), and this report.
    pub fn one_kind(&self, fixes: &[&str], text: Expect) {
        text.assert_eq(&self.text);
        let [kind] = self.leaks.kinds().all() else {
            panic!("one kind of leak:\n{}", self.text);
        };
        let of_one = |fix: &Fix| {
            let fields = fix.fields.iter().map(ToString::to_string);
            fields.collect::<Vec<_>>().join(" + ")
        };
        let found: Vec<String> = kind.fixes.iter().map(of_one).collect();
        assert_eq!(found, fixes, "{}", self.text);
    }
}
