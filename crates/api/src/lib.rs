//! The JSON-RPC contract of the node: framing, methods, parameters, wire types, error codes.
//!
//! # Invariants
//! - Every method the node answers is a row of [`METHODS`]; nothing else is dispatched.
//! - Wire types are mirrors: they are filled by hand at the edge and never used inside the core.
//!
//! # Not here
//! - A server (`venire-node`), a client (`venire-sdk`).
#![forbid(unsafe_code)]

mod error;
mod frame;
mod method;
mod params;
pub mod quantity;
pub mod types;

pub use error::{RpcError, code};
pub use frame::{BATCH_MAX, Body, Call, Reply, parse_body};
pub use method::{METHODS, Method, find, nearest, nearest_of, shown};
pub use params::{Amount, Bound, bind, parse_address, parse_amount};
