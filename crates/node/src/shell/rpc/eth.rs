//! `eth_*`, `net_*`, `web3_*`: what wallets and Ethereum libraries need.

use super::{
    ctx::{Ctx, refused},
    genlayer::sim_config,
    record::{block_hash_at, transaction},
};
use crate::shell::node::{Head, Shared, block_hash};
use serde_json::{Value, json, value::RawValue};
use std::{collections::BTreeMap, sync::Arc};
use venire_api::{
    Bound, RpcError, code, parse_address,
    quantity::{hex_address, hex_bytes, hex_hash, hex_quantity, hex_u64, parse_hex},
    shown,
    types::{Block, EthLog, EthReceipt},
};
use venire_observer::explorer::{Log, LogFilter};
use venire_protocol::{Input, RawBlock, RawInput};
use venire_types::{Address, B256, U256, chain, envelope::Action, keccak256, storage::StateView};

/// Nominal gas of any transaction.
const GAS: &str = "0x7a120";
/// How far back a block is looked up by hash.
const HASH_DEPTH: u64 = 10_000;

pub(super) async fn call(
    ctx: &Ctx,
    method: &str,
    params: &Bound,
) -> Result<Box<RawValue>, RpcError> {
    let head = ctx.head();
    let chain_id = ctx.shared.params.chain_id;
    match method {
        "eth_chainId" => raw(hex_u64(chain_id)),
        "net_version" => raw(chain_id.to_string()),
        "web3_clientVersion" => raw(concat!("venire/", env!("CARGO_PKG_VERSION"))),
        "eth_syncing" => raw(false),
        "eth_gasPrice" | "eth_maxPriorityFeePerGas" => raw("0x0"),
        "eth_estimateGas" => raw(GAS),
        "eth_feeHistory" => raw(fee_history(&head, params)?),
        "eth_blockNumber" => raw(hex_u64(height(&head))),
        "eth_getBalance" => {
            let address = params.address(0)?;
            raw(hex_quantity(
                head.snapshot.balance(address, StateView::Accepted),
            ))
        }
        "eth_getTransactionCount" => raw(hex_u64(head.snapshot.account(params.address(0)?).nonce)),
        "eth_getCode" => raw(get_code(&head, params.address(0)?)),
        "eth_getBlockByNumber" => {
            let number = block_number(&head, &params.req::<Value>(0)?)?;
            let found = ctx.blocking(move |shared| {
                raw((number <= height(&head)).then(|| block(shared, &head, number)))
            });
            found.await?
        }
        "eth_getBlockByHash" => {
            let hash = params.hash(0)?;
            let found = ctx.blocking(move |shared| raw(block_by_hash(shared, &head, hash)));
            found.await?
        }
        "eth_getTransactionByHash" => match head.snapshot.record(params.hash(0)?) {
            Some(record) => {
                let rendered = ctx.blocking(move |shared| raw(transaction(shared, &head, &record)));
                rendered.await?
            }
            None => raw(()),
        },
        "eth_getTransactionReceipt" => {
            let hash = params.hash(0)?;
            let found = ctx.blocking(move |shared| raw(receipt(shared, &head, hash)));
            found.await?
        }
        "eth_getLogs" => {
            let filter = log_filter(&head, &params.req(0)?)?;
            let found = ctx.blocking(move |shared| logs(shared, &head, &filter).and_then(raw));
            found.await?
        }
        "eth_sendRawTransaction" => raw(send_raw(ctx, params).await?),
        _ => Err(RpcError::new(
            code::METHOD_NOT_FOUND,
            format!("Method not found: {method}"),
        )),
    }
}

/// An answer as JSON text.
pub(super) fn raw(value: impl serde::Serialize) -> Result<Box<RawValue>, RpcError> {
    serde_json::value::to_raw_value(&value)
        .map_err(|error| RpcError::new(code::INTERNAL, format!("Internal error: {error}")))
}

fn height(head: &Head) -> u64 {
    head.view.tip().map_or(0, |tip| tip.height)
}

async fn send_raw(ctx: &Ctx, params: &Bound) -> Result<String, RpcError> {
    let text: String = params.req(0)?;
    // Checked, and without effect: a transaction has no place to carry another time yet.
    sim_config(params.opt::<Value>(1)?.as_ref())?;
    let bad = || RpcError::params("Invalid transaction data: expected a signed transaction in hex");
    let raw = parse_hex(&text).ok_or_else(bad)?;
    let limit = ctx.shared.params.tx_bytes_max as usize;
    if raw.len() > limit {
        let text = format!(
            "the transaction has {} bytes; at most {limit} are accepted",
            raw.len()
        );
        return Err(RpcError::params(text));
    }
    let input = RawInput::Transaction(raw).verify(ctx.shared.params.chain_id);
    let input =
        input.map_err(|error| RpcError::params(format!("Invalid transaction data: {error}")))?;
    let Input::Transaction(envelope) = &input else {
        return Err(bad());
    };
    let (hash, head) = (envelope.hash(), ctx.head());
    // The same bytes again: the same answer, and nothing happens.
    if head.snapshot.record(hash).is_some() {
        return Ok(hex_hash(hash));
    }
    let action = venire_protocol::precheck(&ctx.shared.params, envelope)
        .map_err(|reject| refused(&reject))?;
    let makes_record = matches!(action, Action::Submit(_) | Action::Transfer { .. });
    if !makes_record && head.snapshot.account(envelope.signer()).nonce > envelope.nonce() {
        let order = ctx.blocking(move |shared| {
            let observers = shared.observers().clone();
            observers.order((&head.snapshot, &head.view), hash)
        });
        if order.await?.is_some() {
            return Ok(hex_hash(hash));
        }
    }
    ctx.offer(input).await?;
    Ok(hex_hash(hash))
}

fn fee_history(head: &Head, params: &Bound) -> Result<Value, RpcError> {
    let count = match params.req::<Value>(0)? {
        Value::Number(number) => number.as_u64().unwrap_or(1),
        Value::String(text) => u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or(1),
        _ => 1,
    };
    let count = count.clamp(1, 1024);
    let count = usize::try_from(count).unwrap_or(1);
    let percentiles: Vec<Value> = params.opt(2)?.unwrap_or_default();
    let rewards = vec![vec!["0x0"; percentiles.len()]; count];
    Ok(json!({
        "oldestBlock": hex_u64(height(head).saturating_sub(count as u64 - 1)),
        "baseFeePerGas": vec!["0x0"; count + 1],
        "gasUsedRatio": vec![0; count],
        "reward": rewards,
    }))
}

/// Wallets ask whether an address is a contract; any non-empty answer means yes.
fn get_code(head: &Head, address: Address) -> &'static str {
    let deployed = || {
        head.snapshot
            .contract(address, StateView::Accepted)
            .is_some()
    };
    if chain::is_system(address) || deployed() {
        "0xfe"
    } else {
        "0x"
    }
}

fn block_number(head: &Head, tag: &Value) -> Result<u64, RpcError> {
    let tip = height(head);
    let bad = || {
        let tag = shown(&tag.to_string());
        RpcError::params(format!("Invalid block number format: {tag}"))
    };
    Ok(match tag {
        Value::String(tag) => match tag.as_str() {
            "latest" | "pending" | "safe" | "finalized" => tip,
            "earliest" => 0,
            hex => u64::from_str_radix(hex.strip_prefix("0x").ok_or_else(bad)?, 16)
                .map_err(|_| bad())?,
        },
        Value::Number(number) => number.as_u64().ok_or_else(bad)?,
        _ => return Err(bad()),
    })
}

/// Looks among the newest blocks; older ones are found by number.
fn block_by_hash(shared: &Shared, head: &Head, hash: B256) -> Option<Block> {
    let tip = height(head);
    let mut newest = (tip.saturating_sub(HASH_DEPTH)..=tip).rev();
    let number = newest.find(|number| {
        let found = head.view.block(*number).ok().flatten();
        found.is_some_and(|block| block_hash(*number, block.root) == hash)
    })?;
    Some(block(shared, head, number))
}

fn block(shared: &Shared, head: &Head, number: u64) -> Block {
    let stored = head.view.block(number).ok().flatten();
    let root = stored.as_ref().map_or(B256::ZERO, |block| block.root);
    let parent = number
        .checked_sub(1)
        .map_or_else(|| hex_hash(B256::ZERO), |at| block_hash_at(head, at));
    let raw = stored.and_then(|block| borsh::from_slice::<RawBlock>(&block.bytes).ok());
    // Block 0 is not a block of inputs but the origin of the chain.
    let seconds = raw.as_ref().map_or(shared.created_ms, |raw| raw.time_ms) / 1000;
    let mut block = Block::gasless(
        hex_u64(number),
        hex_hash(block_hash(number, root)),
        parent,
        hex_hash(root),
        hex_u64(seconds),
    );
    let inputs = raw.map(|raw| raw.inputs).unwrap_or_default();
    let hash_of = |input| match input {
        RawInput::Transaction(bytes) | RawInput::Park(bytes) => Some(hex_hash(keccak256(bytes))),
        _ => None,
    };
    block.transactions = inputs.into_iter().filter_map(hash_of).collect();
    block
}

/// The Ethereum receipt of whatever a block took in; complete as soon as the block exists.
fn receipt(shared: &Shared, head: &Head, hash: B256) -> Option<EthReceipt> {
    let observers = shared.observers().clone();
    if let Some(record) = head.snapshot.record(hash) {
        let from = (!record.sender.is_zero()).then_some(record.sender);
        let logs = eth_logs(head, &observers.logs_of(hash));
        return Some(included(
            head,
            hash,
            record.created_height,
            (from, record.recipient),
            logs,
        ));
    }
    // A transaction that finalised or cancelled others has no record, but it happened.
    let order = observers.order((&head.snapshot, &head.view), hash)?;
    let between = (Some(order.signer), chain::CONSENSUS_MAIN_LOCAL);
    Some(included(head, hash, order.height, between, Vec::new()))
}

fn included(
    head: &Head,
    hash: B256,
    height: u64,
    (from, to): (Option<Address>, Address),
    logs: Vec<EthLog>,
) -> EthReceipt {
    EthReceipt {
        transaction_hash: hex_hash(hash),
        transaction_index: "0x0".to_owned(),
        block_hash: block_hash_at(head, height),
        block_number: hex_u64(height),
        from: from.map(hex_address),
        to: Some(hex_address(to)),
        cumulative_gas_used: GAS.to_owned(),
        gas_used: GAS.to_owned(),
        effective_gas_price: "0x0".to_owned(),
        kind: "0x0".to_owned(),
        contract_address: None,
        logs,
        logs_bloom: hex_bytes(&[0; 256]),
        status: "0x1".to_owned(),
    }
}

fn log_filter(head: &Head, filter: &Value) -> Result<LogFilter, RpcError> {
    let tip = height(head);
    let bound = |name: &str| match filter.get(name).and_then(Value::as_str) {
        None | Some("latest" | "pending" | "safe" | "finalized") => Ok(tip),
        Some("earliest") => Ok(0),
        Some(hex) => u64::from_str_radix(hex.trim_start_matches("0x"), 16)
            .map_err(|_| RpcError::params(format!("Invalid block number format: {}", shown(hex)))),
    };
    let (from, to) = (bound("fromBlock")?, bound("toBlock")?.min(tip));
    let asked = one_or_many(filter.get("address"))?.unwrap_or_default();
    let asked = asked
        .iter()
        .map(|text| parse_address(text))
        .collect::<Result<Vec<_>, _>>()?;
    // Clients of every network ask at their own address of the one consensus contract.
    let local = |address: &Address| {
        if chain::is_consensus_main(*address) {
            chain::CONSENSUS_MAIN_LOCAL
        } else {
            *address
        }
    };
    let mut topics = Vec::new();
    for position in filter
        .get("topics")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let wanted = one_or_many(Some(position))?.unwrap_or_default();
        topics.push(
            wanted
                .iter()
                .map(|text| parse_topic(text))
                .collect::<Result<Vec<_>, _>>()?,
        );
    }
    let addresses = asked.iter().map(local).collect();
    Ok(LogFilter {
        from,
        to,
        addresses,
        topics,
    })
}

fn logs(shared: &Shared, head: &Head, filter: &LogFilter) -> Result<Vec<EthLog>, RpcError> {
    // A copy is cheap; a search must not hold up the next block.
    let observers = shared.observers().clone();
    let found = observers.logs(filter);
    if found.more {
        return Err(RpcError::params(
            "more than 10000 logs match; narrow the block range",
        ));
    }
    Ok(eth_logs(head, &found.logs))
}

fn parse_topic(text: &str) -> Result<B256, RpcError> {
    let bytes = parse_hex(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes
        .map(B256::from)
        .ok_or_else(|| RpcError::params(format!("Invalid topic: {}", shown(text))))
}

/// Logs with the hashes of their blocks, each looked up once.
fn eth_logs(head: &Head, logs: &[Arc<Log>]) -> Vec<EthLog> {
    let mut hashes = BTreeMap::new();
    let mut one = |log: &Arc<Log>| {
        let height = log.at.height;
        let hash = hashes
            .entry(height)
            .or_insert_with(|| block_hash_at(head, height));
        eth_log(hash, log)
    };
    logs.iter().map(&mut one).collect()
}

fn eth_log(block_hash: &str, log: &Log) -> EthLog {
    EthLog {
        address: hex_address(log.address),
        topics: log.topics.iter().map(|topic| hex_hash(*topic)).collect(),
        data: hex_bytes(&log.data),
        block_number: hex_u64(log.at.height),
        block_hash: block_hash.to_owned(),
        transaction_hash: hex_hash(log.id),
        transaction_index: "0x0".to_owned(),
        log_index: hex_u64(log.index),
        removed: false,
    }
}

/// `null`, one string, or a list of strings.
fn one_or_many(value: Option<&Value>) -> Result<Option<Vec<String>>, RpcError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(one)) => Ok(Some(vec![one.clone()])),
        Some(Value::Array(many)) => many
            .iter()
            .map(|item| item.as_str().map(ToOwned::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(Some)
            .ok_or_else(|| RpcError::params("Invalid filter: expected strings")),
        Some(_) => Err(RpcError::params("Invalid filter: expected strings")),
    }
}

/// Zero when the amount is absent.
pub(super) fn optional_amount(value: Option<&Value>) -> Result<U256, RpcError> {
    match value {
        None | Some(Value::Null) => Ok(U256::ZERO),
        Some(value) => venire_api::parse_amount(&value.to_string())
            .ok_or_else(|| RpcError::params("Invalid value: expected a whole number")),
    }
}
