//! Why an order has no effect; named after the errors of the published staking contracts.

use venire_types::{Address, U256, family::FamilyError};

/// Why an order of staking has no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakeReject {
    /// A validator needs stake.
    #[error("a validator cannot join without stake")]
    ValidatorMayNotJoinWithZeroValue,
    /// A deposit needs money.
    #[error("a deposit of nothing")]
    ValidatorMayNotDepositZeroValue,
    /// A delegation needs money.
    #[error("a delegation of nothing")]
    DelegatorMayNotJoinWithZeroValue,
    /// An exit needs shares.
    #[error("an exit of no shares")]
    ExitOfNothing,
    /// Too little own stake.
    #[error("the own stake would be {stake} wei, at least {minimum} are needed")]
    ValidatorBelowMinimumStake {
        /// Stake.
        stake: U256,
        /// Least stake.
        minimum: U256,
    },
    /// Too little delegated stake.
    #[error("the delegation would be {stake} wei, at least {minimum} are needed")]
    DelegatorBelowMinimumStake {
        /// Stake.
        stake: U256,
        /// Least stake.
        minimum: U256,
    },
    /// More shares than there are.
    #[error("the validator owns {owned} shares, {asked} were asked for")]
    ValidatorExitExceedsShares {
        /// Shares.
        owned: U256,
        /// Shares asked for.
        asked: U256,
    },
    /// More shares than there are.
    #[error("the delegator owns {owned} shares, {asked} were asked for")]
    DelegatorExitExceedsShares {
        /// Shares.
        owned: U256,
        /// Shares asked for.
        asked: U256,
    },
    /// Part of a delegation would stay, and be too small.
    #[error("the exit would leave {left} wei, at least {minimum} must stay, or nothing")]
    DelegatorExitWouldBeBelowMinimum {
        /// Stake that would stay.
        left: U256,
        /// Least stake.
        minimum: U256,
    },
    /// The delegation is too small already.
    #[error("the delegation of {stake} wei is below the minimum of {minimum}: exit with all of it")]
    DelegatorMustExitAllWhenBelowMinimum {
        /// Stake.
        stake: U256,
        /// Least stake.
        minimum: U256,
    },
    /// No such validator.
    #[error("{validator} is not a validator")]
    ValidatorNotJoined {
        /// Address.
        validator: Address,
    },
    /// Banned for ever.
    #[error("{validator} is banned for ever")]
    ValidatorNotActive {
        /// Address.
        validator: Address,
    },
    /// A wallet cannot delegate.
    #[error("{validator} is a validator and cannot delegate")]
    ValidatorMayNotBeDelegator {
        /// Address.
        validator: Address,
    },
    /// No room.
    #[error("there are {maximum} validators already")]
    MaxNumberOfValidatorsReached {
        /// Most validators.
        maximum: u32,
    },
    /// No key has the zero address.
    #[error("the operator must not be the zero address")]
    InvalidOperatorAddress,
    /// One validator for each key.
    #[error("{operator} speaks for another validator, or did until lately")]
    OperatorAlreadyAssigned {
        /// Key.
        operator: Address,
    },
    /// Only the owner decides.
    #[error("{account} does not own the validator")]
    OwnableUnauthorizedAccount {
        /// Who tried.
        account: Address,
    },
    /// Only the offered key, or the owner, completes a transfer.
    #[error("{account} is neither the owner nor the key that takes over")]
    NotOperator {
        /// Who tried.
        account: Address,
    },
    /// Nothing was offered.
    #[error("no other key was offered the operator's place")]
    NoPendingOperator,
    /// The transfer waits.
    #[error("the transfer can be completed from {ready_ms} ms on, it is {now_ms} ms now")]
    OperatorTransferNotReady {
        /// From when.
        ready_ms: u64,
        /// Block time.
        now_ms: u64,
    },
    /// Too much text.
    #[error("the identity has {bytes} bytes, at most {limit} are allowed")]
    IdentityTooLarge {
        /// Size.
        bytes: usize,
        /// Limit.
        limit: u32,
    },
    /// Not a name.
    #[error(transparent)]
    InvalidFamily(#[from] FamilyError),
    /// Only those who decide about the validator, or run it, know its model.
    #[error("{account} neither owns the validator nor speaks for it")]
    NotOwnerOrOperator {
        /// Who tried.
        account: Address,
    },
    /// Nothing has left.
    #[error("nothing has left that could be claimed")]
    NothingToClaim,
    /// It still unbonds.
    #[error("the next exit can be claimed in epoch {due}, this is epoch {epoch}")]
    ClaimTooEarly {
        /// From which epoch.
        due: u64,
        /// This epoch.
        epoch: u64,
    },
    /// The epoch runs.
    #[error("the epoch runs until {until_ms} ms at least, it is {now_ms} ms now")]
    EpochNotFinished {
        /// End.
        until_ms: u64,
        /// Block time.
        now_ms: u64,
    },
    /// The epoch before is not done.
    #[error("{open} transactions of epoch {epoch} are not final yet")]
    PreviousEpochNotFinalizable {
        /// Epoch.
        epoch: u64,
        /// Transactions.
        open: u64,
    },
    /// A leader of the epoch before may still be found wrong.
    #[error("{open} tribunals about transactions of epoch {epoch} are open")]
    PendingTribunals {
        /// Epoch.
        epoch: u64,
        /// Tribunals.
        open: u64,
    },
    /// It is done.
    #[error("epoch {epoch} is finalized")]
    EpochAlreadyFinalized {
        /// Epoch.
        epoch: u64,
    },
}

impl StakeReject {
    /// Stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ValidatorMayNotJoinWithZeroValue => "VALIDATOR_MAY_NOT_JOIN_WITH_ZERO_VALUE",
            Self::ValidatorMayNotDepositZeroValue => "VALIDATOR_MAY_NOT_DEPOSIT_ZERO_VALUE",
            Self::DelegatorMayNotJoinWithZeroValue => "DELEGATOR_MAY_NOT_JOIN_WITH_ZERO_VALUE",
            Self::ExitOfNothing => "EXIT_OF_NOTHING",
            Self::ValidatorBelowMinimumStake { .. } => "VALIDATOR_BELOW_MINIMUM_STAKE",
            Self::DelegatorBelowMinimumStake { .. } => "DELEGATOR_BELOW_MINIMUM_STAKE",
            Self::ValidatorExitExceedsShares { .. } => "VALIDATOR_EXIT_EXCEEDS_SHARES",
            Self::DelegatorExitExceedsShares { .. } => "DELEGATOR_EXIT_EXCEEDS_SHARES",
            Self::DelegatorExitWouldBeBelowMinimum { .. } => {
                "DELEGATOR_EXIT_WOULD_BE_BELOW_MINIMUM"
            }
            Self::DelegatorMustExitAllWhenBelowMinimum { .. } => {
                "DELEGATOR_MUST_EXIT_ALL_WHEN_BELOW_MINIMUM"
            }
            Self::ValidatorNotJoined { .. } => "VALIDATOR_NOT_JOINED",
            Self::ValidatorNotActive { .. } => "VALIDATOR_NOT_ACTIVE",
            Self::ValidatorMayNotBeDelegator { .. } => "VALIDATOR_MAY_NOT_BE_DELEGATOR",
            Self::MaxNumberOfValidatorsReached { .. } => "MAX_NUMBER_OF_VALIDATORS_REACHED",
            Self::InvalidOperatorAddress => "INVALID_OPERATOR_ADDRESS",
            Self::OperatorAlreadyAssigned { .. } => "OPERATOR_ALREADY_ASSIGNED",
            Self::OwnableUnauthorizedAccount { .. } => "OWNABLE_UNAUTHORIZED_ACCOUNT",
            Self::NotOperator { .. } => "NOT_OPERATOR",
            Self::NoPendingOperator => "NO_PENDING_OPERATOR",
            Self::OperatorTransferNotReady { .. } => "OPERATOR_TRANSFER_NOT_READY",
            Self::IdentityTooLarge { .. } => "IDENTITY_TOO_LARGE",
            Self::InvalidFamily(_) => "INVALID_FAMILY",
            Self::NotOwnerOrOperator { .. } => "NOT_OWNER_OR_OPERATOR",
            Self::NothingToClaim => "NOTHING_TO_CLAIM",
            Self::ClaimTooEarly { .. } => "CLAIM_TOO_EARLY",
            Self::EpochNotFinished { .. } => "EPOCH_NOT_FINISHED",
            Self::PreviousEpochNotFinalizable { .. } => "PREVIOUS_EPOCH_NOT_FINALIZABLE",
            Self::PendingTribunals { .. } => "PENDING_TRIBUNALS",
            Self::EpochAlreadyFinalized { .. } => "EPOCH_ALREADY_FINALIZED",
        }
    }
}
