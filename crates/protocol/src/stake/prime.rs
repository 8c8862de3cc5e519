//! Brings a validator's books up to the present epoch.
//!
//! ```text
//! fees and inflation -> pools;  slashes that are due;  exits leave;  deposits work
//! ```
//!
//! # Invariants
//! - Priming in several steps or at once gives the same books.

use super::{
    Staking,
    params::bps,
    pool::mul_div,
    record::{Batch, Epoch, Offence, PoolKind, StakedValidator},
};
use crate::{apply::ApplyError, ledger, state::Key};
use alloc::vec::Vec;
use venire_types::{Address, U256};

const POOLS: [PoolKind; 2] = [PoolKind::Own, PoolKind::Delegated];

impl Staking<'_, '_> {
    /// Carries out everything that is due (`STAKE-20`). `primer` is paid for slashes that only
    /// its call applied.
    pub(super) fn prime(
        &mut self,
        validator: &mut StakedValidator,
        primer: Option<Address>,
    ) -> Result<(), ApplyError> {
        let epoch = self.epoch();
        if validator.primed >= epoch {
            return Ok(());
        }
        self.pay(validator)?;
        while validator.primed < epoch {
            if nothing_waits(validator) {
                validator.primed = epoch;
                break;
            }
            let next = validator.primed.saturating_add(1);
            self.slash(validator, next, primer)?;
            for kind in POOLS {
                self.let_leave(validator, kind, next);
                self.let_work(validator, kind, next);
                self.release(validator, kind, next);
            }
            validator.primed = next;
        }
        Ok(())
    }

    /// Adds what was earned to the pools and the owner's account (`STAKE-21`, `STAKE-22`).
    fn pay(&mut self, validator: &mut StakedValidator) -> Result<(), ApplyError> {
        let fees = core::mem::take(&mut validator.fees);
        let penalties = core::mem::take(&mut validator.penalties);
        let from_fees = penalties.min(fees);
        let from_stake = validator.own.lose(penalties.saturating_sub(from_fees));
        self.burn(ledger::add(from_fees, from_stake)?)?;
        let fees = fees.saturating_sub(from_fees);
        let owner_fees = bps(fees, self.rules().owner_bps);
        let mut owner = ledger::add(core::mem::take(&mut validator.owner_inflation), owner_fees)?;
        let stake = ledger::add(
            core::mem::take(&mut validator.stake_inflation),
            fees.saturating_sub(owner_fees),
        )?;
        let paid = ledger::add(owner, stake)?;
        self.epochs.current.claimed = self.epochs.current.claimed.saturating_add(paid);
        let whole = validator
            .own
            .stake
            .saturating_add(validator.delegated.stake);
        let delegated = mul_div(stake, validator.delegated.stake, whole).unwrap_or_default();
        let back = validator.delegated.reward(delegated);
        let own = ledger::add(stake.saturating_sub(delegated), back)?;
        owner = ledger::add(owner, validator.own.reward(own))?;
        ledger::credit(self.state, validator.owner, owner)
    }

    /// Enacts the slashes of one epoch, at most the cap (`STAKE-31`).
    fn slash(
        &mut self,
        validator: &mut StakedValidator,
        epoch: u64,
        primer: Option<Address>,
    ) -> Result<(), ApplyError> {
        let (due, later): (Vec<Offence>, Vec<Offence>) = core::mem::take(&mut validator.offences)
            .into_iter()
            .partition(|offence| offence.due <= epoch);
        validator.offences = later;
        let cap = self.rules().slash_cap_bps;
        let mut room = cap;
        let mut taken = U256::ZERO;
        for offence in due {
            let rate = offence.bps.min(room);
            room = room.saturating_sub(rate);
            taken = ledger::add(taken, self.enact(validator, offence.epoch, rate))?;
        }
        if taken.is_zero() {
            return Ok(());
        }
        self.epochs.current.slashed = self.epochs.current.slashed.saturating_add(taken);
        let bounty = match primer {
            Some(primer) if primer != validator.owner && primer != validator.operator => {
                let bounty = bps(taken, self.rules().primer_bps);
                ledger::credit(self.state, primer, bounty)?;
                bounty
            }
            Some(_) | None => U256::ZERO,
        };
        self.burn(taken.saturating_sub(bounty))
    }

    /// Takes `rate` of what was exposed at the time of the deed: the pools, and exits that left
    /// later (`STAKE-32`). Delegators bear a fifth, and never more than the rate of their own.
    fn enact(&self, validator: &mut StakedValidator, deed: u64, rate: u32) -> U256 {
        let own = exposed(validator, PoolKind::Own, deed);
        let delegated = exposed(validator, PoolKind::Delegated, deed);
        let whole = bps(own.saturating_add(delegated), rate);
        let bearable = bps(delegated, rate);
        let delegators = bps(whole, self.rules().slash_delegated_bps).min(bearable);
        let owners = whole.saturating_sub(delegators);
        let lost = take(validator, PoolKind::Delegated, deed, delegators, delegated);
        lost.saturating_add(take(validator, PoolKind::Own, deed, owners, own))
    }

    /// Exits of earlier epochs leave the pool (`STAKE-13`).
    fn let_leave(&mut self, validator: &mut StakedValidator, kind: PoolKind, epoch: u64) {
        let from = validator.primed;
        let pool = validator.pool_mut(kind);
        let mut exits = core::mem::take(&mut pool.exits);
        let mut left = U256::ZERO;
        for exit in &mut exits {
            if exit.epoch >= from && exit.epoch < epoch {
                exit.output = pool.leave(exit.input);
                left = left.saturating_add(exit.output);
            }
        }
        pool.exits = exits;
        let figures = &mut self.epochs.current;
        figures.withdrawn = figures.withdrawn.saturating_add(left);
        let weighed = weighed(self.params, kind, left);
        let figures = &mut self.epochs.current;
        figures.weight_withdrawal = figures.weight_withdrawal.saturating_add(weighed);
    }

    /// Deposits that have waited long enough begin to work (`STAKE-12`).
    fn let_work(&mut self, validator: &mut StakedValidator, kind: PoolKind, epoch: u64) {
        let (delay, address) = (self.rules().activation_epochs, validator.address);
        let pool = validator.pool_mut(kind);
        let (due, waiting): (Vec<Batch>, Vec<Batch>) = core::mem::take(&mut pool.deposits)
            .into_iter()
            .partition(|batch| batch.epoch.saturating_add(delay) <= epoch);
        pool.deposits = waiting;
        for mut batch in due {
            batch.output = pool.enter(batch.input);
            let key = Key::deposit_batch(address, kind, batch.epoch);
            self.state.store(key, &batch);
        }
    }

    /// Exits that no slash can reach any more wait for who claims them (`STAKE-14`).
    fn release(&mut self, validator: &mut StakedValidator, kind: PoolKind, epoch: u64) {
        let (delay, address) = (self.rules().unbonding_epochs, validator.address);
        let pool = validator.pool_mut(kind);
        let (due, bound): (Vec<Batch>, Vec<Batch>) = core::mem::take(&mut pool.exits)
            .into_iter()
            .partition(|exit| exit.epoch.saturating_add(delay) <= epoch);
        pool.exits = bound;
        for batch in due {
            let key = Key::exit_batch(address, kind, batch.epoch);
            self.state.store(key, &batch);
        }
    }

    pub(super) fn burn(&mut self, wei: U256) -> Result<(), ApplyError> {
        self.globals.burned = ledger::add(self.globals.burned, wei)?;
        Ok(())
    }

    /// Adds a deposit to the figures of the epoch.
    pub(super) fn note_deposit(&mut self, kind: PoolKind, wei: U256) {
        let weighed = weighed(self.params, kind, wei);
        let figures: &mut Epoch = &mut self.epochs.current;
        figures.deposited = figures.deposited.saturating_add(wei);
        figures.weight_deposit = figures.weight_deposit.saturating_add(weighed);
    }
}

fn weighed(params: &crate::params::Params, kind: PoolKind, wei: U256) -> U256 {
    bps(
        wei,
        match kind {
            PoolKind::Own => params.stake.own_weight_bps,
            PoolKind::Delegated => params.stake.delegated_weight_bps,
        },
    )
}

fn nothing_waits(validator: &StakedValidator) -> bool {
    let empty = |kind| {
        let pool = validator.pool(kind);
        pool.deposits.is_empty() && pool.exits.is_empty()
    };
    validator.offences.is_empty() && POOLS.into_iter().all(empty)
}

/// What answers for a deed: the pool, and what left it at that epoch's end or later.
fn exposed(validator: &StakedValidator, kind: PoolKind, deed: u64) -> U256 {
    let pool = validator.pool(kind);
    let exits = pool.exits.iter().filter(|exit| exit.epoch >= deed);
    exits.fold(pool.stake, |sum, exit| sum.saturating_add(exit.output))
}

/// Takes an amount from a pool and its exits, in proportion; returns what was taken.
fn take(
    validator: &mut StakedValidator,
    kind: PoolKind,
    deed: u64,
    amount: U256,
    exposed: U256,
) -> U256 {
    let pool = validator.pool_mut(kind);
    let mut taken = U256::ZERO;
    for exit in pool.exits.iter_mut().filter(|exit| exit.epoch >= deed) {
        let part = mul_div(exit.output, amount, exposed)
            .unwrap_or_default()
            .min(exit.output);
        exit.output = exit.output.saturating_sub(part);
        taken = taken.saturating_add(part);
    }
    let part = mul_div(pool.stake, amount, exposed).unwrap_or_default();
    taken.saturating_add(pool.lose(part))
}
