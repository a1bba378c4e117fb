//! What `add_dependency` writes.

use expect_test::{Expect, expect};
use objgraph_edits::DependencySource::{Path, Version, Workspace};
use objgraph_edits::{DependencyList, DependencySource, add_dependency};

fn check_in(list: DependencyList, source: &DependencySource, manifest: &str, expected: Expect) {
    let text = add_dependency(manifest, list, source, &[]).expect("it is TOML");
    expected.assert_eq(&text);
    assert_eq!(add_dependency(&text, list, source, &[]).unwrap(), text);
}

fn check(source: DependencySource, manifest: &str, expected: Expect) {
    check_in(DependencyList::Package, &source, manifest, expected);
}

#[test]
fn a_package_without_dependencies_gets_a_list() {
    check(
        Path("../objgraph".to_owned()),
        "[package]\nname = \"a\" # A.\n\n[workspace]\n",
        expect![[r#"
            [package]
            name = "a" # A.

            [workspace]

            [dependencies]
            objgraph = { path = "../objgraph" }
        "#]],
    );
    check(
        Version("1".to_owned()),
        "[package]\nname = \"a\"\n\n[dependencies]\n\n[profile.dev]\ndebug = 1\n",
        expect![[r#"
            [package]
            name = "a"

            [dependencies]
            objgraph = "1"

            [profile.dev]
            debug = 1
        "#]],
    );
}

#[test]
fn a_sorted_list_stays_sorted() {
    check(
        Version("1".to_owned()),
        "[dependencies]\nanyhow = \"1\"\n# For files.\nserde = { version = \"1\", features = [\"derive\"] }\n",
        expect![[r#"
            [dependencies]
            anyhow = "1"
            objgraph = "1"
            # For files.
            serde = { version = "1", features = ["derive"] }
        "#]],
    );
    check(
        Version("1".to_owned()),
        "[dependencies]\nserde = \"1\"\nanyhow = \"1\"\n",
        expect![[r#"
            [dependencies]
            serde = "1"
            anyhow = "1"
            objgraph = "1"
        "#]],
    );
}

#[test]
fn a_member_inherits_as_its_other_dependencies_do() {
    check(
        Workspace,
        "[dependencies]\nlog = { workspace = true }\n\n[dependencies.serde]\nworkspace = true\n",
        expect![[r#"
            [dependencies]
            log = { workspace = true }
            objgraph = { workspace = true }

            [dependencies.serde]
            workspace = true
        "#]],
    );
    check(
        Workspace,
        "[dependencies]\nlog.workspace = true\nserde.workspace = true\n",
        expect![[r#"
            [dependencies]
            log.workspace = true
            objgraph.workspace = true
            serde.workspace = true
        "#]],
    );
    check_in(
        DependencyList::Workspace,
        &Version("1".to_owned()),
        "[workspace]\nmembers = [\"a\"]\n\n[workspace.dependencies]\na = \"1\"\n",
        expect![[r#"
            [workspace]
            members = ["a"]

            [workspace.dependencies]
            a = "1"
            objgraph = "1"
        "#]],
    );
}

#[test]
fn features_are_listed() {
    for (source, expected) in [
        (
            Version("1".to_owned()),
            "objgraph = { version = \"1\", features = [\"owners\", \"scan\"] }",
        ),
        (
            Path("../o".to_owned()),
            "objgraph = { path = \"../o\", features = [\"owners\", \"scan\"] }",
        ),
    ] {
        let manifest = "[dependencies]\nlog.workspace = true\n";
        let list = DependencyList::Package;
        let text = add_dependency(manifest, list, &source, &["owners", "scan"]).unwrap();
        assert_eq!(text, format!("{manifest}{expected}\n"));
    }
}

#[test]
fn a_dependency_that_is_there_is_kept() {
    for manifest in [
        "[dependencies]\nobjgraph = { path = \"x\" }\n",
        "[dependencies.objgraph]\nversion = \"0.1\"\n",
        "dependencies.objgraph.workspace = true\n",
    ] {
        let source = Version("9".to_owned());
        let text = add_dependency(manifest, DependencyList::Package, &source, &[]);
        assert_eq!(text.as_deref(), Ok(manifest));
    }
}

#[test]
fn a_manifest_that_is_none_says_why() {
    let source = Version("1".to_owned());
    let error =
        add_dependency("dependencies = 1\n", DependencyList::Package, &source, &[]).unwrap_err();
    expect!["`dependencies` is not a table"].assert_eq(&error.to_string());
    let error = add_dependency("[a\n", DependencyList::Package, &source, &[]).unwrap_err();
    expect![[r#"
        TOML parse error at line 1, column 3
          |
        1 | [a
          |   ^
        unclosed table, expected `]`"#]]
    .assert_eq(&error.to_string());
}
