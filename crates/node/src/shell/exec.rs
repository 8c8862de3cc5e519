//! One execution without a network: `venire exec` and `venire schema`.
//!
//! # Invariants
//! - The same machine, package and limits of a result as on a network; only the chain is replaced
//!   by one with a single contract.

use super::{
    gate::Gate,
    host::{ChainHost, World},
    node::Secrets,
    reads::call_object,
    worker::PATIENCE,
};
use crate::core::{Snapshot, explain, payload};
use std::{path::PathBuf, sync::Arc};
use tokio::runtime::Handle;
use venire_gateway::local::models;
use venire_gateway::{Gateway, GatewayConfig, Profile, ProviderSpec, WebPolicy};
use venire_protocol::Params;
use venire_types::{
    Address, B256, U256, address,
    calldata::{self, Value},
    emission::Emission,
    outcome::{Fault, Outcome},
    storage::StorageDelta,
};
use venire_vm::{
    Config as MachineConfig, Entry, Execution, Host, Image, Machine, Message, Permissions,
    Progress, Request, Role,
};

/// Where the contract lives while it is executed.
const CONTRACT: Address = address!("0100000000000000000000000000000000000000");
/// Its one validator.
const VALIDATOR: Address = address!("0300000000000000000000000000000000000000");

/// What to execute.
#[derive(Clone, Debug)]
pub struct ExecRequest {
    /// The guest component.
    pub guest: PathBuf,
    /// Where its compiled copy is kept.
    pub cache_dir: PathBuf,
    /// Folder of the embedding models; `None` looks beside the guest.
    pub models: Option<PathBuf>,
    /// Contract code.
    pub code: Vec<u8>,
    /// Constructor arguments.
    pub constructor: Vec<Value>,
    /// Method and arguments; `None` runs the constructor alone.
    pub call: Option<(String, Vec<Value>)>,
    /// Who deploys and calls.
    pub sender: Address,
    /// Native tokens that come with the call, or with the deploy when there is no call.
    pub value: U256,
    /// Native tokens the contract has before.
    pub balance: U256,
    /// Providers of the one validator.
    pub providers: Vec<ProviderSpec>,
    /// Time the contract sees, milliseconds since 1970.
    pub time_ms: u64,
}

/// Part of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What comes before the constructor: the package, its import, the body of the class.
    Deploying,
    /// The constructor.
    Constructor,
    /// The method.
    Method,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct ExecResult {
    /// Where the contract lived.
    pub contract: Address,
    /// Native tokens it has afterwards.
    pub balance: U256,
    /// How it ended.
    pub outcome: Outcome,
    /// The returned value, if it returned one.
    pub value: Option<Value>,
    /// Why it failed, in one plain sentence.
    pub error: Option<String>,
    /// Details of a failure.
    pub fault: Fault,
    /// Captured standard output.
    pub stdout: String,
    /// Captured standard error.
    pub stderr: String,
    /// Pages written by the last execution.
    pub pages: usize,
    /// What was sent out: messages, deploys, transfers and events, and by which part.
    pub emissions: Vec<(Part, Emission)>,
    /// Instructions used by the last execution.
    pub fuel: u64,
    /// What failed, if anything did.
    pub failed_in: Option<Part>,
}

/// Why nothing was executed.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    /// The guest.
    #[error("open the contract machine: {0}")]
    Machine(#[from] venire_vm::OpenError),
    /// One provider.
    #[error(transparent)]
    Profile(#[from] venire_gateway::ProfileError),
    /// The runtime is going away.
    #[error("the program is stopping")]
    Stopped,
}

/// Runs the constructor and then, on the storage it left, the method.
///
/// # Errors
/// [`ExecError`] when nothing can be executed; a failing contract is a result.
pub fn exec(
    request: &ExecRequest,
    secrets: Secrets,
    runtime: &Handle,
    progress: &mut dyn FnMut(Progress),
) -> Result<ExecResult, ExecError> {
    let machine = open(
        &request.guest,
        &request.cache_dir,
        request.models.as_deref(),
        progress,
    )?;
    let gateway = Gateway::new(GatewayConfig {
        web: WebPolicy::local(),
        model_home: models::home(|name| secrets(name)).ok(),
        secrets: Arc::new(move |name: &str| secrets(name)),
        ..GatewayConfig::default()
    });
    let seat = Seat {
        machine,
        profile: Arc::new(gateway.profile(&request.providers)?),
        gateway,
        gate: Gate::new(1, 1, 0),
        runtime,
        code: Arc::from(request.code.as_slice()),
        request,
    };
    let arguments = Value::Map(
        [("args".to_owned(), Value::Array(request.constructor.clone()))]
            .into_iter()
            .collect(),
    );
    let value = match request.call {
        None => request.value,
        Some(_) => U256::ZERO,
    };
    let balance = request.balance.saturating_add(value);
    let entry = Entry::Deploy(arguments);
    let deployed = seat.run(entry, StorageDelta::new(), value, balance)?;
    if !is_whole(&deployed) {
        // What has a schema was imported: then the constructor is to blame.
        let part = match seat.machine.schema(Arc::clone(&seat.code)) {
            Ok(_) => Part::Constructor,
            Err(_) => Part::Deploying,
        };
        return Ok(result(deployed, part, request.balance));
    }
    let Some((method, args)) = &request.call else {
        return Ok(result(deployed, Part::Constructor, balance));
    };
    let kept = balance.saturating_sub(sent(&deployed.emissions));
    let balance = kept.saturating_add(request.value);
    let entry = Entry::Call(call_object(method, args.clone()));
    let called = seat.run(entry, deployed.delta, request.value, balance)?;
    let balance = if is_whole(&called) { balance } else { kept };
    let mut all = result(called, Part::Method, balance);
    all.stdout.insert_str(0, &deployed.stdout);
    all.stderr.insert_str(0, &deployed.stderr);
    let first = by(Part::Constructor, deployed.emissions);
    all.emissions.splice(0..0, first);
    Ok(all)
}

/// The one validator, ready to execute.
struct Seat<'a> {
    machine: Machine,
    gateway: Gateway,
    profile: Arc<Profile>,
    gate: Gate,
    runtime: &'a Handle,
    code: Arc<[u8]>,
    request: &'a ExecRequest,
}

impl Seat<'_> {
    /// Executes on these pages; `balance` is what the contract has with the `value` that came.
    fn run(
        &self,
        entry: Entry,
        pages: StorageDelta,
        value: U256,
        balance: U256,
    ) -> Result<Execution, ExecError> {
        // The only execution of this process: its place is free.
        let place = self
            .runtime
            .block_on(self.gate.duty())
            .ok_or(ExecError::Stopped)?;
        let world = World {
            gateway: self.gateway.clone(),
            profile: Arc::clone(&self.profile),
            tx: B256::ZERO,
            validator: VALIDATOR,
            seed: [0; 32],
            runtime: self.runtime.clone(),
            permit: place.compute(),
            patience: PATIENCE,
            trail: venire_gateway::Trail::default(),
        };
        let chain = ChainHost {
            snapshot: Snapshot::default(),
            code_bytes: limits().code_bytes,
            credited: Some((CONTRACT, balance)),
            world,
        };
        let single = single(Arc::clone(&self.code), entry, self.request, value);
        let host = Box::new(Alone { pages, chain });
        Ok(counted(&Params::local(), self.machine.run(single, host)))
    }
}

/// An execution with its result as a network would count it.
fn counted(params: &Params, execution: Execution) -> Execution {
    let kept = payload(params, &execution);
    Execution {
        outcome: kept.outcome,
        delta: kept.delta,
        emissions: kept.emissions,
        ..execution
    }
}

/// Whether an execution ended well, and the world let it.
fn is_whole(execution: &Execution) -> bool {
    execution.outcome.is_success() && execution.unavailable.is_none()
}

/// Native tokens that leave with `emissions`; the machine lets nobody send more than there is.
fn sent(emissions: &[Emission]) -> U256 {
    emissions.iter().fold(U256::ZERO, |sum, emission| {
        sum.saturating_add(match emission {
            Emission::Post { value, .. }
            | Emission::Deploy { value, .. }
            | Emission::External { value, .. } => *value,
            Emission::Event { .. } => U256::ZERO,
        })
    })
}

/// Emissions of one part.
fn by(part: Part, emissions: Vec<Emission>) -> impl Iterator<Item = (Part, Emission)> {
    emissions.into_iter().map(move |emission| (part, emission))
}

/// The schema of a contract as JSON text, or what went wrong.
///
/// # Errors
/// [`ExecError`] when the machine cannot be opened.
pub fn schema(
    guest: &std::path::Path,
    cache_dir: &std::path::Path,
    code: Vec<u8>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Result<String, Box<ExecResult>>, ExecError> {
    let machine = open(guest, cache_dir, None, progress)?;
    Ok(machine
        .schema(Arc::from(code))
        .map_err(|execution| Box::new(result(*execution, Part::Deploying, U256::ZERO))))
}

/// Limits of a local network.
fn limits() -> venire_types::limits::Limits {
    Params::local().execution
}

fn open(
    guest: &std::path::Path,
    cache_dir: &std::path::Path,
    models: Option<&std::path::Path>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Machine, ExecError> {
    let config = MachineConfig {
        limits: limits(),
        ..MachineConfig::new(Image::Path(guest.to_owned()), cache_dir.to_owned())
    }
    .with_models(models);
    Ok(Machine::open(&config, progress)?)
}

fn single(code: Arc<[u8]>, entry: Entry, request: &ExecRequest, value: U256) -> Request {
    Request {
        code,
        message: Message {
            contract: CONTRACT,
            sender: request.sender,
            origin: request.sender,
            value,
            chain_id: venire_types::chain::LOCAL_CHAIN_ID,
            time_ms: request.time_ms,
        },
        entry,
        view: venire_types::storage::StateView::Accepted,
        role: Role::Leader,
        permissions: Permissions::WRITE,
        seed: [0; 32],
    }
}

/// What a finished `part` comes to; `balance` is what the contract had with what came to it.
fn result(execution: Execution, part: Part, balance: U256) -> ExecResult {
    let failed_in = (!is_whole(&execution)).then_some(part);
    let error = execution
        .unavailable
        .or_else(|| explain(&execution.outcome, execution.fault.as_ref()));
    let value = match &execution.outcome {
        Outcome::Return(bytes) => calldata::decode(bytes).ok(),
        Outcome::UserError(_) | Outcome::UserValue(_) | Outcome::VmError(_) => None,
    };
    ExecResult {
        contract: CONTRACT,
        balance: balance.saturating_sub(sent(&execution.emissions)),
        value,
        error,
        fault: execution.fault.unwrap_or_default(),
        outcome: execution.outcome,
        stdout: execution.stdout,
        stderr: execution.stderr,
        pages: execution.delta.len(),
        emissions: by(part, execution.emissions).collect(),
        fuel: execution.fuel,
        failed_in,
    }
}

/// An otherwise empty chain on which one contract has these pages.
struct Alone {
    pages: StorageDelta,
    chain: ChainHost,
}

impl Host for Alone {
    fn read_pages(
        &mut self,
        contract: Address,
        _view: venire_types::storage::StateView,
        slot: B256,
        first: u32,
        out: &mut [[u8; venire_types::storage::PAGE]],
    ) {
        for (page, bytes) in (first..=u32::MAX).zip(out) {
            let key = venire_types::storage::PageKey {
                contract,
                slot,
                page,
            };
            *bytes = self.pages.get(&key).copied().unwrap_or_default();
        }
    }

    fn code(
        &mut self,
        contract: Address,
        view: venire_types::storage::StateView,
    ) -> Option<Arc<[u8]>> {
        venire_vm::code_from_pages(limits().code_bytes, |slot, first, out| {
            self.read_pages(contract, view, slot, first, out);
        })
        .map(Arc::from)
    }

    fn balance(&mut self, address: Address, view: venire_types::storage::StateView) -> U256 {
        self.chain.balance(address, view)
    }

    fn ask(
        &mut self,
        block: u32,
        index: u32,
        question: venire_types::ask::Question,
    ) -> Result<venire_types::ask::Answer, venire_types::ask::AskError> {
        self.chain.ask(block, index, question)
    }
}

/// SHA-256 of the embedding model in `models` (beside the guest when `None`), if it is the right one.
#[must_use]
pub fn model_hash(guest: &std::path::Path, models: Option<&std::path::Path>) -> Option<String> {
    MachineConfig::new(Image::Path(guest.to_owned()), std::path::PathBuf::new())
        .with_models(models)
        .model_hash()
}

/// SHA-256 of a guest component.
///
/// # Errors
/// The file cannot be read.
pub fn image_hash(guest: &std::path::Path) -> Result<B256, std::io::Error> {
    std::fs::read(guest).map(|wasm| venire_vm::image_hash(&wasm))
}

/// Measures executions on this machine.
///
/// # Errors
/// [`ExecError`] when the machine cannot be opened; inside, why the measured contract failed.
pub fn bench_vm(
    guest: &std::path::Path,
    cache_dir: &std::path::Path,
    n: usize,
    progress: &mut dyn FnMut(Progress),
) -> Result<Result<Vec<venire_vm::bench::Figure>, String>, ExecError> {
    let machine = open(guest, cache_dir, None, progress)?;
    Ok(venire_vm::bench::run(&machine, n).map_err(|execution| {
        explain(&execution.outcome, execution.fault.as_ref()).unwrap_or_default()
    }))
}
