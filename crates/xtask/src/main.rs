//! Checks and generates the repository: `cargo xtask help` lists the commands.
//!
//! # Invariants
//! - Depends on nothing of ours, so that it builds when the workspace does not.
//! - Every check is a pure function of the text of the tree, with a passing and a failing sample.
//!
//! # Not here
//! - The order in which the checks and tests run (`Makefile`), what a rule of the house is for
//!   (`CONTRIBUTING.md`).
#![forbid(unsafe_code)]

use std::process::ExitCode;

use eyre::{Result, bail};

mod broken;
mod codegen;
mod deps;
mod ledger;
mod licences;
mod metadata;
mod output;
mod report;
mod tidy;
mod tree;

const HELP: &str = "\
cargo xtask tidy              check the rules of the house on every file of the tree
cargo xtask deps              check that no crate depends on more than its row of the table
cargo xtask licences          check every dependency's licence against deny.toml
cargo xtask codegen           write the generated parts of the documents
cargo xtask broken [NAME]      break one rule at a time and see that a simulated world shows it
cargo xtask stage NAME CMD...   run CMD and enter its time in the ledger
cargo xtask tests NAME CMD...   the same, and count the tests that its output reports
cargo xtask ledger [reset]    print (or forget) the times of the stages, against their budgets
cargo xtask report            print how many tests ran; fail when that fell below floor.toml";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(code) => code,
        Err(report) => {
            output::note(&format!("xtask: {report:#}"));
            ExitCode::from(2)
        }
    }
}

fn run(args: &[&str]) -> Result<ExitCode> {
    let root = tree::root()?;
    match args {
        [] | ["help" | "--help" | "-h"] => {
            output::result(HELP);
            Ok(ExitCode::SUCCESS)
        }
        ["tidy"] => tidy::run(&root),
        ["deps"] => deps::run(&root),
        ["licences"] => licences::run(&root),
        ["broken"] => broken::run(&root, None),
        ["broken", name] => broken::run(&root, Some(name)),
        ["codegen"] => codegen::run(&root),
        ["stage", name, command @ ..] => ledger::stage(&root, name, command),
        ["tests", name, command @ ..] => ledger::tests(&root, name, command),
        ["ledger"] => ledger::print(&root),
        ["ledger", "reset"] => ledger::reset(&root),
        ["report"] => report::run(&root),
        _ => bail!(
            "unknown command `{}`; `cargo xtask help` lists them",
            args.join(" ")
        ),
    }
}
