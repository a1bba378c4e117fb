use super::*;

fn runs(arguments: &[&str], name: &'static str, ignored: bool) -> bool {
    let arguments = arguments.iter().map(|&argument| argument.to_owned());
    Filter::new(arguments).runs(&TestEntry { name, ignored })
}

#[test]
fn the_filter_is_that_of_the_harness() {
    assert!(runs(&[], "app::cart::empties", false));
    assert!(!runs(&[], "app::cart::empties", true));
    assert!(runs(&["--include-ignored"], "app::cart::empties", true));
    assert!(!runs(&["--ignored"], "app::cart::empties", false));
    assert!(runs(&["cart"], "app::cart::empties", false));
    assert!(!runs(&["app"], "app::cart::empties", false));
    assert!(!runs(&["--exact", "cart"], "app::cart::empties", false));
    assert!(runs(
        &["cart::empties", "--exact"],
        "app::cart::empties",
        false
    ));
    assert!(!runs(&["--skip", "cart"], "app::cart::empties", false));
    assert!(!runs(&["--skip=cart"], "app::cart::empties", false));
    assert!(runs(
        &["--test-threads", "4", "-q"],
        "app::cart::empties",
        false
    ));
}
