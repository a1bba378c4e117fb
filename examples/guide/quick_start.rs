//! What refers to what.

use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

#[derive(Tracked)]
struct List {
    name: &'static str,
    items: Vec<Rc<List>>,
}

impl std::fmt::Debug for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.items.len() {
            1 => write!(f, "{}: 1 item", self.name),
            items => write!(f, "{}: {items} items", self.name),
        }
    }
}

pub(crate) fn run(pictures: &Path) -> Outcome {
    let list = |name, items| Rc::new(List { name, items });
    let x = list("x", vec![]);
    let z = list("z", vec![x.clone()]);
    let y = list("y", vec![x.clone(), z, list("w", vec![x.clone()])]);

    objgraph::show_refs(&y, pictures.join("refs.svg"))?;
    objgraph::show_backrefs(&x, pictures.join("backrefs.svg"))?;
    objgraph::refs(&y).print()?;
    objgraph::show_most_common_types();
    Ok(())
}
