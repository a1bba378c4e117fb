//! The file of known leaks: the little of TOML that it needs.

use std::fmt;
use std::str::{Chars, FromStr};

use crate::analysis::Fingerprint;
use crate::order;
use crate::words::is_unprintable;

const HEAD: &str = "\
# Leaks that are known, and the tests that may have them. A test fails with any other leak, and
# with one of these that it no longer has. `OBJGRAPH_UPDATE=1 cargo test` rewrites this list, and
# keeps what is said in it.
";

/// The list, sorted by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    /// Whether tests of the package fail where they cannot prove that nothing leaked.
    pub(super) is_strict: bool,
    entries: Vec<Entry>,
}

/// One kind of leak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) fingerprint: Fingerprint,
    tests: Vec<String>,
    pub(super) reason: String,
    pub(super) link: String,
    /// The fields of the cycle, sorted, as information.
    pub(super) fields: Vec<String>,
    /// The lines that made the objects of the cycle, sorted, as information.
    pub(super) sites: Vec<String>,
}

impl Entry {
    pub(super) fn new(fingerprint: Fingerprint, reason: String) -> Self {
        Self {
            fingerprint,
            tests: Vec::new(),
            reason,
            link: String::new(),
            fields: Vec::new(),
            sites: Vec::new(),
        }
    }

    /// The tests that may have the leak, sorted.
    pub(super) fn tests(&self) -> &[String] {
        &self.tests
    }

    /// Whether a test may have the leak.
    pub(super) fn is_of(&self, test: &str) -> bool {
        self.tests.iter().any(|name| name == test)
    }
}

impl List {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && !self.is_strict
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is known of a test.
    pub(super) fn of_test<'l>(&'l self, test: &'l str) -> impl Iterator<Item = Fingerprint> + 'l {
        let entries = self.entries.iter();
        entries
            .filter(move |entry| entry.is_of(test))
            .map(|entry| entry.fingerprint)
    }

    /// Adds a test to the entry of this fingerprint, or a new entry with it. What is only
    /// information is brought up to date.
    pub(super) fn add(&mut self, new: &Entry, test: &str) {
        let found = self
            .entries
            .binary_search_by_key(&new.fingerprint, |entry| entry.fingerprint);
        let at = found.unwrap_or_else(|at| {
            self.entries.insert(at, new.clone());
            at
        });
        let entry = &mut self.entries[at];
        entry.fields.clone_from(&new.fields);
        entry.sites.clone_from(&new.sites);
        let tests = &mut entry.tests;
        tests.push(test.to_owned());
        tests.sort();
        tests.dedup();
    }

    /// Keeps only these tests in the entries, and only entries that name a test then.
    pub(super) fn retain(&mut self, keeps: impl Fn(&str, Fingerprint) -> bool) {
        self.entries.retain_mut(|entry| {
            entry.tests.retain(|name| keeps(name, entry.fingerprint));
            !entry.tests.is_empty()
        });
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        if self.is_strict {
            f.write_str("strict = true\n")?;
        }
        for entry in &self.entries {
            writeln!(f, "\n[[leak]]\nfingerprint = \"{}\"", entry.fingerprint)?;
            writeln!(f, "reason = {}", Quoted(&entry.reason))?;
            writeln!(f, "link = {}", Quoted(&entry.link))?;
            for (key, texts) in [("fields", &entry.fields), ("sites", &entry.sites)] {
                if !texts.is_empty() {
                    write_texts(f, key, texts)?;
                }
            }
            write_texts(f, "tests", &entry.tests)?;
        }
        Ok(())
    }
}

fn write_texts(f: &mut fmt::Formatter<'_>, key: &str, texts: &[String]) -> fmt::Result {
    writeln!(f, "{key} = [")?;
    for text in texts {
        writeln!(f, "    {},", Quoted(text))?;
    }
    writeln!(f, "]")
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

/// Reads `strict = true`, `[[leak]]`, `key = "text"`, `key = ["text", …]` and comments.
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
    fields: Vec<String>,
    sites: Vec<String>,
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
            fields: self.fields,
            sites: self.sites,
        })
    }
}

impl Reader<'_> {
    fn list(&mut self) -> Result<List, String> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut draft: Option<Draft> = None;
        let mut is_strict = None;
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
                    None => match is_strict {
                        None => is_strict = Some(self.strict()?),
                        Some(_) => return Err("`strict` is there twice".to_owned()),
                    },
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
        Ok(List {
            is_strict: is_strict.unwrap_or(false),
            entries,
        })
    }

    /// Reads `strict = true`, or `false`, which is before all entries.
    fn strict(&mut self) -> Result<bool, String> {
        if self.word(is_of_key) != "strict" {
            return Err("an entry begins with `[[leak]]`".to_owned());
        }
        self.equals("strict")?;
        match self.word(is_of_key).as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("expected `strict = true` or `strict = false`".to_owned()),
        }
    }

    fn equals(&mut self, key: &str) -> Result<(), String> {
        self.blank();
        if self.next() != Some('=') {
            return Err(format!("expected `{key} = …`"));
        }
        self.blank();
        Ok(())
    }

    fn key(&mut self, draft: &mut Draft) -> Result<(), String> {
        let key = self.word(is_of_key);
        self.equals(&key)?;
        match key.as_str() {
            "fingerprint" => {
                let text = self.text()?;
                let fingerprint = text.parse().map_err(|error| format!("{text:?}: {error}"))?;
                draft.fingerprint = Some(fingerprint);
            }
            "reason" => draft.reason = self.text()?,
            "link" => draft.link = self.text()?,
            "fields" => draft.fields = self.texts()?,
            "sites" => draft.sites = self.texts()?,
            "tests" => draft.tests = self.texts()?,
            _ => {
                return Err(format!(
                    "`{key}` is not known; there are fingerprint, reason, link, fields, sites \
                     and tests"
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

fn is_of_key(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}
