//! Read-only folds over the ordered history: what explorers and metrics are made of.
//!
//! ```text
//!  the node, after `commit` --> (At, Fact), (At, Fact), ... --> Projection::fold --> queries of RPC
//! ```
//!
//! # Invariants
//! - Nothing here is a source of truth: folding the same facts from zero gives an equal view.
//! - A projection is cloned in O(1): readers keep a clone, and a development chain keeps one beside
//!   each snapshot, so that going back puts the clone back.
//!
//! # Not here
//! - Anything that feeds back into consensus (`venire-protocol`), where facts come from
//!   (`venire-node`), bytes on disk (`venire-store`).
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod explorer;
mod projection;

pub use projection::{At, Fact, Projection};
