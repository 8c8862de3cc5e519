//! What an appeal costs, and what it pays to win.
//!
//! # Invariants
//! - Whatever happens afterwards, the transaction holds enough for the work that the appeal can
//!   cause and for the reward that is promised here.

use super::{
    FeeParams, Rates,
    params::times,
    settle::storage,
    terms::slot,
    verdict::{at, bound, forfeit, in_vain, judged_by, measure, overturned, work},
};
use crate::{
    appeal::size,
    apply::ApplyError,
    ledger,
    params::Params,
    record::{AppealEnd, AppealKind, TxRecord},
};
use venire_types::U256;

/// What an appeal costs, and what it pays to win.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// Wei at stake.
    pub bond: U256,
    /// Wei for work that the transaction's deposit does not cover; what is not used comes back.
    pub funding: U256,
    /// Wei that a winner gets on top of the bond.
    pub reward: U256,
}

impl Quote {
    /// All that has to be paid.
    ///
    /// # Errors
    /// `Broken` when it exceeds every amount there is.
    pub fn charge(&self) -> Result<U256, ApplyError> {
        ledger::add(self.bond, self.funding)
    }
}

/// Price of an appeal whose first round has this number and adds so many members (`FEE-11`).
pub(crate) fn quote(
    params: &Params,
    record: &TxRecord,
    kind: AppealKind,
    (number, seats): (u32, u32),
) -> Result<Quote, ApplyError> {
    let (fees, rates) = (&params.fees, record.funds.rates());
    let bond = bond(fees, seats)?;
    let held = ledger::add(record.funds.work(), funding(record)?)?;
    let next = leads_next(kind, number);
    let owed = ledger::add(owed(record, &rates)?, induced(record, (next, seats), kind)?)?;
    let funding = owed.saturating_sub(held);
    // What the sender has put aside for further appeals is not for this one.
    let terms = &record.funds.terms;
    let later = terms.work_from(&rates, record.validators_wanted, next.saturating_add(1))?;
    let spare = held.saturating_sub(owed).saturating_sub(later);
    let (lost, pool) = at_stake(record, kind, &rates)?;
    let can = spare.saturating_add(lost).saturating_add(pool);
    Ok(Quote {
        bond,
        funding,
        reward: most(fees, &rates, kind, bond).min(can),
    })
}

/// `seats * V + L`, never zero: on a gasless chain too (`FEE-11`).
fn bond(fees: &FeeParams, seats: u32) -> Result<U256, ApplyError> {
    let votes = u64::from(seats).saturating_mul(fees.validator_units);
    let wei = fees.units(votes.saturating_add(fees.leader_units))?;
    Ok(wei.max(U256::ONE))
}

/// Most that a winner gets on top of its bond. For want of a verdict that is a leader's pay: who
/// fails on purpose, for a partner that appeals, gives up more than the partner gets (`FEE-25`).
fn most(fees: &FeeParams, rates: &Rates, kind: AppealKind, bond: U256) -> U256 {
    let raised = bond.saturating_mul(U256::from(fees.reward_bps));
    let raised = raised.checked_div(U256::from(10_000)).unwrap_or_default();
    match kind {
        AppealKind::Validators => raised,
        AppealKind::Leader | AppealKind::LeaderTimeout => raised.min(rates.leader),
    }
}

/// Number of the round in which a new leader follows an appeal.
const fn leads_next(kind: AppealKind, number: u32) -> u32 {
    match kind {
        AppealKind::Validators => number.saturating_add(1),
        AppealKind::Leader | AppealKind::LeaderTimeout => number,
    }
}

/// Most that the rounds an appeal can cause may cost: its committee, and every attempt after it.
fn induced(
    record: &TxRecord,
    (next, seats): (u32, u32),
    kind: AppealKind,
) -> Result<U256, ApplyError> {
    let (rates, terms) = (record.funds.rates(), &record.funds.terms);
    let committee = match kind {
        AppealKind::Validators => times(rates.validator, U256::from(seats))?,
        AppealKind::Leader | AppealKind::LeaderTimeout => U256::ZERO,
    };
    let slots = U256::from(record.rotations_at(next).saturating_add(1));
    let one = slot(&rates, terms.execution, size(record, next))?;
    ledger::add(committee, times(slots, one)?)
}

/// Most that what has happened so far can cost: rounds, and promises to winners.
fn owed(record: &TxRecord, rates: &Rates) -> Result<U256, ApplyError> {
    let terms = &record.funds.terms;
    let mut owed = U256::ZERO;
    for (index, round) in (0u32..).zip(&record.rounds) {
        if round.superseded {
            continue;
        }
        let cost = if overturned(record, index).is_some() {
            work(round, measure(record, index), rates, terms).cost(rates)?
        } else {
            bound(round, rates, terms)?
        };
        owed = ledger::add(owed, cost)?;
    }
    owed = ledger::add(owed, storage(record)?)?;
    ledger::add(owed, promised(record)?)
}

/// Rewards of the winners so far, as far as the bonds they have won do not pay them.
fn promised(record: &TxRecord) -> Result<U256, ApplyError> {
    let (mut rewards, mut pool) = (U256::ZERO, U256::ZERO);
    for appeal in record.appeals.iter().filter(|appeal| !appeal.settled) {
        match appeal.end {
            Some(AppealEnd::Succeeded) => rewards = ledger::add(rewards, appeal.reward)?,
            Some(AppealEnd::Failed) if in_vain(record, appeal) => {
                pool = ledger::add(pool, appeal.bond)?;
            }
            Some(AppealEnd::Failed | AppealEnd::Canceled) | None => {}
        }
    }
    Ok(rewards.saturating_sub(pool))
}

/// What this appeal would win for the transaction: the pay of those who decided wrongly, and the
/// bonds of those who objected in vain.
fn at_stake(
    record: &TxRecord,
    kind: AppealKind,
    rates: &Rates,
) -> Result<(U256, U256), ApplyError> {
    let (mut lost, mut pool) = (U256::ZERO, U256::ZERO);
    let Some(against) = record.proposal_round() else {
        return Ok((lost, pool));
    };
    let against = u32::try_from(against).unwrap_or(u32::MAX);
    for (index, round) in (0u32..).zip(&record.rounds) {
        if !round.superseded && (index == against || round.judges == Some(against)) {
            lost = ledger::add(lost, forfeit(round, kind, rates)?)?;
        }
    }
    for appeal in record.appeals.iter().filter(|appeal| !appeal.settled) {
        let judge = judged_by(record, appeal);
        let judged = judge.and_then(|index| Some((index, at(record, index)?)));
        let here =
            judged.is_some_and(|(index, round)| index == against || round.judges == Some(against));
        if here && appeal.end == Some(AppealEnd::Failed) {
            pool = ledger::add(pool, appeal.bond)?;
        }
    }
    Ok((lost, pool))
}

/// Wei that open appeals have added to the transaction's funds.
fn funding(record: &TxRecord) -> Result<U256, ApplyError> {
    let open = record.appeals.iter().filter(|appeal| !appeal.settled);
    open.map(|appeal| appeal.funding)
        .try_fold(U256::ZERO, ledger::add)
}
