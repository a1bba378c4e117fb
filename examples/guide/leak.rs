//! What grows, and what keeps it alive.

use std::path::Path;
use std::sync::Mutex;

use objgraph::Tracked;
use objgraph::sync::Arc;

use crate::Outcome;

#[derive(Tracked)]
struct Page {
    text: String,
}

/// A cache that is never emptied.
#[objgraph::root]
static CACHE: Mutex<Vec<Arc<Page>>> = Mutex::new(Vec::new());

fn serve(number: usize) -> usize {
    let text = format!("page {number}");
    let page = Arc::new(Page { text });
    CACHE
        .lock()
        .unwrap_or_else(|broken| broken.into_inner())
        .push(page.clone());
    page.text.len()
}

pub(crate) fn run(pictures: &Path) -> Outcome {
    serve(0);
    objgraph::show_growth();
    for number in 1..=3 {
        serve(number);
    }
    objgraph::show_growth();

    let pages = objgraph::by_type("Page");
    let page = pages.last().ok_or("no page is alive")?;
    let chain = objgraph::find_backref_chain(page, objgraph::is_root).ok_or("nothing holds it")?;
    println!("{chain}");
    objgraph::show_chain(&chain, pictures.join("chain.svg"))?;
    CACHE
        .lock()
        .unwrap_or_else(|broken| broken.into_inner())
        .clear();
    Ok(())
}
