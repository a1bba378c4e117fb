//! Advice in place of an empty table.

use std::io::{self, Write};
use std::sync::Once;

use objgraph_core::{ENABLED, counts, tracking, types};

use crate::words::in_line;

/// Returns why no object is known and what to do about it; `None` if there ever was an object.
fn nothing_tracked() -> Option<String> {
    if counts().iter().any(|count| count.born > 0) {
        return None;
    }
    let derived = types().iter().filter(|info| info.is_derived).count();
    let types = match derived {
        0 => "No type derives `Tracked` either.".to_owned(),
        1 => "1 type derives `Tracked` and can be traced as soon as such pointers hold it."
            .to_owned(),
        n => format!(
            "{n} types derive `Tracked` and can be traced as soon as such pointers hold them."
        ),
    };
    Some(format!(
        "objgraph: no object is known: none was made through a pointer of objgraph.\n\
         {types}\n\
         Change `use std::rc::Rc` to `use objgraph::rc::Rc`, and `use std::sync::Arc`\n\
         to `use objgraph::sync::Arc`; or give a type that lives by value a field of\n\
         type `objgraph::Instance`.\n"
    ))
}

/// Maximum number of types that are named.
const NAMED: usize = 3;

/// Writes of which types objects were left out by choice, above the table that does not have them.
/// Returns whether there are such types.
fn left_out(out: &mut dyn Write) -> io::Result<bool> {
    let types = tracking::left_out();
    let named: Vec<_> = types.iter().take(NAMED).map(|name| in_line(name)).collect();
    let more = match types.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if !types.is_empty() {
        writeln!(
            out,
            "objgraph: not counted, because `objgraph::tracking` leaves them out: {}{more}.\n\
             Call `objgraph::tracking::all()` before these objects are made.",
            named.join(", ")
        )?;
    }
    Ok(!types.is_empty())
}

/// Writes the advice if it is needed, and returns whether it is: then it replaces the table. That
/// tracking is off is written once in a process.
pub(super) fn write(out: &mut dyn Write) -> io::Result<bool> {
    static OFF: Once = Once::new();

    if !ENABLED {
        let mut written = Ok(());
        OFF.call_once(|| {
            written = out.write_all(
                b"objgraph: tracking is off in this build, so nothing is known.\n\
                  Build with debug assertions, or with the feature `always` of objgraph.\n",
            );
        });
        return written.map(|()| true);
    }
    if left_out(out)? {
        return Ok(false);
    }
    match nothing_tracked() {
        Some(advice) => out.write_all(advice.as_bytes()).map(|()| true),
        None => Ok(false),
    }
}

#[cfg(all(test, any(debug_assertions, feature = "always")))]
mod tests {
    use super::*;

    /// Law 6: an empty table of growth says what it does not have.
    #[test]
    fn a_table_names_what_was_left_out() {
        struct NotInTheTable;

        tracking::except(["*::advice::tests::*NotInTheTable"]).unwrap();
        drop(crate::rc::Rc::new(NotInTheTable));
        tracking::all();
        let mut out = Vec::new();
        assert!(!write(&mut out).unwrap());
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("leaves them out: "), "{text}");
        assert!(text.contains("NotInTheTable"), "{text}");
        assert!(text.contains("Call `objgraph::tracking::all()`"), "{text}");
    }
}
