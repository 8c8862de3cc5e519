//! `sim_*` and `ping`: the developer's side of a local chain.

use super::{
    ctx::Ctx,
    eth::raw,
    genlayer::{read_error, read_request, simulated},
    receipts::model,
    record::transaction,
};
use crate::shell::{
    clock::{iso8601, parse_iso8601},
    node::ValidatorSeat,
    reads,
    sequencer::Command,
};
use serde_json::{Value, json, value::RawValue};
use venire_api::{
    Amount, Bound, RpcError, code,
    quantity::{hex_address, hex_bytes, hex_hash, parse_hex},
    shown,
    types::ValidatorJson,
};
use venire_observer::explorer::Side;
use venire_protocol::{Input, RawInput, stake};
use venire_types::{
    chain,
    signed::{Cancel, Signed},
};

/// Transactions in one answer.
const LIST_MAX: usize = 100;

pub(super) async fn call(
    ctx: &Ctx,
    method: &str,
    params: &Bound,
) -> Result<Box<RawValue>, RpcError> {
    let shared = &ctx.shared;
    let answer: Value = match method {
        "ping" => "OK".into(),
        "sim_fundAccount" => {
            let (to, Amount(amount)) = (params.address(0)?, params.amount(1)?);
            hex_hash(ctx.offer(Input::Faucet { to, amount }).await?).into()
        }
        "sim_call" => {
            let read = read_request(&params.req(0)?)?;
            let done = reads::read(&ctx.shared, read).await;
            simulated(&done.map_err(read_error)?)
        }
        "sim_cancelTransaction" => cancel(ctx, params).await?,
        "sim_getTransactionsForAddress" => return transactions(ctx, params).await,
        "sim_countValidators" => shared.seats().len().into(),
        "sim_getAllValidators" => {
            let seats = shared.seats();
            let listed: Vec<_> = seats.iter().map(|seat| validator(ctx, seat)).collect();
            return raw(listed);
        }
        "sim_getValidator" => {
            let address = params.address(0)?;
            let seat = shared.seat(address).ok_or_else(|| {
                let text = format!("Validator {} not found", hex_address(address));
                RpcError::new(code::NOT_FOUND, text)
            })?;
            return raw(validator(ctx, seat));
        }
        "sim_getConsensusContract" => consensus_contract(&params.req::<String>(0)?)?,
        "sim_getFinalityWindowTime" => (shared.params.finality_window_ms / 1000).into(),
        "sim_createSnapshot" => match ctx.ask(Command::Snapshot).await? {
            Some(id) => id.into(),
            None => {
                return Err(RpcError::new(
                    code::INVALID_PARAMS,
                    "256 snapshots are held already; restore an early one first",
                ));
            }
        },
        "sim_restoreSnapshot" => {
            let id: u64 = params.req(0)?;
            ctx.ask(|answer| Command::Restore(id, answer)).await?.into()
        }
        "sim_getTime" => (shared.clock.now_ms() / 1000).into(),
        "sim_increaseTime" => {
            let Amount(seconds) = params.amount(0)?;
            let seconds = u64::try_from(seconds)
                .map_err(|_| RpcError::params("Invalid seconds: too large"))?;
            move_clock(ctx, seconds.saturating_mul(1000)).await?
        }
        "sim_setTime" => set_clock(ctx, &params.req(0)?).await?,
        _ => {
            return Err(RpcError::new(
                code::METHOD_NOT_FOUND,
                format!("Method not found: {method}"),
            ));
        }
    };
    raw(answer)
}

/// Seconds since 1970 or ISO-8601 text, as milliseconds.
fn instant(value: &Value) -> Result<u64, RpcError> {
    let parsed = match value {
        Value::Number(number) => number.as_u64().map(|seconds| seconds.saturating_mul(1000)),
        Value::String(text) => parse_iso8601(text),
        _ => None,
    };
    parsed.ok_or_else(|| {
        RpcError::params(format!(
            "Invalid time: {}; expected seconds since 1970 or ISO-8601",
            shown(&value.to_string())
        ))
    })
}

/// Moves the clock to a time.
pub(super) async fn set_clock(ctx: &Ctx, to: &Value) -> Result<Value, RpcError> {
    let (target, now) = (instant(to)?, ctx.shared.clock.now_ms());
    let ahead = target.checked_sub(now).ok_or_else(|| {
        RpcError::params(format!(
            "time never goes backwards: it is {} already",
            iso8601(now)
        ))
    })?;
    move_clock(ctx, ahead).await
}

async fn move_clock(ctx: &Ctx, ms: u64) -> Result<Value, RpcError> {
    ctx.ask(|answer| Command::Advance(ms, answer)).await?;
    Ok((ctx.shared.clock.now_ms() / 1000).into())
}

async fn cancel(ctx: &Ctx, params: &Bound) -> Result<Value, RpcError> {
    let tx = params.hash(0)?;
    let signature = parse_hex(&params.req::<String>(1)?)
        .and_then(|bytes| <[u8; 65]>::try_from(bytes).ok())
        .ok_or_else(|| RpcError::params("Invalid signature: expected 65 bytes in hex"))?;
    if ctx.head().snapshot.record(tx).is_none() {
        return Err(RpcError::new(
            code::NOT_FOUND,
            format!("Transaction {} not found", hex_hash(tx)),
        ));
    }
    let raw = RawInput::Cancel(Signed {
        body: Cancel { tx },
        signature,
    });
    let input = raw
        .verify(ctx.shared.params.chain_id)
        .map_err(|error| RpcError::params(format!("Invalid signature: {error}")))?;
    ctx.offer(input).await?;
    Ok(json!({ "transaction_hash": hex_hash(tx), "status": "CANCELED" }))
}

async fn transactions(ctx: &Ctx, params: &Bound) -> Result<Box<RawValue>, RpcError> {
    let address = params.address(0)?;
    let filter: Option<String> = params.opt(1)?;
    let filter = filter.unwrap_or_else(|| "all".to_owned());
    let side = match filter.as_str() {
        "all" => Side::Any,
        "from" => Side::From,
        "to" => Side::To,
        other => {
            return Err(RpcError::params(format!(
                "Invalid filter '{}': must be 'all', 'from' or 'to'",
                shown(other)
            )));
        }
    };
    let head = ctx.head();
    let rendered = ctx.blocking(move |shared| {
        let observers = shared.observers().clone();
        let ids = observers.transactions_of(address, side, LIST_MAX);
        let records = ids.into_iter().filter_map(|id| head.snapshot.record(id));
        let listed: Vec<_> = records
            .map(|record| transaction(shared, &head, &record))
            .collect();
        raw(listed)
    });
    rendered.await?
}

fn validator(ctx: &Ctx, seat: &ValidatorSeat) -> ValidatorJson {
    let (shared, address) = (&ctx.shared, seat.key.address());
    let staked = stake::view::validator(&ctx.head().snapshot, address);
    let family = staked.ok().flatten().unwrap_or_default().family;
    ValidatorJson {
        id: seat.number,
        address: hex_address(address),
        stake: shared.stake,
        model: model(Some(seat)),
        family: family.to_string(),
        created_at: iso8601(shared.created_ms),
    }
}

/// Address and ABI of a system contract, for clients that ask before each transaction.
fn consensus_contract(name: &str) -> Result<Value, RpcError> {
    let (address, abi) = match name {
        "ConsensusMain" => (chain::CONSENSUS_MAIN_LOCAL, consensus_main_abi()),
        "ConsensusData" => (chain::CONSENSUS_DATA_LOCAL, json!([])),
        other => {
            let other = shown(other);
            let text = format!("Contract {other} not found; known: ConsensusMain, ConsensusData");
            return Err(
                RpcError::new(code::NOT_FOUND, text).with_data(json!({ "contract_name": other }))
            );
        }
    };
    Ok(json!({ "address": hex_address(address), "abi": abi, "bytecode": hex_bytes(&[]) }))
}

/// One `addTransaction` (the five-argument form), one `NewTransaction`, one `submitAppeal`: clients
/// look functions up by name and need them to be unique.
fn consensus_main_abi() -> Value {
    let arg = |name: &str, kind: &str| json!({ "internalType": kind, "name": name, "type": kind });
    let topic = |name: &str, kind: &str| json!({ "indexed": true, "internalType": kind, "name": name, "type": kind });
    json!([
        {
            "type": "function", "name": "addTransaction", "stateMutability": "payable", "outputs": [],
            "inputs": [
                arg("_sender", "address"), arg("_recipient", "address"),
                arg("_numOfInitialValidators", "uint256"), arg("_maxRotations", "uint256"),
                arg("_txData", "bytes"),
            ],
        },
        {
            "type": "function", "name": "submitAppeal", "stateMutability": "payable", "outputs": [],
            "inputs": [arg("_txId", "bytes32")],
        },
        {
            "type": "function", "name": "finalizeTransaction", "stateMutability": "nonpayable", "outputs": [],
            "inputs": [arg("_txId", "bytes32")],
        },
        {
            "type": "event", "name": "NewTransaction", "anonymous": false,
            "inputs": [topic("txId", "bytes32"), topic("recipient", "address"), topic("activator", "address")],
        },
    ])
}
