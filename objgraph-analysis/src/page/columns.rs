//! The data of a page: columns of numbers in base64, and tables of names as JSON.
//!
//! Each is the text of an element that the browser neither shows nor runs. Base64 has no `<`, and
//! [`Json`] escapes it, so no name can end the element.

use std::io::{self, Write};

use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;

use crate::words::json::Json;

/// Writes a table: a list of rows, one a line.
pub(super) fn table<'j>(
    out: &mut dyn Write,
    name: &str,
    rows: impl IntoIterator<Item = Json<'j>>,
) -> io::Result<()> {
    write!(
        out,
        "<script type=\"application/json\" data-table=\"{name}\">["
    )?;
    for (at, row) in rows.into_iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        write!(out, "{comma}\n{row}")?;
    }
    writeln!(out, "]</script>")
}

/// Writes a column of `length` numbers: little-endian, in the narrowest type that has room for all of
/// them, `u8`, `u16`, `u32` or `f64`. If all are equal, only the number is written.
pub(super) fn column(
    out: &mut dyn Write,
    name: &str,
    length: usize,
    at: &dyn Fn(usize) -> u64,
) -> io::Result<()> {
    let first = if length > 0 { at(0) } else { 0 };
    let (mut largest, mut is_constant) = (first, true);
    for index in 0..length {
        let number = at(index);
        largest = largest.max(number);
        is_constant &= number == first;
    }
    write!(
        out,
        "<script type=\"application/octet-stream\" data-column=\"{name}\" data-length=\"{length}\""
    )?;
    if is_constant {
        return writeln!(out, " data-constant=\"{first}\"></script>");
    }
    let (kind, width) = match largest {
        0..=0xff => ("u8", 1),
        0x100..=0xffff => ("u16", 2),
        0x1_0000..=0xffff_ffff => ("u32", 4),
        _ => ("f64", 8),
    };
    write!(out, " data-kind=\"{kind}\">")?;
    let mut encoder = EncoderWriter::new(&mut *out, &STANDARD);
    for index in 0..length {
        let number = at(index);
        let bytes = match width {
            8 => (number as f64).to_le_bytes(),
            _ => number.to_le_bytes(),
        };
        encoder.write_all(&bytes[..width])?;
    }
    encoder.finish()?;
    drop(encoder);
    writeln!(out, "</script>")
}
