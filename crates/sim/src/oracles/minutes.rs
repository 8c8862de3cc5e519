//! What validators have said, from the inputs that agreed blocks carried out; what is counted is counted
//! from here.
//!
//! # Invariants
//! - Nothing is taken from a record but who has which seat.

use crate::parcel::Ordered;
use std::collections::BTreeMap;
use venire_protocol::{Effect, Input, Round, Seat, StatusChange, TxRecord};
use venire_types::{
    Address, B256,
    jury::{Payload, Proposal, vote_commitment},
    signed::canonical,
    vote::{Status, Vote},
};

/// An opened vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) vote: Vote,
    pub(super) result: B256,
    pub(super) height: u64,
}

/// What was said in one round, or to a tribunal, by key.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// Answers and their bytes; `None` when the leader declared a timeout.
    pub(super) proposed: Option<Option<(usize, usize)>>,
    /// Seals, and the height at which each came.
    pub(super) sealed: BTreeMap<Address, (B256, u64)>,
    pub(super) opened: BTreeMap<Address, Opened>,
    /// The leader's result.
    pub(super) payload: Option<Payload>,
}

impl Words {
    /// Whether a key had sealed its vote before a block.
    pub(super) fn had_sealed(&self, key: Address, height: u64) -> bool {
        self.sealed.get(&key).is_some_and(|(_, at)| *at < height)
    }

    /// Whether a key had opened its vote before a block.
    pub(super) fn had_opened(&self, key: Address, height: u64) -> bool {
        self.opened
            .get(&key)
            .is_some_and(|opened| opened.height < height)
    }
}

/// All that was said.
#[derive(Debug, Default)]
pub(super) struct Minutes {
    words: BTreeMap<(B256, u32), Words>,
    silence: Words,
}

/// What more than half of all seats say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    Agree,
    Timeout,
    Other,
}

impl Minutes {
    /// Takes down a block.
    pub(super) fn hear(&mut self, ordered: &Ordered) -> Option<String> {
        let height = ordered.block.height;
        let inputs = &ordered.block.inputs;
        let mut seen = None;
        for effect in &ordered.effects {
            let Effect::Included { input, .. } = effect else {
                continue;
            };
            let input = usize::try_from(*input).ok().and_then(|at| inputs.get(at));
            let what = input.and_then(|input| self.note(input, height));
            seen = seen.or(what);
        }
        seen
    }

    fn note(&mut self, input: &Input, height: u64) -> Option<String> {
        match input {
            Input::Propose(words) => {
                let (body, signer) = (words.body(), words.signer());
                let round = self.words.entry((body.tx, body.round)).or_default();
                let proposed = match &body.proposal {
                    Proposal::Result { nondet, .. } => {
                        Some((nondet.len(), canonical(nondet).len()))
                    }
                    Proposal::Timeout => None,
                };
                let again = round.proposed.replace(proposed).is_some();
                again.then(|| format!("{signer} proposed in {} again", body.tx))
            }
            Input::Commit(words) => {
                let (body, signer) = (words.body(), words.signer());
                let round = self.words.entry((body.tx, body.round)).or_default();
                let seal = (body.commitment, height);
                let again = round.sealed.insert(signer, seal).is_some();
                again.then(|| format!("{signer} sealed two votes in {}", body.tx))
            }
            Input::Reveal(words) => {
                let (body, signer) = (words.body(), words.signer());
                let round = self.words.entry((body.tx, body.round)).or_default();
                if let Some(payload) = &body.payload {
                    round.payload = Some(payload.clone());
                }
                let opened = Opened {
                    vote: body.vote,
                    result: body.result_hash,
                    height,
                };
                let again = round.opened.insert(signer, opened).is_some();
                let (vote, result) = (body.vote, body.result_hash);
                let seal = vote_commitment(body.tx, body.round, signer, vote, result, body.nonce);
                let sealed = round.sealed.get(&signer).map(|(sealed, _)| *sealed);
                if again || sealed != Some(seal) {
                    let tx = body.tx;
                    return Some(format!("{signer} opened in {tx} what it had not sealed"));
                }
                None
            }
            _ => None,
        }
    }

    /// What was said in a round.
    pub(super) fn of(&self, id: B256, round: usize) -> &Words {
        let round = u32::try_from(round).unwrap_or(u32::MAX);
        self.words.get(&(id, round)).unwrap_or(&self.silence)
    }

    /// The result that a round is about, as its leader opened it.
    pub(super) fn payload(&self, record: &TxRecord, round: usize) -> Option<&Payload> {
        self.of(record.id, proposal_of(record, round)?)
            .payload
            .as_ref()
    }

    /// Its hash.
    pub(super) fn result(&self, record: &TxRecord, round: usize) -> Option<B256> {
        self.payload(record, round).map(Payload::hash)
    }

    /// The vote of a seat as it counts (`ROUND-22`), and the result that came with it.
    pub(super) fn vote(&self, record: &TxRecord, round: usize, seat: &Seat) -> (Vote, B256) {
        let opened = self.of(record.id, round).opened.get(&seat.operator);
        let Some(opened) = opened else {
            return (Vote::NotVoted, B256::ZERO);
        };
        let leaders = self.result(record, round);
        let deviates = leaders.is_some_and(|leaders| leaders != opened.result);
        let vote = if opened.vote == Vote::Agree && deviates {
            Vote::DeterministicViolation
        } else {
            opened.vote
        };
        (vote, opened.result)
    }

    /// What more than half of the seats of a round say.
    pub(super) fn voice(&self, record: &TxRecord, index: usize) -> Voice {
        let seats = record.rounds.get(index).map_or(&[][..], |r| &r.seats);
        let count = |wanted: Vote| {
            let votes = seats.iter().map(|seat| self.vote(record, index, seat).0);
            votes.filter(|vote| *vote == wanted).count()
        };
        let half = seats.len() / 2;
        if self.result(record, index).is_some() && count(Vote::Agree) > half {
            Voice::Agree
        } else if count(Vote::Timeout) > half {
            Voice::Timeout
        } else {
            Voice::Other
        }
    }
}

/// Index of the round whose leader made the proposal that a round is about.
pub(super) fn proposal_of(record: &TxRecord, round: usize) -> Option<usize> {
    match record.rounds.get(round)?.judges {
        Some(judged) => usize::try_from(judged).ok(),
        None => Some(round),
    }
}

/// A stretch of a transaction's journey: a round, from its first phase to the beginning of the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg<'a> {
    /// Index of the round.
    pub(super) index: usize,
    /// The round.
    pub(super) round: &'a Round,
    /// What stood before it.
    pub(super) before: Option<Status>,
    /// Its phases, and what came of it.
    pub(super) steps: &'a [StatusChange],
    /// What ended it.
    pub(super) fate: Option<StatusChange>,
}

/// Whether a round begins with this status.
const fn begins(status: Status) -> bool {
    matches!(status, Status::Proposing | Status::AppealCommitting)
}

/// Whether a round is under way in this status.
pub(super) const fn is_phase(status: Status) -> bool {
    matches!(
        status,
        Status::Proposing
            | Status::Committing
            | Status::Revealing
            | Status::AppealCommitting
            | Status::AppealRevealing
    )
}

/// The rounds of a transaction along its journey.
pub(super) fn legs(record: &TxRecord) -> Vec<Leg<'_>> {
    let history = &record.history;
    let starts = (0..history.len()).filter(|at| history.get(*at).is_some_and(|s| begins(s.status)));
    let starts: Vec<usize> = starts.collect();
    let rounds = record.rounds.iter().enumerate();
    let legs = rounds.zip(&starts).map(|((index, round), start)| {
        let end = starts.get(index + 1).copied().unwrap_or(history.len());
        let steps = history.get(*start..end).unwrap_or_default();
        let fate = steps.iter().find(|step| !is_phase(step.status));
        let before = start.checked_sub(1).and_then(|at| history.get(at));
        Leg {
            index,
            round,
            before: before.map(|step| step.status),
            steps,
            fate: fate.or_else(|| history.get(end)).copied(),
        }
    });
    legs.collect()
}
