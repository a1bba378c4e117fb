//! What must not compile: each file under `tests/ui` has one mistake, and what the compiler says
//! of it is in the `.stderr` beside it, as stable says it. `TRYBUILD=overwrite` renews those.

#[test]
fn mistakes_are_told() {
    // Where tracking is off the derive checks its attributes and no more.
    if objgraph::ENABLED {
        trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
    }
}
