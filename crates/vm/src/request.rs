//! What the node asks the machine to run, and what it gets back.

use std::{collections::BTreeMap, sync::Arc};
pub use venire_types::limits::Limits;
use venire_types::{
    Address, U256,
    calldata::Value,
    emission::Emission,
    outcome::{Fault, Outcome},
    storage::{StateView, StorageDelta},
};

/// In which role a contract is executed.
#[derive(Clone, Debug)]
pub enum Role {
    /// Runs leader functions of non-deterministic blocks and records their results.
    Leader,
    /// Takes the leader's recorded results, runs validator functions and judges them.
    Validator {
        /// Block number to result bytes (`Outcome::to_bytes`).
        leader: Arc<BTreeMap<u32, Vec<u8>>>,
    },
    /// Takes the leader's results and judges nothing (replay).
    Sync {
        /// Block number to result bytes.
        leader: Arc<BTreeMap<u32, Vec<u8>>>,
    },
}

/// The message a contract sees.
#[derive(Clone, Debug)]
pub struct Message {
    /// Contract being executed.
    pub contract: Address,
    /// Immediate caller.
    pub sender: Address,
    /// Signer at the root of the call chain.
    pub origin: Address,
    /// Native tokens carried (already credited to the contract when it runs).
    pub value: U256,
    /// Chain id as the contract sees it.
    pub chain_id: u64,
    /// Transaction time, milliseconds since 1970.
    pub time_ms: u64,
}

/// What is called.
#[derive(Clone, Debug)]
pub enum Entry {
    /// The constructor, with its call object (`{"args": ..., "kwargs": ...}`).
    Deploy(Value),
    /// A public method, with its call object (`{"method": ..., "args": ...}`).
    Call(Value),
    /// The schema as JSON text in a calldata string.
    Schema,
}

/// What the execution may do (reference letters: `w`, `s`, `n`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Write storage.
    pub write: bool,
    /// Send messages.
    pub send: bool,
    /// Open non-deterministic blocks.
    pub nondet: bool,
}

impl Permissions {
    /// A write transaction.
    pub const WRITE: Self = Self {
        write: true,
        send: true,
        nondet: true,
    };
    /// A read-only call.
    pub const VIEW: Self = Self {
        write: false,
        send: false,
        nondet: true,
    };
}

/// One execution.
#[derive(Clone, Debug)]
pub struct Request {
    /// Contract code (text, zip).
    pub code: Arc<[u8]>,
    /// What the contract sees.
    pub message: Message,
    /// What is called.
    pub entry: Entry,
    /// Which view of the chain reads use.
    pub view: StateView,
    /// Leader, validator or replay.
    pub role: Role,
    /// What it may do.
    pub permissions: Permissions,
    /// Seed of `random` and of WASI randomness: the same for every committee member.
    pub seed: [u8; 32],
}

/// What an execution produced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The result; only `Return` keeps `delta` and `emissions` non-empty.
    pub outcome: Outcome,
    /// Why it failed, for people.
    pub fault: Option<Fault>,
    /// Pages written, in key order (pages that did not change are left out).
    pub delta: StorageDelta,
    /// Messages and events in emission order.
    pub emissions: Vec<Emission>,
    /// Results of non-deterministic blocks by number (leader: own; validator: the leader's).
    pub nondet: BTreeMap<u32, Vec<u8>>,
    /// Validator only: smallest block whose result it does not agree with.
    pub disagreement: Option<u32>,
    /// Validator only: a reason for the disagreement or inability, in plain words.
    pub reason: Option<String>,
    /// The world was unavailable (model down ...): a leader proposes a timeout, a validator votes it.
    pub unavailable: Option<String>,
    /// Captured standard output.
    pub stdout: String,
    /// Captured standard error (tracebacks).
    pub stderr: String,
    /// Fuel used by the deterministic part, sub-VMs included: the same for leader and validators.
    pub fuel: u64,
}
