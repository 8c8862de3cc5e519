//! What goes into [`crate::apply`] and what comes out of it.

use crate::{admit::Reject, record::Kind, tribunal::Finding};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{
    Address, B256, U256,
    emission::On,
    envelope::{Envelope, EnvelopeError},
    jury::{Commit, Propose, Reveal},
    signed::{Cancel, SignatureError, Signed, Verified},
    vote::Status,
};

/// An agreed step of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Number of the block; one more than its parent's.
    pub height: u64,
    /// Agreed time, milliseconds since 1970; never less than the parent's.
    pub time_ms: u64,
    /// Agreed randomness of this step.
    pub seed: B256,
    /// What happened, in order; none means that only time has passed.
    pub inputs: Vec<Input>,
}

/// One thing that happened. Signatures are already checked: that is what the types say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A signed transaction.
    Transaction(Envelope),
    /// A leader's proposal.
    Propose(Verified<Propose>),
    /// A sealed vote.
    Commit(Verified<Commit>),
    /// An opened vote.
    Reveal(Verified<Reveal>),
    /// A wallet-signed withdrawal of a pending transaction.
    Cancel(Verified<Cancel>),
    /// New money, where `Params.faucet` allows it.
    Faucet {
        /// Receiver.
        to: Address,
        /// Wei.
        amount: U256,
    },
    /// A signed transaction that waits for [`Input::Start`], where `Params.manual` allows it.
    Park(Envelope),
    /// The wait of a parked transaction is over.
    Start {
        /// Transaction.
        tx: B256,
    },
}

/// A block as bytes travel: nothing is checked yet.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RawBlock {
    /// See [`Block::height`].
    pub height: u64,
    /// See [`Block::time_ms`].
    pub time_ms: u64,
    /// See [`Block::seed`].
    pub seed: B256,
    /// See [`Block::inputs`].
    pub inputs: Vec<RawInput>,
}

/// An input as bytes travel.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum RawInput {
    /// Raw signed Ethereum transaction.
    Transaction(Vec<u8>),
    /// See [`Input::Propose`].
    Propose(Signed<Propose>),
    /// See [`Input::Commit`].
    Commit(Signed<Commit>),
    /// See [`Input::Reveal`].
    Reveal(Signed<Reveal>),
    /// See [`Input::Cancel`].
    Cancel(Signed<Cancel>),
    /// See [`Input::Faucet`].
    Faucet {
        /// Receiver.
        to: Address,
        /// Wei.
        amount: U256,
    },
    /// See [`Input::Park`].
    Park(Vec<u8>),
    /// See [`Input::Start`].
    Start {
        /// Transaction.
        tx: B256,
    },
}

/// Why an input must not enter a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Not a signed transaction.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Not a signed statement.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl RawInput {
    /// Checks the signature.
    ///
    /// # Errors
    /// [`InputError`]; such an input never enters a block.
    pub fn verify(self, chain_id: u64) -> Result<Input, InputError> {
        Ok(match self {
            Self::Transaction(raw) => Input::Transaction(Envelope::decode(&raw)?),
            Self::Propose(signed) => Input::Propose(signed.verify(chain_id)?),
            Self::Commit(signed) => Input::Commit(signed.verify(chain_id)?),
            Self::Reveal(signed) => Input::Reveal(signed.verify(chain_id)?),
            Self::Cancel(signed) => Input::Cancel(signed.verify_personal()?),
            Self::Faucet { to, amount } => Input::Faucet { to, amount },
            Self::Park(raw) => Input::Park(Envelope::decode(&raw)?),
            Self::Start { tx } => Input::Start { tx },
        })
    }
}

impl Input {
    /// Inverse of [`RawInput::verify`].
    #[must_use]
    pub fn to_raw(&self) -> RawInput {
        match self {
            Self::Transaction(envelope) => RawInput::Transaction(envelope.raw().to_vec()),
            Self::Propose(verified) => RawInput::Propose(verified.signed().clone()),
            Self::Commit(verified) => RawInput::Commit(verified.signed().clone()),
            Self::Reveal(verified) => RawInput::Reveal(verified.signed().clone()),
            Self::Cancel(verified) => RawInput::Cancel(verified.signed().clone()),
            Self::Faucet { to, amount } => RawInput::Faucet {
                to: *to,
                amount: *amount,
            },
            Self::Park(envelope) => RawInput::Park(envelope.raw().to_vec()),
            Self::Start { tx } => RawInput::Start { tx: *tx },
        }
    }
}

impl RawBlock {
    /// Checks every signature.
    ///
    /// # Errors
    /// The first [`InputError`].
    pub fn verify(self, chain_id: u64) -> Result<Block, InputError> {
        let inputs = self
            .inputs
            .into_iter()
            .map(|input| input.verify(chain_id))
            .collect::<Result<_, _>>()?;
        Ok(Block {
            height: self.height,
            time_ms: self.time_ms,
            seed: self.seed,
            inputs,
        })
    }
}

impl Block {
    /// Inverse of [`RawBlock::verify`].
    #[must_use]
    pub fn to_raw(&self) -> RawBlock {
        RawBlock {
            height: self.height,
            time_ms: self.time_ms,
            seed: self.seed,
            inputs: self.inputs.iter().map(Input::to_raw).collect(),
        }
    }
}

/// What the node must do next, or may tell people, in the order in which it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Input number `input` of the block took effect; `tx` is the transaction it made or touched.
    Included {
        /// Index into `Block::inputs`.
        input: u32,
        /// Transaction.
        tx: B256,
    },
    /// Input number `input` of the block had no effect.
    Rejected {
        /// Index into `Block::inputs`.
        input: u32,
        /// Why.
        reject: Reject,
    },
    /// A transaction exists from now on.
    Created {
        /// Transaction.
        tx: B256,
        /// Deploy, call or transfer.
        kind: Kind,
        /// Whom it is for (the new contract for a deploy).
        recipient: Address,
        /// The transaction whose contract sent it, if any, and when.
        parent: Option<(B256, On)>,
    },
    /// A transaction moved on.
    StatusChanged {
        /// Transaction.
        tx: B256,
        /// Before.
        from: Status,
        /// After.
        to: Status,
    },
    /// A validator has something to do before `deadline_ms`.
    Duty {
        /// Transaction or tribunal: what its statement names.
        tx: B256,
        /// Index of the round in the record.
        round: u32,
        /// Key that has to speak.
        operator: Address,
        /// When it is too late.
        deadline_ms: u64,
        /// What.
        kind: DutyKind,
    },
    /// A transaction was decided and can be contested until `final_at_ms`. Its result is
    /// readable from the state.
    Decided {
        /// Transaction.
        tx: B256,
        /// `Accepted`, `Undetermined`, `ValidatorsTimeout` or `LeaderTimeout`.
        status: Status,
        /// When the window closes.
        final_at_ms: u64,
    },
    /// Somebody objects to a decision.
    Appealed {
        /// Transaction.
        tx: B256,
        /// Who objects.
        appellant: Address,
    },
    /// What a decision did to the accepted view is taken back, because of an appeal against it or
    /// against an earlier transaction of the contract; it will be judged anew.
    TakenBack {
        /// Transaction.
        tx: B256,
    },
    /// Results of a round differ: other validators find out who is wrong. Nothing changes for the
    /// transaction.
    TribunalOpened {
        /// Tribunal.
        tribunal: B256,
        /// Transaction.
        tx: B256,
        /// The leader whose result is in question.
        accused: Address,
    },
    /// A tribunal has ended.
    TribunalClosed {
        /// Tribunal.
        tribunal: B256,
        /// Transaction.
        tx: B256,
        /// What came out of it.
        finding: Finding,
    },
    /// A transaction is irrevocable.
    Finalized {
        /// Transaction.
        tx: B256,
    },
    /// A log entry of the consensus contract; of the staking contract, where its first topic is
    /// one of that contract's.
    Log {
        /// Transaction that caused it.
        tx: B256,
        /// At most four topics.
        topics: Vec<B256>,
        /// ABI-encoded data.
        data: Vec<u8>,
    },
}

/// What a committee member has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DutyKind {
    /// Execute as leader and send `Propose`.
    Lead,
    /// Execute as validator against the leader's recorded answers and send `Commit`.
    Judge {
        /// The leader's answers by block number, the same for every member.
        nondet: Arc<BTreeMap<u32, Vec<u8>>>,
    },
    /// Execute a round's proposal once more for a tribunal, without judging the leader's recorded
    /// answers, and send `Commit`: agree with the accused result, disagree with another one, time
    /// out without one (`TRIBUNAL-06`).
    Verify {
        /// The transaction.
        tx: B256,
        /// Index of the accused round in its record: executions read the state that this one read.
        round: u32,
        /// Hash of the accused result.
        result_hash: B256,
        /// The leader's answers by block number, the same for every member.
        nondet: Arc<BTreeMap<u32, Vec<u8>>>,
    },
    /// Send `Reveal`.
    Reveal,
}
