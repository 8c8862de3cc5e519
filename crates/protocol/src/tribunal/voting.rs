//! Collects the votes of a tribunal.

use super::{Tribunal, TribunalPhase, TribunalReject};
use crate::{
    admit::{AdmitError, Reject},
    apply::{ApplyError, Run},
    block::DutyKind,
    record::Seat,
    round::check_seal,
    state::{Broken, Key},
    timer,
};
use alloc::vec::Vec;
use venire_types::{
    Address, B256,
    jury::{Commit, Reveal},
    signed::Verified,
    vote::Vote,
};

impl Run<'_> {
    /// The tribunal that a statement names in place of a transaction.
    pub(crate) fn named_tribunal(&self, id: B256) -> Result<Option<Tribunal>, ApplyError> {
        // Most statements are about transactions.
        if self.state.raw(&Key::tx(id))?.is_some() {
            return Ok(None);
        }
        self.state.load(&Key::tribunal(id))
    }

    /// A voter's sealed vote (`TRIBUNAL-06`); the phase ends early when all are in.
    pub(crate) fn commit_to_tribunal(
        &mut self,
        mut tribunal: Tribunal,
        statement: &Verified<Commit>,
    ) -> Result<B256, AdmitError> {
        let (signer, body) = (statement.signer(), statement.body());
        let seat = tribunal.seat_of(TribunalPhase::Committing, body.round, signer)?;
        if seat.commit.is_some() {
            return Err(Reject::AlreadyVoted { signer }.into());
        }
        seat.commit = Some(body.commitment);
        if tribunal.seats.iter().all(|seat| seat.commit.is_some()) {
            self.open_votes(tribunal)?;
        } else {
            self.save_tribunal(&tribunal);
        }
        Ok(body.tx)
    }

    /// A voter's opened vote (`TRIBUNAL-07`); the tribunal ends early when all are open.
    pub(crate) fn reveal_to_tribunal(
        &mut self,
        mut tribunal: Tribunal,
        statement: &Verified<Reveal>,
    ) -> Result<B256, AdmitError> {
        let (signer, body) = (statement.signer(), statement.body());
        let (accused, now) = (tribunal.result_hash, self.now());
        let seat = tribunal.seat_of(TribunalPhase::Revealing, body.round, signer)?;
        check_seal(seat, signer, body)?;
        if body.payload.is_some() {
            return Err(Reject::PayloadMisplaced.into());
        }
        if !is_consistent(body, accused) {
            return Err(Reject::Tribunal(TribunalReject::ContradictoryVote { signer }).into());
        }
        seat.vote = body.vote;
        seat.result_hash = body.result_hash;
        seat.revealed_ms = Some(now);
        let sealed = tribunal.seats.iter().filter(|seat| seat.commit.is_some());
        if sealed.into_iter().all(|seat| seat.revealed_ms.is_some()) {
            self.close_tribunal(tribunal)?;
        } else {
            self.save_tribunal(&tribunal);
        }
        Ok(body.tx)
    }

    /// A deadline of a tribunal has passed (`TRIBUNAL-08`).
    pub(crate) fn tribunal_due(&mut self, tribunal: Tribunal) -> Result<(), ApplyError> {
        match tribunal.phase {
            TribunalPhase::Committing => self.open_votes(tribunal),
            TribunalPhase::Revealing => self.close_tribunal(tribunal),
            TribunalPhase::Closed => Err(Broken::Impossible {
                tx: tribunal.tx,
                what: "a timer runs for a tribunal that has ended",
            }
            .into()),
        }
    }

    fn open_votes(&mut self, mut tribunal: Tribunal) -> Result<(), ApplyError> {
        let sealed = tribunal.seats.iter().filter(|seat| seat.commit.is_some());
        let voters: Vec<Address> = sealed.map(|seat| seat.operator).collect();
        if voters.is_empty() {
            return self.close_tribunal(tribunal);
        }
        tribunal.phase = TribunalPhase::Revealing;
        tribunal.deadline_ms = self.now().saturating_add(self.params.reveal_timeout_ms);
        timer::set(&mut self.state, tribunal.id, tribunal.deadline_ms)?;
        for voter in voters {
            self.tribunal_duty(&tribunal, voter, DutyKind::Reveal);
        }
        self.save_tribunal(&tribunal);
        Ok(())
    }

    pub(super) fn save_tribunal(&mut self, tribunal: &Tribunal) {
        self.state.store(Key::tribunal(tribunal.id), tribunal);
    }
}

impl Tribunal {
    /// The seat for which `signer` may speak in this phase.
    fn seat_of(
        &mut self,
        phase: TribunalPhase,
        round: u32,
        signer: Address,
    ) -> Result<&mut Seat, Reject> {
        if self.phase != phase {
            let phase = self.phase;
            return Err(TribunalReject::WrongPhase { phase }.into());
        }
        if round != 0 {
            let (current, got) = (0, round);
            return Err(Reject::WrongRound { current, got });
        }
        if signer == self.operator {
            return Err(TribunalReject::AccusedVotes { signer }.into());
        }
        let mut seats = self.seats.iter_mut();
        seats
            .find(|seat| seat.operator == signer)
            .ok_or(Reject::NotMember { signer })
    }
}

/// Agree comes with the accused result, disagree with another one; who cannot execute says so.
fn is_consistent(body: &Reveal, accused: B256) -> bool {
    match body.vote {
        Vote::Agree => body.result_hash == accused,
        Vote::Disagree => body.result_hash != accused && body.result_hash != B256::ZERO,
        Vote::Timeout => true,
        Vote::NotVoted | Vote::DeterministicViolation => false,
    }
}
