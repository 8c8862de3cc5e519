//! Tribunals: other validators execute a leader's proposal once more when votes show that somebody
//! broke determinism, and find out who.
//!
//! ```text
//! a round is counted, results differ --> Committing --> Revealing --> Closed: a result has a majority
//!                                                                          or nobody is to blame
//! ```
//!
//! The rules are numbered in `docs/spec/tribunal.md`; code cites them as `TRIBUNAL-07`.
//!
//! # Invariants
//! - A tribunal never changes what becomes of the transaction.
//! - It ends by itself: its two phases have deadlines, and nothing opens it again.
//!
//! # Not here
//! - Executing (`venire-node`), what a finding costs (`stake`).

mod closing;
mod opening;
mod record;
mod reject;
mod voting;

pub use record::{Finding, Tribunal, TribunalPhase};
pub use reject::TribunalReject;
