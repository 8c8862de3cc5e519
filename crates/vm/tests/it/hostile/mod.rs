//! Contracts that try to stop the node: each ends in one clear way, and an ordinary run afterwards
//! still gives the usual result and fuel.
//!
//! The contracts are in `cases`, a file for each theme; here is what they all must keep.

mod form;
mod packages;
mod residue;
mod roles;

pub(crate) use form::with_body;

use crate::{
    corpus::{contract, request},
    machine,
    world::World,
};
use form::{Hostile, Theme};
use std::{fs, sync::OnceLock};
use venire_types::{
    calldata::{self, Value},
    outcome::Outcome,
};
use venire_vm::{Config, Entry, Execution, Limits, Machine};

/// Limits so small that what burns everything is over soon.
pub(crate) fn limits() -> Limits {
    Limits {
        fuel: 1_000_000_000,
        depth: 4,
        nondet_blocks: 8,
        ..machine::limits()
    }
}

/// Names of the files of cases.
const THEMES: [&str; 11] = [
    "bytecode", "calls", "escape", "forks", "fuel", "memory", "output", "pickles", "residue",
    "sources", "stack",
];

/// The machine that hostile contracts run on.
fn small() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        machine::open(&Config {
            limits: limits(),
            concurrency: 4,
            ..machine::config()
        })
    })
}

/// Calls `run` of the contract in `code`, which is deployed in a world of its own.
pub(crate) fn call(machine: &Machine, code: &[u8]) -> Execution {
    let world = World::default();
    let mut state = world.state.lock().expect("state");
    state.code.insert(contract(), code.into());
    drop(state);
    let entry = Entry::Call(Value::call("run", []));
    machine.run(request(code.into(), entry), Box::new(world))
}

/// A run that no hostile contract may change.
fn ordinary(machine: &Machine) -> Execution {
    let body = "self.text = 'a' * 100\nreturn len(self.text)";
    let execution = call(machine, with_body("", body).as_bytes());
    let want = Outcome::Return(vec![0xa1, 0x06]);
    assert_eq!(execution.outcome, want, "{execution:?}");
    execution
}

/// The way `execution` ended, in the words of a case.
fn ending(execution: &Execution) -> (&'static str, String) {
    match &execution.outcome {
        Outcome::Return(bytes) => match calldata::decode(bytes) {
            Ok(value) => ("returns", calldata::to_text(&value)),
            Err(error) => ("returns", format!("broken calldata: {error}")),
        },
        Outcome::UserError(_) | Outcome::UserValue(_) => (
            "user_error",
            execution.outcome.refusal().unwrap_or_default(),
        ),
        Outcome::VmError(code) => ("vm_error", code.clone()),
    }
}

/// Is `execution` what `case` says? Otherwise what it is, as lines of a case.
fn check(case: &Hostile, execution: &Execution, limits: &Limits) -> Result<(), String> {
    let fault = execution.fault.clone().unwrap_or_default();
    let said = format!("{}: {}", fault.kind, fault.message);
    let (kind, text) = ending(execution);
    let want = match kind {
        _ if case.breaks => &Some(text.clone()),
        "returns" => &case.returns,
        "user_error" => &case.user_error,
        _ => &case.vm_error,
    };
    let described = || {
        let said: String = said.chars().take(200).collect();
        format!("[[{}]]\n{kind} = '{text}'\nfault = '{said}'\n", case.name)
    };
    if want.as_ref() != Some(&text) || !said.contains(&case.fault) {
        return Err(described());
    }
    let quiet = execution.delta.is_empty() && execution.emissions.is_empty();
    let output = execution.stdout.len().max(execution.stderr.len());
    if !quiet && !case.writes {
        return Err(format!("{}it left something behind", described()));
    }
    if execution.fuel > limits.fuel || output > limits.output + 100 {
        return Err(format!("{}it took too much", described()));
    }
    match &execution.unavailable {
        None => Ok(()),
        Some(reason) => Err(format!("{}unavailable: {reason}", described())),
    }
}

/// The contracts of one theme.
fn read(name: &str) -> Theme {
    let folder = machine::root().join("crates/vm/tests/it/hostile/cases");
    let text = fs::read_to_string(folder.join(format!("{name}.toml"))).expect(name);
    toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Name and code of those of one theme.
pub(crate) fn named(theme: &str) -> Vec<(String, Vec<u8>)> {
    let read = read(theme);
    let cases = read.case.iter();
    cases
        .map(|case| (format!("{theme}: {}", case.name), read.source(case)))
        .collect()
}

/// Name and code of all of them.
pub(crate) fn contracts() -> Vec<(String, Vec<u8>)> {
    THEMES.into_iter().flat_map(named).collect()
}

/// Runs every contract of a theme between ordinary runs.
fn theme(name: &str, at_least: usize) {
    let theme = read(name);
    assert!(!theme.about.is_empty());
    let before = ordinary(small());
    let mut failures = Vec::new();
    for case in &theme.case {
        let execution = call(small(), &theme.source(case));
        failures.extend(check(case, &execution, &limits()).err());
        assert_eq!(ordinary(small()), before, "after {}", case.name);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let count = theme.case.len();
    assert!(count >= at_least, "only {count} cases");
}

#[test]
fn forks() {
    theme("forks", 15);
}

#[test]
fn memory() {
    theme("memory", 25);
}

#[test]
fn stack() {
    theme("stack", 30);
}

#[test]
fn fuel() {
    theme("fuel", 25);
}

#[test]
fn output() {
    theme("output", 25);
}

#[test]
fn calls() {
    theme("calls", 35);
}

#[test]
fn pickles() {
    theme("pickles", 18);
}

#[test]
fn escape() {
    theme("escape", 40);
}

#[test]
fn bytecode() {
    theme("bytecode", 15);
}

#[test]
fn sources() {
    theme("sources", 20);
}
