use std::io::{self, Write};
use std::process::Command;

use super::{NewIdsRow, write_counts, write_growth, write_new_ids};

fn text(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn growth() -> Vec<(String, usize, usize)> {
    vec![
        ("Node".to_owned(), 970, 14),
        ("Größe<T>".to_owned(), 12_345_678_901, 1),
    ]
}

fn new_ids() -> Vec<NewIdsRow> {
    let row = |name: &str, old, current, new, delta| NewIdsRow {
        name: name.to_owned(),
        old,
        current,
        new,
        delta,
    };
    vec![
        row("list", 324, 326, 3, 2),
        row("wrapper_descriptor", 1001, 999, 0, -2),
    ]
}

#[test]
fn counts() {
    let rows = [("tuple".to_owned(), 8959), ("function".to_owned(), 2442)];
    assert_eq!(
        text(|out| write_counts(out, &rows)),
        "tuple    8959\nfunction 2442\n"
    );
    assert_eq!(text(|out| write_counts(out, &[])), "");
}

#[test]
fn errors_of_the_writer_are_returned() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = write_growth(&mut Full, &growth()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

/// Compares with the tables that Python's objgraph writes for the same rows.
#[test]
fn tables_are_those_of_python() {
    const SCRIPT: &str = r#"
import io, objgraph, sys
out = io.StringIO()
objgraph.typestats = lambda *a, **k: {"Node": 970, "Größe<T>": 12345678901}
objgraph.show_most_common_types(file=out)
out.write("--\n")
objgraph.show_growth(peak_stats={"Node": 956, "Größe<T>": 12345678900}, file=out)
out.write("--\n")
# The objects of each type, so that a set of ids of each has the size that the row says.
class Kind:
    pass
def make(name, number):
    kind = type(name, (), {})
    return [kind() for _ in range(number)]
lists, wrappers = make("list", 327), make("wrapper_descriptor", 1001)
state = {}
first = lists[:324] + wrappers
second = lists[1:327] + wrappers[:999]
objgraph.gc = type("gc", (), {"collect": lambda: None, "get_objects": lambda: first})
objgraph.get_new_ids(limit=0, _state=state)
objgraph.gc.get_objects = lambda: second
objgraph.get_new_ids(limit=None, file=out, _state=state)
sys.stdout.buffer.write(out.getvalue().encode())
"#;
    let output = Command::new("python3").args(["-c", SCRIPT]).output();
    let python = match output {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout).unwrap(),
        other => {
            let why = match other {
                Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
                Err(error) => error.to_string(),
            };
            assert!(
                std::env::var("OBJGRAPH_REQUIRE_TOOLS").as_deref() != Ok("1"),
                "python3 with objgraph is required: {why}"
            );
            let _ = writeln!(io::stderr(), "skipped: needs python3 with objgraph: {why}");
            return;
        }
    };
    let counts = [
        ("Größe<T>".to_owned(), 12_345_678_901),
        ("Node".to_owned(), 970),
    ];
    let ours = text(|out| {
        write_counts(out, &counts)?;
        out.write_all(b"--\n")?;
        write_growth(out, &growth())?;
        out.write_all(b"--\n")?;
        write_new_ids(out, &new_ids())
    });
    assert_eq!(ours, python);
}
