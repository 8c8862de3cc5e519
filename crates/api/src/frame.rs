//! JSON-RPC 2.0 framing, as lenient as Studio's: `jsonrpc` may be absent, `id` may be any JSON.
//!
//! # Invariants
//! - A call without `id` is a notification: executed, never answered.
//! - A result of `null` is sent as `null`, never left out.

use crate::{RpcError, code};
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};

/// Most calls in one batch.
pub const BATCH_MAX: usize = 100;

/// One call.
#[derive(Debug, Deserialize)]
pub struct Call {
    /// Method name.
    pub method: String,
    /// Array, object, or absent.
    #[serde(default)]
    pub params: Option<Box<RawValue>>,
    /// Echoed; absent for a notification.
    #[serde(default, deserialize_with = "present")]
    pub id: Option<Box<RawValue>>,
}

/// Keeps `"id": null` apart from an absent id.
fn present<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(d).map(Some)
}

/// One answer.
#[derive(Debug, Serialize)]
pub struct Reply {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<RpcError>,
    id: Box<RawValue>,
}

impl Reply {
    /// The answer to a call with this id.
    #[must_use]
    pub fn new(id: Box<RawValue>, outcome: Result<Box<RawValue>, RpcError>) -> Self {
        let (result, error) = match outcome {
            Ok(result) => (Some(result), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            jsonrpc: "2.0",
            result,
            error,
            id,
        }
    }

    /// An error that belongs to no call.
    #[must_use]
    pub fn orphan(error: RpcError) -> Self {
        Self::new(RawValue::NULL.to_owned(), Err(error))
    }
}

/// A request body.
#[derive(Debug)]
pub enum Body {
    /// One call, or the reason why it is none.
    Single(Result<Call, RpcError>),
    /// A batch in order.
    Batch(Vec<Result<Call, RpcError>>),
}

/// Reads a request body.
///
/// # Errors
/// -32700 when it is not JSON, -32600 when it is neither an object nor a batch of 1 to 100.
pub fn parse_body(body: &[u8]) -> Result<Body, RpcError> {
    let parse_error = |_| RpcError::new(code::PARSE, "Parse error");
    let raw: &RawValue = serde_json::from_slice(body).map_err(parse_error)?;
    match raw.get().as_bytes().first() {
        Some(b'{') => Ok(Body::Single(parse_call(raw))),
        Some(b'[') => {
            let calls: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(parse_error)?;
            if calls.is_empty() {
                return Err(RpcError::new(code::INVALID_REQUEST, "Invalid Request"));
            }
            if calls.len() > BATCH_MAX {
                return Err(
                    RpcError::new(code::INVALID_REQUEST, "Invalid Request").with_data(json!({
                        "message": format!("Batch request exceeds maximum size of {BATCH_MAX}"),
                        "size": calls.len(),
                    })),
                );
            }
            Ok(Body::Batch(calls.into_iter().map(parse_call).collect()))
        }
        _ => Err(RpcError::new(code::INVALID_REQUEST, "Invalid Request")),
    }
}

fn parse_call(raw: &RawValue) -> Result<Call, RpcError> {
    serde_json::from_str(raw.get())
        .map_err(|error| RpcError::new(code::INVALID_REQUEST, format!("Invalid Request: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_and_null_ids_differ() {
        let one = |text: &str| match parse_body(text.as_bytes()) {
            Ok(Body::Single(Ok(call))) => call,
            other => panic!("{other:?}"),
        };
        assert!(one(r#"{"method":"ping"}"#).id.is_none());
        assert_eq!(
            one(r#"{"method":"ping","id":null}"#)
                .id
                .map(|id| id.get().to_owned())
                .as_deref(),
            Some("null")
        );
        assert_eq!(
            one(r#"{"method":"ping","id":"a"}"#)
                .id
                .map(|id| id.get().to_owned())
                .as_deref(),
            Some("\"a\"")
        );
    }

    #[test]
    fn bad_bodies_have_their_codes() {
        let code_of = |text: &str| parse_body(text.as_bytes()).map(|_| ()).map_err(|e| e.code);
        assert_eq!(code_of("{"), Err(code::PARSE));
        assert_eq!(code_of("\"x\""), Err(code::INVALID_REQUEST));
        assert_eq!(code_of("[]"), Err(code::INVALID_REQUEST));
        let many = format!(
            "[{}]",
            vec!["{\"method\":\"ping\"}"; BATCH_MAX + 1].join(",")
        );
        assert_eq!(code_of(&many), Err(code::INVALID_REQUEST));
    }

    #[test]
    fn null_result_is_kept() {
        let reply = Reply::new(RawValue::NULL.to_owned(), Ok(RawValue::NULL.to_owned()));
        assert_eq!(
            serde_json::to_string(&reply).unwrap(),
            r#"{"jsonrpc":"2.0","result":null,"id":null}"#
        );
    }
}
