//! Breaks one rule at a time in a copy of the tree and runs simulated worlds on it: an oracle must see
//! each of them.
//!
//! # Invariants
//! - The tree itself is never changed.
//! - A rule is broken by replacing one place; that the place is still there is checked by `tidy`.
//!
//! # Not here
//! - The rules that are broken (`crates/sim/broken`), the worlds and oracles (`crates/sim`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use eyre::{Context as _, ContextCompat as _, Result, ensure};
use serde::Deserialize;

use crate::output;
use crate::tree::{self, Finding, Tree};

/// Folder of the broken rules.
const FOLDER: &str = "crates/sim/broken/";
/// Worlds for each of them: few at first, and more for what those do not show.
const SEEDS: [&str; 2] = ["30", "150"];

/// One broken rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Broken {
    /// Where.
    file: String,
    /// What stands there.
    find: String,
    /// What stands there instead.
    replace: String,
    /// Oracle that must see it; others may.
    oracle: String,
}

fn broken(tree: &Tree) -> Vec<(String, Result<Broken, String>)> {
    let files = tree.files().filter(|(path, _)| path.starts_with(FOLDER));
    files
        .map(|(path, text)| {
            let parsed = toml::from_str(text).map_err(|error| error.to_string());
            (path.to_owned(), parsed)
        })
        .collect()
}

/// Every rule that is broken elsewhere still stands in exactly one place.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, parsed) in broken(tree) {
        let rule = match parsed {
            Ok(rule) => rule,
            Err(error) => {
                findings.push(Finding::new(&path, 1, error));
                continue;
            }
        };
        let text = tree.get(&rule.file).unwrap_or_default();
        let places = text.matches(&rule.find).count();
        if places != 1 {
            let message = format!(
                "`find` stands in {} {places} times; it must be the one place where the rule is",
                rule.file
            );
            findings.push(Finding::new(&path, 1, message));
        }
    }
    findings
}

/// Runs the ring, or one of it.
pub(crate) fn run(root: &Path, only: Option<&str>) -> Result<ExitCode> {
    let tree = Tree::load(root)?;
    let copy = root.join("target/broken");
    copy_tree(root, &copy)?;
    let mut missed = Vec::new();
    let mut ran = 0;
    for (path, parsed) in broken(&tree) {
        let name = path.trim_start_matches(FOLDER).trim_end_matches(".toml");
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let rule = parsed.map_err(|error| eyre::eyre!("{path}: {error}"))?;
        ran += 1;
        let place = copy.join(&rule.file);
        let whole = std::fs::read_to_string(&place).wrap_err_with(|| rule.file.clone())?;
        std::fs::write(&place, whole.replacen(&rule.find, &rule.replace, 1))?;
        let seen = build(root, &copy).and_then(|seeds| worlds(&seeds, &rule.oracle));
        std::fs::write(&place, whole)?;
        let seen = seen?;
        let others: Vec<String> = seen
            .iter()
            .map(|(oracle, count)| format!("{oracle} {count}"))
            .collect();
        let is_caught = seen.contains_key(&rule.oracle);
        let verdict = if is_caught { "caught" } else { "MISSED" };
        output::result(&format!("{name:<16} {verdict}: {}", others.join(", ")));
        if !is_caught {
            missed.push(name.to_owned());
        }
    }
    ensure!(ran > 0, "there is no broken rule of that name in {FOLDER}");
    if missed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    output::note(&format!("not caught: {}", missed.join(", ")));
    Ok(ExitCode::FAILURE)
}

/// Builds the worlds of a tree; the program that runs them.
fn build(root: &Path, copy: &Path) -> Result<PathBuf> {
    // What is below the tree was built already, and is the same for the copy.
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| root.join("target"));
    let built = Command::new("cargo")
        .env("CARGO_TARGET_DIR", &target)
        .args(["build", "--quiet", "--release", "--workspace"])
        .args(["--example", "seeds"])
        .current_dir(copy)
        .status()
        .wrap_err("cargo cannot be run")?;
    ensure!(built.success(), "the copy does not build");
    Ok(target.join("release/examples/seeds"))
}

/// What the oracles see, by oracle, until the one that must see something has.
fn worlds(seeds: &Path, oracle: &str) -> Result<BTreeMap<String, usize>> {
    let mut seen = BTreeMap::new();
    for count in SEEDS {
        let run = Command::new(seeds)
            .arg(count)
            .output()
            .wrap_err("the worlds cannot be run")?;
        let code = run.status.code();
        ensure!(
            code == Some(0) || code == Some(1),
            "the worlds broke off:\n{}",
            String::from_utf8_lossy(&run.stderr)
        );
        seen.clear();
        for line in String::from_utf8_lossy(&run.stdout).lines() {
            let oracle = line.split('\t').next().unwrap_or_default();
            *seen.entry(oracle.to_owned()).or_default() += 1;
        }
        if seen.contains_key(oracle) {
            break;
        }
    }
    Ok(seen)
}

/// Copies every file that git knows, unless the copy is the same: what was built stays built.
fn copy_tree(root: &Path, copy: &Path) -> Result<()> {
    for path in tree::listed(root)? {
        let (from, to): (PathBuf, PathBuf) = (root.join(&path), copy.join(&path));
        let Ok(bytes) = std::fs::read(&from) else {
            continue;
        };
        if std::fs::read(&to).is_ok_and(|old| old == bytes) {
            continue;
        }
        let folder = to.parent().wrap_err("a file without a folder")?;
        std::fs::create_dir_all(folder)?;
        std::fs::write(&to, bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(rule: &str) -> Tree {
        Tree::sample(&[
            ("crates/protocol/src/a.rs", "let half = n / 2;\n"),
            ("crates/sim/broken/half.toml", rule),
        ])
    }

    const RULE: &str = "file = \"crates/protocol/src/a.rs\"\nreplace = \"n\"\noracle = \"o\"\n";

    #[test]
    fn a_rule_that_stands_once_passes() {
        let rule = format!("{RULE}find = \"n / 2\"\n");
        assert!(check(&tree(&rule)).is_empty());
    }

    #[test]
    fn a_rule_that_moved_or_is_no_rule_fails() {
        for find in ["find = \"n / 3\"\n", "find = \"l\"\n", "fnd = \"n / 2\"\n"] {
            let rule = format!("{RULE}{find}");
            assert_eq!(check(&tree(&rule)).len(), 1, "{find}");
        }
    }
}
