//! One request from start to finish: the main run, then a validator's judgement of blocks.

use crate::{
    Entry as Called, Execution, Host, Message, Permissions, Request, Role,
    abi::{in_block, is_call},
    bytecode::Prepared,
    execute::{self, Ended, Entry},
    machine::Core,
    meter, package, root,
    session::{Allow, Asking, Budget, Frame, Mode, NotRunning, Output, Queued, Session},
    stop,
    storage::{Committed, Full, Storage},
};
use std::{collections::BTreeMap, sync::Arc};
use venire_types::{
    Address, B256, U256,
    calldata::{self, Value},
    outcome::{Fault, Outcome},
    storage::{StateView, StorageDelta},
};

/// Calldata of `True`, the one answer with which a validator function agrees.
const AGREES: [u8; 1] = [0x10];

/// Runs `request`.
pub(crate) fn execute(core: Arc<Core>, request: Request, host: Box<dyn Host>) -> Execution {
    match main(core, request, host) {
        Ok(execution) => execution,
        Err(NotRunning) => lost("an instance lost its session; this is a defect of the node"),
    }
}

/// An execution that says nothing about the contract.
pub(crate) fn lost(reason: &str) -> Execution {
    Execution {
        outcome: Outcome::VmError("timeout".into()),
        fault: Some(stop::fault("Unavailable", reason)),
        delta: StorageDelta::new(),
        emissions: Vec::new(),
        nondet: BTreeMap::new(),
        disagreement: None,
        reason: None,
        unavailable: Some(reason.to_owned()),
        stdout: String::new(),
        stderr: String::new(),
        fuel: 0,
    }
}

fn main(core: Arc<Core>, request: Request, host: Box<dyn Host>) -> Result<Execution, NotRunning> {
    let Request {
        code,
        message,
        entry,
        view,
        role,
        permissions,
        seed,
    } = request;
    let limits = core.limits;
    let refused = package::check_size(&code, &limits)
        .err()
        .map(|error| error.ending());
    let prepared = match &refused {
        Some(ending) => Arc::new(Prepared::refused(0, ending.clone())),
        None => core.bytecode.prepare(&core, &code),
    };
    let mut session = Box::new(Session {
        core,
        host,
        limits,
        role,
        chain_id: message.chain_id,
        time_ms: message.time_ms,
        origin: message.origin,
        budget: Budget::new(limits.memory),
        committed: Committed::default(),
        emissions: Vec::new(),
        nondet: BTreeMap::new(),
        next_block: 0,
        queue: Vec::new(),
        nondet_fuel: limits.fuel,
        asking: Asking { block: 0, next: 0 },
        stdout: Output::default(),
        stderr: Output::default(),
    });
    let is_init = matches!(entry, Called::Deploy(_));
    let mut frame = first_frame(prepared, &message, is_init, (view, permissions, seed));
    if let Some(refused) = refused.or_else(|| refuse(&limits, &frame, &entry)) {
        let ended = Ended::at_once(session, frame, refused);
        return Ok(judge(ended)?.into_execution(0));
    }
    let mut fuel = limits.fuel;
    if is_init {
        match install(&mut session, &mut frame, &code) {
            Ok(cost) => fuel = fuel.saturating_sub(cost),
            Err(Full) => return Ok(lost("the code of the contract is larger than its storage")),
        }
    }
    let call = match entry {
        Called::Deploy(call) | Called::Call(call) => call,
        Called::Schema => Value::call("#get-schema", []),
    };
    let spent = limits.fuel - fuel;
    let ended = execute::execute(session, frame, &Entry::Main(&call), fuel)?;
    let verdict = judge(ended)?;
    Ok(verdict.into_execution(spent))
}

/// The frame of a main run.
fn first_frame(
    prepared: Arc<Prepared>,
    message: &Message,
    is_init: bool,
    (view, permissions, seed): (StateView, Permissions, [u8; 32]),
) -> Frame {
    Frame {
        prepared,
        contract: message.contract,
        sender: message.sender,
        stack: Vec::new(),
        value: message.value,
        is_init,
        view,
        mode: Mode::Det,
        allow: Allow {
            write: permissions.write,
            send: permissions.send,
            call: true,
            nondet: permissions.nondet,
            log: true,
            register: true,
        },
        storage: Storage::new(message.contract, view),
        locks: is_init.then_some(root::Locks::NONE),
        sent: U256::ZERO,
        seed: B256::from(seed),
        children: 0,
        random: 0,
        depth: 0,
        runners: Arc::default(),
    }
}

/// What ends an execution before anything runs.
fn refuse(limits: &crate::Limits, frame: &Frame, entry: &Called) -> Option<(Outcome, Fault)> {
    let (Called::Deploy(call) | Called::Call(call)) = entry else {
        return None;
    };
    let size = calldata::encode(call).len();
    let limit = limits.calldata_bytes as usize;
    let problem = if size > limit {
        format!("the arguments have {size} bytes; at most {limit} are allowed")
    } else if frame.prepared.generation() >= crate::Generation::V03 && !is_call(call) {
        "the call object has keys besides the method, `args` (a list) and `kwargs` (a map)".into()
    } else {
        return None;
    };
    let code = Outcome::VmError("malformed_entry".into());
    Some((code, stop::fault("MalformedCalldata", problem)))
}

/// Writes the code into its slot and notes on it into the output, before the constructor runs.
fn install(session: &mut Session, frame: &mut Frame, code: &[u8]) -> Result<u64, Full> {
    for note in &frame.prepared.notes {
        let limit = session.limits.output;
        session
            .stderr
            .push(format!("note: {note}\n").as_bytes(), limit);
    }
    let generation = frame.prepared.generation();
    let bytes = root::code_bytes(code);
    let mut write = |slot: B256, data: &[u8]| {
        frame.storage.write(
            &mut session.committed,
            &mut *session.host,
            &mut session.budget,
            (slot, 0, data),
        )
    };
    write(root::code_slot(generation), &bytes)?;
    if generation >= crate::Generation::V03 {
        write(B256::ZERO, &[root::MAJOR])?;
    }
    Ok((bytes.len() as u64 / 32 + 1).saturating_mul(meter::PAGE))
}

/// A finished main run with the verdict on its blocks.
struct Verdict {
    ended: Ended,
    disagreement: Option<u32>,
    reason: Option<String>,
}

/// Judges the queued blocks in order; the first one that is not agreed with ends it.
fn judge(mut ended: Ended) -> Result<Verdict, NotRunning> {
    let mut disagreement = None;
    let mut reason = None;
    if ended.unavailable.is_none() {
        for queued in std::mem::take(&mut ended.session.queue) {
            let Queued {
                block,
                frame,
                function,
                leader,
            } = queued;
            let entry = Entry::Stage {
                function: &function,
                leaders_result: Some(&leader),
            };
            let judged = in_block(ended.session, frame, &entry, block)?;
            let Ended {
                session,
                outcome,
                fault,
                unavailable,
                ..
            } = judged;
            ended.session = session;
            if unavailable.is_some() {
                ended.unavailable.clone_from(&unavailable);
                reason = unavailable;
                break;
            }
            if outcome != Outcome::Return(AGREES.into()) {
                disagreement = Some(block);
                reason = Some(why(block, &outcome, fault));
                break;
            }
        }
        if disagreement.is_none() && ended.unavailable.is_none() {
            let extra = unasked(&ended.session);
            if let Some(block) = extra
                && ended.frame.prepared.generation() >= crate::Generation::V03
            {
                let code = format!("leader_fault nondet_output extra {block:06}");
                ended.outcome = Outcome::VmError(code);
            }
            if matches!(ended.session.role, Role::Validator { .. }) {
                disagreement = extra;
            }
            reason = disagreement
                .map(|block| format!("the leader recorded block {block}, which never ran"))
                .or(reason);
        }
    }
    Ok(Verdict {
        ended,
        disagreement,
        reason,
    })
}

/// The first recorded result of a leader that this execution had no use for.
fn unasked(session: &Session) -> Option<u32> {
    match &session.role {
        Role::Validator { leader } | Role::Sync { leader } => leader
            .keys()
            .copied()
            .find(|block| *block >= session.next_block),
        Role::Leader => None,
    }
}

/// Why a validator does not agree, in plain words.
fn why(block: u32, outcome: &Outcome, fault: Option<Fault>) -> String {
    match outcome {
        Outcome::Return(bytes) => match calldata::decode(bytes) {
            Ok(Value::Bool(false)) => {
                format!("block {block}: this validator's own judgement differs from the leader's")
            }
            Ok(value) => {
                let text = calldata::to_text(&value);
                format!("block {block}: the validator function returned {text} instead of True")
            }
            Err(error) => {
                format!("block {block}: the validator function's answer is broken: {error}")
            }
        },
        Outcome::UserError(_) | Outcome::UserValue(_) => {
            let text = outcome.refusal().unwrap_or_default();
            format!("block {block}: the validator function raised UserError: {text}")
        }
        Outcome::VmError(code) => {
            let fault = fault.unwrap_or_default();
            let (kind, message) = (fault.kind, fault.message);
            format!("block {block}: the validator function ended with {code}: {kind}: {message}")
        }
    }
}

impl Verdict {
    fn into_execution(self, spent: u64) -> Execution {
        let Self {
            ended,
            disagreement,
            reason,
        } = self;
        let Ended {
            session,
            frame,
            outcome,
            fault,
            unavailable,
            fuel,
        } = ended;
        let mut session = *session;
        let keeps = outcome.is_success() && unavailable.is_none();
        Execution {
            delta: if keeps && frame.allow.write {
                frame.storage.delta(&session.committed, &mut *session.host)
            } else {
                StorageDelta::new()
            },
            emissions: if keeps { session.emissions } else { Vec::new() },
            nondet: session.nondet,
            disagreement,
            reason,
            unavailable,
            stdout: session.stdout.into_text(),
            stderr: session.stderr.into_text(),
            fuel: fuel.saturating_add(spent),
            outcome,
            fault,
        }
    }
}

/// Time of the reference's dummy message, milliseconds since 1970.
const DUMMY_TIME_MS: u64 = 1_732_603_362_424;

/// A request for the schema of `code`.
pub(crate) fn schema_request(code: Arc<[u8]>) -> Request {
    Request {
        code,
        message: Message {
            contract: Address::with_last_byte(1),
            sender: Address::with_last_byte(2),
            origin: Address::with_last_byte(2),
            value: U256::ZERO,
            chain_id: 0,
            time_ms: DUMMY_TIME_MS,
        },
        entry: Called::Schema,
        view: StateView::Accepted,
        role: Role::Leader,
        permissions: Permissions {
            write: false,
            send: false,
            nondet: false,
        },
        seed: [0; 32],
    }
}

/// The schema in the result of such a request.
pub(crate) fn schema_text(execution: Execution) -> Result<String, Box<Execution>> {
    let text = match &execution.outcome {
        Outcome::Return(bytes) => match calldata::decode(bytes) {
            Ok(Value::Str(text)) => Some(text),
            _ => None,
        },
        Outcome::UserError(_) | Outcome::UserValue(_) | Outcome::VmError(_) => None,
    };
    text.ok_or_else(|| Box::new(execution))
}
