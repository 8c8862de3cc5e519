//! What an explorer asks for: the transactions of an address, and logs.
//!
//! # Invariants
//! - Every query is bounded by a limit of the caller.
//!
//! # Not here
//! - Transactions themselves (chain state), JSON (`venire-api`).

mod by_address;
mod logs;

pub use by_address::{ByAddress, Page, Side};
pub use logs::{Found, Log, LogFilter, Logs};
