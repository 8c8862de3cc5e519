//! Words that three or more rooms use: ids, amounts, calldata, signed envelopes, votes, storage
//! deltas, emissions, questions to the outside world, and the canonical encoding of all of them.
//!
//! # Invariants
//! - Everything here is data and pure functions: no clock, no randomness, no I/O, no floats.
//! - Bytes that are hashed or stored come from `borsh` or from the formats of `docs/spec`; nothing
//!   that is encoded ever iterates a hash map.
//!
//! # Not here
//! - Rules of consensus (`venire-protocol`), JSON shapes (`venire-api`), bytes on disk
//!   (`venire-store`).
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::float_arithmetic,
        clippy::wildcard_enum_match_arm,
        clippy::disallowed_methods,
        clippy::disallowed_types
    )
)]

extern crate alloc;

pub mod ask;
pub mod calldata;
pub mod chain;
pub mod emission;
pub mod envelope;
pub mod family;
pub mod jury;
pub mod limits;
pub mod outcome;
pub mod signed;
pub mod storage;
pub mod vote;

pub use alloy_primitives::{Address, B256, Bytes, U256, U512, address, b256, keccak256};
pub use num_bigint::BigInt;
