//! The two ways out: results go to stdout, everything else to stderr.

use std::io::Write as _;
use std::process::ExitCode;

use crate::tree::{Finding, Weight};

/// Prints one result line on stdout. A closed pipe is no error of ours.
pub(crate) fn result(line: &str) {
    let _closed = writeln!(std::io::stdout().lock(), "{line}");
}

/// Prints one line for the person watching, on stderr.
pub(crate) fn note(line: &str) {
    let _closed = writeln!(std::io::stderr().lock(), "{line}");
}

/// Prints findings and a closing line; fails when one of them is more than a warning.
pub(crate) fn verdict(check: &str, findings: &[Finding], looked_at: &str) -> ExitCode {
    for finding in findings {
        result(&finding.to_string());
    }
    let failures = findings
        .iter()
        .filter(|f| f.weight == Weight::Failure)
        .count();
    let warnings = findings.len().saturating_sub(failures);
    if failures == 0 {
        result(&format!("{check}: {looked_at}, {warnings} warnings"));
        ExitCode::SUCCESS
    } else {
        result(&format!(
            "{check}: {looked_at}, {failures} failures, {warnings} warnings"
        ));
        ExitCode::FAILURE
    }
}
