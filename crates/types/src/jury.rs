//! What committee members say: proposals, commits and reveals.
//!
//! # Invariants
//! - A commit binds transaction, round, validator, vote, result and a secret; nothing about the
//!   vote can be read from it without the secret.

use crate::{
    emission::Emission,
    outcome::Outcome,
    signed::{Statement, canonical, tagged},
    storage::StorageDelta,
    vote::Vote,
};
use alloc::{collections::BTreeMap, vec::Vec};
use alloy_primitives::{Address, B256};
use borsh::{BorshDeserialize, BorshSerialize};

/// Everything a successful execution would change, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Payload {
    /// How the execution ended.
    pub outcome: Outcome,
    /// Pages written; empty unless `outcome` is a return.
    pub delta: StorageDelta,
    /// Messages and events; empty unless `outcome` is a return.
    pub emissions: Vec<Emission>,
}

impl Payload {
    /// A failed execution, which changes nothing.
    #[must_use]
    pub const fn failed(outcome: Outcome) -> Self {
        Self {
            outcome,
            delta: BTreeMap::new(),
            emissions: Vec::new(),
        }
    }

    /// What votes refer to.
    #[must_use]
    pub fn hash(&self) -> B256 {
        tagged("result", &[&canonical(self)])
    }
}

/// What a leader offers.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Proposal {
    /// An execution result, hidden until the reveal.
    Result {
        /// Results of non-deterministic blocks by number (`Outcome::to_bytes`).
        nondet: BTreeMap<u32, Vec<u8>>,
        /// [`proposal_commitment`] of the result.
        commitment: B256,
    },
    /// The leader could not execute in time.
    Timeout,
}

/// A leader's proposal for one round.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Propose {
    /// Transaction.
    pub tx: B256,
    /// Index of the round in the transaction's record.
    pub round: u32,
    /// What is offered.
    pub proposal: Proposal,
}

/// A member's sealed vote.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Commit {
    /// Transaction.
    pub tx: B256,
    /// Index of the round in the transaction's record.
    pub round: u32,
    /// [`vote_commitment`] of the vote.
    pub commitment: B256,
}

/// A member's opened vote.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Reveal {
    /// Transaction.
    pub tx: B256,
    /// Index of the round in the transaction's record.
    pub round: u32,
    /// The vote.
    pub vote: Vote,
    /// [`Payload::hash`] of the member's own execution; zero when it has none.
    pub result_hash: B256,
    /// The secret of the commit; the leader's proposal uses the same one.
    pub nonce: B256,
    /// The result itself: the leader's reveal carries it, no other does.
    pub payload: Option<Payload>,
}

impl Statement for Propose {
    const DOMAIN: &'static str = "propose";
}

impl Statement for Commit {
    const DOMAIN: &'static str = "commit";
}

impl Statement for Reveal {
    const DOMAIN: &'static str = "reveal";
}

/// Seals a vote.
#[must_use]
pub fn vote_commitment(
    tx: B256,
    round: u32,
    validator: Address,
    vote: Vote,
    result_hash: B256,
    nonce: B256,
) -> B256 {
    tagged(
        "vote",
        &[
            tx.as_slice(),
            &round.to_be_bytes(),
            validator.as_slice(),
            &[vote as u8],
            result_hash.as_slice(),
            nonce.as_slice(),
        ],
    )
}

/// Seals a leader's result.
#[must_use]
pub fn proposal_commitment(
    tx: B256,
    round: u32,
    leader: Address,
    result_hash: B256,
    nonce: B256,
) -> B256 {
    tagged(
        "proposal",
        &[
            tx.as_slice(),
            &round.to_be_bytes(),
            leader.as_slice(),
            result_hash.as_slice(),
            nonce.as_slice(),
        ],
    )
}
