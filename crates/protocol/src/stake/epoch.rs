//! Epochs that advance by block time: inflation, priming, the next active set.
//!
//! # Invariants
//! - The active set changes only here, but for who is banned or changes its key.
//! - Two epochs are open at a time: one begins only when all of the last but one is closed.

use super::{
    StakeReject, Staking,
    params::bps,
    pool::mul_div,
    record::{Epoch, Epochs, StakedValidator},
};
use crate::{
    apply::{ApplyError, Run},
    committee::weight,
    ledger,
    record::Validator,
    state::Key,
    timer,
};
use alloc::vec::Vec;
use venire_types::{Address, B256, U256};

/// Stands for the end of an epoch among the timers of transactions; no transaction has this id.
pub(crate) const EPOCH_TIMER: B256 =
    B256::new(*b"venire epoch\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");

impl<'a> Run<'a> {
    /// Staking, with everything that its rules may change.
    pub(crate) fn staking(&mut self) -> Staking<'_, 'a> {
        Staking {
            params: self.params,
            state: &mut self.state,
            globals: &mut self.globals,
            epochs: &mut self.epochs,
        }
    }

    /// Ends epochs whose time has come (`STAKE-40`).
    pub(crate) fn turn_epoch(&mut self) -> Result<(), ApplyError> {
        let mut staking = self.staking();
        staking.close_previous();
        if staking.check_advance().is_ok() {
            staking.advance()?;
        }
        Ok(())
    }
}

impl Staking<'_, '_> {
    /// Notes that all transactions of the previous epoch, and the tribunals about them, are closed.
    pub(super) fn close_previous(&mut self) {
        let previous = &self.epochs.previous;
        if previous.end_ms > 0 && previous.open == 0 && previous.tribunals == 0 {
            self.epochs.finalized = self.epochs.finalized.max(previous.number);
        }
    }

    /// May the next epoch begin (`STAKE-41`)?
    pub(super) fn check_advance(&self) -> Result<(), StakeReject> {
        let until_ms = self.ends_at(&self.epochs.current);
        let now_ms = self.now();
        if now_ms < until_ms {
            return Err(StakeReject::EpochNotFinished { until_ms, now_ms });
        }
        self.check_previous()
    }

    /// Is everything of the previous epoch done (`STAKE-41`, `TRIBUNAL-15`)?
    pub(super) fn check_previous(&self) -> Result<(), StakeReject> {
        let Epoch {
            number: epoch,
            open,
            tribunals,
            ..
        } = self.epochs.previous;
        if open > 0 {
            return Err(StakeReject::PreviousEpochNotFinalizable { epoch, open });
        }
        if tribunals > 0 {
            let open = tribunals;
            return Err(StakeReject::PendingTribunals { epoch, open });
        }
        Ok(())
    }

    fn ends_at(&self, epoch: &Epoch) -> u64 {
        let length = if epoch.number == 0 {
            self.rules().epoch_zero_ms
        } else {
            self.rules().epoch_ms
        };
        epoch.start_ms.saturating_add(length)
    }

    /// Begins the next epoch (`STAKE-42`).
    pub(super) fn advance(&mut self) -> Result<(), ApplyError> {
        let candidates = self.candidates()?;
        self.preload(&candidates)?;
        self.inflate()?;
        let now = self.now();
        let ended = core::mem::take(&mut self.epochs.current);
        self.epochs.current = Epoch {
            // STAKE-43: there is no epoch 1.
            number: ended.number.saturating_add(1).max(2),
            start_ms: now,
            first_transaction: self.globals.transactions,
            ..Epoch::default()
        };
        self.epochs.previous = Epoch {
            end_ms: now,
            ..ended
        };
        self.close_previous();
        let most = usize::try_from(self.rules().primed_at_change).unwrap_or(usize::MAX);
        for address in candidates.iter().take(most) {
            let mut validator: StakedValidator = self.state.expect(&Key::staked(*address))?;
            self.prime(&mut validator, None)?;
            self.save(&validator);
        }
        self.choose(&candidates)?;
        self.forget_restrictions()?;
        self.wake()
    }

    /// Asks for everything that an epoch change reads at once.
    fn preload(&self, candidates: &[Address]) -> Result<(), ApplyError> {
        let mut all = self.restricted()?;
        all.extend_from_slice(candidates);
        self.state
            .preload(all.iter().map(|address| Key::staked(*address)))?;
        let mut owners = Vec::new();
        for address in candidates {
            let validator: StakedValidator = self.state.expect(&Key::staked(*address))?;
            owners.push(Key::account(validator.owner));
        }
        self.state.preload(owners)
    }

    /// Mints the inflation of the epoch that ends and promises it to who judged
    /// (`STAKE-23`, `STAKE-24`).
    fn inflate(&mut self) -> Result<(), ApplyError> {
        let rules = self.rules().clone();
        let supply = ledger::sub(self.globals.minted, self.globals.burned)?;
        let judging = self.epoch().saturating_sub(self.epochs.first_number.max(1));
        let year = judging
            .checked_div(rules.epochs_per_year)
            .unwrap_or_default();
        let yearly = bps(supply, rules.inflation_bps(year));
        let pot = yearly
            .checked_div(U256::from(rules.epochs_per_year))
            .unwrap_or_default();
        let active: Vec<Validator> = self.state.load(&Key::validators())?.unwrap_or_default();
        let weight = self.epochs.current.weight;
        if pot.is_zero() || weight.is_zero() {
            return Ok(());
        }
        let paid: Vec<Validator> = active.into_iter().chain(self.held()?).collect();
        let mut minted = U256::ZERO;
        for (to, share) in [
            (rules.developers, rules.developer_bps),
            (rules.treasury, rules.treasury_bps),
        ] {
            let part = inflation_share(pot, share);
            minted = ledger::add(minted, part)?;
            ledger::credit(self.state, to, part)?;
        }
        let owners = bps(pot, rules.owner_bps);
        let stakes = pot.saturating_sub(minted).saturating_sub(owners);
        for member in paid {
            let Some(mut validator) = self.validator(member.address)? else {
                continue;
            };
            let owner = mul_div(owners, member.weight, weight).unwrap_or_default();
            let stake = mul_div(stakes, member.weight, weight).unwrap_or_default();
            validator.owner_inflation = ledger::add(validator.owner_inflation, owner)?;
            validator.stake_inflation = ledger::add(validator.stake_inflation, stake)?;
            minted = ledger::add(minted, ledger::add(owner, stake)?)?;
            self.save(&validator);
        }
        self.epochs.current.inflation = minted;
        self.globals.minted = ledger::add(self.globals.minted, minted)?;
        Ok(())
    }

    /// The heaviest candidates that may judge become the active set; who fell below the minimum
    /// is no candidate any more (`STAKE-44`).
    fn choose(&mut self, candidates: &[Address]) -> Result<(), ApplyError> {
        let (epoch, least) = (self.epoch(), self.rules().validator_min);
        let mut staying = Vec::new();
        let mut active = Vec::new();
        let mut accused = Vec::new();
        for address in candidates {
            let validator: StakedValidator = self.state.expect(&Key::staked(*address))?;
            let own = &validator.own;
            let is_poor = own.stake.saturating_add(own.waiting()) < least;
            if (is_poor || validator.banned_for_ever) && validator.offences.is_empty() {
                continue;
            }
            // Who has slashes to come is primed until they have.
            staying.push(*address);
            // STAKE-45: books that nobody primed are not trusted.
            let is_primed = validator.primed.saturating_add(1) >= epoch;
            if !validator.is_banned(epoch) && is_primed && own.stake >= least {
                active.push(self.member(&validator));
            }
            if validator.accusations > 0 {
                accused.push(*address);
            }
        }
        active.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.address.cmp(&b.address)));
        active.truncate(usize::try_from(self.rules().validators_max).unwrap_or(usize::MAX));
        active.sort_by_key(|member| member.address);
        let weight = active
            .iter()
            .fold(U256::ZERO, |sum, member| sum.saturating_add(member.weight));
        self.epochs.current.weight = weight;
        self.epochs.current.validators = u64::try_from(active.len()).unwrap_or(u64::MAX);
        self.hold_accused(&accused, &mut active)?;
        self.state.store(Key::candidates(), &staying);
        self.state.store(Key::validators(), &active);
        Ok(())
    }

    /// Of the accused, as many as the active set can do without keep their place in it but are not
    /// drawn (`STAKE-36`); the others are.
    fn hold_accused(
        &mut self,
        accused: &[Address],
        active: &mut Vec<Validator>,
    ) -> Result<(), ApplyError> {
        let epoch = self.epoch();
        let least = usize::try_from(self.rules().active_min).unwrap_or(usize::MAX);
        let mut listed = self.restricted()?;
        for address in accused {
            let mut validator: StakedValidator = self.state.expect(&Key::staked(*address))?;
            let mut seats = active.iter();
            let place = seats.position(|member| member.address == *address);
            validator.held = match place {
                Some(place) if active.len() > least => Some((epoch, active.remove(place).weight)),
                Some(_) | None => None,
            };
            if validator.held.is_some() && !listed.contains(address) {
                listed.push(*address);
            }
            self.save(&validator);
        }
        self.state.store(Key::restricted(), &listed);
        Ok(())
    }

    /// Who is held back from its place in the active set of this epoch: it is not drawn, but
    /// nothing else is taken from it before a tribunal has found it wrong (`STAKE-36`).
    fn held(&self) -> Result<Vec<Validator>, ApplyError> {
        let epoch = self.epoch();
        let mut held = Vec::new();
        for address in self.restricted()? {
            let Some(validator) = self.validator(address)? else {
                continue;
            };
            let place = validator.held.filter(|(since, _)| *since == epoch);
            if let Some((_, weight)) = place
                && !validator.is_banned(epoch)
            {
                held.push(Validator {
                    weight,
                    ..self.member(&validator)
                });
            }
        }
        Ok(held)
    }

    pub(super) fn member(&self, validator: &StakedValidator) -> Validator {
        Validator {
            address: validator.address,
            operator: validator.operator,
            stake: validator.own.stake,
            weight: weight(self.rules(), validator.own.stake, validator.delegated.stake),
            family: validator.family.clone(),
        }
    }

    fn forget_restrictions(&mut self) -> Result<(), ApplyError> {
        let epoch = self.epoch();
        let mut listed = Vec::new();
        for address in self.restricted()? {
            let still = self
                .validator(address)?
                .is_some_and(|validator| validator.is_banned(epoch) || validator.is_quarantined());
            if still {
                listed.push(address);
            }
        }
        self.state.store(Key::restricted(), &listed);
        Ok(())
    }

    /// A block comes when the epoch can end.
    pub(super) fn wake(&mut self) -> Result<(), ApplyError> {
        if !self.rules().epochs_wake {
            return Ok(());
        }
        let due = self.ends_at(&self.epochs.current);
        timer::set(self.state, EPOCH_TIMER, due)
    }
}

/// One of the cuts of an inflation.
pub(super) fn inflation_share(inflation: U256, share: u32) -> U256 {
    bps(inflation, share)
}

impl Epochs {
    /// The first epoch of a chain.
    pub(crate) fn starting(number: u64, time_ms: u64) -> Self {
        Self {
            current: Epoch {
                number,
                start_ms: time_ms,
                ..Epoch::default()
            },
            first_number: number,
            ..Self::default()
        }
    }
}
