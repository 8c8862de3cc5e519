//! Runs one entry in one clean instance, or compiles or imports one contract in one.
//!
//! # Invariants
//! - The session that goes in comes out, whatever the instance did.
//! - Fuel used never exceeds fuel given.

use crate::{
    bytecode::{Body, Import},
    ending::{from_guest, from_trap, is_native_overflow, no_instance, out_of_fuel},
    guest::{GuestFault, GuestOutcome, Invocation, Source},
    machine::Core,
    marshal::{self, Py},
    meter,
    package::Package,
    pool::Ready,
    session::{Frame, NotRunning, Run, Session, Vm},
    stop::{self, Stop},
    time,
};
use venire_types::{
    calldata::{self, Value},
    outcome::{Fault, Outcome},
};
use wasmtime::{AsContextMut, StoreContextMut};

/// What it weighs that a contract ran once, bytes.
const MARK: usize = 256;

/// What an instance is told to do.
pub(crate) enum Entry<'a> {
    /// Dispatch a call object.
    Main(&'a Value),
    /// Call a pickled function without arguments.
    Sandbox(&'a [u8]),
    /// Call a pickled leader (no results) or validator function.
    Stage {
        /// The pickle.
        function: &'a [u8],
        /// For a validator: what the leader got.
        leaders_result: Option<&'a [u8]>,
    },
}

/// How an instance ended.
pub(crate) struct Ended {
    pub(crate) session: Box<Session>,
    pub(crate) frame: Frame,
    pub(crate) outcome: Outcome,
    pub(crate) fault: Option<Fault>,
    /// The outside world did not answer; `outcome` means nothing.
    pub(crate) unavailable: Option<String>,
    pub(crate) fuel: u64,
}

impl Ended {
    /// An execution that ended before anything ran.
    pub(crate) fn at_once(
        session: Box<Session>,
        frame: Frame,
        (outcome, fault): (Outcome, Fault),
    ) -> Self {
        ended(session, frame, (outcome, Some(fault)), 0)
    }
}

/// Runs `entry` in a clean instance with at most `fuel`.
///
/// # Errors
/// When a host function lost the session, which is a defect of this crate.
pub(crate) fn execute(
    session: Box<Session>,
    frame: Frame,
    entry: &Entry<'_>,
    fuel: u64,
) -> Result<Ended, NotRunning> {
    let core = std::sync::Arc::clone(&session.core);
    let prepared = std::sync::Arc::clone(&frame.prepared);
    let Some(left) = fuel.checked_sub(prepared.fuel) else {
        return Ok(ended(session, frame, out_of_fuel(), fuel));
    };
    let body = match &prepared.body {
        Ok(body) => body,
        Err((outcome, fault)) => {
            let ending = (outcome.clone(), Some(fault.clone()));
            let mut ended = ended(session, frame, ending, prepared.fuel);
            ended.unavailable = prepared.broken.then(|| fault.message.clone());
            return Ok(ended);
        }
    };
    let mut ready = match with_contract(&core, body) {
        Ok(ready) => ready,
        Err(error) => {
            let (outcome, fault) = no_instance(&error);
            let unavailable = Some(fault.message.clone());
            let mut ended = ended(session, frame, (outcome, Some(fault)), fuel);
            ended.unavailable = unavailable;
            return Ok(ended);
        }
    };
    let result = enter(&core, &mut ready, session, frame, body, entry, left);
    let rest = rest(&ready, left);
    let run = ready.store.data_mut().end();
    put_back(&core, ready, result.is_ok());
    Ok(finish(run?, result, fuel - rest))
}

/// Fuel left of what was `given`.
fn rest(ready: &Ready, given: u64) -> u64 {
    ready.store.get_fuel().unwrap_or(0).min(given)
}

/// An instance that has the contract of `body`, or needs its sources.
fn with_contract(core: &Core, body: &Body) -> wasmtime::Result<Ready> {
    match body.import {
        Import::Within => core.pool.take(None),
        Import::Ahead => {
            let known = core.snapshots.get(body.code);
            let mut ready = core.pool.take(known.as_ref().and_then(Option::as_ref))?;
            if !ready.has_contract() {
                ready.store.set_fuel(core.limits.fuel)?;
                prepare(core, &mut ready, body)?;
                keep_snapshot(core, &mut ready, body, known.is_some());
            }
            Ok(ready)
        }
    }
}

fn put_back(core: &Core, ready: Ready, orderly: bool) {
    if orderly {
        core.pool.give(ready);
    } else {
        core.pool.bury(ready);
    }
}

fn enter(
    core: &Core,
    ready: &mut Ready,
    session: Box<Session>,
    frame: Frame,
    body: &Body,
    entry: &Entry<'_>,
    fuel: u64,
) -> wasmtime::Result<GuestOutcome> {
    let message = message(&session, &frame, entry);
    let call = match entry {
        Entry::Main(call) => marshal::dump(&Py::from(*call)),
        Entry::Sandbox(_) | Entry::Stage { .. } => marshal::dump(&Py::None),
    };
    let seed = frame.python_seed();
    ready.store.data_mut().begin(Run {
        session,
        frame,
        grown: 0,
        refused: false,
        fault: None,
    });
    ready.store.set_fuel(fuel)?;
    let invocation = Invocation {
        sources: match body.import {
            Import::Within => &body.sources,
            Import::Ahead => &[],
        },
        generation: body.generation.number(),
        entry_kind: match entry {
            Entry::Main(_) => 0,
            Entry::Sandbox(_) => 1,
            Entry::Stage { .. } => 2,
        },
        message: &message,
        call: &call,
        seed,
    };
    let store = ready.store.as_context_mut();
    let outcome = core.exports.run(store, &ready.instance, invocation)?;
    checked(core, ready.store.as_context_mut(), outcome)
}

/// The outcome, or an error in its place if a returned value that may be returned is not calldata.
fn checked(
    core: &Core,
    mut store: StoreContextMut<'_, Vm>,
    outcome: GuestOutcome,
) -> wasmtime::Result<GuestOutcome> {
    let GuestOutcome::Returned(bytes) = &outcome else {
        return Ok(outcome);
    };
    if bytes.len() > core.limits.calldata_bytes as usize {
        return Ok(outcome);
    }
    Ok(match meter::decode(&mut store, bytes)? {
        Ok(_) => outcome,
        Err(error) => {
            let message = format!("the returned value is broken: {error}");
            GuestOutcome::Exited((1, GuestFault::new("ValueError", message)))
        }
    })
}

/// The start-up message of the contract.
fn message(session: &Session, frame: &Frame, entry: &Entry<'_>) -> Vec<u8> {
    let encoded;
    let (data, stage) = match entry {
        Entry::Main(call) => {
            encoded = calldata::encode(call);
            (encoded.as_slice(), Py::None)
        }
        Entry::Sandbox(function)
        | Entry::Stage {
            function,
            leaders_result: None,
        } => (*function, Py::None),
        Entry::Stage {
            function,
            leaders_result: Some(result),
        } => (
            *function,
            Py::Dict(vec![("leaders_result", Py::Bytes(result))]),
        ),
    };
    let datetime = time::rfc3339(session.time_ms);
    let value = Value::from(frame.value);
    marshal::dump(&Py::Dict(vec![
        ("contract_address", Py::address(&frame.contract)),
        ("sender_address", Py::address(&frame.sender)),
        ("origin_address", Py::address(&session.origin)),
        (
            "stack",
            Py::List(frame.stack.iter().map(Py::address).collect()),
        ),
        ("value", Py::from(&value)),
        ("chain_id", Py::Int(session.chain_id.into())),
        ("is_init", Py::Bool(frame.is_init)),
        ("datetime", Py::Str(&datetime)),
        ("entry_data", Py::Bytes(data)),
        ("entry_stage_data", stage),
    ]))
}

fn finish(run: Run, result: wasmtime::Result<GuestOutcome>, fuel: u64) -> Ended {
    let Run {
        mut session,
        frame,
        grown,
        refused,
        fault,
    } = run;
    session.budget.give(grown);
    let mut unavailable = None;
    let ending = match result {
        Ok(outcome) => from_guest(outcome),
        Err(error) if is_native_overflow(&error) => {
            let (outcome, fault) = no_instance(&error);
            unavailable = Some(fault.message.clone());
            (outcome, Some(fault))
        }
        Err(error) => match error.downcast_ref::<Stop>() {
            Some(Stop::Unavailable(reason)) => {
                unavailable = Some(reason.clone());
                (
                    Outcome::VmError("timeout".into()),
                    Some(stop::fault("Unavailable", reason)),
                )
            }
            Some(Stop::Return(bytes)) => (Outcome::Return(bytes.clone()), None),
            Some(Stop::User(outcome)) => {
                let fault = stop::fault("UserError", outcome.refusal().unwrap_or_default());
                (outcome.clone(), Some(fault))
            }
            Some(Stop::Machine { code, fault: own }) => (
                Outcome::VmError(code.clone()),
                Some(fault.unwrap_or_else(|| own.clone())),
            ),
            None => from_trap(&error, refused),
        },
    };
    let mut ended = ended(session, frame, ending, fuel);
    ended.unavailable = unavailable;
    ended
}

fn ended(
    session: Box<Session>,
    frame: Frame,
    ending: (Outcome, Option<Fault>),
    fuel: u64,
) -> Ended {
    let (outcome, fault) = stop::ending(ending, &frame, &session.limits);
    Ended {
        session,
        frame,
        outcome,
        fault,
        unavailable: None,
        fuel,
    }
}

/// What compiling gave.
pub(crate) enum Compiled {
    /// Bytecode and what it cost.
    Done { sources: Vec<Source>, fuel: u64 },
    /// The contract is at fault, always.
    Refused { ending: (Outcome, Fault), fuel: u64 },
    /// The node is at fault, now.
    Broken { ending: (Outcome, Fault) },
}

/// Compiles every module of `package` in one clean instance.
pub(crate) fn compile(core: &Core, package: &Package) -> Compiled {
    let mut ready = match core.pool.take(None) {
        Ok(ready) => ready,
        Err(error) => {
            return Compiled::Broken {
                ending: no_instance(&error),
            };
        }
    };
    let budget = core.limits.fuel;
    let result = compile_in(core, &mut ready, package, budget);
    let fuel = budget - rest(&ready, budget);
    put_back(core, ready, result.is_ok());
    match result {
        Ok(Ok(sources)) => Compiled::Done {
            sources,
            fuel: fuel + meter::INSTANCE,
        },
        Ok(Err(fault)) => {
            let outcome = Outcome::VmError("exit_code 1".into());
            Compiled::Refused {
                ending: (outcome, fault),
                fuel: fuel + meter::INSTANCE,
            }
        }
        Err(error) if is_native_overflow(&error) => Compiled::Broken {
            ending: no_instance(&error),
        },
        Err(error) => {
            let (outcome, fault) = from_trap(&error, false);
            Compiled::Refused {
                ending: (outcome, fault.unwrap_or_default()),
                fuel,
            }
        }
    }
}

fn compile_in(
    core: &Core,
    ready: &mut Ready,
    package: &Package,
    fuel: u64,
) -> wasmtime::Result<Result<Vec<Source>, Fault>> {
    ready.store.set_fuel(fuel)?;
    let mut sources = Vec::with_capacity(package.modules.len());
    for module in &package.modules {
        let store = ready.store.as_context_mut();
        // The file that tracebacks name.
        let file = if module.is_package {
            format!("{}.__init__", module.name)
        } else {
            module.name.clone()
        };
        let compiled = core
            .exports
            .compile::<Vm>(store, &ready.instance, &file, &module.source)?;
        match compiled {
            Ok(code) => sources.push(Source {
                name: module.name.clone(),
                is_package: module.is_package,
                code,
                compiled: true,
            }),
            Err(fault) => return Ok(Err(fault.into())),
        }
    }
    // Known by their absolute paths, as no module is.
    sources.extend(package.files.iter().map(|(path, bytes)| Source {
        name: path.clone(),
        is_package: false,
        code: bytes.clone(),
        compiled: false,
    }));
    Ok(Ok(sources))
}

/// Imports the contract of `body` in one clean instance. The fuel that took, and when it is to be
/// imported: within each run where the import looks at the call, fails, or needs more memory than
/// the image has.
pub(crate) fn import(core: &Core, body: &Body) -> wasmtime::Result<(u64, Import)> {
    let mut ready = core.pool.take(None)?;
    let budget = core.limits.fuel;
    ready.store.set_fuel(budget)?;
    let result = prepare(core, &mut ready, body);
    let fuel = budget - rest(&ready, budget);
    let data = ready.store.data();
    let quiet = matches!(result, Ok(true)) && !data.has_looked() && !data.has_grown();
    put_back(core, ready, result.is_ok());
    let import = if quiet { Import::Ahead } else { Import::Within };
    Ok((fuel, import))
}

fn prepare(core: &Core, ready: &mut Ready, body: &Body) -> wasmtime::Result<bool> {
    let store = ready.store.as_context_mut();
    let generation = body.generation.number();
    core.exports
        .prepare::<Vm>(store, &ready.instance, &body.sources, generation)
}

/// Keeps a snapshot of a contract that runs for the second time: to look for what an import wrote
/// costs as much as a small import, and most contracts that were not needed for long are needed once.
fn keep_snapshot(core: &Core, ready: &mut Ready, body: &Body, again: bool) {
    let snapshot = again.then(|| core.pool.snapshot(ready)).flatten();
    if again && snapshot.is_none() {
        return;
    }
    let weight = snapshot.as_ref().map_or(MARK, |kept| kept.weight());
    core.snapshots.put(body.code, weight, snapshot);
}
