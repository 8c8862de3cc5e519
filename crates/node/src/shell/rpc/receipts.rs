//! Renders what each committee member reported of its execution.

use super::super::{
    journal::{Entry, Place},
    node::{Head, STAKE, Shared, ValidatorSeat},
    reads::explain,
};
use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use venire_api::{
    quantity::{hex_address, hex_hash, integer},
    types::{GenvmResult, Model, NodeConfig, PendingMessage, Receipt},
};
use venire_protocol::{Round, Seat, TxRecord};
use venire_types::{
    B256,
    emission::{Emission, On},
    outcome::{Fault, Outcome},
    vote::Vote,
};

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

/// One transaction being rendered.
pub(super) struct Rendering<'a> {
    pub(super) shared: &'a Shared,
    pub(super) head: &'a Head,
    pub(super) record: &'a TxRecord,
    /// Base64 of the call object, the same in every receipt.
    pub(super) calldata: String,
}

impl Rendering<'_> {
    /// What a member saw, if it lives in this process.
    pub(super) fn entry(&self, round: usize, seat: &Seat) -> Option<Entry> {
        let round = u32::try_from(round).ok()?;
        let place = Place {
            tx: self.record.id,
            round,
            validator: seat.validator,
        };
        self.shared.journal.seen(place)
    }

    /// The leader's recorded answers of a round.
    pub(super) fn nondet(&self, round: usize) -> BTreeMap<u32, Vec<u8>> {
        let round = u32::try_from(round).unwrap_or(u32::MAX);
        self.head.snapshot.nondet(self.record.id, round)
    }

    /// The proposal, and the leader's own vote once it is open.
    pub(super) fn leader(&self, index: usize, round: &Round) -> Vec<Receipt> {
        let leader = usize::try_from(round.leader)
            .ok()
            .and_then(|at| round.seats.get(at));
        let (Some(seat), Some(_)) = (leader, round.proposal) else {
            return Vec::new();
        };
        let proposal = Receipt {
            vote: None,
            ..self.receipt(index, seat, true)
        };
        let voted = (seat.vote != Vote::NotVoted).then(|| self.receipt(index, seat, true));
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
        let entry = self.entry(index, seat);
        let note = entry
            .as_ref()
            .map(|entry| entry.note.clone())
            .unwrap_or_default();
        // Before the vote is open nothing of the execution may show: a vote is secret until then.
        let is_open =
            seat.vote != Vote::NotVoted || self.record.is_decided() || self.record.is_closed();
        let note = if is_open {
            note
        } else {
            crate::core::Note::default()
        };
        let payload = (is_open && is_leader)
            .then(|| entry.and_then(|entry| entry.bound.payload))
            .flatten()
            .or_else(|| {
                self.head
                    .snapshot
                    .payload(self.record.id)
                    .filter(|_| is_open && is_leader)
            });
        let outcome = payload
            .as_ref()
            .map(|payload| payload.outcome.clone())
            .or_else(|| note.outcome.clone());
        let emissions = payload.map(|payload| payload.emissions).unwrap_or_default();
        let eq_outputs = if is_leader {
            self.nondet(index)
        } else {
            BTreeMap::new()
        };
        Receipt {
            vote: Some(vote_name(seat.vote).to_owned()),
            execution_result: execution_name(outcome.as_ref()).to_owned(),
            result: base64(&outcome.as_ref().map_or_else(|| vec![4], Outcome::to_bytes)),
            calldata: self.calldata.clone(),
            gas_used: note.fuel / 1_000_000,
            mode: if is_leader { "leader" } else { "validator" }.to_owned(),
            contract_state: Map::new(),
            contract_state_hash: None,
            node_config: node_config(
                self.shared.seat(seat.validator),
                &hex_address(seat.validator),
            ),
            eq_outputs: eq_outputs
                .iter()
                .map(|(at, bytes)| (at.to_string(), base64(bytes)))
                .collect(),
            pending_transactions: emissions.iter().filter_map(pending).collect(),
            genvm_result: genvm_result(
                &note.stdout,
                &note.stderr,
                outcome.as_ref(),
                note.fault.as_ref(),
            ),
            processing_time: note.elapsed_ms,
            nondet_disagree: note.disagreement,
            reason: note.reason,
            result_hash: (seat.result_hash != B256::ZERO).then(|| hex_hash(seat.result_hash)),
        }
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
                Outcome::UserError(_) => "user_error",
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
pub(super) fn node_config(seat: Option<&ValidatorSeat>, address: &str) -> NodeConfig {
    NodeConfig {
        address: address.to_owned(),
        stake: STAKE,
        primary_model: model(seat),
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
