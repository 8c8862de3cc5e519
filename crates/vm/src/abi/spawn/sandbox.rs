//! Runs a pickled function in a sandbox, on a copy of the storage.

use super::{Caller, Child, Fields, Reply, child, named_runner, result_bytes, spawn};
use crate::{
    Generation,
    abi::{runners, storage},
    execute::Entry,
    session::{Allow, Frame, Run},
};
use venire_types::{emission::Emission, outcome::Outcome};

/// `Sandbox`: a pickled function, on a copy of this contract's storage.
///
/// What it changed: v0.3 takes it over, also from a sandbox that failed, unless that is declined or
/// the sandbox ended by nesting too deeply; before, only messages of a sandbox that succeeded are
/// kept (the reference of v0.2 keeps those of failed ones as well), and its writes and events are
/// gone.
pub(in crate::abi) fn sandbox(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let function = fields.bytes("data")?;
    let both = fields.flag("allow_write_ops")?;
    let write = fields.flag("allow_write_storage")? || both;
    let send = fields.flag("allow_send_messages")? || both;
    let register = fields.flag("allow_register_runners")?;
    let on_error = fields.optional_flag("changes_on_error")?;
    let named = named_runner(&mut fields)?;
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
        if let Some(prepared) = runners::package_of(session, parent, named.as_deref())? {
            frame.prepared = prepared;
        }
        Ok(Frame { allow, ..frame })
    })?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    let third = frame.prepared.generation() >= Generation::V03;
    let Child {
        outcome,
        frame: child,
        ..
    } = ended;
    let after_failure = third && on_error.unwrap_or(true) && !is_overflow(&outcome);
    let keeps = outcome.is_success() || after_failure;
    if keeps && third {
        frame.sent = child.sent;
        frame.runners = child.runners;
        frame.storage.adopt(child.storage, &mut session.budget);
        storage::bound(&frame.storage, session.limits.storage_pages)?;
    } else {
        child.storage.release(&mut session.budget);
    }
    if !keeps {
        session.emissions.truncate(emitted);
    } else if !third {
        frame.sent = child.sent;
        let inside = session.emissions.split_off(emitted);
        let messages = inside.into_iter().filter(|emission| match emission {
            Emission::Post { .. } | Emission::Deploy { .. } | Emission::External { .. } => true,
            Emission::Event { .. } => false,
        });
        session.emissions.extend(messages);
    }
    Ok(Some(result_bytes(&mut store, &outcome)?))
}

/// Whether a sub-VM was stopped where its stack ended.
fn is_overflow(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::VmError(code) if code == "wasm_trap stack_overflow" || code == "wasm_trap StackOverflow")
}
