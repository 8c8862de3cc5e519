//! Silence and broken rules: strikes, bans, quarantine, slashes to come; fees earned and lost.
//!
//! # Invariants
//! - Nothing here moves stake: an offence is recorded and enacted when the books are primed.
//!
//! # Not here
//! - Who was silent (`round`), who broke determinism (`tribunal`).

use super::{
    Staking,
    record::{Offence, StakedValidator},
};
use crate::{
    apply::{ApplyError, Run},
    ledger,
    record::Validator,
    state::Key,
};
use alloc::vec::Vec;
use venire_types::{Address, B256, U256};

/// Strikes of one epoch that are remembered: as many as a ban may need (`strikes_max`).
const STRIKES_KEPT: usize = 64;

impl Run<'_> {
    /// Fees that a validator earned (`STAKE-21`): the caller has taken them from somewhere. Who is
    /// no validator is paid at once.
    pub(crate) fn reward(&mut self, validator: Address, wei: U256) -> Result<(), ApplyError> {
        let mut staking = self.staking();
        let Some(mut record) = staking.validator(validator)? else {
            return ledger::credit(staking.state, validator, wei);
        };
        record.fees = ledger::add(record.fees, wei)?;
        staking.save(&record);
        Ok(())
    }

    /// A negative fee (`STAKE-22`): burned when the books are primed, as far as the validator has
    /// it.
    pub(crate) fn penalize(&mut self, validator: Address, wei: U256) -> Result<(), ApplyError> {
        let mut staking = self.staking();
        if let Some(mut record) = staking.validator(validator)? {
            record.penalties = record.penalties.saturating_add(wei);
            staking.save(&record);
        }
        Ok(())
    }

    /// A member let its deadline pass (`STAKE-30`): a slash, and a strike.
    pub(crate) fn idle(&mut self, validator: Address, tx: B256) -> Result<(), ApplyError> {
        let deed = self.deed(tx)?;
        self.staking().idle(validator, deed, tx)
    }

    /// The epoch in which a transaction, and so what was done for it, began.
    fn deed(&mut self, tx: B256) -> Result<u64, ApplyError> {
        let index = self.record(tx)?.index;
        Ok(self.epochs.of(index).number)
    }
}

impl Staking<'_, '_> {
    /// Silence that `cause` is about (`STAKE-30`): a slash and a strike, once for each cause.
    pub(crate) fn idle(
        &mut self,
        validator: Address,
        deed: u64,
        cause: B256,
    ) -> Result<(), ApplyError> {
        let rate = self.rules().idle_bps;
        let Some(mut record) = self.validator(validator)? else {
            return Ok(());
        };
        if self.strike(&mut record, cause) {
            self.note(&mut record, deed, rate);
            self.save(&record);
            self.ban_if_struck(&record)?;
        }
        Ok(())
    }

    /// A member vouched for a result that a tribunal found wrong (`TRIBUNAL-13`): a slash each
    /// time, and a strike for each tribunal.
    pub(crate) fn misjudged(
        &mut self,
        validator: Address,
        deed: u64,
        tribunal: B256,
    ) -> Result<(), ApplyError> {
        let rate = self.rules().violation_bps;
        let Some(mut record) = self.validator(validator)? else {
            return Ok(());
        };
        self.note(&mut record, deed, rate);
        let is_new = self.strike(&mut record, tribunal);
        self.save(&record);
        if is_new {
            self.ban_if_struck(&record)?;
        }
        Ok(())
    }

    /// A tribunal opens about this validator (`TRIBUNAL-04`): it is held back, if it can be spared
    /// (`STAKE-36`). Is it?
    pub(crate) fn accuse(&mut self, validator: Address) -> Result<bool, ApplyError> {
        let Some(mut record) = self.validator(validator)? else {
            return Ok(false);
        };
        record.accusations = record.accusations.saturating_add(1);
        self.save(&record);
        let epoch = self.epoch();
        let active: Vec<Validator> = self.state.load(&Key::validators())?.unwrap_or_default();
        let mut seats = active.iter();
        let seat = seats.find(|member| member.address == validator);
        let weight = seat.map(|member| member.weight);
        if let Some(weight) = weight
            && self.can_spare()?
        {
            self.restrict(validator, |record| record.held = Some((epoch, weight)))?;
            return Ok(true);
        }
        Ok(record.is_quarantined())
    }

    /// Does its word open a tribunal? Not that of a validator with as many strikes in this epoch
    /// as would ban it, although it sits because it cannot be spared (`TRIBUNAL-18`).
    pub(crate) fn is_heard(&self, validator: Address) -> Result<bool, ApplyError> {
        let (epoch, most) = (self.epoch(), self.rules().strikes_max);
        let record = self.validator(validator)?;
        Ok(record.is_none_or(|record| {
            let strikes = u32::try_from(record.strikes.len()).unwrap_or(u32::MAX);
            most == 0 || record.struck_in != epoch || strikes < most
        }))
    }

    /// A tribunal about this validator has not found it wrong (`TRIBUNAL-11`): after the last one,
    /// its place in the active set is its own again (`STAKE-36`). Is it free now?
    pub(crate) fn acquit(&mut self, validator: Address) -> Result<bool, ApplyError> {
        let Some(mut record) = self.validator(validator)? else {
            return Ok(false);
        };
        record.accusations = record.accusations.saturating_sub(1);
        if record.accusations > 0 {
            self.save(&record);
            return Ok(false);
        }
        let (epoch, held) = (self.epoch(), record.held.take());
        self.save(&record);
        if held.is_none() || record.is_banned(epoch) {
            return Ok(false);
        }
        if let Some((_, weight)) = held.filter(|(since, _)| *since == epoch) {
            let member = Validator {
                weight,
                ..self.member(&record)
            };
            let mut active: Vec<Validator> =
                self.state.load(&Key::validators())?.unwrap_or_default();
            active.push(member);
            active.sort_by_key(|member| member.address);
            self.state.store(Key::validators(), &active);
        }
        let mut listed = self.restricted()?;
        listed.retain(|address| *address != validator);
        self.state.store(Key::restricted(), &listed);
        Ok(true)
    }

    /// A tribunal has found this leader wrong (`TRIBUNAL-12`): a slash, and never again
    /// (`STAKE-33`, `STAKE-35`).
    pub(crate) fn convict(&mut self, validator: Address, deed: u64) -> Result<(), ApplyError> {
        let rate = self.rules().violation_leader_bps;
        let Some(mut record) = self.validator(validator)? else {
            return Ok(());
        };
        self.note(&mut record, deed, rate);
        self.save(&record);
        self.restrict(validator, |record| {
            record.accusations = record.accusations.saturating_sub(1);
            record.held = None;
            record.banned_for_ever = true;
        })
    }

    /// Counts a strike, unless there is one for this cause already or silence costs nothing here.
    /// Was it new?
    fn strike(&self, record: &mut StakedValidator, cause: B256) -> bool {
        let (epoch, rules) = (self.epoch(), self.rules());
        if rules.idle_bps == 0 && rules.strikes_max == 0 {
            return false;
        }
        if record.struck_in != epoch {
            record.struck_in = epoch;
            record.strikes.clear();
        }
        if record.strikes.contains(&cause) || record.strikes.len() >= STRIKES_KEPT {
            return false;
        }
        record.strikes.push(cause);
        true
    }

    /// Enough strikes ban for the rest of this epoch and the next one (`STAKE-34`).
    fn ban_if_struck(&mut self, record: &StakedValidator) -> Result<(), ApplyError> {
        let (epoch, rules) = (self.epoch(), self.rules());
        let (most, length) = (rules.strikes_max, rules.ban_epochs);
        let count = u32::try_from(record.strikes.len()).unwrap_or(u32::MAX);
        if most == 0 || count < most || !self.can_spare()? {
            return Ok(());
        }
        self.restrict(record.address, |record| {
            record.banned_until = record.banned_until.max(epoch.saturating_add(length));
        })
    }

    /// Can the active set do with one less? When everybody is silent, nobody is banned for it.
    fn can_spare(&self) -> Result<bool, ApplyError> {
        let active: Vec<Validator> = self.state.load(&Key::validators())?.unwrap_or_default();
        let least = usize::try_from(self.rules().active_min).unwrap_or(usize::MAX);
        Ok(active.len() > least)
    }

    /// Offences of one deed's epoch that are due together are one entry.
    fn note(&self, record: &mut StakedValidator, epoch: u64, bps: u32) {
        if bps == 0 {
            return;
        }
        let due = self.epoch().saturating_add(self.rules().slash_delay_epochs);
        let mut same = record.offences.iter_mut();
        match same.find(|offence| offence.epoch == epoch && offence.due == due) {
            Some(offence) => offence.bps = offence.bps.saturating_add(bps),
            None => record.offences.push(Offence { epoch, due, bps }),
        }
    }

    /// Changes what a validator may do; it is out of the active set at once.
    fn restrict(
        &mut self,
        validator: Address,
        how: impl FnOnce(&mut StakedValidator),
    ) -> Result<(), ApplyError> {
        let Some(mut record) = self.validator(validator)? else {
            return Ok(());
        };
        how(&mut record);
        self.save(&record);
        let mut listed = self.restricted()?;
        if !listed.contains(&validator) {
            listed.push(validator);
            self.state.store(Key::restricted(), &listed);
        }
        let active: Vec<Validator> = self.state.load(&Key::validators())?.unwrap_or_default();
        if active.iter().any(|member| member.address == validator) {
            let others = active.into_iter();
            let others: Vec<Validator> = others
                .filter(|member| member.address != validator)
                .collect();
            self.state.store(Key::validators(), &others);
        }
        Ok(())
    }

    /// Validators that are banned or held back, some of them until lately.
    pub(super) fn restricted(&self) -> Result<Vec<Address>, ApplyError> {
        Ok(self.state.load(&Key::restricted())?.unwrap_or_default())
    }
}
