//! What judging costs and pays, and how long it takes: closed forms beside runs of the real rules.
//!
//! ```text
//! study (flip, appeal, farm, returns, finality, committee) --rows--> Report --> Markdown and SVG
//! ```
//!
//! # Invariants
//! - Same seed and number of trials: same report, byte for byte (but for measured times).
//! - Money is read from balances and stakes of the state, never computed from the rules again;
//!   what is computed again stands in `closed`, beside it.
//!
//! # Not here
//! - The court that the runs take place in ([`crate::court`]).

pub mod appeal;
pub mod closed;
pub mod committee;
pub mod farm;
pub mod finality;
pub mod flip;
pub mod plot;
mod report;
pub mod returns;
pub mod stats;
#[cfg(test)]
mod tests;

pub use report::{Report, Table, fill, report};
