//! Statements of one phase of one transaction, gathered until all seats have spoken or time is up.
//!
//! # Invariants
//! - Statements come out in seat order, each at most once.
//!
//! # Not here
//! - What a phase waits for by the rules (`venire-protocol`): this only decides what shares a block.

use std::collections::BTreeMap;
use venire_protocol::Input;
use venire_types::Address;

/// Statements that wait for their companions.
pub(super) struct Gather {
    seats: Vec<Address>,
    got: BTreeMap<usize, Option<Input>>,
    began_ms: u64,
    /// When those that are there go without the others; `u64::MAX` once they have gone.
    pub(super) flush_at_ms: u64,
}

impl Gather {
    /// Nobody has spoken yet.
    pub(super) const fn new(began_ms: u64, flush_at_ms: u64) -> Self {
        Self {
            seats: Vec::new(),
            got: BTreeMap::new(),
            began_ms,
            flush_at_ms,
        }
    }

    /// One more is asked to speak.
    pub(super) fn seat(&mut self, operator: Address) {
        self.seats.push(operator);
    }

    /// Takes a statement (`None`: it has nothing to say). False when it is nobody's turn.
    pub(super) fn put(&mut self, operator: Address, input: Option<Input>) -> bool {
        let seat = self.seats.iter().position(|seat| *seat == operator);
        if let Some(seat) = seat {
            self.got.insert(seat, input);
        }
        seat.is_some()
    }

    /// Have all spoken?
    pub(super) fn is_complete(&self) -> bool {
        self.got.len() == self.seats.len()
    }

    /// Most have spoken: the others get half as long again before the rules count (`ROUND-33`).
    pub(super) fn hurry(&mut self, now_ms: u64, grace_ms: u64) {
        if self.got.len() > self.seats.len() / 2 {
            let waited = now_ms.saturating_sub(self.began_ms);
            let until = now_ms.saturating_add(waited.max(grace_ms) / 2);
            self.flush_at_ms = self.flush_at_ms.min(until);
        }
    }

    /// What is there, in seat order.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Input> + use<> {
        std::mem::take(&mut self.got).into_values().flatten()
    }
}
