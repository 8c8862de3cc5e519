//! The result of one contract execution, as contracts, validators and clients see it.

use alloc::{string::String, vec::Vec};
use borsh::{BorshDeserialize, BorshSerialize};

/// What a contract execution ends in. Only `Return` commits state, messages and events.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Outcome {
    /// Calldata-encoded return value.
    Return(Vec<u8>),
    /// The contract refused, with its own words.
    UserError(String),
    /// The machine stopped it; the short code is part of consensus, e.g. `exit_code 1`,
    /// `timeout`, `OOM`, `wasm_trap StackOverflow`, `invalid_contract absent_runner_comment`.
    VmError(String),
}

impl Outcome {
    /// `[code][data]`: 0 return, 1 user error, 2 machine error (sub-VM results and receipts).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (code, data): (u8, &[u8]) = match self {
            Self::Return(data) => (0, data),
            Self::UserError(text) => (1, text.as_bytes()),
            Self::VmError(text) => (2, text.as_bytes()),
        };
        let mut out = Vec::with_capacity(data.len().saturating_add(1));
        out.push(code);
        out.extend_from_slice(data);
        out
    }

    /// Inverse of [`Outcome::to_bytes`]; `None` for an unknown code or text that is not UTF-8.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (code, data) = bytes.split_first()?;
        match code {
            0 => Some(Self::Return(data.to_vec())),
            1 => String::from_utf8(data.to_vec()).ok().map(Self::UserError),
            2 => String::from_utf8(data.to_vec()).ok().map(Self::VmError),
            _ => None,
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
