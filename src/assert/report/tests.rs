use std::env;
use std::process;

use expect_test::expect;
use objgraph_core::Site;
use proptest::prelude::*;

use super::*;
use crate::assert::test_name::Target;

fn failure() -> Failure {
    let point = Point {
        site: Site {
            file: "src/a,b:c.rs".into(),
            line: 7,
            column: 3,
        },
        text: "100% of it\nleaked".to_owned(),
    };
    Failure::new("2 objects leaked", "first\nsecond").pointing_at(vec![point])
}

#[test]
fn annotations_are_escaped_as_github_wants() {
    let test = TestName::new("app::cart::empties", &Target::default());
    let annotations = annotations(&failure(), &test, &Surroundings::default());
    expect![[r#"

        ::error file=src/a%2Cb%3Ac.rs,line=7,col=3,title=leak in app%3A%3Acart%3A%3Aempties::100%25 of it%0Aleaked
    "#]]
    .assert_eq(&annotations);
}

#[test]
fn a_failure_without_a_place_is_annotated_too() {
    let test = TestName::new("app::t", &Target::default());
    let failure = Failure::new("a, b", "");
    let annotations = annotations(&failure, &test, &Surroundings::default());
    assert_eq!(annotations, "\n::error title=leak in app%3A%3At::a, b\n");
}

#[test]
fn the_path_of_a_file_is_relative_to_the_repository() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let test = TestName::new("t", &crate::__target!());
    let surroundings = Surroundings {
        workspace: package.parent().map(PathBuf::from),
        ..Surroundings::default()
    };
    let name = package
        .file_name()
        .expect("it has a name")
        .to_string_lossy();
    let path = in_repository(Path::new("src/lib.rs"), &test, &surroundings);
    assert_eq!(path, format!("{name}/src/lib.rs"));
    let unknown = in_repository(Path::new("src/not/there.rs"), &test, &surroundings);
    assert_eq!(unknown, "src/not/there.rs");
}

#[test]
fn a_summary_is_appended() {
    let file = env::temp_dir().join(format!("objgraph-summary-{}.md", process::id()));
    let surroundings = Surroundings {
        summary: Some(file.clone()),
        ..Surroundings::default()
    };
    let test = TestName::new("app::a_test", &Target::default());
    for _ in 0..2 {
        report_to_github(&failure(), &test, "a ``` in it", &surroundings)
            .expect("it can be written");
    }
    let text = fs::read_to_string(&file).expect("it is there");
    fs::remove_file(&file).expect("it can be removed");
    let (first, second) = text.split_at(text.len() / 2);
    assert_eq!(first, second);
    expect![[r#"
        ### app::a\_test

        2 objects leaked

        <details><summary>The whole explanation</summary>

        ````text
        a ``` in it
        ````

        </details>

    "#]]
    .assert_eq(first);
}

#[test]
fn a_long_message_is_cut_and_names_the_file_with_the_rest() {
    let body: Vec<String> = (0..200).map(|line| format!("line {line}")).collect();
    let failure = Failure::new("many", body.join("\n"));
    let folder = env::temp_dir().join(format!("objgraph-report-{}", process::id()));
    let files = write_files(&failure, &folder, "app.t");
    let text = message(&failure, &files);
    let whole = fs::read_to_string(folder.join("app.t.txt")).expect("it was written");
    fs::remove_dir_all(&folder).expect("it can be removed");
    assert_eq!(whole, failure.to_string());
    assert_eq!(text.lines().count(), LINES + 1);
    let last = text.lines().last().expect("it has lines");
    assert!(
        last.starts_with("… 112 more lines, in ") && last.ends_with("app.t.txt"),
        "{last}"
    );
}

/// Reads a command as GitHub's runner does: its properties and its message.
fn read(line: &str) -> (Vec<(String, String)>, String) {
    let decode = |text: &str| {
        let text = text.replace("%3A", ":").replace("%2C", ",");
        let text = text.replace("%0A", "\n").replace("%0D", "\r");
        text.replace("%25", "%")
    };
    let command = line.strip_prefix("::error ").expect("a command");
    let (properties, message) = command.split_once("::").expect("a message");
    let properties = properties.split(',').map(|property| {
        let (name, value) = property.split_once('=').expect("a value");
        (name.to_owned(), decode(value))
    });
    (properties.collect(), decode(message))
}

proptest! {
    #[test]
    fn whatever_it_says_an_annotation_is_one_command(
        name in "(?s).{0,20}", file in "(?s)[^\\\\]{1,20}", text in "(?s).{0,30}", other in "[%:,\r\n0-9ADC]{0,20}"
    ) {
        let test = TestName::new(&format!("{name}{other}"), &Target::default());
        let site = Site { file: file.clone().into(), line: 7, column: 3 };
        let text = format!("{text}{other}");
        let failure = failure().pointing_at(vec![Point { site, text: text.clone() }]);
        let annotations = annotations(&failure, &test, &Surroundings::default());
        let lines: Vec<&str> = annotations.split(['\n', '\r']).collect();
        prop_assert_eq!(lines.len(), 3, "{:?}", annotations);
        let (properties, message) = read(lines[1]);
        prop_assert_eq!(message, text);
        let [of_file, line, column, title] = &properties[..] else {
            panic!("{annotations}");
        };
        prop_assert_eq!(&of_file.1, &file);
        prop_assert_eq!((&*line.1, &*column.1), ("7", "3"));
        prop_assert_eq!(&title.1, &format!("leak in {name}{other}"));
    }

    /// No message ends the block that it is in, and every heading is one line.
    #[test]
    fn no_message_breaks_out_of_the_summary(name in "(?s).{0,20}", text in "[`~<>\n a]{0,40}") {
        let test = TestName::new(&name, &Target::default());
        let summary = markdown(&test, &failure(), &text);
        let mut lines = summary.split('\n').map(|line| line.trim_end_matches('\r'));
        prop_assert!(lines.next().unwrap().starts_with("### "));
        let rest: Vec<&str> = lines.collect();
        prop_assert!(rest[..3].iter().all(|line| !line.starts_with('`')));
        let fence = rest[4..].iter().find_map(|line| line.strip_suffix("text")).unwrap();
        let closes = |line: &&&str| line.trim_start().starts_with(fence);
        prop_assert_eq!(rest.iter().filter(closes).count(), 2, "{}", summary);
    }
}
