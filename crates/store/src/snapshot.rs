//! Going back, for development chains: named states kept in memory, and a commit that returns to
//! one of them.
//!
//! # Invariants
//! - Heights never go back: a restore is the next block, and replays like any other.
//! - Snapshots live as long as the process; at most [`SNAPSHOTS_MAX`] are held.
//!
//! # Not here
//! - What the node forgets or keeps beside the state when it goes back (`venire-node`).

use crate::commit::{CommitError, Store};
use crate::layout::{Delta, Kind, Tip};
use crate::state::State;
use std::collections::BTreeMap;

/// Most snapshots held at once: each pins the map nodes that changed since.
pub const SNAPSHOTS_MAX: usize = 256;

/// Names one snapshot; counts from 1 and is never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotId(pub u64);

/// No further snapshot can be held.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("hold another snapshot: {SNAPSHOTS_MAX} are held already")]
pub struct SnapshotLimit;

/// What a restore did.
#[derive(Debug, PartialEq, Eq)]
pub struct Restored {
    /// The block that went back.
    pub tip: Tip,
    /// Its changes.
    pub delta: Delta,
}

/// A restore failed; state is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// No such snapshot in this process.
    #[error("restore snapshot {}: there is none", .0.0)]
    Unknown(SnapshotId),
    /// The block could not be committed.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    last: u64,
    held: BTreeMap<SnapshotId, State>,
}

impl Store {
    /// Remembers the current state. Costs one pointer now, and the changed nodes later.
    ///
    /// # Errors
    /// [`SnapshotLimit`] when [`SNAPSHOTS_MAX`] are held.
    pub fn snapshot(&mut self) -> Result<SnapshotId, SnapshotLimit> {
        if self.snapshots.held.len() >= SNAPSHOTS_MAX {
            return Err(SnapshotLimit);
        }
        self.snapshots.last = self.snapshots.last.saturating_add(1);
        let id = SnapshotId(self.snapshots.last);
        self.snapshots.held.insert(id, self.state().clone());
        Ok(id)
    }

    /// Commits the next block with whatever changes lead back to a snapshot, except for the keys of
    /// `patch`, which get the values given there; `block` is what the history shows for it. The
    /// snapshot stays and can be restored again.
    ///
    /// # Errors
    /// [`RestoreError`]; the state is unchanged.
    pub fn restore(
        &mut self,
        id: SnapshotId,
        block: Vec<u8>,
        patch: Delta,
    ) -> Result<Restored, RestoreError> {
        let target = self
            .snapshots
            .held
            .get(&id)
            .ok_or(RestoreError::Unknown(id))?;
        let mut delta = self.state().diff(target);
        delta.extend(patch);
        let height = self.next_height();
        let root = self.append(Kind::Restore, height, block, &delta)?;
        Ok(Restored {
            tip: Tip { height, root },
            delta,
        })
    }

    /// The state a snapshot remembers.
    #[must_use]
    pub fn remembered(&self, id: SnapshotId) -> Option<&State> {
        self.snapshots.held.get(&id)
    }

    /// Forgets a snapshot; says whether there was one.
    pub fn drop_snapshot(&mut self, id: SnapshotId) -> bool {
        self.snapshots.held.remove(&id).is_some()
    }
}
