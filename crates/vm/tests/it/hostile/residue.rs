//! Nothing survives a run: whatever ran before, in whatever order, a contract gives the very result
//! that it gives in a machine in which nothing ever ran.

use super::{call, limits};
use crate::{dice::Dice, machine};
use std::{fs, sync::OnceLock};
use venire_vm::{Config, Execution, Machine};

/// Length of the random sequences.
const SEQUENCE: usize = 60;

fn fresh() -> Machine {
    machine::open(&Config {
        limits: limits(),
        concurrency: 4,
        ..machine::config()
    })
}

/// A contract and what it gives in a machine in which nothing ever ran.
struct Known {
    name: String,
    code: Vec<u8>,
    alone: Execution,
}

/// All of them; the first is the probe, which looks at everything it can reach.
fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let path = "crates/vm/tests/it/hostile/cases/probe.py";
        let probe = fs::read(machine::root().join(path)).expect("the probe");
        let theme = super::read("residue");
        let probe = ("probe".to_owned(), probe);
        let others = theme.case.iter();
        let others = others.map(|case| (case.name.clone(), theme.source(case)));
        let all = std::iter::once(probe).chain(others);
        all.map(|(name, code)| Known {
            alone: call(&fresh(), &code),
            name,
            code,
        })
        .collect()
    })
}

/// Where two executions differ, in few words.
fn compare(known: &Known, got: &Execution) -> Result<(), String> {
    if *got == known.alone {
        return Ok(());
    }
    let lines = |execution: &Execution| -> Vec<String> {
        execution.stdout.lines().map(str::to_owned).collect()
    };
    let (want, have) = (lines(&known.alone), lines(got));
    let pairs = want.iter().zip(&have).filter(|(a, b)| a != b).take(5);
    let pairs: Vec<String> = pairs.map(|(a, b)| format!("  {a}\n  {b}")).collect();
    let outcomes = (&known.alone.outcome, &got.outcome);
    let fuel = (known.alone.fuel, got.fuel);
    let (name, pairs) = (&known.name, pairs.join("\n"));
    Err(format!(
        "{name}: {outcomes:?} fuel {fuel:?}\n{pairs}\n{}",
        got.stderr
    ))
}

#[test]
fn the_probe_sees_much() {
    let probe = &known()[0];
    assert!(probe.alone.outcome.is_success(), "{:?}", probe.alone);
    assert!(
        probe.alone.stdout.lines().count() > 500,
        "{}",
        probe.alone.stdout
    );
    let names: Vec<_> = known().iter().map(|known| &known.name).collect();
    assert!(names.len() >= 36, "{names:?}");
}

#[test]
fn nothing_is_left_for_the_next_run() {
    let machine = fresh();
    let probe = &known()[0];
    let mut failures = Vec::new();
    for left in known() {
        failures.extend(compare(left, &call(&machine, &left.code)).err());
        let after = compare(probe, &call(&machine, &probe.code)).err();
        failures.extend(after.map(|problem| format!("after {}: {problem}", left.name)));
        // Once more: the second time everything is remembered.
        failures.extend(compare(left, &call(&machine, &left.code)).err());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// How many random sequences are tried.
#[expect(
    clippy::disallowed_methods,
    reason = "the long ring asks for more by a variable"
)]
fn seeds() -> u64 {
    let seeds = std::env::var("VENIRE_SEEDS").ok();
    seeds.map_or(3, |seeds| seeds.parse().expect("a number of seeds"))
}

/// Runs a random sequence; the first difference ends it.
fn sequence(machine: &Machine, seed: u64, length: usize) -> Result<(), String> {
    let mut dice = Dice::new(seed);
    let mut order = Vec::new();
    for _ in 0..length {
        // The probe is every third of them.
        let index = dice
            .below(known().len() * 3 / 2)
            .checked_sub(known().len() / 2);
        let chosen = &known()[index.unwrap_or(0)];
        order.push(chosen.name.as_str());
        compare(chosen, &call(machine, &chosen.code))
            .map_err(|problem| format!("seed {seed}, {}: {problem}", order.join(", ")))?;
    }
    Ok(())
}

#[test]
fn the_order_of_runs_does_not_matter() {
    let machine = fresh();
    for seed in 1..=seeds() {
        sequence(&machine, seed, SEQUENCE).expect("equal");
    }
}

#[test]
fn runs_beside_each_other_do_not_matter() {
    let machine = fresh();
    known();
    std::thread::scope(|scope| {
        let machine = &machine;
        let threads: Vec<_> = (1..=4)
            .map(|seed| scope.spawn(move || sequence(machine, seed + 10, SEQUENCE / 2)))
            .collect();
        for thread in threads {
            thread.join().expect("a thread").expect("equal");
        }
    });
}
