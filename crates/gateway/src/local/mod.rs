//! The provider `local`: models that are computed on this machine, in this process.
//!
//! # Invariants
//! - Which models there are, and where they are, is known to every build ([`models`]); computing them is the feature
//!   `local-model`, because its crates take minutes to compile.

#[cfg(feature = "local-model")]
mod inference;
pub mod models;

#[cfg(feature = "local-model")]
pub use inference::{
    About, Engine, LocalError, Message, Options, Output, Progress, Reply, Request, Role, Said,
    Verdict, environment, threads,
};
