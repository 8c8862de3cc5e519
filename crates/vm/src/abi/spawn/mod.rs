//! Sub-VMs: what calls of other contracts, sandboxes and non-deterministic blocks have in common.
//!
//! # Invariants
//! - A sub-VM is a fresh instance; it sees of its parent only what the table of permissions says.
//! - That there is nothing to run in a sub-VM is a result of the sub-VM, for its parent to look at.

mod block;
mod call;
mod sandbox;

pub(crate) use block::in_block;
pub(super) use block::run_nondet;
pub(super) use call::call_contract;
pub(crate) use call::is_call;
pub(super) use sandbox::sandbox;

use super::{Caller, Failure, gl_call::Reply, request::Fields};
use crate::{
    Generation,
    execute::{self, Ended, Entry},
    meter,
    session::{Frame, Run, Session},
    stop::{self, Stop, errno},
};
use venire_types::{
    B256,
    outcome::{Fault, Outcome},
};

const INVAL: Failure = Failure::Errno(errno::INVAL);
const FORBIDDEN: Failure = Failure::Errno(errno::FORBIDDEN);

/// A deterministic sub-VM gets the caller's fuel less one part in this many.
const KEPT: u64 = 64;

/// The runner that a request names.
fn named_runner(fields: &mut Fields) -> Result<Option<String>, Failure> {
    let named = fields.optional("runner");
    let named = named.as_ref().map(|id| id.as_str().ok_or(INVAL));
    Ok(named.transpose()?.map(str::to_owned))
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
        let fault = stop::fault("OutOfMemory", message);
        return Ok(Child::refused(&run.frame, "OOM nested", fault));
    }
    let seed = run.frame.child_seed();
    let frame = match frame(&mut run.session, &run.frame, seed) {
        Ok(frame) => frame,
        Err(Stop::Machine { code, fault }) => return Ok(Child::refused(&run.frame, &code, fault)),
        Err(stop) => return Err(stop.into()),
    };
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

impl Child {
    /// A sub-VM in which nothing ran, with an ending as its parent names it.
    fn refused(parent: &Frame, code: &str, fault: Fault) -> Self {
        let code = if parent.prepared.generation() >= Generation::V03 {
            stop::third_generation(code)
        } else {
            stop::second_generation(code)
        };
        Self {
            outcome: Outcome::VmError(code.into()),
            fault: Some(fault),
            frame: parent.clone(),
        }
    }
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
