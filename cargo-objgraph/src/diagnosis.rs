//! Where in the instrumented copy an error of the compiler is, and what can be done about it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use cargo_metadata::CompilerMessage;
use cargo_metadata::diagnostic::{Applicability, Diagnostic, DiagnosticSpan};
use objgraph_edits::EditKind;

use crate::copy::{Copied, Copy};
use crate::pointee;
use crate::repairs::Replacement;
use crate::unsizing::unsized_target;

/// What can be done about an error, from the least loss to the greatest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Remedy {
    /// Leave out the edits at these places of a file.
    LeaveOut { file: PathBuf, at: Vec<usize> },
    /// Take back a replaced text, at a place of the original file.
    Withdraw { file: PathBuf, at: usize },
    /// Replace texts of a file.
    Replace {
        file: PathBuf,
        replacements: Vec<Replacement>,
    },
    /// Let the pointers to this type be std's; or one of these files use std's pointers: the first that
    /// does not yet.
    UseStd {
        pointee: Option<String>,
        files: Vec<PathBuf>,
    },
    /// Nothing in a file: the error is not in the copy.
    Elsewhere,
}

/// An error of the compiler, and what can be done about it.
#[derive(Clone, Debug)]
pub(crate) struct Diagnosis {
    pub(crate) package: String,
    /// The first line of the message, with its place.
    pub(crate) reason: String,
    pub(crate) remedy: Remedy,
    /// Whether its text names a pointer, or something of objgraph.
    pub(crate) is_about_pointers: bool,
}

/// A part of a file of the copy.
struct Part<'c> {
    file: &'c Copied,
    range: Range<usize>,
}

/// Finds a remedy for an error.
pub(crate) fn diagnose(message: &CompilerMessage, copy: &Copy) -> Option<Diagnosis> {
    let diagnostic = &message.message;
    if diagnostic.spans.is_empty() && diagnostic.message.starts_with("aborting due to") {
        return None;
    }
    let finder = Finder {
        copy,
        manifest_dir: message.target.src_path.as_std_path(),
    };
    let package = copy.package_of(message.target.src_path.as_std_path());
    let package = package.map_or_else(|| message.target.name.clone(), str::to_owned);
    Some(Diagnosis {
        package,
        reason: reason(diagnostic),
        remedy: finder.remedy(diagnostic),
        is_about_pointers: is_about_pointers(diagnostic),
    })
}

struct Finder<'c> {
    copy: &'c Copy,
    /// A file of the package.
    manifest_dir: &'c Path,
}

impl<'c> Finder<'c> {
    fn remedy(&self, diagnostic: &Diagnostic) -> Remedy {
        if let Some(remedy) = self.wrong_edit(diagnostic) {
            return remedy;
        }
        if let Some(remedy) = self.wrong_repair(diagnostic) {
            return remedy;
        }
        if let Some(remedy) = self.unsizing(diagnostic) {
            return remedy;
        }
        if let Some(remedy) = self.suggestion(diagnostic) {
            return remedy;
        }
        if let Some(remedy) = self.std_call(diagnostic) {
            return remedy;
        }
        let files = self.files(diagnostic);
        match files.is_empty() {
            true => Remedy::Elsewhere,
            false => Remedy::UseStd {
                pointee: pointee(diagnostic).map(str::to_owned),
                files,
            },
        }
    }

    fn part(&self, span: &DiagnosticSpan) -> Option<Part<'c>> {
        let file = self
            .copy
            .find(Path::new(&span.file_name), self.manifest_dir)?;
        let range = span.byte_start as usize..span.byte_end as usize;
        (range.end <= file.edited.text.len()).then_some(Part { file, range })
    }

    /// Returns the edits of a file that an error comes from: it lies in their text, or in what their
    /// macro expands to.
    fn wrong_edit(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        let spans = diagnostic.spans.iter().filter(|span| span.is_primary);
        for span in spans {
            // A macro reports mistakes of its own at the tokens that it received, without a code.
            let mut is_expanded = diagnostic.code.is_none();
            let mut next = Some(span);
            while let Some(span) = next {
                let part = self.part(span);
                let found = part.map(|part| {
                    let mut at = part.touched();
                    if at.is_empty() && is_expanded {
                        at = part.subjects();
                    }
                    (part.file.original.clone(), at)
                });
                if let Some((file, at)) = found.filter(|(_, at)| !at.is_empty()) {
                    return Some(Remedy::LeaveOut { file, at });
                }
                next = span.expansion.as_ref().map(|expansion| {
                    is_expanded |= is_own(&expansion.macro_decl_name);
                    &expansion.span
                });
                // The fields of a type have places of their own in what the derive expands to.
                if is_expanded
                    && span.expansion.is_some()
                    && let Some(part) = self.part(span)
                {
                    let at = part.subjects();
                    if !at.is_empty() {
                        let file = part.file.original.clone();
                        return Some(Remedy::LeaveOut { file, at });
                    }
                }
            }
        }
        None
    }

    /// Returns the repair that an error of the syntax lies in, as in the arguments of a macro.
    fn wrong_repair(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        let span = diagnostic.spans.iter().find(|span| span.is_primary)?;
        let part = self.part(span).filter(|_| diagnostic.code.is_none())?;
        let edit = part.file.edited.map.origin(part.range.start).edit?;
        let edit = part.file.edits.get(edit)?;
        (edit.kind == EditKind::Repair).then(|| Remedy::Withdraw {
            file: part.file.original.clone(),
            at: edit.range.start,
        })
    }

    /// Returns `unsize!` around a pointer where one to a `dyn Trait` or a slice is expected: with stable
    /// features alone, only std's pointers coerce.
    fn unsizing(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        if diagnostic.code.as_ref()?.code != "E0308" {
            return None;
        }
        let span = diagnostic.spans.iter().find(|span| span.is_primary)?;
        let target = unsized_target(span.label.as_deref()?)?;
        let part = self.part(span).filter(|_| span.expansion.is_none())?;
        if !part.touched().is_empty() {
            return None;
        }
        let range = part.file.edited.map.original(part.range.clone());
        let inserted = |at: usize, text: String| Replacement {
            start: at,
            end: at,
            text,
        };
        let before = "::objgraph_std::__objgraph::unsize!(".to_owned();
        let replacements = vec![
            inserted(range.start, before),
            inserted(range.end, format!(" => {target})")),
        ];
        let file = &part.file.original;
        let known = self.copy.repairs.files.get(file);
        let mut new = replacements.iter();
        let is_new = new.all(|new| known.is_none_or(|known| known.accepts(new)));
        is_new.then(|| Remedy::Replace {
            file: file.clone(),
            replacements,
        })
    }

    /// Returns what the compiler suggests itself, if it is sure.
    fn suggestion(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        // The signature of a trait's method: the types in it are not named as they are in the file.
        if diagnostic
            .code
            .as_ref()
            .is_some_and(|code| code.code == "E0053")
        {
            return None;
        }
        diagnostic
            .children
            .iter()
            .find_map(|child| self.suggestion_of(&child.spans))
    }

    fn suggestion_of(&self, spans: &[DiagnosticSpan]) -> Option<Remedy> {
        if spans.is_empty() || !spans.iter().all(is_sure) {
            return None;
        }
        let mut file = None;
        let mut replacements = Vec::new();
        for span in spans {
            let part = self.part(span)?;
            if !part.touched().is_empty() || span.expansion.is_some() {
                return None;
            }
            let range = part.file.edited.map.original(part.range.clone());
            let original = &part.file.original;
            if *file.get_or_insert(original) != original {
                return None;
            }
            replacements.push(Replacement {
                start: range.start,
                end: range.end,
                text: span.suggested_replacement.clone()?,
            });
        }
        let file = file?;
        let known = self.copy.repairs.files.get(file);
        let is_new = replacements
            .iter()
            .all(|new| known.is_none_or(|known| known.accepts(new)));
        is_new.then(|| Remedy::Replace {
            file: file.clone(),
            replacements,
        })
    }

    /// A pointer that is created as the argument of a function that wants std's: `Arc::new(…)`.
    fn std_call(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        if !matches!(&*diagnostic.code.as_ref()?.code, "E0277" | "E0308") {
            return None;
        }
        let span = diagnostic.spans.iter().find(|span| span.is_primary)?;
        let part = self.part(span)?;
        if span.expansion.is_some() || !part.touched().is_empty() {
            return None;
        }
        let text = &part.file.edited.text[part.range.clone()];
        let before = &part.file.edited.text[..part.range.start];
        let ((head, module), start) =
            [("Arc::", "sync"), ("Rc::", "rc")]
                .into_iter()
                .find_map(|head| {
                    let is_call = text.starts_with(head.0);
                    let start = match is_call {
                        true => Some(part.range.start),
                        false => start_of_call(before, head.0),
                    };
                    Some((head, start?))
                })?;
        let start = part.file.edited.map.origin(start).offset;
        let replacement = Replacement {
            start,
            end: start + head.len() - 2,
            text: format!(
                "::objgraph_std::__std::{module}::{}",
                &head[..head.len() - 2]
            ),
        };
        let known = self.copy.repairs.files.get(&part.file.original);
        let is_new = known.is_none_or(|known| known.accepts(&replacement));
        is_new.then(|| Remedy::Replace {
            file: part.file.original.clone(),
            replacements: vec![replacement],
        })
    }

    /// Returns the files of the copy that an error names: first that with the error, then those with
    /// what it refers to.
    fn files(&self, diagnostic: &Diagnostic) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut primary: Vec<&DiagnosticSpan> = diagnostic.spans.iter().collect();
        primary.sort_by_key(|span| !span.is_primary);
        let children = diagnostic.children.iter().flat_map(|child| &child.spans);
        for span in primary.into_iter().chain(children) {
            let mut next = Some(span);
            while let Some(span) = next {
                if let Some(part) = self.part(span)
                    && !files.contains(&part.file.original)
                {
                    files.push(part.file.original.clone());
                }
                next = span.expansion.as_ref().map(|expansion| &expansion.span);
            }
        }
        files
    }
}

impl Part<'_> {
    /// Returns where the edits are whose text the part begins or ends in.
    fn touched(&self) -> Vec<usize> {
        let last = self.range.end.saturating_sub(1).max(self.range.start);
        let map = &self.file.edited.map;
        let edits = [map.origin(self.range.start).edit, map.origin(last).edit];
        self.starts(edits.into_iter().flatten())
    }

    /// Returns where the derives and the attributes of tests are whose item the part lies in.
    fn subjects(&self) -> Vec<usize> {
        let start = self.file.edited.map.origin(self.range.start).offset;
        let edits = self.file.edits.iter().enumerate();
        let around = edits.filter(|(_, edit)| {
            let is_macro = matches!(edit.kind, EditKind::Derive { .. } | EditKind::Test { .. });
            is_macro && edit.subject.start <= start && start <= edit.subject.end
        });
        self.starts(around.map(|(index, _)| index))
    }

    /// Returns where edits are that can be left out; a repair cannot.
    fn starts(&self, edits: impl Iterator<Item = usize>) -> Vec<usize> {
        let edits = edits.filter_map(|edit| self.file.edits.get(edit));
        let edits = edits.filter(|edit| !matches!(edit.kind, EditKind::Repair | EditKind::Path));
        let mut starts: Vec<usize> = edits.map(|edit| edit.range.start).collect();
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

/// Returns whether an error or one of its notes names a pointer, or something of objgraph.
fn is_about_pointers(diagnostic: &Diagnostic) -> bool {
    const WORDS: [&str; 6] = ["Rc", "Arc", "Weak", "Wake", "objgraph", "Tracked"];
    let labels = diagnostic.spans.iter();
    let mut texts = labels
        .filter_map(|span| span.label.as_deref())
        .chain([&*diagnostic.message]);
    texts.any(|text| WORDS.iter().any(|word| text.contains(word)))
        || diagnostic.children.iter().any(is_about_pointers)
}

/// Returns the first line of a message, with its place.
fn reason(diagnostic: &Diagnostic) -> String {
    let span = diagnostic.spans.iter().find(|span| span.is_primary);
    let place = span.map_or_else(String::new, |span| {
        format!("{}:{}: ", span.file_name, span.line_start)
    });
    format!("{place}{}", first_line(diagnostic))
}

/// Returns the first line of a message, with its label and its code.
pub(crate) fn first_line(diagnostic: &Diagnostic) -> String {
    let first = diagnostic.message.lines().next().unwrap_or_default();
    let code = diagnostic.code.as_ref();
    let code = code.map_or_else(String::new, |code| format!(" [{}]", code.code));
    let span = diagnostic.spans.iter().find(|span| span.is_primary);
    let detail = span
        .and_then(|span| span.label.as_deref())
        .unwrap_or_default();
    let detail = match detail.is_empty() || first.contains(detail) {
        true => String::new(),
        false => format!(": {}", detail.lines().next().unwrap_or_default()),
    };
    format!("{first}{detail}{code}")
}

/// Returns where `Arc::clone(` begins, if a text ends with it, or with another function of the pointer
/// whose argument is a pointer.
fn start_of_call(text: &str, head: &str) -> Option<usize> {
    const FUNCTIONS: [&str; 9] = [
        "clone(",
        "downgrade(",
        "ptr_eq(",
        "strong_count(",
        "weak_count(",
        "try_unwrap(",
        "into_inner(",
        "get_mut(",
        "make_mut(",
    ];
    FUNCTIONS.iter().find_map(|function| {
        let rest = text.strip_suffix(function)?.strip_suffix(head)?;
        let is_name =
            rest.ends_with(|char: char| char.is_alphanumeric() || char == '_' || char == ':');
        (!is_name).then_some(rest.len())
    })
}

/// Returns the type behind the pointer that an error is about.
fn pointee(diagnostic: &Diagnostic) -> Option<&str> {
    let primary = diagnostic.spans.iter().filter(|span| span.is_primary);
    let labels = primary.filter_map(|span| span.label.as_deref());
    let notes = diagnostic.children.iter().map(|child| &*child.message);
    let messages = std::iter::once(&*diagnostic.message)
        .chain(labels)
        .chain(notes);
    messages.filter_map(pointee::in_message).next()
}

/// Returns whether a macro is one that the edits insert.
pub(crate) fn is_own(macro_name: &str) -> bool {
    macro_name.contains("__objgraph") || macro_name.contains("Tracked")
}

/// Returns whether a suggestion is right, as far as the compiler knows. Bounds of lifetimes are
/// suggested as one of several ways.
pub(crate) fn is_sure(span: &DiagnosticSpan) -> bool {
    let Some(text) = &span.suggested_replacement else {
        return false;
    };
    match &span.suggestion_applicability {
        Some(Applicability::MachineApplicable) => true,
        Some(Applicability::MaybeIncorrect) => text.contains("'static"),
        _ => false,
    }
}
