//! What to change after an error of the compiler in the adopted text.

use std::path::{Path, PathBuf};

use cargo_metadata::diagnostic::{Diagnostic, DiagnosticSpan};
use objgraph_edits::{Edit, Position, Receiver};

use crate::diagnosis::{first_line, is_own};
use crate::tree::{Tree, normal};
use crate::unsizing::unsized_target;

use super::adoption::Adoption;
use super::file::File;
use super::shown;

/// What can be done about an error.
#[derive(Clone, Debug)]
pub(crate) enum Remedy {
    /// Change the text of a file. The edits belong together.
    Change { file: PathBuf, edits: Vec<Edit> },
    /// Make an associated function of a method.
    Function { file: PathBuf, receiver: Receiver },
    /// Leave out a derive, the check of a test, or the change of a path.
    LeaveOut { file: PathBuf, edit: usize },
}

/// A part of a file of the copy.
struct Part<'a> {
    file: &'a File,
    start: usize,
    end: usize,
}

impl Part<'_> {
    fn text(&self) -> &str {
        self.file
            .text()
            .get(self.start..self.end)
            .unwrap_or_default()
    }

    /// Returns where the pointer `name` is named that an error in the part is about: at its start, in
    /// `Type::from(…)` after it, or where the variable is declared that the part is.
    fn start_of(&self, name: &str) -> Option<usize> {
        let text = self.text();
        let rest = text.strip_prefix(name).unwrap_or_default();
        if rest.starts_with("::") || rest.starts_with('<') {
            return Some(self.start);
        }
        let after = &self.file.text()[self.end..];
        if after.starts_with(&format!("::from({name}::")) {
            return Some(self.end + "::from(".len());
        }
        let is_variable = text.chars().all(|c| c.is_alphanumeric() || c == '_');
        let before = &self.file.text()[..self.start];
        let declaration = format!(" {text} = ");
        let at = before.rfind(&format!("{declaration}{name}::"))?;
        is_variable.then_some(at + declaration.len())
    }

    fn change(&self, range: std::ops::Range<usize>, text: String) -> Remedy {
        Remedy::Change {
            file: self.file.path.clone(),
            edits: vec![Edit::repair(range, text)],
        }
    }
}

/// Finds what to change after an error.
pub(crate) struct Finder<'a> {
    adoption: &'a Adoption,
    tree: &'a Tree,
}

impl<'a> Finder<'a> {
    pub(crate) fn new(adoption: &'a Adoption, tree: &'a Tree) -> Self {
        Self { adoption, tree }
    }

    /// Returns the remedy that loses the least, if there is one beside std's pointers.
    pub(crate) fn remedy(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        self.wrong_attribute(diagnostic)
            .or_else(|| self.receiver(diagnostic))
            .or_else(|| self.associated_call(diagnostic))
            .or_else(|| self.unsizing(diagnostic))
            .or_else(|| self.std_pointer(diagnostic))
            .or_else(|| self.suggestion(diagnostic))
            .or_else(|| self.type_of_call(diagnostic))
    }

    fn part(&self, span: &DiagnosticSpan) -> Option<Part<'a>> {
        let copied = normal(&self.tree.copy.join(Path::new(&span.file_name)));
        let file = self.adoption.files.get(&self.tree.original(&copied)?)?;
        let part = Part {
            file,
            start: span.byte_start as usize,
            end: span.byte_end as usize,
        };
        (part.end <= file.text().len()).then_some(part)
    }

    /// The part of the error itself, if it is written there and no macro expands to it.
    fn primary(&self, diagnostic: &Diagnostic) -> Option<(Part<'a>, String)> {
        let span = diagnostic.spans.iter().find(|span| span.is_primary)?;
        let part = self.part(span).filter(|_| span.expansion.is_none())?;
        Some((part, span.label.clone().unwrap_or_default()))
    }

    /// A derive or a test that the compiler refuses: the error lies in what it expands to.
    fn wrong_attribute(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        for span in diagnostic.spans.iter().filter(|span| span.is_primary) {
            // A macro reports mistakes of its own at the tokens that it received, without a code.
            let mut is_expanded = diagnostic.code.is_none();
            let mut next = Some(span);
            while let Some(span) = next {
                if let Some(expansion) = &span.expansion {
                    is_expanded |= is_own(&expansion.macro_decl_name)
                        || expansion.macro_decl_name.contains("objgraph::test");
                }
                if is_expanded && let Some(part) = self.part(span) {
                    let edit = part.file.attribute_at(part.start);
                    if let Some(edit) = edit.or_else(|| part.file.attribute_of(part.start)) {
                        let file = part.file.path.clone();
                        return Some(Remedy::LeaveOut { file, edit });
                    }
                }
                next = span.expansion.as_ref().map(|expansion| &expansion.span);
            }
        }
        None
    }

    /// `self: &Rc<Self>`, which stable Rust allows for std's pointers only.
    fn receiver(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        let message = &diagnostic.message;
        if !message.contains("type of `self`") && !message.contains("`self` parameter type") {
            return None;
        }
        let (part, _) = self.primary(diagnostic)?;
        let receiver = objgraph_edits::receiver(part.file.text(), part.start).ok()??;
        Some(Remedy::Function {
            file: part.file.path.clone(),
            receiver,
        })
    }

    /// A call of a method that became an associated function.
    fn associated_call(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        let (part, _) = self.primary(diagnostic)?;
        let name = part.text();
        let is_reference = self.adoption.functions.get(name)?.is_reference;
        let mut children = diagnostic.children.iter();
        let help = children.find(|child| child.message.contains("associated function syntax"))?;
        let [span] = &help.spans[..] else {
            return None;
        };
        let suggested = span.suggested_replacement.as_deref()?;
        let path = &suggested[..suggested.find(&format!("::{name}"))? + "::".len() + name.len()];
        let call = self.part(span)?;
        let edit = objgraph_edits::associated_call(
            part.file.text(),
            call.start..call.end,
            part.start..part.end,
            path,
            is_reference,
        )?;
        Some(Remedy::Change {
            file: part.file.path.clone(),
            edits: vec![edit],
        })
    }

    /// The type of such a call, where it is not imported. Of types in other crates, the compiler does not
    /// suggest the import.
    fn type_of_call(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        if diagnostic.code.as_ref()?.code != "E0433" {
            return None;
        }
        let (part, _) = self.primary(diagnostic)?;
        let text = part.file.text();
        let function = text[part.end..].strip_prefix("::")?.split('(').next()?;
        let function = self.adoption.functions.get(function)?;
        let name = part.text();
        let path = path_in(text, name).or_else(|| {
            let package = self.adoption.package_of(&function.file)?;
            Some(format!("{}::{name}", package.module_of(&function.file)))
        })?;
        Some(part.change(part.start..part.end, path))
    }

    /// A pointer to a value where one to a `dyn Trait` or a slice is expected.
    fn unsizing(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        if diagnostic.code.as_ref()?.code != "E0308" {
            return None;
        }
        let (part, label) = self.primary(diagnostic)?;
        let target = unsized_target(&label)?;
        let text = format!("objgraph::unsize!({} => {target})", part.text());
        Some(part.change(part.start..part.end, text))
    }

    /// A pointer where std's is demanded: created as `Arc::new(…)`, or in the signature of a trait's
    /// method.
    fn std_pointer(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        let code = &*diagnostic.code.as_ref()?.code;
        if !matches!(code, "E0053" | "E0277" | "E0308") || !names_std(diagnostic) {
            return None;
        }
        let (part, _) = self.primary(diagnostic)?;
        if let Some(edit) = part.file.path_at(part.start) {
            let file = part.file.path.clone();
            return Some(Remedy::LeaveOut { file, edit });
        }
        let (start, name, module) = [("Arc", "sync"), ("Rc", "rc")]
            .into_iter()
            .find_map(|(name, module)| Some((part.start_of(name)?, name, module)))?;
        let range = start..start + name.len();
        Some(part.change(range, format!("std::{module}::{name}")))
    }

    /// The bound `'static`, or the import of a trait that `unsize!` names, if the compiler suggests it.
    fn suggestion(&self, diagnostic: &Diagnostic) -> Option<Remedy> {
        let suggestions = diagnostic.children.iter().filter(|child| {
            let mut texts = child
                .spans
                .iter()
                .filter_map(|span| span.suggested_replacement.as_deref());
            texts.any(|text| text.contains("'static") || text.starts_with("use "))
        });
        let suggestions: Vec<_> = suggestions.collect();
        // Of several ways, nobody knows the right one.
        let [suggestion] = suggestions[..] else {
            return None;
        };
        let (file, edits) = self.edits(suggestion)?;
        Some(Remedy::Change { file, edits })
    }

    /// Returns what a warning suggests for an import of objgraph without a use, in a file that writes
    /// pointers as std's.
    pub(crate) fn unused_import(&self, diagnostic: &Diagnostic) -> Option<(PathBuf, Vec<Edit>)> {
        let (part, _) = self.primary(diagnostic)?;
        if !part.file.writes_std() || !part.file.is_import(part.start) {
            return None;
        }
        let mut children = diagnostic.children.iter();
        self.edits(children.find(|child| child.message.starts_with("remove the "))?)
    }

    /// Returns the edits that the compiler suggests, if they are in one file and outside of macros.
    fn edits(&self, suggestion: &Diagnostic) -> Option<(PathBuf, Vec<Edit>)> {
        let mut edits = Vec::new();
        let mut file = None;
        for span in &suggestion.spans {
            let part = self.part(span).filter(|_| span.expansion.is_none())?;
            let path = &part.file.path;
            if *file.get_or_insert(path) != path {
                return None;
            }
            let text = span.suggested_replacement.clone()?;
            edits.push(Edit::repair(part.start..part.end, text));
        }
        Some((file?.clone(), edits))
    }

    /// Returns what an error says, with its place in the program.
    pub(crate) fn reason(&self, diagnostic: &Diagnostic) -> String {
        let mut next = diagnostic.spans.iter().find(|span| span.is_primary);
        let mut place = String::new();
        while let Some(span) = next {
            if let Some(part) = self.part(span) {
                let (at, _) = part.file.origin(part.start);
                let line = Position::of(&part.file.source, at).line;
                place = format!("{}:{line}: ", shown(&self.adoption.root, &part.file.path));
            }
            next = span.expansion.as_ref().map(|expansion| &expansion.span);
        }
        format!("{place}{}", first_line(diagnostic))
    }

    /// Returns the files that an error names: first that with the error, then those with what it refers
    /// to.
    pub(crate) fn files(&self, diagnostic: &Diagnostic) -> Vec<PathBuf> {
        let mut spans: Vec<&DiagnosticSpan> = diagnostic.spans.iter().collect();
        spans.sort_by_key(|span| !span.is_primary);
        spans.extend(diagnostic.children.iter().flat_map(|child| &child.spans));
        let mut files = Vec::new();
        for span in spans {
            let mut next = Some(span);
            while let Some(span) = next {
                if let Some(part) = self.part(span)
                    && !files.contains(&part.file.path)
                {
                    files.push(part.file.path.clone());
                }
                next = span.expansion.as_ref().map(|expansion| &expansion.span);
            }
        }
        files
    }
}

/// Returns a path in the text that ends with a name, as in `shop::App`.
fn path_in(text: &str, name: &str) -> Option<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let end = format!("::{name}");
    let mut found = text.match_indices(&end);
    found.find_map(|(at, matched)| {
        let is_whole = !text[at + matched.len()..].starts_with(is_name);
        let start = text[..at]
            .rfind(|c: char| !is_name(c) && c != ':')
            .map_or(0, |before| before + 1);
        let path = &text[start..at + matched.len()];
        (is_whole && path.starts_with(is_name)).then(|| path.to_owned())
    })
}

/// Returns whether an error speaks of a pointer of std.
fn names_std(diagnostic: &Diagnostic) -> bool {
    let spans = diagnostic.spans.iter();
    let labels = spans.filter_map(|span| span.label.as_deref());
    let children = diagnostic.children.iter();
    let mut texts = labels.chain(children.map(|child| &*child.message));
    texts.any(|text| text.contains("std::rc::") || text.contains("std::sync::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_as_elsewhere_in_the_file() {
        let text = "let a = shop::AppId; let b = ui::shop::App::new();";
        assert_eq!(path_in(text, "App").as_deref(), Some("ui::shop::App"));
        assert_eq!(path_in("let a = App; <A as B>::App", "App"), None);
    }
}
