//! Reading the files.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{ProgramReport, TestRecord, VERSION};

/// Why a file could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// It is no JSON, or misses a field.
    Json(serde_json::Error),
    /// It has another schema or version: its name and version.
    Schema(String, u32),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Schema(schema, version) => write!(
                f,
                "unknown schema {schema:?} of version {version}; this is version {VERSION}: use the \
                 command and the facades of one version of objgraph"
            ),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::Schema(..) => None,
        }
    }
}

/// Reads the report of a program.
///
/// # Errors
///
/// If the text is no such report of this version.
///
/// ```
/// let error = objgraph_findings::read_program(r#"{"schema":"x","version":3}"#).unwrap_err();
/// assert!(error.to_string().starts_with(r#"unknown schema "x" of version 3"#));
/// ```
pub fn read_program(text: &str) -> Result<ProgramReport, ReadError> {
    read(text, ProgramReport::SCHEMA)
}

/// Reads the records of tests. A last line that is cut off is ignored: its process was killed.
///
/// # Errors
///
/// If a line is no such record of this version.
///
/// ```
/// assert!(objgraph_findings::read_tests("{\"cut off").unwrap().is_empty());
/// assert!(objgraph_findings::read_tests("{}\n").is_err());
/// ```
pub fn read_tests(text: &str) -> Result<Vec<TestRecord>, ReadError> {
    let lines = text.split_inclusive('\n');
    let whole = lines.filter_map(|line| line.strip_suffix('\n'));
    whole.map(|line| read(line, TestRecord::SCHEMA)).collect()
}

#[derive(Deserialize)]
struct Header {
    schema: String,
    version: u32,
}

fn read<T: DeserializeOwned>(text: &str, schema: &str) -> Result<T, ReadError> {
    let header: Header = serde_json::from_str(text).map_err(ReadError::Json)?;
    if header.schema != schema || header.version != VERSION {
        return Err(ReadError::Schema(header.schema, header.version));
    }
    serde_json::from_str(text).map_err(ReadError::Json)
}
