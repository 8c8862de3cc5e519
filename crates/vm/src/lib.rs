//! Runs contract code: a pre-initialised CPython in a wasmtime sandbox, one clean instance a run.
//!
//! # Invariants
//! - Same image, request and host answers give the same [`Execution`], byte for byte, on every
//!   machine: fuel and memory are the only limits, clocks and randomness come from the request.
//! - Nothing outlives a run: every run, sub-VM and non-deterministic block gets its own instance.
//!
//! # Not here
//! - Who is asked for state, prompts and pages ([`Host`] is implemented by `venire-node`), what a
//!   result means for a transaction (`venire-protocol`).

mod abi;
pub mod bench;
mod bytecode;
mod embed;
mod ending;
mod engine;
mod execute;
mod guest;
mod host;
mod image;
mod linker;
mod lru;
mod machine;
mod marshal;
mod meter;
mod package;
mod picture;
mod pool;
mod request;
mod root;
mod run;
mod session;
mod stop;
mod storage;
mod time;
mod wasi;
mod workers;

pub use embed::{MODEL_SHA256, VOCABULARY_SHA256};
pub use engine::Codegen;
pub use host::Host;
pub use image::{Image, ImageError, Progress, image_hash};
pub use machine::{Config, Machine, OpenError};
pub use package::Generation;
pub use request::{Entry, Execution, Limits, Message, Permissions, Request, Role};
pub use root::{code_from_pages, code_slot, salted_address};
