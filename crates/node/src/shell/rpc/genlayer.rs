//! `gen_*`: contract calls, schemas, code, traces.

use super::{
    ctx::{Ctx, refused},
    eth::{optional_amount, raw},
    receipts::{base64, execution_name, genvm_result},
    record::trace,
};
use crate::core::explain;
use crate::shell::reads::{self, Done, Read, ReadError};
use serde_json::{Map, Value, json, value::RawValue};
use std::sync::Arc;
use venire_api::{
    Bound, RpcError, code, parse_address,
    quantity::{hex_address, hex_hash, parse_hex},
    shown,
};
use venire_types::{B256, calldata, envelope::TxData, outcome::Outcome, storage::StateView};
use venire_vm::{Entry, Execution, Permissions};

pub(super) async fn call(
    ctx: &Ctx,
    method: &str,
    params: &Bound,
) -> Result<Box<RawValue>, RpcError> {
    raw(match method {
        "gen_call" => gen_call(ctx, &params.req(0)?).await?,
        "gen_getContractCode" => {
            let address = address_param(params, "address")?;
            let code =
                reads::code(&ctx.shared, address).ok_or_else(|| unknown_contract(address))?;
            base64(&code).into()
        }
        "gen_getContractSchema" => {
            let code = match code_param(params)? {
                Some(code) => Arc::from(code),
                None => {
                    let address = address_param(params, "address")?;
                    reads::code(&ctx.shared, address).ok_or_else(|| unknown_contract(address))?
                }
            };
            schema(ctx, code).await?
        }
        "gen_getContractSchemaForCode" => {
            let text: String = params.req(0)?;
            // Older clients send the source itself.
            let code = match text.strip_prefix("0x").and_then(parse_hex) {
                Some(code) => code,
                None => text.into_bytes(),
            };
            schema(ctx, Arc::from(code)).await?
        }
        "gen_getTransactionStatus" => {
            let id = params.hash(0)?;
            let record = ctx
                .head()
                .snapshot
                .record(id)
                .ok_or_else(|| unknown_tx(id))?;
            json!({ "status": record.status.name(), "statusCode": record.status as u8 })
        }
        "gen_getAppealQuote" => appeal_quote(ctx, params.hash(0)?)?,
        "gen_dbg_traceTransaction" => trace_transaction(ctx, &params.req(0)?).await?,
        _ => {
            return Err(RpcError::new(
                code::METHOD_NOT_FOUND,
                format!("Method not found: {method}"),
            ));
        }
    })
}

/// What an appeal would cost now. Amounts are decimal strings, for they exceed what numbers of JSON hold.
fn appeal_quote(ctx: &Ctx, id: B256) -> Result<Value, RpcError> {
    let (head, now_ms) = (ctx.head(), ctx.shared.clock.now_ms());
    head.snapshot.record(id).ok_or_else(|| unknown_tx(id))?;
    let broken = |error| {
        tracing::error!(%error, "an appeal cannot be quoted");
        RpcError::new(
            code::INTERNAL,
            "Internal error: the state is broken; this is a defect",
        )
    };
    let quote = head.snapshot.appeal_quote(&ctx.shared.params, now_ms, id);
    let quote = quote.map_err(broken)?.map_err(|reject| refused(&reject))?;
    let charge = quote.charge().map_err(broken)?;
    Ok(json!({
        "bond": quote.bond.to_string(),
        "funding": quote.funding.to_string(),
        "charge": charge.to_string(),
        "reward": quote.reward.to_string(),
        "sponsored": ctx.shared.params.fees.is_gasless(),
    }))
}

pub(super) fn unknown_contract(address: venire_types::Address) -> RpcError {
    let address = hex_address(address);
    RpcError::new(code::NOT_FOUND, format!("Contract {address} not found"))
        .with_data(json!({ "contract_address": address }))
}

fn unknown_tx(id: B256) -> RpcError {
    let hash = hex_hash(id);
    RpcError::new(code::NOT_FOUND, format!("Transaction {hash} not found"))
        .with_data(json!({ "hash": hash }))
}

/// An address given as a string or as `{"address": ...}`.
fn address_param(params: &Bound, name: &str) -> Result<venire_types::Address, RpcError> {
    match params.req::<Value>(0)? {
        Value::String(text) => parse_address(&text),
        Value::Object(map) => match map.get(name).and_then(Value::as_str) {
            Some(text) => parse_address(text),
            None => Err(RpcError::params(format!(
                "Missing required parameter: {name}"
            ))),
        },
        _ => Err(RpcError::params(
            "Incorrect address format. Please provide a valid address.",
        )),
    }
}

/// Code given as `{"code": base64}`.
fn code_param(params: &Bound) -> Result<Option<Vec<u8>>, RpcError> {
    use ::base64::{Engine as _, engine::general_purpose::STANDARD};
    let value: Value = params.req(0)?;
    let Some(text) = value.get("code").and_then(Value::as_str) else {
        return Ok(None);
    };
    STANDARD
        .decode(text)
        .map(Some)
        .map_err(|_| RpcError::params("Invalid code: expected base64"))
}

async fn schema(ctx: &Ctx, code: Arc<[u8]>) -> Result<Value, RpcError> {
    let made = reads::schema(&ctx.shared, code).await;
    match made.map_err(read_error)? {
        Ok(text) => serde_json::from_str(&text)
            .map_err(|error| RpcError::new(code::INTERNAL, format!("Internal error: {error}"))),
        Err(execution) => Err(failed(&execution, None)),
    }
}

/// The request of `gen_call` and `sim_call`.
pub(super) fn read_request(request: &Value) -> Result<Read, RpcError> {
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    let kind = text("type").unwrap_or_default();
    let zero = "0x0000000000000000000000000000000000000000";
    let to = parse_address(text("to").unwrap_or(zero))?;
    let from = parse_address(text("from").unwrap_or(zero))?;
    let data = text("data").ok_or_else(|| RpcError::params("Missing required parameter: data"))?;
    let data = parse_hex(data).ok_or_else(|| RpcError::params("Invalid data: expected hex"))?;
    let view = match text("transaction_hash_variant") {
        Some("latest-final") => StateView::Finalized,
        _ => StateView::Accepted,
    };
    let time_ms = sim_config(request.get("sim_config"))?;
    let value = optional_amount(request.get("value"))?;
    let (entry, code) = entry(kind, &data)?;
    let permissions = if kind == "read" {
        Permissions::VIEW
    } else {
        Permissions::WRITE
    };
    Ok(Read {
        to,
        from,
        value,
        entry,
        code,
        view,
        permissions,
        time_ms,
    })
}

/// The time of an execution in another context: all that a `sim_config` may ask for.
pub(super) fn sim_config(config: Option<&Value>) -> Result<Option<u64>, RpcError> {
    let config = match config {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(config)) => config,
        Some(_) => return Err(RpcError::params("Invalid sim_config: expected an object")),
    };
    let mut time_ms = None;
    for (name, value) in config {
        let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        match name.as_str() {
            _ if is_empty => {}
            "genvm_datetime" => {
                let parsed = value.as_str().and_then(crate::shell::parse_iso8601);
                time_ms = Some(parsed.ok_or_else(|| {
                    let value = shown(&value.to_string());
                    RpcError::params(format!("Invalid sim_config.genvm_datetime: {value}"))
                })?);
            }
            name => {
                return Err(RpcError::params(format!(
                    "sim_config.{} is not supported yet; start the network with --provider instead",
                    shown(name)
                )));
            }
        }
    }
    Ok(time_ms)
}

/// What is called, and the code of a simulated deploy.
type Called = (Entry, Option<Arc<[u8]>>);

fn entry(kind: &str, data: &[u8]) -> Result<Called, RpcError> {
    let decode = |bytes: &[u8]| {
        calldata::decode(bytes).map_err(|error| RpcError::params(format!("Invalid data: {error}")))
    };
    match (kind, TxData::decode(data)) {
        ("read" | "write", Ok((TxData::Call { calldata }, _))) => {
            Ok((Entry::Call(decode(&calldata)?), None))
        }
        // Some clients send the call object without the RLP list around it.
        ("read" | "write", Err(_)) => Ok((Entry::Call(decode(data)?), None)),
        ("deploy", Ok((TxData::Deploy { code, calldata }, _))) => {
            Ok((Entry::Deploy(decode(&calldata)?), Some(Arc::from(code))))
        }
        ("read" | "write", Ok(_)) => Err(RpcError::params(
            "Invalid data: expected an RLP list of call object and leader flag",
        )),
        ("deploy", _) => Err(RpcError::params(
            "Invalid data: expected an RLP list of code, call object and leader flag",
        )),
        _ => Err(RpcError::params(format!(
            "Invalid type '{}': must be 'read', 'write', or 'deploy'",
            shown(kind)
        ))),
    }
}

async fn gen_call(ctx: &Ctx, request: &Value) -> Result<Value, RpcError> {
    let read = read_request(request)?;
    let done = reads::read(&ctx.shared, read).await.map_err(read_error)?;
    match &done.execution.outcome {
        Outcome::Return(bytes) if done.execution.unavailable.is_none() => Ok(hex_of(bytes).into()),
        _ => Err(failed(&done.execution, Some(simulated(&done)))),
    }
}

fn hex_of(bytes: &[u8]) -> String {
    venire_api::quantity::hex_bytes(bytes).split_off(2)
}

pub(super) fn read_error(error: ReadError) -> RpcError {
    match error {
        ReadError::NoContract(address) => unknown_contract(address),
        ReadError::Busy => RpcError::new(code::BUSY, error.to_string())
            .with_data(json!({ "retry_after_seconds": 1 })),
        ReadError::Failed => RpcError::new(code::INTERNAL, error.to_string()),
        ReadError::NoValidator => RpcError::new(code::NO_VALIDATORS, error.to_string()),
    }
}

fn failed(execution: &Execution, receipt: Option<Value>) -> RpcError {
    let why = execution
        .unavailable
        .clone()
        .or_else(|| explain(&execution.outcome, execution.fault.as_ref()))
        .unwrap_or_else(|| "execution failed".to_owned());
    let receipt = receipt.unwrap_or_else(|| {
        let output = (&execution.stdout, &execution.stderr);
        json!({
            "execution_result": "ERROR",
            "genvm_result": genvm_result(output.0, output.1, Some(&execution.outcome), execution.fault.as_ref()),
        })
    });
    RpcError::new(code::EXECUTION_FAILED, why).with_data(json!({ "receipt": receipt }))
}

/// The receipt of a simulation.
pub(super) fn simulated(done: &Done) -> Value {
    let execution = &done.execution;
    let mut state: Map<String, Value> = Map::new();
    for (key, page) in &execution.delta {
        let name = format!("{}:{}", base64(key.slot.as_slice()), key.page);
        state.insert(name, base64(page).into());
    }
    let outputs: Map<String, Value> = execution
        .nondet
        .iter()
        .map(|(at, bytes)| (at.to_string(), base64(bytes).into()))
        .collect();
    let outcome = Some(&execution.outcome);
    json!({
        "execution_result": execution_name(outcome),
        "result": base64(&execution.outcome.to_bytes()),
        "contract_state": state,
        "genvm_result": genvm_result(&execution.stdout, &execution.stderr, outcome, execution.fault.as_ref()),
        "eq_outputs": outputs,
        "gas_used": execution.fuel / 1_000_000,
        "mode": "leader",
        "vote": Value::Null,
        "node_config": { "address": hex_address(done.validator) },
        "processing_time": done.elapsed_ms,
        "error": explain(&execution.outcome, execution.fault.as_ref()).or_else(|| execution.unavailable.clone()),
    })
}

async fn trace_transaction(ctx: &Ctx, request: &Value) -> Result<Value, RpcError> {
    let text = request
        .get("txID")
        .or_else(|| request.get("txId"))
        .and_then(Value::as_str);
    let id = text
        .and_then(parse_hex)
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .map(B256::from)
        .ok_or_else(|| RpcError::params("Invalid txID: expected 32 bytes in hex"))?;
    let head = ctx.head();
    let record = head.snapshot.record(id).ok_or_else(|| unknown_tx(id))?;
    let last = record.rounds.len().saturating_sub(1);
    let index = match request.get("round") {
        None | Some(Value::Null) => 0,
        Some(value) => value
            .as_u64()
            .and_then(|asked| usize::try_from(asked).ok())
            .filter(|asked| *asked <= last)
            .ok_or_else(|| RpcError::params(format!("Invalid round: the last one is {last}")))?,
    };
    let traced = ctx.blocking(move |shared| trace(shared, &head, &record, index));
    traced.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sim_config_is_honoured_or_refused() {
        let read = |config: Value| sim_config(Some(&config)).map_err(|error| error.message);
        assert_eq!(sim_config(None), Ok(None));
        for nothing in [
            json!(null),
            json!({}),
            json!({ "validators": [], "genvm_datetime": null }),
        ] {
            assert_eq!(read(nothing), Ok(None));
        }
        let time = json!({ "genvm_datetime": "1970-01-01T00:00:01Z" });
        assert_eq!(read(time), Ok(Some(1000)));
        for (config, words) in [
            (json!([]), "expected an object"),
            (
                json!({ "genvm_datetime": "soon" }),
                "Invalid sim_config.genvm_datetime",
            ),
            (
                json!({ "genvm_datetime": 5 }),
                "Invalid sim_config.genvm_datetime",
            ),
            (
                json!({ "validators": [{ "stake": 1 }] }),
                "sim_config.validators is not supported yet; start the network with --provider",
            ),
            (
                json!({ "model": "x" }),
                "sim_config.model is not supported yet",
            ),
        ] {
            let error = read(config).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
