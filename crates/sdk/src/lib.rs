//! Rust client of a Venire network: accounts, signing, calls, waiting for a verdict.
//!
//! # Not here
//! - JSON shapes (`venire-api`), the command line (`venire-cli`).
#![forbid(unsafe_code)]

mod account;
mod client;

pub use account::{Account, AccountError};
pub use client::{Client, ClientError, Verdict};
