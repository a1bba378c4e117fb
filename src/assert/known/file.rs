//! The file of known leaks: the little of TOML that it needs.

use std::fmt;
use std::str::{Chars, FromStr};

use crate::analysis::Fingerprint;
use crate::order;
use crate::report::is_unprintable;

const HEAD: &str = "\
# Leaks that are known, and the tests that may have them. A test fails with any other leak, and
# with one of these that it no longer has. `OBJGRAPH_UPDATE=1 cargo test` rewrites this list, and
# keeps what is said in it.
";

/// The list, sorted by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    entries: Vec<Entry>,
}

/// One kind of leak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    fingerprint: Fingerprint,
    tests: Vec<String>,
    reason: String,
    link: String,
}

impl Entry {
    pub(super) fn new(fingerprint: Fingerprint, reason: String) -> Self {
        Self {
            fingerprint,
            tests: Vec::new(),
            reason,
            link: String::new(),
        }
    }
}

impl List {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is known of a test.
    pub(super) fn of_test<'l>(&'l self, test: &'l str) -> impl Iterator<Item = Fingerprint> + 'l {
        let entries = self.entries.iter();
        entries
            .filter(move |entry| entry.tests.iter().any(|name| name == test))
            .map(|entry| entry.fingerprint)
    }

    /// Adds a test to the entry of this fingerprint, or a new entry with it.
    pub(super) fn add(&mut self, new: &Entry, test: &str) {
        let found = self
            .entries
            .binary_search_by_key(&new.fingerprint, |entry| entry.fingerprint);
        let at = found.unwrap_or_else(|at| {
            self.entries.insert(at, new.clone());
            at
        });
        let tests = &mut self.entries[at].tests;
        tests.push(test.to_owned());
        tests.sort();
        tests.dedup();
    }

    /// Removes a test from the entries of these fingerprints, and entries that name none then.
    pub(super) fn remove(&mut self, test: &str, of: impl Fn(Fingerprint) -> bool) {
        self.entries.retain_mut(|entry| {
            if of(entry.fingerprint) {
                entry.tests.retain(|name| name != test);
            }
            !entry.tests.is_empty()
        });
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        for entry in &self.entries {
            writeln!(f, "\n[[leak]]\nfingerprint = \"{}\"", entry.fingerprint)?;
            writeln!(f, "reason = {}", Quoted(&entry.reason))?;
            writeln!(f, "link = {}\ntests = [", Quoted(&entry.link))?;
            for test in &entry.tests {
                writeln!(f, "    {},", Quoted(test))?;
            }
            writeln!(f, "]")?;
        }
        Ok(())
    }
}

struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if is_unprintable(c) => match u32::from(c) {
                    code @ 0..=0xffff => write!(f, "\\u{code:04X}")?,
                    code => write!(f, "\\U{code:08X}")?,
                },
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

impl FromStr for List {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut reader = Reader {
            rest: text.chars(),
            line: 1,
        };
        let list = reader.list();
        list.map_err(|error| format!("line {}: {error}", reader.line))
    }
}

/// Reads `[[leak]]`, `key = "text"`, `key = ["text", …]` and comments.
struct Reader<'t> {
    rest: Chars<'t>,
    line: usize,
}

/// An entry that is being read.
#[derive(Default)]
struct Draft {
    fingerprint: Option<Fingerprint>,
    tests: Vec<String>,
    reason: String,
    link: String,
}

impl Draft {
    fn finish(self) -> Result<Entry, String> {
        let fingerprint = self.fingerprint;
        let fingerprint = fingerprint.ok_or("the entry above has no `fingerprint`")?;
        if self.reason.trim().is_empty() {
            return Err(format!("{fingerprint}: say a `reason`"));
        }
        if self.tests.is_empty() {
            return Err(format!("{fingerprint}: name the `tests` that may have it"));
        }
        Ok(Entry {
            fingerprint,
            tests: self.tests,
            reason: self.reason,
            link: self.link,
        })
    }
}

impl Reader<'_> {
    fn list(&mut self) -> Result<List, String> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut draft: Option<Draft> = None;
        loop {
            self.blank();
            let next = self.peek();
            if next == Some('[') || next.is_none() {
                entries.extend(draft.take().map(Draft::finish).transpose()?);
            }
            match next {
                None => break,
                Some('[') => {
                    if self.word(|c| matches!(c, '[' | ']') || c.is_alphanumeric()) != "[[leak]]" {
                        return Err("an entry begins with `[[leak]]`".to_owned());
                    }
                    draft = Some(Draft::default());
                }
                Some(_) => match &mut draft {
                    Some(draft) => self.key(draft)?,
                    None => return Err("an entry begins with `[[leak]]`".to_owned()),
                },
            }
        }
        order::sort_by_key(&mut entries, |entry| entry.fingerprint);
        if let Some(pair) = entries
            .windows(2)
            .find(|pair| pair[0].fingerprint == pair[1].fingerprint)
        {
            return Err(format!("{} is there twice", pair[0].fingerprint));
        }
        Ok(List { entries })
    }

    fn key(&mut self, draft: &mut Draft) -> Result<(), String> {
        let key = self.word(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        self.blank();
        if self.next() != Some('=') {
            return Err(format!("expected `{key} = …`"));
        }
        self.blank();
        match key.as_str() {
            "fingerprint" => {
                let text = self.text()?;
                let fingerprint = text.parse().map_err(|error| format!("{text:?}: {error}"))?;
                draft.fingerprint = Some(fingerprint);
            }
            "reason" => draft.reason = self.text()?,
            "link" => draft.link = self.text()?,
            "tests" => draft.tests = self.texts()?,
            _ => {
                return Err(format!(
                    "`{key}` is not known; there are fingerprint, reason, link and tests"
                ));
            }
        }
        Ok(())
    }

    fn texts(&mut self) -> Result<Vec<String>, String> {
        if self.next() != Some('[') {
            return Err("expected `[\"…\", …]`".to_owned());
        }
        let mut texts = Vec::new();
        loop {
            self.blank();
            match self.peek() {
                Some(']') => {
                    self.next();
                    texts.sort();
                    texts.dedup();
                    return Ok(texts);
                }
                Some(',') => drop(self.next()),
                _ => texts.push(self.text()?),
            }
        }
    }

    fn text(&mut self) -> Result<String, String> {
        if self.next() != Some('"') {
            return Err("expected a text in double quotes".to_owned());
        }
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(c @ ('"' | '\\')) => text.push(c),
                    Some(u @ ('u' | 'U')) => {
                        let length = if u == 'u' { 4 } else { 8 };
                        let digits: String = (0..length).filter_map(|_| self.next()).collect();
                        let code = u32::from_str_radix(&digits, 16).ok();
                        let c = code.and_then(char::from_u32);
                        text.push(c.ok_or(format!("\\{u}{digits} is no character"))?);
                    }
                    _ => return Err("an escape that is not known".to_owned()),
                },
                None | Some('\n') => return Err("a text that does not end".to_owned()),
                Some(c) => text.push(c),
            }
        }
    }

    /// Skips white space and comments.
    fn blank(&mut self) {
        while let Some(c) = self.peek() {
            if c == '#' {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.next();
                }
            } else if c.is_whitespace() {
                self.next();
            } else {
                return;
            }
        }
    }

    fn word(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|&c| is_part(c)) {
            self.next();
            word.push(c);
        }
        word
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next();
        self.line += usize::from(c == Some('\n'));
        c
    }
}
