//! The part of the node that decides without I/O: sealing blocks, turning duties into statements,
//! rendering records.
//!
//! # Not here
//! - Sockets, disk, threads, time (`shell`).

mod chain;
mod duty;
mod explain;
mod journal;
mod juror;
mod keys;
mod note;
mod pins;
mod snapshot;

pub use chain::{Chain, Sealed, view_seed};
pub use duty::{Commitment, Ended, commit, judge, lead, payload, request, reveal, verify};
pub use explain::explain;
pub use journal::{Damaged, Entry, Line, Place, Records, Spot};
pub use juror::{Juror, Phase, ended, role, unable};
pub use keys::{Key, SignError};
pub use note::Note;
pub use pins::Pins;
pub use snapshot::{Snapshot, raw_delta};
