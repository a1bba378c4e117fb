//! A web page, leaked by its parent links: `dom_leak [FILE.html] [--parent strong|weak]`.
//!
//! The page is parsed into a tree of `Rc` nodes, and dropped. If children own their parents,
//! nothing is freed; objgraph reports what leaked, where it was created and which field closes the
//! cycle, and draws a part. If the link is weak, everything is freed.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks")]

mod dom;
mod sink;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use html5ever::tendril::TendrilSink as _;

use dom::Document;
use sink::{Parents, Sink};

const USAGE: &str = "\
Usage: dom_leak [FILE.html] [--parent strong|weak]

Reads a page, drops it, and reports what leaked.

  FILE.html          the page; if missing, that of `Vec` in the documentation of Rust
  --parent strong    children own their parents, which leaks the page (this is the default)
  --parent weak      they do not";

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(mistake) => {
            eprintln!("dom_leak: {mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dom_leak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let page = match &arguments.page {
        Some(page) => page.clone(),
        None => default_page()?,
    };
    let bytes = std::fs::read(&page)
        .map_err(|error| format!("{} cannot be read: {error}", page.display()))?;
    let name = Path::new(page.file_name().unwrap_or(page.as_os_str())).display();
    println!(
        "{name}: {} bytes, {:?} parent links",
        bytes.len(),
        arguments.parents
    );
    if !objgraph::ENABLED {
        println!("Tracking is off in this build, so nothing will be known of its nodes.");
        println!("Run it without `--release`, or with `--features always`.");
    }

    {
        let document = parse(&bytes, arguments.parents);
        println!(
            "{} nodes on top, {} elements with an id, {:?}\n",
            document.root.children.borrow().len(),
            document.by_id.len(),
            document.quirks,
        );
        if !objgraph::ENABLED {
            return Ok(());
        }
        println!("What has grown while the page was read:");
        objgraph::show_growth();
    }

    println!(
        "\nThe page is dropped. Nodes still alive: {}\n",
        objgraph::count("Node")
    );
    let folder = target().join("objgraph");
    std::fs::create_dir_all(&folder)?;
    // With the feature `html`, a page to explore.
    let format = if cfg!(feature = "html") {
        "html"
    } else {
        "svg"
    };
    objgraph::show_leaks(folder.join("dom_leak").with_extension(format))?;
    Ok(())
}

fn parse(bytes: &[u8], parents: Parents) -> Document {
    html5ever::parse_document(Sink::new(parents), html5ever::ParseOpts::default())
        .from_utf8()
        .one(bytes)
}

/// Returns the page of `Vec` that comes with the toolchain, or else a page about objgraph itself.
fn default_page() -> Result<PathBuf, String> {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = sysroot.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let of_rust = sysroot
        .ok()
        .filter(|sysroot| !sysroot.is_empty())
        .map(|sysroot| Path::new(&sysroot).join("share/doc/rust/html/std/vec/struct.Vec.html"));
    let own = target().join("doc/objgraph/index.html");
    let mut pages = of_rust.into_iter().chain([own]);
    pages.find(|page| page.exists()).ok_or_else(|| {
        "there is no documentation to read.\nName a page, or get one by `rustup component add \
         rust-docs` or `cargo doc --no-deps`."
            .to_owned()
    })
}

/// Returns the folder for cargo's output.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}

struct Arguments {
    page: Option<PathBuf>,
    parents: Parents,
}

impl Arguments {
    /// Parses the arguments; `None` if help is requested.
    fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut arguments = arguments.into_iter();
        let mut parsed = Self {
            page: None,
            parents: Parents::Strong,
        };
        while let Some(argument) = arguments.next() {
            let value = match argument.as_str() {
                "-h" | "--help" => return Ok(None),
                "--parent" => arguments.next().unwrap_or_default(),
                other => match other.strip_prefix("--parent=") {
                    Some(value) => value.to_owned(),
                    None if other.starts_with('-') => {
                        return Err(format!("unknown option {other}"));
                    }
                    None if parsed.page.is_some() => return Err(format!("a second page, {other}")),
                    None => {
                        parsed.page = Some(other.into());
                        continue;
                    }
                },
            };
            parsed.parents = match value.as_str() {
                "strong" => Parents::Strong,
                "weak" => Parents::Weak,
                _ => return Err(format!("--parent is `strong` or `weak`, not `{value}`")),
            };
        }
        Ok(Some(parsed))
    }
}
