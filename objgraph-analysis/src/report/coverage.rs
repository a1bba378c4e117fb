//! What could not be traced, below every result that it could change. All reports share these texts.

use std::fmt::{self, Write as _};

use objgraph_core::__private::is_lost;

use super::reader::{see_blind_spots, track_all, watch_again};
use super::remedies::{remedies_text, words};
use crate::analysis::{Coverage, Gap, GapCause, NamedType, Remedy};
use crate::words::in_line;
use crate::words::{concrete_names, count, fitted, objects, wrapped};

/// Maximum number of types listed.
const TYPES: usize = 3;

/// The text of a build without tracking.
pub(super) const OFF: &str = "Tracking is off in this build, so nothing is known: build with debug\n\
     assertions, or with the feature `always` of objgraph.";

/// The text of a process in which tracking ended.
const LOST: &str = "Tracking has ended in this process, so nothing is known: it was forked while\n\
     another thread used the table of objgraph. Fork before threads start, or use\n\
     objgraph in the parent.";

/// Returns why nothing is known.
pub fn off() -> &'static str {
    if is_lost() { LOST } else { OFF }
}

/// Returns what could not be traced, as part of a line: ``2 objects of Widget: derive `Tracked` on
/// it``.
pub fn untraced_in_line(coverage: &Coverage) -> String {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    /// Maximum number of reasons listed.
    const REASONS: usize = 2;
    let gaps = coverage.gaps();
    let mut reasons: Vec<String> = gaps.iter().take(REASONS).map(Gap::text).collect();
    let more = gaps.len().saturating_sub(REASONS);
    if more > 0 {
        reasons.push(format!("{more} more{}", see_blind_spots()));
    }
    reasons.join("; ")
}

/// Lists what could not be traced, each with its remedy.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !crate::HAS_OBJECTS {
            return f.write_str(off());
        }
        if !self.is_enabled() {
            return f.write_str(off());
        }
        let mut out = String::new();
        if self.is_complete() {
            writeln!(out, "{}", self.all_traced())?;
        } else {
            let traced = match self.traced() {
                0 => "No object could be traced".to_owned(),
                1 => "1 object was traced".to_owned(),
                number => format!("{number} objects were traced"),
            };
            writeln!(out, "{traced}; {}:", self.could_not())?;
            self.write_gaps(&mut out, usize::MAX)?;
        }
        f.write_str(&fitted(&out))
    }
}

impl Coverage {
    /// Writes `No leak found among the 12 objects that could be traced; 3 could not:`, and lists what
    /// could not. `found` is the beginning.
    pub(super) fn write_nothing_among(&self, out: &mut String, found: &str) -> fmt::Result {
        let text = format!(
            "{found} among the {} that could be traced; {}:",
            objects(self.traced()),
            self.could_not()
        );
        wrapped(out, "", text.split(' '), " ")?;
        self.write_gaps(out, TYPES)
    }

    /// Writes what could not be traced below another result; nothing if everything could.
    pub(super) fn write_below(&self, out: &mut String, hides: &str) -> fmt::Result {
        if self.is_complete() {
            return Ok(());
        }
        let text = format!("Not traced, so {hides}{}:", see_blind_spots());
        wrapped(out, "", text.split(' '), " ")?;
        self.write_gaps(out, TYPES)
    }

    fn all_traced(&self) -> String {
        match self.traced() {
            0 => "No object is alive.".to_owned(),
            1 => "The only object was traced.".to_owned(),
            all => format!("All {all} objects were traced."),
        }
    }

    /// Returns `3 could not`, or what else was not seen, such as `objects of 2 types are not tracked`.
    fn could_not(&self) -> String {
        let types = count(self.left_out_types(), "type", "types");
        let left_out = format!("objects of {types} were left out");
        match (
            self.untraced() + self.untraced_values(),
            self.left_out_types(),
        ) {
            (_, 0) => self.untraced_text(),
            (0, _) => left_out,
            _ => format!("{}, and {left_out}", self.untraced_text()),
        }
    }

    /// Returns `3 could not` or `3 objects and 1 value in others could not`.
    fn untraced_text(&self) -> String {
        let values = |them: &str| {
            let values = count(self.untraced_values(), "value", "values");
            format!("{values} in {them} could not")
        };
        match (self.untraced(), self.untraced_values()) {
            (objects, 0) => format!("{objects} could not"),
            (0, _) if self.traced() == 1 => values("it"),
            (0, _) => values("them"),
            (untraced, _) => format!("{} and {}", objects(untraced), values("others")),
        }
    }

    fn write_gaps(&self, out: &mut String, types: usize) -> fmt::Result {
        let is_of_type = |gap: &&Gap| {
            matches!(
                gap.cause,
                GapCause::Objects { .. } | GapCause::Values { .. } | GapCause::LeftOut(_)
            )
        };
        let (of_types, rest): (Vec<&Gap>, Vec<&Gap>) = self.gaps().iter().partition(is_of_type);
        for gap in of_types.iter().take(types) {
            gap.write(out)?;
        }
        let hidden = of_types.len().saturating_sub(types);
        if hidden > 0 {
            writeln!(out, "  … and {hidden} more")?;
        }
        rest.into_iter().try_for_each(|gap| gap.write(out))
    }
}

impl Gap {
    /// Writes ``  2 objects of Widget: derive `Tracked` on it``.
    fn write(&self, out: &mut String) -> fmt::Result {
        wrapped(out, "  ", words(&self.text()).into_iter(), " ")
    }

    pub(super) fn text(&self) -> String {
        let number = |one: &str, many: &str| count(self.count, one, many);
        let (what, advice) = match &self.cause {
            GapCause::Objects {
                of,
                concrete,
                remedies,
            } => (
                format!(
                    "{} of {}{}",
                    objects(self.count),
                    of.shown,
                    concrete_names(concrete)
                ),
                Some(remedies_text(remedies, &of.info.name, false)),
            ),
            GapCause::Values {
                of,
                concrete,
                field,
                remedies,
            } => {
                let values = number("value", "values");
                let copy = match remedies[..] {
                    [Remedy::OneCopy] => ", of another copy of objgraph",
                    [Remedy::Choose] => ", left out",
                    _ => "",
                };
                (
                    format!(
                        "{values} of {} in {}{copy}{}",
                        of.shown,
                        in_line(field),
                        concrete_names(concrete)
                    ),
                    Some(remedies_text(remedies, &of.info.name, true)),
                )
            }
            GapCause::LeftOut(types) => (
                format!(
                    "{} left out by choice ({})",
                    number("type", "types"),
                    some_names(types)
                ),
                track_all().map(str::to_owned),
            ),
            GapCause::OtherThread => (
                number("Rc object of another thread", "Rc objects of other threads"),
                Some("call this on that thread, or let it end".to_owned()),
            ),
            GapCause::Busy => (
                number(
                    "cell or lock that was in use",
                    "cells or locks that were in use",
                ),
                Some("try again".to_owned()),
            ),
            GapCause::TooDeep => (
                number(
                    "value in cells nested too deeply",
                    "values in cells nested too deeply",
                ),
                None,
            ),
            GapCause::Lent => (
                number("object lent out as &mut", "objects lent out as &mut"),
                watch_again().map(str::to_owned),
            ),
            GapCause::Panicked => (
                number(
                    "object whose visit panicked",
                    "objects whose visits panicked",
                ),
                Some("fix its `visit`, or the function that its field names".to_owned()),
            ),
        };
        match advice {
            Some(advice) => format!("{what}: {advice}"),
            None => what,
        }
    }
}

/// Returns `Token, Cell and 3 more`.
fn some_names(types: &[NamedType]) -> String {
    let shown: Vec<&str> = types
        .iter()
        .take(TYPES)
        .map(|of| of.shown.as_str())
        .collect();
    let shown = shown.join(", ");
    match types.len().saturating_sub(TYPES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use objgraph_core::PlaceKind;

    use crate::analysis::testkit::Kit;
    use crate::analysis::{BlindSpots, Coverage};

    #[test]
    fn types_that_were_left_out_are_named() {
        let mut kit = Kit::new();
        let app = kit.node("app::App", 1);
        kit.place(app, "token", "app::hot::Token", PlaceKind::LeftOut);
        for name in ["app::hot::A", "app::hot::B", "app::hot::C", "app::hot::D"] {
            kit.left_out(name);
        }
        let expected = expect![[r#"
            1 object was traced; 1 value in it could not, and objects of 4 types were left
                out:
              4 types left out by choice (A, B, C and 1 more): call
                `objgraph::tracking::all()` before these objects are made
              1 value of Token in App.token, left out: call `objgraph::tracking::all()`
                before it is made, or `objgraph::watch(&pointer)`"#]];
        expected.assert_eq(&Coverage::of(&kit.snapshot()).to_string());
    }

    /// An answer about references is not changed by a type that holds none.
    #[test]
    fn only_types_that_may_hold_references_hide_a_leak() {
        let kit = || {
            let mut kit = Kit::new();
            kit.node("app::App", 1);
            kit.left_out("app::Token");
            kit.change_type("app::Token", |info| info.needs_drop = false);
            kit.left_out("alloc::string::String");
            kit.change_type("alloc::string::String", |info| info.is_visited = false);
            kit
        };
        let snapshot = kit().snapshot();
        assert!(Coverage::of_references(&snapshot).is_complete());
        assert_eq!(Coverage::of(&snapshot).left_out_types(), 2);
        let mut more = kit();
        more.left_out("app::Session");
        assert_eq!(
            Coverage::of_references(&more.snapshot()).left_out_types(),
            1
        );
    }

    #[test]
    fn a_pointer_of_another_copy_of_objgraph_is_named() {
        let mut kit = Kit::new();
        let app = kit.node("app::App", 1);
        let rc = "core::option::Option<objgraph_core::pointers::rc::Rc<app::Plugin>>";
        kit.place(app, "plugin", rc, PlaceKind::Opaque);
        let snapshot = kit.snapshot();
        for text in [
            Coverage::of(&snapshot).to_string(),
            BlindSpots::of(&snapshot).to_string(),
        ] {
            let words: Vec<_> = text.split_whitespace().collect();
            let text = words.join(" ");
            assert!(text.contains("of another copy of objgraph"), "{text}");
            assert!(
                text.contains("have all crates depend on one version of objgraph"),
                "{text}"
            );
        }
    }
}
