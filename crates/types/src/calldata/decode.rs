//! Bytes to values.
//!
//! # Invariants
//! - Work and memory are linear in the input: a count is never believed beyond the bytes left.

use super::{Value, kind, special};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use alloy_primitives::Address;
use num_bigint::{BigInt, BigUint};

/// Arrays and maps that may enclose one another.
pub const MAX_DEPTH: usize = 128;

/// Why bytes are not calldata. `at` is the offset of the offending item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The input ends inside a value.
    #[error("calldata ends inside a value at byte {at}")]
    UnexpectedEnd {
        /// Offset.
        at: usize,
    },
    /// A number has a needless zero group (CALLDATA-02).
    #[error("calldata number at byte {at} is not minimal: most significant octet can not be zero")]
    NotMinimal {
        /// Offset.
        at: usize,
    },
    /// Unknown special value (CALLDATA-04).
    #[error("calldata has an unknown special value at byte {at}")]
    UnknownSpecial {
        /// Offset.
        at: usize,
    },
    /// Type 7 is reserved (CALLDATA-04).
    #[error("calldata has a value of the reserved type at byte {at}")]
    ReservedType {
        /// Offset.
        at: usize,
    },
    /// Text or key is not UTF-8 (CALLDATA-05).
    #[error("calldata text at byte {at} is not UTF-8")]
    NotUtf8 {
        /// Offset.
        at: usize,
    },
    /// Keys must strictly ascend (CALLDATA-07).
    #[error("unordered calldata keys at byte {at}")]
    UnorderedKeys {
        /// Offset.
        at: usize,
    },
    /// Nesting exceeds [`MAX_DEPTH`] (CALLDATA-08).
    #[error("calldata is nested deeper than {MAX_DEPTH} at byte {at}")]
    TooDeep {
        /// Offset.
        at: usize,
    },
    /// More items than the reader has room for.
    #[error("calldata has more items than fit, at byte {at}")]
    TooManyItems {
        /// Offset.
        at: usize,
    },
    /// Bytes follow the value (CALLDATA-09).
    #[error("calldata has {left} bytes after its value")]
    TrailingBytes {
        /// Bytes left over.
        left: usize,
    },
}

/// Decodes exactly one value.
///
/// # Errors
/// [`DecodeError`]; any input gives a value or an error.
pub fn decode(bytes: &[u8]) -> Result<Value, DecodeError> {
    let mut items = usize::MAX;
    decode_within(bytes, &mut items)
}

/// Decodes exactly one value of at most `items` items, and takes from `items` those that were read,
/// whether it is a value or not: what time and memory go by. Each value, key and started
/// [`INT_ITEM`] bytes of an integer is one.
///
/// # Errors
/// [`DecodeError`]; any input gives a value or an error.
pub fn decode_within(bytes: &[u8], items: &mut usize) -> Result<Value, DecodeError> {
    let mut reader = Reader {
        rest: bytes,
        at: 0,
        items,
    };
    let value = reader.value(0)?;
    match reader.rest.len() {
        0 => Ok(value),
        left => Err(DecodeError::TrailingBytes { left }),
    }
}

/// Encoded bytes of an integer that are as much work as an item.
pub const INT_ITEM: usize = 32;

struct Reader<'a, 'b> {
    rest: &'a [u8],
    at: usize,
    /// Items that may follow.
    items: &'b mut usize,
}

impl<'a> Reader<'a, '_> {
    fn count_items(&mut self, count: usize, at: usize) -> Result<(), DecodeError> {
        let left = self.items.checked_sub(count);
        *self.items = left.unwrap_or(0);
        left.map(|_| ()).ok_or(DecodeError::TooManyItems { at })
    }

    /// One value with its header (CALLDATA-03).
    fn value(&mut self, depth: usize) -> Result<Value, DecodeError> {
        let at = self.at;
        let header = self.number()?;
        let more = header.groups.len().checked_div(INT_ITEM).unwrap_or(0);
        self.count_items(more.saturating_add(1), at)?;
        match header.low & 7 {
            kind::SPECIAL => match header.single() {
                Some(special::NULL) => Ok(Value::Null),
                Some(special::FALSE) => Ok(Value::Bool(false)),
                Some(special::TRUE) => Ok(Value::Bool(true)),
                Some(special::ADDRESS) => Ok(Value::Address(Address::from_slice(self.take(20)?))),
                _ => Err(DecodeError::UnknownSpecial { at }),
            },
            kind::POSITIVE => Ok(Value::Int(BigInt::from(header.big()))),
            kind::NEGATIVE => Ok(Value::Int(!BigInt::from(header.big()))),
            kind::BYTES => {
                let length = self.length(&header, at)?;
                Ok(Value::Bytes(self.take(length)?.to_vec()))
            }
            kind::STR => {
                let length = self.length(&header, at)?;
                Ok(Value::Str(self.text(length)?))
            }
            kind::ARRAY => {
                let count = self.count(&header, depth, at)?;
                let mut items = Vec::with_capacity(count.min(1024));
                for _ in 0..count {
                    items.push(self.value(depth.saturating_add(1))?);
                }
                Ok(Value::Array(items))
            }
            kind::MAP => {
                let count = self.count(&header, depth, at)?;
                self.map(count, depth).map(Value::Map)
            }
            _ => Err(DecodeError::ReservedType { at }),
        }
    }

    /// Pairs; a key has a length and no header (CALLDATA-06).
    fn map(&mut self, count: usize, depth: usize) -> Result<BTreeMap<String, Value>, DecodeError> {
        let mut map = BTreeMap::new();
        for _ in 0..count {
            let at = self.at;
            let number = self.number()?;
            self.count_items(1, at)?;
            let length = number.small(0).ok_or(DecodeError::UnexpectedEnd { at })?;
            let key = self.text(length)?;
            let ascends = map.last_key_value().is_none_or(|(last, _)| *last < key);
            if !ascends {
                return Err(DecodeError::UnorderedKeys { at });
            }
            let item = self.value(depth.saturating_add(1))?;
            map.insert(key, item);
        }
        Ok(map)
    }

    fn text(&mut self, length: usize) -> Result<String, DecodeError> {
        let at = self.at;
        let bytes = self.take(length)?;
        core::str::from_utf8(bytes)
            .map(String::from)
            .map_err(|_| DecodeError::NotUtf8 { at })
    }

    /// A length no larger than the bytes left (CALLDATA-10).
    fn length(&self, header: &Number<'_>, at: usize) -> Result<usize, DecodeError> {
        header
            .small(3)
            .filter(|length| *length <= self.rest.len())
            .ok_or(DecodeError::UnexpectedEnd { at })
    }

    /// An item count: every item takes at least one byte.
    fn count(&self, header: &Number<'_>, depth: usize, at: usize) -> Result<usize, DecodeError> {
        if depth >= MAX_DEPTH {
            return Err(DecodeError::TooDeep { at });
        }
        self.length(header, at)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (head, tail) = self
            .rest
            .split_at_checked(length)
            .ok_or(DecodeError::UnexpectedEnd { at: self.at })?;
        self.rest = tail;
        self.at = self.at.saturating_add(length);
        Ok(head)
    }

    /// Seven-bit groups, lowest first (CALLDATA-01).
    fn number(&mut self) -> Result<Number<'a>, DecodeError> {
        let at = self.at;
        let last = self
            .rest
            .iter()
            .position(|byte| byte & 0x80 == 0)
            .ok_or(DecodeError::UnexpectedEnd { at })?;
        let groups = self.take(last.saturating_add(1))?;
        match groups {
            [.., _, 0] => Err(DecodeError::NotMinimal { at }),
            [low, ..] => Ok(Number { low: *low, groups }),
            [] => Err(DecodeError::UnexpectedEnd { at }),
        }
    }
}

/// A minimal ULEB128 number, still in its seven-bit groups (least significant first).
struct Number<'a> {
    low: u8,
    groups: &'a [u8],
}

impl Number<'_> {
    /// The number when it has one group.
    fn single(&self) -> Option<u8> {
        (self.groups.len() == 1).then_some(self.low)
    }

    /// The number without its `skip` lowest bits, when it fits.
    fn small(&self, skip: u32) -> Option<usize> {
        if self.groups.len() > 9 {
            return None;
        }
        let number = self
            .groups
            .iter()
            .rev()
            .fold(0u64, |number, group| number << 7 | u64::from(group & 0x7f));
        usize::try_from(number >> skip).ok()
    }

    /// The number without its three type bits.
    fn big(&self) -> BigUint {
        if let Some(small) = self.small(3) {
            return BigUint::from(small);
        }
        let mut bytes = Vec::with_capacity(self.groups.len());
        let (mut pending, mut bits) = (u16::from(self.low & 0x7f) >> 3, 4u32);
        for group in self.groups.iter().skip(1) {
            pending |= u16::from(group & 0x7f) << bits;
            bits = bits.saturating_add(7);
            if bits >= 8 {
                bytes.push((pending & 0xff) as u8);
                pending >>= 8;
                bits = bits.saturating_sub(8);
            }
        }
        bytes.push((pending & 0xff) as u8);
        BigUint::from_bytes_le(&bytes)
    }
}
