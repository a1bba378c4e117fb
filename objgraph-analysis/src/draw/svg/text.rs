//! The size of a text, and its form in SVG.

use std::fmt::Write as _;

/// Distance between two lines, as a multiple of the size of the font.
pub(super) const LINE: f64 = 1.2;

/// Returns about how wide the text's longest line is, in the sans-serif fonts of browsers.
pub(super) fn width(text: &str, font_size: f64) -> f64 {
    let line_width = |line: &str| line.chars().map(char_width).sum::<f64>();
    text.lines().map(line_width).fold(0.0, f64::max) * font_size
}

/// Returns the height of the text.
pub(super) fn height(text: &str, font_size: f64) -> f64 {
    text.lines().count().max(1) as f64 * font_size * LINE
}

fn char_width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '|'
        | '!' | '[' | ']' | '(' | ')' | '{' | '}' | '/' | '\\' | '"' | '-' | '`' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.9,
        'A'..='Z' | '&' | '<' | '>' | '+' | '=' | '#' | '~' | '×' | '→' | '…' => 0.7,
        '\0'..='\u{10ff}' => 0.58,
        // East Asian scripts and pictures.
        _ => 1.0,
    }
}

/// Returns the text for use between the tags of XML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            // Not valid in XML.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
