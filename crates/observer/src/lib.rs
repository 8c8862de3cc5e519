//! Read-only folds over finalised history: what explorers and metrics are made of.
//!
//! # Invariants
//! - Nothing here is a source of truth: every view can be rebuilt from the history.
//!
//! # Not here
//! - Anything that feeds back into consensus (`venire-protocol`).
#![forbid(unsafe_code)]
