//! References that were dropped without decrementing the count.

use std::path::Path;

use objgraph::Tracked;
use objgraph::rc::Rc;

use crate::Outcome;

#[derive(Tracked, Debug)]
struct Buffer {
    name: &'static str,
}

pub(crate) fn run(pictures: &Path) -> Outcome {
    let kept = Rc::new(Buffer { name: "kept" });
    let given = Rc::new(Buffer { name: "given to C" });
    std::mem::forget(given);

    let roots = objgraph::get_leaking_objects();
    let buffers = objgraph::alive::by_type_in("Buffer", roots);
    println!("{} buffers that no object refers to", buffers.len());
    let picture = objgraph::backrefs(&buffers).refcounts(true).sites(true);
    picture.print()?;
    picture.save(pictures.join("forgotten.svg"))?;
    println!("{} is held by a variable", kept.name);
    Ok(())
}
