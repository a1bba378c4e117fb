//! Builds the facades with cargo, and programs with rustc.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// The facades, as one of the two toolchains builds them.
pub(crate) struct Facades {
    /// The folder of the libraries.
    folder: PathBuf,
    is_nightly: bool,
}

/// The facades on stable.
pub(crate) static STABLE: LazyLock<Facades> = LazyLock::new(|| Facades::build(false));

/// The facades with the features of a nightly compiler.
pub(crate) static NIGHTLY: LazyLock<Facades> = LazyLock::new(|| Facades::build(true));

impl Facades {
    fn build(is_nightly: bool) -> Self {
        // Cargo has built the stable ones beside this test.
        let own = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let target = match is_nightly {
            true => own.join("nightly"),
            false => own
                .parent()
                .expect("it is in the target folder")
                .to_path_buf(),
        };
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--offline", "--locked", "--quiet"]);
        cargo.args(["-p", "objgraph-std", "-p", "objgraph-alloc"]);
        if is_nightly {
            cargo.args(["--features", "objgraph-std/nightly,objgraph-alloc/nightly"]);
        }
        cargo
            .arg("--target-dir")
            .arg(&target)
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        run(toolchain(&mut cargo, is_nightly), "the facades");
        Self {
            folder: target.join("debug"),
            is_nightly,
        }
    }

    fn library(&self, name: &str) -> String {
        self.folder
            .join(format!("lib{name}.rlib"))
            .display()
            .to_string()
    }

    /// Adds the options that put the facades in place of std and alloc.
    fn add_to<'c>(&self, rustc: &'c mut Command) -> &'c mut Command {
        for (name, facade) in [("std", "objgraph_std"), ("alloc", "objgraph_alloc")] {
            let library = self.library(facade);
            rustc.arg("--extern").arg(format!("{name}={library}"));
            rustc.arg("--extern").arg(format!("{facade}={library}"));
        }
        let dependencies = self.folder.join("deps").display().to_string();
        rustc.arg("-L").arg(format!("dependency={dependencies}"));
        toolchain(rustc, self.is_nightly)
    }
}

/// Removes what cargo set for this test, and lets the compiler have unstable features.
fn toolchain(command: &mut Command, is_nightly: bool) -> &mut Command {
    for (name, _) in env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_"))
        {
            command.env_remove(name);
        }
    }
    for name in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "RUSTC_BOOTSTRAP",
    ] {
        command.env_remove(name);
    }
    if is_nightly {
        command.env("RUSTC_BOOTSTRAP", "1");
    }
    command
}

/// Returns the output of a command that succeeds.
///
/// # Panics
///
/// If it fails, with everything that it printed.
fn run(command: &mut Command, what: &str) -> Output {
    let output = command.output().expect("the program can be started");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} cannot be built:\n{text}");
    output
}

/// Compiles the program of this name with the given options, with the facades or with std. Returns
/// the path of the result.
pub(crate) fn compile(
    name: &str,
    edition: &str,
    facades: Option<&Facades>,
    options: &[&str],
) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/facades/programs");
    let with = match facades {
        None => "std",
        Some(facades) if facades.is_nightly => "nightly",
        Some(_) => "stable",
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    let folder = folder.join(format!("{with}-{edition}-{}", options.len()));
    std::fs::create_dir_all(&folder).expect("the folder can be created");
    // Another process may be running the program, or linking the library: it is replaced as a whole.
    let new = tempfile::tempdir_in(&folder).expect("the folder can be written");
    let is_library = name == "no_std";
    let file = match is_library {
        true => PathBuf::from(format!("lib{name}.rlib")),
        false => Path::new(name).with_extension(env::consts::EXE_EXTENSION),
    };
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut rustc = Command::new(rustc);
    rustc
        .arg(source.join(format!("{name}.rs")))
        .args(["--edition", edition]);
    rustc
        .args(["--cap-lints", "allow", "-g", "-o"])
        .arg(new.path().join(&file))
        .args(options);
    rustc.arg("-L").arg(&folder);
    match facades {
        Some(facades) => run(facades.add_to(&mut rustc), name),
        None => run(toolchain(&mut rustc, false), name),
    };
    let program = folder.join(&file);
    std::fs::rename(new.path().join(file), &program).expect("the file can be replaced");
    program
}
