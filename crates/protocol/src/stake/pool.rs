//! Shares: what they cost, what they are worth, and who gets the rounding.
//!
//! # Invariants
//! - Every division rounds down, against who asks; what is left stays where it is.
//! - A pool with shares has stake.
//! - The last to collect from a batch collects all that is left.

use super::record::{Batch, Pool, Slice};
use alloc::vec::Vec;
use venire_types::U256;

/// `amount * part / whole`, rounded down; `None` when it has no value that fits.
pub(crate) fn mul_div(amount: U256, part: U256, whole: U256) -> Option<U256> {
    amount.checked_mul(part)?.checked_div(whole)
}

impl Pool {
    /// Wei for these shares at today's price (`STAKE-10`).
    #[must_use]
    pub fn worth(&self, shares: U256) -> U256 {
        mul_div(shares, self.stake, self.shares).unwrap_or_default()
    }

    /// Wei that wait to work.
    #[must_use]
    pub fn waiting(&self) -> U256 {
        inputs(&self.deposits)
    }

    /// Wei that left and can still be slashed.
    #[must_use]
    pub fn unbonding(&self) -> U256 {
        self.exits
            .iter()
            .fold(U256::ZERO, |sum, exit| sum.saturating_add(exit.output))
    }

    /// All of it: working, waiting, unbonding.
    #[must_use]
    pub fn holds(&self) -> U256 {
        let idle = self.waiting().saturating_add(self.unbonding());
        self.stake.saturating_add(idle)
    }

    /// Lets money work and returns the shares for it (`STAKE-10`). Money that buys less than a
    /// share stays in the pool like any other rounding.
    pub(crate) fn enter(&mut self, wei: U256) -> U256 {
        let bought = if self.shares.is_zero() {
            wei
        } else {
            mul_div(wei, self.shares, self.stake).unwrap_or_default()
        };
        self.stake = self.stake.saturating_add(wei);
        self.shares = self.shares.saturating_add(bought);
        bought
    }

    /// Adds to what every share is worth; what a pool without shares cannot take comes back.
    pub(crate) fn reward(&mut self, wei: U256) -> U256 {
        if self.shares.is_zero() {
            return wei;
        }
        self.stake = self.stake.saturating_add(wei);
        U256::ZERO
    }

    /// Takes from what every share is worth, but never all; returns what was taken.
    pub(crate) fn lose(&mut self, wei: U256) -> U256 {
        let taken = wei.min(self.stake.saturating_sub(U256::ONE));
        self.stake = self.stake.saturating_sub(taken);
        taken
    }

    /// Takes shares out; the wei for them.
    pub(crate) fn leave(&mut self, shares: U256) -> U256 {
        let wei = self.worth(shares).min(self.stake);
        self.stake = self.stake.saturating_sub(wei);
        self.shares = self.shares.saturating_sub(shares);
        wei
    }
}

impl Batch {
    /// One member collects its part (`STAKE-11`).
    pub(crate) fn take(&mut self, input: U256) -> U256 {
        let part = if input >= self.input {
            self.output
        } else {
            mul_div(input, self.output, self.input).unwrap_or_default()
        };
        self.input = self.input.saturating_sub(input);
        self.output = self.output.saturating_sub(part);
        part
    }
}

/// Adds to the entry of this epoch.
pub(crate) fn note_batch(batches: &mut Vec<Batch>, epoch: u64, input: U256) {
    match batches.last_mut().filter(|batch| batch.epoch == epoch) {
        Some(batch) => batch.input = batch.input.saturating_add(input),
        None => batches.push(Batch {
            epoch,
            input,
            output: U256::ZERO,
        }),
    }
}

/// Adds to the entry of this epoch.
pub(crate) fn note_slice(slices: &mut Vec<Slice>, epoch: u64, input: U256) {
    match slices.last_mut().filter(|slice| slice.epoch == epoch) {
        Some(slice) => slice.input = slice.input.saturating_add(input),
        None => slices.push(Slice { epoch, input }),
    }
}

fn inputs(batches: &[Batch]) -> U256 {
    batches
        .iter()
        .fold(U256::ZERO, |sum, batch| sum.saturating_add(batch.input))
}
