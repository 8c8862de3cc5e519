//! The deterministic world: one seed decides nodes, links, disks, models, faults, liars and work, and
//! independent oracles judge what comes of it.
//!
//! # Invariants
//! - Same seed, same run: everything that happens goes into one hash.
//! - Liars and users reach the chain only by what they say; faults only by links and disks.
//!
//! # Not here
//! - Sockets, clocks and threads (`venire-node`), the rules under test (`venire-protocol`), agreement
//!   on the order of blocks (the engine; the world stands for it).
#![forbid(unsafe_code)]

pub mod contract;
pub mod court;
pub mod coverage;
pub mod dice;
pub mod disk;
pub mod economy;
pub mod liars;
pub mod models;
pub mod net;
pub mod node;
pub mod oracles;
pub mod parcel;
pub mod people;
pub mod report;
pub mod scenario;
pub mod trace;
pub mod wallet;
pub mod world;

pub use coverage::Coverage;
pub use oracles::Violation;
pub use report::{Report, Verdict};
pub use scenario::Scenario;
pub use world::{Figures, Outcome, World};
