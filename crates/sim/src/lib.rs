//! The deterministic world: scripted models, liars, and oracles that judge a run independently.
//!
//! # Not here
//! - Sockets, clocks and threads (`venire-node`), the rules under test (`venire-protocol`).
#![forbid(unsafe_code)]
