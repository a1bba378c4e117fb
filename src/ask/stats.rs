//! Counts by type.

use std::collections::BTreeMap;

use objgraph_core::{TypeInfo, counts, short_name};

use super::{LIMIT, advice, print};
use crate::report::write_counts;

/// How many objects of the type with this name are alive: by its short name (`Node`, `Node<u8>`;
/// `Node` means every `Node<…>` too), or, if there is a `::` in it, by its full name.
///
/// It takes time for each type, not for each object.
///
/// ```
/// struct Leaf;
/// let leaves = [objgraph::rc::Rc::new(Leaf), objgraph::rc::Rc::new(Leaf)];
/// if objgraph::ENABLED {
///     assert_eq!(objgraph::count("Leaf"), 2);
/// }
/// ```
#[must_use]
pub fn count(name: &str) -> usize {
    let of_name = counts()
        .into_iter()
        .filter(|count| count.alive > 0 && TypeInfo::opaque(count.type_name, 0).matches(name));
    of_name.map(|count| count.alive as usize).sum()
}

/// How many objects of each type are alive, by the short name of the type; types of one name in
/// different modules are counted together.
///
/// ```
/// struct Twig;
/// let twig = objgraph::rc::Rc::new(Twig);
/// assert_eq!(objgraph::typestats().get("Twig"), objgraph::ENABLED.then_some(&1));
/// ```
#[must_use]
pub fn typestats() -> BTreeMap<String, usize> {
    let mut stats = BTreeMap::new();
    for count in counts() {
        if count.alive > 0 {
            *stats.entry(short_name(count.type_name)).or_default() += count.alive as usize;
        }
    }
    stats
}

/// The ten types of which most objects are alive, most first; of equal numbers, by name.
#[must_use]
pub fn most_common_types() -> Vec<(String, usize)> {
    let mut stats: Vec<_> = typestats().into_iter().collect();
    stats.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    stats.truncate(LIMIT);
    stats
}

/// Prints the ten types of which most objects are alive.
///
/// ```
/// objgraph::show_most_common_types();
/// ```
pub fn show_most_common_types() {
    print(|out| match advice::write(out)? {
        true => Ok(()),
        false => write_counts(out, &most_common_types()),
    });
}
