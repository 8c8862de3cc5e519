//! Votes, round results and transaction statuses, with the numbers clients know them by.
//!
//! Source of the numbers: the public networks' enums (`docs/spec/rounds.md`).

use borsh::{BorshDeserialize, BorshSerialize};

/// What one committee member says about a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Vote {
    /// Nothing was revealed before the deadline.
    NotVoted = 0,
    /// The proposal is what this member would have accepted.
    Agree = 1,
    /// The member's own judgement of a non-deterministic block differs.
    Disagree = 2,
    /// The member could not execute in time (model down, budget exhausted).
    Timeout = 3,
    /// Same inputs, different deterministic result: the leader broke the rules.
    DeterministicViolation = 4,
}

/// What the tally of one round means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum RoundResult {
    /// Not decided yet.
    Idle = 0,
    /// Strict majority agrees.
    Agree = 1,
    /// Strict majority disagrees.
    Disagree = 2,
    /// Strict majority timed out.
    Timeout = 3,
    /// Strict majority reports a deterministic violation.
    DeterministicViolation = 4,
    /// No vote has a strict majority.
    NoMajority = 5,
    /// Every member agrees.
    MajorityAgree = 6,
    /// Every member disagrees.
    MajorityDisagree = 7,
}

/// Where a transaction stands. Discriminants are the numbers clients know (v0.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Status {
    /// Never stored; the answer for an unknown transaction.
    Uninitialized = 0,
    /// Waiting in its contract's queue.
    Pending = 1,
    /// The leader is executing.
    Proposing = 2,
    /// The committee is executing and committing.
    Committing = 3,
    /// Commits are closed; votes are being revealed.
    Revealing = 4,
    /// Decided in favour; inside the appeal window.
    Accepted = 5,
    /// No agreement after every rotation; inside the appeal window.
    Undetermined = 6,
    /// Irrevocable.
    Finalized = 7,
    /// Withdrawn before activation.
    Canceled = 8,
    /// An appeal committee is revealing.
    AppealRevealing = 9,
    /// An appeal committee is committing.
    AppealCommitting = 10,
    /// The window is over; finalisation is due.
    ReadyToFinalize = 11,
    /// A strict majority of validators timed out.
    ValidatorsTimeout = 12,
    /// No leader proposed anything before the deadline.
    LeaderTimeout = 13,
}

impl Status {
    /// The upper-case name that clients compare with, e.g. `"ACCEPTED"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uninitialized => "UNINITIALIZED",
            Self::Pending => "PENDING",
            Self::Proposing => "PROPOSING",
            Self::Committing => "COMMITTING",
            Self::Revealing => "REVEALING",
            Self::Accepted => "ACCEPTED",
            Self::Undetermined => "UNDETERMINED",
            Self::Finalized => "FINALIZED",
            Self::Canceled => "CANCELED",
            Self::AppealRevealing => "APPEAL_REVEALING",
            Self::AppealCommitting => "APPEAL_COMMITTING",
            Self::ReadyToFinalize => "READY_TO_FINALIZE",
            Self::ValidatorsTimeout => "VALIDATORS_TIMEOUT",
            Self::LeaderTimeout => "LEADER_TIMEOUT",
        }
    }
}
