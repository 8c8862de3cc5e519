//! Money comes in: new validators, their deposits, delegations.
//!
//! # Invariants
//! - Value is put into exactly one waiting deposit (or, in epoch 0, into a pool).

use super::{
    StakeReject, Staking,
    pool::note_batch,
    pool::note_slice,
    record::{PoolKind, Position, StakedValidator},
};
use crate::{admit::AdmitError, apply::ApplyError, state::Key};
use alloc::vec::Vec;
use venire_types::{Address, U256, signed::tagged};

impl Staking<'_, '_> {
    /// A new validator, owned by the signer (`STAKE-02`, `STAKE-03`).
    pub(super) fn validator_join(
        &mut self,
        owner: Address,
        operator: Address,
        value: U256,
    ) -> Result<(), AdmitError> {
        if value.is_zero() {
            return Err(StakeReject::ValidatorMayNotJoinWithZeroValue.into());
        }
        self.check_own_minimum(value)?;
        let count: u64 = self.state.load(&Key::wallets(owner))?.unwrap_or_default();
        let address = wallet_address(owner, count);
        self.state
            .store(Key::wallets(owner), &count.saturating_add(1));
        let mut validator = StakedValidator {
            address,
            owner,
            primed: self.epoch(),
            ..StakedValidator::default()
        };
        self.assign(&mut validator, operator)?;
        self.put(&mut validator, address, Position::default(), value);
        self.list(&validator)
    }

    /// More own stake (`STAKE-04`).
    pub(super) fn validator_deposit(
        &mut self,
        wallet: Address,
        signer: Address,
        value: U256,
    ) -> Result<(), AdmitError> {
        let mut validator = self.owned(wallet, signer)?;
        if value.is_zero() {
            return Err(StakeReject::ValidatorMayNotDepositZeroValue.into());
        }
        refuse_banned(&validator)?;
        self.prime(&mut validator, None)?;
        let position = self.collected(&validator, wallet)?;
        self.put(&mut validator, wallet, position, value);
        self.list(&validator)
    }

    /// Stake on somebody else's validator (`STAKE-05`).
    pub(super) fn delegator_join(
        &mut self,
        delegator: Address,
        address: Address,
        value: U256,
    ) -> Result<(), AdmitError> {
        if value.is_zero() {
            return Err(StakeReject::DelegatorMayNotJoinWithZeroValue.into());
        }
        let mut validator = self.named(address)?;
        refuse_banned(&validator)?;
        if self.validator(delegator)?.is_some() {
            return Err(StakeReject::ValidatorMayNotBeDelegator {
                validator: delegator,
            }
            .into());
        }
        self.prime(&mut validator, None)?;
        let mut position = self.collected(&validator, delegator)?;
        let minimum = self.rules().delegator_min;
        let stake = all_of(&validator, &position).saturating_add(value);
        if stake < minimum && self.epoch() > 0 {
            return Err(StakeReject::DelegatorBelowMinimumStake { stake, minimum }.into());
        }
        if position == Position::default() {
            position.place = validator.delegators;
            validator.delegators = position.place.saturating_add(1);
            let key = Key::delegator(address, position.place);
            self.state.store(key, &delegator);
        }
        self.put(&mut validator, delegator, position, value);
        self.save(&validator);
        Ok(())
    }

    /// Puts a member's money to wait; in epoch 0 it works at once, one wei a share (`STAKE-43`).
    fn put(
        &mut self,
        validator: &mut StakedValidator,
        member: Address,
        mut position: Position,
        value: U256,
    ) {
        let (epoch, kind) = (self.epoch(), validator.kind_of(member));
        if epoch == 0 {
            let bought = validator.pool_mut(kind).enter(value);
            position.shares = position.shares.saturating_add(bought);
        } else {
            note_batch(&mut validator.pool_mut(kind).deposits, epoch, value);
            note_slice(&mut position.deposits, epoch, value);
        }
        self.note_deposit(kind, value);
        self.state
            .store(Key::position(validator.address, member), &position);
    }

    /// Saves a validator and makes it a candidate if it has the stake, which must then be
    /// possible (`STAKE-06`).
    fn list(&mut self, validator: &StakedValidator) -> Result<(), AdmitError> {
        self.save(validator);
        if self.enlist(validator)? {
            return Ok(());
        }
        Err(StakeReject::MaxNumberOfValidatorsReached {
            maximum: self.rules().validators_max,
        }
        .into())
    }

    /// Makes a validator a candidate if it has the stake; false when there is no room.
    pub(super) fn enlist(&mut self, validator: &StakedValidator) -> Result<bool, ApplyError> {
        let own = &validator.own;
        let stake = own.stake.saturating_add(own.waiting());
        if stake < self.rules().validator_min || validator.banned_for_ever {
            return Ok(true);
        }
        let mut candidates: Vec<Address> = self.candidates()?;
        if candidates.contains(&validator.address) {
            return Ok(true);
        }
        let most = usize::try_from(self.rules().validators_max).unwrap_or(usize::MAX);
        if candidates.len() >= most {
            return Ok(false);
        }
        candidates.push(validator.address);
        self.state.store(Key::candidates(), &candidates);
        Ok(true)
    }

    fn check_own_minimum(&self, stake: U256) -> Result<(), StakeReject> {
        let minimum = self.rules().validator_min;
        if stake < minimum && self.epoch() > 0 {
            return Err(StakeReject::ValidatorBelowMinimumStake { stake, minimum });
        }
        Ok(())
    }

    /// A member's position, with the shares of deposits that work by now (`STAKE-11`).
    pub(super) fn collected(
        &mut self,
        validator: &StakedValidator,
        member: Address,
    ) -> Result<Position, ApplyError> {
        let kind = validator.kind_of(member);
        let mut position = self.position(validator.address, member)?;
        let waiting = core::mem::take(&mut position.deposits);
        for slice in waiting {
            let key = Key::deposit_batch(validator.address, kind, slice.epoch);
            let Some(mut batch) = self.state.load::<super::Batch>(&key)? else {
                position.deposits.push(slice);
                continue;
            };
            let shares = batch.take(slice.input);
            position.shares = position.shares.saturating_add(shares);
            if batch.input.is_zero() {
                self.state.remove(key);
            } else {
                self.state.store(key, &batch);
            }
        }
        Ok(position)
    }
}

/// Address of an owner's n-th wallet (`STAKE-02`).
pub(crate) fn wallet_address(owner: Address, count: u64) -> Address {
    Address::from_word(tagged("wallet", &[owner.as_slice(), &count.to_be_bytes()]))
}

fn refuse_banned(validator: &StakedValidator) -> Result<(), StakeReject> {
    if validator.banned_for_ever {
        return Err(StakeReject::ValidatorNotActive {
            validator: validator.address,
        });
    }
    Ok(())
}

/// Worth of a delegator's shares and what waits.
pub(super) fn all_of(validator: &StakedValidator, position: &Position) -> U256 {
    let working = validator.pool(PoolKind::Delegated).worth(position.shares);
    let waiting = position.deposits.iter();
    waiting.fold(working, |sum, slice| sum.saturating_add(slice.input))
}
