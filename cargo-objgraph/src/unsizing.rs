//! Where stable Rust coerces only std's pointers: to a `dyn Trait` or a slice.

/// Returns what `Rc<dyn Trait>` points to in "expected `Rc<dyn Trait>`, found `Rc<T>`".
pub(crate) fn unsized_target(label: &str) -> Option<String> {
    let (expected, found) = label.strip_prefix("expected `")?.split_once("`, found `")?;
    let (pointer, target) = expected.strip_suffix('>')?.split_once('<')?;
    let is_pointer = matches!(pointer, "Rc" | "Arc" | "Weak");
    let is_same = found.starts_with(&format!("{pointer}<"));
    let target = target
        .strip_prefix('(')
        .and_then(|target| target.strip_suffix(')'))
        .unwrap_or(target)
        .trim_end_matches(" + 'static");
    let is_unsized = target.starts_with("dyn ") || target.starts_with('[') && !target.contains(';');
    let mut words = target.split(|c: char| !c.is_alphanumeric() && c != '_');
    let is_whole =
        !target.contains("...") && !target.contains('{') && words.all(|word| word != "_");
    (is_pointer && is_same && is_unsized && is_whole).then(|| target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_of_a_coercion_is_in_the_label() {
        for (label, target) in [
            ("expected `Rc<dyn T>`, found `Rc<A>`", Some("dyn T")),
            (
                "expected `Arc<dyn Fn(u8) -> u8>`, found `Arc<{closure@main.rs:18:53}>`",
                Some("dyn Fn(u8) -> u8"),
            ),
            (
                "expected `Rc<(dyn T + 'static)>`, found `Rc<A>`",
                Some("dyn T"),
            ),
            ("expected `Weak<[u8]>`, found `Weak<[u8; 2]>`", Some("[u8]")),
            ("expected `Rc<u8>`, found `Rc<u16>`", None),
            ("expected `Rc<dyn T>`, found `Arc<A>`", None),
            ("expected `Rc<dyn T>`, found `A`", None),
            ("expected `Box<dyn T>`, found `Box<A>`", None),
            ("expected `Rc<dyn T<...>>`, found `Rc<A>`", None),
            ("arguments to this method are incorrect", None),
        ] {
            assert_eq!(unsized_target(label).as_deref(), target, "{label}");
        }
    }
}
