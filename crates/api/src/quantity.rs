//! Ethereum quantities and byte strings as JSON text.

use venire_types::{Address, B256, U256};

/// `0x`-prefixed minimal hex, `0x0` for zero.
#[must_use]
pub fn hex_quantity(value: U256) -> String {
    format!("{value:#x}")
}

/// [`hex_quantity`] of a small number.
#[must_use]
pub fn hex_u64(value: u64) -> String {
    format!("{value:#x}")
}

/// A JSON number while every client can hold it exactly (up to 2^53 - 1), then a decimal string.
#[must_use]
pub fn integer(value: U256) -> serde_json::Value {
    match u64::try_from(value) {
        Ok(small) if small < 1 << 53 => small.into(),
        _ => value.to_string().into(),
    }
}

/// `0x`-prefixed bytes.
#[must_use]
pub fn hex_bytes(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Checksummed address.
#[must_use]
pub fn hex_address(address: Address) -> String {
    address.to_checksum(None)
}

/// `0x`-prefixed hash.
#[must_use]
pub fn hex_hash(hash: B256) -> String {
    hex_bytes(hash.as_slice())
}

/// Decodes hex with or without `0x`.
#[must_use]
pub fn parse_hex(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).ok()
}
