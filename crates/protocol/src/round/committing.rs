//! Collects sealed votes.

use super::{current, index_of};
use crate::{
    admit::{AdmitError, Reject},
    apply::{ApplyError, Run},
    block::DutyKind,
    committee::Purpose,
    record::{Round, Seat, TxRecord},
    state::Key,
    timer,
};
use alloc::vec::Vec;
use venire_types::{Address, B256, jury::Commit, signed::Verified, vote::Status};

/// Phases in which votes are sealed.
const COMMITTING: [Status; 2] = [Status::Committing, Status::AppealCommitting];

impl Run<'_> {
    /// A member's sealed vote (`ROUND-18`); the phase ends early when all are in.
    pub(crate) fn commit(&mut self, statement: &Verified<Commit>) -> Result<B256, AdmitError> {
        let (signer, body) = (statement.signer(), statement.body());
        let mut record = self.in_phase(body.tx, body.round, &COMMITTING)?;
        let round = current(&mut record)?;
        let seat = round.seat_of(signer)?;
        if seat.commit.is_some() {
            return Err(Reject::AlreadyVoted { signer }.into());
        }
        seat.commit = Some(body.commitment);
        if round.committed() == round.seats.len() {
            self.commits_closed(record)?;
        } else {
            if is_enough(round) {
                self.hurry(&mut record)?;
            }
            self.save(&record);
        }
        Ok(body.tx)
    }

    /// All votes are sealed, or the deadline has passed (`ROUND-19`).
    pub(crate) fn commits_closed(&mut self, mut record: TxRecord) -> Result<(), ApplyError> {
        self.idle_members(&record, self.params.commit_timeout_ms, |seat| {
            seat.commit.is_none()
        })?;
        if self.replace_idle(&mut record)? {
            return Ok(());
        }
        if current(&mut record)?.committed() == 0 {
            return self.reveals_closed(record);
        }
        let phase = if current(&mut record)?.judges.is_some() {
            Status::AppealRevealing
        } else {
            Status::Revealing
        };
        self.enter(&mut record, phase, self.params.reveal_timeout_ms)?;
        let voters: Vec<Address> = record.round().map(voters).unwrap_or_default();
        for voter in voters {
            self.duty(&record, voter, DutyKind::Reveal)?;
        }
        self.save(&record);
        Ok(())
    }

    /// Too few have sealed a vote at the deadline: fresh members take the seats of the silent ones
    /// (`ROUND-34`). False when there is nothing to replace, nobody to do it, or no use in it.
    fn replace_idle(&mut self, record: &mut TxRecord) -> Result<bool, ApplyError> {
        let round = current(record)?;
        let leader_is_silent = round
            .leader_seat()
            .is_some_and(|leader| leader.commit.is_none());
        if is_enough(round)
            || leader_is_silent
            || round.replacements >= self.params.replacements_max
        {
            return Ok(false);
        }
        let silent = round.seats.len().saturating_sub(round.committed());
        let silent = u32::try_from(silent).unwrap_or(u32::MAX);
        let (active, used, lot) = (self.active()?, record.used(), self.lot(record));
        let spared = match current(record)?.judges {
            Some(_) => self.tribunal_voters(record)?,
            None => Vec::new(),
        };
        let fresh = lot.sparing(Purpose::Replacement, &active, (&used, &spared), silent);
        if fresh.is_empty() {
            return Ok(false);
        }
        let joined: Vec<Address> = fresh.iter().map(|seat| seat.operator).collect();
        let round = current(record)?;
        round.replacements = round.replacements.saturating_add(1);
        let seats = round.seats.iter_mut().filter(|seat| seat.commit.is_none());
        for (seat, fresh) in seats.zip(fresh) {
            round.idle.push(seat.validator);
            *seat = fresh;
        }
        let judged = match round.judges {
            Some(round) => round,
            None => index_of(record)?,
        };
        let deadline_ms = self.now().saturating_add(self.params.commit_timeout_ms);
        let round = current(record)?;
        (round.phase_ms, round.deadline_ms) = (self.now(), deadline_ms);
        timer::set(&mut self.state, record.id, deadline_ms)?;
        let nondet = self.answers(record.id, judged)?;
        for operator in joined {
            let nondet = nondet.clone();
            self.duty(record, operator, DutyKind::Judge { nondet })?;
        }
        self.save(record);
        Ok(true)
    }

    /// Who has not spoken when a phase ends, though it had all its time to (`STAKE-30`): who is cut
    /// off by `ROUND-33` is not idle.
    pub(super) fn idle_members(
        &mut self,
        record: &TxRecord,
        timeout_ms: u64,
        is_silent: fn(&Seat) -> bool,
    ) -> Result<(), ApplyError> {
        let now = self.now();
        let had_all = |round: &&Round| now >= round.phase_ms.saturating_add(timeout_ms);
        let Some(round) = record.round().filter(had_all) else {
            return Ok(());
        };
        let silent = round.seats.iter().filter(|seat| is_silent(seat));
        let silent: Vec<Address> = silent.map(|seat| seat.validator).collect();
        self.state
            .preload(silent.iter().map(|validator| Key::staked(*validator)))?;
        for validator in silent {
            self.idle(validator, record.id)?;
        }
        Ok(())
    }

    /// Stops the phase timer, if it still runs.
    pub(super) fn stop_timer(&mut self, record: &TxRecord) -> Result<(), ApplyError> {
        timer::clear(&mut self.state, record.id)
    }
}

/// A majority of all seats has sealed a vote, and so has the leader, if there is one.
fn is_enough(round: &Round) -> bool {
    let leader_has = round
        .leader_seat()
        .is_none_or(|leader| leader.commit.is_some());
    leader_has && round.committed() > round.seats.len() / 2
}

fn voters(round: &Round) -> Vec<Address> {
    round
        .seats
        .iter()
        .filter(|seat| seat.commit.is_some())
        .map(|seat| seat.operator)
        .collect()
}
