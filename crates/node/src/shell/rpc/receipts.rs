//! Renders what each committee member reported of its execution.
//!
//! # Invariants
//! - Nothing of an execution shows before its vote is open: until then a vote is secret.
//! - What the rules made of a result goes before what the execution came to.
//! - A receipt has a bounded size, whatever the contract printed or was called with.

use super::super::node::{Head, Shared, ValidatorSeat};
use crate::core::{Note, Place, explain};
use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::{borrow::Cow, collections::BTreeMap};
use venire_api::{
    quantity::{hex_address, hex_hash, integer},
    types::{GenvmResult, Model, NodeConfig, PendingMessage, Receipt},
};
use venire_protocol::{Round, Seat, TxRecord};
use venire_types::{
    Address, B256,
    emission::{Emission, On},
    jury::Payload,
    keccak256,
    outcome::{Fault, Outcome},
    signed::canonical,
    vote::Vote,
};

/// Characters of printed output in a receipt; a trace has all of it.
const OUTPUT_MAX: usize = 5000;
/// Largest call object that every receipt repeats, in base64.
const CALLDATA_MAX: usize = 4096_usize.div_ceil(3) * 4;

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A vote as Studio's clients spell it.
pub(super) const fn vote_name(vote: Vote) -> &'static str {
    match vote {
        Vote::NotVoted => "not_voted",
        Vote::Agree => "agree",
        Vote::Disagree => "disagree",
        Vote::Timeout => "timeout",
        Vote::DeterministicViolation => "deterministic_violation",
    }
}

/// Whether what a member executed may be shown.
pub(super) fn is_open(record: &TxRecord, seat: &Seat) -> bool {
    seat.vote != Vote::NotVoted || record.is_decided() || record.is_closed()
}

/// What may be shown of one member's execution.
#[derive(Default)]
pub(super) struct Seen {
    /// What the member saw, if it lives in this process.
    pub(super) note: Note,
    /// A leader's result.
    pub(super) payload: Option<Payload>,
}

impl Seen {
    /// How the execution ended, as the rules have it.
    pub(super) fn outcome(&self) -> Option<&Outcome> {
        let agreed = self.payload.as_ref().map(|payload| &payload.outcome);
        agreed.or(self.note.outcome.as_ref())
    }
}

/// One transaction being rendered.
pub(super) struct Rendering<'a> {
    pub(super) shared: &'a Shared,
    pub(super) head: &'a Head,
    pub(super) record: &'a TxRecord,
    /// Base64 of the call object.
    pub(super) calldata: String,
}

impl Rendering<'_> {
    /// What may be shown of a member's execution.
    pub(super) fn seen(&self, index: usize, seat: &Seat) -> Seen {
        let Some(round) = self.record.rounds.get(index) else {
            return Seen::default();
        };
        if !is_open(self.record, seat) {
            return Seen::default();
        }
        let entry = u32::try_from(index).ok().and_then(|round| {
            self.shared.journal.seen(Place {
                tx: self.record.id,
                round,
                validator: seat.validator,
            })
        });
        let leads = round.leader() == Some(seat.validator);
        let stands = self.record.proposal_round() == Some(index);
        // The chain's copy goes first: a decision may have turned a result into a failure.
        let chained = (leads && stands && round.result_hash.is_some())
            .then(|| self.head.snapshot.payload(self.record.id))
            .flatten();
        let (note, bound) = entry.map_or_else(Default::default, |entry| {
            (entry.note, entry.bound.payload.filter(|_| leads))
        });
        Seen {
            note,
            payload: chained.or(bound),
        }
    }

    /// The leader's recorded answers of a round.
    pub(super) fn nondet(&self, round: usize) -> BTreeMap<u32, Vec<u8>> {
        let round = u32::try_from(round).unwrap_or(u32::MAX);
        self.head.snapshot.nondet(self.record.id, round)
    }

    /// The proposal, and the leader's own vote once it is open.
    pub(super) fn leader(&self, index: usize, round: &Round) -> Vec<Receipt> {
        let leader = round.leader_seat();
        let (Some(seat), Some(_)) = (leader, round.proposal) else {
            return Vec::new();
        };
        let voted = self.receipt(index, seat, true);
        let proposal = Receipt {
            vote: None,
            calldata: self.calldata.clone(),
            ..voted.clone()
        };
        let voted = (seat.vote != Vote::NotVoted).then_some(voted);
        std::iter::once(proposal).chain(voted).collect()
    }

    /// Everyone but the leader, in seat order.
    pub(super) fn others(&self, index: usize, round: &Round) -> Vec<Receipt> {
        let leader = round.leader();
        let others = round
            .seats
            .iter()
            .filter(|seat| Some(seat.validator) != leader);
        others
            .map(|seat| self.receipt(index, seat, false))
            .collect()
    }

    fn receipt(&self, index: usize, seat: &Seat, is_leader: bool) -> Receipt {
        let seen = self.seen(index, seat);
        let outcome = seen.outcome();
        let payload = seen.payload.as_ref();
        let emissions = payload.map_or(&[][..], |payload| payload.emissions.as_slice());
        let written = payload.filter(|payload| payload.outcome.is_success());
        let note = &seen.note;
        let eq_outputs = if is_leader {
            self.nondet(index)
        } else {
            BTreeMap::new()
        };
        Receipt {
            vote: Some(vote_name(seat.vote).to_owned()),
            execution_result: execution_name(outcome).to_owned(),
            result: base64(&outcome.map_or_else(|| vec![4], Outcome::to_bytes)),
            calldata: if self.calldata.len() <= CALLDATA_MAX {
                self.calldata.clone()
            } else {
                String::new()
            },
            gas_used: note.fuel / 1_000_000,
            mode: if is_leader { "leader" } else { "validator" }.to_owned(),
            contract_state: Map::new(),
            contract_state_hash: written
                .map(|payload| hex_hash(keccak256(canonical(&payload.delta)))),
            node_config: node_config(self.shared, seat.validator),
            eq_outputs: eq_outputs
                .iter()
                .map(|(at, bytes)| (at.to_string(), base64(bytes)))
                .collect(),
            pending_transactions: emissions.iter().filter_map(pending).collect(),
            genvm_result: genvm_result(
                &cut(&note.stdout),
                &cut(&note.stderr),
                outcome,
                note.fault.as_ref(),
            ),
            processing_time: note.elapsed_ms,
            nondet_disagree: note.disagreement,
            reason: note.reason.clone(),
            result_hash: (seat.result_hash != B256::ZERO).then(|| hex_hash(seat.result_hash)),
        }
    }
}

/// The first characters of a long output.
fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(OUTPUT_MAX) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!(
            "{}\n[cut here; gen_dbg_traceTransaction has all of it]",
            text.get(..end).unwrap_or_default()
        )),
    }
}

/// `SUCCESS` or `ERROR`.
pub(super) fn execution_name(outcome: Option<&Outcome>) -> &'static str {
    if outcome.is_some_and(Outcome::is_success) {
        "SUCCESS"
    } else {
        "ERROR"
    }
}

/// Output and failure of an execution.
pub(super) fn genvm_result(
    stdout: &str,
    stderr: &str,
    outcome: Option<&Outcome>,
    fault: Option<&Fault>,
) -> GenvmResult {
    let failed = outcome.filter(|outcome| !outcome.is_success());
    GenvmResult {
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
        error_code: failed.map(|_| "CONTRACT_ERROR".to_owned()),
        raw_error: failed.map(|outcome| {
            let code = match outcome {
                Outcome::Return(_) => "",
                Outcome::UserError(_) | Outcome::UserValue(_) => "user_error",
                Outcome::VmError(code) => code,
            };
            fault.map_or_else(
                || json!({ "code": code }),
                |fault| {
                    json!({
                        "code": code,
                        "kind": fault.kind,
                        "message": fault.message,
                        "location": fault.location,
                        "traceback": fault.traceback,
                    })
                },
            )
        }),
        error_description: failed.and_then(|outcome| explain(outcome, fault)),
    }
}

fn pending(emission: &Emission) -> Option<PendingMessage> {
    let on = |on: On| {
        if on == On::Accepted {
            "accepted"
        } else {
            "finalized"
        }
        .to_owned()
    };
    match emission {
        Emission::Post {
            to,
            calldata,
            value,
            on: when,
        } => Some(PendingMessage {
            address: Some(hex_address(*to)),
            calldata: base64(calldata),
            code: None,
            on: on(*when),
            value: integer(*value),
            is_eth_send: false,
        }),
        Emission::Deploy {
            code,
            calldata,
            value,
            on: when,
            ..
        } => Some(PendingMessage {
            address: None,
            calldata: base64(calldata),
            code: Some(base64(code)),
            on: on(*when),
            value: integer(*value),
            is_eth_send: false,
        }),
        Emission::External {
            to,
            calldata,
            value,
        } => Some(PendingMessage {
            address: Some(hex_address(*to)),
            calldata: base64(calldata),
            code: None,
            on: on(On::Finalized),
            value: integer(*value),
            is_eth_send: true,
        }),
        Emission::Event { .. } => None,
    }
}

/// What a validator declares of itself.
pub(super) fn node_config(shared: &Shared, validator: Address) -> NodeConfig {
    NodeConfig {
        address: hex_address(validator),
        stake: shared.stake,
        primary_model: model(shared.seat(validator)),
        secondary_model: None,
    }
}

/// The first model a validator asks.
pub(super) fn model(seat: Option<&ValidatorSeat>) -> Model {
    let spec = seat.and_then(|seat| seat.profile.specs().first());
    let mut plugin_config = Map::new();
    plugin_config.insert(
        "spec".to_owned(),
        spec.map_or(Value::Null, |spec| spec.to_string().into()),
    );
    Model {
        provider: spec
            .map_or("unknown", |spec| spec.provider_name())
            .to_owned(),
        model: spec.map_or_else(|| "unknown".to_owned(), |spec| spec.model_name()),
        config: Map::new(),
        plugin: spec
            .map_or("unknown", |spec| spec.provider_name())
            .to_owned(),
        plugin_config,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_output_is_cut_between_characters() {
        assert_eq!(cut("short"), "short");
        let whole = "\u{e9}".repeat(OUTPUT_MAX);
        assert_eq!(cut(&whole), whole);
        let long = format!("{whole}tail");
        let shown = cut(&long);
        assert!(shown.starts_with(&whole) && !shown.contains("tail"));
        assert!(shown.ends_with("gen_dbg_traceTransaction has all of it]"));
    }
}
