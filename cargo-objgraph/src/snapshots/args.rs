//! The command line of the commands on snapshots.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::FailOn;

#[derive(Debug, Subcommand)]
pub(crate) enum Snapshots {
    /// Reports what has leaked in a snapshot that was saved
    #[command(
        after_help = "Exit status: 0 if nothing was found, 1 if something was (see --fail-on)."
    )]
    Leaks(LeaksArgs),
    /// Compares the numbers of objects in two snapshots or more
    ///
    /// Prints the types that have more objects in the last than in the first. From five snapshots on,
    /// also what grows steadily.
    Growth(GrowthArgs),
    /// Prints what was born, died and survived between two snapshots, and which collections grew
    Diff(DiffArgs),
    /// Prints why an object of a snapshot is alive
    Why(WhyArgs),
    /// Prints what the objects of a type refer to, or what refers to them
    Refs(RefsArgs),
    /// Writes a page to explore a snapshot, and opens it in the browser
    View(ViewArgs),
    /// Writes a snapshot in the format of another tool
    Convert(ConvertArgs),
}

#[derive(Args, Debug)]
pub(crate) struct LeaksArgs {
    /// The file of the snapshot
    pub(super) file: PathBuf,
    /// Exit with status 1 on findings of this kind or a surer one
    #[arg(long, value_name = "KIND", default_value = "likely")]
    pub(super) fail_on: FailOn,
    /// Print the leaks as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct GrowthArgs {
    /// The files, the oldest first
    #[arg(required = true, num_args = 2..)]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// The older snapshot
    pub(super) before: PathBuf,
    /// The newer snapshot
    pub(super) after: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct WhyArgs {
    /// The file of the snapshot
    pub(super) file: PathBuf,
    /// The object, as reports name it: `#17.3`, or `17.3`, which needs no quotes in a shell
    pub(super) id: String,
}

#[derive(Args, Debug)]
pub(crate) struct RefsArgs {
    /// The file of the snapshot
    pub(super) file: PathBuf,
    /// The type, with or without its modules, or the id of one object
    #[arg(value_name = "TYPE")]
    pub(super) of: String,
    /// Print what refers to the objects
    #[arg(long)]
    pub(super) back: bool,
    /// Maximum distance, in references
    #[arg(long, value_name = "REFERENCES", default_value_t = 3)]
    pub(super) depth: usize,
}

#[derive(Args, Debug)]
#[cfg_attr(
    not(feature = "html"),
    allow(dead_code, reason = "read with the feature `html`")
)]
pub(crate) struct ViewArgs {
    /// The file of the snapshot
    pub(super) file: PathBuf,
    /// Compare with this older snapshot
    #[arg(long, value_name = "FILE")]
    pub(super) before: Option<PathBuf>,
    /// Where to write the page; by default, in the folder for temporary files
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write the page and do not open it
    #[arg(long)]
    pub(super) no_open: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ConvertArgs {
    /// The files of the snapshots
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// The format
    #[arg(long, value_name = "FORMAT")]
    pub(super) to: Format,
    /// Where to write it; by default, in this folder, with the name of the snapshot. A folder for
    /// tables, which may contain those of other snapshots
    #[arg(long, short, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
    /// Draw what the objects of this type refer to, or the object with this id, and not the leaks
    #[arg(long, value_name = "TYPE")]
    pub(super) of: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A page to explore
    Html,
    /// A picture of the leaks, for Graphviz
    Dot,
    /// A picture of the leaks
    Svg,
    /// The whole graph, for the Memory panel of Chrome and for memlab
    Heapsnapshot,
    /// A profile of what is in use and what has leaked, by type and line, for `go tool pprof`
    Pprof,
    /// The whole graph, for Gephi, NetworkX and yEd
    Graphml,
    /// The whole graph
    Json,
    /// Tables for queries over many snapshots, in a folder
    Parquet,
}

impl Format {
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Dot => "dot",
            Self::Svg => "svg",
            Self::Heapsnapshot => "heapsnapshot",
            Self::Pprof => "pb.gz",
            Self::Graphml => "graphml",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }
}
