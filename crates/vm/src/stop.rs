//! How an instance is stopped from the host's side, and what that means.

use crate::{Generation, session::Frame};
use venire_types::{
    limits::Limits,
    outcome::{Fault, Outcome},
};

/// An ending that unwinds the sandbox at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// `Return`: the given calldata is the result.
    #[error("returned at once")]
    Return(Vec<u8>),
    /// `Rollback` or `UserError`, with that outcome.
    #[error("user error: {0:?}")]
    User(Outcome),
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

/// The code under which the generations before v0.3 know an ending: they tell few limits apart.
pub(crate) fn second_generation(code: &str) -> &str {
    match code {
        "OOM nested" | "OOM nondet_output" => "OOM",
        "OOM message" | "OOM event" | "OOM locked_slots" | "OOM upgraders" => "OOM storage",
        "OOM nondet_blocks" => "out_of nondet_blocks",
        other => other,
    }
}

/// The code under which v0.3 knows an ending that v0.2 calls `code`.
pub(crate) fn third_generation(code: &str) -> &str {
    match code {
        "OOM" => "out_of memory",
        "OOM storage" => "out_of storage",
        "OOM nested" => "out_of vm_recursion",
        "OOM message" => "out_of receipt message",
        "OOM event" => "out_of receipt event",
        "OOM nondet_output" => "out_of receipt nondet_output",
        "OOM nondet_blocks" => "out_of nondet_blocks",
        "OOM locked_slots" => "out_of locked_slots",
        "OOM upgraders" => "out_of upgraders",
        "absent" => "leader_fault nondet_output absent",
        "evm_reverted" => "evm reverted",
        "wasm_trap StackOverflow" => "wasm_trap stack_overflow",
        "wasm_trap UnreachableCodeReached" => "wasm_trap unreachable",
        "wasm_trap IndirectCallToNull" => "wasm_trap indirect_call_to_null",
        "wasm_trap TableOutOfBounds" => "wasm_trap table_out_of_bounds",
        "wasm_trap MemoryOutOfBounds" => "wasm_trap memory_out_of_bounds",
        "wasm_trap HeapMisaligned" => "wasm_trap heap_misaligned",
        "wasm_trap BadSignature" => "wasm_trap bad_signature",
        "wasm_trap IntegerOverflow" => "wasm_trap integer_overflow",
        "wasm_trap IntegerDivisionByZero" => "wasm_trap integer_divide_by_zero",
        other => other,
    }
}

/// An ending as the generation of `frame` names it, within the limit of what may be returned.
pub(crate) fn ending(
    (outcome, fault): (Outcome, Option<Fault>),
    frame: &Frame,
    limits: &Limits,
) -> (Outcome, Option<Fault>) {
    let limit = limits.calldata_bytes as usize;
    let (outcome, fault) = match outcome {
        Outcome::Return(bytes) | Outcome::UserValue(bytes) if bytes.len() > limit => {
            let message = format!(
                "the contract returned {} bytes; at most {limit} are allowed: return less at once",
                bytes.len()
            );
            let own = self::fault("TooLarge", message);
            (Outcome::VmError("OOM".into()), Some(own))
        }
        Outcome::UserError(text) if text.len() > limit => {
            let message = format!("the message of a user error has more than {limit} bytes");
            let own = self::fault("TooLarge", message);
            (Outcome::VmError("OOM".into()), Some(own))
        }
        other => (other, fault),
    };
    match outcome {
        Outcome::VmError(code) => {
            let code = if frame.prepared.generation() >= Generation::V03 {
                third_generation(&code)
            } else {
                second_generation(&code)
            };
            (Outcome::VmError(code.into()), fault)
        }
        other => (other, fault),
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

#[cfg(test)]
mod tests {
    use super::third_generation;

    #[test]
    fn the_third_generation_has_names_of_its_own() {
        assert_eq!(third_generation("OOM"), "out_of memory");
        assert_eq!(third_generation("OOM storage"), "out_of storage");
        let trap = "wasm_trap UnreachableCodeReached";
        assert_eq!(third_generation(trap), "wasm_trap unreachable");
        for same in [
            "timeout",
            "exit_code 1",
            "leader_fault nondet_output malformed",
        ] {
            assert_eq!(third_generation(same), same);
        }
    }
}
