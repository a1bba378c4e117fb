//! Sites: where objects are created.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

/// A site, as the compiler has it: a constant for each call.
pub(crate) type SiteRef = &'static Location<'static>;

/// The place in the source that created an object, or of a type's derive.
///
/// It displays as `src/server.rs:88:14`. A place outside of the program's own checkout displays
/// with its crate, and without the folder that it has on this machine: `core: ops/function.rs:250`,
/// `serde-1.0.2: src/lib.rs:4`.
///
/// ```
/// use objgraph_core::Site;
///
/// let site = |file: &'static str| Site { file: file.into(), line: 4, column: 9 }.to_string();
/// assert_eq!(site("src/server.rs"), "src/server.rs:4:9");
/// assert_eq!(site("/rustc/0f1e2d/library/core/src/ops/function.rs"), "core: ops/function.rs:4");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The file, as the compiler received it; see [`Site::shown_file`] for reports.
    pub file: Cow<'static, str>,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1; 0 if it is not known.
    pub column: u32,
}

impl Site {
    /// Returns the file as reports show it, which is equal on every machine: relative to the
    /// program's checkout, or, outside of it, to its crate, which is then named.
    ///
    /// ```
    /// use objgraph_core::Site;
    ///
    /// let file = "/home/me/.cargo/registry/src/index.crates.io-6f17d22b/serde-1.0.2/src/lib.rs";
    /// let site = Site { file: file.into(), line: 4, column: 9 };
    /// assert_eq!(site.shown_file(), "serde-1.0.2: src/lib.rs");
    /// ```
    #[must_use]
    pub fn shown_file(&self) -> Cow<'_, str> {
        match ForeignFile::of(&self.file) {
            Some(foreign) => Cow::Owned(foreign.to_string()),
            None => Cow::Borrowed(&self.file),
        }
    }

    /// Returns a file of the debug information as reports show it: relative to its package, because the
    /// path is absolute there, and the folder of the program's own package may have any name.
    #[allow(dead_code, reason = "called with the feature `symbols`")]
    pub(crate) fn file_in_package(file: &str) -> String {
        match ForeignFile::of(file) {
            Some(foreign) if foreign.is_published => foreign.to_string(),
            Some(foreign) => foreign.file,
            None => file.replace('\\', "/"),
        }
    }

    /// Whether the place is in the standard library, because a constructor was passed to it by
    /// name, as in `map(Rc::new)`. A closure around the constructor gives a line of the program.
    ///
    /// ```
    /// use objgraph_core::Site;
    ///
    /// let file = "/rustc/0f1e2d/library/core/src/ops/function.rs";
    /// assert!(Site { file: file.into(), line: 250, column: 5 }.is_in_std());
    /// assert!(!Site { file: "src/main.rs".into(), line: 250, column: 5 }.is_in_std());
    /// ```
    #[must_use]
    pub fn is_in_std(&self) -> bool {
        ForeignFile::of(&self.file).is_some_and(|foreign| foreign.is_std)
    }
}

impl From<&'static Location<'static>> for Site {
    fn from(location: &'static Location<'static>) -> Self {
        Self {
            file: Cow::Borrowed(location.file()),
            line: location.line(),
            column: location.column(),
        }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match ForeignFile::of(&self.file) {
            Some(foreign) => write!(f, "{foreign}:{}", self.line),
            None if self.column == 0 => write!(f, "{}:{}", self.file, self.line),
            None => write!(f, "{}:{}:{}", self.file, self.line, self.column),
        }
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A file outside of the program's checkout, which the compiler was given by an absolute path.
struct ForeignFile {
    /// The crate, with its version where the path has one; or nothing.
    of: String,
    file: String,
    is_std: bool,
    /// Whether the name of the crate is equal on every machine: it is from a registry, or std's.
    is_published: bool,
}

impl fmt::Display for ForeignFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of.is_empty() {
            true => f.write_str(&self.file),
            false => write!(f, "{}: {}", self.of, self.file),
        }
    }
}

impl ForeignFile {
    /// `None` for a relative path.
    fn of(file: &str) -> Option<Self> {
        if !is_absolute(file) {
            return None;
        }
        let path = file.replace('\\', "/");
        let steps: Vec<&str> = path.split('/').collect();
        let found = Self::of_std(&steps)
            .or_else(|| Self::in_folder(&steps, &["registry", "src"], 2, str::to_owned))
            .or_else(|| Self::in_folder(&steps, &["git", "checkouts"], 1, without_hash))
            .or_else(|| Self::in_folder(&steps, &["build"], 1, without_hash))
            .or_else(|| Self::of_package(&steps));
        Some(found.unwrap_or_else(|| Self {
            of: String::new(),
            file: steps.last().copied().unwrap_or_default().to_owned(),
            is_std: false,
            is_published: false,
        }))
    }

    /// Parses `/rustc/HASH/library/core/src/ops/function.rs`, or the same path in the folder of a
    /// toolchain.
    fn of_std(steps: &[&str]) -> Option<Self> {
        let library = steps.iter().rposition(|&step| step == "library")?;
        let before = &steps[..library];
        let is_rust = before.ends_with(&["rustlib", "src", "rust"])
            || before.get(before.len().checked_sub(2)?) == Some(&"rustc");
        let (of, inside) = steps[library + 1..].split_first()?;
        let inside = inside.strip_prefix(&["src"]).unwrap_or(inside);
        is_rust.then(|| Self {
            of: (*of).to_owned(),
            file: inside.join("/"),
            is_std: true,
            is_published: true,
        })
    }

    /// Parses a package in one of Cargo's folders, `below` levels down:
    /// `registry/src/INDEX/serde-1.0.2`.
    fn in_folder(
        steps: &[&str],
        folder: &[&str],
        below: usize,
        name: fn(&str) -> String,
    ) -> Option<Self> {
        let starts = steps.windows(folder.len());
        let at = starts.rev().position(|window| window == folder)?;
        let at = steps.len() - at - 1 + below;
        let mut inside = steps.get(at + 1..)?;
        if folder == ["git", "checkouts"] {
            // Skips the revision.
            inside = inside.get(1..)?;
        }
        (!inside.is_empty()).then(|| Self {
            of: name(steps[at]),
            file: inside.join("/"),
            is_std: false,
            is_published: true,
        })
    }

    /// Parses a package anywhere else: `/home/me/shared/src/lib.rs`.
    fn of_package(steps: &[&str]) -> Option<Self> {
        const FOLDERS: [&str; 4] = ["src", "tests", "examples", "benches"];
        let folders = &steps[..steps.len() - 1];
        let mut at = folders.iter().rposition(|step| FOLDERS.contains(step))?;
        if at > 1 && steps[at - 1] == "src" {
            at -= 1;
        }
        let of = *steps.get(at.checked_sub(1)?)?;
        Some(Self {
            of: of.to_owned(),
            file: steps[at..].join("/"),
            is_std: false,
            is_published: false,
        })
    }
}

/// Whether a path begins at a root, on the system that it was written on.
fn is_absolute(path: &str) -> bool {
    let mut bytes = path.bytes();
    match bytes.next() {
        Some(b'/' | b'\\') => true,
        Some(letter) if letter.is_ascii_alphabetic() => {
            bytes.next() == Some(b':') && matches!(bytes.next(), Some(b'/' | b'\\'))
        }
        _ => false,
    }
}

/// Removes the hash from the name that Cargo gives the folder of a package:
/// `tokio-1a2b3c4d5e6f7a8b`.
fn without_hash(folder: &str) -> String {
    match folder.rsplit_once('-') {
        Some((name, hash)) if hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => name.to_owned(),
        _ => folder.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Site;

    /// Law 10: no absolute path, and no location of a toolchain.
    #[test]
    fn a_place_reads_the_same_on_every_machine() {
        for (file, expected) in [
            ("src/server.rs", "src/server.rs:8:5"),
            ("../shared/src/lib.rs", "../shared/src/lib.rs:8:5"),
            (
                "/rustc/59807616/library/core/src/ops/function.rs",
                "core: ops/function.rs:8",
            ),
            (
                "/root/.rustup/toolchains/stable-x86_64-unknown-linux-gnu/lib/rustlib/src/rust/library/alloc/src/rc.rs",
                "alloc: rc.rs:8",
            ),
            (
                "C:\\Users\\me\\.rustup\\toolchains\\x\\lib\\rustlib\\src\\rust\\library\\core\\src\\iter\\mod.rs",
                "core: iter/mod.rs:8",
            ),
            (
                "/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/either-1.15.0/src/lib.rs",
                "either-1.15.0: src/lib.rs:8",
            ),
            (
                "/home/me/.cargo/git/checkouts/tokio-2f91e2ce1a1b0c3d/4f2a1b0/tokio/src/sync/mod.rs",
                "tokio: tokio/src/sync/mod.rs:8",
            ),
            (
                "/srv/app/target/debug/build/app-0123456789abcdef/out/made.rs",
                "app: out/made.rs:8",
            ),
            (
                "/home/me/src/shared/src/deep/lib.rs",
                "shared: src/deep/lib.rs:8",
            ),
            (
                "/home/me/shared/src/tests/unit.rs",
                "shared: src/tests/unit.rs:8",
            ),
            (
                "/home/me/shared/tests/cases/main.rs",
                "shared: tests/cases/main.rs:8",
            ),
            (
                "/rust/deps/hashbrown-0.15.0/src/map.rs",
                "hashbrown-0.15.0: src/map.rs:8",
            ),
            ("/tmp/rust_out.rs", "rust_out.rs:8"),
            ("/src/main.rs", "src/main.rs:8"),
            ("D:/game/src/main.rs", "game: src/main.rs:8"),
        ] {
            let site = Site {
                file: file.into(),
                line: 8,
                column: 5,
            };
            assert_eq!(site.to_string(), expected);
            assert_eq!(site.is_in_std(), file.contains("library"), "{file}");
            assert!(expected.starts_with(&*site.shown_file()), "{file}");
        }
    }

    /// Law 10: not even the folder of the program's package.
    #[test]
    fn files_of_debug_information_are_relative_to_their_package() {
        for (file, expected) in [
            ("/home/me/shop/src/cart/total.rs", "src/cart/total.rs"),
            ("/home/me/shop/crates/cart/src/lib.rs", "src/lib.rs"),
            ("C:\\work\\shop\\src\\main.rs", "src/main.rs"),
            ("/tmp/rust_out.rs", "rust_out.rs"),
            ("src/main.rs", "src/main.rs"),
            ("src\\cart\\total.rs", "src/cart/total.rs"),
            (
                "/home/me/.cargo/registry/src/index.crates.io-1949cf8c/tokio-1.47.0/src/lib.rs",
                "tokio-1.47.0: src/lib.rs",
            ),
            (
                "/rustc/59807616/library/core/src/ops/function.rs",
                "core: ops/function.rs",
            ),
        ] {
            assert_eq!(Site::file_in_package(file), expected);
        }
    }
}
