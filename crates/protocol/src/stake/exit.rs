//! Money goes out: exits, in shares, and claims of what has left.
//!
//! # Invariants
//! - Nobody takes out more shares than they own, or claims twice.
//! - What has left can be slashed until it can be claimed.

use super::{
    StakeReject, Staking,
    join::all_of,
    pool::{note_batch, note_slice},
    record::{Batch, PoolKind, Position, StakedValidator},
};
use crate::{admit::AdmitError, apply::ApplyError, ledger, state::Key};
use alloc::vec::Vec;
use venire_types::{Address, U256};

impl Staking<'_, '_> {
    /// Own stake leaves (`STAKE-13`): all of it, or the minimum stays.
    pub(super) fn validator_exit(
        &mut self,
        wallet: Address,
        signer: Address,
        asked: U256,
    ) -> Result<(), AdmitError> {
        let mut validator = self.owned(wallet, signer)?;
        if asked.is_zero() {
            return Err(StakeReject::ExitOfNothing.into());
        }
        self.prime(&mut validator, None)?;
        let position = self.collected(&validator, wallet)?;
        let owned = position.shares;
        let Some(left) = owned.checked_sub(asked) else {
            return Err(StakeReject::ValidatorExitExceedsShares { owned, asked }.into());
        };
        let stake = validator
            .own
            .worth(left)
            .saturating_add(validator.own.waiting());
        let minimum = self.rules().validator_min;
        if !stake.is_zero() && stake < minimum && self.epoch() > 0 {
            return Err(StakeReject::ValidatorBelowMinimumStake { stake, minimum }.into());
        }
        Ok(self.leave(validator, wallet, position, asked)?)
    }

    /// Delegated stake leaves (`STAKE-13`): all of it, or the minimum stays.
    pub(super) fn delegator_exit(
        &mut self,
        delegator: Address,
        address: Address,
        asked: U256,
    ) -> Result<(), AdmitError> {
        let mut validator = self.named(address)?;
        if asked.is_zero() {
            return Err(StakeReject::ExitOfNothing.into());
        }
        // The own pool is the owner's, who goes another way.
        if delegator == address {
            return Err(StakeReject::ValidatorMayNotBeDelegator { validator: address }.into());
        }
        self.prime(&mut validator, None)?;
        let mut position = self.collected(&validator, delegator)?;
        let owned = position.shares;
        let Some(left) = owned.checked_sub(asked) else {
            return Err(StakeReject::DelegatorExitExceedsShares { owned, asked }.into());
        };
        let minimum = self.rules().delegator_min;
        let stake = all_of(&validator, &position);
        position.shares = left;
        let stays = all_of(&validator, &position);
        position.shares = owned;
        if !left.is_zero() && self.epoch() > 0 && stays < minimum {
            return Err(if stake < minimum {
                StakeReject::DelegatorMustExitAllWhenBelowMinimum { stake, minimum }
            } else {
                StakeReject::DelegatorExitWouldBeBelowMinimum {
                    left: stays,
                    minimum,
                }
            }
            .into());
        }
        Ok(self.leave(validator, delegator, position, asked)?)
    }

    /// Shares go on working until the epoch ends. In epoch 0, where nobody judges, money comes
    /// back at once (`STAKE-43`). What is due from earlier exits is paid too.
    fn leave(
        &mut self,
        mut validator: StakedValidator,
        member: Address,
        mut position: Position,
        shares: U256,
    ) -> Result<(), ApplyError> {
        let (epoch, kind) = (self.epoch(), validator.kind_of(member));
        position.shares = position.shares.saturating_sub(shares);
        if epoch == 0 && self.epochs.current.validators == 0 {
            let wei = validator.pool_mut(kind).leave(shares);
            ledger::credit(self.state, payee(&validator, member), wei)?;
        } else {
            note_batch(&mut validator.pool_mut(kind).exits, epoch, shares);
            note_slice(&mut position.exits, epoch, shares);
        }
        let due = self.due(&validator, member, &mut position)?;
        ledger::credit(self.state, payee(&validator, member), due)?;
        self.settle(&mut validator, member, position)?;
        self.save(&validator);
        Ok(())
    }

    /// Pays a member what has left and is free (`STAKE-14`). Anybody may ask.
    pub(super) fn claim(&mut self, address: Address, member: Address) -> Result<(), AdmitError> {
        let mut validator = self.named(address)?;
        self.prime(&mut validator, None)?;
        let mut position = self.collected(&validator, member)?;
        let due = self.due(&validator, member, &mut position)?;
        if due.is_zero() {
            return Err(match position.exits.first() {
                None => StakeReject::NothingToClaim,
                Some(exit) => StakeReject::ClaimTooEarly {
                    due: exit.epoch.saturating_add(self.rules().unbonding_epochs),
                    epoch: self.epoch(),
                },
            }
            .into());
        }
        ledger::credit(self.state, payee(&validator, member), due)?;
        self.settle(&mut validator, member, position)?;
        self.save(&validator);
        Ok(())
    }

    /// Collects a member's part of every exit that no slash can reach any more.
    fn due(
        &mut self,
        validator: &StakedValidator,
        member: Address,
        position: &mut Position,
    ) -> Result<U256, ApplyError> {
        let kind = validator.kind_of(member);
        let mut due = U256::ZERO;
        let mut bound = Vec::new();
        for slice in core::mem::take(&mut position.exits) {
            let key = Key::exit_batch(validator.address, kind, slice.epoch);
            let Some(mut batch) = self.state.load::<Batch>(&key)? else {
                bound.push(slice);
                continue;
            };
            due = ledger::add(due, batch.take(slice.input))?;
            if batch.input.is_zero() {
                self.state.remove(key);
            } else {
                self.state.store(key, &batch);
            }
        }
        position.exits = bound;
        Ok(due)
    }

    /// Saves a position; a delegator with nothing is none any more.
    fn settle(
        &mut self,
        validator: &mut StakedValidator,
        member: Address,
        position: Position,
    ) -> Result<(), ApplyError> {
        let is_empty =
            position.shares.is_zero() && position.deposits.is_empty() && position.exits.is_empty();
        if !is_empty {
            self.save_position(validator.address, member, &position);
            return Ok(());
        }
        self.state.remove(Key::position(validator.address, member));
        if validator.kind_of(member) == PoolKind::Own {
            return Ok(());
        }
        // The last of the list takes the place that is free.
        let last = validator.delegators.saturating_sub(1);
        validator.delegators = last;
        let key = Key::delegator(validator.address, last);
        if position.place != last {
            let moved: Address = self.state.expect(&key)?;
            let mut other = self.position(validator.address, moved)?;
            other.place = position.place;
            self.save_position(validator.address, moved, &other);
            self.state
                .store(Key::delegator(validator.address, position.place), &moved);
        }
        self.state.remove(key);
        Ok(())
    }
}

/// Who is paid for a member: the owner for the validator, else the delegator.
fn payee(validator: &StakedValidator, member: Address) -> Address {
    match validator.kind_of(member) {
        PoolKind::Own => validator.owner,
        PoolKind::Delegated => member,
    }
}
