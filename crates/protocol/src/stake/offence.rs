//! Silence and broken rules: strikes, bans, quarantine, slashes to come; fees earned and lost.
//!
//! # Invariants
//! - Nothing here moves stake: an offence is recorded and enacted when the books are primed.
//!
//! # Not here
//! - Who was silent (`round`), who broke determinism (the tribunal's verdict).

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

/// Strikes of one epoch that are remembered: more than enough for a ban and the largest slash.
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

    /// A member was found to have broken determinism (`STAKE-33`).
    #[expect(dead_code, reason = "for fees, tribunals and governance to call")]
    pub(crate) fn violated(
        &mut self,
        validator: Address,
        tx: B256,
        as_leader: bool,
    ) -> Result<(), ApplyError> {
        let deed = self.deed(tx)?;
        self.staking().violated(validator, deed, as_leader)
    }

    /// Never again, by a tribunal's verdict (`STAKE-35`).
    #[expect(dead_code, reason = "for fees, tribunals and governance to call")]
    pub(crate) fn ban_for_ever(&mut self, validator: Address) -> Result<(), ApplyError> {
        self.staking().restrict(validator, |record| {
            record.banned_for_ever = true;
        })
    }

    /// No bans and no quarantine any more (`STAKE-35`); it is chosen again at the next epoch.
    #[expect(dead_code, reason = "for fees, tribunals and governance to call")]
    pub(crate) fn pardon(&mut self, validator: Address) -> Result<(), ApplyError> {
        self.staking().pardon(validator)
    }

    /// Holds a validator back until the end of an epoch (`STAKE-36`).
    #[expect(dead_code, reason = "for fees, tribunals and governance to call")]
    pub(crate) fn quarantine(&mut self, validator: Address, until: u64) -> Result<(), ApplyError> {
        self.staking().restrict(validator, |record| {
            record.quarantined_until = record.quarantined_until.max(until);
        })
    }

    /// Ends a quarantine early; a ban goes on (`STAKE-36`).
    #[expect(dead_code, reason = "for fees, tribunals and governance to call")]
    pub(crate) fn repeal(&mut self, validator: Address) -> Result<(), ApplyError> {
        self.staking().restrict(validator, |record| {
            record.quarantined_until = 0;
        })
    }

    /// The epoch in which a transaction, and so what was done for it, began.
    fn deed(&mut self, tx: B256) -> Result<u64, ApplyError> {
        let index = self.record(tx)?.index;
        Ok(self.epochs.of(index).number)
    }
}

impl Staking<'_, '_> {
    pub(super) fn idle(
        &mut self,
        validator: Address,
        deed: u64,
        tx: B256,
    ) -> Result<(), ApplyError> {
        let rules = self.rules().clone();
        if rules.idle_bps == 0 && rules.strikes_max == 0 {
            return Ok(());
        }
        let Some(mut record) = self.validator(validator)? else {
            return Ok(());
        };
        let epoch = self.epoch();
        if record.struck_in != epoch {
            record.struck_in = epoch;
            record.strikes.clear();
        }
        if record.strikes.contains(&tx) || record.strikes.len() >= STRIKES_KEPT {
            return Ok(());
        }
        record.strikes.push(tx);
        self.note(&mut record, deed, rules.idle_bps);
        let count = u32::try_from(record.strikes.len()).unwrap_or(u32::MAX);
        self.save(&record);
        if rules.strikes_max == 0 || count < rules.strikes_max || !self.can_spare()? {
            return Ok(());
        }
        // STAKE-34: for the rest of this epoch and the next one.
        self.restrict(validator, |record| {
            let until = epoch.saturating_add(rules.ban_epochs);
            record.banned_until = record.banned_until.max(until);
        })
    }

    /// Can the active set do with one less? When everybody is silent, nobody is banned for it.
    fn can_spare(&self) -> Result<bool, ApplyError> {
        let active: Vec<Validator> = self.state.load(&Key::validators())?.unwrap_or_default();
        let least = usize::try_from(self.rules().active_min).unwrap_or(usize::MAX);
        Ok(active.len() > least)
    }

    pub(super) fn violated(
        &mut self,
        validator: Address,
        deed: u64,
        as_leader: bool,
    ) -> Result<(), ApplyError> {
        let Some(mut record) = self.validator(validator)? else {
            return Ok(());
        };
        let rate = if as_leader {
            self.rules().violation_leader_bps
        } else {
            self.rules().violation_bps
        };
        self.note(&mut record, deed, rate);
        self.save(&record);
        Ok(())
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
    pub(super) fn restrict(
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

    pub(super) fn pardon(&mut self, validator: Address) -> Result<(), ApplyError> {
        let Some(mut record) = self.validator(validator)? else {
            return Ok(());
        };
        record.banned_for_ever = false;
        record.banned_until = 0;
        record.quarantined_until = 0;
        self.save(&record);
        let mut listed = self.restricted()?;
        listed.retain(|address| *address != validator);
        self.state.store(Key::restricted(), &listed);
        self.enlist(&record)?;
        Ok(())
    }

    /// Validators that are banned or held back, some of them until lately.
    pub(super) fn restricted(&self) -> Result<Vec<Address>, ApplyError> {
        Ok(self.state.load(&Key::restricted())?.unwrap_or_default())
    }
}
