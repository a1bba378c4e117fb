//! What leaked, as `Leaks::to_json` of objgraph writes it.

use serde::{Deserialize, Serialize};

/// How sure it is that objects leaked. Later variants are worse.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing leaked, as far as could be traced.
    #[default]
    Clean,
    /// Objects are alive that could not be traced.
    Unproven,
    /// Objects would have leaked if opaque values among them held their references.
    Possibly,
    /// Objects have leaked if the words in opaque values are the references that they look like.
    Likely,
    /// Objects have leaked: proven.
    Leaked,
}

/// What leaked, likely leaked and possibly leaked. The schema is `objgraph-leaks`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaks {
    /// The name of the schema.
    pub schema: String,
    /// The version of the schema.
    pub version: u32,
    /// The kinds of leaks: the proven ones first, then the likely ones, then the possible ones; of
    /// each those that retain the most bytes first.
    pub kinds: Vec<Kind>,
    /// What could not be traced.
    pub coverage: Coverage,
}

impl Leaks {
    /// Returns the worst verdict, [`Verdict::Clean`] if there are no leaks.
    ///
    /// ```
    /// use objgraph_findings::{Leaks, Verdict};
    ///
    /// assert_eq!(Leaks::default().verdict(), Verdict::Clean);
    /// ```
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.kinds.iter().map(|kind| kind.verdict);
        verdicts.max().unwrap_or_default()
    }
}

/// Leaks of one kind: cycles with the same fingerprint, or the objects that possibly leaked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// How sure it is.
    pub verdict: Verdict,
    /// The fingerprint; `None` for what possibly leaked.
    pub fingerprint: Option<String>,
    /// Other fingerprints that leaks of this kind have when they leak alone.
    #[serde(default)]
    pub also: Vec<String>,
    /// Number of leaks: of groups of objects, each kept alive by its own cycle.
    pub leaks: usize,
    /// Number of objects.
    pub objects: usize,
    /// Number of bytes that would be freed, including heap memory that the objects own.
    pub bytes: u64,
    /// The types, and where their objects were created, most objects first; at most 20 rows.
    pub sites: Vec<SiteRow>,
    /// The cycles, `Node.next → Node.next → (the first)`; for what possibly leaked, the values that
    /// may hold the references.
    pub paths: Vec<String>,
    /// What to change: ``make `Node.next` Weak``.
    pub fix: Option<String>,
    /// The section of the report on this kind, several lines.
    pub text: String,
    /// The path of a picture, if one was written.
    #[serde(default)]
    pub picture: Option<String>,
}

/// The number of objects of one type that one place in the source created.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRow {
    /// The name of the type as reports show it.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Number of objects.
    pub objects: usize,
    /// The file as the compiler received it; `None` if the place is not known.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1; 0 if it is not known.
    pub column: Option<u32>,
}

/// How much could be traced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Whether tracking was on.
    pub is_enabled: bool,
    /// Number of live objects that were traced.
    pub traced: usize,
    /// Number of live objects that were not.
    pub untraced: usize,
    /// Number of values in traced objects that were not.
    pub untraced_values: usize,
    /// What was not traced, a line for each reason, with what changes it.
    pub lines: Vec<String>,
}
