//! Reads which types the full name of a field's type contains, and how it holds them.

use super::Ownership;

/// A path in the name of a type, and how a value of the type holds what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention<'t> {
    pub(super) path: &'t str,
    pub(super) ownership: Ownership,
    pub(super) is_in_cell: bool,
    /// Whether the path names a trait, so that the type behind `dyn` is not known.
    pub(super) is_trait: bool,
}

/// How the types between some brackets are held.
#[derive(Clone, Copy)]
struct HoldContext {
    ownership: Ownership,
    is_in_cell: bool,
    /// Whether they are not held at all: borrowed, arguments of a function, or a marker.
    is_unowned: bool,
}

const CELLS: [&str; 14] = [
    "ArcSwap",
    "ArcSwapOption",
    "Cell",
    "FairMutex",
    "LazyCell",
    "LazyLock",
    "Mutex",
    "OnceCell",
    "OnceLock",
    "RefCell",
    "ReentrantLock",
    "ReentrantMutex",
    "RwLock",
    "UnsafeCell",
];

/// Returns every path in the name of a type, in order. The arguments of types with a derive, which
/// `is_derived` accepts, are left out, since their own fields hold them.
pub(super) fn mentions<'t>(text: &'t str, is_derived: &dyn Fn(&str) -> bool) -> Vec<Mention<'t>> {
    let mut found = Vec::new();
    let top_level = HoldContext {
        ownership: Ownership::Value,
        is_in_cell: false,
        is_unowned: false,
    };
    // For each open bracket: the context around it, and at the start of each item in it.
    let mut open: Vec<(HoldContext, HoldContext)> = Vec::new();
    let mut here = top_level;
    let mut last = "";
    // Set between `dyn` and the path of its trait.
    let mut is_trait = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_name = |c: char| c.is_alphanumeric() || "_#{}".contains(c);
        let end = if is_name(first) {
            path_end(rest, is_name)
        } else if rest.starts_with("->") {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(end);
        rest = after;
        match token {
            "<" => {
                let start = context_inside(here, last, is_derived);
                open.push((here, start));
                here = start;
            }
            "(" | "[" => open.push((here, here)),
            ">" | ")" | "]" => here = open.pop().map_or(top_level, |(around, _)| around),
            // Each item starts anew.
            "," => here = open.last().map_or(top_level, |&(_, start)| start),
            // Borrowed, or known only by a trait: this type does not own it.
            "dyn" => {
                is_trait = !here.is_unowned;
                here.is_unowned = true;
            }
            "&" | "*" | "fn" | "impl" | "->" => here.is_unowned = true,
            // `dyn for<'a> Fn(&'a str)`
            "for" => {}
            "'" => rest = &rest[path_end(rest, is_name)..],
            token if is_name(first) => {
                let is_trait = std::mem::take(&mut is_trait);
                if !here.is_unowned || is_trait {
                    found.push(Mention {
                        path: token,
                        ownership: here.ownership,
                        is_in_cell: here.is_in_cell,
                        is_trait,
                    });
                }
                last = token;
            }
            _ => {}
        }
    }
    found
}

fn is_marker(name: &str) -> bool {
    name == "PhantomData"
}

/// Returns the end of the path, such as `a::b::C`, at the start of the text.
fn path_end(text: &str, is_name: impl Fn(char) -> bool) -> usize {
    let mut end = 0;
    loop {
        end += text[end..]
            .find(|c| !is_name(c))
            .unwrap_or(text.len() - end);
        match text[end..].strip_prefix("::") {
            Some(rest) if rest.starts_with(&is_name) => end += 2,
            _ => return end,
        }
    }
}

fn last_segment(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path).trim()
}

/// Returns how the types between the brackets after `path` are held.
fn context_inside(
    around: HoldContext,
    path: &str,
    is_derived: &dyn Fn(&str) -> bool,
) -> HoldContext {
    let name = last_segment(path);
    let ownership = match (around.ownership, name) {
        (Ownership::Weak, _) | (_, "Weak") => Ownership::Weak,
        (Ownership::Strong, _) | (_, "Rc" | "Arc" | "ArcSwap" | "ArcSwapOption") => {
            Ownership::Strong
        }
        _ => Ownership::Value,
    };
    HoldContext {
        ownership,
        is_in_cell: around.is_in_cell || CELLS.contains(&name),
        is_unowned: around.is_unowned || is_marker(name) || is_derived(path),
    }
}

#[cfg(test)]
mod tests {
    use super::{Mention, Ownership, mentions};

    fn check(text: &str, expected: &[(&str, Ownership, bool)]) {
        let std = |mention: &Mention<'_>| {
            let name = mention.path.rsplit("::").next().unwrap();
            let known = [
                "Rc",
                "Arc",
                "Weak",
                "Option",
                "Vec",
                "Box",
                "HashMap",
                "String",
                "u8",
                "u64",
                "usize",
                "PhantomData",
                "4",
            ];
            known.contains(&name) || super::CELLS.contains(&name)
        };
        let found: Vec<(&str, Ownership, bool)> = mentions(text, &|path| path == "app::Derived")
            .iter()
            .filter(|mention| !std(mention) && !mention.is_trait)
            .map(|mention| (mention.path, mention.ownership, mention.is_in_cell))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn owned_types_are_found_with_their_ownership() {
        use Ownership::{Strong, Value, Weak};
        check("u64", &[]);
        check("Node", &[("Node", Value, false)]);
        check("Option<Rc<Node>>", &[("Node", Strong, false)]);
        check("RefCell<Option<Rc<Node>>>", &[("Node", Strong, true)]);
        check(
            "Rc<RefCell<app::dom::Node>>",
            &[("app::dom::Node", Strong, true)],
        );
        check("RefCell < Weak < Node > >", &[("Node", Weak, true)]);
        check("Weak<RefCell<Rc<Node>>>", &[("Node", Weak, true)]);
        check(
            "std::sync::Arc<Mutex<Box<Node>>>",
            &[("Node", Strong, true)],
        );
        check(
            "HashMap<String, (Client, Rc<Node>)>",
            &[("Client", Value, false), ("Node", Strong, false)],
        );
        check("[Rc<Node>; 4]", &[("Node", Strong, false)]);
        check(
            "(Rc<A>, B, Weak<C>)",
            &[
                ("A", Strong, false),
                ("B", Value, false),
                ("C", Weak, false),
            ],
        );
        check(
            "Gen<Rc<A>, B>",
            &[
                ("Gen", Value, false),
                ("A", Strong, false),
                ("B", Value, false),
            ],
        );
        check("ArcSwap<Config>", &[("Config", Strong, true)]);
        check(
            "Option<app::Derived<Rc<A>, B>>",
            &[("app::Derived", Value, false)],
        );
        check(
            "Rc<app::f::{{closure}}::Node>",
            &[("app::f::{{closure}}::Node", Strong, false)],
        );
    }

    #[test]
    fn borrowed_and_unowned_types_are_left_out() {
        use Ownership::{Strong, Value};
        check("&'a Node", &[]);
        check("Option<&'static mut Node>", &[]);
        check("*const Node", &[]);
        check("Box<dyn Fn(Rc<Node>) -> Rc<Node>>", &[]);
        check("Rc<dyn app::Trait<Node> + Send>", &[]);
        check("fn(Node) -> Node", &[]);
        check("PhantomData<Node>", &[]);
        check(
            "(&'a A, B, PhantomData<C>, Rc<D>)",
            &[("B", Value, false), ("D", Strong, false)],
        );
        check(
            "HashMap<&'static str, Rc<Node>>",
            &[("Node", Strong, false)],
        );
        check("(fn(A), B)", &[("B", Value, false)]);
    }

    #[test]
    fn traits_behind_dyn_are_found() {
        for (text, expected) in [
            (
                "Rc<dyn app::Trait<Node> + Send>",
                vec![("app::Trait", Ownership::Strong)],
            ),
            (
                "Box<dyn for<'a> Fn(&'a Node)>",
                vec![("Fn", Ownership::Value)],
            ),
            (
                "Weak<dyn app::Trait>",
                vec![("app::Trait", Ownership::Weak)],
            ),
            ("Vec<Box<dyn A>>", vec![("A", Ownership::Value)]),
            ("&'static dyn A", vec![]),
            ("fn(Box<dyn A>)", vec![]),
        ] {
            let found: Vec<_> = mentions(text, &|_| false)
                .into_iter()
                .filter(|mention| mention.is_trait)
                .map(|mention| (mention.path, mention.ownership))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn any_text_is_read_without_panic() {
        for text in [
            "",
            ">",
            "<<<",
            "))",
            "Rc<",
            "'",
            "a::",
            "::a",
            "->",
            "r#type::X<r#fn>",
            "ä<ß>",
        ] {
            let _ = mentions(text, &|_| false);
        }
    }
}
