//! The formats of whole snapshots, by the extensions of their files.

use std::io::{self, Write};
use std::path::Path;

use objgraph_core::file::write_whole_with;

use super::write_heapsnapshot_with;
use crate::analysis::Leaks;
use crate::draw::PictureError;

/// A format of a whole snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `.heapsnapshot`, and `.heaptimeline`, as which Chrome shows creation sites too.
    HeapSnapshot,
    /// `.pb.gz`
    Pprof,
}

/// A new format is one line here, and one in `write`.
const FORMATS: [(&str, Format); 3] = [
    (".heapsnapshot", Format::HeapSnapshot),
    (".heaptimeline", Format::HeapSnapshot),
    (".pb.gz", Format::Pprof),
];

impl Format {
    /// Returns the format of whole snapshots that the name of a file ends in; `None` if that is no
    /// such format.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let mut formats = FORMATS.iter();
        let found = formats.find(|(ending, _)| name.len() > ending.len() && name.ends_with(ending));
        found.map(|&(_, format)| format)
    }

    /// Writes a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or the feature of the format is not turned on.
    pub fn save(self, leaks: &Leaks, path: &Path) -> Result<(), PictureError> {
        if self == Self::Pprof && !cfg!(feature = "pprof") {
            return Err(PictureError::FeatureMissing {
                format: "pb.gz".to_owned(),
                feature: "pprof",
            });
        }
        let mut content = |out: &mut dyn Write| self.write(leaks, out);
        write_whole_with(path, &mut content).map_err(|error| PictureError::Unwritable {
            path: path.to_owned(),
            error,
        })
    }

    fn write(self, leaks: &Leaks, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::HeapSnapshot => write_heapsnapshot_with(leaks, out),
            #[cfg(feature = "pprof")]
            Self::Pprof => out.write_all(&super::pprof_with(leaks)),
            #[cfg(not(feature = "pprof"))]
            Self::Pprof => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Format;

    #[test]
    fn the_end_of_a_name_is_its_format() {
        for (path, expected) in [
            ("x.heapsnapshot", Some(Format::HeapSnapshot)),
            ("a/b.2.HeapTimeline", Some(Format::HeapSnapshot)),
            (".heapsnapshot", None),
            ("heapsnapshot", None),
            ("x.heapsnapshot/", Some(Format::HeapSnapshot)),
            ("x.heapsnapshot.json", None),
            ("x.pb.gz", Some(Format::Pprof)),
            ("x.gz", None),
            ("x.svg", None),
            ("..", None),
        ] {
            assert_eq!(Format::of(Path::new(path)), expected, "{path}");
        }
    }

    /// Law 11: says which feature to turn on, and writes nothing.
    #[cfg(not(feature = "pprof"))]
    #[test]
    fn a_missing_feature_is_named() {
        let snapshot = std::sync::Arc::new(objgraph_core::Snapshot::empty());
        let leaks = crate::analysis::find_leaks(&snapshot);
        let path = std::env::temp_dir().join("objgraph-missing-feature.pb.gz");
        let error = Format::Pprof.save(&leaks, &path).unwrap_err().to_string();
        assert!(
            error.contains("cargo add objgraph --features pprof"),
            "{error}"
        );
        assert!(!path.exists());
    }
}
