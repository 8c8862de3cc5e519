//! Calldata: the one value language between clients, contracts and validators.
//!
//! A value is ULEB128(header) and a payload; the header's low three bits are the type, the rest
//! is a number (`docs/spec/calldata.md`).
//!
//! # Invariants
//! - One value has exactly one encoding: integers are minimal, map keys strictly ascend.
//! - Decoding is total: any bytes give a value or an error, depth is bounded.

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
