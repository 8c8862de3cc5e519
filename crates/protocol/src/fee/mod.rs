//! What judging costs, who holds the money meanwhile, and who is paid in the end.
//!
//! ```text
//! creation:   required deposit  -> Funds of the record        (terms, deposit)
//! activation: rates are locked, or everything is returned     (deposit)
//! messages:   parts of the parent's budget                    (allocation, funding)
//! appeal:     bond, funding and the promised reward           (quote)
//! finality:   record -> payments, penalties, burn, refunds    (verdict, settle, pay)
//! ```
//!
//! The rules are numbered in `docs/spec/fees.md`; code cites them as `FEE-07`.
//!
//! # Invariants
//! - Integer amounts only; every division says where the rest goes.
//! - What a record holds is paid out or burned exactly once, to the last wei.
//!
//! # Not here
//! - Stake (`stake`): penalties and rewards pass through [`crate::apply::Run`]'s two hooks.

mod allocation;
mod deposit;
mod funding;
mod params;
mod pay;
mod quote;
mod settle;
mod terms;
mod top_up;
mod verdict;

#[cfg(test)]
mod tests;

pub use allocation::{Allocation, AllocationError};
pub use params::{FeeParams, SPONSOR};
pub use quote::Quote;
pub use settle::{Payment, Settlement, Why, settle};
pub use terms::{Funds, Part, Rates, Terms};

pub(crate) use deposit::{asked, default_terms, rotations, seats};
pub(crate) use funding::has_deposit;
pub(crate) use quote::quote;
pub(crate) use top_up::check_top_up;
