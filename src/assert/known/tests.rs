use expect_test::expect;
use proptest::prelude::*;

use super::file::{Entry, List};
use crate::analysis::Fingerprint;
use crate::words::is_unprintable;

fn fingerprint(number: u64) -> Fingerprint {
    let text = format!("leak-{number:016x}");
    text.parse().expect("it is a fingerprint")
}

fn list(entries: &[(u64, &str, &[&str])]) -> List {
    let mut list = List::default();
    for (number, reason, tests) in entries {
        let entry = Entry::new(fingerprint(*number), (*reason).to_owned());
        for test in *tests {
            list.add(&entry, test);
        }
    }
    list
}

#[test]
fn the_list_is_written_sorted() {
    let list = list(&[
        (2, "later", &["b::two", "a::one"]),
        (1, "a \"quoted\" \\ one", &["c"]),
    ]);
    expect![[r##"
        # Known leaks, and the tests that may have them. A test fails for any other leak, and for a listed
        # leak that it no longer has. `OBJGRAPH_UPDATE=1 cargo test` rewrites this list, and keeps reasons
        # and links.

        [[leak]]
        fingerprint = "leak-0000000000000001"
        reason = "a \"quoted\" \\ one"
        link = ""
        tests = [
            "c",
        ]

        [[leak]]
        fingerprint = "leak-0000000000000002"
        reason = "later"
        link = ""
        tests = [
            "a::one",
            "b::two",
        ]
    "##]]
    .assert_eq(&list.to_string());
}

#[test]
fn an_error_has_the_line_of_the_mistake() {
    let head = "[[leak]]\nfingerprint = \"leak-0000000000000001\"\n";
    let tests = "tests = [\"a\"]\n";
    for (text, error) in [
        ("x = 1", "line 1: an entry begins with `[[leak]]`"),
        ("\n[leak]\n", "line 2: an entry begins with `[[leak]]`"),
        (
            "[[leak]]\nfingerprint = \"leak-1\"",
            "line 2: \"leak-1\": a fingerprint reads",
        ),
        (
            "[[leak]]\nreason = 3",
            "line 2: expected a text in double quotes",
        ),
        (
            "[[leak]]\nreason = \"no end\n",
            "line 2: invalid character in string",
        ),
        ("[[leak]]\nreason \"x\"", "line 2: expected an equals"),
        ("[[leak]]\ncause = \"x\"", "`cause` is unknown"),
        (
            "[[leak]]\nreason = \"\\q\"",
            "line 2: invalid escape character in string: `q`",
        ),
        (
            "[[leak]]\nreason = \"\\uD800\"",
            "line 2: invalid escape value",
        ),
        ("[[leak]]\ntests = \"a\"", "expected `[\"…\", …]`"),
        ("[[leak]]\n", "line 1: the entry has no `fingerprint`"),
    ] {
        let found = text.parse::<List>().expect_err(text);
        assert!(found.contains(error), "{text:?}: {found}");
    }
    let missing = format!("{head}{tests}").parse::<List>();
    assert!(missing.expect_err("no reason").ends_with("say a `reason`"));
    let missing = format!("{head}reason = \"x\"").parse::<List>();
    assert!(missing.expect_err("no tests").contains("name the `tests`"));
    let entry = format!("{head}reason = \"x\"\n{tests}");
    let twice = format!("{entry}{entry}").parse::<List>();
    assert!(twice.expect_err("twice").ends_with("is listed twice"));
    assert!(format!("# only\n{entry}  # one").parse::<List>().is_ok());
}

#[test]
fn removing_the_last_test_of_an_entry_removes_the_entry() {
    let mut list = list(&[(1, "x", &["a", "b"]), (2, "y", &["b"]), (3, "z", &["b"])]);
    list.retain(|test, leak| test != "b" || leak == fingerprint(3));
    assert_eq!(list.of_test("a").collect::<Vec<_>>(), [fingerprint(1)]);
    assert_eq!(list.of_test("b").collect::<Vec<_>>(), [fingerprint(3)]);
    list.retain(|_, _| false);
    assert!(list.is_empty());
}

/// Reads the list with a parser of the whole of TOML.
fn by_toml(text: &str) -> List {
    let table: toml::Table = text.parse().unwrap();
    let mut list = List::default();
    for leak in table
        .get("leak")
        .iter()
        .flat_map(|leaks| leaks.as_array().unwrap())
    {
        let text = |key: &str| leak[key].as_str().unwrap();
        let fingerprint = text("fingerprint").parse().unwrap();
        let entry = Entry::new(fingerprint, text("reason").to_owned());
        assert_eq!(text("link"), "");
        for test in leak["tests"].as_array().unwrap() {
            list.add(&entry, test.as_str().unwrap());
        }
    }
    list
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        entries in proptest::collection::vec((0..9_u64, "(?s).*[a-z]", proptest::collection::vec("(?s).{1,8}", 1..4)), 0..6)
    ) {
        let mut list = List::default();
        for (number, reason, tests) in &entries {
            let entry = Entry::new(fingerprint(*number), reason.clone());
            for test in tests {
                list.add(&entry, test);
            }
        }
        let text = list.to_string();
        // People could not see an unprintable character.
        prop_assert!(!text.contains(|c| c != '\n' && is_unprintable(c)));
        let read: List = text.parse().map_err(TestCaseError::fail)?;
        prop_assert_eq!(&read, &list);
        prop_assert_eq!(by_toml(&text), list);
    }
}
