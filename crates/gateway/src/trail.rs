//! What happened while a question was answered: for the operator, and for whoever audits a receipt.
//!
//! # Invariants
//! - Nothing in a trail is a key, a fence code or the seed of one: those have no way into these types.
//! - A trail never changes an answer; it can be thrown away.
//!
//! # Not here
//! - Where trails are kept (`venire-node`).

use crate::providers::{ErrorKind, Usage};
use std::sync::Arc;
use venire_types::B256;

/// Longest answer that is kept, bytes; a longer one is cut.
const MAX_ANSWER: usize = 64 << 10;

/// Everything that happened, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// Calls to providers.
    pub attempts: Vec<Attempt>,
    /// What was fetched.
    pub evidence: Vec<Evidence>,
    /// What the guards noticed.
    pub notes: Vec<Note>,
}

impl Trail {
    /// Something noticed by a guard.
    pub(crate) fn note(&mut self, code: &'static str, detail: impl Into<String>) {
        self.notes.push(Note {
            code,
            detail: detail.into(),
        });
    }
}

/// One call to one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The provider's name, e.g. `ollama:http://127.0.0.1:11434?model=m`.
    pub provider: String,
    /// Keccak of system and user message as they were sent, fence codes and all.
    pub prompt: B256,
    /// What it said, if anything.
    pub answer: Option<String>,
    /// What it cost, where the provider says so.
    pub usage: Option<Usage>,
    /// How long it took, milliseconds.
    pub ms: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its answer was used.
    Used,
    /// There was an answer, but not a usable one.
    Unusable(String),
    /// There was no answer.
    Failed(ErrorKind, String),
}

/// Something that was fetched, exactly as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What was asked for.
    pub url: String,
    /// Where redirects led.
    pub landed: String,
    /// HTTP status.
    pub status: u16,
    /// `content-type`, if any.
    pub mime: Option<String>,
    /// Keccak of the body.
    pub hash: B256,
    /// The body after decompression.
    pub body: Arc<[u8]>,
    /// How long it took, milliseconds.
    pub ms: u64,
}

/// Something a guard noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Stable lower-case code, e.g. `conflict`.
    pub code: &'static str,
    /// A few words more.
    pub detail: String,
}

/// An answer as it is kept.
pub(crate) fn kept(answer: &str) -> String {
    let mut end = answer.len().min(MAX_ANSWER);
    while !answer.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    answer.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{MAX_ANSWER, kept};

    #[test]
    fn a_long_answer_is_cut_between_characters() {
        let long = format!("a{}", "\u{e9}".repeat(MAX_ANSWER));
        let cut = kept(&long);
        assert_eq!(cut.len(), MAX_ANSWER - 1);
        assert!(long.starts_with(&cut));
        assert_eq!(kept("short"), "short");
    }
}
