//! Sub-VMs: calls of other contracts, sandboxes and non-deterministic blocks.
//!
//! # Invariants
//! - A sub-VM is a fresh instance; it sees of its parent only what the table of permissions says.
//! - What a non-deterministic block costs or draws never reaches the deterministic part.

use super::{Caller, Failure, gl_call::Reply, request::Fields, runners};
use crate::{
    Generation, Role,
    bytecode::Prepared,
    execute::{self, Ended, Entry},
    meter,
    session::{Allow, Asking, Budget, Frame, Mode, Queued, Run, Session},
    stop::{self, Stop, errno},
    storage::Storage,
};
use std::sync::Arc;
use venire_types::{
    Address, B256,
    calldata::{self, Value},
    emission::Emission,
    outcome::{Fault, Outcome},
    storage::StateView,
};

const INVAL: Failure = Failure::Errno(errno::INVAL);
const FORBIDDEN: Failure = Failure::Errno(errno::FORBIDDEN);

/// A deterministic sub-VM gets the caller's fuel less one part in this many.
const KEPT: u64 = 64;
/// Memory budget of a queued validator block beside its function.
const QUEUED: usize = 1024;
/// Results of blocks up to so many bytes are not counted.
const SHORT: usize = 64;
/// The result of a block of which the result does not fit.
const TOO_MUCH: &str = "OOM nondet_output";

/// `CallContract`: another contract's view, on committed state.
///
/// Unlike the reference of v0.2, a child may neither send messages nor record events: they would
/// be somebody else's.
pub(super) fn call_contract(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let target = fields.address("address")?;
    let call = fields.value("calldata")?;
    let state = fields
        .optional("state")
        .or_else(|| fields.optional("storage_view"))
        .map_or(Some(0), |state| state.as_u64());
    let catches = fields.optional_flag("catch_vm_error")?;
    fields.done()?;
    let parent = &store.data_mut().run()?.frame;
    if parent.mode != Mode::Det || !parent.allow.call {
        return Err(FORBIDDEN);
    }
    let third = parent.prepared.generation() >= Generation::V03;
    if third && !is_call(&call) {
        return Err(INVAL);
    }
    let view = match state {
        Some(0) => parent.view,
        Some(1) => StateView::Finalized,
        Some(2) => StateView::Accepted,
        _ => return Err(INVAL),
    };
    let ended = spawn(&mut store, &Entry::Main(&call), |session, parent, seed| {
        let code = session
            .host
            .code(target, view)
            .ok_or_else(|| nothing_at(target))?;
        let core = Arc::clone(&session.core);
        let mut stack = parent.stack.clone();
        stack.push(parent.contract);
        Ok(Frame {
            prepared: core.bytecode.prepare(&core, &code),
            contract: target,
            stack,
            value: venire_types::U256::ZERO,
            is_init: false,
            view,
            allow: Allow {
                call: true,
                nondet: parent.allow.nondet,
                ..Allow::NOTHING
            },
            storage: Storage::new(target, view),
            locks: None,
            sent: venire_types::U256::ZERO,
            runners: Arc::default(),
            ..child(parent, seed)
        })
    })?;
    reply(&mut store, &ended.outcome, ended.fault, catches)
}

/// Whether a call object has the keys and shapes that v0.3 insists on.
pub(crate) fn is_call(call: &Value) -> bool {
    let Value::Map(map) = call else {
        return false;
    };
    map.iter().all(|(key, value)| match key.as_str() {
        "" | "method" => value.as_str().is_some(),
        "args" => value.as_array().is_some(),
        "kwargs" => value.as_map().is_some(),
        _ => false,
    })
}

fn nothing_at(target: Address) -> Stop {
    let message = format!("there is no contract at {target}");
    Stop::machine("invalid_contract", "NoContract", message)
}

/// `Sandbox`: a pickled function, on a copy of this contract's storage.
///
/// What it changed: v0.3 takes it over, also from a sandbox that failed unless that is declined;
/// before, only messages of a sandbox that succeeded are kept (the reference of v0.2 keeps those
/// of failed ones as well), and its writes and events are gone.
pub(super) fn sandbox(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let function = fields.bytes("data")?;
    let both = fields.flag("allow_write_ops")?;
    let write = fields.flag("allow_write_storage")? || both;
    let send = fields.flag("allow_send_messages")? || both;
    let register = fields.flag("allow_register_runners")?;
    let on_error = fields.optional_flag("changes_on_error")?;
    let named = fields.optional("runner");
    let named = named
        .as_ref()
        .map(|id| id.as_str().ok_or(INVAL))
        .transpose()?;
    fields.ignore(&["custom_runners"]).done()?;
    let emitted = store.data_mut().run()?.session.emissions.len();
    let entry = Entry::Sandbox(&function);
    let ended = spawn(&mut store, &entry, |session, parent, seed| {
        let allow = Allow {
            write: write && parent.allow.write,
            send: send && parent.allow.send,
            log: parent.allow.log,
            register: register && parent.allow.register,
            ..Allow::NOTHING
        };
        let mut frame = child(parent, seed);
        if let Some(prepared) = runners::package_of(session, parent, named)? {
            frame.prepared = prepared;
        }
        Ok(Frame { allow, ..frame })
    })?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    let third = frame.prepared.generation() >= Generation::V03;
    let keeps = ended.outcome.is_success() || third && on_error.unwrap_or(true);
    if !keeps {
        session.emissions.truncate(emitted);
    } else if third {
        frame.sent = ended.frame.sent;
        frame.storage.adopt(ended.frame.storage);
        frame.runners = ended.frame.runners;
        super::storage::bound(&frame.storage, session.limits.storage_pages)?;
    } else {
        frame.sent = ended.frame.sent;
        let inside = session.emissions.split_off(emitted);
        let messages = inside.into_iter().filter(|emission| match emission {
            Emission::Post { .. } | Emission::Deploy { .. } | Emission::External { .. } => true,
            Emission::Event { .. } => false,
        });
        session.emissions.extend(messages);
    }
    Ok(Some(result_bytes(&mut store, &ended.outcome)?))
}

/// `RunNondet`: the leader's function here and now, or the leader's result and a judgement later.
pub(super) fn run_nondet(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let leader = fields.bytes("data_leader")?;
    let validator = fields.bytes("data_validator")?;
    let catches = fields.optional_flag("catch_vm_error")?;
    let named = fields.optional("runner");
    let named = named
        .as_ref()
        .map(|id| id.as_str().ok_or(INVAL))
        .transpose()?;
    fields.ignore(&["custom_runners"]).done()?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    if !frame.allow.nondet {
        return Err(FORBIDDEN);
    }
    let prepared = runners::package_of(session, frame, named)?;
    // In every role, as if it was this validator's to keep the block until it is judged.
    let snapshot = frame.storage.weight();
    session
        .budget
        .take(QUEUED + leader.len() + validator.len() + snapshot)?;
    let preparing = prepared.as_ref().map_or(0, |prepared| prepared.fuel);
    meter::charge(&mut store, meter::INSTANCE.saturating_add(preparing))?;
    let session = &mut *store.data_mut().run()?.session;
    let block = session.next_block;
    if block >= session.limits.nondet_blocks {
        let message = format!("more than {block} non-deterministic blocks in one execution");
        return Err(Stop::machine("OOM nondet_blocks", "TooManyBlocks", message).into());
    }
    session.next_block = block.saturating_add(1);
    let role = session.role.clone();
    let (bytes, fault) = match role {
        Role::Leader => lead(&mut store, block, &leader, prepared)?,
        Role::Validator { leader } => {
            let bytes = leader.get(&block).cloned();
            queue(&mut store, block, validator, bytes.as_deref(), prepared)?;
            (bytes, None)
        }
        Role::Sync { leader } => (leader.get(&block).cloned(), None),
    };
    let Some(bytes) = bytes else {
        let message = format!("the leader recorded no result for block {block}");
        return Err(Stop::machine("absent", "LeaderFault", message).into());
    };
    let outcome = recorded(block, &bytes)?;
    let session = &mut store.data_mut().run()?.session;
    let (bytes, outcome, fault) = bounded(session, bytes, outcome, fault);
    session.nondet.insert(block, bytes);
    let fault = fault.or_else(|| leaders_fault(block, &outcome));
    reply(&mut store, &outcome, fault, catches)
}

/// What a leader recorded for a block.
fn recorded(block: u32, bytes: &[u8]) -> Result<Outcome, Failure> {
    let outcome = Outcome::from_bytes(bytes)
        .filter(is_well_formed)
        .ok_or_else(|| {
            let message = format!("the leader's result for block {block} is malformed");
            Stop::machine(
                "leader_fault nondet_output malformed",
                "LeaderFault",
                message,
            )
        })?;
    if let Outcome::VmError(code) = &outcome
        && (code.starts_with("leader_fault") || code == "absent")
    {
        let message = format!("the leader's result for block {block} claims a fault of the leader");
        let code = format!("leader_fault nondet_output uses_this_error {block:06}");
        return Err(Stop::machine(&code, "LeaderFault", message).into());
    }
    Ok(outcome)
}

/// The result of a block, or that it does not fit: a result as any other, so that validators have
/// it from the leader, too.
fn bounded(
    session: &Session,
    bytes: Vec<u8>,
    outcome: Outcome,
    fault: Option<Fault>,
) -> (Vec<u8>, Outcome, Option<Fault>) {
    let recorded: usize = session
        .nondet
        .values()
        .map(Vec::len)
        .fold(0, usize::saturating_add);
    let limit = session.limits.nondet_bytes;
    if bytes.len() <= SHORT || recorded.saturating_add(bytes.len()) <= limit as usize {
        return (bytes, outcome, fault);
    }
    let message = format!(
        "the results of all non-deterministic blocks have more than {limit} bytes; let the blocks \
         return less, for example a summary of a page"
    );
    let outcome = Outcome::VmError(TOO_MUCH.into());
    let fault = Some(stop::fault("TooMuchOutput", message));
    (outcome.to_bytes(), outcome, fault)
}

fn is_well_formed(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Return(bytes) | Outcome::UserValue(bytes) => calldata::decode(bytes).is_ok(),
        Outcome::UserError(_) | Outcome::VmError(_) => true,
    }
}

/// What a validator can say about a leader's failure: the traceback did not travel.
fn leaders_fault(block: u32, outcome: &Outcome) -> Option<Fault> {
    let Outcome::VmError(code) = outcome else {
        return None;
    };
    let message = format!("the leader's non-deterministic block {block} ended with {code}");
    Some(stop::fault("NondetError", message))
}

/// Runs the leader's function; it has fuel of its own.
fn lead(
    store: &mut Caller<'_>,
    block: u32,
    function: &[u8],
    prepared: Option<Arc<Prepared>>,
) -> Result<(Option<Vec<u8>>, Option<Fault>), Failure> {
    let Run {
        session,
        frame,
        grown,
        refused,
        fault,
    } = store.data_mut().end()?;
    let inner = block_frame(&frame, block, prepared);
    let entry = Entry::Stage {
        function,
        leaders_result: None,
    };
    let ended = in_block(session, inner, &entry, block)?;
    let Ended {
        session,
        outcome,
        fault: block_fault,
        unavailable,
        ..
    } = ended;
    store.data_mut().begin(Run {
        session,
        frame,
        grown,
        refused,
        fault,
    });
    match unavailable {
        Some(reason) => Err(Stop::Unavailable(reason).into()),
        None => Ok((Some(outcome.to_bytes()), block_fault)),
    }
}

/// Remembers a validator's function, with the storage as it is now.
fn queue(
    store: &mut Caller<'_>,
    block: u32,
    function: Vec<u8>,
    leader: Option<&[u8]>,
    prepared: Option<Arc<Prepared>>,
) -> Result<(), Failure> {
    let Run { session, frame, .. } = store.data_mut().run()?;
    let mut inner = block_frame(frame, block, prepared);
    if let Some(leader) = leader {
        inner.storage = inner.storage.detached();
        let leader = leader.to_vec();
        session.queue.push(Queued {
            block,
            frame: inner,
            function,
            leader,
        });
    }
    Ok(())
}

/// Frame of a block: reads a snapshot, may ask the world, nothing else.
fn block_frame(parent: &Frame, block: u32, prepared: Option<Arc<Prepared>>) -> Frame {
    let seed = venire_types::keccak256([parent.seed.as_slice(), &block.to_le_bytes()].concat());
    let prepared = prepared.unwrap_or_else(|| Arc::clone(&parent.prepared));
    let in_blocks = prepared.blocks.as_ref().map(Arc::clone);
    Frame {
        mode: Mode::Nondet,
        allow: Allow::NOTHING,
        prepared: in_blocks.unwrap_or(prepared),
        ..child(parent, seed)
    }
}

/// Runs one function of a block with the fuel that blocks have left, in memory of its own: what a
/// block takes differs between leader and validators, and must not be missing afterwards.
pub(crate) fn in_block(
    mut session: Box<Session>,
    frame: Frame,
    entry: &Entry<'_>,
    block: u32,
) -> Result<Ended, crate::session::NotRunning> {
    session.asking = Asking { block, next: 0 };
    let fuel = session.nondet_fuel;
    let fresh = Budget::new(session.limits.memory);
    let budget = std::mem::replace(&mut session.budget, fresh);
    let committed = std::mem::take(&mut session.committed);
    let mut ended = execute::execute(session, frame, entry, fuel)?;
    ended.session.nondet_fuel = fuel.saturating_sub(ended.fuel);
    ended.session.budget = budget;
    ended.session.committed = committed;
    Ok(ended)
}

/// What every sub-VM inherits.
fn child(parent: &Frame, seed: B256) -> Frame {
    Frame {
        seed,
        children: 0,
        random: 0,
        is_init: parent.is_init,
        depth: parent.depth.saturating_add(1),
        ..parent.clone()
    }
}

/// Runs a deterministic sub-VM with the caller's fuel.
fn spawn(
    store: &mut Caller<'_>,
    entry: &Entry<'_>,
    frame: impl FnOnce(&mut Session, &Frame, B256) -> Result<Frame, Stop>,
) -> Result<Child, Failure> {
    let inherited = store.data_mut().run()?.frame.storage.pending() as u64;
    meter::charge(
        store,
        meter::INSTANCE + inherited.saturating_mul(meter::INHERITED_PAGE),
    )?;
    let fuel = store.get_fuel()?;
    // The caller keeps something to deal with a sub-VM that used all it was given.
    let given = fuel - fuel / KEPT;
    let run = store.data_mut().run()?;
    if run.frame.depth >= run.session.limits.depth {
        let message = "calls of contracts and sandboxes are nested too deeply";
        let fault = Some(stop::fault("OutOfMemory", message));
        let frame = run.frame.clone();
        let code = if frame.prepared.generation() >= Generation::V03 {
            stop::third_generation("OOM nested")
        } else {
            stop::second_generation("OOM nested")
        };
        return Ok(Child {
            outcome: Outcome::VmError(code.into()),
            fault,
            frame,
        });
    }
    let seed = run.frame.child_seed();
    let frame = frame(&mut run.session, &run.frame, seed)?;
    let Run {
        session,
        frame: parent,
        grown,
        refused,
        fault,
    } = store.data_mut().end()?;
    let ended = execute::execute(session, frame, entry, given)?;
    let Ended {
        session,
        frame,
        outcome,
        fault: child_fault,
        unavailable,
        fuel: used,
    } = ended;
    store.data_mut().begin(Run {
        session,
        frame: parent,
        grown,
        refused,
        fault,
    });
    store.set_fuel(fuel.saturating_sub(used))?;
    match unavailable {
        Some(reason) => Err(Stop::Unavailable(reason).into()),
        None => Ok(Child {
            outcome,
            fault: child_fault,
            frame,
        }),
    }
}

/// What is left of a sub-VM once its session is back with the caller.
struct Child {
    outcome: Outcome,
    fault: Option<Fault>,
    frame: Frame,
}

/// Result bytes for the contract; a machine error of a call or block ends the caller as well,
/// except in v0.3, where contracts may catch it unless they decline to.
fn reply(
    store: &mut Caller<'_>,
    outcome: &Outcome,
    fault: Option<Fault>,
    catches: Option<bool>,
) -> Reply {
    let run = store.data_mut().run()?;
    let third = run.frame.prepared.generation() >= Generation::V03;
    let catches = catches.unwrap_or(third);
    match outcome {
        Outcome::UserValue(_) if !third => {
            let message = "the contract that was called refused with a value that is not text; \
                           only contracts of v0.3 can read it";
            Err(Stop::machine("invalid_contract major_mismatch", "MajorMismatch", message).into())
        }
        Outcome::VmError(code) if !catches => {
            let fault = fault.unwrap_or_default();
            Err(Stop::Machine {
                code: code.clone(),
                fault,
            }
            .into())
        }
        outcome => Ok(Some(result_bytes(store, outcome)?)),
    }
}

fn result_bytes(store: &mut Caller<'_>, outcome: &Outcome) -> Result<Vec<u8>, Failure> {
    let bytes = outcome.to_bytes();
    meter::charge(store, meter::bytes(bytes.len()))?;
    Ok(bytes)
}
