//! One judgement: a committee, a leader, a proposal, sealed votes, opened votes, a tally.
//!
//! ```text
//! Pending -> Proposing -> Committing -> Revealing -> decision -> AppealCommitting -> AppealRevealing
//!               ^  leader failed or not agreed with, rotations left  |    overturned  |
//!               '----------------------------------------------------'----------------'
//! ```
//!
//! # Invariants
//! - Phases only move forward; a statement for another phase or round is refused.
//! - A vote counts only if it was sealed first and opens to what was sealed.
//!
//! # Not here
//! - What a decision does to state (`decide`), who runs code (`venire-node`).

mod appealing;
mod committing;
mod proposing;
mod revealing;
mod tally;

pub(crate) use appealing::{end_appeal, part};
pub(crate) use revealing::check_seal;

use crate::{
    admit::{AdmitError, Reject},
    apply::{ApplyError, Run},
    block::{DutyKind, Effect},
    record::{Nondet, Round, Seat, TxRecord, Validator},
    state::{Broken, Key},
    timer,
};
use alloc::sync::Arc;
use venire_types::{
    Address, B256,
    vote::{Status, Vote},
};

impl Run<'_> {
    /// Checks that a statement about (`tx`, `round`) comes in the right phase (`ROUND-15`).
    fn in_phase(&self, tx: B256, round: u32, phases: &[Status]) -> Result<TxRecord, AdmitError> {
        let record = self.addressed(tx)?;
        if !phases.contains(&record.status) {
            return Err(Reject::WrongPhase {
                status: record.status,
            }
            .into());
        }
        let current = index_of(&record)?;
        if round != current {
            return Err(Reject::WrongRound {
                current,
                got: round,
            }
            .into());
        }
        Ok(record)
    }

    /// Ends the current phase: new status, new deadline.
    fn enter(
        &mut self,
        record: &mut TxRecord,
        phase: Status,
        timeout_ms: u64,
    ) -> Result<u64, ApplyError> {
        let deadline_ms = self.now().saturating_add(timeout_ms);
        let round = current(record)?;
        (round.phase_ms, round.deadline_ms) = (self.now(), deadline_ms);
        self.move_to(record, phase);
        timer::set(&mut self.state, record.id, deadline_ms)?;
        Ok(deadline_ms)
    }

    /// A majority has spoken: the others have as long again (`ROUND-33`).
    fn hurry(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        let now = self.now();
        let round = current(record)?;
        let waited = now.saturating_sub(round.phase_ms);
        let until = now.saturating_add(waited.max(self.params.grace_ms));
        if until < round.deadline_ms {
            round.deadline_ms = until;
            timer::set(&mut self.state, record.id, until)?;
        }
        Ok(())
    }

    /// The recorded answers of the leader of a round: one copy for all that are asked to judge them.
    pub(crate) fn answers(&self, tx: B256, round: u32) -> Result<Arc<Nondet>, ApplyError> {
        let answers: Option<Nondet> = self.state.load(&Key::nondet(tx, round))?;
        Ok(Arc::new(answers.unwrap_or_default()))
    }

    /// Tells a member what to do.
    fn duty(
        &mut self,
        record: &TxRecord,
        operator: Address,
        kind: DutyKind,
    ) -> Result<(), ApplyError> {
        let round = index_of(record)?;
        let deadline_ms = record.round().map_or(0, |round| round.deadline_ms);
        self.effects.push(Effect::Duty {
            tx: record.id,
            round,
            operator,
            deadline_ms,
            kind,
        });
        Ok(())
    }
}

impl Seat {
    /// A seat of a drawn validator.
    pub(crate) const fn of(validator: &Validator) -> Self {
        Self {
            validator: validator.address,
            operator: validator.operator,
            commit: None,
            vote: Vote::NotVoted,
            result_hash: B256::ZERO,
            revealed_ms: None,
        }
    }

    /// The same member in a later round.
    pub(crate) const fn again(&self) -> Self {
        Self {
            validator: self.validator,
            operator: self.operator,
            commit: None,
            vote: Vote::NotVoted,
            result_hash: B256::ZERO,
            revealed_ms: None,
        }
    }
}

impl Round {
    fn seat_of(&mut self, signer: Address) -> Result<&mut Seat, Reject> {
        self.seats
            .iter_mut()
            .find(|seat| seat.operator == signer)
            .ok_or(Reject::NotMember { signer })
    }
}

/// The round being judged.
fn current(record: &mut TxRecord) -> Result<&mut Round, ApplyError> {
    let tx = record.id;
    record.rounds.last_mut().ok_or_else(|| {
        Broken::Impossible {
            tx,
            what: "in a phase without a round",
        }
        .into()
    })
}

fn index_of(record: &TxRecord) -> Result<u32, ApplyError> {
    record.round_index().ok_or_else(|| {
        Broken::Impossible {
            tx: record.id,
            what: "in a phase without a round",
        }
        .into()
    })
}
