//! What is known of this process from its start.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use objgraph::growth::Growth;

/// The state at the start of `main`.
#[derive(Debug)]
pub(crate) struct Start {
    /// The folder for reports; `None` if they go to standard error.
    pub(crate) folder: Option<PathBuf>,
    /// The numbers of live objects.
    pub(crate) growth: Growth,
}

static START: OnceLock<Start> = OnceLock::new();

/// Records the start, at the first call.
pub(crate) fn start() -> &'static Start {
    START.get_or_init(|| {
        let mut growth = Growth::default();
        drop(growth.grown());
        Start {
            folder: folder("OBJGRAPH_RUN").or_else(|| folder("OBJGRAPH_RECORD")),
            growth,
        }
    })
}

fn folder(variable: &str) -> Option<PathBuf> {
    let folder = env::var_os(variable).filter(|value| !value.is_empty())?;
    Some(PathBuf::from(folder))
}

/// Returns the name of the executable, without an extension.
pub(crate) fn program() -> String {
    let path = env::current_exe().ok();
    let first = || env::args_os().next().map(PathBuf::from);
    let path = path.or_else(first);
    let name = path.as_deref().and_then(Path::file_stem);
    name.map_or_else(
        || "program".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
