//! Runners that sub-VMs name and whose files are shown: registered code, and that of contracts.

use super::{Caller, Failure, gl_call::Reply, request::Fields};
use crate::{
    bytecode::Prepared,
    meter, package,
    session::{Frame, Mode, Run, Session},
    stop::{Stop, errno},
};
use std::sync::Arc;
use venire_types::{
    calldata::{self, Value},
    storage::StateView,
};

/// Memory budget of a runner beside its code.
const RECORD: usize = 1024;

/// `RegisterRunner`: makes code known to this instance and its sub-VMs, by its hash.
pub(super) fn register(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let code = fields.bytes("code")?;
    fields.done()?;
    meter::charge(&mut store, meter::EMISSION + meter::keccak(code.len()))?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    if frame.mode != Mode::Det || !frame.allow.register {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    if code.len() > session.limits.code_bytes as usize {
        return Err(Failure::Errno(errno::INVAL));
    }
    session.budget.take(RECORD + code.len())?;
    let id = package::custom_id(&code);
    Arc::make_mut(&mut frame.runners).insert(id.clone(), Arc::from(code));
    Ok(Some(calldata::encode(&Value::Str(id))))
}

/// The code a sub-VM runs when it names one: registered before, or that of another contract.
/// `None` is the code of the caller.
fn code_of(
    session: &mut Session,
    frame: &Frame,
    id: Option<&str>,
) -> Result<Option<Arc<[u8]>>, Stop> {
    let Some(id) = id.filter(|id| !matches!(*id, "contract" | "<contract>")) else {
        return Ok(None);
    };
    let unknown = |problem: &str| {
        let message = format!("the runner `{id}` cannot be used: {problem}");
        Stop::machine("invalid_contract runner absent", "UnknownRunner", message)
    };
    let code = if let Some((contract, finalized)) = package::chain_id(id) {
        let view = if finalized {
            StateView::Finalized
        } else {
            frame.view
        };
        let code = session.host.code(contract, view);
        code.ok_or_else(|| unknown("there is no contract at that address"))?
    } else {
        let known = frame.runners.get(id).map(Arc::clone);
        known.ok_or_else(|| {
            unknown("it was not registered in this call; see gl.vm.register_runner")
        })?
    };
    Ok(Some(code))
}

/// The package of a runner as sub-VMs run it.
pub(super) fn package_of(
    session: &mut Session,
    frame: &Frame,
    id: Option<&str>,
) -> Result<Option<Arc<Prepared>>, Stop> {
    let code = code_of(session, frame, id)?;
    let core = Arc::clone(&session.core);
    Ok(code.map(|code| core.bytecode.prepare(&core, &code)))
}

/// `MapFile`: files of a runner, with the paths at which they are to be shown, for the Python
/// package to show.
pub(super) fn map_file(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let id = fields.text("runner")?;
    let file = fields.text("path_in_runner")?;
    let to = fields.text("path_in_vfs")?;
    fields.done()?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    let code = code_of(session, frame, Some(&id))?;
    let code = code.unwrap_or_else(|| Arc::clone(&frame.prepared.code));
    let limits = session.limits;
    meter::charge(&mut store, package::price(&code, &limits))?;
    let refused = |error: package::PackageError| {
        let (_, fault) = error.ending();
        let code = "invalid_contract runner malformed".into();
        Failure::from(Stop::Machine { code, fault })
    };
    let files = package::files(&code, &limits).map_err(refused)?;
    let mapped = package::map(&files, &file, &to).map_err(refused)?;
    let size = mapped.values().map(Vec::len).fold(0, usize::saturating_add);
    meter::charge(&mut store, meter::bytes(size))?;
    let entries = mapped
        .into_iter()
        .map(|(path, bytes)| Value::array([Value::Str(path), Value::Bytes(bytes)]));
    Ok(Some(calldata::encode(&Value::array(entries))))
}
