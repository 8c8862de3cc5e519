//! What the chain remembers: accounts, contracts, queues and one record per transaction.
//!
//! # Invariants
//! - Records are `borsh` values under the keys of `state.rs`; the layout is part of consensus.

use crate::fee::Funds;
use alloc::{collections::BTreeMap, vec::Vec};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{
    Address, B256, U256,
    emission::On,
    family::Family,
    outcome::Outcome,
    vote::{RoundResult, Status, Vote},
};

/// Chain-wide figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Globals {
    /// Height of the last applied block; 0 is genesis.
    pub height: u64,
    /// Time of the last applied block.
    pub time_ms: u64,
    /// All money there ever was: genesis allocations and stakes, faucet, inflation.
    pub minted: U256,
    /// How much of it is gone for ever.
    pub burned: U256,
    /// Transactions ever created.
    pub transactions: u64,
}

/// Nonce and irrevocable balance of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Account {
    /// Signed transactions included so far.
    pub nonce: u64,
    /// Wei.
    pub balance: U256,
}

/// How far a contract's deploy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum CodeState {
    /// Accepted, not final.
    Accepted,
    /// Irrevocable.
    Finalized,
}

/// A deployed contract.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Contract {
    /// How far the deploy has come.
    pub state: CodeState,
    /// Who deployed it.
    pub creator: Address,
    /// The deploying transaction.
    pub deploy: B256,
    /// keccak256 of the code.
    pub code_hash: B256,
}

/// The transactions of one address, in slots that are worked on and finalised in order.
///
/// `finalized <= next <= tail`; the transaction in flight, if any, sits in slot `next - 1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Queue {
    /// First free slot.
    pub tail: u64,
    /// First slot that was not activated yet.
    pub next: u64,
    /// First slot that is not final yet.
    pub finalized: u64,
    /// A transaction is in flight.
    pub busy: bool,
}

/// A member of the active set.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Validator {
    /// Identity: the wallet that holds the stake.
    pub address: Address,
    /// Key that signs proposals and votes; a validator of genesis signs with its identity.
    pub operator: Address,
    /// Own stake, wei.
    pub stake: U256,
    /// Weight in draws.
    pub weight: U256,
    /// Family of its model, as declared when the active set was chosen.
    pub family: Family,
}

/// What kind of transaction it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum Kind {
    /// Native tokens only.
    Transfer,
    /// New contract.
    Deploy,
    /// Call of a contract.
    Call,
}

/// What a transaction runs; never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Body {
    /// Encoded call object.
    pub calldata: Vec<u8>,
    /// Contract code of a deploy, else empty.
    pub code: Vec<u8>,
}

/// One step of a transaction's journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StatusChange {
    /// New status.
    pub status: Status,
    /// Block.
    pub height: u64,
    /// Block time.
    pub time_ms: u64,
}

/// The public record of one transaction. Calldata and code are in its [`Body`], the installed
/// bytes in its `Payload`, the leader's answers in the proposal of each round.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TxRecord {
    /// Transaction id (hash of the raw bytes, or derived from the parent).
    pub id: B256,
    /// Deploy, call or transfer.
    pub kind: Kind,
    /// Immediate caller.
    pub sender: Address,
    /// Signer at the root of the call chain; zero for the faucet.
    pub origin: Address,
    /// Callee; the new contract for a deploy.
    pub recipient: Address,
    /// Wei carried.
    pub value: U256,
    /// Nonce of a signed transaction.
    pub nonce: Option<u64>,
    /// Place in the recipient's queue; transfers need none.
    pub slot: Option<u64>,
    /// Place among all transactions of the chain.
    pub index: u64,
    /// Committee size asked for.
    pub validators_wanted: u32,
    /// Rotations asked for.
    pub rotations: u32,
    /// Rotations that are left.
    pub rotations_left: u32,
    /// The leader's word alone decides.
    pub leader_only: bool,
    /// Must not start after this time.
    pub valid_until_ms: Option<u64>,
    /// Salt of a deploy; zero for none.
    pub salt: U256,
    /// Block that created it.
    pub created_height: u64,
    /// Time of that block: the time the contract sees.
    pub created_ms: u64,
    /// Where it stands.
    pub status: Status,
    /// How it came there, oldest first; starts with `Pending`.
    pub history: Vec<StatusChange>,
    /// Judgements, oldest first: one entry per leader, and one per committee of an appeal.
    pub rounds: Vec<Round>,
    /// Objections to a decision, oldest first.
    pub appeals: Vec<Appeal>,
    /// Randomness the contract sees, once activated.
    pub seed: B256,
    /// How it ended, once decided; `None` when nothing was agreed.
    pub outcome: Option<Outcome>,
    /// The tally of the last round.
    pub result: RoundResult,
    /// Length of the contest window of the present decision; every failed appeal shortens it.
    pub window_ms: u64,
    /// When the contest window closes, once decided; `None` while an appeal is judged.
    pub final_at_ms: Option<u64>,
    /// The window has closed; the transaction waits for its predecessors.
    pub window_closed: bool,
    /// The transaction whose contract sent this one, and when.
    pub triggered_by: Option<(B256, On)>,
    /// Transactions its contract sent.
    pub children: Vec<B256>,
    /// Generations since the signed transaction.
    pub descent: u32,
    /// Money that it holds for its judging.
    pub funds: Funds,
    /// Plain words on anything unusual (fewer seats than asked for, expiry), for receipts.
    pub note: Option<alloc::string::String>,
}

/// One judgement: of a leader's new proposal, or once more of an older one.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Round {
    /// Place on the ladder of committees: even where a leader proposes, odd where an appeal
    /// committee judges what stands.
    pub number: u32,
    /// Leaders that failed before this one at the same number.
    pub rotation: u32,
    /// Index of the round whose proposal is judged once more; `None` where a leader proposes.
    pub judges: Option<u32>,
    /// The state it worked on was withdrawn or its result overturned: it counts for nothing.
    pub superseded: bool,
    /// Height of the state that its executions read.
    pub read_height: u64,
    /// Members in seat order.
    pub seats: Vec<Seat>,
    /// Seat of the leader; `None` in an appeal committee.
    pub leader: Option<u32>,
    /// Members that let the deadline of sealing pass and were replaced.
    pub idle: Vec<Address>,
    /// How often that happened.
    pub replacements: u32,
    /// When the round began.
    pub started_ms: u64,
    /// When the current phase began.
    pub phase_ms: u64,
    /// When the current phase ends.
    pub deadline_ms: u64,
    /// The leader's proposal.
    pub proposal: Option<ProposalInfo>,
    /// Bytes that the leader published: answers and result.
    pub bytes: u64,
    /// Tally, once closed.
    pub result: RoundResult,
    /// [`venire_types::jury::Payload::hash`] of the leader's revealed result.
    pub result_hash: Option<B256>,
}

/// One member of a committee.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Seat {
    /// Who.
    pub validator: Address,
    /// Key that speaks for it in this round.
    pub operator: Address,
    /// Sealed vote.
    pub commit: Option<B256>,
    /// Opened vote as it counts: `NotVoted` until revealed.
    pub vote: Vote,
    /// Result hash that came with the vote.
    pub result_hash: B256,
    /// When it was opened.
    pub revealed_ms: Option<u64>,
}

/// What an appeal is against, and so who judges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum AppealKind {
    /// A majority's verdict (accepted, or timed out): a fresh committee judges the same proposal.
    Validators,
    /// No verdict: a new leader before a larger committee.
    Leader,
    /// No proposal: a new leader before a larger committee.
    LeaderTimeout,
}

/// How an appeal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum AppealEnd {
    /// The decision did not hold.
    Succeeded,
    /// The decision was confirmed.
    Failed,
    /// Nobody judged it: what it was about was withdrawn.
    Canceled,
}

/// An objection to a decision, with money behind it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Appeal {
    /// What it is against.
    pub kind: AppealKind,
    /// Who objects.
    pub appellant: Address,
    /// Who posted bond and funding and gets back what is due: the appellant, or the sponsor of a
    /// gasless chain.
    pub payer: Address,
    /// Wei at stake.
    pub bond: U256,
    /// Wei for the work that the appeal causes and the transaction's deposit does not cover.
    pub funding: U256,
    /// Index of the appealed round.
    pub against: u32,
    /// Index of the first round that judges it.
    pub first: u32,
    /// Block in which it was filed.
    pub filed_height: u64,
    /// Wei that the appellant gets on top of the bond if the decision does not hold.
    pub reward: U256,
    /// When it was filed.
    pub filed_ms: u64,
    /// What was left of the contest window then.
    pub left_ms: u64,
    /// How it ended; `None` while it is judged.
    pub end: Option<AppealEnd>,
    /// Bond and funding have been paid out.
    pub settled: bool,
}

/// What is public about a proposal before the reveal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ProposalInfo {
    /// The seal; `None` when the leader declared a timeout.
    pub commitment: Option<B256>,
    /// How many answers from outside it gives; without any the result follows from the state
    /// alone.
    pub answers: u32,
    /// When it was made.
    pub proposed_ms: u64,
}

/// Answers recorded by a leader, stored beside the round.
pub(crate) type Nondet = BTreeMap<u32, Vec<u8>>;

impl Queue {
    /// Whether anything is in flight or waiting.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.busy || self.next < self.tail
    }
}

impl TxRecord {
    /// Says something unusual in its receipt, once, beside what is said there already.
    pub(crate) fn remark(&mut self, words: &str) {
        match &mut self.note {
            None => self.note = Some(words.into()),
            Some(note) if note.contains(words) => {}
            Some(note) => {
                note.push_str("; ");
                note.push_str(words);
            }
        }
    }

    /// Whether the transaction is decided but may still be contested.
    #[must_use]
    pub const fn is_decided(&self) -> bool {
        matches!(
            self.status,
            Status::Accepted
                | Status::Undetermined
                | Status::ValidatorsTimeout
                | Status::LeaderTimeout
        )
    }

    /// Whether nothing can change any more.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.status, Status::Finalized | Status::Canceled)
    }

    /// Whether the bytes of its payload count: agreed on, and a return.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.outcome.as_ref().is_some_and(Outcome::is_success)
    }

    /// The round being judged, or the last one.
    #[must_use]
    pub fn round(&self) -> Option<&Round> {
        self.rounds.last()
    }

    /// Index of that round: what proposals, commits and reveals name.
    #[must_use]
    pub fn round_index(&self) -> Option<u32> {
        u32::try_from(self.rounds.len().checked_sub(1)?).ok()
    }

    /// Wei behind its appeals, held until it is final.
    #[must_use]
    pub fn pledged(&self) -> U256 {
        let open = self.appeals.iter().filter(|appeal| !appeal.settled);
        open.fold(U256::ZERO, |sum, appeal| {
            sum.saturating_add(appeal.bond)
                .saturating_add(appeal.funding)
        })
    }

    /// Everyone who had a seat in a judgement that counts (`ROUND-17`): never drawn again.
    pub(crate) fn used(&self) -> Vec<Address> {
        let counting = self.rounds.iter().filter(|round| !round.superseded);
        counting
            .flat_map(|round| {
                let seated = round.seats.iter().map(|seat| seat.validator);
                seated.chain(round.idle.iter().copied())
            })
            .collect()
    }

    /// Index of the round whose leader made the proposal that stands.
    #[must_use]
    pub fn proposal_round(&self) -> Option<usize> {
        self.rounds.iter().rposition(|round| round.judges.is_none())
    }

    /// Leader rotations of the round with this number.
    pub(crate) fn rotations_at(&self, number: u32) -> u32 {
        let place = usize::try_from(number / 2).unwrap_or(usize::MAX);
        let agreed = self.funds.terms.rotations.get(place);
        agreed.copied().unwrap_or(self.rotations)
    }

    /// Time of the first entry into `status`.
    #[must_use]
    pub fn reached_ms(&self, status: Status) -> Option<u64> {
        self.history
            .iter()
            .find(|change| change.status == status)
            .map(|change| change.time_ms)
    }
}

impl Round {
    /// Address of the leader.
    #[must_use]
    pub fn leader(&self) -> Option<Address> {
        self.leader_seat().map(|seat| seat.validator)
    }

    /// Seat of the leader.
    #[must_use]
    pub fn leader_seat(&self) -> Option<&Seat> {
        self.seats.get(usize::try_from(self.leader?).ok()?)
    }

    /// Its members, without the leader, as members of a later round.
    pub(crate) fn without_leader(&self) -> Vec<Seat> {
        let leader = self.leader();
        let others = self.seats.iter();
        others
            .filter(|seat| Some(seat.validator) != leader)
            .map(Seat::again)
            .collect()
    }

    /// Its votes have been counted: they never change any more.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.result != RoundResult::Idle
    }

    /// Votes sealed so far.
    #[must_use]
    pub fn committed(&self) -> usize {
        self.seats
            .iter()
            .filter(|seat| seat.commit.is_some())
            .count()
    }

    /// Votes opened so far.
    #[must_use]
    pub fn revealed(&self) -> usize {
        self.seats
            .iter()
            .filter(|seat| seat.revealed_ms.is_some())
            .count()
    }
}
