//! Carries out what users ask of staking, and the state in which a chain starts.
//!
//! # Invariants
//! - An order works on a copy: one that is refused leaves no trace.

use super::{
    StakeReject, Staking,
    record::{Epochs, Operator, PoolKind, Position, StakedValidator},
};
use crate::{
    admit::{AdmitError, Reject},
    apply::{ApplyError, Run},
    params::Params,
    record::{Globals, Validator},
    state::{Key, Overlay, Read},
};
use alloc::{collections::BTreeMap, vec::Vec};
use venire_types::{
    Address, B256, U256,
    envelope::{Envelope, StakeOrder},
    family::Family,
};

impl From<StakeReject> for AdmitError {
    fn from(reject: StakeReject) -> Self {
        Self::Rejected(Reject::Stake(reject))
    }
}

impl Run<'_> {
    /// An order for staking (`STAKE-09`).
    pub(crate) fn stake(
        &mut self,
        envelope: &Envelope,
        order: &StakeOrder,
    ) -> Result<B256, AdmitError> {
        let mut copy = Overlay::new(&self.state);
        let (mut globals, mut epochs) = (self.globals.clone(), self.epochs.clone());
        let mut staking = Staking {
            params: self.params,
            state: &mut copy,
            globals: &mut globals,
            epochs: &mut epochs,
        };
        staking.carry_out(envelope, order)?;
        let changes = copy.into_delta();
        self.state.absorb(changes);
        (self.globals, self.epochs) = (globals, epochs);
        self.charge(envelope, envelope.value())?;
        Ok(envelope.hash())
    }
}

/// Would the order be carried out?
pub(crate) fn admit(
    params: &Params,
    state: &dyn Read,
    now_ms: u64,
    envelope: &Envelope,
    order: &StakeOrder,
) -> Result<(), AdmitError> {
    let mut copy = Overlay::new(state);
    let mut globals: Globals = copy.expect(&Key::globals())?;
    globals.time_ms = now_ms;
    let mut epochs: Epochs = copy.expect(&Key::epochs())?;
    let mut staking = Staking {
        params,
        state: &mut copy,
        globals: &mut globals,
        epochs: &mut epochs,
    };
    staking.carry_out(envelope, order)
}

impl Staking<'_, '_> {
    pub(super) fn carry_out(
        &mut self,
        envelope: &Envelope,
        order: &StakeOrder,
    ) -> Result<(), AdmitError> {
        self.order(envelope.signer(), envelope.value(), order)
    }

    pub(super) fn order(
        &mut self,
        signer: Address,
        value: U256,
        order: &StakeOrder,
    ) -> Result<(), AdmitError> {
        match order {
            StakeOrder::ValidatorJoin { operator } => {
                self.validator_join(signer, operator.unwrap_or(signer), value)
            }
            StakeOrder::ValidatorDeposit { wallet } => {
                self.validator_deposit(*wallet, signer, value)
            }
            StakeOrder::ValidatorExit { wallet, shares } => {
                self.validator_exit(*wallet, signer, *shares)
            }
            StakeOrder::ValidatorClaim { validator } => self.claim(*validator, *validator),
            StakeOrder::ValidatorPrime { validator } => {
                let mut record = self.named(*validator)?;
                self.prime(&mut record, Some(signer))?;
                self.save(&record);
                Ok(())
            }
            StakeOrder::DelegatorJoin { validator } => {
                self.delegator_join(signer, *validator, value)
            }
            StakeOrder::DelegatorExit { validator, shares } => {
                self.delegator_exit(signer, *validator, *shares)
            }
            StakeOrder::DelegatorClaim {
                delegator,
                validator,
            } => self.claim(*validator, *delegator),
            StakeOrder::EpochAdvance => {
                self.check_advance()?;
                Ok(self.advance()?)
            }
            StakeOrder::EpochFinalize => self.finalize_epoch(),
            StakeOrder::SetOperator { wallet, operator } => {
                self.set_operator(*wallet, signer, *operator)
            }
            StakeOrder::SetIdentity { wallet, identity } => {
                self.set_identity(*wallet, signer, identity)
            }
            StakeOrder::SetFamily { wallet, family } => self.set_family(*wallet, signer, family),
            StakeOrder::InitiateOperatorTransfer { wallet, operator } => {
                self.offer(*wallet, signer, *operator)
            }
            StakeOrder::CompleteOperatorTransfer { wallet } => self.take_over(*wallet, signer),
            StakeOrder::CancelOperatorTransfer { wallet } => self.withdraw_offer(*wallet, signer),
        }
    }

    /// Epochs are finalized by themselves; asking is allowed (`STAKE-41`).
    fn finalize_epoch(&mut self) -> Result<(), AdmitError> {
        self.check_previous()?;
        let epoch = self.epochs.previous.number;
        if self.epochs.finalized >= epoch {
            return Err(StakeReject::EpochAlreadyFinalized { epoch }.into());
        }
        self.close_previous();
        Ok(())
    }
}

/// The first epoch, with the validators of genesis at work from the first block (`ROUND-01`,
/// `STAKE-46`). Returns what they have at stake.
pub(crate) fn begin(
    params: &Params,
    state: &mut Overlay<'_>,
    time_ms: u64,
    stakes: &BTreeMap<Address, U256>,
    families: &BTreeMap<Address, Family>,
) -> Result<U256, ApplyError> {
    let mut globals = Globals {
        time_ms,
        ..Globals::default()
    };
    let mut epochs = Epochs::starting(params.stake.first_epoch, time_ms);
    let mut total = U256::ZERO;
    let mut active: Vec<Validator> = Vec::new();
    let mut staking = Staking {
        params,
        state,
        globals: &mut globals,
        epochs: &mut epochs,
    };
    for (address, stake) in stakes {
        let mut validator = StakedValidator {
            address: *address,
            owner: *address,
            operator: *address,
            family: families.get(address).cloned().unwrap_or_default(),
            primed: params.stake.first_epoch,
            ..StakedValidator::default()
        };
        let granted = total.saturating_add(*stake).saturating_sub(total);
        total = total.saturating_add(granted);
        let position = Position {
            shares: validator.pool_mut(PoolKind::Own).enter(granted),
            ..Position::default()
        };
        let speaks = Operator {
            validator: *address,
            free_from: None,
        };
        staking.state.store(Key::operator(*address), &speaks);
        staking.save_position(*address, *address, &position);
        staking.save(&validator);
        active.push(staking.member(&validator));
    }
    let weight = active
        .iter()
        .fold(U256::ZERO, |sum, member| sum.saturating_add(member.weight));
    staking.epochs.current.weight = weight;
    staking.epochs.current.validators = u64::try_from(active.len()).unwrap_or(u64::MAX);
    let candidates: Vec<Address> = stakes.keys().copied().collect();
    staking.state.store(Key::candidates(), &candidates);
    staking.state.store(Key::validators(), &active);
    staking.wake()?;
    let Staking { state, epochs, .. } = staking;
    state.store(Key::epochs(), epochs);
    Ok(total)
}
