//! Values to the one-line form of logs and goldens (CALLDATA-11).

use super::Value;
use alloc::string::String;
use core::fmt::Write;

/// Bits of the largest integer in decimal digits.
const MAX_DECIMAL: u64 = 4096;

/// `null`, `true`, decimal integers, JSON strings, `b#<hex>`, `addr#<hex>`, `[a,b]`, `{"k":v}`,
/// without spaces. Integers of more than [`MAX_DECIMAL`] bits are `0x<hex>`: decimal digits take time
/// that grows with the square of their number.
#[must_use]
pub fn to_text(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Int(int) if int.bits() > MAX_DECIMAL => {
            out.push_str(if *int < 0.into() { "-0x" } else { "0x" });
            out.push_str(&int.magnitude().to_str_radix(16));
        }
        Value::Int(int) => out.push_str(&int.to_str_radix(10)),
        Value::Bytes(bytes) => {
            out.push_str("b#");
            write_hex(out, bytes);
        }
        Value::Str(text) => write_string(out, text),
        Value::Address(address) => {
            out.push_str("addr#");
            write_hex(out, address.as_slice());
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (index, (key, item)) in map.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, key);
                out.push(':');
                write(out, item);
            }
            out.push('}');
        }
    }
}

fn write_hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            out.extend(DIGITS.get(usize::from(nibble)));
        }
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if u32::from(control) < 0x20 => {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
