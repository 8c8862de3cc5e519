//! What one validator of this node saw while executing: for receipts, never part of consensus.

use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::outcome::{Fault, Outcome};

/// One execution, as the executing validator remembers it.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Note {
    /// Captured standard output.
    pub stdout: String,
    /// Captured standard error.
    pub stderr: String,
    /// How the execution ended, when it ran.
    pub outcome: Option<Outcome>,
    /// Why it failed.
    pub fault: Option<Fault>,
    /// First non-deterministic block the validator does not agree with.
    pub disagreement: Option<u32>,
    /// Why it disagrees or could not execute, in plain words.
    pub reason: Option<String>,
    /// Instructions used.
    pub fuel: u64,
    /// Wall-clock milliseconds.
    pub elapsed_ms: u64,
}
