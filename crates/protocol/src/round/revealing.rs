//! Opens sealed votes and the leader's result, and acts on the tally.

use super::{
    current,
    tally::{is_settled, tally},
};
use crate::{
    admit::{AdmitError, Reject},
    apply::{ApplyError, Run},
    params::Params,
    record::{Round, Seat, TxRecord},
    state::Key,
};
use venire_types::{
    Address, B256,
    jury::{Payload, Reveal, proposal_commitment, vote_commitment},
    signed::{Verified, canonical},
    vote::{RoundResult, Status, Vote},
};

/// Phases in which votes are opened.
const REVEALING: [Status; 2] = [Status::Revealing, Status::AppealRevealing];

impl Run<'_> {
    /// A member's opened vote (`ROUND-20`, `ROUND-21`); the phase ends early when all are in.
    pub(crate) fn reveal(&mut self, statement: &Verified<Reveal>) -> Result<B256, AdmitError> {
        let (signer, body) = (statement.signer(), statement.body());
        let mut record = self.in_phase(body.tx, body.round, &REVEALING)?;
        let (recipient, now) = (record.recipient, self.now());
        let round = current(&mut record)?;
        check_seal(round.seat_of(signer)?, signer, body)?;
        let result_hash = check_payload(self.params, round, recipient, signer, body)?;
        if let (Some(hash), Some(payload)) = (result_hash, &body.payload) {
            round.result_hash = Some(hash);
            let bytes = u64::try_from(canonical(payload).len()).unwrap_or(u64::MAX);
            round.bytes = round.bytes.saturating_add(bytes);
            self.state.store(Key::payload(body.tx), payload);
        }
        let seat = round.seat_of(signer)?;
        seat.vote = body.vote;
        seat.result_hash = body.result_hash;
        seat.revealed_ms = Some(now);
        if round.revealed() == round.committed() {
            self.reveals_closed(record)?;
        } else {
            if is_settled(round) {
                self.hurry(&mut record)?;
            }
            self.save(&record);
        }
        Ok(body.tx)
    }

    /// All sealed votes are open, or the deadline has passed: count (`ROUND-22`, `ROUND-24`).
    pub(crate) fn reveals_closed(&mut self, mut record: TxRecord) -> Result<(), ApplyError> {
        self.stop_timer(&record)?;
        self.idle_members(&record, self.params.reveal_timeout_ms, |seat| {
            seat.commit.is_some() && seat.revealed_ms.is_none()
        })?;
        let result = tally(current(&mut record)?);
        record.result = result;
        self.examine(&mut record)?;
        if current(&mut record)?.judges.is_some() {
            return self.appeal_judged(record, result);
        }
        match result {
            RoundResult::Agree | RoundResult::MajorityAgree => {
                self.decide(record, Status::Accepted)
            }
            RoundResult::Timeout => self.decide(record, Status::ValidatorsTimeout),
            RoundResult::Idle
            | RoundResult::Disagree
            | RoundResult::MajorityDisagree
            | RoundResult::DeterministicViolation
            | RoundResult::NoMajority => self.rotate(record, Status::Undetermined),
        }
    }
}

/// The vote was sealed, is opened once, and is the sealed one: nobody has to judge what is not
/// (`TRIBUNAL-17`).
pub(crate) fn check_seal(seat: &Seat, signer: Address, body: &Reveal) -> Result<(), Reject> {
    let sealed = seat.commit.ok_or(Reject::NoCommit { signer })?;
    if seat.revealed_ms.is_some() {
        return Err(Reject::AlreadyVoted { signer });
    }
    if body.vote == Vote::NotVoted {
        return Err(Reject::EmptyVote);
    }
    let opened = vote_commitment(
        body.tx,
        body.round,
        signer,
        body.vote,
        body.result_hash,
        body.nonce,
    );
    if opened == sealed {
        Ok(())
    } else {
        Err(Reject::SealMismatch { signer })
    }
}

/// A leader that agrees with itself opens its result, which must be the proposed one, within
/// bounds, and about its own contract; nobody else sends one. Returns the hash of the result.
fn check_payload(
    params: &Params,
    round: &Round,
    recipient: Address,
    signer: Address,
    body: &Reveal,
) -> Result<Option<B256>, Reject> {
    let leads = round
        .leader_seat()
        .is_some_and(|seat| seat.operator == signer);
    let must = leads && body.vote == Vote::Agree;
    let payload = match (&body.payload, must) {
        (Some(payload), true) => payload,
        (None, false) => return Ok(None),
        (Some(_), false) | (None, true) => return Err(Reject::PayloadMisplaced),
    };
    let hash = payload.hash();
    let proposed = round.proposal.and_then(|proposal| proposal.commitment);
    let opened = proposal_commitment(body.tx, body.round, signer, hash, body.nonce);
    let is_sound = hash == body.result_hash
        && proposed == Some(opened)
        && is_own(payload, recipient)
        && params.bound(payload.clone()) == *payload;
    if is_sound {
        Ok(Some(hash))
    } else {
        Err(Reject::BadPayload)
    }
}

fn is_own(payload: &Payload, recipient: Address) -> bool {
    payload.delta.keys().all(|page| page.contract == recipient)
}
