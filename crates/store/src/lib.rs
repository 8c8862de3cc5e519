//! Bytes on disk for the `instant` orderer: one live map in memory, one checksummed log that makes
//! a block durable, and tables into which the log is folded from time to time.
//!
//! ```text
//!            commit                            checkpoint
//!  block --> one append to `log` --> live map --------------> `tables.redb` --> fresh `log`
//!              (kill -9 safe)        State        one transaction    (state, blocks, tip)
//!                                      |
//!                                      +-> View: O(1) clone that RPC threads read from
//! ```
//!
//! # Invariants
//! - Only [`Store::commit`] (and [`Store::restore`], which is a commit) makes anything durable.
//! - A recovered store is exactly the state after some committed height: never a mix of two, never
//!   older than the last synced commit, never older than any acknowledged commit after a process
//!   crash.
//! - Heights start at 0 and grow by one; `root_n = keccak256(domain || root_{n-1} || borsh(delta_n))`.
//! - Reads of state never touch the disk. Damage that a crash cannot explain is an error, never
//!   skipped.
//! - After a failed write the store refuses everything that would change it.
//!
//! # Not here
//! - What keys and values mean (`venire-protocol`), clocks and threads (`venire-node`), the state
//!   store of the `bft` orderer. The format, byte by byte, is `docs/spec/store.md`.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::disallowed_methods
    )
)]

mod backend;
mod commit;
mod layout;
mod read;
mod recover;
mod snapshot;
mod state;
mod tables;

pub use backend::{Backend, Directory};
pub use commit::{Commit, CommitError, Fsync, Options, Store, WriteError};
pub use layout::{Delta, FORMAT_VERSION, Kind, LOG, RECORD_BYTES_MAX, Tip, TooLong, next_root};
pub use read::{Block, ReadError, View};
pub use recover::{OpenError, Recovered};
pub use redb::StorageBackend as TablesBackend;
pub use snapshot::{RestoreError, Restored, SNAPSHOTS_MAX, SnapshotId, SnapshotLimit};
pub use state::State;
