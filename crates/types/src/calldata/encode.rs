//! Values to bytes.

use super::{Value, kind, special};
use alloc::vec::Vec;
use num_bigint::{BigUint, Sign};

/// The one encoding of a value. Values nested deeper than [`super::MAX_DEPTH`] encode, but do
/// not decode again.
#[must_use]
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, value);
    out
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(special::NULL),
        Value::Bool(false) => out.push(special::FALSE),
        Value::Bool(true) => out.push(special::TRUE),
        Value::Address(address) => {
            out.push(special::ADDRESS);
            out.extend_from_slice(address.as_slice());
        }
        Value::Int(int) => match int.sign() {
            Sign::Minus => {
                // -value - 1 is the complement of a negative number.
                write_big(out, (!int).magnitude(), kind::NEGATIVE);
            }
            Sign::NoSign | Sign::Plus => write_big(out, int.magnitude(), kind::POSITIVE),
        },
        Value::Bytes(bytes) => {
            write_length(out, bytes.len(), kind::BYTES);
            out.extend_from_slice(bytes);
        }
        Value::Str(text) => {
            write_length(out, text.len(), kind::STR);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Array(items) => {
            write_length(out, items.len(), kind::ARRAY);
            for item in items {
                write(out, item);
            }
        }
        Value::Map(map) => {
            write_length(out, map.len(), kind::MAP);
            for (key, item) in map {
                write_uleb(out, key.len() as u128);
                out.extend_from_slice(key.as_bytes());
                write(out, item);
            }
        }
    }
}

fn write_length(out: &mut Vec<u8>, length: usize, kind: u8) {
    write_uleb(out, (length as u128) << 3 | u128::from(kind));
}

fn write_uleb(out: &mut Vec<u8>, mut number: u128) {
    loop {
        let group = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            out.push(group);
            return;
        }
        out.push(group | 0x80);
    }
}

fn write_big(out: &mut Vec<u8>, number: &BigUint, kind: u8) {
    if let Ok(small) = u64::try_from(number) {
        write_uleb(out, u128::from(small) << 3 | u128::from(kind));
        return;
    }
    // Seven-bit groups of `number * 8 + kind`, least significant first.
    let mut groups = Vec::new();
    let (mut pending, mut bits) = (u16::from(kind), 3u32);
    for byte in number.to_bytes_le() {
        pending |= u16::from(byte) << bits;
        bits = bits.saturating_add(8);
        while bits >= 7 {
            groups.push((pending & 0x7f) as u8);
            pending >>= 7;
            bits = bits.saturating_sub(7);
        }
    }
    groups.push((pending & 0x7f) as u8);
    while groups.last() == Some(&0) {
        groups.pop();
    }
    let last = groups.len().saturating_sub(1);
    for (index, group) in groups.into_iter().enumerate() {
        out.push(if index == last { group } else { group | 0x80 });
    }
}
