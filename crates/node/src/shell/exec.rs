//! One execution without a network: `venire exec` and `venire schema`.
//!
//! # Invariants
//! - The same machine and package as on a network; only the chain is replaced by an empty one.

use super::{
    gate::Gate,
    host::{ChainHost, World},
    node::Secrets,
    reads::call_object,
    worker::PATIENCE,
};
use crate::core::{Snapshot, explain};
use std::{path::PathBuf, sync::Arc};
use tokio::runtime::Handle;
use venire_gateway::{Gateway, GatewayConfig, ProviderSpec, WebPolicy};
use venire_protocol::Params;
use venire_types::{
    Address, B256, U256, address,
    calldata::{self, Value},
    outcome::Outcome,
    storage::StorageDelta,
};
use venire_vm::{
    Config as MachineConfig, Entry, Execution, Host, Image, Machine, Message, Permissions,
    Progress, Request, Role,
};

/// Where the contract lives while it is executed.
const CONTRACT: Address = address!("0100000000000000000000000000000000000000");
/// Who calls it.
const SENDER: Address = address!("0200000000000000000000000000000000000000");

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
    /// Providers of the one validator.
    pub providers: Vec<ProviderSpec>,
    /// Time the contract sees, milliseconds since 1970.
    pub time_ms: u64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct ExecResult {
    /// How it ended.
    pub outcome: Outcome,
    /// The returned value, if it returned one.
    pub value: Option<Value>,
    /// Why it failed, in one plain sentence.
    pub error: Option<String>,
    /// Python traceback of a failure.
    pub traceback: String,
    /// Captured standard output.
    pub stdout: String,
    /// Captured standard error.
    pub stderr: String,
    /// Pages written by the last execution.
    pub pages: usize,
    /// Messages and events emitted.
    pub emissions: usize,
    /// Instructions used by the last execution.
    pub fuel: u64,
    /// Whether it was the constructor that failed.
    pub in_constructor: bool,
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
        secrets: Arc::new(move |name: &str| secrets(name)),
        ..GatewayConfig::default()
    });
    let profile = Arc::new(gateway.profile(&request.providers)?);
    let gate = Gate::new(1, 1, 0);
    let code: Arc<[u8]> = Arc::from(request.code.as_slice());
    let run = |entry: Entry, pages: StorageDelta| {
        // The only execution of this process: its place is free.
        let place = runtime.block_on(gate.duty()).ok_or(ExecError::Stopped)?;
        let permit = place.compute();
        let world = World {
            gateway: gateway.clone(),
            profile: Arc::clone(&profile),
            tx: B256::ZERO,
            validator: SENDER,
            seed: [0; 32],
            runtime: runtime.clone(),
            permit,
            patience: PATIENCE,
        };
        let chain = ChainHost {
            snapshot: Snapshot::default(),
            credited: None,
            world,
        };
        let host = Alone { pages, chain };
        let single = single(Arc::clone(&code), entry, request.time_ms);
        Ok::<_, ExecError>(machine.run(single, Box::new(host)))
    };
    let arguments = Value::Map(
        [("args".to_owned(), Value::Array(request.constructor.clone()))]
            .into_iter()
            .collect(),
    );
    let deployed = run(Entry::Deploy(arguments), StorageDelta::new())?;
    match &request.call {
        Some((method, args)) if deployed.outcome.is_success() => {
            let entry = Entry::Call(call_object(method, args.clone()));
            let called = run(entry, deployed.delta)?;
            let stdout = format!("{}{}", deployed.stdout, called.stdout);
            let stderr = format!("{}{}", deployed.stderr, called.stderr);
            Ok(ExecResult {
                stdout,
                stderr,
                ..result(called, false)
            })
        }
        _ => {
            let failed = !deployed.outcome.is_success();
            Ok(result(deployed, failed))
        }
    }
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
        .map_err(|execution| Box::new(result(*execution, false))))
}

fn open(
    guest: &std::path::Path,
    cache_dir: &std::path::Path,
    models: Option<&std::path::Path>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Machine, ExecError> {
    let config = MachineConfig {
        limits: Params::local().execution,
        ..MachineConfig::new(Image::Path(guest.to_owned()), cache_dir.to_owned())
    }
    .with_models(models);
    Ok(Machine::open(&config, progress)?)
}

fn single(code: Arc<[u8]>, entry: Entry, time_ms: u64) -> Request {
    Request {
        code,
        message: Message {
            contract: CONTRACT,
            sender: SENDER,
            origin: SENDER,
            value: U256::ZERO,
            chain_id: venire_types::chain::LOCAL_CHAIN_ID,
            time_ms,
        },
        entry,
        view: venire_types::storage::StateView::Accepted,
        role: Role::Leader,
        permissions: Permissions::WRITE,
        seed: [0; 32],
    }
}

fn result(execution: Execution, in_constructor: bool) -> ExecResult {
    let error = execution
        .unavailable
        .clone()
        .or_else(|| explain(&execution.outcome, execution.fault.as_ref()));
    let value = match &execution.outcome {
        Outcome::Return(bytes) => calldata::decode(bytes).ok(),
        Outcome::UserError(_) | Outcome::UserValue(_) | Outcome::VmError(_) => None,
    };
    ExecResult {
        value,
        error,
        traceback: execution
            .fault
            .map(|fault| fault.traceback)
            .unwrap_or_default(),
        outcome: execution.outcome,
        stdout: execution.stdout,
        stderr: execution.stderr,
        pages: execution.delta.len(),
        emissions: execution.emissions.len(),
        fuel: execution.fuel,
        in_constructor,
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
        venire_vm::code_from_pages(|slot, first, out| {
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
