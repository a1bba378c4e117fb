//! The search for the edits of a file.

use std::collections::HashSet;
use std::str::FromStr;

use proc_macro2::Delimiter;

use crate::adopt::{Adoption, use_length};
use crate::edit::{Edit, EditKind, Place};
use crate::head::Fragments;
use crate::macros::attribute_length;
use crate::paths::is_path_separator;
use crate::position::Position;
use crate::skipped::{Item, Reason, Skipped};
use crate::tokens::{Kind, Token, tokens};
use crate::unparsed::Unparsed;

/// What the edits of a file depend on, beside its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The edition of the crate.
    pub edition: Edition,
    /// The part of the file in its crate.
    pub role: Role,
    /// The name of the crate that the edits refer to, `objgraph_std` by default. They use
    /// `::NAME::__objgraph` as objgraph, `::NAME::__run::main_guard()` as the guard of `main`, and
    /// `::NAME::__std` as std itself.
    pub facade: String,
    /// Whether the file falls back to std's pointers: its paths to `rc` and `sync` lead to std
    /// itself.
    pub has_std_pointers: bool,
    /// The names of types, as the file writes them, whose pointers stay std's: `Config` for
    /// `Arc<tls::Config>` and `Arc::new(Config::default())`.
    pub std_pointees: Vec<String>,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            edition: Edition::E2024,
            role: Role::Module,
            facade: "objgraph_std".to_owned(),
            has_std_pointers: false,
            std_pointees: Vec::new(),
        }
    }
}

impl Context {
    pub(crate) fn objgraph(&self) -> String {
        format!("::{}::__objgraph", self.facade)
    }
}

/// An edition of Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Edition {
    /// 2015, in which a crate has to be declared by `extern crate`.
    E2015,
    /// 2018.
    E2018,
    /// 2021.
    E2021,
    /// 2024.
    E2024,
}

impl FromStr for Edition {
    type Err = UnknownEdition;

    fn from_str(text: &str) -> Result<Self, UnknownEdition> {
        match text {
            "2015" => Ok(Self::E2015),
            "2018" => Ok(Self::E2018),
            "2021" => Ok(Self::E2021),
            "2024" => Ok(Self::E2024),
            _ => Err(UnknownEdition(text.to_owned())),
        }
    }
}

/// The text is not the year of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEdition(String);

impl std::fmt::Display for UnknownEdition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "unknown edition `{}`; those known are 2015, 2018, 2021 and 2024",
            self.0
        )
    }
}

impl std::error::Error for UnknownEdition {}

/// The part of a file in its crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A module that is not the root, or a file for `include!`.
    Module,
    /// The root of a library, or of tests with the standard harness.
    Library,
    /// The root of a binary, of an example, or of tests or benchmarks with a `main` of their own.
    Program,
}

/// The edits of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The edits, in the order of the source.
    pub edits: Vec<Edit>,
    /// The items that have none, in the order of the source.
    pub skipped: Vec<Skipped>,
}

/// Finds the edits that instrument a source file.
///
/// Each inserts or replaces text within a line and can be left out without the others.
///
/// # Errors
///
/// If the source is not a sequence of Rust's tokens. Syntax that no compiler accepts is no error.
pub fn instrument(source: &str, context: &Context) -> Result<Plan, Unparsed> {
    on_large_stack(|| {
        let tokens = tokens(source)?;
        let mut search = Search::new(source, Goal::Instrument(context));
        search.search(&tokens, &Region::root());
        search.root(&tokens, context);
        Ok(search.plan())
    })
}

/// Runs `f` where no nesting of a source overflows the stack, and where the spans that
/// `proc-macro2` keeps for each thread end with it.
pub(crate) fn on_large_stack<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    let mut f = Some(f);
    let mut run = || f.take().map(|f| f());
    let result = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let handle = thread.spawn_scoped(scope, &mut run).ok()?;
        handle
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    // Where memory for such a stack is refused, most sources need no more than this one.
    result.or_else(run).expect("it runs once")
}

/// Reserved, and used only as far as a source nests.
const STACK_BYTES: usize = 256 << 20;

/// What the edits are for.
#[derive(Clone, Copy)]
pub(crate) enum Goal<'a> {
    Instrument(&'a Context),
    Adopt(Adoption),
}

/// The state of a search.
pub(crate) struct Search<'a> {
    pub(crate) goal: Goal<'a>,
    pub(crate) source: &'a str,
    pub(crate) edits: Vec<Edit>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) has_main: bool,
}

/// A part of the source, in which the same edits are possible.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    /// The fragments of the rule, in the definition of a macro.
    pub(crate) fragments: Fragments,
    pub(crate) place: Place,
    /// The innermost macro whose arguments may not be items.
    pub(crate) unknown_macro: Option<String>,
    /// Whether attributes of tests reach the tests.
    pub(crate) passes_tests: bool,
    /// Whether a macro replaces the parameters of its tests.
    pub(crate) supplies_parameters: bool,
    /// The number of levels of delimiters whose items are items of the crate's root.
    pub(crate) root_levels: usize,
}

impl Default for Region {
    fn default() -> Self {
        Self {
            fragments: Fragments::new(),
            place: Place::Code,
            unknown_macro: None,
            passes_tests: true,
            supplies_parameters: false,
            root_levels: 0,
        }
    }
}

impl Region {
    pub(crate) fn root() -> Self {
        Self {
            root_levels: 1,
            ..Self::default()
        }
    }
}

impl<'a> Search<'a> {
    pub(crate) fn new(source: &'a str, goal: Goal<'a>) -> Self {
        Self {
            goal,
            source,
            edits: Vec::new(),
            skipped: Vec::new(),
            has_main: false,
        }
    }

    /// Searches tokens that are next to each other, and those inside of them.
    pub(crate) fn search(&mut self, tokens: &[Token], region: &Region) {
        let inside = (region.root_levels > 0).then(|| Region {
            root_levels: region.root_levels - 1,
            ..region.clone()
        });
        let inside = inside.as_ref().unwrap_or(region);
        if let Goal::Adopt(adoption) = self.goal {
            self.imports(tokens, region, adoption);
        }
        let mut index = 0;
        while index < tokens.len() {
            if let Some(length) = attribute_length(tokens, index) {
                index += length;
                continue;
            }
            if let Some(after) = self.macros(tokens, index, region) {
                index = after;
                continue;
            }
            let is_adopted_use =
                matches!(self.goal, Goal::Adopt(_)) && tokens[index].is_ident("use");
            if let (true, Some(length)) = (is_adopted_use, use_length(&tokens[index..])) {
                index += length;
                continue;
            }
            match &tokens[index].kind {
                // The trees of a `use`.
                Kind::Group(Delimiter::Brace, _)
                    if is_path_separator(tokens, index.wrapping_sub(2)) => {}
                Kind::Group(_, tokens) => self.search(tokens, inside),
                Kind::Ident(word) => self.word(word, tokens, index, region),
                Kind::Punct(_) | Kind::Literal => {}
            }
            index += 1;
        }
    }

    fn word(&mut self, word: &str, tokens: &[Token], index: usize, region: &Region) {
        match (word, self.goal) {
            ("struct" | "enum", _) => self.type_item(tokens, index, region),
            ("union", _) if is_union(tokens, index) => self.type_item(tokens, index, region),
            ("fn", goal) => {
                if region.passes_tests {
                    self.test_fn(tokens, index, region);
                }
                match goal {
                    Goal::Instrument(context) if region.root_levels > 0 => {
                        self.main_fn(tokens, index, region, context);
                    }
                    _ => {}
                }
            }
            ("std" | "alloc", Goal::Instrument(context)) if context.has_std_pointers => {
                self.std_path(tokens, index, &region.place, context);
            }
            ("std" | "alloc", Goal::Adopt(adoption)) => {
                self.pointer_path(tokens, index, region, adoption);
            }
            ("Rc" | "Arc" | "Weak", Goal::Instrument(context)) if !context.has_std_pointers => {
                self.std_pointee(tokens, index, &region.place, context);
            }
            _ => {}
        }
    }

    pub(crate) fn skip(&mut self, item: Item, at: usize, reason: Reason, region: &Region) {
        self.skipped.push(Skipped {
            item,
            line: Position::of(self.source, at).line,
            reason,
            place: region.place.clone(),
        });
    }

    pub(crate) fn plan(self) -> Plan {
        let Self {
            source,
            mut edits,
            mut skipped,
            ..
        } = self;
        // The facade is declared before the item that it is needed for.
        edits.sort_by_key(|edit| (edit.range.start, edit.kind != EditKind::ExternCrate));
        let (mut line, mut counted) = (1, 0);
        for edit in &mut edits {
            line += source[counted..edit.range.start].matches('\n').count();
            counted = edit.range.start;
            edit.line = line;
        }
        // What a macro of this file expands to has its edits in the macro.
        let own: HashSet<&str> = edits
            .iter()
            .filter_map(|edit| match &edit.place {
                Place::MacroRules { name, .. } => Some(&**name),
                _ => None,
            })
            .collect();
        skipped.retain(|skipped| match &skipped.reason {
            Reason::UnknownMacro(name) => !own.contains(&**name),
            _ => true,
        });
        skipped.sort_by_key(|skipped| skipped.line);
        Plan { edits, skipped }
    }
}

/// Returns whether `union`, which is no keyword, declares a type.
fn is_union(tokens: &[Token], index: usize) -> bool {
    let next = |distance: usize| tokens.get(index + distance);
    let follows = |token: &Token| {
        token.any_group().is_some() || token.is_punct('<') || token.is_ident("where")
    };
    next(1).is_some_and(|token| token.ident().is_some_and(|word| word != "as"))
        && next(2).is_some_and(follows)
}
