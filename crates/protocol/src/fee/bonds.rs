//! Where the money behind appeals goes.
//!
//! # Invariants
//! - Every wei of a bond is paid out or burned, exactly once.

use crate::{
    apply::{ApplyError, Run},
    ledger,
    record::{Appeal, AppealEnd, Round, TxRecord},
};
use alloc::vec::Vec;
use venire_types::{
    Address, U256,
    vote::{RoundResult, Vote},
};

impl Run<'_> {
    /// The transaction is final: a winner gets its bond back, a loser's goes to those who were
    /// right (`APPEAL-12`).
    pub(crate) fn settle_appeals(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        let appeals = core::mem::take(&mut record.appeals);
        for appeal in appeals {
            let paid = self.settle(record, appeal)?;
            record.appeals.push(paid);
        }
        Ok(())
    }

    /// What the appeals were about is withdrawn: everyone gets back what they posted.
    pub(crate) fn refund_appeals(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        for appeal in record.appeals.iter_mut().filter(|appeal| !appeal.settled) {
            appeal.end = Some(AppealEnd::Canceled);
            appeal.settled = true;
            let posted = ledger::add(appeal.bond, appeal.funding)?;
            ledger::credit(&mut self.state, appeal.payer, posted)?;
        }
        Ok(())
    }

    fn settle(&mut self, record: &TxRecord, mut appeal: Appeal) -> Result<Appeal, ApplyError> {
        if appeal.settled {
            return Ok(appeal);
        }
        appeal.settled = true;
        ledger::credit(&mut self.state, appeal.payer, appeal.funding)?;
        if appeal.end != Some(AppealEnd::Failed) {
            ledger::credit(&mut self.state, appeal.payer, appeal.bond)?;
            return Ok(appeal);
        }
        let right = judged_by(record, &appeal).map(aligned).unwrap_or_default();
        let share = appeal
            .bond
            .checked_div(U256::from(right.len()))
            .unwrap_or_default();
        let mut rest = appeal.bond;
        for validator in right {
            ledger::credit(&mut self.state, validator, share)?;
            rest = ledger::sub(rest, share)?;
        }
        self.globals.burned = ledger::add(self.globals.burned, rest)?;
        Ok(appeal)
    }
}

/// The last round that judged an appeal.
fn judged_by<'a>(record: &'a TxRecord, appeal: &Appeal) -> Option<&'a Round> {
    let first = usize::try_from(appeal.first).ok()?;
    let number = record.rounds.get(first)?.number;
    let mut rounds = record.rounds.iter().rev();
    rounds.find(|round| round.number == number)
}

/// Validators whose vote was the majority's; without one, everyone who voted.
fn aligned(round: &Round) -> Vec<Address> {
    let majority = match round.result {
        RoundResult::Agree | RoundResult::MajorityAgree => Some(Vote::Agree),
        RoundResult::Disagree | RoundResult::MajorityDisagree => Some(Vote::Disagree),
        RoundResult::Timeout => Some(Vote::Timeout),
        RoundResult::DeterministicViolation => Some(Vote::DeterministicViolation),
        RoundResult::Idle | RoundResult::NoMajority => None,
    };
    let seats = round.seats.iter();
    let counts = |vote| vote != Vote::NotVoted && majority.is_none_or(|majority| vote == majority);
    seats
        .filter(|seat| counts(seat.vote))
        .map(|seat| seat.validator)
        .collect()
}
