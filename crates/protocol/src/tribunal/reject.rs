//! Why a statement to a tribunal has no effect.

use super::TribunalPhase;
use venire_types::Address;

/// Why a vote does not count in a tribunal. What rounds refuse as well is a
/// [`crate::Reject`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TribunalReject {
    /// The statement belongs to another phase.
    #[error("the tribunal is {}, this statement belongs to another phase", phase.name())]
    WrongPhase {
        /// Where it stands.
        phase: TribunalPhase,
    },
    /// Nobody judges itself.
    #[error("{signer} is accused in this tribunal and has no vote")]
    AccusedVotes {
        /// Who tried.
        signer: Address,
    },
    /// The vote and the result that comes with it say different things.
    #[error(
        "{signer} contradicts itself: agree comes with the accused result, disagree with another one"
    )]
    ContradictoryVote {
        /// Who tried.
        signer: Address,
    },
}

impl TribunalReject {
    /// Stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongPhase { .. } => "WRONG_TRIBUNAL_PHASE",
            Self::AccusedVotes { .. } => "ACCUSED_VOTES",
            Self::ContradictoryVote { .. } => "CONTRADICTORY_VOTE",
        }
    }
}

impl TribunalPhase {
    /// In one word, as clients see it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Committing => "COMMITTING",
            Self::Revealing => "REVEALING",
            Self::Closed => "CLOSED",
        }
    }
}
