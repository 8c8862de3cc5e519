//! The chain on a BFT engine: the real `apply` behind commonware's `glue::stateful`.
//!
//! ```text
//!            simplex --> Deferred --> Paced --> Stateful actor --> Ordered (here)
//!                                                   |                |   load keys, apply again,
//!                                                   v                v   write the delta
//!                                                 QMDB: records (authenticated map) + blobs (log)
//! ```
//!
//! A study of the seam, built only with the feature `engine` (ADR 0018); the node does not use it yet.
//!
//! # Invariants
//! - State changes only by the delta of `protocol::apply`; the engine never sees inside a value.
//! - A block holds no input without effect, as under the instant orderer: one that does is invalid.
//! - Same parent state and same block give the same roots, or no roots.
//!
//! # Not here
//! - Networks, keys and start-up (the test that drives this), the follower that serves readers.

mod application;
mod block;
mod paced;
mod pool;
mod state;

pub use application::{Executed, Feed, Finalised, Ordered, Start, TIME_STEP_MAX_MS};
pub use block::{BlockError, CONTENT_BYTES_MAX, Content, Context, Digest, EngineBlock};
pub use paced::{Pace, Paced};
pub use pool::Pool;
pub use state::{
    BLOB_BYTES_MAX, Blob, Blobs, Databases, INLINE_BYTES_MAX, Layout, Loaded, Record, Records,
    StateError, Targets, Written, config, load, write,
};
