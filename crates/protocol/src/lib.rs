//! Every rule that validators must agree on, as one pure function over a flat key-value state.
//!
//! ```text
//! ordered block --> apply(params, state, block) --> delta (what changes) + effects (what to do)
//! ```
//!
//! The rules are numbered in `docs/spec/rounds.md`; code cites them as `ROUND-07`.
//!
//! # Invariants
//! - [`apply`] changes nothing: it returns what would change, or nothing at all.
//! - Same state and block give the same delta and effects on every node.
//! - Native tokens are conserved exactly ([`invariants`]).
//!
//! # Not here
//! - Running contracts (`venire-vm`), bytes on disk (`venire-store`), JSON shapes (`venire-api`).
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::float_arithmetic,
        clippy::wildcard_enum_match_arm,
        clippy::disallowed_methods,
        clippy::disallowed_types
    )
)]

extern crate alloc;

mod admit;
mod appeal;
mod apply;
mod block;
mod committee;
mod decide;
mod fee;
mod genesis;
mod intake;
pub mod invariants;
mod ledger;
mod messages;
pub mod params;
mod queue;
mod record;
mod reject;
mod round;
pub mod stake;
mod state;
mod timer;
mod tribunal;
mod undo;
pub mod view;

pub use admit::{admit, precheck};
pub use apply::{Applied, ApplyError, apply};
pub use block::{Block, DutyKind, Effect, Input, InputError, RawBlock, RawInput};
pub use fee::{
    Allocation, AllocationError, FeeParams, Funds, Part, Payment, Quote, Rates, SPONSOR,
    Settlement, Terms, Why, settle,
};
pub use genesis::{Genesis, GenesisError, genesis};
pub use messages::salted_address;
pub use params::{COMMITTEE_SIZES, ParamError, Params};
pub use record::{
    Account, Appeal, AppealEnd, AppealKind, Body, CodeState, Contract, Globals, Kind, ProposalInfo,
    Queue, Round, Seat, StatusChange, TxRecord, Validator,
};
pub use reject::{AdmitError, Reject};
pub use state::{Broken, Delta, Key, Lookup, Read, Value};
pub use tribunal::{Finding, Tribunal, TribunalPhase, TribunalReject};
