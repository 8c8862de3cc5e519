//! Calldata: the one value language between clients, contracts and validators.
//!
//! A value is ULEB128(header) and a payload; the header's low three bits are the type, the rest
//! is a number (`docs/spec/calldata.md`).
//!
//! # Invariants
//! - One value has exactly one encoding: integers are minimal, map keys strictly ascend.
//! - Decoding is total: any bytes give a value or an error, depth is bounded.
//!
//! # Not here
//! - What a call object means to a contract (`venire-vm`), its JSON form (`venire-api`).

mod decode;
mod encode;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub use decode::{DecodeError, INT_ITEM, MAX_DEPTH, decode, decode_within};
pub use encode::encode;
pub use text::to_text;

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use alloy_primitives::Address;
use num_bigint::BigInt;

/// One calldata value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `None`.
    Null,
    /// `True` or `False`.
    Bool(bool),
    /// Unbounded integer.
    Int(BigInt),
    /// Byte string.
    Bytes(Vec<u8>),
    /// Text.
    Str(String),
    /// 20-byte address.
    Address(Address),
    /// Sequence.
    Array(Vec<Value>),
    /// Text-keyed map; `BTreeMap` order is the encoding order.
    Map(BTreeMap<String, Value>),
}

/// Low three bits of a header.
mod kind {
    pub(super) const SPECIAL: u8 = 0;
    pub(super) const POSITIVE: u8 = 1;
    pub(super) const NEGATIVE: u8 = 2;
    pub(super) const BYTES: u8 = 3;
    pub(super) const STR: u8 = 4;
    pub(super) const ARRAY: u8 = 5;
    pub(super) const MAP: u8 = 6;
}

/// Whole headers of the special values.
mod special {
    pub(super) const NULL: u8 = 0x00;
    pub(super) const FALSE: u8 = 0x08;
    pub(super) const TRUE: u8 = 0x10;
    pub(super) const ADDRESS: u8 = 0x18;
}
