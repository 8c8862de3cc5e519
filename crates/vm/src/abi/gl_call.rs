//! The `gl_call` table: one calldata map with one key, the message.
//!
//! Names of all generations are accepted; the v0.2 fields are required, those of v0.3 tolerated.

use super::{Caller, Failure, embed, emit, image, request::Fields, runners, spawn, world};
use crate::{
    Generation, meter, picture,
    session::{Mode, Run},
    stop::{Stop, errno},
};
use venire_types::{
    calldata::{self, Value},
    outcome::Outcome,
};
use wasmtime::component::WasmList;

/// What a message answers with.
pub(super) type Reply = Result<Option<Vec<u8>>, Failure>;

/// Longest request, bytes: the pixels of the largest picture, and its fields.
const MAX_REQUEST: usize = (picture::MAX_PIXELS as usize * 4) + 1024;
/// Longest trace line kept, bytes.
const MAX_TRACE: usize = 4096;

/// `gl-call`.
pub(super) fn gl_call(mut store: Caller<'_>, request: &WasmList<u8>) -> Reply {
    meter::charge(&mut store, meter::CALL)?;
    if request.len() > MAX_REQUEST {
        return Err(Failure::Errno(errno::INVAL));
    }
    meter::charge(&mut store, meter::bytes(request.len()))?;
    let request = request.as_le_slice(&store).to_vec();
    let request = meter::decode(&mut store, &request)?.map_err(|_| Failure::Errno(errno::INVAL))?;
    let (name, body) = split(request)?;
    match name.as_str() {
        "CallContract" => spawn::call_contract(store, Fields::of(body)?),
        "Sandbox" => spawn::sandbox(store, Fields::of(body)?),
        "RunNondet" => spawn::run_nondet(store, Fields::of(body)?),
        "PostMessage" | "EmitInternalMessage" => emit::post(store, Fields::of(body)?),
        "DeployContract" | "EmitInternalDeployMessage" => emit::deploy(store, Fields::of(body)?),
        "EthSend" | "EmitExternalMessage" => emit::external(store, Fields::of(body)?),
        "EmitEvent" => emit::event(store, Fields::of(body)?),
        "EthCall" | "ExternalCall" => eth_call(store, Fields::of(body)?),
        "WebRender" => world::render(store, Fields::of(body)?),
        "WebRequest" => world::request(store, Fields::of(body)?),
        "ExecPrompt" => world::prompt(store, Fields::of(body)?),
        "Extract" => world::extract(store, Fields::of(body)?),
        "ExecPromptTemplate" => world::template(store, body),
        "Rollback" => Err(Stop::User(Outcome::UserError(text(body)?)).into()),
        "UserError" => user_error(store, body),
        "RegisterRunner" => runners::register(store, Fields::of(body)?),
        "MapFile" => runners::map_file(store, Fields::of(body)?),
        "Return" => Err(Stop::Return(calldata::encode(&body)).into()),
        "VenireImage" => image::call(store, Fields::of(body)?),
        "VenireEmbed" => embed::embed(store, Fields::of(body)?),
        "VenireVectors" => embed::vectors(store, Fields::of(body)?),
        "Trace" => trace(store, body),
        "Yield" => Ok(None),
        "GetTimestamp" => {
            let seconds = store.data_mut().run()?.session.time_ms / 1000;
            Ok(Some(calldata::encode(&Value::from(seconds))))
        }
        _ => Err(Failure::Errno(errno::INVAL)),
    }
}

/// `{"Name": body}`, or the bare string of a message without fields.
fn split(request: Value) -> Result<(String, Value), Failure> {
    match request {
        Value::Str(name) => Ok((name, Value::Null)),
        Value::Map(map) if map.len() == 1 => {
            map.into_iter().next().ok_or(Failure::Errno(errno::INVAL))
        }
        _ => Err(Failure::Errno(errno::INVAL)),
    }
}

fn text(value: Value) -> Result<String, Failure> {
    match value {
        Value::Str(text) => Ok(text),
        _ => Err(Failure::Errno(errno::INVAL)),
    }
}

/// Any calldata in v0.3; text before, and what is not text as text.
fn user_error(mut store: Caller<'_>, value: Value) -> Reply {
    let any = store.data_mut().run()?.frame.prepared.generation() >= Generation::V03;
    let outcome = match value {
        Value::Str(text) => Outcome::UserError(text),
        value if any => Outcome::user(value),
        value => Outcome::UserError(calldata::to_text(&value)),
    };
    Err(Stop::User(outcome).into())
}

/// There is no external chain behind this network.
fn eth_call(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    fields.address("address")?;
    fields.bytes("calldata")?;
    fields.done()?;
    let frame = &store.data_mut().run()?.frame;
    if frame.mode != Mode::Det || !frame.allow.call {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    let message = "this network has no EVM contracts to read; use a contract of this network";
    Err(Stop::machine("evm_reverted", "EthCall", message).into())
}

fn trace(mut store: Caller<'_>, body: Value) -> Reply {
    let (name, body) = split(body)?;
    match name.as_str() {
        "Message" => {
            let line = format!(
                "[trace] {}\n",
                text(body)?.chars().take(MAX_TRACE).collect::<String>()
            );
            let session = &mut *store.data_mut().run()?.session;
            let limit = session.limits.output;
            session.stderr.push(line.as_bytes(), limit);
            Ok(None)
        }
        "RuntimeMicroSec" | "RuntimeMicroseconds" => {
            let left = store.get_fuel()?;
            let Run { session, frame, .. } = store.data_mut().run()?;
            // No clock runs in a sandbox: the time that the work takes on an ordinary machine.
            let micros = match frame.mode {
                Mode::Det => 0,
                Mode::Nondet => session.nondet_fuel.saturating_sub(left) / meter::MICROSECOND,
            };
            Ok(Some(calldata::encode(&Value::from(micros))))
        }
        _ => Err(Failure::Errno(errno::INVAL)),
    }
}
