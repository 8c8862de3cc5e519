//! State of one execution, and of each instance in it.
//!
//! An execution is one [`Session`]; it moves into the store of the instance that is running and
//! back out when a sub-VM starts or ends, so that exactly one instance can use it at a time.
//!
//! # Invariants
//! - Whatever differs between leader and validators (non-deterministic blocks) has its own fuel
//!   and never touches the fuel, seed or storage of the deterministic part.

use crate::{
    Host, Limits, Role,
    bytecode::Prepared,
    machine::Core,
    root::Locks,
    storage::{Committed, Full, Storage},
};
use std::{collections::BTreeMap, sync::Arc};
use venire_types::{
    Address, B256, U256, emission::Emission, keccak256, outcome::Fault, storage::StateView,
};

/// Memory one execution may still take: linear memory growth of all live instances, storage
/// pages and recorded messages together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    pub(crate) const fn new(left: usize) -> Self {
        Self { left }
    }

    /// Takes `bytes`.
    ///
    /// # Errors
    /// [`Full`] when less is left; nothing is taken then.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Full> {
        self.left = self.left.checked_sub(bytes).ok_or(Full)?;
        Ok(())
    }

    /// Gives `bytes` back.
    pub(crate) fn give(&mut self, bytes: usize) {
        self.left = self.left.saturating_add(bytes);
    }
}

/// Captured output of one stream, cut at a limit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    cut: bool,
}

impl Output {
    pub(crate) fn push(&mut self, data: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.bytes.len());
        self.cut |= data.len() > room;
        self.bytes
            .extend_from_slice(data.get(..room).unwrap_or(data));
    }

    pub(crate) fn into_text(self) -> String {
        let mut text = String::from_utf8_lossy(&self.bytes).into_owned();
        if self.cut {
            text.push_str("\n[output cut]\n");
        }
        text
    }
}

/// Where questions to the outside world are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking {
    /// Number of the non-deterministic block.
    pub(crate) block: u32,
    /// Number of the next question in it.
    pub(crate) next: u32,
}

/// A validator's block, judged after the main run.
#[derive(Clone)]
pub(crate) struct Queued {
    pub(crate) block: u32,
    pub(crate) frame: Frame,
    /// Pickled validator function.
    pub(crate) function: Vec<u8>,
    /// What the leader got, `Outcome::to_bytes`.
    pub(crate) leader: Vec<u8>,
}

/// State of one execution.
pub(crate) struct Session {
    pub(crate) core: Arc<Core>,
    pub(crate) host: Box<dyn Host>,
    pub(crate) limits: Limits,
    pub(crate) role: Role,
    pub(crate) chain_id: u64,
    pub(crate) time_ms: u64,
    pub(crate) origin: Address,
    pub(crate) budget: Budget,
    pub(crate) committed: Committed,
    pub(crate) emissions: Vec<Emission>,
    /// Results of blocks so far.
    pub(crate) nondet: BTreeMap<u32, Vec<u8>>,
    pub(crate) next_block: u32,
    pub(crate) queue: Vec<Queued>,
    /// Fuel left for non-deterministic blocks.
    pub(crate) nondet_fuel: u64,
    pub(crate) asking: Asking,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
}

/// What an instance may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allow {
    pub(crate) write: bool,
    pub(crate) send: bool,
    pub(crate) call: bool,
    pub(crate) nondet: bool,
    /// Record events.
    pub(crate) log: bool,
    /// Register runners for sub-VMs.
    pub(crate) register: bool,
}

impl Allow {
    pub(crate) const NOTHING: Self = Self {
        write: false,
        send: false,
        call: false,
        nondet: false,
        log: false,
        register: false,
    };
}

/// Whether all validators must see the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Deterministic.
    Det,
    /// Inside a non-deterministic block: may ask the outside world.
    Nondet,
}

/// State of one instance.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) prepared: Arc<Prepared>,
    pub(crate) contract: Address,
    pub(crate) sender: Address,
    pub(crate) stack: Vec<Address>,
    pub(crate) value: U256,
    pub(crate) is_init: bool,
    pub(crate) view: StateView,
    pub(crate) mode: Mode,
    pub(crate) allow: Allow,
    pub(crate) storage: Storage,
    /// Read at the first write.
    pub(crate) locks: Option<Locks>,
    /// Value this frame has sent.
    pub(crate) sent: U256,
    pub(crate) seed: B256,
    /// Sub-VMs started, for their seeds.
    pub(crate) children: u32,
    /// Blocks of random bytes served.
    pub(crate) random: u64,
    /// Instances above this one.
    pub(crate) depth: u32,
    /// Code that this instance and those above it registered, by its id.
    pub(crate) runners: Arc<BTreeMap<String, Arc<[u8]>>>,
}

impl Frame {
    /// Seed of the next sub-VM.
    pub(crate) fn child_seed(&mut self) -> B256 {
        let seed = derive(self.seed, b"child", u64::from(self.children));
        self.children = self.children.saturating_add(1);
        seed
    }

    /// Seed of Python's `random`.
    pub(crate) fn python_seed(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = derive(self.seed, b"python", 0).0;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}

/// The next `len` bytes of the stream of `seed`.
fn stream(seed: B256, number: &mut u64, len: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len.next_multiple_of(32));
    while bytes.len() < len {
        bytes.extend_from_slice(derive(seed, b"random", *number).as_slice());
        *number = number.saturating_add(1);
    }
    bytes.truncate(len);
    bytes
}

/// Domain-separated hash of a seed.
fn derive(seed: B256, purpose: &[u8], number: u64) -> B256 {
    keccak256([seed.as_slice(), purpose, &number.to_le_bytes()].concat())
}

/// What runs: the session and the frame of the instance at work.
pub(crate) struct Run {
    pub(crate) session: Box<Session>,
    pub(crate) frame: Frame,
    /// Linear memory this instance has grown by.
    pub(crate) grown: usize,
    /// A growth was refused.
    pub(crate) refused: bool,
    /// Fault of a sub-VM whose machine error ended this instance.
    pub(crate) fault: Option<Fault>,
}

/// Data of one store: without a run while an instance waits in the pool.
#[derive(Default)]
pub(crate) struct Vm {
    run: Option<Run>,
    /// Blocks of random bytes served outside of a run.
    random: u64,
    /// Outside of a run, the clock or randomness was looked at, or something was printed.
    looked: bool,
    /// Linear memories, and the bytes of the last one.
    memories: u32,
    memory: usize,
    /// Bytes the memory had when the instance was ready.
    settled: Option<usize>,
}

/// A host function was called on an instance that is not running.
#[derive(Debug, thiserror::Error)]
#[error("host function called outside of a run")]
pub(crate) struct NotRunning;

impl Vm {
    /// Starts a run.
    pub(crate) fn begin(&mut self, run: Run) {
        self.run = Some(run);
    }

    /// Ends or suspends a run.
    pub(crate) fn end(&mut self) -> Result<Run, NotRunning> {
        self.run.take().ok_or(NotRunning)
    }

    /// The next `len` random bytes; outside of a run, while a contract is compiled or imported,
    /// they come from a fixed stream.
    pub(crate) fn random_bytes(&mut self, len: usize) -> Vec<u8> {
        if let Some(run) = &mut self.run {
            return stream(run.frame.seed, &mut run.frame.random, len);
        }
        self.looked = true;
        stream(B256::ZERO, &mut self.random, len)
    }

    /// The time a contract sees, milliseconds since 1970; zero outside of a run.
    pub(crate) fn time_ms(&mut self) -> u64 {
        if let Some(run) = &self.run {
            return run.session.time_ms;
        }
        self.looked = true;
        0
    }

    /// The instance is ready: what it did before does not count. Bytes of its linear memory, if
    /// it has exactly one.
    pub(crate) fn settle(&mut self) -> Option<usize> {
        self.forget();
        self.settled = Some(self.memory);
        (self.memories == 1).then_some(self.memory)
    }

    /// Whether the memory grew since the instance was ready.
    pub(crate) fn has_grown(&self) -> bool {
        self.settled != Some(self.memory)
    }

    /// Whether the clock or randomness was looked at, or something printed, outside of a run.
    pub(crate) fn has_looked(&self) -> bool {
        self.looked
    }

    /// Something was asked for or said that is not the same in every run.
    pub(crate) fn look(&mut self) {
        self.looked = true;
    }

    /// Before another use.
    pub(crate) fn forget(&mut self) {
        self.run = None;
        self.random = 0;
        self.looked = false;
    }

    /// The run.
    pub(crate) fn run(&mut self) -> Result<&mut Run, NotRunning> {
        self.run.as_mut().ok_or(NotRunning)
    }
}

/// Elements one table may have: what the image needs, with room.
pub(crate) const TABLE_ELEMENTS: usize = 50_000;

impl wasmtime::ResourceLimiter for Vm {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // While it is instantiated the image takes what it was built with; while a contract is
        // compiled or imported the pool's limit is the only one.
        let Some(run) = &mut self.run else {
            self.memories += u32::from(self.settled.is_none() && current == 0);
            self.memory = desired;
            return Ok(true);
        };
        let more = desired.saturating_sub(current);
        let fits = run.session.budget.take(more).is_ok();
        if fits {
            run.grown = run.grown.saturating_add(more);
            self.memory = desired;
        } else {
            run.refused = true;
        }
        Ok(fits)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS)
    }
}
