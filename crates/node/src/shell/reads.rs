//! Executions that change nothing: calls, simulations, schemas.
//!
//! # Invariants
//! - Nothing a read does reaches the chain.
//! - Reads wait in a bounded queue for a core; when it is full they are refused at once.

use super::{
    gate::Permit,
    host::{ChainHost, World},
    node::{Shared, ValidatorSeat},
    worker::{PATIENCE, now},
};
use std::sync::{Arc, atomic::Ordering};
use venire_types::{Address, B256, U256, calldata::Value, storage::StateView};
use venire_vm::{Entry, Execution, Message, Permissions, Request, Role};

/// A call that changes nothing.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub to: Address,
    pub from: Address,
    pub value: U256,
    pub entry: Entry,
    /// Code of a simulated deploy.
    pub code: Option<Arc<[u8]>>,
    pub view: StateView,
    pub permissions: Permissions,
    /// The time the contract sees instead of the chain's.
    pub time_ms: Option<u64>,
}

/// Why a read was not executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("there is no contract at {0}")]
    NoContract(Address),
    #[error("every execution slot is taken and the queue is full; retry in a moment")]
    Busy,
    #[error("no validator can execute")]
    NoValidator,
    #[error("the execution failed; this is a defect of the node")]
    Failed,
}

/// An execution and how long it took.
pub(crate) struct Done {
    pub execution: Execution,
    pub elapsed_ms: u64,
    pub validator: Address,
}

/// Executes a read.
pub(crate) async fn read(shared: &Arc<Shared>, read: Read) -> Result<Done, ReadError> {
    placed(shared, move |shared, permit| execute(shared, read, permit)).await
}

/// Schema of code as JSON text, or the execution that failed.
pub(crate) async fn schema(
    shared: &Arc<Shared>,
    code: Arc<[u8]>,
) -> Result<Result<String, Box<Execution>>, ReadError> {
    placed(shared, move |shared, _permit| {
        Ok(shared.machine.schema(code))
    })
    .await
}

/// Waits for a place, then works off the async threads.
async fn placed<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared, Permit) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, ReadError> {
    let place = shared.gate.read().await.ok_or(ReadError::Busy)?;
    let shared = Arc::clone(shared);
    let task = tokio::task::spawn_blocking(move || work(&shared, place.compute()));
    task.await.unwrap_or_else(|error| {
        tracing::error!(%error, "an execution thread failed");
        Err(ReadError::Failed)
    })
}

fn execute(shared: &Shared, read: Read, permit: Permit) -> Result<Done, ReadError> {
    let snapshot = shared.head().snapshot.clone();
    let code = match read.code {
        Some(code) => code,
        None => snapshot
            .code(read.to, read.view, shared.params.execution.code_bytes)
            .ok_or(ReadError::NoContract(read.to))?,
    };
    let seat = shared
        .seats()
        .into_iter()
        .next()
        .cloned()
        .ok_or(ReadError::NoValidator)?;
    let started = now();
    let request = Request {
        code,
        message: Message {
            contract: read.to,
            sender: read.from,
            origin: read.from,
            value: read.value,
            chain_id: shared.params.chain_id,
            time_ms: read.time_ms.unwrap_or_else(|| shared.clock.now_ms()),
        },
        entry: read.entry,
        view: read.view,
        role: Role::Leader,
        permissions: read.permissions,
        seed: [0; 32],
    };
    let world = world(shared, &seat, permit);
    let credited = Some((read.to, read.value));
    let execution = shared.machine.run(
        request,
        Box::new(ChainHost {
            snapshot,
            code_bytes: shared.params.execution.code_bytes,
            credited,
            world,
        }),
    );
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Done {
        execution,
        elapsed_ms,
        validator: seat.key.address(),
    })
}

fn world(shared: &Shared, seat: &ValidatorSeat, permit: Permit) -> World {
    // Each read has fences of its own: one that is echoed tells nothing about the next.
    let number = shared.reads.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    World {
        gateway: shared.gateway.clone(),
        profile: Arc::clone(&seat.profile),
        tx: B256::ZERO,
        validator: seat.key.address(),
        seed: seat.key.private("prompt", &[b"read", &number]).0,
        runtime: shared.runtime.clone(),
        permit,
        patience: PATIENCE,
        trail: venire_gateway::Trail::default(),
    }
}

/// Code of a contract.
pub(crate) fn code(shared: &Shared, address: Address) -> Option<Arc<[u8]>> {
    let limit = shared.params.execution.code_bytes;
    let head = shared.head();
    head.snapshot.code(address, StateView::Accepted, limit)
}

/// The call object of a contract call made by name.
pub(crate) fn call_object(method: &str, args: Vec<Value>) -> Value {
    Value::Map(
        [
            ("method".to_owned(), Value::Str(method.to_owned())),
            ("args".to_owned(), Value::Array(args)),
        ]
        .into_iter()
        .collect(),
    )
}
