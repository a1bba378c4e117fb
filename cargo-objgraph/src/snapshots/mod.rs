//! The commands on snapshots that were saved in files: each loads what it needs, asks one question, and
//! prints the answer on standard output.

mod args;
mod convert;
mod growth;
mod load;
#[cfg(feature = "parquet")]
mod parquet;
mod select;
mod view;

use std::process::ExitCode;
use std::sync::Arc;

use objgraph::alive::why_alive_in;
use objgraph::leaks::{Leaks, find_leaks_in};
use objgraph::owners::owners_in;
use objgraph::snapshot::diff;

pub(crate) use self::args::Snapshots;
use self::args::{LeaksArgs, RefsArgs, WhyArgs};
use self::load::load;
use self::select::{node_of, nodes_named};
use crate::cli::FailOn;
use crate::error::Error;

type Done = Result<ExitCode, Error>;

/// Maximum number of objects from which `refs` starts.
const STARTS: usize = 3;

/// Runs one of the commands.
pub(crate) fn run(command: &Snapshots) -> Done {
    match command {
        Snapshots::Leaks(args) => leaks(args),
        Snapshots::Growth(args) => growth::growth(&args.files),
        Snapshots::Diff(args) => {
            let (before, after) = (load(&args.before)?, load(&args.after)?);
            print(&diff(&before, &after).to_string())
        }
        Snapshots::Why(args) => why(args),
        Snapshots::Refs(args) => refs(args),
        Snapshots::View(args) => view::view(args),
        Snapshots::Convert(args) => convert::convert(args),
    }
}

fn leaks(args: &LeaksArgs) -> Done {
    let leaks = find_leaks_in(&load(&args.file)?);
    print(&match args.json {
        true => leaks.to_json(),
        false => leaks.to_string(),
    })?;
    Ok(match is_failure(&leaks, args.fail_on) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn is_failure(leaks: &Leaks, fail_on: FailOn) -> bool {
    let leaked = !leaks.is_empty();
    let likely = leaks.likely_leaked().len() > 0;
    let possibly = leaks.possibly_leaked().len() > 0;
    match fail_on {
        FailOn::Leaked => leaked,
        FailOn::Likely => leaked || likely,
        FailOn::Possibly => leaked || likely || possibly,
        FailOn::None => false,
    }
}

fn why(args: &WhyArgs) -> Done {
    let snapshot = load(&args.file)?;
    let id = snapshot
        .node(node_of(&snapshot, &args.id, &args.file)?)
        .id();
    let mut text = why_alive_in(&snapshot, id).map_or(String::new(), |why| why.to_string());
    if snapshot.knows_handles()
        && let Some(owners) = owners_in(&snapshot, id)
    {
        text = format!("{}\n\n{owners}", text.trim_end());
    }
    print(&text)
}

fn refs(args: &RefsArgs) -> Done {
    let snapshot = load(&args.file)?;
    let nodes = nodes_named(&snapshot, &args.of, &args.file)?;
    let starts = nodes.iter().copied().take(STARTS);
    let picture = match args.back {
        true => objgraph::picture::backrefs_in(&snapshot, starts),
        false => objgraph::picture::refs_in(&snapshot, starts),
    };
    // The id, for `why`, and before the line, which may be cut.
    let picture = picture.max_depth(args.depth).extra_info(|node| {
        let site = node.site().map(|site| format!(" · {site}"));
        format!("{}{}", node.id(), site.unwrap_or_default())
    });
    let text = picture
        .to_text()
        .map_err(|error| Error::Other(error.to_string()))?;
    print(&text)?;
    let more = nodes.len().saturating_sub(STARTS);
    if more > 0 {
        print(&format!(
            "\n{more} more of them; name one by its id, such as {}",
            { snapshot.node(nodes[STARTS]).id() }
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a text and one line break. A reader that has gone away, as `head` does, is no error.
#[allow(clippy::print_stdout, reason = "it is what the command says")]
fn print(text: &str) -> Done {
    use std::io::{ErrorKind, Write as _};

    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::io("standard output", error))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// A snapshot, shared by what is asked of it.
type Loaded = Arc<objgraph::Snapshot>;
