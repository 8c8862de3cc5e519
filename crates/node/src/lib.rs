//! The running node: `core` decides without I/O, `shell` owns sockets, clock, threads and disk.
//!
//! # Invariants
//! - Client bytes become chain state on one path only: decode, admit, order, apply, commit.
//! - Time, randomness, network, disk and models reach `core` as values.
//!
//! # Not here
//! - Rules of consensus (`venire-protocol`), contract execution (`venire-vm`), model and web
//!   access (`venire-gateway`), the command line (`venire-cli`).
#![forbid(unsafe_code)]

pub mod core;
pub mod shell;
