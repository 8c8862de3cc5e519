//! `eth_*`, `net_*`, `web3_*`: what wallets and Ethereum libraries need.

use super::{
    ctx::{Ctx, refused},
    record::{block_hash_at, transaction},
};
use crate::shell::node::{Head, block_hash};
use serde_json::{Value, json};
use venire_api::{
    Bound, RpcError, code, parse_address,
    quantity::{hex_address, hex_bytes, hex_hash, hex_quantity, hex_u64, parse_hex},
    types::{Block, EthLog, EthReceipt},
};
use venire_observer::explorer::{Log, LogFilter};
use venire_protocol::{Input, RawBlock, RawInput, TxRecord};
use venire_types::{Address, B256, U256, chain, envelope::Envelope, keccak256, storage::StateView};

/// Nominal gas of any transaction.
const GAS: &str = "0x7a120";
/// How far back a block is looked up by hash.
const HASH_DEPTH: u64 = 10_000;

pub(super) async fn call(ctx: &Ctx, method: &str, params: &Bound) -> Result<Value, RpcError> {
    let head = ctx.head();
    let chain_id = ctx.shared.params.chain_id;
    Ok(match method {
        "eth_chainId" => hex_u64(chain_id).into(),
        "net_version" => chain_id.to_string().into(),
        "web3_clientVersion" => concat!("venire/", env!("CARGO_PKG_VERSION")).into(),
        "eth_syncing" => false.into(),
        "eth_gasPrice" | "eth_maxPriorityFeePerGas" => "0x0".into(),
        "eth_estimateGas" => GAS.into(),
        "eth_feeHistory" => fee_history(&head, params)?,
        "eth_blockNumber" => hex_u64(height(&head)).into(),
        "eth_getBalance" => {
            let balance = head
                .snapshot
                .balance(params.address(0)?, StateView::Accepted);
            hex_quantity(balance).into()
        }
        "eth_getTransactionCount" => {
            hex_u64(head.snapshot.account(params.address(0)?).nonce).into()
        }
        "eth_getCode" => get_code(&head, params.address(0)?).into(),
        "eth_getBlockByNumber" => to_value(block_by_number(ctx, &head, &params.req::<Value>(0)?)?)?,
        "eth_getBlockByHash" => to_value(block_by_hash(ctx, &head, params.hash(0)?))?,
        "eth_getTransactionByHash" => match head.snapshot.record(params.hash(0)?) {
            Some(record) => {
                let rendered = ctx
                    .blocking(move |shared| transaction(shared, &head, &record))
                    .await?;
                to_value(rendered)?
            }
            None => Value::Null,
        },
        "eth_getTransactionReceipt" => to_value(
            head.snapshot
                .record(params.hash(0)?)
                .map(|record| receipt(&head, &record)),
        )?,
        "eth_getLogs" => to_value(logs(ctx, &head, &params.req(0)?)?)?,
        "eth_sendRawTransaction" => send_raw(ctx, params).await?,
        _ => {
            return Err(RpcError::new(
                code::METHOD_NOT_FOUND,
                format!("Method not found: {method}"),
            ));
        }
    })
}

/// A wire type as a JSON value.
pub(super) fn to_value(value: impl serde::Serialize) -> Result<Value, RpcError> {
    serde_json::to_value(value).map_err(|error| RpcError::new(code::INTERNAL, error.to_string()))
}

fn height(head: &Head) -> u64 {
    head.view.tip().map_or(0, |tip| tip.height)
}

async fn send_raw(ctx: &Ctx, params: &Bound) -> Result<Value, RpcError> {
    let text: String = params.req(0)?;
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
    if let Input::Transaction(envelope) = &input {
        if ctx.head().snapshot.record(envelope.hash()).is_some() {
            // The same bytes again: the same answer, and nothing happens.
            return Ok(hex_hash(envelope.hash()).into());
        }
        precheck(ctx, envelope)?;
    }
    Ok(hex_hash(ctx.offer(input).await?).into())
}

fn precheck(ctx: &Ctx, envelope: &Envelope) -> Result<(), RpcError> {
    match venire_protocol::precheck(&ctx.shared.params, envelope) {
        Ok(_) => Ok(()),
        Err(reject) => Err(refused(&reject)),
    }
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

fn block_by_number(ctx: &Ctx, head: &Head, tag: &Value) -> Result<Option<Block>, RpcError> {
    let tip = height(head);
    let bad = || RpcError::params(format!("Invalid block number format: {tag}"));
    let number = match tag {
        Value::String(tag) => match tag.as_str() {
            "latest" | "pending" | "safe" | "finalized" => tip,
            "earliest" => 0,
            hex => u64::from_str_radix(hex.strip_prefix("0x").ok_or_else(bad)?, 16)
                .map_err(|_| bad())?,
        },
        Value::Number(number) => number.as_u64().ok_or_else(bad)?,
        _ => return Err(bad()),
    };
    Ok((number <= tip).then(|| block(ctx, head, number)))
}

/// Looks among the newest blocks; older ones are found by number.
fn block_by_hash(ctx: &Ctx, head: &Head, hash: B256) -> Option<Block> {
    let tip = height(head);
    let mut newest = (tip.saturating_sub(HASH_DEPTH)..=tip).rev();
    let number = newest.find(|number| {
        let found = head.view.block(*number).ok().flatten();
        found.is_some_and(|block| block_hash(*number, block.root) == hash)
    })?;
    Some(block(ctx, head, number))
}

fn block(ctx: &Ctx, head: &Head, number: u64) -> Block {
    let stored = head.view.block(number).ok().flatten();
    let root = stored.as_ref().map_or(B256::ZERO, |block| block.root);
    let parent = number
        .checked_sub(1)
        .map_or_else(|| hex_hash(B256::ZERO), |at| block_hash_at(head, at));
    let raw = stored.and_then(|block| borsh::from_slice::<RawBlock>(&block.bytes).ok());
    // Block 0 is not a block of inputs but the origin of the chain.
    let seconds = raw
        .as_ref()
        .map_or(ctx.shared.created_ms, |raw| raw.time_ms)
        / 1000;
    let mut block = Block::gasless(
        hex_u64(number),
        hex_hash(block_hash(number, root)),
        parent,
        hex_hash(root),
        hex_u64(seconds),
    );
    let inputs = raw.map(|raw| raw.inputs).unwrap_or_default();
    let hash_of = |input| match input {
        RawInput::Transaction(bytes) => Some(hex_hash(keccak256(bytes))),
        _ => None,
    };
    block.transactions = inputs.into_iter().filter_map(hash_of).collect();
    block
}

/// The Ethereum receipt of a submission; complete as soon as the transaction exists.
fn receipt(head: &Head, record: &TxRecord) -> EthReceipt {
    let block_hash = block_hash_at(head, record.created_height);
    let block_number = hex_u64(record.created_height);
    let from = (!record.sender.is_zero()).then(|| hex_address(record.sender));
    let log = EthLog {
        address: hex_address(chain::CONSENSUS_MAIN_LOCAL),
        topics: vec![
            hex_hash(chain::topic::NEW_TRANSACTION),
            hex_hash(record.id),
            hex_hash(record.recipient.into_word()),
            hex_hash(record.sender.into_word()),
        ],
        data: "0x".to_owned(),
        block_number: block_number.clone(),
        block_hash: block_hash.clone(),
        transaction_hash: hex_hash(record.id),
        transaction_index: "0x0".to_owned(),
        log_index: "0x0".to_owned(),
        removed: false,
    };
    EthReceipt {
        transaction_hash: hex_hash(record.id),
        transaction_index: "0x0".to_owned(),
        block_hash,
        block_number,
        from,
        to: Some(hex_address(record.recipient)),
        cumulative_gas_used: GAS.to_owned(),
        gas_used: GAS.to_owned(),
        effective_gas_price: "0x0".to_owned(),
        kind: "0x0".to_owned(),
        contract_address: None,
        logs: vec![log],
        logs_bloom: hex_bytes(&[0; 256]),
        status: "0x1".to_owned(),
    }
}

fn logs(ctx: &Ctx, head: &Head, filter: &Value) -> Result<Vec<EthLog>, RpcError> {
    let tip = height(head);
    let bound = |name: &str| match filter.get(name).and_then(Value::as_str) {
        None | Some("latest" | "pending" | "safe" | "finalized") => Ok(tip),
        Some("earliest") => Ok(0),
        Some(hex) => u64::from_str_radix(hex.trim_start_matches("0x"), 16)
            .map_err(|_| RpcError::params(format!("Invalid block number format: {hex}"))),
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
    let found = ctx.shared.observers().logs(&LogFilter {
        from,
        to,
        addresses,
        topics,
    });
    if found.more {
        return Err(RpcError::params(
            "more than 10000 logs match; narrow the block range",
        ));
    }
    Ok(found.logs.iter().map(|log| eth_log(head, log)).collect())
}

fn parse_topic(text: &str) -> Result<B256, RpcError> {
    let bytes = parse_hex(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes
        .map(B256::from)
        .ok_or_else(|| RpcError::params(format!("Invalid topic: {text}")))
}

fn eth_log(head: &Head, log: &Log) -> EthLog {
    EthLog {
        address: hex_address(log.address),
        topics: log.topics.iter().map(|topic| hex_hash(*topic)).collect(),
        data: hex_bytes(&log.data),
        block_number: hex_u64(log.at.height),
        block_hash: block_hash_at(head, log.at.height),
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
