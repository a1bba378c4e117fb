//! Arrays of numbers, which are nearly the whole file.

use std::io::{self, Write};

/// Number of bytes that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// Writes one array of numbers.
pub(super) struct Numbers<'w> {
    out: &'w mut dyn Write,
    buffer: Vec<u8>,
    is_empty: bool,
}

impl<'w> Numbers<'w> {
    /// Begins the array.
    pub(super) fn begin(out: &'w mut dyn Write, name: &str) -> io::Result<Self> {
        write!(out, ",\n\"{name}\":[")?;
        Ok(Self {
            out,
            buffer: Vec::with_capacity(BUFFER + 256),
            is_empty: true,
        })
    }

    /// Adds a row, in a line of its own.
    pub(super) fn row<const N: usize>(&mut self, row: [u32; N]) -> io::Result<()> {
        for (at, number) in row.into_iter().enumerate() {
            if at > 0 {
                self.buffer.push(b',');
            } else if !self.is_empty {
                self.buffer.extend_from_slice(b",\n");
            }
            self.push(number);
        }
        self.is_empty = false;
        if self.buffer.len() >= BUFFER {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Ends the array.
    pub(super) fn end(self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.out.write_all(b"]")
    }

    fn push(&mut self, mut number: u32) {
        let mut digits = [0; 10];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.buffer.extend_from_slice(&digits[first..]);
    }
}
