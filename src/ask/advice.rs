//! Advice in place of an empty table.

use std::io::{self, Write};
use std::sync::Once;

use objgraph_core::{ENABLED, counts, types};

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
    match nothing_tracked() {
        Some(advice) => out.write_all(advice.as_bytes()).map(|()| true),
        None => Ok(false),
    }
}
