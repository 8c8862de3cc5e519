//! The record of a transaction as Studio's clients read it (`eth_getTransactionByHash`).
//!
//! Names, spelling and number formats are the wire's; see the comments where they surprise.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A model as a validator declares it.
#[derive(Clone, Debug, Serialize)]
pub struct Model {
    /// Provider key, e.g. `jury`.
    pub provider: String,
    /// Model name.
    pub model: String,
    /// Sampling options.
    pub config: Map<String, Value>,
    /// Protocol spoken.
    pub plugin: String,
    /// Where and how; names of secrets, never secrets.
    pub plugin_config: Map<String, Value>,
}

/// Who executed. There is no private key here, on purpose.
#[derive(Clone, Debug, Serialize)]
pub struct NodeConfig {
    /// Validator address.
    pub address: String,
    /// Stake in whole units.
    pub stake: u64,
    /// First model asked.
    pub primary_model: Model,
    /// Fallback, if any.
    pub secondary_model: Option<Model>,
}

/// One validator as `sim_getAllValidators` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct ValidatorJson {
    /// 1-based position.
    pub id: u64,
    /// Address.
    pub address: String,
    /// Stake in whole units.
    pub stake: u64,
    /// Its model.
    #[serde(flatten)]
    pub model: Model,
    /// Declared family of its model, or `undeclared`.
    pub family: String,
    /// Creation time, ISO-8601.
    pub created_at: String,
}

/// Output and failure of an execution.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GenvmResult {
    /// What the contract printed; a record's receipts show the first 5000 characters.
    pub stdout: String,
    /// Traceback and warnings; cut like `stdout`.
    pub stderr: String,
    /// Stable code of a failure.
    pub error_code: Option<String>,
    /// `{kind, message, location, traceback}` of a failure.
    pub raw_error: Option<Value>,
    /// The failure in one plain sentence.
    pub error_description: Option<String>,
}

/// A message that waits to be sent.
#[derive(Clone, Debug, Serialize)]
pub struct PendingMessage {
    /// Receiver; absent for a deploy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Base64 call object.
    pub calldata: String,
    /// Base64 code of a deploy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// `accepted` or `finalized`.
    pub on: String,
    /// Wei; see [`crate::quantity::integer`].
    pub value: Value,
    /// True for an external transfer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_eth_send: bool,
}

/// One execution as one validator reported it.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// `agree`, `disagree`, `timeout`, `deterministic_violation`, `not_voted`; null for the
    /// leader's proposal itself.
    pub vote: Option<String>,
    /// `SUCCESS` or `ERROR`.
    pub execution_result: String,
    /// Base64 of `[code][payload]`.
    pub result: String,
    /// Base64 of the call object. One of more than 4 KiB stands only in the first leader receipt
    /// of each round; everywhere else it is the empty text.
    pub calldata: String,
    /// Instructions used, in millions (informative).
    pub gas_used: u64,
    /// `leader` or `validator`.
    pub mode: String,
    /// Always `{}`; the hash below stands for it.
    pub contract_state: Map<String, Value>,
    /// Keccak-256 of the canonical bytes of the pages the leader's execution writes, once it is
    /// open and successful; null otherwise, and for everyone else.
    pub contract_state_hash: Option<String>,
    /// Who executed.
    pub node_config: NodeConfig,
    /// Results of non-deterministic blocks, base64, by number.
    pub eq_outputs: BTreeMap<String, String>,
    /// Messages the execution emitted.
    pub pending_transactions: Vec<PendingMessage>,
    /// Output and failure.
    pub genvm_result: GenvmResult,
    /// Milliseconds.
    pub processing_time: u64,
    /// First block this validator does not agree with.
    pub nondet_disagree: Option<u32>,
    /// Why, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Hash of everything deterministic in the execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_hash: Option<String>,
}

/// Votes and executions of the deciding round.
#[derive(Clone, Debug, Serialize)]
pub struct ConsensusData {
    /// Address to vote.
    pub votes: BTreeMap<String, String>,
    /// The proposal, and the leader's own vote.
    pub leader_receipt: Vec<Receipt>,
    /// Everyone else.
    pub validators: Vec<Receipt>,
}

/// One finished round.
#[derive(Clone, Debug, Serialize)]
pub struct ConsensusResult {
    /// `Accepted`, `Leader Rotation`, `Undetermined`, ...
    pub consensus_round: String,
    /// The leader's receipts.
    pub leader_result: Option<Vec<Receipt>>,
    /// Everyone else's.
    pub validator_results: Vec<Receipt>,
    /// Statuses passed through.
    pub status_changes: Vec<String>,
    /// Seconds at which each status began.
    pub monitoring: Map<String, Value>,
}

/// All finished rounds and what happened since.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConsensusHistory {
    /// Finished rounds in order.
    pub consensus_results: Vec<ConsensusResult>,
    /// Statuses since the last finished round.
    pub current_status_changes: Vec<String>,
    /// Seconds at which each began.
    pub current_monitoring: Map<String, Value>,
}

/// The deciding round in the public networks' vocabulary; numbers are strings.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "names of the public networks' RoundData")]
pub struct LastRound {
    pub round: String,
    pub leader_index: String,
    pub votes_committed: String,
    pub votes_revealed: String,
    pub appeal_bond: String,
    pub rotations_left: String,
    pub result: u8,
    pub round_validators: Vec<String>,
    pub validator_votes: Vec<u8>,
    pub validator_votes_hash: Vec<String>,
    pub validator_votes_name: Vec<String>,
    pub validator_result_hash: Vec<String>,
}

/// A message in the public networks' vocabulary.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "names of the public networks' message tuple")]
pub struct MessageJson {
    pub message_type: String,
    pub recipient: String,
    pub value: String,
    pub data: String,
    pub on_acceptance: bool,
}

/// Blocks between which state was read; numbers are strings.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "names of the public networks")]
pub struct StateBlockRange {
    pub activation_block: String,
    pub processing_block: String,
    pub proposal_block: String,
}

/// The whole record.
#[derive(Clone, Debug, Serialize)]
pub struct Transaction {
    /// Transaction id.
    pub hash: String,
    /// Sender.
    pub from_address: Option<String>,
    /// Receiver (the new contract for a deploy).
    pub to_address: Option<String>,
    /// `from_address`, for Ethereum tools.
    pub from: Option<String>,
    /// `to_address`, for Ethereum tools.
    pub to: Option<String>,
    /// `{contract_address, contract_code, calldata}`, `{calldata}` or `{}`; base64.
    pub data: Value,
    /// Wei; see [`crate::quantity::integer`].
    pub value: Value,
    /// 0 transfer, 1 deploy, 2 call.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Status name.
    pub status: String,
    /// Same as `status_name` on the public networks' records.
    pub status_code: u8,
    /// 0 not voted, 1 finished with return, 2 finished with error.
    #[serde(rename = "txExecutionResult")]
    pub tx_execution_result: u8,
    /// Its name.
    #[serde(rename = "txExecutionResultName")]
    pub tx_execution_result_name: String,
    /// Why the transaction failed, in one plain sentence.
    pub error: Option<String>,
    /// Round result number.
    pub result: u8,
    /// Its name.
    pub result_name: String,
    /// Votes and executions.
    pub consensus_data: Option<ConsensusData>,
    /// All rounds.
    pub consensus_history: ConsensusHistory,
    /// Sender's nonce.
    pub nonce: u64,
    /// Nominal.
    pub gas: u64,
    /// Creation, ISO-8601.
    pub created_at: String,
    /// Committee of one.
    pub leader_only: bool,
    /// `NORMAL` or `LEADER_ONLY`.
    pub execution_mode: String,
    /// Signer at the root.
    pub origin_address: Option<String>,
    /// Parent transaction.
    pub triggered_by: Option<String>,
    /// `accepted` or `finalized`.
    pub triggered_on: Option<String>,
    /// Children.
    pub triggered_transactions: Vec<String>,
    /// An appeal is being judged.
    pub appealed: bool,
    /// Appeals that failed since the last one that succeeded.
    pub appeal_failed: u32,
    /// Seconds, or null.
    pub timestamp_awaiting_finalization: Option<u64>,
    /// Rotations allowed at the start.
    pub config_rotation_rounds: u64,
    /// Committee size asked for.
    pub num_of_initial_validators: u64,
    /// Rotations used.
    pub rotation_count: u64,
    /// Now, seconds as text.
    pub current_timestamp: String,
    /// Copy of `from_address`.
    pub sender: Option<String>,
    /// Copy of `to_address`.
    pub recipient: Option<String>,
    /// Copy of `hash`.
    pub tx_id: String,
    /// Always `"0"`.
    pub tx_slot: String,
    /// Seconds as text.
    pub created_timestamp: String,
    /// Seconds as text, `"0"` when nobody voted yet.
    pub last_vote_timestamp: String,
    /// Seed of the committee draw.
    pub random_seed: String,
    /// Blocks.
    pub read_state_block_range: StateBlockRange,
    /// Leader of the first round.
    pub activator: String,
    /// Leader of the last round.
    pub last_leader: String,
    /// RLP of code and call, hex without 0x.
    pub tx_data: String,
    /// Hash of the leader's result.
    pub tx_execution_hash: String,
    /// Results of non-deterministic blocks.
    pub eq_blocks_outputs: String,
    /// Messages emitted.
    pub messages: Vec<MessageJson>,
    /// `"1"` pending, `"2"` accepted, `"3"` undetermined, else `"0"`.
    pub queue_type: String,
    /// Position in its contract's queue.
    pub queue_position: String,
    /// Count as text.
    pub num_of_rounds: String,
    /// Deciding round.
    pub last_round: Option<LastRound>,
    /// Block that took it in.
    #[serde(rename = "blockNumber")]
    pub block_number: String,
    /// Hash of that block.
    #[serde(rename = "blockHash")]
    pub block_hash: String,
}
