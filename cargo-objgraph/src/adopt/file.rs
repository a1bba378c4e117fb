//! A source file, with the edits that adopt objgraph and the repairs after them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use objgraph_edits::{Context, Edit, EditKind, Edited, Edition, Plan, Reason, Unparsed};

/// A source file of a package that adopts objgraph.
#[derive(Debug)]
pub(crate) struct File {
    /// The packages with targets that the file belongs to.
    pub(crate) packages: BTreeSet<String>,
    pub(crate) path: PathBuf,
    pub(crate) source: String,
    edits: Vec<Edit>,
    /// The text with the edits, then that with the repairs of each round.
    layers: Vec<Edited>,
    /// What was repaired: the place in the source, and the text.
    repaired: BTreeSet<(usize, String)>,
    /// Whether the file keeps std's pointers.
    keeps_std: bool,
    /// What is not adopted, with the line and the reason.
    pub(crate) left: Vec<Left>,
}

/// A part of a file that is left as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Left {
    /// From 1; 0 for the whole file.
    pub(crate) line: usize,
    /// As a sentence: "the type A is left as it is".
    pub(crate) what: String,
    pub(crate) reason: String,
}

impl File {
    pub(crate) fn new(path: PathBuf, source: String, edition: Edition) -> Self {
        let (edits, left) = match plan(&source, edition) {
            Ok(plan) => {
                let left = plan.skipped.iter().filter_map(left).collect();
                (plan.edits, left)
            }
            Err(error) => {
                let left = Left {
                    line: 0,
                    what: "it is left as it is".to_owned(),
                    reason: error.to_string(),
                };
                (Vec::new(), vec![left])
            }
        };
        let mut file = Self {
            packages: BTreeSet::new(),
            path,
            source,
            edits,
            layers: Vec::new(),
            repaired: BTreeSet::new(),
            keeps_std: false,
            left,
        };
        file.restart();
        file
    }

    /// Returns the text with all edits and repairs.
    pub(crate) fn text(&self) -> &str {
        &self.layers.last().expect("there is a first layer").text
    }

    pub(crate) fn is_changed(&self) -> bool {
        self.text() != self.source
    }

    /// Returns where in the source a byte of the text comes from, and the edit that wrote it.
    pub(crate) fn origin(&self, offset: usize) -> (usize, Option<usize>) {
        let mut at = offset;
        let mut edit = None;
        for (depth, layer) in self.layers.iter().enumerate().rev() {
            let origin = layer.map.origin(at);
            at = origin.offset;
            edit = origin.edit.filter(|_| depth == 0);
        }
        (at, edit)
    }

    /// Returns the derive or the test that wrote a byte of the text.
    pub(crate) fn attribute_at(&self, offset: usize) -> Option<usize> {
        let (_, edit) = self.origin(offset);
        edit.filter(|edit| is_attribute(&self.edits[*edit]))
    }

    /// Returns the edit that leads a path, which is no `use`, to objgraph, and wrote a byte of the text.
    pub(crate) fn path_at(&self, offset: usize) -> Option<usize> {
        let (_, edit) = self.origin(offset);
        edit.filter(|edit| {
            let edit = &self.edits[*edit];
            edit.kind == EditKind::Import && edit.text.trim_start_matches([' ', ':']) == "objgraph"
        })
    }

    /// Returns whether an edit of a `use` wrote a byte of the text.
    pub(crate) fn is_import(&self, offset: usize) -> bool {
        let (_, edit) = self.origin(offset);
        edit.is_some_and(|edit| self.edits[edit].kind == EditKind::Import)
    }

    /// Returns whether a pointer that was imported is now written as std's.
    pub(crate) fn writes_std(&self) -> bool {
        let is_path = |edit: &Edit| edit.kind == EditKind::Path;
        self.edits.iter().any(is_path)
            || self
                .repaired
                .iter()
                .any(|(_, text)| text.starts_with("std::"))
    }

    /// Returns the innermost derive or test whose item has a byte of the text.
    pub(crate) fn attribute_of(&self, offset: usize) -> Option<usize> {
        let (at, _) = self.origin(offset);
        let around = self.edits.iter().enumerate().filter(|(_, edit)| {
            is_attribute(edit) && edit.subject.start <= at && at <= edit.subject.end
        });
        let innermost = around.min_by_key(|(_, edit)| edit.subject.len());
        innermost.map(|(index, _)| index)
    }

    /// Changes the text, unless it was changed so before or another repair changes the same bytes.
    /// Returns whether it changed.
    pub(crate) fn repair(&mut self, groups: &[Vec<Edit>]) -> bool {
        let mut accepted: Vec<Edit> = Vec::new();
        for group in groups {
            let mut keys = Vec::new();
            let is_free = group.iter().all(|new| {
                keys.push((self.origin(new.range.start).0, new.text.clone()));
                accepted.iter().all(|old| !overlaps(old, new))
            });
            if is_free && keys.iter().any(|key| !self.repaired.contains(key)) {
                self.repaired.extend(keys);
                accepted.extend(group.iter().cloned());
            }
        }
        if accepted.is_empty() {
            return false;
        }
        let edited = objgraph_edits::apply(self.text(), &accepted);
        self.layers.push(edited);
        true
    }

    /// Leaves an edit out. The repairs are made again, as far as they are still needed.
    pub(crate) fn leave_out(&mut self, edit: usize, reason: &str) {
        let edit = self.edits.remove(edit);
        let what = match &edit.kind {
            EditKind::Derive { type_name } => format!("the type {type_name} is left as it is"),
            EditKind::Test { name } => format!("the test {name} is left as it is"),
            _ => "a path leads to std as it did".to_owned(),
        };
        self.left.push(Left {
            line: edit.line,
            what,
            reason: reason.to_owned(),
        });
        self.restart();
    }

    /// Lets the file keep std's pointers. Returns whether it did not yet.
    pub(crate) fn keep_std(&mut self, reason: &str) -> bool {
        let has_pointers = self.edits.iter().any(is_pointer);
        if self.keeps_std || !has_pointers {
            return false;
        }
        self.keeps_std = true;
        self.edits.retain(|edit| !is_pointer(edit));
        self.leave("it keeps std's pointers", reason);
        true
    }

    /// Leaves the file as it was. Returns whether it was changed.
    pub(crate) fn leave_all(&mut self, reason: &str) -> bool {
        if self.edits.is_empty() && self.layers.len() == 1 {
            return false;
        }
        self.edits.clear();
        self.leave("it is left as it is", reason);
        true
    }

    fn leave(&mut self, what: &str, reason: &str) {
        self.left.push(Left {
            line: 0,
            what: what.to_owned(),
            reason: reason.to_owned(),
        });
        self.restart();
    }

    fn restart(&mut self) {
        self.repaired.clear();
        self.layers = vec![objgraph_edits::apply(&self.source, &self.edits)];
    }
}

fn is_attribute(edit: &Edit) -> bool {
    matches!(edit.kind, EditKind::Derive { .. } | EditKind::Test { .. })
}

fn is_pointer(edit: &Edit) -> bool {
    matches!(edit.kind, EditKind::Import | EditKind::Path)
}

fn overlaps(one: &Edit, other: &Edit) -> bool {
    let (one, other) = (&one.range, &other.range);
    one.start < other.end && other.start < one.end || one.start == other.start
}

/// Finds the edits of a file. Pointers to text and slices stay std's, because objgraph's cannot create
/// them.
fn plan(source: &str, edition: Edition) -> Result<Plan, Unparsed> {
    const FACADE: &str = "objgraph_std";
    let mut plan = objgraph_edits::adopt(source, edition)?;
    let context = Context {
        edition,
        facade: FACADE.to_owned(),
        ..Context::default()
    };
    let instrumented = objgraph_edits::instrument(source, &context)?;
    let paths = instrumented.edits.into_iter();
    let paths = paths.filter(|edit| edit.kind == EditKind::Path);
    for mut path in paths {
        plan.edits.retain(|edit| !overlaps(edit, &path));
        path.text = path.text.replace(&format!("::{FACADE}::__std"), "std");
        // A whole path leads to std already.
        if !source[path.range.clone()].contains("::") {
            plan.edits.push(path);
        }
    }
    plan.edits
        .sort_by_key(|edit| (edit.range.start, edit.range.end));
    Ok(plan)
}

/// Returns what to say of an item without an edit, unless it needs none.
fn left(skipped: &objgraph_edits::Skipped) -> Option<Left> {
    use objgraph_edits::Item;
    if matches!(skipped.reason, Reason::NoReferences | Reason::ByHand) {
        return None;
    }
    let what = match &skipped.item {
        Item::Type(name) => format!("the type {name} is left as it is"),
        Item::Test(name) => format!("the test {name} is left as it is"),
        Item::Import(text) => {
            let first = text.lines().next().unwrap_or_default();
            format!("`{first}` is left as it is")
        }
        _ => return None,
    };
    Some(Left {
        line: skipped.line,
        what,
        reason: skipped.reason.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adopted(source: &str) -> String {
        let file = File::new("a.rs".into(), source.to_owned(), Edition::E2024);
        file.text().to_owned()
    }

    #[test]
    fn pointers_to_text_stay_those_of_std() {
        for (source, expected) in [
            (
                "use std::rc::Rc;\nfn f(a: Rc<str>, b: &std::rc::Rc<str>) {}\n",
                "use objgraph::rc::Rc;\nfn f(a: std::rc::Rc<str>, b: &std::rc::Rc<str>) {}\n",
            ),
            (
                "use std::rc::Rc;\nuse tiny::Path;\nfn f(a: Rc<Path>) {}\n",
                "use objgraph::rc::Rc;\nuse tiny::Path;\nfn f(a: Rc<Path>) {}\n",
            ),
            (
                "use std::rc::Rc;\nfn f(a: Rc<std::path::Path>) {}\n",
                "use objgraph::rc::Rc;\nfn f(a: std::rc::Rc<std::path::Path>) {}\n",
            ),
        ] {
            assert_eq!(adopted(source), expected);
        }
    }

    #[test]
    fn repairs_lead_back_to_the_source() {
        let source = "struct A(std::rc::Rc<u8>);\n";
        let mut file = File::new("a.rs".into(), source.to_owned(), Edition::E2024);
        assert_eq!(
            file.text(),
            "#[derive(objgraph::Tracked)]\nstruct A(objgraph::rc::Rc<u8>);\n"
        );
        let at = file.text().find("u8").unwrap();
        let repair = || vec![Edit::repair(at..at + 2, "u16".to_owned())];
        assert!(file.repair(&[repair(), repair()]));
        let end = file.text().find(">);").unwrap();
        assert_eq!(file.origin(end), (source.find(">);").unwrap(), None));
        assert_eq!(file.attribute_of(end), Some(0));
        assert_eq!(file.attribute_at(0), Some(0));
        assert!(!file.repair(&[repair()]), "it is made once");
        assert!(file.keep_std("why"));
        assert_eq!(
            file.text(),
            "#[derive(objgraph::Tracked)]\nstruct A(std::rc::Rc<u8>);\n"
        );
        file.leave_out(0, "why");
        assert!(!file.is_changed());
    }
}
