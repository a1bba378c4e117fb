//! The crates that are linked into an instrumented program, and where they come from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml_edit::{Array, InlineTable, Value};

use crate::cli::Instrumented;
use crate::tree;

/// Where the facades come from, and with which features they are built.
#[derive(Clone, Debug)]
pub(crate) struct Facades {
    /// The folder of the checkout that this command was built from, if it is still there.
    checkout: Option<PathBuf>,
    /// Whether unstable features of the compiler are used.
    pub(crate) is_nightly: bool,
    /// Whether each handle is recorded.
    pub(crate) has_owners: bool,
    /// Whether closures and futures are named.
    pub(crate) has_symbols: bool,
    /// The features of objgraph for other crates that the program uses.
    pub(crate) ecosystem: BTreeSet<String>,
}

/// The crates whose types objgraph can trace, by the name of the feature.
pub(crate) const ECOSYSTEM: [&str; 22] = [
    "arc-swap",
    "arrayvec",
    "bytes",
    "chrono",
    "dashmap",
    "either",
    "hashbrown",
    "im",
    "imbl",
    "indexmap",
    "once_cell",
    "parking_lot",
    "serde_json",
    "slab",
    "slotmap",
    "smallvec",
    "thin-vec",
    "time",
    "tokio",
    "triomphe",
    "url",
    "uuid",
];

/// Returns the folder of this command in the checkout that it was built from, if that is still there.
pub(crate) fn checkout() -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let has_sources = checkout.join("facade-std/Cargo.toml").is_file();
    has_sources.then(|| checkout.to_owned())
}

impl Facades {
    /// The facades of the version of this command: from the checkout that it was built from, if it is
    /// there, else from the registry.
    pub(crate) fn new(options: &Instrumented) -> Self {
        Self {
            checkout: checkout(),
            is_nightly: !options.stable,
            has_owners: options.owners,
            has_symbols: options.symbols,
            ecosystem: BTreeSet::new(),
        }
    }

    /// Returns the dependencies of an instrumented package. The last only turns features on, by a name
    /// that no program uses.
    pub(crate) fn dependencies(&self) -> Vec<(String, InlineTable)> {
        let mut std = self.dependency("facade-std");
        let features = [
            ("nightly", self.is_nightly),
            ("owners", self.has_owners),
            ("symbols", self.has_symbols),
        ];
        let features = features.into_iter().filter(|(_, is_on)| *is_on);
        let features: Array = features.map(|(name, _)| name).collect();
        if !features.is_empty() {
            std.insert("features", Value::Array(features));
        }
        let mut dependencies = vec![
            ("objgraph-std".to_owned(), std),
            ("objgraph-alloc".to_owned(), self.dependency("facade-alloc")),
        ];
        if !self.ecosystem.is_empty() {
            let mut objgraph = self.dependency("..");
            objgraph.insert("package", "objgraph".into());
            let features = self.ecosystem.iter().map(String::as_str);
            objgraph.insert("features", Value::Array(features.collect()));
            dependencies.push(("objgraph-ecosystem".to_owned(), objgraph));
        }
        dependencies
    }

    fn dependency(&self, folder: &str) -> InlineTable {
        let mut dependency = InlineTable::new();
        match &self.checkout {
            Some(checkout) => {
                let path = tree::normal(&checkout.join(folder));
                dependency.insert("path", path.to_string_lossy().as_ref().into());
            }
            None => {
                let version = format!("={}", env!("CARGO_PKG_VERSION"));
                dependency.insert("version", version.into());
            }
        }
        dependency
    }
}
