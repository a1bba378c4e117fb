//! Columns of numbers, each as wide as the largest number in its message needs.

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

/// A number of a column.
pub(super) trait Number: Copy {
    fn to_raw(self) -> u64;
    fn of_raw(raw: u64) -> Option<Self>;
}

macro_rules! unsigned {
    ($($type:ty),*) => {$(
        impl Number for $type {
            fn to_raw(self) -> u64 {
                self.into()
            }

            fn of_raw(raw: u64) -> Option<Self> {
                Self::try_from(raw).ok()
            }
        }
    )*};
}

unsigned!(u8, u16, u32, u64);

/// Small differences have small numbers, whatever their sign: 0, -1, 1, -2, 2, …
impl Number for i64 {
    fn to_raw(self) -> u64 {
        ((self << 1) ^ (self >> 63)) as u64
    }

    fn of_raw(raw: u64) -> Option<Self> {
        Some((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }
}

impl Number for bool {
    fn to_raw(self) -> u64 {
        self.into()
    }

    fn of_raw(raw: u64) -> Option<Self> {
        [false, true].get(raw as usize).copied().filter(|_| raw < 2)
    }
}

/// A column. In a message it is a string of bytes: the width of its numbers, which is 1, 2, 4 or 8, and
/// the numbers, lowest byte first.
#[derive(Debug)]
pub(super) struct Numbers<T>(Vec<T>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Number> Numbers<T> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, number: T) {
        self.0.push(number);
    }

    fn widened<const WIDTH: usize>(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + WIDTH * self.0.len());
        bytes.push(WIDTH as u8);
        for number in &self.0 {
            bytes.extend_from_slice(&number.to_raw().to_le_bytes()[..WIDTH]);
        }
        bytes
    }

    fn read<const WIDTH: usize>(bytes: &[u8]) -> Option<Vec<T>> {
        let numbers = bytes.chunks_exact(WIDTH);
        if !numbers.remainder().is_empty() {
            return None;
        }
        let number = |bytes: &[u8]| {
            let mut all = [0; 8];
            all[..WIDTH].copy_from_slice(bytes);
            T::of_raw(u64::from_le_bytes(all))
        };
        numbers.map(number).collect()
    }
}

impl<T: Number> std::ops::Index<usize> for Numbers<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.0[at]
    }
}

impl<T: Number> FromIterator<T> for Numbers<T> {
    fn from_iter<I: IntoIterator<Item = T>>(numbers: I) -> Self {
        Self(numbers.into_iter().collect())
    }
}

impl<T: Number, C> Encode<C> for Numbers<T> {
    fn encode<W: encode::Write>(
        &self,
        out: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        let bits = self.0.iter().fold(0, |bits, number| bits | number.to_raw());
        let bytes = match bits {
            0..=0xff => self.widened::<1>(),
            0x100..=0xffff => self.widened::<2>(),
            0x1_0000..=0xffff_ffff => self.widened::<4>(),
            _ => self.widened::<8>(),
        };
        out.bytes(&bytes)?;
        Ok(())
    }
}

impl<'b, T: Number, C> Decode<'b, C> for Numbers<T> {
    fn decode(input: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let numbers = match input.bytes()? {
            [1, bytes @ ..] => Self::read::<1>(bytes),
            [2, bytes @ ..] => Self::read::<2>(bytes),
            [4, bytes @ ..] => Self::read::<4>(bytes),
            [8, bytes @ ..] => Self::read::<8>(bytes),
            _ => None,
        };
        numbers
            .map(Self)
            .ok_or_else(|| decode::Error::message("a column of other numbers"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round<T: Number + std::fmt::Debug + PartialEq>(numbers: Vec<T>, len: usize) {
        let bytes = minicbor::to_vec(Numbers(numbers.clone())).unwrap();
        // The head of the string, the width, and the numbers.
        assert_eq!(bytes.len(), 1 + 1 + len, "{numbers:?}");
        assert_eq!(decode::<Numbers<T>>(&bytes).unwrap().0, numbers);
    }

    #[test]
    fn a_column_is_as_wide_as_its_largest_number() {
        round::<u32>(vec![], 0);
        round(vec![0_u32, 255], 2);
        round(vec![0_u32, 256], 4);
        round(vec![u32::MAX], 4);
        round(vec![u64::MAX, 0], 16);
        round(vec![true, false], 2);
        round(vec![0_i64, -1, 127, -128], 4);
        round(vec![128_i64], 2);
        round(vec![i64::MIN, i64::MAX], 16);
    }

    #[test]
    fn other_numbers_are_refused() {
        let column =
            |bytes: &[u8]| minicbor::to_vec(minicbor::bytes::ByteVec::from(bytes.to_vec()));
        for bytes in [&[][..], &[3, 0, 0, 0], &[2, 0], &[2, 0, 1], &[1, 2]] {
            let bytes = column(bytes).unwrap();
            assert!(decode::<Numbers<bool>>(&bytes).is_err(), "{bytes:?}");
        }
    }
}
