//! `docs/cookbook.md` shows what the example `cookbook` does and prints.

// recount: no, it creates no object

use std::fs;
use std::path::Path;

use pages::{assert_prints, assert_runs, blocks, printed, texts};

mod pages;

#[test]
fn every_recipe_runs_and_prints_what_the_page_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/cookbook.md")).expect("it is text");
    let mut programs = String::new();
    texts(&root.join("examples/cookbook"), ".rs", &mut programs);
    assert_runs("cookbook.md", &page, &programs);
    let recipes = page.matches("\n## ").count();
    assert!(recipes >= 20, "{recipes} recipes");
    if objgraph::ENABLED {
        let texts = blocks(&page, "text");
        assert!(texts.len() > 10, "{} texts", texts.len());
        let printed = printed("cookbook", "owners,save");
        for text in texts {
            assert_prints("cookbook.md", &printed, &text);
        }
    }
}
