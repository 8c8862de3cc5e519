//! What waits at a node for a block.
//!
//! # Invariants
//! - Inputs leave in the order in which they came; what a block has, waits no more.
//! - What cannot be taken is offered some times more, because its predecessor may be on its way.

use super::{Node, Running};
use crate::parcel::Parcel;
use std::sync::Arc;
use venire_types::B256;

/// Inputs that wait at one node; more are dropped.
const POOL: usize = 4_096;
/// How often a refused input is offered again.
const TRIES: u32 = 8;

pub(super) struct Waiting {
    pub(super) parcel: Arc<Parcel>,
    pub(super) tries: u32,
}

impl Node {
    /// Takes something for a block; `own` when it comes from this node's own people, who repeat it
    /// until a block has it. False when it is known or there is no room.
    pub fn pool(&mut self, parcel: &Arc<Parcel>, own: bool) -> bool {
        let Some(running) = &mut self.running else {
            return false;
        };
        if own {
            running.own.insert(parcel.id, Arc::clone(parcel));
        }
        if running.known.contains_key(&parcel.id) || running.pool.len() >= POOL {
            return false;
        }
        let place = running.entered;
        running.entered += 1;
        running.known.insert(parcel.id, place);
        let waiting = Waiting {
            parcel: Arc::clone(parcel),
            tries: 0,
        };
        running.pool.insert(place, waiting);
        true
    }

    /// What this node's people said before `before_ms` and no block has yet.
    pub fn unheard(&mut self, before_ms: u64, since_ms: u64) -> Vec<Arc<Parcel>> {
        let Some(running) = &mut self.running else {
            return Vec::new();
        };
        running.own.retain(|_, parcel| parcel.born_ms >= since_ms);
        let own = running.own.values();
        let old = own.filter(|parcel| parcel.born_ms <= before_ms);
        old.cloned().collect()
    }

    /// Notes how far others are; the height from which on it wants blocks, if it is behind.
    pub fn hears(&mut self, tip: u64) -> Option<u64> {
        let running = self.running.as_mut()?;
        running.heard = running.heard.max(tip);
        let next = running.store.next_height();
        (next <= running.heard).then_some(next)
    }

    /// Inputs that wait here.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.running
            .as_ref()
            .map_or(0, |running| running.pool.len())
    }
}

impl Running {
    pub(super) fn took(&mut self, parcels: &[B256]) {
        for id in parcels {
            self.forget(*id);
            self.own.remove(id);
        }
    }

    pub(super) fn forget(&mut self, id: B256) {
        if let Some(place) = self.known.remove(&id) {
            self.pool.remove(&place);
        }
    }

    pub(super) fn refuse(&mut self, id: B256) {
        let Some(place) = self.known.get(&id).copied() else {
            return;
        };
        let Some(waiting) = self.pool.get_mut(&place) else {
            return;
        };
        waiting.tries += 1;
        if waiting.tries >= TRIES {
            self.forget(id);
            self.own.remove(&id);
        }
    }
}
