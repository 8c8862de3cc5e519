//! The Ethereum receipt of a submission, and logs.

use serde::Serialize;

/// One log; quantities are hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Ethereum's")]
pub struct EthLog {
    pub address: String,
    pub topics: Vec<String>,
    pub data: String,
    pub block_number: String,
    pub block_hash: String,
    pub transaction_hash: String,
    pub transaction_index: String,
    pub log_index: String,
    pub removed: bool,
}

/// The receipt clients wait for right after sending.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Ethereum's")]
pub struct EthReceipt {
    pub transaction_hash: String,
    pub transaction_index: String,
    pub block_hash: String,
    pub block_number: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub cumulative_gas_used: String,
    pub gas_used: String,
    pub effective_gas_price: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub contract_address: Option<String>,
    pub logs: Vec<EthLog>,
    pub logs_bloom: String,
    pub status: String,
}
