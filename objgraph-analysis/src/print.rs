//! Standard output.

use std::io::{self, Write};
use std::panic;

/// Prints with `print!`, which a test harness captures.
///
/// Ignores a closed standard output. What `write` prints may come from the user's code, so nothing
/// is printed until it has returned.
#[doc(hidden)]
pub fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut text = Vec::new();
    if write(&mut text).is_ok() {
        print_text(&String::from_utf8_lossy(&text));
    }
}

fn print_text(text: &str) {
    // `print!` panics if standard output is closed.
    let _ = panic::catch_unwind(|| {
        #[expect(clippy::print_stdout, reason = "the user asked for it")]
        {
            print!("{text}");
        }
    });
    let _ = io::stdout().flush();
}
