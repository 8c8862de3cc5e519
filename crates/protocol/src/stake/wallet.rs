//! Who speaks for a validator, and who it says it is.
//!
//! # Invariants
//! - A key speaks for at most one validator; a replaced key rests before another may use it, so
//!   that it never speaks for two in one judgement.

use super::{
    StakeReject, Staking,
    record::{Operator, StakedValidator},
};
use crate::{admit::AdmitError, apply::ApplyError, record::Validator, state::Key};
use alloc::vec::Vec;
use venire_types::{Address, envelope::Identity, family::Family};

impl Staking<'_, '_> {
    /// A validator of which the signer is the owner.
    pub(super) fn owned(
        &self,
        wallet: Address,
        signer: Address,
    ) -> Result<StakedValidator, AdmitError> {
        let validator = self.named(wallet)?;
        if validator.owner != signer {
            return Err(StakeReject::OwnableUnauthorizedAccount { account: signer }.into());
        }
        Ok(validator)
    }

    /// Another key at once (`STAKE-07`).
    pub(super) fn set_operator(
        &mut self,
        wallet: Address,
        signer: Address,
        operator: Address,
    ) -> Result<(), AdmitError> {
        let mut validator = self.owned(wallet, signer)?;
        validator.pending_operator = None;
        self.assign(&mut validator, operator)?;
        self.save(&validator);
        Ok(self.announce(&validator)?)
    }

    /// Offers the operator's place to a key (`STAKE-07`).
    pub(super) fn offer(
        &mut self,
        wallet: Address,
        signer: Address,
        operator: Address,
    ) -> Result<(), AdmitError> {
        let mut validator = self.owned(wallet, signer)?;
        self.check_free(&validator, operator)?;
        let ready_ms = self.now().saturating_add(self.rules().operator_delay_ms);
        validator.pending_operator = Some((operator, ready_ms));
        self.save(&validator);
        Ok(())
    }

    /// The key takes the place.
    pub(super) fn take_over(&mut self, wallet: Address, signer: Address) -> Result<(), AdmitError> {
        let mut validator = self.named(wallet)?;
        let (operator, ready_ms) = validator
            .pending_operator
            .take()
            .ok_or(StakeReject::NoPendingOperator)?;
        if signer != operator && signer != validator.owner {
            return Err(StakeReject::NotOperator { account: signer }.into());
        }
        let now_ms = self.now();
        if now_ms < ready_ms {
            return Err(StakeReject::OperatorTransferNotReady { ready_ms, now_ms }.into());
        }
        self.assign(&mut validator, operator)?;
        self.save(&validator);
        Ok(self.announce(&validator)?)
    }

    /// Withdraws the offer.
    pub(super) fn withdraw_offer(
        &mut self,
        wallet: Address,
        signer: Address,
    ) -> Result<(), AdmitError> {
        let mut validator = self.owned(wallet, signer)?;
        if validator.pending_operator.take().is_none() {
            return Err(StakeReject::NoPendingOperator.into());
        }
        self.save(&validator);
        Ok(())
    }

    /// Texts about the validator (`STAKE-08`).
    pub(super) fn set_identity(
        &mut self,
        wallet: Address,
        signer: Address,
        identity: &Identity,
    ) -> Result<(), AdmitError> {
        self.owned(wallet, signer)?;
        let bytes = size_of(identity);
        let limit = self.rules().identity_bytes_max;
        if u32::try_from(bytes).map_or(true, |bytes| bytes > limit) {
            return Err(StakeReject::IdentityTooLarge { bytes, limit }.into());
        }
        self.state.store(Key::identity(wallet), identity);
        Ok(())
    }

    /// The family of the validator's model, from the next epoch on (`STAKE-60`).
    pub(super) fn set_family(
        &mut self,
        wallet: Address,
        signer: Address,
        family: &str,
    ) -> Result<(), AdmitError> {
        let mut validator = self.named(wallet)?;
        if signer != validator.owner && signer != validator.operator {
            return Err(StakeReject::NotOwnerOrOperator { account: signer }.into());
        }
        validator.family = Family::new(family).map_err(StakeReject::InvalidFamily)?;
        self.save(&validator);
        Ok(())
    }

    /// Makes a free key the operator and lets the old one rest.
    pub(super) fn assign(
        &mut self,
        validator: &mut StakedValidator,
        operator: Address,
    ) -> Result<(), AdmitError> {
        self.check_free(validator, operator)?;
        let old = core::mem::replace(&mut validator.operator, operator);
        if !old.is_zero() {
            // A transaction is closed before the epoch after the next one begins.
            let free_from = Some(self.epoch().saturating_add(2));
            let rests = Operator {
                validator: validator.address,
                free_from,
            };
            self.state.store(Key::operator(old), &rests);
        }
        let speaks = Operator {
            validator: validator.address,
            free_from: None,
        };
        self.state.store(Key::operator(operator), &speaks);
        Ok(())
    }

    fn check_free(&self, validator: &StakedValidator, operator: Address) -> Result<(), AdmitError> {
        if operator.is_zero() {
            return Err(StakeReject::InvalidOperatorAddress.into());
        }
        let Some(known) = self.state.load::<Operator>(&Key::operator(operator))? else {
            return Ok(());
        };
        let is_free = known.validator == validator.address
            || known.free_from.is_some_and(|epoch| epoch <= self.epoch());
        if is_free {
            return Ok(());
        }
        Err(StakeReject::OperatorAlreadyAssigned { operator }.into())
    }

    /// The active set learns the new key at once.
    fn announce(&mut self, validator: &StakedValidator) -> Result<(), ApplyError> {
        let mut active: Vec<Validator> = self.state.load(&Key::validators())?.unwrap_or_default();
        let mut members = active.iter_mut();
        if let Some(member) = members.find(|member| member.address == validator.address) {
            member.operator = validator.operator;
            self.state.store(Key::validators(), &active);
        }
        Ok(())
    }
}

fn size_of(identity: &Identity) -> usize {
    [
        identity.moniker.len(),
        identity.logo_uri.len(),
        identity.website.len(),
        identity.description.len(),
        identity.email.len(),
        identity.twitter.len(),
        identity.telegram.len(),
        identity.github.len(),
        identity.extra_cid.len(),
    ]
    .into_iter()
    .fold(0, usize::saturating_add)
}
