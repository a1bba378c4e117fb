//! Writes a table into a file.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use objgraph::core::file::write_whole_with;
use parquet::basic::{Compression, GzipLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RecordWriter;

use crate::error::Error;

/// Number of rows that are kept until they are written together.
const ROWS: usize = 1 << 16;

/// Writes the rows, some at a time, and makes the folder of the file. Without rows, the file has the
/// columns.
pub(super) fn write_table<R>(path: &Path, rows: impl Iterator<Item = R>) -> Result<(), Error>
where
    for<'a> &'a [R]: RecordWriter<R>,
{
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
    let mut rows = Some(rows);
    write_whole_with(path, &mut |out| match rows.take() {
        Some(rows) => write(out, rows).map_err(io::Error::other),
        // The first attempt has used the rows.
        None => Err(io::ErrorKind::PermissionDenied.into()),
    })
    .map_err(|error| Error::io(path, error))
}

fn write<R>(out: &mut dyn io::Write, mut rows: impl Iterator<Item = R>) -> Result<(), ParquetError>
where
    for<'a> &'a [R]: RecordWriter<R>,
{
    let schema = (&[] as &[R]).schema()?;
    let compression = Compression::GZIP(GzipLevel::try_new(1)?);
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    // The writer may be sent to another thread, and `out` may not, so the file is made in memory first.
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    loop {
        let some: Vec<R> = rows.by_ref().take(ROWS).collect();
        if some.is_empty() {
            break;
        }
        let mut group = writer.next_row_group()?;
        some.as_slice().write_to_row_group(&mut group)?;
        group.close()?;
    }
    out.write_all(&writer.into_inner()?)?;
    Ok(())
}
