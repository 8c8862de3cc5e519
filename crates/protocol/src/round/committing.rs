//! Collects sealed votes.

use super::current;
use crate::{
    admit::{AdmitError, Reject},
    apply::{ApplyError, Run},
    block::DutyKind,
    record::{Round, TxRecord},
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
            self.save(&record);
        }
        Ok(body.tx)
    }

    /// All votes are sealed, or the deadline has passed (`ROUND-19`).
    pub(crate) fn commits_closed(&mut self, mut record: TxRecord) -> Result<(), ApplyError> {
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

    /// Stops the phase timer, if it still runs.
    pub(super) fn stop_timer(&mut self, record: &TxRecord) -> Result<(), ApplyError> {
        timer::clear(&mut self.state, record.id)
    }
}

fn voters(round: &Round) -> Vec<Address> {
    round
        .seats
        .iter()
        .filter(|seat| seat.commit.is_some())
        .map(|seat| seat.operator)
        .collect()
}
