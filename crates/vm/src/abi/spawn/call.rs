//! Calls views of other contracts.

use super::{Caller, FORBIDDEN, Fields, INVAL, Reply, child, reply, spawn};
use crate::{
    Generation,
    execute::Entry,
    session::{Allow, Frame, Mode},
    stop::Stop,
    storage::Storage,
};
use std::sync::Arc;
use venire_types::{Address, U256, calldata::Value, storage::StateView};

/// `CallContract`: another contract's view, on committed state.
///
/// The view that is not named is the caller's, and that of accepted state before v0.3; before v0.3,
/// a child may start blocks as its caller may. Unlike the reference of v0.2, it may neither send
/// messages nor record events: they would be somebody else's.
pub(in crate::abi) fn call_contract(mut store: Caller<'_>, mut fields: Fields) -> Reply {
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
        Some(0) if third => parent.view,
        Some(0) => StateView::Accepted,
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
        let prepared = core.bytecode.prepare(&core, &code);
        let old = !third && prepared.generation() < Generation::V03;
        Ok(Frame {
            prepared,
            contract: target,
            stack,
            value: U256::ZERO,
            is_init: false,
            view,
            allow: Allow {
                call: true,
                nondet: parent.allow.nondet && old,
                ..Allow::NOTHING
            },
            storage: Storage::new(target, view),
            locks: None,
            sent: U256::ZERO,
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
