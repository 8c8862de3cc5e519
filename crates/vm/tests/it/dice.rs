//! Numbers and calldata from a seed, the same everywhere.

use venire_types::{Address, BigInt, calldata::Value};

/// The usual three shifts.
pub(crate) struct Dice(u64);

impl Dice {
    /// Of a seed, which must not be zero.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).max(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("a small number")
    }

    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        let len = self.below(most + 1);
        (0..len).map(|_| self.next().to_le_bytes()[3]).collect()
    }

    fn text(&mut self) -> String {
        let letters = [
            'a',
            'Z',
            '\0',
            '"',
            '\\',
            '\u{7f}',
            '\u{e9}',
            '\u{2028}',
            '\u{ffff}',
            '\u{1f600}',
        ];
        let len = self.below(6);
        (0..len)
            .map(|_| letters[self.below(letters.len())])
            .collect()
    }

    /// An integer of up to 320 bits, often at the edge of a size.
    fn int(&mut self) -> BigInt {
        let edge = BigInt::from(1)
            << [0, 3, 4, 7, 15, 30, 31, 32, 60, 63, 64, 128, 255, 256, 320][self.below(15)];
        let near = edge + BigInt::from(self.below(5)) - BigInt::from(2);
        if self.below(2) == 0 { near } else { -near }
    }

    /// Any value, at most `depth` levels deep.
    pub(crate) fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => Value::Bool(self.below(2) == 0),
            2 => Value::Int(self.int()),
            3 => Value::Bytes(self.bytes(40)),
            4 => Value::Str(self.text()),
            5 => Value::Address(Address::repeat_byte(self.next().to_le_bytes()[0])),
            6 => {
                let len = self.below(4);
                Value::Array((0..len).map(|_| self.value(depth - 1)).collect())
            }
            _ => {
                let len = self.below(4);
                Value::Map(
                    (0..len)
                        .map(|_| (self.text(), self.value(depth - 1)))
                        .collect(),
                )
            }
        }
    }
}
