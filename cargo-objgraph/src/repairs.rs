//! What is different from a full instrumentation, because the compiler refused something, or cargo
//! would. Kept between runs, so that the second run need not find it again.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::tree;

/// All repairs of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Repairs {
    /// The version of this command and the compiler; other ones may accept more.
    pub(crate) made_by: String,
    /// By the path of the original.
    pub(crate) files: BTreeMap<PathBuf, FileRepairs>,
    /// By package: the types whose pointers stay std's in it, with the reason.
    #[serde(default)]
    pub(crate) pointees: BTreeMap<String, BTreeMap<String, String>>,
    /// Packages that are built as they are, with the reason.
    pub(crate) plain: BTreeMap<String, String>,
}

/// The repairs of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRepairs {
    /// Of the text that the repairs were made for.
    pub(crate) hash: u64,
    /// Where in the original an edit is left out, with the reason.
    pub(crate) left_out: BTreeMap<usize, String>,
    /// Texts that replace others.
    pub(crate) replaced: BTreeSet<Replacement>,
    /// Replacements that did not compile.
    #[serde(default)]
    pub(crate) refused: BTreeSet<Replacement>,
    /// Why the file uses std's pointers, if it does.
    pub(crate) uses_std: Option<String>,
}

impl FileRepairs {
    /// Returns whether a text may be replaced: nothing else was replaced there, or refused.
    pub(crate) fn accepts(&self, new: &Replacement) -> bool {
        !self.replaced.iter().any(|old| old.overlaps(new)) && !self.refused.contains(new)
    }

    /// Takes back what was replaced at a place. Returns whether there was something.
    pub(crate) fn withdraw(&mut self, at: usize) -> bool {
        let there: Vec<Replacement> = self
            .replaced
            .extract_if(.., |old| old.start == at)
            .collect();
        let is_some = !there.is_empty();
        self.refused.extend(there);
        is_some
    }
}

/// A part of the original and the text that replaces it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Replacement {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) text: String,
}

impl Replacement {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns whether the two change the same bytes, or insert at the same place.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end || self.start == other.start
    }
}

impl Repairs {
    /// Reads the repairs of earlier runs, if they were made by the same versions.
    pub(crate) fn load(path: &Path, made_by: &str) -> Self {
        let read = std::fs::read_to_string(path).ok();
        let repairs = read.and_then(|text| serde_json::from_str::<Self>(&text).ok());
        match repairs {
            Some(repairs) if repairs.made_by == made_by => repairs,
            _ => Self {
                made_by: made_by.to_owned(),
                ..Self::default()
            },
        }
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).expect("paths and texts can be written");
        tree::write(path, &text)
    }

    /// Returns the repairs of a file, if they were made for this text.
    pub(crate) fn of(&self, original: &Path, source: &str) -> Option<&FileRepairs> {
        let repairs = self.files.get(original)?;
        (repairs.hash == hash(source)).then_some(repairs)
    }

    /// Returns the repairs of a file, to add to them. Those for another text are dropped.
    pub(crate) fn of_mut(&mut self, original: &Path, source: &str) -> &mut FileRepairs {
        let repairs = self.files.entry(original.to_owned()).or_default();
        let hash = hash(source);
        if repairs.hash != hash {
            *repairs = FileRepairs {
                hash,
                ..FileRepairs::default()
            };
        }
        repairs
    }
}

/// Only compared with hashes of the same version of this command on the same machine.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_that_was_taken_back_is_not_made_again() {
        let replacement = |start, text: &str| Replacement {
            start,
            end: start,
            text: text.to_owned(),
        };
        let bound = replacement(5, " + 'static");
        let mut repairs = FileRepairs::default();
        assert!(repairs.accepts(&bound));
        repairs.replaced.insert(bound.clone());
        assert!(!repairs.accepts(&replacement(5, "other")), "one at a place");
        assert!(!repairs.withdraw(4));
        assert!(repairs.withdraw(5));
        assert!(repairs.replaced.is_empty());
        assert!(!repairs.accepts(&bound));
        assert!(repairs.accepts(&replacement(5, "other")));
    }
}
