//! Similar names, for a name that no type has.

use objgraph_core::{counts, short_name, types};

use super::meaning::Meaning;
use crate::order;

/// Maximum number of suggested names.
const SUGGESTIONS: usize = 3;
/// Minimum similarity of a suggested name, from 0 to 1.
const SIMILAR: f64 = 0.7;

/// Returns the names of known types that are most similar to `name`, the most similar one first;
/// `None` if some type has the name. A type is known if it has a derive, or if an object of it was
/// ever created.
///
/// Short names are compared by their Jaro-Winkler similarity.
pub(crate) fn suggestions(name: &str) -> Option<Vec<String>> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let types = types();
    let counts = counts();
    let derived = types.iter().map(|info| info.name.as_str());
    let created = counts.iter().filter(|count| count.born > 0);
    let known = order::distinct(derived.chain(created.map(|count| count.type_name)));
    similar(name, &known)
}

fn similar(name: &str, known: &[&str]) -> Option<Vec<String>> {
    if !crate::HAS_OBJECTS {
        return crate::nothing();
    }
    let meaning = Meaning::among(name, known.iter().copied());
    if known.iter().any(|full| meaning.is(full)) {
        return None;
    }
    let wanted = short_name(name).to_lowercase();
    let short = order::distinct(known.iter().map(|full| short_name(full)));
    let mut scored: Vec<(f64, String)> = short
        .into_iter()
        .map(|short| (strsim::jaro_winkler(&wanted, &short.to_lowercase()), short))
        .filter(|&(similarity, _)| similarity >= SIMILAR)
        .collect();
    order::sort_by(&mut scored, |a, b| b.0.total_cmp(&a.0));
    let names = scored.into_iter().map(|(_, short)| short);
    Some(names.take(SUGGESTIONS).collect())
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn the_most_similar_names_come_first() {
        let known = [
            "app::Session",
            "app::Sessions",
            "app::web::Season",
            "app::Widget",
            "core::cell::RefCell<app::Node>",
        ];
        for (name, expected) in [
            ("Session", None),
            ("app::Session", None),
            ("Node", None),
            ("RefCell<Node>", None),
            ("Sesion", Some(vec!["Session", "Sessions", "Season"])),
            ("app::Wigdet", Some(vec!["Widget"])),
            ("session", Some(vec!["Session", "Sessions", "Season"])),
            ("Zebra", Some(vec![])),
            ("", Some(vec![])),
        ] {
            let found = similar(name, &known);
            let expected =
                expected.map(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(found, expected, "{name}");
        }
    }
}
