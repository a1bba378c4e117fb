//! Who reads a report: someone who writes objgraph into a program, or someone who runs `cargo objgraph`
//! on a program that knows nothing of it. What the first can write, the second cannot.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::analysis::Remedy;

/// Whether the reader runs the command. Set once, before the first report of a process.
static RUNS_COMMAND: AtomicBool = AtomicBool::new(false);

/// Whether the command was run with `--owners`. Set with [`RUNS_COMMAND`].
static HAS_OWNERS: AtomicBool = AtomicBool::new(false);

/// Words the advice of all reports of this process for someone who runs `cargo objgraph`, and may have
/// passed `--owners`.
#[doc(hidden)]
pub fn advise_on_the_command(has_owners: bool) {
    // Relaxed: nothing else is published with them.
    HAS_OWNERS.store(has_owners, Ordering::Relaxed);
    RUNS_COMMAND.store(true, Ordering::Relaxed);
}

/// Returns whether the reader runs `cargo objgraph`, and cannot write objgraph's code.
pub(super) fn runs_command() -> bool {
    // Relaxed, as in `advise_on_the_command`.
    RUNS_COMMAND.load(Ordering::Relaxed)
}

/// Returns where to read more: a function that only a program with objgraph can call.
pub(super) fn see_blind_spots() -> &'static str {
    match runs_command() {
        true => "",
        false => " (see objgraph::blind_spots())",
    }
}

/// Returns what makes a value visible again that was lent out, if the reader can write it.
pub(super) fn watch_again() -> Option<&'static str> {
    (!runs_command()).then_some("call `objgraph::watch(&pointer)` after that")
}

/// Returns what makes types tracked that were left out by choice, if the reader can write it.
pub(super) fn track_all() -> Option<&'static str> {
    (!runs_command()).then_some("call `objgraph::tracking::all()` before these objects are made")
}

/// Returns what someone who runs the command can do about a blind spot.
pub(super) fn command_text(remedy: &Remedy) -> String {
    // Relaxed, as in `advise_on_the_command`.
    text(remedy, HAS_OWNERS.load(Ordering::Relaxed))
}

fn text(remedy: &Remedy, has_owners: bool) -> String {
    match remedy {
        Remedy::Derive(path) => {
            let krate = path.split("::").next().unwrap_or(path);
            format!(
                "if {krate} is a dependency, run with `--deps {krate}`; `--explain` lists what was \
                 not instrumented, and why"
            )
        }
        Remedy::Register { .. } => "run without `--stable`".to_owned(),
        Remedy::Feature(name) => format!("objgraph can trace other versions of {name}"),
        Remedy::Capture(_) | Remedy::Future(_) | Remedy::Bound | Remedy::Call if !has_owners => {
            "run with `--owners`, which records what closures and futures hold".to_owned()
        }
        Remedy::OwnPointer => {
            "its pointer is std's; `--explain` lists what fell back, and why".to_owned()
        }
        Remedy::Choose => {
            "its type is left out by OBJGRAPH_ONLY or OBJGRAPH_EXCEPT, or by the program".to_owned()
        }
        Remedy::Channel => "items in a channel cannot be traced".to_owned(),
        Remedy::OneCopy => "the program depends on objgraph itself, in another version".to_owned(),
        Remedy::Capture(_) | Remedy::Future(_) | Remedy::Bound | Remedy::Call => {
            "what it holds is known, and not proven".to_owned()
        }
        Remedy::Supertrait(_) | Remedy::ValueInAny | Remedy::WatchTask | Remedy::With => {
            "it cannot be traced, unless the program adopts objgraph".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_advised_that_only_a_program_with_objgraph_can_do() {
        let remedies = [
            Remedy::Derive("rowan::Node".to_owned()),
            Remedy::Register {
                written: "a::Node<u8>".to_owned(),
                within: None,
            },
            Remedy::Feature("slab"),
            Remedy::Capture("Fn()".to_owned()),
            Remedy::Future("Future<Output = ()>".to_owned()),
            Remedy::Supertrait("a::Shape".to_owned()),
            Remedy::OwnPointer,
            Remedy::Bound,
            Remedy::Call,
            Remedy::ValueInAny,
            Remedy::OneCopy,
            Remedy::WatchTask,
            Remedy::Channel,
            Remedy::With,
        ];
        for remedy in &remedies {
            for has_owners in [false, true] {
                let text = text(remedy, has_owners);
                let is_code = text.contains("objgraph::") || text.contains("#[");
                assert!(!is_code, "{text}");
                assert!(!has_owners || !text.contains("--owners"), "{text}");
            }
        }
        assert!(text(&remedies[0], false).contains("`--deps rowan`"));
    }
}
