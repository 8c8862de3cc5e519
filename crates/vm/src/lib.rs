//! Runs contract code: a pre-initialised CPython in a wasmtime sandbox, one fresh instance a run.
//!
//! # Invariants
//! - Same image, request and host answers give the same [`Execution`], byte for byte, on every
//!   machine: fuel and memory are the only limits, clocks and randomness come from the request.
//! - Nothing outlives a run: every run, sub-VM and non-deterministic block gets its own instance.
//!
//! # Not here
//! - Who is asked for state, prompts and pages ([`Host`] is implemented by `venire-node`), what a
//!   result means for a transaction (`venire-protocol`).

mod host;
mod request;

pub use host::Host;
pub use request::{Entry, Execution, Limits, Message, Permissions, Request, Role};
