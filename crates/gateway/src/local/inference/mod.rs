//! A model in process: GGUF files of the `llama` and `qwen2` families, computed on the processor.
//!
//! ```text
//! file -- gguf -- config, decoder (weights) ----------------+
//!            \--- tokens -- chat ---------+                 |
//!                       \-- grammar       |                 |
//! Request -- engine ------- prompt, want -+- worker (queue, batch, prefixes) -- Reply
//! ```
//!
//! # Invariants
//! - One model is loaded once, however many validators ask it; one thread computes.
//! - The same file, request and seed give the same answer, whatever the number of threads and whether or not a
//!   beginning was shared; with [`Options::same_for_any_batch`] also whatever else is in the batch.
//! - Nothing here rests consensus on that: other machines may compute other bits.
//!
//! # Not here
//! - What a contract's question looks like, and what its answer must be (`guard`, `providers::local`).

mod attention;
mod chat;
mod choice;
mod config;
mod decoder;
mod engine;
mod error;
mod gguf;
mod grammar;
mod math;
mod prefix;
mod sampling;
#[cfg(test)]
mod tests;
mod tokens;
mod worker;

pub use chat::{Message, Role};
pub use choice::Verdict;
pub use engine::{About, Engine, Options, Output, Progress, Request, environment, threads};
pub use error::LocalError;
pub use worker::{Reply, Said};
