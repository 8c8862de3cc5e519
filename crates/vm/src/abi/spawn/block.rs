//! Non-deterministic blocks: run by the leader, remembered for judgement by validators.
//!
//! # Invariants
//! - What a block costs or draws never reaches the deterministic part.

use super::{Caller, FORBIDDEN, Failure, Fields, Reply, child, named_runner, reply};
use crate::{
    Generation, Role,
    abi::runners,
    bytecode::Prepared,
    execute::{self, Ended, Entry},
    meter,
    session::{Allow, Asking, Budget, Frame, Mode, Queued, Run, Session},
    stop::{self, Stop},
};
use std::sync::Arc;
use venire_types::{
    calldata,
    outcome::{Fault, Outcome},
};

/// Memory budget of a queued validator block beside its function.
const QUEUED: usize = 1024;
/// Results of blocks up to so many bytes are not counted.
const SHORT: usize = 64;
/// The result of a block of which the result does not fit.
const TOO_MUCH: &str = "OOM nondet_output";

/// `RunNondet`: the leader's function here and now, or the leader's result and a judgement later.
pub(in crate::abi) fn run_nondet(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let leader = fields.bytes("data_leader")?;
    let validator = fields.bytes("data_validator")?;
    let catches = fields.optional_flag("catch_vm_error")?;
    let named = named_runner(&mut fields)?;
    fields.ignore(&["custom_runners"]).done()?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    if !frame.allow.nondet {
        return Err(FORBIDDEN);
    }
    // In every role, as if it was this validator's to keep the block until it is judged.
    let snapshot = frame.storage.weight();
    session
        .budget
        .take(QUEUED + leader.len() + validator.len() + snapshot)?;
    meter::charge(&mut store, meter::INSTANCE)?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    let block = session.next_block;
    if block >= session.limits.nondet_blocks {
        let message = format!("more than {block} non-deterministic blocks in one execution");
        return Err(Stop::machine("OOM nondet_blocks", "TooManyBlocks", message).into());
    }
    let prepared = match runners::package_of(session, frame, named.as_deref()) {
        Ok(prepared) => prepared,
        // The same for all validators, so it needs no block.
        Err(Stop::Machine { code, fault }) => {
            return reply(&mut store, &Outcome::VmError(code), Some(fault), catches);
        }
        Err(stop) => return Err(stop.into()),
    };
    session.next_block = block.saturating_add(1);
    let role = session.role.clone();
    let preparing = prepared.as_ref().map_or(0, |prepared| prepared.fuel);
    meter::charge(&mut store, preparing)?;
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
    let Run { session, frame, .. } = store.data_mut().run()?;
    let third = frame.prepared.generation() >= Generation::V03;
    let (bytes, outcome, fault) = bounded(session, third, bytes, (outcome, fault));
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
    third: bool,
    bytes: Vec<u8>,
    (outcome, fault): (Outcome, Option<Fault>),
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
    let code = if third {
        stop::third_generation(TOO_MUCH)
    } else {
        TOO_MUCH
    };
    let outcome = Outcome::VmError(code.into());
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
