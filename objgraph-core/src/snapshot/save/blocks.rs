//! Messages: the header of the file, their lengths, and the end.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use minicbor::{Decode, Decoder, Encode};

use super::LoadError;

/// The first bytes of each file.
const MAGIC: &[u8; 8] = b"objgraph";

/// The number of the format. A change that older versions cannot read raises it.
pub(super) const FORMAT: u32 = 2;

/// Maximum number of rows in a message.
pub(super) const ROWS: usize = 1 << 15;

/// Maximum number of rows for which memory is reserved because the file announces them.
const ROWS_AT_ONCE: usize = 1 << 20;

/// Writes messages.
#[derive(Debug)]
pub(super) struct Output<W: Write> {
    stream: GzEncoder<W>,
    /// Kept from one message to the next.
    message: Vec<u8>,
}

impl<W: Write> Output<W> {
    /// Writes the header.
    pub(super) fn new(mut out: W) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        out.write_all(&FORMAT.to_le_bytes())?;
        Ok(Self {
            stream: GzEncoder::new(out, Compression::fast()),
            message: Vec::new(),
        })
    }

    /// Writes one message.
    pub(super) fn write(&mut self, message: &impl Encode<()>) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.message);
        bytes.clear();
        minicbor::encode(message, &mut bytes).map_err(io::Error::other)?;
        let len = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.stream.write_all(&len.to_le_bytes())?;
        self.stream.write_all(&bytes)?;
        self.message = bytes;
        Ok(())
    }

    /// Writes the rows of a table, some in each message.
    pub(super) fn rows<'r, R, M: Encode<()>>(
        &mut self,
        rows: &'r [R],
        mut message: impl FnMut(&'r [R]) -> M,
    ) -> io::Result<()> {
        for rows in rows.chunks(ROWS) {
            self.write(&message(rows))?;
        }
        Ok(())
    }

    /// Writes the checksum, which ends the stream.
    pub(super) fn finish(self) -> io::Result<()> {
        self.stream.finish()?.flush()
    }
}

/// Reads messages.
#[derive(Debug)]
pub(super) struct Input<R: Read> {
    /// The number of the format.
    pub(super) format: u32,
    stream: GzDecoder<io::BufReader<R>>,
    message: Vec<u8>,
}

impl<R: Read> Input<R> {
    /// Reads the header.
    pub(super) fn new(input: R) -> Result<Self, LoadError> {
        let mut input = io::BufReader::new(input);
        let mut magic = Vec::new();
        input
            .by_ref()
            .take(MAGIC.len() as u64)
            .read_to_end(&mut magic)?;
        if magic != MAGIC {
            let is_start = !magic.is_empty() && MAGIC.starts_with(&magic);
            return Err(match is_start {
                true => LoadError::CutShort,
                false => LoadError::NotASnapshot,
            });
        }
        let mut format = [0; 4];
        input.read_exact(&mut format)?;
        let format = u32::from_le_bytes(format);
        match format {
            0 => return Err(LoadError::Damaged("its format has the number 0")),
            found if found > FORMAT => {
                return Err(LoadError::Newer {
                    found,
                    known: FORMAT,
                });
            }
            _ => {}
        }
        Ok(Self {
            format,
            stream: GzDecoder::new(input),
            message: Vec::new(),
        })
    }

    /// Reads one message.
    pub(super) fn read<M: for<'b> Decode<'b, ()>>(&mut self) -> Result<M, LoadError> {
        let mut len = [0; 4];
        self.stream.read_exact(&mut len)?;
        let len = u64::from(u32::from_le_bytes(len));
        self.message.clear();
        // Grows with what is there, whatever the length says.
        self.stream
            .by_ref()
            .take(len)
            .read_to_end(&mut self.message)?;
        if (self.message.len() as u64) < len {
            return Err(LoadError::CutShort);
        }
        let mut decoder = Decoder::new(&self.message);
        match decoder.decode() {
            Ok(message) if decoder.position() == self.message.len() => Ok(message),
            _ => Err(LoadError::Damaged("a message cannot be decoded")),
        }
    }

    /// Reads the rows of a table, which are in one message or more.
    pub(super) fn rows<M: for<'b> Decode<'b, ()>, T>(
        &mut self,
        count: u32,
        mut add: impl FnMut(M, &mut Vec<T>) -> Result<(), LoadError>,
    ) -> Result<Vec<T>, LoadError> {
        let count = count as usize;
        let mut rows = Vec::with_capacity(count.min(ROWS_AT_ONCE));
        while rows.len() < count {
            let before = rows.len();
            add(self.read()?, &mut rows)?;
            if rows.len() == before || rows.len() > count {
                return Err(LoadError::Damaged(
                    "a table has another number of rows than announced",
                ));
            }
        }
        Ok(rows)
    }

    /// Reads the checksum, after which nothing may follow.
    pub(super) fn finish(mut self) -> Result<(), LoadError> {
        let more = LoadError::Damaged("something follows its end");
        if self.stream.read(&mut [0])? > 0 {
            return Err(more);
        }
        match self.stream.into_inner().read(&mut [0])? {
            0 => Ok(()),
            _ => Err(more),
        }
    }
}
