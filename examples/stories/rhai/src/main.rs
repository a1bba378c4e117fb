//! Runs a script of rhai, in which a variable holds the closure that captures it.
//!
//! With the argument `clear`, the program empties the variables of the script before it drops them.

use rhai::{Dynamic, Engine, EvalAltResult, Scope};

const SCRIPT: &str = "
    let window = #{ title: `main` };
    window.describe = || `window ${window.title}`;
    window.title
";

fn main() -> Result<(), Box<EvalAltResult>> {
    let engine = Engine::new();
    let mut scope = Scope::new();
    let answer: String = engine.eval_with_scope(&mut scope, SCRIPT)?;
    println!("the script returns {answer}");
    if std::env::args().nth(1).as_deref() == Some("clear") {
        clear(&mut scope);
    }
    Ok(())
}

/// Empties the variables that closures share.
fn clear(scope: &mut Scope) {
    let names = scope
        .iter()
        .map(|(name, ..)| name.to_owned())
        .collect::<Vec<_>>();
    for name in names {
        let value = scope.get_mut(&name).filter(|value| value.is_shared());
        if let Some(mut shared) = value.and_then(|value| value.write_lock::<Dynamic>()) {
            *shared = Dynamic::UNIT;
        }
    }
}
