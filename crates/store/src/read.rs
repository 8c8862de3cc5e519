//! The read side: a view of one height that other threads keep while the next block is applied.
//!
//! # Invariants
//! - A view never changes; state reads never touch the disk.
//! - A view sees no block above its own tip.
//!
//! # Not here
//! - Writing (`commit`).

use crate::layout::{Kind, Tip};
use crate::state::State;
use crate::tables::Tables;
use imbl::OrdMap;
use std::sync::Arc;
use venire_types::B256;

/// One block of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What made it.
    pub kind: Kind,
    /// The state root after it.
    pub root: B256,
    /// Its bytes, as they were committed.
    pub bytes: Arc<[u8]>,
}

/// Reading an old block failed.
#[derive(Debug, thiserror::Error)]
#[error("read block {height} from the tables: {source}")]
pub struct ReadError {
    /// Which block.
    pub height: u64,
    /// The tables' reason.
    pub source: redb::Error,
}

/// The chain as of one height. Cloning is O(1).
#[derive(Clone, Debug, Default)]
pub struct View {
    pub(crate) tip: Option<Tip>,
    pub(crate) state: State,
    /// Blocks since the last checkpoint.
    pub(crate) recent: OrdMap<u64, Block>,
    pub(crate) tables: Option<Arc<Tables>>,
}

impl View {
    /// The newest block of this view; `None` before the first.
    #[must_use]
    pub const fn tip(&self) -> Option<Tip> {
        self.tip
    }

    /// The state after the tip.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The value of one key.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        self.state.get(key)
    }

    /// Entries whose key starts with `prefix`, in key order.
    pub fn range(&self, prefix: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.state.range(prefix)
    }

    /// One block of the history; `None` above the tip. Blocks that a checkpoint has folded are
    /// read from disk.
    ///
    /// # Errors
    /// [`ReadError`] if the tables cannot be read.
    pub fn block(&self, height: u64) -> Result<Option<Block>, ReadError> {
        if self.tip.is_none_or(|tip| height > tip.height) {
            return Ok(None);
        }
        if let Some(block) = self.recent.get(&height) {
            return Ok(Some(block.clone()));
        }
        match &self.tables {
            Some(tables) => tables
                .block(height)
                .map_err(|source| ReadError { height, source }),
            None => Ok(None),
        }
    }
}
