//! JSON-RPC errors with stable codes.

use serde::Serialize;
use serde_json::Value;

/// Stable error codes. The numbers below -32000 follow Studio, so that its clients can react.
pub mod code {
    /// Body is not JSON.
    pub const PARSE: i32 = -32700;
    /// Body is JSON but not a request.
    pub const INVALID_REQUEST: i32 = -32600;
    /// No such method.
    pub const METHOD_NOT_FOUND: i32 = -32601;
    /// Parameters are missing, too many, of a wrong type, or the transaction is not admissible.
    pub const INVALID_PARAMS: i32 = -32602;
    /// Our bug.
    pub const INTERNAL: i32 = -32603;
    /// A contract call failed; `data.receipt` says why.
    pub const EXECUTION_FAILED: i32 = -32000;
    /// Unknown contract or transaction.
    pub const NOT_FOUND: i32 = -32001;
    /// No validator can execute.
    pub const NO_VALIDATORS: i32 = -32002;
    /// Every execution slot is taken and the queue is full.
    pub const BUSY: i32 = -32006;
    /// The method is privileged and the caller is not local.
    pub const FORBIDDEN: i32 = -32007;
    /// The sender or contract has too many pending transactions.
    pub const PENDING_LIMIT: i32 = -32030;
}

/// One error object.
#[derive(Clone, Debug, PartialEq, Serialize, thiserror::Error)]
#[error("{message} (code {code})")]
pub struct RpcError {
    /// See [`code`].
    pub code: i32,
    /// One clear sentence.
    pub message: String,
    /// Machine-readable details.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl RpcError {
    /// An error without details.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
        }
    }

    /// The same error with details.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// Bad parameters.
    pub fn params(message: impl Into<String>) -> Self {
        Self::new(code::INVALID_PARAMS, message)
    }
}
