//! JSON-RPC over HTTP, and what a dapp does with it.

use crate::{Account, AccountError};
use alloy_primitives::{Address, B256, U256};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use venire_api::quantity::{hex_address, hex_bytes, hex_hash, parse_hex};
use venire_types::{
    calldata::{self, Value},
    chain::CONSENSUS_MAIN_LOCAL,
    envelope::{Submission, TxData, appeal_input},
};

/// Committee size of clients' defaults.
const VALIDATORS: u64 = 5;
/// Rotations of clients' defaults.
const ROTATIONS: u64 = 3;
/// Longest wait for one answer: longer than a node waits for a model on behalf of a read.
const ANSWER: Duration = Duration::from_secs(150);
/// First pause between two looks at a transaction; each is a quarter longer than the one before.
const FIRST_POLL: Duration = Duration::from_millis(2);
/// Longest such pause.
const LAST_POLL: Duration = Duration::from_millis(50);
/// Longest part of a foreign answer that is quoted.
const QUOTE: usize = 200;

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The URL is not one.
    #[error("{0} is not an http(s) URL")]
    BadUrl(String),
    /// The network does not answer.
    #[error("the network does not answer; is it running?")]
    Unreachable(#[from] reqwest::Error),
    /// The network refused.
    #[error("{message} (code {code})")]
    Refused {
        /// JSON-RPC code.
        code: i64,
        /// The network's sentence.
        message: String,
    },
    /// Something answers, but not in JSON: a proxy, another program, or a node that refuses the
    /// name by which it was addressed.
    #[error("the answer is HTTP {status} instead of JSON: {line}")]
    NotJson {
        /// HTTP status.
        status: u16,
        /// First line of the answer.
        line: String,
    },
    /// The answer has another shape than expected.
    #[error("the answer of {method} is not understood")]
    Malformed {
        /// Called method.
        method: String,
    },
    /// The key cannot sign.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The status was not reached in time.
    #[error("the transaction is still {status} after {patience:?}")]
    TooSlow {
        /// Last status seen.
        status: String,
        /// Time waited.
        patience: Duration,
    },
}

/// What became of a transaction.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Status name, e.g. `ACCEPTED`.
    pub status: String,
    /// Whether the contract returned.
    pub success: bool,
    /// Receiver, or the new contract.
    pub contract: String,
    /// Why it failed.
    pub error: Option<String>,
    /// The whole record.
    pub record: Json,
}

/// A connection to one network. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    ids: Arc<AtomicU64>,
    chain_id: Arc<OnceLock<u64>>,
}

impl Client {
    /// A client of the JSON-RPC at `url`.
    ///
    /// # Errors
    /// `BadUrl`, or no HTTP client can be made.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(ClientError::BadUrl(url.to_owned()));
        }
        // Another part of the process may have chosen the TLS provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .tcp_nodelay(true)
            .timeout(ANSWER)
            .build()?;
        Ok(Self {
            http,
            url: url.to_owned(),
            ids: Arc::default(),
            chain_id: Arc::default(),
        })
    }

    /// Calls any method.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn request<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &[Json],
    ) -> Result<T, ClientError> {
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let answer = self.http.post(&self.url).json(&body).send().await?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await?;
        let mut answer: Json =
            serde_json::from_slice(&bytes).map_err(|_| ClientError::NotJson {
                status,
                line: first_line(&bytes),
            })?;
        if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
            return Err(ClientError::Refused {
                code: error.get("code").and_then(Json::as_i64).unwrap_or_default(),
                message: error
                    .get("message")
                    .and_then(Json::as_str)
                    .unwrap_or("refused")
                    .to_owned(),
            });
        }
        let result = answer
            .get_mut("result")
            .map(Json::take)
            .unwrap_or(Json::Null);
        serde_json::from_value(result).map_err(|_| ClientError::Malformed {
            method: method.to_owned(),
        })
    }

    /// Next nonce of an account.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn nonce(&self, address: Address) -> Result<u64, ClientError> {
        let params = [hex_address(address).into(), "latest".into()];
        self.quantity("eth_getTransactionCount", &params).await
    }

    /// Chain id of the network; asked once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn chain_id(&self) -> Result<u64, ClientError> {
        if let Some(known) = self.chain_id.get() {
            return Ok(*known);
        }
        let asked = self.quantity("eth_chainId", &[]).await?;
        Ok(*self.chain_id.get_or_init(|| asked))
    }

    async fn quantity(&self, method: &str, params: &[Json]) -> Result<u64, ClientError> {
        let text: String = self.request(method, params).await?;
        u64::from_str_radix(text.trim_start_matches("0x"), 16).map_err(|_| ClientError::Malformed {
            method: method.to_owned(),
        })
    }

    /// Deploys a contract; answers the transaction id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn deploy(
        &self,
        account: &Account,
        code: &[u8],
        args: Vec<Value>,
    ) -> Result<B256, ClientError> {
        let call = map([("args", Value::Array(args))]);
        let data = TxData::Deploy {
            code: code.to_vec(),
            calldata: calldata::encode(&call),
        };
        self.submit(account, Address::ZERO, U256::ZERO, data).await
    }

    /// Calls a method that writes; answers the transaction id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn write(
        &self,
        account: &Account,
        contract: Address,
        method: &str,
        args: Vec<Value>,
        value: U256,
    ) -> Result<B256, ClientError> {
        let data = TxData::Call {
            calldata: calldata::encode(&call(method, args)),
        };
        self.submit(account, contract, value, data).await
    }

    async fn submit(
        &self,
        account: &Account,
        recipient: Address,
        value: U256,
        data: TxData,
    ) -> Result<B256, ClientError> {
        let submission = Submission {
            recipient,
            validators: U256::from(VALIDATORS),
            rotations: U256::from(ROTATIONS),
            valid_until: None,
            data,
            leader_only: false,
            fees: None,
        };
        self.order(account, value, submission.to_input(account.address()))
            .await
    }

    /// Appeals against the decision of `tx` with a bond in wei; what is beyond the charge stays with
    /// the sender, and on a network with a sponsor nothing need be sent. Answers the hash of the
    /// order, which has no record of its own.
    ///
    /// # Errors
    /// [`ClientError`]; a refusal says why, and what the bond would be.
    pub async fn appeal(
        &self,
        account: &Account,
        tx: B256,
        bond: U256,
    ) -> Result<B256, ClientError> {
        self.order(account, bond, appeal_input(tx)).await
    }

    async fn order(
        &self,
        account: &Account,
        value: U256,
        input: Vec<u8>,
    ) -> Result<B256, ClientError> {
        let nonce = self.nonce(account.address()).await?;
        let chain_id = self.chain_id().await?;
        let raw = account.sign(chain_id, nonce, CONSENSUS_MAIN_LOCAL, value, input)?;
        self.request("eth_sendRawTransaction", &[hex_bytes(&raw).into()])
            .await
    }

    /// Calls a method that only reads.
    ///
    /// # Errors
    /// [`ClientError`]; a refusal carries the contract's own words.
    pub async fn read(
        &self,
        contract: Address,
        method: &str,
        args: Vec<Value>,
    ) -> Result<Value, ClientError> {
        let data = TxData::Call {
            calldata: calldata::encode(&call(method, args)),
        };
        let request = json!({
            "type": "read",
            "to": hex_address(contract),
            "from": hex_address(Address::ZERO),
            "data": hex_bytes(&data.encode(false)),
            "transaction_hash_variant": "latest-nonfinal",
        });
        let text: String = self.request("gen_call", &[request]).await?;
        let malformed = || ClientError::Malformed {
            method: "gen_call".to_owned(),
        };
        calldata::decode(&parse_hex(&text).ok_or_else(malformed)?).map_err(|_| malformed())
    }

    /// Polls until a transaction is decided.
    ///
    /// # Errors
    /// `TooSlow` after `patience`, or any other [`ClientError`].
    pub async fn wait(&self, tx: B256, patience: Duration) -> Result<Verdict, ClientError> {
        let mut seen = "not known to the network".to_owned();
        let decided = tokio::time::timeout(patience, self.poll(tx, &mut seen)).await;
        decided.unwrap_or(Err(ClientError::TooSlow {
            status: seen,
            patience,
        }))
    }

    async fn poll(&self, tx: B256, seen: &mut String) -> Result<Verdict, ClientError> {
        let mut pause = FIRST_POLL;
        loop {
            let params = [hex_hash(tx).into()];
            let record: Json = self.request("eth_getTransactionByHash", &params).await?;
            let text = |name: &str| Some(record.get(name)?.as_str()?.to_owned());
            if let Some(status) = text("status") {
                if DECIDED.contains(&status.as_str()) {
                    return Ok(Verdict {
                        success: record.get("txExecutionResult").and_then(Json::as_u64) == Some(1),
                        contract: text("to_address").unwrap_or_default(),
                        error: text("error"),
                        status,
                        record,
                    });
                }
                *seen = status;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 5 / 4).min(LAST_POLL);
        }
    }
}

/// Statuses that end [`Client::wait`].
const DECIDED: [&str; 6] = [
    "ACCEPTED",
    "UNDETERMINED",
    "FINALIZED",
    "CANCELED",
    "VALIDATORS_TIMEOUT",
    "LEADER_TIMEOUT",
];

/// The first line of a text that is not ours, cut to what fits a message.
fn first_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().find(|line| !line.trim().is_empty());
    line.map_or_else(
        || "an empty body".to_owned(),
        |line| line.trim().chars().take(QUOTE).collect(),
    )
}

fn call(method: &str, args: Vec<Value>) -> Value {
    map([
        ("method", Value::Str(method.to_owned())),
        ("args", Value::Array(args)),
    ])
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(
        entries
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

#[cfg(test)]
mod tests;
