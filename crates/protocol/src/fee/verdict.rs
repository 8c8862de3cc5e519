//! Who is right in a round, judged with what the appeals found.
//!
//! # Invariants
//! - The majority of an overturned round is never paid.
//!
//! # Not here
//! - Amounts of bonds and rewards (`settle`).

use super::{Rates, Terms, params::times};
use crate::{
    apply::ApplyError,
    ledger,
    record::{Appeal, AppealEnd, AppealKind, Round, Seat, TxRecord},
};
use alloc::vec::Vec;
use venire_types::{
    Address, U256,
    vote::{RoundResult, Vote},
};

/// By what the votes of a round are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// By its own majority (`FEE-07`).
    Own,
    /// By the majority of the appeal committee that overturned it, if it had one (`FEE-08`).
    Appeal(Option<Vote>),
    /// By nothing: a new leader has settled what it could not (`FEE-09`).
    Nothing,
}

/// What a round is worth to its members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// The leader, and wei for its attempt.
    pub(super) leader: Option<(Address, U256)>,
    /// Members that are paid for their vote.
    pub(super) right: Vec<Address>,
    /// Members that lose as much.
    pub(super) wrong: Vec<Address>,
    /// Wei for what the leader published.
    pub(super) receipt: U256,
}

impl Work {
    /// Wei that it takes from the transaction's funds.
    pub(super) fn cost(&self, rates: &Rates) -> Result<U256, ApplyError> {
        let votes = times(rates.validator, U256::from(self.right.len()))?;
        let leader = self.leader.map_or(U256::ZERO, |(_, wei)| wei);
        ledger::add(ledger::add(votes, leader)?, self.receipt)
    }
}

/// The successful appeal that overturned this round: the one against it, or one against the
/// proposal that it had confirmed.
pub(super) fn overturned(record: &TxRecord, index: u32) -> Option<&Appeal> {
    let round = at(record, index)?;
    let overturns = |appeal: &&Appeal| {
        let confirmed = round.judges == Some(appeal.against) && index < appeal.first;
        appeal.end == Some(AppealEnd::Succeeded) && (appeal.against == index || confirmed)
    };
    record.appeals.iter().find(overturns)
}

/// By what the votes of a round are measured.
pub(super) fn measure(record: &TxRecord, index: u32) -> Measure {
    match overturned(record, index) {
        None => Measure::Own,
        Some(appeal) => match appeal.kind {
            AppealKind::Validators => {
                let verdict = at(record, appeal.first);
                Measure::Appeal(verdict.and_then(|round| majority(round.result)))
            }
            AppealKind::Leader | AppealKind::LeaderTimeout => Measure::Nothing,
        },
    }
}

/// What a round is worth, by that measure (`FEE-06` to `FEE-09`).
pub(super) fn work(round: &Round, measure: Measure, rates: &Rates, terms: &Terms) -> Work {
    let mut work = Work {
        receipt: receipt(round, rates, terms),
        ..Work::default()
    };
    let own = majority(round.result);
    if measure == Measure::Own {
        work.leader = leader(round, rates);
    }
    for seat in voters(round) {
        let is_right = match measure {
            Measure::Own => Some(own.is_none_or(|own| seat.vote == own)),
            Measure::Appeal(Some(verdict)) => Some(seat.vote == verdict),
            // Nobody knows who was right, but the majority was not confirmed.
            Measure::Appeal(None) => (own != Some(seat.vote)).then_some(true),
            Measure::Nothing => None,
        };
        match is_right {
            Some(true) => work.right.push(seat.validator),
            Some(false) => work.wrong.push(seat.validator),
            None => {}
        }
    }
    work
}

/// Wei that the members of a round do not get if it is overturned: what its leader and its
/// majority would have got (`FEE-13`).
pub(super) fn forfeit(round: &Round, kind: AppealKind, rates: &Rates) -> Result<U256, ApplyError> {
    let own = majority(round.result);
    let loses = |seat: &&Seat| match kind {
        AppealKind::Validators => own == Some(seat.vote),
        AppealKind::Leader | AppealKind::LeaderTimeout => true,
    };
    let votes = U256::from(voters(round).filter(loses).count());
    let leader = leader(round, rates).map_or(U256::ZERO, |(_, wei)| wei);
    ledger::add(times(rates.validator, votes)?, leader)
}

/// Most that a round can cost, whoever turns out to be right.
pub(super) fn bound(round: &Round, rates: &Rates, terms: &Terms) -> Result<U256, ApplyError> {
    let votes = times(rates.validator, U256::from(voters(round).count()))?;
    let leader = leader(round, rates).map_or(U256::ZERO, |(_, wei)| wei);
    let receipt = receipt(round, rates, terms);
    ledger::add(ledger::add(votes, leader)?, receipt)
}

/// The last round that judged an appeal: its index.
pub(super) fn judged_by(record: &TxRecord, appeal: &Appeal) -> Option<u32> {
    let number = at(record, appeal.first)?.number;
    let mut rounds = record.rounds.iter();
    let last = rounds.rposition(|round| round.number == number && !round.superseded)?;
    u32::try_from(last).ok()
}

/// Whether a failed appeal was right after all: what confirmed the decision was overturned later.
pub(super) fn in_vain(record: &TxRecord, appeal: &Appeal) -> bool {
    judged_by(record, appeal).is_some_and(|index| overturned(record, index).is_some())
}

/// Members whose vote was the majority's; without one, everyone who voted.
pub(super) fn aligned(round: &Round) -> Vec<Address> {
    let own = majority(round.result);
    voters(round)
        .filter(|seat| own.is_none_or(|own| seat.vote == own))
        .map(|seat| seat.validator)
        .collect()
}

pub(super) fn at(record: &TxRecord, index: u32) -> Option<&Round> {
    record.rounds.get(usize::try_from(index).ok()?)
}

/// The vote that most members cast, if there is one.
pub(super) const fn majority(result: RoundResult) -> Option<Vote> {
    match result {
        RoundResult::Agree | RoundResult::MajorityAgree => Some(Vote::Agree),
        RoundResult::Disagree | RoundResult::MajorityDisagree => Some(Vote::Disagree),
        RoundResult::Timeout => Some(Vote::Timeout),
        RoundResult::DeterministicViolation => Some(Vote::DeterministicViolation),
        RoundResult::Idle | RoundResult::NoMajority => None,
    }
}

/// Wei for what a leader published, never more than the budget of an attempt (`FEE-10`).
pub(crate) fn receipt(round: &Round, rates: &Rates, terms: &Terms) -> U256 {
    let published = round.proposal.and_then(|proposal| proposal.commitment);
    if round.judges.is_some() || published.is_none() {
        return U256::ZERO;
    }
    let bytes = rates.byte.saturating_mul(U256::from(round.bytes));
    rates.slot.saturating_add(bytes).min(terms.execution)
}

/// A leader that saw its proposal through is paid; one that declared a timeout gets half; one
/// that was silent, or broke a rule before most eyes, nothing (`FEE-06`).
fn leader(round: &Round, rates: &Rates) -> Option<(Address, U256)> {
    let seat = round.leader_seat()?;
    let wei = match round.proposal?.commitment {
        None => rates.leader.checked_div(U256::from(2))?,
        Some(_) if seat.vote == Vote::NotVoted => return None,
        Some(_) if round.result == RoundResult::DeterministicViolation => return None,
        Some(_) => rates.leader,
    };
    Some((seat.validator, wei))
}

fn voters(round: &Round) -> impl Iterator<Item = &Seat> {
    let seats = round.seats.iter();
    seats.filter(|seat| seat.vote != Vote::NotVoted)
}
