//! What validators do with their duties: a trait for studies, and those who do what they should.

use super::say::RIGHT;
use venire_protocol::TxRecord;
use venire_types::{Address, vote::Vote};

/// What a member is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A proposal.
    Lead,
    /// A sealed vote on this answer of the leader.
    Judge(u8),
}

/// One duty, and all that is public about it.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The transaction.
    pub record: &'a TxRecord,
    /// Index of the round.
    pub round: u32,
    /// Who is asked.
    pub juror: Address,
    /// For what.
    pub role: Role,
}

/// What a member does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Proposes this answer (a leader only).
    Propose(u8),
    /// Seals this vote and opens it in time; as a leader, declares a timeout.
    Vote(Vote),
    /// Seals this vote and never opens it.
    Seal(Vote),
    /// Says nothing.
    Silent,
}

/// All validators of a study.
pub trait Jurors {
    /// What the member does.
    fn act(&mut self, case: &Case<'_>) -> Act;

    /// How long it needs before it speaks, milliseconds.
    fn delay_ms(&mut self, _case: &Case<'_>) -> u64 {
        0
    }
}

/// Everybody finds the right answer and says so at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Honest;

impl Jurors for Honest {
    fn act(&mut self, case: &Case<'_>) -> Act {
        match case.role {
            Role::Lead => Act::Propose(RIGHT),
            Role::Judge(RIGHT) => Act::Vote(Vote::Agree),
            Role::Judge(_) => Act::Vote(Vote::Disagree),
        }
    }
}
