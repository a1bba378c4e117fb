//! Reads the part of the DOT language that our pictures are written in: nodes, edges, attributes
//! and defaults; no subgraphs, ports or HTML.

use std::collections::{BTreeMap, HashMap};
use std::iter::Peekable;
use std::str::Chars;

pub(super) type Attributes = BTreeMap<String, String>;

/// A graph as it was read.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Attributes>,
    pub(super) edges: Vec<Edge>,
}

#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) attributes: Attributes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A word or a string in quotes.
    Text(String),
    Arrow,
    Mark(char),
}

/// Reads `digraph name { … }`.
pub(super) fn graph(text: &str) -> Result<Graph, String> {
    let mut reader = Reader {
        tokens: tokens(text)?.into_iter().peekable(),
        graph: Graph::default(),
        names: HashMap::new(),
        of_nodes: Attributes::new(),
        of_edges: Attributes::new(),
    };
    reader.graph()?;
    Ok(reader.graph)
}

struct Reader {
    tokens: Peekable<std::vec::IntoIter<Token>>,
    graph: Graph,
    names: HashMap<String, usize>,
    of_nodes: Attributes,
    of_edges: Attributes,
}

impl Reader {
    fn graph(&mut self) -> Result<(), String> {
        loop {
            match self.tokens.next() {
                Some(Token::Mark('{')) => break,
                Some(Token::Text(_)) => {}
                _ => return Err("it does not begin with `digraph`".to_owned()),
            }
        }
        loop {
            match self.tokens.next() {
                Some(Token::Mark('}')) => return Ok(()),
                Some(Token::Mark(';')) => {}
                Some(Token::Text(name)) => self.statement(name)?,
                Some(other) => return Err(format!("{other:?} is out of place")),
                None => return Err("it ends before its `}`".to_owned()),
            }
        }
    }

    fn statement(&mut self, name: String) -> Result<(), String> {
        if self.skip(&Token::Mark('=')) {
            // An attribute of the graph: not of use here.
            self.text()?;
            return Ok(());
        }
        if self.skip(&Token::Arrow) {
            let target = self.text()?;
            let (from, to) = (self.node(name), self.node(target));
            let mut attributes = self.of_edges.clone();
            attributes.extend(self.attributes()?);
            self.graph.edges.push(Edge {
                from,
                to,
                attributes,
            });
            return Ok(());
        }
        match name.as_str() {
            "node" => {
                let attributes = self.attributes()?;
                self.of_nodes.extend(attributes);
            }
            "edge" => {
                let attributes = self.attributes()?;
                self.of_edges.extend(attributes);
            }
            "graph" => {
                self.attributes()?;
            }
            _ => {
                let node = self.node(name);
                let attributes = self.attributes()?;
                self.graph.nodes[node].extend(attributes);
            }
        }
        Ok(())
    }

    fn node(&mut self, name: String) -> usize {
        let nodes = &mut self.graph.nodes;
        let defaults = &self.of_nodes;
        *self.names.entry(name).or_insert_with_key(|name| {
            let mut attributes = defaults.clone();
            attributes
                .entry("label".to_owned())
                .or_insert_with(|| name.clone());
            nodes.push(attributes);
            nodes.len() - 1
        })
    }

    /// `[name=value, …]`, or nothing.
    fn attributes(&mut self) -> Result<Attributes, String> {
        let mut attributes = Attributes::new();
        if !self.skip(&Token::Mark('[')) {
            return Ok(attributes);
        }
        loop {
            match self.tokens.next() {
                Some(Token::Mark(']')) => return Ok(attributes),
                Some(Token::Mark(',' | ';')) => {}
                Some(Token::Text(name)) => {
                    if !self.skip(&Token::Mark('=')) {
                        return Err(format!("attribute {name} has no value"));
                    }
                    attributes.insert(name, self.text()?);
                }
                _ => return Err("an attribute list does not end".to_owned()),
            }
        }
    }

    fn text(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(text),
            _ => Err("a name is missing".to_owned()),
        }
    }

    fn skip(&mut self, token: &Token) -> bool {
        self.tokens.next_if_eq(token).is_some()
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '"' => {
                let mut text = quoted(&mut chars)?;
                while is_joined(&mut chars)? {
                    text.push_str(&quoted(&mut chars)?);
                }
                tokens.push(Token::Text(text));
            }
            '-' if chars.next_if_eq(&'>').is_some() => tokens.push(Token::Arrow),
            '{' | '}' | '[' | ']' | '=' | ',' | ';' => tokens.push(Token::Mark(c)),
            c if is_word(c) => {
                let mut word = String::from(c);
                while let Some(c) = chars.next_if(|&c| is_word(c)) {
                    word.push(c);
                }
                tokens.push(Token::Text(word));
            }
            c => return Err(format!("{c:?} is out of place")),
        }
    }
    Ok(tokens)
}

/// Whether a `+`, and the quotes of another text, follow a text in quotes.
fn is_joined(chars: &mut Peekable<Chars<'_>>) -> Result<bool, String> {
    let skip =
        |chars: &mut Peekable<Chars<'_>>| while chars.next_if(|c| c.is_whitespace()).is_some() {};
    skip(chars);
    if chars.next_if_eq(&'+').is_none() {
        return Ok(false);
    }
    skip(chars);
    match chars.next_if_eq(&'"') {
        Some(_) => Ok(true),
        None => Err("`+` stands between texts in quotes".to_owned()),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '#')
}

fn quoted(chars: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some('"') => return Ok(text.replace("&amp;", "&")),
            Some('\\') => match chars.next() {
                Some('n' | 'l' | 'r') => text.push('\n'),
                Some(c) => text.push(c),
                None => {}
            },
            Some(c) => text.push(c),
            None => return Err("a string does not end".to_owned()),
        }
    }
}
