//! `venire bench`: measures this machine and prints figures.

use crate::{exit, output, place, progress::Compiling};
use clap::{Args, ValueEnum};
use eyre::{Result, eyre};
use serde_json::{Map, Value, json};
use venire_node::shell;
use venire_sim::{Scenario, World};

/// What is measured.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Subject {
    /// Contract executions in the sandbox.
    Vm,
    /// Simulated transactions, by nodes and validators.
    Sim,
}

/// Measure this machine; figures are reported, never asserted.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// What to measure.
    subject: Subject,
    /// Repetitions of each measurement.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(crate) fn run(self) -> Result<u8> {
        match self.subject {
            Subject::Vm => self.vm(),
            Subject::Sim => self.sim(),
        }
    }

    fn vm(&self) -> Result<u8> {
        let mut compiling = Compiling::new(self.json);
        let figures = shell::bench_vm(
            &place::guest()?,
            &place::cache_dir()?,
            usize::try_from(self.n).unwrap_or(usize::MAX),
            &mut |step| {
                compiling.step(&step);
            },
        )?
        .map_err(|why| eyre!("the benchmark contract failed: {why}"))?;
        if self.json {
            let results: Vec<Value> = figures.iter().map(row).collect();
            let object = json!({ "bench": "vm", "machine": machine(), "results": results });
            output::result(&object.to_string());
            return Ok(exit::OK);
        }
        output::result(&format!("{}  ({} runs each)", machine(), self.n));
        for figure in figures {
            let mut line = format!(
                "{:<32} p50 {:>8.3} ms  p95 {:>8.3} ms",
                figure.name, figure.p50_ms, figure.p95_ms
            );
            if let Some(per_s) = figure.per_s {
                line.push_str(&format!("  {per_s:.0} per s"));
            }
            if let Some(bytes) = figure.bytes {
                #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
                line.push_str(&format!("  {:.1} MB private", bytes as f64 / 1e6));
            }
            output::result(&line);
        }
        Ok(exit::OK)
    }

    /// How many transactions a second of one core carries from beginning to end, on so many nodes.
    fn sim(&self) -> Result<u8> {
        let mut rows = Vec::new();
        for (nodes, validators) in WORLDS {
            let scenario = Scenario::calm(1, nodes, validators, self.n);
            let began = cpu_ms();
            let outcome = World::new(scenario)
                .map_err(|defect| eyre!("the world did not begin: {}", defect.0))?
                .run();
            let ms = cpu_ms() - began;
            if !outcome.violations.is_empty() {
                return Err(eyre!("the world does not hold: {:?}", outcome.violations));
            }
            let n = outcome.figures.closed;
            let name = format!("sim::lifecycle/nodes={nodes}/validators={validators}");
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            let per_s = n as f64 * 1_000.0 / ms.max(1.0);
            if !self.json {
                output::result(&format!(
                    "{name:<46} {per_s:>7.1} per core-second  ({n} transactions)"
                ));
            }
            rows.push(json!({ "name": name, "n": n, "per_s": per_s, "p50_ms": 1_000.0 / per_s }));
        }
        if self.json {
            let object = json!({ "bench": "sim", "machine": machine(), "results": rows });
            output::result(&object.to_string());
        } else {
            output::result(&machine());
        }
        Ok(exit::OK)
    }
}

/// Nodes, and validators spread over them.
const WORLDS: [(usize, usize); 6] = [
    (12, 12),
    (12, 25),
    (12, 100),
    (12, 1_000),
    (4, 12),
    (48, 100),
];

/// Milliseconds that this thread has had a core; waiting for one does not count.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split(' ').next().and_then(|word| word.parse().ok());
    nanoseconds.unwrap_or(0.0) / 1e6
}

fn row(figure: &shell::bench::Figure) -> Value {
    let mut row = Map::new();
    row.insert("name".to_owned(), figure.name.into());
    row.insert("n".to_owned(), figure.n.into());
    row.insert("p50_ms".to_owned(), json!(figure.p50_ms));
    row.insert("p95_ms".to_owned(), json!(figure.p95_ms));
    if let Some(per_s) = figure.per_s {
        row.insert("per_s".to_owned(), json!(per_s));
    }
    if let Some(bytes) = figure.bytes {
        row.insert("private_bytes".to_owned(), json!(bytes));
    }
    Value::Object(row)
}

/// Processor and cores, so that figures can be compared honestly.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or_else(
            || std::env::consts::ARCH.to_owned(),
            |line| line.trim_start_matches(['\t', ' ', ':']).to_owned(),
        );
    format!("{model}, {cores} cores")
}
