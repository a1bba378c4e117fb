//! Reads the file of known leaks.

use std::str::FromStr;

use toml_span::value::{Table, ValueInner};
use toml_span::{Span, Value};

use super::file::{Entry, List};
use crate::analysis::Fingerprint;
use crate::order;

/// A mistake in the file, and its place.
struct Problem {
    span: Span,
    message: String,
}

impl Problem {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }
}

impl FromStr for List {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text).map_err(|Problem { span, message }| {
            let before = text.as_bytes().iter().take(span.start);
            let line = 1 + before.filter(|&&byte| byte == b'\n').count();
            format!("line {line}: {message}")
        })
    }
}

fn read(text: &str) -> Result<List, Problem> {
    let mut root =
        toml_span::parse(text).map_err(|error| Problem::new(error.span, error.to_string()))?;
    let mut is_strict = false;
    let mut entries = Vec::new();
    for (key, mut value) in table(&mut root)? {
        match (&*key.name, value.take()) {
            ("strict", ValueInner::Boolean(strict)) => is_strict = strict,
            ("strict", _) => {
                let message = "expected `strict = true` or `strict = false`";
                return Err(Problem::new(value.span, message));
            }
            ("leak", ValueInner::Array(leaks)) => {
                for mut leak in leaks {
                    entries.push((leak.span, entry(&mut leak)?));
                }
            }
            _ => return Err(Problem::new(key.span, "an entry begins with `[[leak]]`")),
        }
    }
    order::sort_by_key(&mut entries, |(_, entry)| entry.fingerprint);
    let twice = entries
        .windows(2)
        .find(|pair| pair[0].1.fingerprint == pair[1].1.fingerprint);
    if let Some([_, (span, entry)]) = twice {
        let message = format!("{} is listed twice", entry.fingerprint);
        return Err(Problem::new(*span, message));
    }
    Ok(List {
        is_strict,
        entries: entries.into_iter().map(|(_, entry)| entry).collect(),
    })
}

/// Reads an entry.
fn entry(leak: &mut Value<'_>) -> Result<Entry, Problem> {
    let span = leak.span;
    let mut fingerprint = None;
    let (mut reason, mut link) = (String::new(), String::new());
    let (mut fields, mut sites, mut tests) = (Vec::new(), Vec::new(), Vec::new());
    for (key, value) in table(leak)? {
        match &*key.name {
            "fingerprint" => fingerprint = Some(parsed(value)?),
            "reason" => reason = string(value)?,
            "link" => link = string(value)?,
            "fields" => fields = strings(value)?,
            "sites" => sites = strings(value)?,
            "tests" => tests = strings(value)?,
            unknown => {
                let message = format!(
                    "`{unknown}` is unknown; the keys are fingerprint, reason, link, fields, sites \
                     and tests"
                );
                return Err(Problem::new(key.span, message));
            }
        }
    }
    let fingerprint =
        fingerprint.ok_or_else(|| Problem::new(span, "the entry has no `fingerprint`"))?;
    if reason.trim().is_empty() {
        return Err(Problem::new(span, format!("{fingerprint}: say a `reason`")));
    }
    if tests.is_empty() {
        let message = format!("{fingerprint}: name the `tests` that may have it");
        return Err(Problem::new(span, message));
    }
    Ok(Entry {
        fingerprint,
        tests,
        reason,
        link,
        fields,
        sites,
    })
}

fn table<'t>(value: &mut Value<'t>) -> Result<Table<'t>, Problem> {
    match value.take() {
        ValueInner::Table(table) => Ok(table),
        _ => Err(Problem::new(value.span, "an entry begins with `[[leak]]`")),
    }
}

fn string(mut value: Value<'_>) -> Result<String, Problem> {
    match value.take() {
        ValueInner::String(text) => Ok(text.into_owned()),
        _ => Err(Problem::new(value.span, "expected a text in double quotes")),
    }
}

/// Reads texts, and returns each once, sorted.
fn strings(mut value: Value<'_>) -> Result<Vec<String>, Problem> {
    let ValueInner::Array(values) = value.take() else {
        return Err(Problem::new(value.span, "expected `[\"…\", …]`"));
    };
    let mut texts = values
        .into_iter()
        .map(string)
        .collect::<Result<Vec<_>, _>>()?;
    texts.sort();
    texts.dedup();
    Ok(texts)
}

fn parsed(value: Value<'_>) -> Result<Fingerprint, Problem> {
    let span = value.span;
    let text = string(value)?;
    let problem = |error| Problem::new(span, format!("{text:?}: {error}"));
    text.parse::<Fingerprint>().map_err(problem)
}
