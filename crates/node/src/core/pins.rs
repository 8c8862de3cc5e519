//! Which state the executions of a transaction read: the one of the block in which it was given out,
//! however far the chain has moved on since.
//!
//! # Invariants
//! - A voter of a tribunal gets the very state that the accused round read, or none: on another one its
//!   vote could be wrong, and it would pay for it.
//! - A pin goes when its transaction is final, taken back or cancelled, or its tribunal has closed.
//!
//! # Not here
//! - Pins after a restart: [`Chain::before`] makes them again from the newest state, without what the
//!   transaction and its successors did (ADR 0009, ADR 0013).

use super::{Chain, Snapshot};
use std::collections::BTreeMap;
use venire_protocol::{DutyKind, Effect};
use venire_types::{B256, vote::Status};

/// The pinned states of a node, by transaction or tribunal.
#[derive(Clone, Debug, Default)]
pub struct Pins(BTreeMap<B256, Snapshot>);

impl Pins {
    /// Follows the effects of a block that `chain` stands behind: pins what is given out, lets go what
    /// has come to an end. Returns the latter.
    pub fn follow(&mut self, chain: &Chain, effects: &[Effect]) -> Vec<B256> {
        // First, because the block that opens a tribunal can end what it is about.
        for effect in effects {
            if let Effect::Duty {
                tx: tribunal,
                kind: DutyKind::Verify { tx, round, .. },
                ..
            } = effect
            {
                self.pin_tribunal(chain, *tribunal, (*tx, *round));
            }
        }
        let ended: Vec<B256> = effects.iter().filter_map(ended).collect();
        for id in &ended {
            self.0.remove(id);
        }
        for effect in effects {
            if let Effect::Duty {
                tx,
                kind: DutyKind::Lead | DutyKind::Judge { .. } | DutyKind::Reveal,
                ..
            } = effect
            {
                self.0.entry(*tx).or_insert_with(|| chain.before(*tx));
            }
        }
        ended
    }

    fn pin_tribunal(&mut self, chain: &Chain, tribunal: B256, about: (B256, u32)) {
        let pin = self.0.get(&about.0);
        if let Some(pin) = pin.filter(|pin| chain.is_read_by(pin, about)).cloned() {
            self.0.entry(tribunal).or_insert(pin);
        }
    }

    /// The state of a transaction or tribunal, if there is one.
    #[must_use]
    pub fn of(&self, id: &B256) -> Option<&Snapshot> {
        self.0.get(id)
    }

    /// Lets everything go.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// What an effect brings to its end.
fn ended(effect: &Effect) -> Option<B256> {
    match effect {
        Effect::TribunalClosed { tribunal: id, .. }
        | Effect::TakenBack { tx: id }
        | Effect::Finalized { tx: id }
        | Effect::StatusChanged {
            tx: id,
            to: Status::Canceled,
            ..
        } => Some(*id),
        _ => None,
    }
}
