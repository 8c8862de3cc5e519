//! How many tests ran, read from the closing lines of the runners, held against `floor.toml`.
//!
//! # Invariants
//! - A test that quietly no longer runs fails the report: counts may rise freely, but to fall they
//!   need an edit of `floor.toml` that a reviewer sees.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use eyre::{Context as _, Result};
use serde::Deserialize;

use crate::tree::Finding;
use crate::{ledger, output};

const FLOOR: &str = "crates/xtask/floor.toml";

/// The fewest tests that some stages run together. Which of them run depends on the machine:
/// without nextest all Rust tests are one stage.
#[derive(Debug, Deserialize)]
struct Group {
    stages: Vec<String>,
    least: usize,
}

/// Prints the count of every test stage that ran, and a closing line.
///
/// # Errors
/// When the logs or the floor cannot be read.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let text =
        std::fs::read_to_string(root.join(FLOOR)).with_context(|| format!("{FLOOR} is missing"))?;
    let floor: BTreeMap<String, Group> =
        toml::from_str(&text).with_context(|| format!("{FLOOR} is malformed"))?;
    let mut counts = BTreeMap::new();
    for entry in
        std::fs::read_dir(ledger::folder(root)).context("no stage has run yet; run `make test`")?
    {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            counts.insert(
                name,
                count(&String::from_utf8_lossy(&std::fs::read(&path)?)),
            );
        }
    }
    for (name, tests) in &counts {
        output::result(&format!("{name:<18} {tests:>6} tests"));
    }
    let total = counts
        .values()
        .fold(0_usize, |sum, tests| sum.saturating_add(*tests));
    let findings = check(&counts, &floor);
    let code = output::verdict("report", &findings, &format!("{} stages", counts.len()));
    output::result(&format!("{} passed, {} failed", total, findings.len()));
    Ok(code)
}

fn check(counts: &BTreeMap<String, usize>, floor: &BTreeMap<String, Group>) -> Vec<Finding> {
    let fell = |(name, group): (&String, &Group)| {
        let stages = group.stages.iter().filter_map(|stage| counts.get(stage));
        let ran = stages.fold(0_usize, |sum, tests| sum.saturating_add(*tests));
        let least = group.least;
        let what = format!(
            "group `{name}` ran {ran} tests, fewer than {least}; mend it, or lower the floor and say why"
        );
        (ran < least).then(|| Finding::new(FLOOR, 1, what))
    };
    floor.iter().filter_map(fell).collect()
}

/// Adds up the tests that the closing lines of a log report as passed.
fn count(log: &str) -> usize {
    log.lines()
        .filter_map(|line| closing(without_colour(line).trim()))
        .fold(0, usize::saturating_add)
}

/// The tests passed according to one closing line of nextest, cargo test, unittest, node or ours.
fn closing(line: &str) -> Option<usize> {
    let words: Vec<&str> = line
        .split([' ', ':', ',', ';'])
        .filter(|word| !word.is_empty())
        .collect();
    let before = |word: &str| {
        let at = words.iter().position(|one| *one == word)?;
        words.get(at.checked_sub(1)?)?.parse().ok()
    };
    match words.as_slice() {
        ["Summary" | "test", ..] if line.contains("tests run:") || line.contains("test run:") => {
            before("passed")
        }
        ["test", "result", ..] => before("passed"),
        ["Ran", tests, "test" | "tests", "in", ..] => tests.parse().ok(),
        ["#" | "\u{2139}", "pass", tests] => tests.parse().ok(),
        [tests, "passed", failed, "failed", ..] if failed.parse::<usize>().is_ok() => {
            tests.parse().ok()
        }
        _ => None,
    }
}

fn without_colour(line: &str) -> String {
    let mut pieces = line.split('\u{1b}');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(piece.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_every_runner_are_counted() {
        for (line, tests) in [
            (
                "     Summary [   0.012s] 5 tests run: 5 passed (1 slow), 3 skipped",
                5,
            ),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.0s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m passed",
                1,
            ),
            (
                "test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
                7,
            ),
            ("Ran 12 tests in 0.210s", 12),
            ("# pass 3", 3),
            ("smoke: 30 passed", 0),
            ("9 passed, 0 failed", 9),
            ("test this::that ... ok", 0),
        ] {
            assert_eq!(count(line), tests, "{line}");
        }
    }

    #[test]
    fn several_closing_lines_add_up() {
        assert_eq!(
            count(
                "test result: ok. 7 passed; 0 failed\nnoise\ntest result: ok. 2 passed; 0 failed\n"
            ),
            9
        );
    }

    #[test]
    fn a_group_at_the_floor_passes_and_one_below_or_missing_fails() {
        let floor: BTreeMap<String, Group> = toml::from_str(
            "[rust]\nstages = [\"vm\", \"store\"]\nleast = 5\n[python]\nstages = [\"python\"]\nleast = 1\n",
        )
        .unwrap();
        let table = |rows: &[(&str, usize)]| {
            rows.iter()
                .map(|(name, n)| ((*name).to_owned(), *n))
                .collect::<BTreeMap<_, _>>()
        };
        assert_eq!(
            check(&table(&[("vm", 3), ("store", 2), ("python", 1)]), &floor),
            []
        );
        let findings = check(&table(&[("vm", 3), ("store", 1), ("python", 0)]), &floor);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert!(
            findings[1]
                .message
                .contains("group `rust` ran 4 tests, fewer than 5")
        );
        assert_eq!(check(&BTreeMap::new(), &floor).len(), 2);
    }
}
