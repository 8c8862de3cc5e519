//! CPython's `marshal` format, the quickest way to hand values to the interpreter.
//!
//! Calldata has no tuples, so an address is the 1-tuple of its 20 bytes.
//!
//! # Not here
//! - Reading it: nothing from the sandbox is ever unmarshalled by the node.

use venire_types::{Address, BigInt, calldata::Value};

/// One value as the interpreter sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Py<'a> {
    None,
    Bool(bool),
    Int(BigInt),
    Bytes(&'a [u8]),
    Str(&'a str),
    List(Vec<Py<'a>>),
    Tuple(Vec<Py<'a>>),
    Dict(Vec<(&'a str, Py<'a>)>),
}

impl<'a> Py<'a> {
    /// An address of the start-up message: plain bytes.
    pub(crate) fn address(address: &'a Address) -> Self {
        Self::Bytes(address.as_slice())
    }
}

impl<'a> From<&'a Value> for Py<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::None,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Int(int) => Self::Int(int.clone()),
            Value::Bytes(bytes) => Self::Bytes(bytes),
            Value::Str(text) => Self::Str(text),
            Value::Address(address) => Self::Tuple(vec![Self::Bytes(address.as_slice())]),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Map(map) => Self::Dict(
                map.iter()
                    .map(|(key, item)| (key.as_str(), item.into()))
                    .collect(),
            ),
        }
    }
}

/// Encodes one value.
pub(crate) fn dump(value: &Py<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, value);
    out
}

fn write(out: &mut Vec<u8>, value: &Py<'_>) {
    match value {
        Py::None => out.push(b'N'),
        Py::Bool(false) => out.push(b'F'),
        Py::Bool(true) => out.push(b'T'),
        Py::Int(int) => write_int(out, int),
        Py::Bytes(bytes) => write_sized(out, b's', bytes),
        Py::Str(text) => write_sized(out, b'u', text.as_bytes()),
        Py::List(items) => write_items(out, b'[', items),
        Py::Tuple(items) => write_items(out, b'(', items),
        Py::Dict(entries) => {
            out.push(b'{');
            for (key, item) in entries {
                write_sized(out, b'u', key.as_bytes());
                write(out, item);
            }
            out.push(b'0');
        }
    }
}

fn write_len(out: &mut Vec<u8>, len: usize) {
    // Everything that reaches the encoder is far below 2^31 (transactions and pages are bounded).
    let len = i32::try_from(len).unwrap_or(i32::MAX);
    out.extend_from_slice(&len.to_le_bytes());
}

fn write_sized(out: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    out.push(kind);
    write_len(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn write_items(out: &mut Vec<u8>, kind: u8, items: &[Py<'_>]) {
    out.push(kind);
    write_len(out, items.len());
    for item in items {
        write(out, item);
    }
}

/// Small integers are 32 bits; others are a signed count of 15-bit digits.
fn write_int(out: &mut Vec<u8>, int: &BigInt) {
    if let Ok(small) = i32::try_from(int) {
        out.push(b'i');
        out.extend_from_slice(&small.to_le_bytes());
        return;
    }
    let digits = base_2_15(int);
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let count = if *int < BigInt::from(0) {
        -count
    } else {
        count
    };
    out.push(b'l');
    out.extend_from_slice(&count.to_le_bytes());
    for digit in digits {
        out.extend_from_slice(&digit.to_le_bytes());
    }
}

/// Digits of the magnitude, least significant first, without leading zeros.
fn base_2_15(int: &BigInt) -> Vec<u16> {
    let (_, bytes) = int.to_bytes_le();
    let mut digits = Vec::with_capacity(bytes.len() * 8 / 15 + 1);
    let mut pending: u32 = 0;
    let mut bits = 0;
    for byte in bytes {
        pending |= u32::from(byte) << bits;
        bits += 8;
        if bits >= 15 {
            digits.push(low_15(pending));
            pending >>= 15;
            bits -= 15;
        }
    }
    digits.push(low_15(pending));
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}

fn low_15(word: u32) -> u16 {
    let [a, b, _, _] = (word & 0x7fff).to_le_bytes();
    u16::from_le_bytes([a, b])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> Vec<u8> {
        dump(&Py::Int(text.parse().expect("decimal")))
    }

    // Expected bytes are what `marshal.dumps(x, 2)` prints.
    #[test]
    fn integers_have_the_interpreters_bytes() {
        assert_eq!(int("0"), b"i\0\0\0\0");
        assert_eq!(int("-1"), b"i\xff\xff\xff\xff");
        assert_eq!(int("2147483647"), b"i\xff\xff\xff\x7f");
        assert_eq!(int("2147483648"), b"l\x03\0\0\0\0\0\0\0\x02\0");
        assert_eq!(int("-2147483649"), b"l\xfd\xff\xff\xff\x01\0\0\0\x02\0");
        assert_eq!(
            int("1180591620717411303424"),
            b"l\x05\0\0\0\0\0\0\0\0\0\0\0\0\x04",
        );
    }

    #[test]
    fn containers_nest() {
        let value = Value::map([
            (
                "a",
                Value::array([Value::Null, true.into(), Value::bytes(*b"xy")]),
            ),
            ("b", Value::str("\u{e9}")),
            ("c", Value::Address(Address::repeat_byte(7))),
        ]);
        let mut want =
            b"{u\x01\0\0\0a[\x03\0\0\0NTs\x02\0\0\0xyu\x01\0\0\0bu\x02\0\0\0\xc3\xa9".to_vec();
        want.extend_from_slice(b"u\x01\0\0\0c(\x01\0\0\0s\x14\0\0\0");
        want.extend_from_slice(&[7; 20]);
        want.push(b'0');
        assert_eq!(dump(&(&value).into()), want);
    }
}
