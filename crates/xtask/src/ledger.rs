//! The ledger of `make test`: how long each stage took, held against its budget.
//!
//! # Invariants
//! - A stage fails exactly when its command fails; being over budget is only a warning.
//!
//! # Not here
//! - What the tests say (`report`), which commands make a stage (`Makefile`).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use eyre::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::output;

/// Minutes that each stage may take from a cold start on two shared cores.
const BUDGETS: &[(&str, u64)] = &[
    ("build", 22),
    ("vm", 2),
    ("protocol and sim", 4),
    ("store", 1),
    ("clients", 4),
    ("testnet", 3),
    ("web", 4),
    ("templates", 3),
    ("learn", 1),
    ("the rest", 1),
];

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    stage: String,
    seconds: f64,
}

/// Where the ledger and the logs of test stages are kept.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("target").join("ledger")
}

/// Forgets all stages.
///
/// # Errors
/// When the folder cannot be emptied.
pub(crate) fn reset(root: &Path) -> Result<ExitCode> {
    let folder = folder(root);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a command with our own output and enters its time.
///
/// # Errors
/// When the command cannot be started or the ledger cannot be written.
pub(crate) fn stage(root: &Path, name: &str, command: &[&str]) -> Result<ExitCode> {
    timed(root, name, || Ok(prepare(command)?.status()?.code()))
}

/// Runs a command, copies its output to a log that `report` reads, and enters its time.
///
/// # Errors
/// When the command cannot be started or its output cannot be copied.
pub(crate) fn tests(root: &Path, name: &str, command: &[&str]) -> Result<ExitCode> {
    timed(root, name, || {
        let path = folder(root).join(format!("{name}.log"));
        let log = File::options().create(true).append(true).open(path)?;
        let mut prepared = prepare(command)?;
        if std::io::stderr().is_terminal() {
            prepared.env("CARGO_TERM_COLOR", "always");
        }
        let mut child = prepared
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| -> Result<()> {
            let second = log.try_clone()?;
            let other = scope.spawn(|| copy(err, &mut std::io::stderr(), second));
            copy(out, &mut std::io::stdout(), log)?;
            other
                .join()
                .map_err(|_| eyre::eyre!("the copy of stderr stopped"))?
        })?;
        Ok(child.wait()?.code())
    })
}

/// Prints all stages with their budgets.
///
/// # Errors
/// When the ledger cannot be read.
pub(crate) fn print(root: &Path) -> Result<ExitCode> {
    let text = std::fs::read_to_string(folder(root).join("stages.jsonl")).unwrap_or_default();
    for line in render(&text)? {
        output::result(&line);
    }
    Ok(ExitCode::SUCCESS)
}

fn prepare(command: &[&str]) -> Result<Command> {
    let [program, args @ ..] = command else {
        bail!("a stage needs a command")
    };
    let mut prepared = Command::new(program);
    prepared.args(args);
    Ok(prepared)
}

#[expect(
    clippy::disallowed_methods,
    reason = "measuring wall time is what the ledger is for"
)]
fn timed(root: &Path, name: &str, run: impl FnOnce() -> Result<Option<i32>>) -> Result<ExitCode> {
    let folder = folder(root);
    std::fs::create_dir_all(&folder)?;
    let start = Instant::now();
    let code = run().with_context(|| format!("stage `{name}` could not run"))?;
    let took = start.elapsed();
    let entry = serde_json::to_string(&Entry {
        stage: name.to_owned(),
        seconds: took.as_secs_f64(),
    })?;
    let mut file = File::options()
        .create(true)
        .append(true)
        .open(folder.join("stages.jsonl"))?;
    writeln!(file, "{entry}")?;
    if code == Some(0) {
        return Ok(ExitCode::SUCCESS);
    }
    output::note(&format!("stage `{name}` failed after {}", clock(took)));
    Ok(ExitCode::FAILURE)
}

fn copy(from: Option<impl Read>, terminal: &mut impl Write, mut log: File) -> Result<()> {
    let Some(mut from) = from else { return Ok(()) };
    let mut buffer = [0; 8192];
    loop {
        let size = from.read(&mut buffer)?;
        if size == 0 {
            return Ok(());
        }
        let chunk = buffer.get(..size).unwrap_or_default();
        log.write_all(chunk)?;
        terminal.write_all(chunk)?;
        terminal.flush()?;
    }
}

fn render(text: &str) -> Result<Vec<String>> {
    let mut spent: BTreeMap<String, f64> = BTreeMap::new();
    for line in text.lines() {
        let entry: Entry =
            serde_json::from_str(line).context("the ledger is damaged; run the stages again")?;
        *spent.entry(entry.stage).or_default() += entry.seconds;
    }
    let mut lines = vec![format!("{:<18} {:>8} {:>8}", "stage", "took", "budget")];
    let mut total = 0.0;
    let known = BUDGETS
        .iter()
        .map(|(name, minutes)| (*name, Some(*minutes)));
    let unknown = spent
        .keys()
        .filter(|name| BUDGETS.iter().all(|(known, _)| known != name));
    for (name, budget) in known.chain(unknown.map(|name| (name.as_str(), None))) {
        if let Some(seconds) = spent.get(name) {
            total += seconds;
            lines.push(row(name, *seconds, budget));
        }
    }
    lines.push(row(
        "together",
        total,
        Some(BUDGETS.iter().fold(0, |sum, (_, minutes)| sum + minutes)),
    ));
    Ok(lines)
}

fn row(name: &str, seconds: f64, budget: Option<u64>) -> String {
    let took = Duration::from_secs_f64(seconds);
    let allowed = budget.map_or("-".to_owned(), |minutes| format!("{minutes}:00"));
    let over = budget.is_some_and(|minutes| took > Duration::from_secs(minutes * 60));
    let warning = if over { "  warning: over budget" } else { "" };
    format!("{name:<18} {:>8} {allowed:>8}{warning}", clock(took))
}

fn clock(took: Duration) -> String {
    let tenths = took.as_millis() / 100;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(stage: &str, seconds: f64) -> String {
        serde_json::to_string(&Entry {
            stage: stage.into(),
            seconds,
        })
        .unwrap()
            + "\n"
    }

    #[test]
    fn times_of_one_stage_add_up_and_a_line_within_budget_has_no_warning() {
        let lines = render(&(line("vm", 30.0) + &line("vm", 31.5))).unwrap();
        assert_eq!(lines[1], "vm                   1:01.5     2:00");
        assert_eq!(lines[2], "together             1:01.5    45:00");
    }

    #[test]
    fn a_line_over_budget_is_warned_about() {
        let lines = render(&line("store", 60.1)).unwrap();
        assert!(lines[1].ends_with("warning: over budget"), "{}", lines[1]);
    }

    #[test]
    fn a_stage_without_budget_is_shown_and_a_damaged_ledger_is_refused() {
        assert!(render(&line("extra", 1.0)).unwrap()[1].starts_with("extra"));
        assert!(render("not json").is_err());
    }
}
