//! Inputs that wait for a block.
//!
//! # Invariants
//! - An input leaves when a block that holds it is final, or when the rules refuse it.
//! - An input that an unfinalised ancestor holds is not offered again, or blocks would fill with
//!   what is refused; it comes back when another block of that height becomes final.
//!
//! # Not here
//! - Signatures (`RawInput::verify`), gossip between nodes, a limit of size.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use venire_protocol::{Input, RawInput, Reject};

/// Inputs on their way into a block. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Pool(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    waiting: Vec<Waiting>,
    refused: Vec<(RawInput, Reject)>,
    due_ms: Option<u64>,
}

#[derive(Debug)]
struct Waiting {
    input: Input,
    /// Height of our own proposal that holds it.
    sealed: Option<u64>,
}

impl Pool {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an input whose signature was checked.
    pub fn offer(&self, input: Input) {
        let mut inner = self.inner();
        if inner.waiting.iter().all(|other| other.input != input) {
            let sealed = None;
            inner.waiting.push(Waiting { input, sealed });
        }
    }

    /// What a block of this height may hold.
    #[must_use]
    pub fn offered(&self, height: u64) -> Vec<Input> {
        let inner = self.inner();
        let free = inner
            .waiting
            .iter()
            .filter(|waiting| waiting.sealed.is_none_or(|sealed| sealed >= height));
        free.map(|waiting| waiting.input.clone()).collect()
    }

    /// A proposal of this height holds these.
    pub fn sealed(&self, height: u64, inputs: &[Input]) {
        for waiting in &mut self.inner().waiting {
            if inputs.contains(&waiting.input) {
                waiting.sealed = Some(height);
            }
        }
    }

    /// The rules refuse this input.
    pub fn refuse(&self, input: &Input, reject: Reject) {
        let mut inner = self.inner();
        inner.waiting.retain(|waiting| waiting.input != *input);
        inner.refused.push((input.to_raw(), reject));
    }

    /// What was refused since the last call, and why.
    #[must_use]
    pub fn refused(&self) -> Vec<(RawInput, Reject)> {
        std::mem::take(&mut self.inner().refused)
    }

    /// A block of this height is final; after it, the rules need another one at `due_ms`.
    pub fn finalised(&self, height: u64, inputs: &[RawInput], due_ms: Option<u64>) {
        let mut inner = self.inner();
        inner.due_ms = due_ms;
        inner
            .waiting
            .retain(|waiting| !inputs.contains(&waiting.input.to_raw()));
        for waiting in &mut inner.waiting {
            if waiting.sealed.is_some_and(|sealed| sealed <= height) {
                waiting.sealed = None;
            }
        }
    }

    /// Whether a block at this time would have something to do.
    #[must_use]
    pub fn wants_block(&self, now_ms: u64) -> bool {
        let inner = self.inner();
        let due = inner.due_ms.is_some_and(|due| due <= now_ms);
        due || inner.waiting.iter().any(|waiting| waiting.sealed.is_none())
    }
}
