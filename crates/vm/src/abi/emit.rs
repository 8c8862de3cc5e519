//! Messages, deploys, transfers and events: recorded in order, kept only if the run succeeds.

use super::{Caller, Failure, chain, gl_call::Reply, request::Fields};
use crate::{
    Generation, meter,
    session::{Mode, Run},
    stop::{Stop, errno},
};
use venire_types::{
    B256, U256,
    calldata::{self, Value},
    emission::Emission,
};

/// Topics of one event, signature included.
const MAX_TOPICS: usize = 4;
/// Memory budget of one emission beside its bytes.
const RECORD: usize = 256;

/// `PostMessage`.
pub(super) fn post(store: Caller<'_>, mut fields: Fields) -> Reply {
    let emission = Emission::Post {
        to: fields.address("address")?,
        calldata: calldata::encode(&fields.value("calldata")?),
        value: fields.amount("value")?,
        on: fields.on()?,
    };
    fees(fields)?;
    send(store, emission)
}

/// `DeployContract`.
pub(super) fn deploy(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let emission = Emission::Deploy {
        calldata: calldata::encode(&fields.value("calldata")?),
        code: fields.bytes("code")?,
        value: fields.amount("value")?,
        salt: fields.amount("salt_nonce")?,
        on: fields.on()?,
    };
    fees(fields)?;
    if let Emission::Deploy { code, .. } = &emission {
        check_code(&mut store, code.len())?;
    }
    send(store, emission)
}

/// `EthSend`.
pub(super) fn external(store: Caller<'_>, mut fields: Fields) -> Reply {
    let emission = Emission::External {
        to: fields.address("address")?,
        calldata: fields.bytes("calldata")?,
        value: fields.amount("value")?,
    };
    fees(fields)?;
    send(store, emission)
}

/// `EmitEvent`.
pub(super) fn event(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let inval = || Failure::Errno(errno::INVAL);
    let topics = fields.value("topics")?;
    let blob = fields.value("blob")?;
    fields.done()?;
    let topics = topics
        .as_array()
        .filter(|topics| topics.len() <= MAX_TOPICS)
        .ok_or_else(inval)?;
    let topics = topics
        .iter()
        .map(|topic| B256::try_from(topic.as_bytes().unwrap_or_default()).map_err(|_| inval()))
        .collect::<Result<Vec<B256>, Failure>>()?;
    if blob.as_map().is_none() {
        return Err(inval());
    }
    let data = calldata::encode(&blob);
    let Run { session, frame, .. } = store.data_mut().run()?;
    // Events are a kind of storage from v0.3 on.
    let writes = frame.allow.write || frame.prepared.generation() < Generation::V03;
    if frame.mode != Mode::Det || !frame.allow.log || !writes {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    let limit = session.limits.event_bytes;
    if data.len() > limit as usize {
        let message = format!(
            "the fields of the event have {} bytes; at most {limit} are allowed",
            data.len()
        );
        return Err(Stop::machine("OOM event", "EventTooLarge", message).into());
    }
    record(store, Emission::Event { topics, data })
}

/// What may follow the fields of a message: who pays, and how much. Messages cost nothing here,
/// so that it is checked and has no effect.
fn fees(mut fields: Fields) -> Result<(), Failure> {
    fields.flag("use_balance")?;
    let params = fields.optional("fee_params");
    fields.done()?;
    let Some(params) = params else {
        return Ok(());
    };
    let inval = || Failure::Errno(errno::INVAL);
    let mut params = Fields::of(params)?;
    for count in [
        "leader_timeunits_allocation",
        "leader_time_units_allocation",
        "validator_timeunits_allocation",
        "validator_time_units_allocation",
    ] {
        if let Some(count) = params.optional(count)
            && !is_between(&count, 0, 32)
        {
            return Err(inval());
        }
    }
    if let Some(rotations) = params.optional("rotations") {
        let rotations = rotations.as_array().filter(|list| !list.is_empty());
        let rotations = rotations.ok_or_else(inval)?;
        if !rotations.iter().all(|count| is_between(count, 0, 32)) {
            return Err(inval());
        }
    }
    for (amount, least) in [
        ("execution_budget_per_round", 0),
        ("max_price_gen_per_time_unit", 1),
        ("storage_fee_max_gas_price", 1),
        ("receipt_fee_max_gas_price", 1),
    ] {
        if let Some(amount) = params.optional(amount)
            && !is_between(&amount, least, 96)
        {
            return Err(inval());
        }
    }
    params.done()
}

/// A whole number of at least `least` and at most so many bits.
fn is_between(value: &Value, least: u64, bits: usize) -> bool {
    value
        .as_u256()
        .is_some_and(|number| number >= U256::from(least) && number.bit_len() <= bits)
}

fn check_code(store: &mut Caller<'_>, len: usize) -> Result<(), Failure> {
    let limit = store.data_mut().run()?.session.limits.code_bytes;
    if len > limit as usize {
        let message = format!("the code to deploy has {len} bytes; at most {limit} are allowed");
        return Err(Stop::machine("OOM message", "CodeTooLarge", message).into());
    }
    Ok(())
}

/// Records a message after checking permission and balance.
fn send(mut store: Caller<'_>, emission: Emission) -> Reply {
    let run = store.data_mut().run()?;
    if run.frame.mode != Mode::Det || !run.frame.allow.send {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    let value = value(&emission);
    if value > chain::spendable(run) {
        return Err(Failure::Errno(errno::BALANCE));
    }
    let reply = record(wasmtime::AsContextMut::as_context_mut(&mut store), emission)?;
    let frame = &mut store.data_mut().run()?.frame;
    frame.sent = frame.sent.saturating_add(value);
    Ok(reply)
}

fn record(mut store: Caller<'_>, emission: Emission) -> Reply {
    let len = len(&emission);
    meter::charge(&mut store, meter::EMISSION + meter::bytes(len))?;
    let session = &mut store.data_mut().run()?.session;
    let limits = &session.limits;
    let bytes: usize = session
        .emissions
        .iter()
        .map(self::len)
        .fold(0, usize::saturating_add);
    let problem = if session.emissions.len() >= limits.emissions as usize {
        Some(format!(
            "more than {} messages and events",
            limits.emissions
        ))
    } else if bytes.saturating_add(len) > limits.emission_bytes as usize {
        Some(format!(
            "more than {} bytes of messages and events",
            limits.emission_bytes
        ))
    } else {
        None
    };
    if let Some(problem) = problem {
        let code = match emission {
            Emission::Event { .. } => "OOM event",
            Emission::Post { .. } | Emission::Deploy { .. } | Emission::External { .. } => {
                "OOM message"
            }
        };
        let message = format!("{problem} in one transaction; do the work in several");
        return Err(Stop::machine(code, "TooManyMessages", message).into());
    }
    session.budget.take(RECORD + len)?;
    session.emissions.push(emission);
    Ok(None)
}

fn value(emission: &Emission) -> U256 {
    match emission {
        Emission::Post { value, .. }
        | Emission::Deploy { value, .. }
        | Emission::External { value, .. } => *value,
        Emission::Event { .. } => U256::ZERO,
    }
}

fn len(emission: &Emission) -> usize {
    match emission {
        Emission::Post { calldata, .. } | Emission::External { calldata, .. } => calldata.len(),
        Emission::Deploy { code, calldata, .. } => code.len() + calldata.len(),
        Emission::Event { topics, data } => topics.len() * 32 + data.len(),
    }
}
