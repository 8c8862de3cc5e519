//! The HTTP side: one port for JSON-RPC, health, metrics and the page.
//!
//! # Invariants
//! - Only requests whose `Host` names this machine are served (no DNS rebinding).
//! - Privileged methods are refused to web pages of foreign origins.
//! - A body is bounded before it is read; a panic in a handler answers an error, nothing more.
//!
//! # Not here
//! - What methods mean (`eth`, `gen`, `mining`, `sim`), framing (`venire-api`).

mod ctx;
mod eth;
mod genlayer;
mod guard;
mod http;
mod mining;
mod receipts;
mod record;
mod sim;

pub(crate) use http::{bind, serve};
