//! The result of one contract execution, as contracts, validators and clients see it.

use crate::calldata::{self, Value};
use alloc::{string::String, vec::Vec};
use borsh::{BorshDeserialize, BorshSerialize};

/// What a contract execution ends in. Only `Return` commits state, messages and events.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Outcome {
    /// Calldata-encoded return value.
    Return(Vec<u8>),
    /// The contract refused, with its own words.
    UserError(String),
    /// The contract refused with something other than text (v0.3): calldata, never a string.
    UserValue(Vec<u8>),
    /// The machine stopped it; the short code is part of consensus, e.g. `exit_code 1`,
    /// `timeout`, `OOM`, `wasm_trap StackOverflow`, `invalid_contract absent_runner_comment`.
    VmError(String),
}

/// Follows code 1 when a user error is not text; no UTF-8 text begins with it.
const VALUE: u8 = 0xff;

impl Outcome {
    /// `[code][data]`: 0 return, 1 user error, 2 machine error (sub-VM results and receipts). The
    /// data of a user error is its text, or `ff` and the calldata of what is not text.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (code, data): (u8, &[u8]) = match self {
            Self::Return(data) => (0, data),
            Self::UserError(text) => (1, text.as_bytes()),
            Self::UserValue(data) => (1, data),
            Self::VmError(text) => (2, text.as_bytes()),
        };
        let mut out = Vec::with_capacity(data.len().saturating_add(2));
        out.push(code);
        if matches!(self, Self::UserValue(_)) {
            out.push(VALUE);
        }
        out.extend_from_slice(data);
        out
    }

    /// Inverse of [`Outcome::to_bytes`]; `None` for an unknown code or text that is not UTF-8.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (code, data) = bytes.split_first()?;
        match code {
            0 => Some(Self::Return(data.to_vec())),
            1 if data.first() == Some(&VALUE) => {
                data.get(1..).map(|data| Self::UserValue(data.to_vec()))
            }
            1 => String::from_utf8(data.to_vec()).ok().map(Self::UserError),
            2 => String::from_utf8(data.to_vec()).ok().map(Self::VmError),
            _ => None,
        }
    }

    /// A user error of any value: text stays text, so that equal errors have equal bytes.
    #[must_use]
    pub fn user(value: Value) -> Self {
        match value {
            Value::Str(text) => Self::UserError(text),
            other @ (Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Bytes(_)
            | Value::Address(_)
            | Value::Array(_)
            | Value::Map(_)) => Self::UserValue(calldata::encode(&other)),
        }
    }

    /// What the contract refused with, as text for people; `None` for other endings.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::UserError(text) => Some(text.clone()),
            Self::UserValue(data) => Some(match calldata::decode(data) {
                Ok(value) => calldata::to_text(&value),
                Err(_) => String::from("a value that is not calldata"),
            }),
            Self::Return(_) | Self::VmError(_) => None,
        }
    }

    /// Whether state, messages and events of this execution are kept.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Return(_))
    }
}

/// Why an execution failed, for people: never hashed, never part of consensus.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Fault {
    /// Exception type or machine condition, e.g. `KeyError`, `OutOfFuel`.
    pub kind: String,
    /// One line in plain words.
    pub message: String,
    /// Python traceback, or empty.
    pub traceback: String,
    /// `file:line` of the innermost frame in contract code, or empty.
    pub location: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_survives_its_bytes() {
        for outcome in [
            Outcome::Return([0].into()),
            Outcome::UserError(String::new()),
            Outcome::UserError("no".into()),
            Outcome::user(Value::Null),
            Outcome::user(Value::array([Value::from(7_u64)])),
            Outcome::VmError("exit_code 1".into()),
        ] {
            assert_eq!(Outcome::from_bytes(&outcome.to_bytes()), Some(outcome));
        }
        for bytes in [&[][..], &[9], &[1, 0xfe], &[2, 0xff]] {
            assert_eq!(Outcome::from_bytes(bytes), None);
        }
    }

    #[test]
    fn a_user_error_of_text_is_text() {
        assert_eq!(
            Outcome::user(Value::str("no")),
            Outcome::UserError("no".into())
        );
        let odd = Outcome::user(Value::array([Value::Null]));
        assert_eq!(odd.refusal().as_deref(), Some("[null]"));
        assert!(!odd.is_success());
    }
}
