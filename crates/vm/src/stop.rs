//! How an instance is stopped from the host's side, and what that means.

use venire_types::outcome::Fault;

/// An ending that unwinds the sandbox at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// `Return`: the given calldata is the result.
    #[error("returned at once")]
    Return(Vec<u8>),
    /// `Rollback` or `UserError`.
    #[error("user error: {0}")]
    User(String),
    /// The machine ends this instance with a short code.
    #[error("machine error: {code}")]
    Machine {
        /// Part of consensus.
        code: String,
        /// For people.
        fault: Fault,
    },
    /// The outside world did not answer: the whole execution is void.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

impl Stop {
    /// A machine error explained in one line.
    pub(crate) fn machine(code: &str, kind: &str, message: impl Into<String>) -> Self {
        Self::Machine {
            code: code.to_owned(),
            fault: fault(kind, message),
        }
    }
}

/// A fault without a traceback.
pub(crate) fn fault(kind: &str, message: impl Into<String>) -> Fault {
    Fault {
        kind: kind.to_owned(),
        message: message.into(),
        ..Fault::default()
    }
}

/// The SDK's error numbers, as host functions answer them.
pub(crate) mod errno {
    /// An offset or length does not fit.
    pub(crate) const OVERFLOW: u32 = 1;
    /// A malformed request.
    pub(crate) const INVAL: u32 = 2;
    /// Not allowed in this mode.
    pub(crate) const FORBIDDEN: u32 = 6;
    /// More value than the balance.
    pub(crate) const BALANCE: u32 = 7;
}
