//! Programs that must not compile: each file under `tests/ui` has one mistake, and the `.stderr`
//! beside it has the message of the stable compiler. `TRYBUILD=overwrite` renews those.
// recount: no, it builds programs that must not compile.

#[test]
fn mistakes_are_reported() {
    // With tracking off, the derive only checks its attributes.
    if objgraph::ENABLED {
        trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
    }
}
