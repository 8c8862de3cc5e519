//! Shares: what they cost, what they are worth, and who gets the rounding.
//!
//! # Invariants
//! - Every division rounds down, against who asks; what is left stays where it is.
//! - A pool with shares has stake.
//! - The last to collect from a batch collects all that is left.

use super::record::{Batch, Pool, Slice};
use alloc::vec::Vec;
use venire_types::{U256, U512};

/// `amount * part / whole`, rounded down, without overflow in between; `None` when `whole` is zero
/// or the result does not fit.
pub(crate) fn mul_div(amount: U256, part: U256, whole: U256) -> Option<U256> {
    let product: U512 = amount.widening_mul(part);
    let quotient = product.checked_div(U512::from(whole))?;
    U256::checked_from_limbs_slice(quotient.as_limbs())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_larger_than_a_word_are_exact() {
        let large = U256::MAX - U256::ONE;
        assert_eq!(mul_div(large, large, large), Some(large));
        assert_eq!(mul_div(large, large, U256::ONE), None);
        assert_eq!(mul_div(large, U256::ONE, U256::ZERO), None);
    }

    #[test]
    fn a_pool_whose_price_fell_to_nothing_still_sells_and_buys() {
        let mut pool = Pool::default();
        let wei = U256::from(10).pow(U256::from(22));
        let mut last = pool.enter(wei);
        for _ in 0..2 {
            pool.lose(U256::MAX);
            assert_eq!(pool.stake, U256::ONE);
            last = pool.enter(wei);
        }
        // The old shares are worth the wei that was left.
        assert!(pool.worth(last) >= wei - U256::ONE);
        assert_eq!(pool.leave(last) + pool.stake, wei + U256::ONE);
    }

    #[test]
    fn rounding_stays_in_the_pool_and_the_last_takes_it() {
        let mut pool = Pool::default();
        for _ in 0..3 {
            pool.enter(U256::from(100));
        }
        pool.lose(U256::from(200));
        let (first, second) = (pool.leave(U256::from(100)), pool.leave(U256::from(100)));
        assert_eq!((first, second), (U256::from(33), U256::from(33)));
        assert_eq!(pool.leave(U256::from(100)), U256::from(34));
        let mut batch = Batch {
            epoch: 2,
            input: U256::from(3),
            output: U256::from(10),
        };
        let parts = [1, 1, 1].map(|input| batch.take(U256::from(input)).to::<u64>());
        assert_eq!(parts, [3, 3, 4]);
    }
}
