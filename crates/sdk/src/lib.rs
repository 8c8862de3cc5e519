//! The Rust client: keys, signing, calls, waiting for finality.
//!
//! # Not here
//! - Names and shapes of the wire (`venire-api`), commands that a person types (`venire-cli`).
#![forbid(unsafe_code)]
