//! How a tree is written: its width, its characters and its colours.

use std::ffi::OsString;
use std::io::IsTerminal as _;

/// How a picture is written as a tree.
///
/// [`TextStyle::default`] suits files: 80 columns, no colours, lines of box-drawing characters.
/// [`TextStyle::for_terminal`] depends on the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextStyle {
    /// Maximum number of columns of a line; what does not fit is cut.
    pub width: usize,
    /// Whether it is written in colours, by the escape sequences of ANSI terminals.
    pub colours: bool,
    /// Whether only characters of ASCII are written.
    pub ascii: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self {
            width: 80,
            colours: false,
            ascii: false,
        }
    }
}

impl TextStyle {
    /// Returns the style for standard output as it is now.
    ///
    /// It has colours if standard output is a terminal and `TERM` is not `dumb`, or if
    /// `CLICOLOR_FORCE` is set, not empty and not `0`; never if `NO_COLOR` is set and not empty. It is
    /// ASCII if the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is not empty names another encoding
    /// than UTF-8.
    #[must_use]
    pub fn for_terminal() -> Self {
        Self::of_environment(std::io::stdout().is_terminal(), |name| {
            std::env::var_os(name)
        })
    }

    pub(super) fn of_environment(
        is_terminal: bool,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        let is_forced = value("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let can_colour = is_terminal && value("TERM").is_none_or(|term| term != "dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(value);
        let is_utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_string_lossy().to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self {
            colours: value("NO_COLOR").is_none() && (is_forced || can_colour),
            ascii: !is_utf8,
            ..Self::default()
        }
    }

    pub(super) fn glyphs(&self) -> &'static Glyphs {
        if self.ascii { &ASCII } else { &UNICODE }
    }

    pub(super) fn paint(&self, colour: Colour, text: &str) -> String {
        let code = match colour {
            Colour::Red => "31",
            Colour::Green => "32",
            Colour::Blue => "34",
            Colour::Dim => "2",
            Colour::None => return text.to_owned(),
        };
        if !self.colours || text.is_empty() {
            return text.to_owned();
        }
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// A colour of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    None,
    Red,
    Green,
    Blue,
    Dim,
}

/// The characters of lines and arrows.
pub(super) struct Glyphs {
    pub(super) branch: &'static str,
    pub(super) end: &'static str,
    pub(super) pass: &'static str,
    pub(super) blank: &'static str,
    /// Replaces what is left out.
    pub(super) cut: &'static str,
    /// Separates the lines of a label.
    pub(super) between: &'static str,
    pub(super) right: Arrows,
    pub(super) left: Arrows,
}

/// The characters that distinguish the kinds of references.
pub(super) struct Arrows {
    pub(super) strong: &'static str,
    pub(super) cycle: &'static str,
    pub(super) weak: &'static str,
    pub(super) inferred: &'static str,
    pub(super) hint: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    branch: "├─ ",
    end: "└─ ",
    pass: "│  ",
    blank: "   ",
    cut: "…",
    between: " · ",
    right: Arrows {
        strong: "→",
        cycle: "⇒",
        weak: "⇢",
        inferred: "⇝",
        hint: "·",
    },
    left: Arrows {
        strong: "←",
        cycle: "⇐",
        weak: "⇠",
        inferred: "⇜",
        hint: "·",
    },
};

const ASCII: Glyphs = Glyphs {
    branch: "|- ",
    end: "`- ",
    pass: "|  ",
    blank: "   ",
    cut: "...",
    between: " - ",
    right: Arrows {
        strong: "->",
        cycle: "=>",
        weak: "~>",
        inferred: "?>",
        hint: "-",
    },
    left: Arrows {
        strong: "<-",
        cycle: "<=",
        weak: "<~",
        inferred: "<?",
        hint: "-",
    },
};
