//! One line about a decided transaction, for consoles.

use super::node::Shared;
use crate::core::{Place, explain};
use venire_protocol::{Kind, TxRecord};
use venire_types::{
    Address, B256,
    calldata::{self, Value},
    outcome::{Fault, Outcome},
    vote::{Status, Vote},
};

/// What a person wants to know first.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Transaction.
    pub tx: B256,
    /// `deploy`, `call` or `transfer`.
    pub kind: &'static str,
    /// Callee or new contract.
    pub contract: Address,
    /// Called method, if any.
    pub method: Option<String>,
    /// Statuses passed through.
    pub journey: Vec<Status>,
    /// Votes of the last round in seat order.
    pub votes: Vec<Vote>,
    /// Milliseconds from creation to decision.
    pub elapsed_ms: u64,
    /// Whether the contract returned.
    pub success: bool,
    /// Why it failed, in one plain sentence.
    pub reason: Option<String>,
}

pub(crate) fn summary(shared: &Shared, tx: B256) -> Option<Summary> {
    let snapshot = shared.head().snapshot.clone();
    let record = snapshot.record(tx)?;
    let decided = record
        .history
        .iter()
        .rev()
        .find(|change| change.status != Status::Finalized);
    let elapsed_ms = decided.map_or(0, |change| change.time_ms.saturating_sub(record.created_ms));
    Some(Summary {
        tx,
        kind: match record.kind {
            Kind::Deploy => "deploy",
            Kind::Call => "call",
            Kind::Transfer => "transfer",
        },
        contract: record.recipient,
        method: method(&snapshot.body(tx).calldata),
        journey: record.history.iter().map(|change| change.status).collect(),
        votes: record.round().map_or_else(Vec::new, |round| {
            round.seats.iter().map(|seat| seat.vote).collect()
        }),
        elapsed_ms,
        success: record.is_success() || record.kind == Kind::Transfer,
        reason: reason(shared, &record),
    })
}

fn method(bytes: &[u8]) -> Option<String> {
    let Ok(Value::Map(call)) = calldata::decode(bytes) else {
        return None;
    };
    match call.get("method").or_else(|| call.get("")) {
        Some(Value::Str(name)) => Some(name.clone()),
        _ => None,
    }
}

/// Why a transaction did not do what it was sent for, in one plain sentence.
pub(crate) fn reason(shared: &Shared, record: &TxRecord) -> Option<String> {
    let Some(outcome) = &record.outcome else {
        return unsettled(shared, record);
    };
    let why = explain(outcome, fault(shared, record).as_ref())?;
    Some(match outcome {
        Outcome::UserError(_) | Outcome::UserValue(_) => format!("the contract refused: {why}"),
        Outcome::Return(_) | Outcome::VmError(_) => why,
    })
}

/// What the leader saw of the failure that was agreed on.
fn fault(shared: &Shared, record: &TxRecord) -> Option<Fault> {
    let index = record.proposal_round()?;
    let place = Place {
        tx: record.id,
        round: u32::try_from(index).ok()?,
        validator: record.rounds.get(index)?.leader()?,
    };
    shared.journal.seen(place)?.note.fault
}

fn unsettled(shared: &Shared, record: &TxRecord) -> Option<String> {
    let say = |text: &str| Some(text.to_owned());
    let why = match record.status {
        Status::Undetermined => say("the validators did not agree, not even after every rotation"),
        Status::ValidatorsTimeout => say("most validators could not execute in time"),
        Status::LeaderTimeout => say("no leader could execute in time"),
        Status::Canceled => record
            .note
            .clone()
            .or_else(|| say("canceled by its sender")),
        _ => None,
    }?;
    let dissent = record.round().and_then(|round| {
        let number = u32::try_from(record.rounds.len().checked_sub(1)?).ok()?;
        round.seats.iter().find_map(|seat| {
            let place = Place {
                tx: record.id,
                round: number,
                validator: seat.validator,
            };
            shared.journal.seen(place)?.note.reason
        })
    });
    Some(dissent.map_or_else(|| why.clone(), |dissent| format!("{why}: {dissent}")))
}
