//! The texts of a file, each once: its rows have their numbers.

use std::collections::BTreeMap;

use crate::words::in_line;

/// Texts, numbered in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Strings {
    numbers: BTreeMap<String, u32>,
}

impl Strings {
    /// Returns the number of a text, with what cannot be seen escaped.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        let text = in_line(text);
        if let Some(&number) = self.numbers.get(&*text) {
            return number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(text.into_owned(), number);
        number
    }

    /// Lists the texts in the order of their numbers.
    pub(super) fn in_order(&self) -> Vec<&str> {
        let mut texts = vec![""; self.numbers.len()];
        for (text, &number) in &self.numbers {
            texts[number as usize] = text;
        }
        texts
    }
}
