//! The one way anything becomes durable: append a record, then install it; fold the log into the
//! tables when it has grown.
//!
//! # Invariants
//! - The record is in the log before the state shows it.
//! - A checkpoint is complete in the tables before the log it replaces goes away.
//! - After any failed write, only reading goes on: the process is expected to stop and reopen.
//!
//! # Not here
//! - Clocks and timers: whoever owns the store drives [`Store::sync_if_due`].

use crate::backend::Backend;
use crate::layout::{self, Delta, Kind, LOG, RECORD_BYTES_MAX, Tip, TooLong};
use crate::read::{Block, ReadError, View};
use crate::snapshot::Snapshots;
use crate::state::State;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use venire_types::B256;

/// When a commit is made to survive a power cut. Every policy survives the end of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fsync {
    /// Before each commit returns.
    Every,
    /// By [`Store::sync_if_due`], at most once in so many milliseconds.
    Interval {
        /// Milliseconds between two syncs.
        ms: u64,
    },
    /// Only by [`Store::sync`] and checkpoints.
    Never,
}

/// How a store behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Durability of one commit against a power cut.
    pub fsync: Fsync,
    /// A checkpoint is due after this many blocks. Larger: slower opening. Smaller: more writing.
    pub checkpoint_blocks: u64,
    /// A checkpoint is due after this many bytes of log; bounds memory used while opening.
    pub checkpoint_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fsync: Fsync::Interval { ms: 50 },
            checkpoint_blocks: 1_000,
            checkpoint_bytes: 8 << 20,
        }
    }
}

/// One block to make durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Exactly [`Store::next_height`].
    pub height: u64,
    /// Canonical bytes of the block; opaque here.
    pub block: Vec<u8>,
    /// What it changed.
    pub delta: Delta,
}

/// A write failed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// An earlier write failed; what is on disk is known only after reopening.
    #[error("write to the store: an earlier write failed, so it must be reopened first")]
    Poisoned,
    /// The disk refused.
    #[error("write to the log: {0}")]
    Io(#[from] io::Error),
    /// The tables refused.
    #[error("write a checkpoint: {0}")]
    Tables(#[from] redb::Error),
}

/// A commit failed; the state is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Not the next block.
    #[error("commit block {got}: the next one is {expected}")]
    Height {
        /// The height that can be committed.
        expected: u64,
        /// The height that was asked for.
        got: u64,
    },
    /// The block and its delta are too long for one record.
    #[error("commit block {height}: it is longer than {RECORD_BYTES_MAX} bytes")]
    TooLong {
        /// Which block.
        height: u64,
    },
    /// The write failed; the store is poisoned.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The chain's bytes: one owner writes, views read.
pub struct Store {
    view: View,
    disk: Option<Disk>,
    pub(crate) snapshots: Snapshots,
}

impl Store {
    /// A store that forgets everything when dropped. Same behaviour, no files, no checkpoints.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::from_parts(View::default(), None)
    }

    pub(crate) fn from_parts(view: View, disk: Option<Disk>) -> Self {
        Self {
            view,
            disk,
            snapshots: Snapshots::default(),
        }
    }

    /// The newest block; `None` before the first.
    #[must_use]
    pub const fn tip(&self) -> Option<Tip> {
        self.view.tip
    }

    /// The only height that [`Store::commit`] accepts; 0 for an empty store.
    #[must_use]
    pub fn next_height(&self) -> u64 {
        layout::successor(self.view.tip).0
    }

    /// The live state.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.view.state
    }

    /// A view of the tip for other threads. O(1).
    #[must_use]
    pub fn view(&self) -> View {
        self.view.clone()
    }

    /// The value of one key.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        self.view.get(key)
    }

    /// Entries whose key starts with `prefix`, in key order.
    pub fn range(&self, prefix: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.view.range(prefix)
    }

    /// One block of the history.
    ///
    /// # Errors
    /// [`ReadError`] if the tables cannot be read.
    pub fn block(&self, height: u64) -> Result<Option<Block>, ReadError> {
        self.view.block(height)
    }

    /// Appends one block and installs its changes; returns the root after it. When this returns,
    /// the block survives the end of the process; [`Options::fsync`] says when it survives a
    /// power cut.
    ///
    /// # Errors
    /// [`CommitError`]; the state is unchanged.
    pub fn commit(&mut self, commit: Commit) -> Result<B256, CommitError> {
        self.append(Kind::Ordinary, commit.height, commit.block, &commit.delta)
    }

    /// Rule ST-3.
    pub(crate) fn append(
        &mut self,
        kind: Kind,
        height: u64,
        block: Vec<u8>,
        delta: &Delta,
    ) -> Result<B256, CommitError> {
        let next = layout::successor(self.view.tip);
        if height != next.0 {
            return Err(CommitError::Height {
                expected: next.0,
                got: height,
            });
        }
        let record = layout::encode_record(kind, next, &block, delta)
            .map_err(|TooLong| CommitError::TooLong { height })?;
        if let Some(disk) = &mut self.disk {
            disk.guarded(|disk| disk.write(&record.bytes))?;
            disk.accept(record.bytes.len(), delta);
        }
        let root = record.root;
        let block = Block {
            kind,
            root,
            bytes: Arc::from(block),
        };
        self.view.accept(Tip { height, root }, block, delta);
        Ok(root)
    }

    /// Makes every commit so far survive a power cut.
    ///
    /// # Errors
    /// [`WriteError`]; the store is poisoned.
    pub fn sync(&mut self) -> Result<(), WriteError> {
        match &mut self.disk {
            Some(disk) => disk.guarded(Disk::sync),
            None => Ok(()),
        }
    }

    /// Under [`Fsync::Interval`], syncs if there is something to sync and the last time is long
    /// enough ago; says whether it did. `now_ms` is any clock that does not go back.
    ///
    /// # Errors
    /// [`WriteError`]; the store is poisoned.
    pub fn sync_if_due(&mut self, now_ms: u64) -> Result<bool, WriteError> {
        let Some(disk) = &mut self.disk else {
            return Ok(false);
        };
        let Fsync::Interval { ms } = disk.options.fsync else {
            return Ok(false);
        };
        if !disk.unsynced || now_ms < disk.synced_ms.saturating_add(ms) {
            return Ok(false);
        }
        disk.guarded(Disk::sync)?;
        disk.synced_ms = now_ms;
        Ok(true)
    }

    /// Whether the log has grown beyond the limits of [`Options`].
    #[must_use]
    pub fn checkpoint_due(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| {
            disk.blocks >= disk.options.checkpoint_blocks
                || disk.bytes >= disk.options.checkpoint_bytes
        })
    }

    /// Folds the log into the tables and starts a fresh one. Everything committed so far survives
    /// a power cut afterwards. Blocks while it writes; views go on reading.
    ///
    /// # Errors
    /// [`WriteError`]; the store is poisoned, and reopening finds the same state.
    pub fn checkpoint(&mut self) -> Result<(), WriteError> {
        let Some(disk) = &mut self.disk else {
            return Ok(());
        };
        let view = &mut self.view;
        disk.guarded(|disk| disk.checkpoint(view))
    }
}

impl View {
    /// Installs one block.
    pub(crate) fn accept(&mut self, tip: Tip, block: Block, delta: &Delta) {
        self.state.apply_delta(delta);
        self.recent.insert(tip.height, block);
        self.tip = Some(tip);
    }
}

/// The durable half of a store, and what it knows about its log.
pub(crate) struct Disk {
    pub(crate) backend: Box<dyn Backend>,
    options: Options,
    /// Keys changed since the last checkpoint.
    changed: BTreeSet<Vec<u8>>,
    /// Blocks in the log.
    pub(crate) blocks: u64,
    /// Bytes in the log.
    bytes: u64,
    /// Whether the log may hold bytes that a power cut would lose.
    pub(crate) unsynced: bool,
    /// The caller's clock at the last sync that was due.
    synced_ms: u64,
    poisoned: bool,
}

impl Disk {
    pub(crate) fn new(backend: Box<dyn Backend>, options: Options) -> Self {
        Self {
            backend,
            options,
            changed: BTreeSet::new(),
            blocks: 0,
            bytes: 0,
            unsynced: false,
            synced_ms: 0,
            poisoned: false,
        }
    }

    /// Counts a record that is in the log.
    pub(crate) fn accept(&mut self, length: usize, delta: &Delta) {
        self.changed.extend(delta.keys().cloned());
        self.blocks = self.blocks.saturating_add(1);
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        self.unsynced |= self.options.fsync != Fsync::Every;
    }

    /// Runs one write; a failure poisons the store (ST-5).
    /// Rule ST-5.
    fn guarded(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        if self.poisoned {
            return Err(WriteError::Poisoned);
        }
        let result = write(self);
        self.poisoned = result.is_err();
        result
    }

    /// ST-3.
    fn write(&mut self, record: &[u8]) -> Result<(), WriteError> {
        self.backend.append(LOG, record)?;
        if self.options.fsync == Fsync::Every {
            self.backend.sync(LOG)?;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), WriteError> {
        if self.unsynced {
            self.backend.sync(LOG)?;
            self.unsynced = false;
        }
        Ok(())
    }

    /// ST-4.
    fn checkpoint(&mut self, view: &mut View) -> Result<(), WriteError> {
        let (Some(tip), Some(tables), 1..) = (view.tip, &view.tables, self.blocks) else {
            return Ok(());
        };
        tables.fold(tip, &view.state, &self.changed, &view.recent)?;
        self.backend.replace(LOG, &layout::log_head(Some(tip)))?;
        self.changed.clear();
        view.recent.clear();
        (self.blocks, self.bytes, self.unsynced) = (0, 0, false);
        Ok(())
    }
}
