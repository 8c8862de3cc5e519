//! The host interface of the sandbox: one file per family of calls.
//!
//! # Invariants
//! - Every call charges fuel before it does work. What may be long stays where it is until it is
//!   paid for.
//! - A call answers an SDK error number for what a contract may catch, and traps for what ends it.

mod chain;
mod embed;
mod emit;
mod gl_call;
mod image;
mod request;
mod runners;
mod spawn;
mod storage;
mod tree;
mod world;

pub(crate) use spawn::{in_block, is_call};

use crate::{
    guest::HOST,
    session::{NotRunning, Vm},
    stop::Stop,
    storage::Full,
};
use wasmtime::{
    Result, StoreContextMut,
    component::{Linker, LinkerInstance, WasmList},
};

/// Why a host call has no answer.
pub(crate) enum Failure {
    /// An SDK error number, see [`crate::stop::errno`].
    Errno(u32),
    /// The instance ends.
    End(wasmtime::Error),
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::End(error)
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self::End(stop.into())
    }
}

impl From<NotRunning> for Failure {
    fn from(error: NotRunning) -> Self {
        Self::End(error.into())
    }
}

impl From<Full> for Failure {
    fn from(Full: Full) -> Self {
        let message = "the contract touched more storage or recorded more messages than fit";
        Stop::machine("OOM storage", "OutOfMemory", message).into()
    }
}

/// Store of the calling instance.
pub(crate) type Caller<'a> = StoreContextMut<'a, Vm>;

/// To the shape of `wit/contract.wit`: a result inside a result.
fn answer<T>(result: Result<T, Failure>) -> Result<(Result<T, u32>,)> {
    match result {
        Ok(value) => Ok((Ok(value),)),
        Err(Failure::Errno(number)) => Ok((Err(number),)),
        Err(Failure::End(error)) => Err(error),
    }
}

/// Defines the host interface.
pub(crate) fn add(linker: &mut Linker<Vm>) -> Result<()> {
    let mut host = linker.instance(HOST)?;
    add_storage(&mut host)?;
    host.func_wrap("balance-of", |store: Caller<'_>, (address,): (Vec<u8>,)| {
        answer(chain::balance_of(store, &address))
    })?;
    host.func_wrap("self-balance", |store: Caller<'_>, (): ()| {
        answer(chain::self_balance(store))
    })?;
    host.func_wrap(
        "gl-call",
        |store: Caller<'_>, (request,): (WasmList<u8>,)| answer(gl_call::gl_call(store, &request)),
    )?;
    host.func_wrap(
        "keccak256",
        |store: Caller<'_>, (data,): (WasmList<u8>,)| chain::keccak(store, &data),
    )?;
    host.func_wrap(
        "log",
        |store: Caller<'_>, (fd, data): (u8, WasmList<u8>)| chain::log(store, fd, &data),
    )
}

/// Bytes, values with a length, and sorted maps.
fn add_storage(host: &mut LinkerInstance<'_, Vm>) -> Result<()> {
    host.func_wrap(
        "storage-read",
        |store: Caller<'_>, (slot, offset, len): (Vec<u8>, u32, u32)| {
            answer(storage::read(store, &slot, offset, len))
        },
    )?;
    host.func_wrap(
        "storage-write",
        |store: Caller<'_>, (slot, offset, data): (Vec<u8>, u32, Vec<u8>)| {
            answer(storage::write(store, &slot, offset, &data))
        },
    )?;
    host.func_wrap(
        "blob-read",
        |store: Caller<'_>, (slot, offset): (Vec<u8>, u32)| {
            answer(storage::blob_read(store, &slot, offset))
        },
    )?;
    host.func_wrap(
        "blob-write",
        |store: Caller<'_>, (slot, offset, data): (Vec<u8>, u32, Vec<u8>)| {
            answer(storage::blob_write(store, &slot, offset, &data))
        },
    )?;
    tree::add(host)
}
