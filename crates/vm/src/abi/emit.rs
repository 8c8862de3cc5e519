//! Messages, deploys, transfers and events: recorded in order, kept only if the run succeeds.

use super::{Caller, Failure, chain, gl_call::Reply, request::Fields};
use crate::{meter, session::Mode, stop::errno};
use venire_types::{B256, U256, calldata, emission::Emission};

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
    fields.ignore(&["use_balance", "fee_params"]).done()?;
    send(store, emission)
}

/// `DeployContract`.
pub(super) fn deploy(store: Caller<'_>, mut fields: Fields) -> Reply {
    let emission = Emission::Deploy {
        calldata: calldata::encode(&fields.value("calldata")?),
        code: fields.bytes("code")?,
        value: fields.amount("value")?,
        salt: fields.amount("salt_nonce")?,
        on: fields.on()?,
    };
    fields.ignore(&["use_balance", "fee_params"]).done()?;
    send(store, emission)
}

/// `EthSend`.
pub(super) fn external(store: Caller<'_>, mut fields: Fields) -> Reply {
    let emission = Emission::External {
        to: fields.address("address")?,
        calldata: fields.bytes("calldata")?,
        value: fields.amount("value")?,
    };
    fields.ignore(&["fee_params"]).done()?;
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
    if store.data_mut().run()?.frame.mode != Mode::Det {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    record(
        store,
        Emission::Event {
            topics,
            data: calldata::encode(&blob),
        },
    )
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
    run.frame.sent = run.frame.sent.saturating_add(value);
    record(store, emission)
}

fn record(mut store: Caller<'_>, emission: Emission) -> Reply {
    let len = len(&emission);
    meter::charge(&mut store, meter::EMISSION + meter::bytes(len))?;
    let session = &mut store.data_mut().run()?.session;
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
