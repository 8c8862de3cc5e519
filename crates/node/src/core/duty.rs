//! Turns what a validator executed into what it says: proposals, votes, reveals.
//!
//! # Invariants
//! - A validator's word follows from its execution alone: same execution, same statement.
//!
//! # Not here
//! - Executing (`shell::worker`), when a duty arises (`venire-protocol`).

use super::snapshot::Snapshot;
use borsh::{BorshDeserialize, BorshSerialize};
use std::sync::Arc;
use venire_protocol::{Body, Kind, Params, TxRecord};
use venire_types::{
    Address, B256,
    calldata::{self, Value},
    jury::{Commit, Payload, Proposal, Propose, Reveal, proposal_commitment, vote_commitment},
    outcome::{Fault, Outcome},
    storage::StateView,
    vote::Vote,
};
use venire_vm::{Entry, Execution, Message, Permissions, Request, Role};

/// What a validator has bound itself to in one round, until it reveals.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Commitment {
    /// The vote; a leader's is always `Agree` unless it could not execute.
    pub vote: Vote,
    /// Hash of the own result; zero when there is none.
    pub result_hash: B256,
    /// The leader's result, revealed with its vote.
    pub payload: Option<Payload>,
}

/// A result that every member comes to without running anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How it ended.
    pub outcome: Outcome,
    /// Why.
    pub fault: Fault,
}

/// What every committee member runs for a transaction.
///
/// # Errors
/// The result every member comes to without running anything: the call object is malformed.
pub fn request(
    params: &Params,
    record: &TxRecord,
    body: Body,
    snapshot: &Snapshot,
    role: Role,
) -> Result<Request, Box<Ended>> {
    let call = calldata::decode(&body.calldata).map_err(|error| malformed(&error.to_string()))?;
    let Value::Map(_) = call else {
        return Err(malformed("the call object must be a map"));
    };
    let (code, entry) = match record.kind {
        Kind::Deploy => (Some(Arc::from(body.code)), Entry::Deploy(call)),
        Kind::Call | Kind::Transfer => (
            snapshot.code(
                record.recipient,
                StateView::Accepted,
                params.execution.code_bytes,
            ),
            Entry::Call(call),
        ),
    };
    let code = code.ok_or_else(|| {
        let message = format!("there is no contract at {}", record.recipient);
        ended("invalid_contract absent", "NoContract", message)
    })?;
    Ok(Request {
        code,
        message: Message {
            contract: record.recipient,
            sender: record.sender,
            origin: record.origin,
            value: record.value,
            chain_id: params.chain_id,
            time_ms: record.created_ms,
        },
        entry,
        view: StateView::Accepted,
        role,
        permissions: Permissions::WRITE,
        seed: record.seed.0,
    })
}

fn malformed(why: &str) -> Box<Ended> {
    let message = format!("the calldata of the transaction is malformed: {why}");
    ended("malformed_entry", "MalformedCalldata", message)
}

fn ended(code: &str, kind: &str, message: String) -> Box<Ended> {
    let fault = Fault {
        kind: kind.to_owned(),
        message,
        ..Fault::default()
    };
    let outcome = Outcome::VmError(code.to_owned());
    Box::new(Ended { outcome, fault })
}

/// The result of an execution, cut to what a block can carry.
#[must_use]
pub fn payload(params: &Params, execution: &Execution) -> Payload {
    params.bound(Payload {
        outcome: execution.outcome.clone(),
        delta: execution.delta.clone(),
        emissions: execution.emissions.clone(),
    })
}

/// A leader's proposal from its execution, and what it is bound to.
#[must_use]
pub fn lead(
    params: &Params,
    (tx, round, leader): (B256, u32, Address),
    execution: &Execution,
    nonce: B256,
) -> (Propose, Commitment) {
    if execution.unavailable.is_some() {
        let bound = Commitment {
            vote: Vote::Timeout,
            result_hash: B256::ZERO,
            payload: None,
        };
        return (
            Propose {
                tx,
                round,
                proposal: Proposal::Timeout,
            },
            bound,
        );
    }
    let payload = payload(params, execution);
    let result_hash = payload.hash();
    let commitment = proposal_commitment(tx, round, leader, result_hash, nonce);
    let proposal = Proposal::Result {
        nondet: execution.nondet.clone(),
        commitment,
    };
    let bound = Commitment {
        vote: Vote::Agree,
        result_hash,
        payload: Some(payload),
    };
    (
        Propose {
            tx,
            round,
            proposal,
        },
        bound,
    )
}

/// A member's vote from its own execution. Whether its deterministic result is the leader's is
/// judged by `apply` from the hashes, when both are open.
#[must_use]
pub fn judge(params: &Params, execution: &Execution) -> Commitment {
    if execution.unavailable.is_some() {
        return Commitment {
            vote: Vote::Timeout,
            result_hash: B256::ZERO,
            payload: None,
        };
    }
    let result_hash = payload(params, execution).hash();
    let vote = if execution.disagreement.is_some() {
        Vote::Disagree
    } else {
        Vote::Agree
    };
    Commitment {
        vote,
        result_hash,
        payload: None,
    }
}

/// A voter's word in a tribunal: is its own result the accused one (`TRIBUNAL-07`)? Who cannot
/// execute says so (`TRIBUNAL-10`).
#[must_use]
pub fn verify(params: &Params, execution: &Execution, accused: B256) -> Commitment {
    let judged = judge(params, execution);
    let vote = match judged.vote {
        Vote::Timeout => Vote::Timeout,
        _ if judged.result_hash == accused => Vote::Agree,
        _ => Vote::Disagree,
    };
    Commitment { vote, ..judged }
}

/// The sealed form of a commitment.
#[must_use]
pub fn commit((tx, round, who): (B256, u32, Address), bound: &Commitment, nonce: B256) -> Commit {
    let commitment = vote_commitment(tx, round, who, bound.vote, bound.result_hash, nonce);
    Commit {
        tx,
        round,
        commitment,
    }
}

/// The open form of a commitment.
#[must_use]
pub fn reveal(tx: B256, round: u32, bound: Commitment, nonce: B256) -> Reveal {
    let Commitment {
        vote,
        result_hash,
        payload,
    } = bound;
    Reveal {
        tx,
        round,
        vote,
        result_hash,
        nonce,
        payload,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{ended, unable};

    #[test]
    fn a_voter_of_a_tribunal_compares_results_and_nothing_else() {
        let params = Params::local();
        let outcome = Outcome::UserError("no".to_owned());
        let mut execution = ended(outcome.clone(), Fault::default());
        let accused = Payload::failed(outcome).hash();
        let vote = |execution: &Execution, accused| verify(&params, execution, accused);
        let agrees = vote(&execution, accused);
        assert_eq!((agrees.vote, agrees.result_hash), (Vote::Agree, accused));
        assert_eq!(agrees.payload, None);
        let differs = vote(&execution, B256::ZERO);
        assert_eq!(
            (differs.vote, differs.result_hash),
            (Vote::Disagree, accused)
        );
        // An opinion on the leader's answers is none on what was computed from them.
        execution.disagreement = Some(0);
        assert_eq!(vote(&execution, accused).vote, Vote::Agree);
        let unable = vote(&unable("the state is gone"), accused);
        assert_eq!(
            (unable.vote, unable.result_hash),
            (Vote::Timeout, B256::ZERO)
        );
    }
}
