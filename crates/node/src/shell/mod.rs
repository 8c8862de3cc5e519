//! Sockets, disk, clock, threads and workers around the core.

mod clock;
mod config;
#[cfg(feature = "engine")]
pub mod engine;
mod exec;
mod gate;
mod gather;
mod genesis;
mod host;
mod journal;
mod node;
mod observers;
mod origin;
mod reads;
mod rpc;
mod sequencer;
mod summary;
mod worker;

pub use clock::{iso8601, parse_iso8601};
pub use config::{Listening, NodeConfig};
pub use exec::{
    ExecError, ExecRequest, ExecResult, Part, bench_vm, exec, image_hash, model_hash, schema,
};
pub use genesis::{GenesisFileError, NetworkSpec};
pub use journal::JournalError;
pub use node::{Node, NodeEvent, Secrets, StartError};
pub use sequencer::Fatal;
pub use summary::Summary;
pub use venire_gateway::{ProviderSpec, SpecError, local};
pub use venire_vm::{Progress, bench};
