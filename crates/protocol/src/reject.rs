//! Why an input has no effect: every refusal, with a code for programs and a sentence for people.
//!
//! # Invariants
//! - A code never changes its meaning.
//!
//! # Not here
//! - When an input is refused (`admit`, `round`, `fee`), refusals of staking (`stake`).

use crate::{
    apply::ApplyError, fee::AllocationError, stake::StakeReject, tribunal::TribunalReject,
};
use venire_types::{Address, B256, U256, envelope::ActionError, vote::Status};

/// Why an input has no effect. `code` is stable; the text is one plain sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// What the transaction asks for makes no sense.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// An order of staking cannot be carried out.
    #[error(transparent)]
    Stake(#[from] StakeReject),
    /// A statement to a tribunal that does not count.
    #[error(transparent)]
    Tribunal(#[from] TribunalReject),
    /// Signed for another chain.
    #[error("the transaction is signed for chain {got:?}, this is chain {chain}")]
    WrongChain {
        /// Id in the transaction.
        got: Option<u64>,
        /// Id of this chain.
        chain: u64,
    },
    /// Too many bytes.
    #[error("the transaction has {bytes} bytes, at most {limit} are allowed")]
    TooLarge {
        /// Size.
        bytes: usize,
        /// Limit.
        limit: u32,
    },
    /// Used before.
    #[error("the nonce {got} was used before, the next one is {expected}")]
    NonceTooLow {
        /// Next nonce of the account.
        expected: u64,
        /// Nonce of the transaction.
        got: u64,
    },
    /// Not its turn.
    #[error("the nonce {got} leaves a gap, the next one is {expected}")]
    NonceTooHigh {
        /// Next nonce of the account.
        expected: u64,
        /// Nonce of the transaction.
        got: u64,
    },
    /// Not enough money.
    #[error("the account has {balance} wei, the transaction needs {needed}")]
    InsufficientFunds {
        /// Irrevocable balance.
        balance: U256,
        /// Value of the transaction.
        needed: U256,
    },
    /// Nothing is deployed at the called address.
    #[error("there is no contract at {address}")]
    ContractNotFound {
        /// Called address.
        address: Address,
    },
    /// `validUntil` has passed.
    #[error("the transaction was valid until {until_ms} ms, it is {now_ms} ms now")]
    Expired {
        /// Limit.
        until_ms: u64,
        /// Block time.
        now_ms: u64,
    },
    /// The function takes no value.
    #[error("this function of the consensus contract takes no value")]
    ValueNotAllowed,
    /// There is no decision yet.
    #[error("the transaction is {}: there is no decision to appeal against yet", status.name())]
    AppealTooEarly {
        /// Its status.
        status: Status,
    },
    /// The contest window has closed.
    #[error("the transaction is {}: its decision can no longer be appealed against", status.name())]
    AppealTooLate {
        /// Its status.
        status: Status,
    },
    /// One appeal at a time.
    #[error("an appeal against this transaction is being judged already")]
    AppealPending,
    /// Nobody judged it, or one leader alone was asked to.
    #[error("no committee judged this transaction, so there is nothing to appeal against")]
    NotJudged,
    /// A judge's objection is its vote.
    #[error("{signer} judged this transaction and cannot appeal against it")]
    JudgeAppeals {
        /// Who tried.
        signer: Address,
    },
    /// The bond is too small.
    #[error(
        "the appeal needs a bond of {bond} wei and {funding} wei for the work it causes, \
         {offered} wei were sent"
    )]
    BondTooLow {
        /// Sent.
        offered: U256,
        /// Bond.
        bond: U256,
        /// Work.
        funding: U256,
    },
    /// Every active validator has judged already.
    #[error("every active validator has judged this transaction: no fresh seat can be filled")]
    NoFreshSeat,
    /// No such transaction.
    #[error("there is no transaction {tx}")]
    UnknownTransaction {
        /// Transaction.
        tx: B256,
    },
    /// Only a pending transaction can be withdrawn.
    #[error("the transaction is {} and can no longer be withdrawn", status.name())]
    NotPending {
        /// Its status.
        status: Status,
    },
    /// Only its sender can withdraw a transaction.
    #[error("{signer} is not the sender of the transaction")]
    NotSender {
        /// Who tried.
        signer: Address,
    },
    /// The transaction is not decided yet, or its window is still open.
    #[error("the transaction is {} and cannot be finalized yet", status.name())]
    NotFinalizable {
        /// Its status.
        status: Status,
    },
    /// What was sent does not pay for the judging that the transaction asks for.
    #[error("{offered} wei were sent for fees, the transaction needs {needed}")]
    FeesTooLow {
        /// Sent beyond what the contract gets.
        offered: U256,
        /// Required.
        needed: U256,
    },
    /// The sender does not want to be judged at this price.
    #[error("{what} costs {price} wei, the sender pays at most {ceiling}")]
    PriceTooHigh {
        /// What has the price.
        what: &'static str,
        /// Price.
        price: U256,
        /// Limit of the sender.
        ceiling: U256,
    },
    /// The sender agrees to fewer time units than are paid for.
    #[error("this chain pays {needed} time units, the sender agrees to {allotted}")]
    TooFewUnits {
        /// Limit of the sender.
        allotted: U256,
        /// Paid.
        needed: u64,
    },
    /// The budget for messages is not divided in a way that makes sense.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
    /// The execution budget cannot even pay for a receipt.
    #[error("the execution budget is {budget} wei for each attempt, at least {floor} are needed")]
    BudgetTooLow {
        /// Named.
        budget: U256,
        /// Smallest permitted.
        floor: U256,
    },
    /// The execution budget is more than anybody has.
    #[error("the execution budget of {budget} wei for each attempt is more than anybody has")]
    BudgetTooHigh {
        /// Named.
        budget: U256,
    },
    /// The rotations do not fit the appeal rounds.
    #[error("{appeals} funded appeals need the rotations of one round more, {rounds} are named")]
    BadAppealRounds {
        /// Funded appeals.
        appeals: U256,
        /// Rounds for which rotations are named.
        rounds: usize,
    },
    /// Nothing can be added to the funds of this transaction.
    #[error("the transaction is {} or this chain has no fees: nothing can be added", status.name())]
    NotFundable {
        /// Its status.
        status: Status,
    },
    /// So many others have paid for it already.
    #[error("{limit} others have added to the funds of this transaction already")]
    TooManyTopUps {
        /// Limit.
        limit: usize,
    },
    /// The chain has no faucet.
    #[error("this chain has no faucet")]
    NoFaucet,
    /// The chain has no manual start.
    #[error("this chain starts transactions by itself; none can be held back")]
    NotManual,
    /// Nothing to start.
    #[error("the transaction {tx:#x} does not wait to be started")]
    NotParked {
        /// Transaction.
        tx: B256,
    },
    /// The faucet would exceed the largest amount there is.
    #[error("the faucet is exhausted")]
    FaucetExhausted,
    /// The statement belongs to another phase of the transaction.
    #[error("the transaction is {}, this statement belongs to another phase", status.name())]
    WrongPhase {
        /// Its status.
        status: Status,
    },
    /// The statement belongs to another round.
    #[error("the statement is for round {got}, the transaction is in round {current}")]
    WrongRound {
        /// Current round.
        current: u32,
        /// Round of the statement.
        got: u32,
    },
    /// Only the leader proposes.
    #[error("{signer} does not lead this round")]
    NotLeader {
        /// Who tried.
        signer: Address,
    },
    /// Only members vote.
    #[error("{signer} has no seat in this round")]
    NotMember {
        /// Who tried.
        signer: Address,
    },
    /// The recorded answers are too large for a block.
    #[error("the recorded answers have {bytes} bytes, at most {limit} are allowed")]
    AnswersTooLarge {
        /// Size.
        bytes: usize,
        /// Limit.
        limit: u32,
    },
    /// One vote each.
    #[error("{signer} has voted already")]
    AlreadyVoted {
        /// Who tried.
        signer: Address,
    },
    /// A reveal needs a commit.
    #[error("{signer} has sealed no vote")]
    NoCommit {
        /// Who tried.
        signer: Address,
    },
    /// The opened vote is not the sealed one.
    #[error("the opened vote is not the one that {signer} sealed")]
    SealMismatch {
        /// Who tried.
        signer: Address,
    },
    /// "Not voted" is no vote.
    #[error("an empty vote cannot be opened")]
    EmptyVote,
    /// Only a leader that agrees with itself reveals a result, and it must.
    #[error("a leader that agrees reveals its result, nobody else does")]
    PayloadMisplaced,
    /// The result is not what was proposed, or breaks a bound.
    #[error("the revealed result is not the proposed one, or breaks a bound")]
    BadPayload,
}

impl Reject {
    /// Stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Action(ActionError::NoReceiver) => "NO_RECEIVER",
            Self::Action(ActionError::UnknownFunction) => "UNKNOWN_FUNCTION",
            Self::Action(ActionError::BadArguments) => "BAD_ARGUMENTS",
            Self::Action(ActionError::SenderMismatch { .. }) => "SENDER_MISMATCH",
            Self::Action(ActionError::BadTxData) => "BAD_TX_DATA",
            Self::Action(ActionError::DeployMismatch) => "DEPLOY_MISMATCH",
            Self::Action(ActionError::BadLeaderFlag) => "BAD_LEADER_FLAG",
            Self::Stake(reject) => reject.code(),
            Self::Tribunal(reject) => reject.code(),
            Self::WrongChain { .. } => "WRONG_CHAIN",
            Self::TooLarge { .. } => "TX_TOO_LARGE",
            Self::NonceTooLow { .. } => "NONCE_TOO_LOW",
            Self::NonceTooHigh { .. } => "NONCE_TOO_HIGH",
            Self::InsufficientFunds { .. } => "INSUFFICIENT_FUNDS",
            Self::ContractNotFound { .. } => "CONTRACT_NOT_FOUND",
            Self::Expired { .. } => "TX_EXPIRED",
            Self::ValueNotAllowed => "VALUE_NOT_ALLOWED",
            Self::AppealTooEarly { .. } => "APPEAL_TOO_EARLY",
            Self::AppealTooLate { .. } => "APPEAL_TOO_LATE",
            Self::AppealPending => "APPEAL_PENDING",
            Self::NotJudged => "NOT_JUDGED",
            Self::JudgeAppeals { .. } => "JUDGE_APPEALS",
            Self::BondTooLow { .. } => "BOND_TOO_LOW",
            Self::NoFreshSeat => "NO_FRESH_SEAT",
            Self::UnknownTransaction { .. } => "TX_NOT_FOUND",
            Self::NotPending { .. } => "TX_NOT_PENDING",
            Self::NotSender { .. } => "NOT_SENDER",
            Self::NotFinalizable { .. } => "TX_NOT_FINALIZABLE",
            Self::FeesTooLow { .. } => "FEES_TOO_LOW",
            Self::PriceTooHigh { .. } => "PRICE_TOO_HIGH",
            Self::TooFewUnits { .. } => "TOO_FEW_UNITS",
            Self::Allocation(reject) => reject.code(),
            Self::BudgetTooLow { .. } => "BUDGET_TOO_LOW",
            Self::BudgetTooHigh { .. } => "BUDGET_TOO_HIGH",
            Self::BadAppealRounds { .. } => "BAD_APPEAL_ROUNDS",
            Self::NotFundable { .. } => "TX_NOT_FUNDABLE",
            Self::TooManyTopUps { .. } => "TOO_MANY_TOP_UPS",
            Self::NoFaucet => "NO_FAUCET",
            Self::NotManual => "NOT_MANUAL",
            Self::NotParked { .. } => "NOT_PARKED",
            Self::FaucetExhausted => "FAUCET_EXHAUSTED",
            Self::WrongPhase { .. } => "WRONG_PHASE",
            Self::WrongRound { .. } => "WRONG_ROUND",
            Self::NotLeader { .. } => "NOT_LEADER",
            Self::NotMember { .. } => "NOT_MEMBER",
            Self::AnswersTooLarge { .. } => "ANSWERS_TOO_LARGE",
            Self::AlreadyVoted { .. } => "ALREADY_VOTED",
            Self::NoCommit { .. } => "NO_COMMIT",
            Self::SealMismatch { .. } => "SEAL_MISMATCH",
            Self::EmptyVote => "EMPTY_VOTE",
            Self::PayloadMisplaced => "PAYLOAD_MISPLACED",
            Self::BadPayload => "BAD_PAYLOAD",
        }
    }
}

/// Why [`admit`] did not say yes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmitError {
    /// The transaction must not enter.
    #[error(transparent)]
    Rejected(#[from] Reject),
    /// The state did not answer.
    #[error(transparent)]
    State(#[from] ApplyError),
}
