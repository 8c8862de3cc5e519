//! What the chain remembers of a tribunal.
//!
//! # Invariants
//! - Records are `borsh` values under the keys of `state.rs`; the layout is part of consensus.
//! - The votes that it judges are not copied: those of a counted round never change.

use crate::record::{Round, Seat, TxRecord};
use alloc::vec::Vec;
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{Address, B256, signed::tagged};

/// Other validators find out who of a round broke determinism.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Tribunal {
    /// Its id: votes name it in place of a transaction, with round 0.
    pub id: B256,
    /// The transaction.
    pub tx: B256,
    /// Index of the round whose leader made the accused proposal.
    pub round: u32,
    /// That leader.
    pub accused: Address,
    /// Key that spoke for it.
    pub operator: Address,
    /// [`venire_types::jury::Payload::hash`] of the accused result.
    pub result_hash: B256,
    /// Epoch of the transaction, to which the deed belongs.
    pub epoch: u64,
    /// Block in which it was opened.
    pub opened_height: u64,
    /// Time of that block.
    pub opened_ms: u64,
    /// Where it stands.
    pub phase: TribunalPhase,
    /// When the present phase ends.
    pub deadline_ms: u64,
    /// Who votes: drawn once, never changed.
    pub seats: Vec<Seat>,
    /// What came out of it, once closed.
    pub finding: Option<Finding>,
}

/// Where a tribunal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum TribunalPhase {
    /// Votes are sealed.
    Committing,
    /// Votes are opened.
    Revealing,
    /// It has ended.
    Closed,
}

/// What came out of a tribunal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Finding {
    /// A majority has one other result: the leader was wrong.
    Convicted {
        /// The right result's hash.
        right: B256,
    },
    /// A majority has the leader's result: who accused it was wrong.
    Restored,
    /// No result has a majority: nobody is to blame.
    NoMajority,
}

/// Id of the tribunal about a proposal: no transaction has it, so no vote fits both.
pub(super) fn id_of(tx: B256, round: u32) -> B256 {
    tagged("tribunal", &[tx.as_slice(), &round.to_be_bytes()])
}

impl Tribunal {
    /// Id of the tribunal about the proposal that the leader of this round made, if there is one.
    #[must_use]
    pub fn id_of(tx: B256, round: u32) -> B256 {
        id_of(tx, round)
    }

    /// Hash of the result that was found to be right.
    #[must_use]
    pub fn right(&self) -> Option<B256> {
        match self.finding? {
            Finding::Convicted { right } => Some(right),
            Finding::Restored => Some(self.result_hash),
            Finding::NoMajority => None,
        }
    }

    /// Rounds of its transaction that have voted on the accused proposal: the evidence
    /// (`TRIBUNAL-03`).
    pub fn evidence<'a>(&self, record: &'a TxRecord) -> impl Iterator<Item = &'a Round> + use<'a> {
        on_proposal(record, self.round).filter(|round| round.is_counted())
    }
}

/// The round in which a leader made this proposal, and those that judged it once more.
pub(super) fn on_proposal(record: &TxRecord, proposal: u32) -> impl Iterator<Item = &Round> {
    let rounds = (0_u32..).zip(&record.rounds);
    rounds
        .filter(move |(index, round)| round.judges.unwrap_or(*index) == proposal)
        .map(|(_, round)| round)
}
