//! Says in one plain sentence why an execution failed.
//!
//! # Invariants
//! - Every ending but a return has a sentence, and the stable code stands in it.
//!
//! # Not here
//! - Why a transaction is undecided or canceled (`shell::summary`).

use venire_types::outcome::{Fault, Outcome};

/// Why an execution failed: in the contract's words, the machine's, or those of the rule that
/// turned the result into a failure. `None` when it returned.
#[must_use]
pub fn explain(outcome: &Outcome, fault: Option<&Fault>) -> Option<String> {
    let code = match outcome {
        Outcome::Return(_) => return None,
        Outcome::UserError(_) | Outcome::UserValue(_) => return outcome.refusal(),
        Outcome::VmError(code) => code,
    };
    let fault = fault.filter(|fault| !fault.message.is_empty());
    Some(match fault {
        Some(fault) if fault.location.is_empty() => format!("{} ({code})", fault.message),
        Some(fault) => format!(
            "{}: {} at {} ({code})",
            fault.kind, fault.message, fault.location
        ),
        None => match plain(code) {
            Some(words) => format!("{words} ({code})"),
            None => format!("the contract failed with {code}"),
        },
    })
}

/// What the codes mean that come without a fault: most are made by the rules of the chain after
/// the contract had returned.
fn plain(code: &str) -> Option<&'static str> {
    Some(match code {
        "OOM" => "the contract used more memory than it may",
        "OOM storage" => {
            "the result of the contract is larger than a block can carry: it writes, sends or \
             answers too much at once"
        }
        "inbalance" => "the contract sends more value than it has",
        "message_depth" => "too many messages follow from one another; this one may send no more",
        "timeout" => "the contract did not end in time",
        "malformed_entry" => "the calldata of the transaction is malformed",
        "invalid_contract absent" => "there is no contract at this address",
        "invalid_contract address_taken" => "there is a contract at this address already",
        _ if code.starts_with("invalid_contract") => "this is not a contract that can run",
        _ if code.starts_with("exit_code") => "the contract's interpreter ended with an error",
        _ if code.starts_with("wasm_trap") => "the contract's machine stopped",
        _ if code.starts_with("out_of") => "the contract used more of something than it may",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vm(code: &str) -> Outcome {
        Outcome::VmError(code.to_owned())
    }

    #[test]
    fn rules_speak_plainly_and_keep_their_code() {
        assert_eq!(explain(&Outcome::Return([0].into()), None), None);
        let sentence = |code: &str| explain(&vm(code), None).unwrap();
        assert_eq!(
            sentence("inbalance"),
            "the contract sends more value than it has (inbalance)"
        );
        assert!(sentence("OOM storage").contains("larger than a block can carry"));
        assert!(sentence("invalid_contract address_taken").contains("already"));
        assert_eq!(sentence("odd"), "the contract failed with odd");
    }

    #[test]
    fn a_fault_says_more_than_its_code() {
        let mut fault = Fault {
            kind: "ValueError".to_owned(),
            message: "too small".to_owned(),
            ..Fault::default()
        };
        let told = |fault: &Fault| explain(&vm("exit_code 1"), Some(fault)).unwrap();
        assert_eq!(told(&fault), "too small (exit_code 1)");
        fault.location = "contract.py:7".to_owned();
        assert_eq!(
            told(&fault),
            "ValueError: too small at contract.py:7 (exit_code 1)"
        );
        let refused = Outcome::UserError("no".to_owned());
        assert_eq!(explain(&refused, Some(&fault)), Some("no".to_owned()));
    }
}
