//! `venire sim`: runs simulated worlds with liars and faults, and says what must not be.

use crate::{exit, output};
use clap::Args;
use eyre::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};
use std::time::Instant;
use venire_sim::{Figures, Report, Verdict, report};

/// Run the deterministic world: node cores on simulated networks and disks, with liars, faults and
/// independent judges. Each seed is a world of its own and is run twice.
#[derive(Debug, Args)]
pub(crate) struct Sim {
    /// Worlds to run.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// Seed of the first one.
    #[arg(long, default_value_t = 1)]
    first: u64,
    /// Run the world of this seed only.
    #[arg(long, conflicts_with_all = ["seeds", "first"])]
    seed: Option<u64>,
    /// Worlds at the same time; as many as there are cores by default.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Print one JSON object a line; the last one is the sum.
    #[arg(long)]
    json: bool,
}

impl Sim {
    pub(crate) fn run(self) -> Result<u8> {
        let (first, count) = match self.seed {
            Some(seed) => (seed, 1),
            None => (self.first, self.seeds),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.map_or(cores, usize::from);
        let bar = bar(count, self.json);
        let began = now();
        let report = report::run(first, count, threads, &|done| bar.set_position(done));
        bar.finish_and_clear();
        let seconds = began.elapsed().as_secs_f64();
        for verdict in &report.failed {
            self.tell(verdict);
        }
        if self.json {
            let mut sum = figures(&report.figures);
            sum.insert("seeds".to_owned(), report.seeds.into());
            sum.insert("violations".to_owned(), report.violations().into());
            sum.insert("failed".to_owned(), failed(&report));
            sum.insert("liars".to_owned(), json!(report.liars));
            let happened: Map<String, Value> = report
                .figures
                .coverage
                .all()
                .map(|(what, count)| (what.to_owned(), count.into()))
                .collect();
            sum.insert("happened".to_owned(), happened.into());
            sum.insert("seconds".to_owned(), json!(seconds));
            output::result(&Value::Object(sum).to_string());
        } else {
            self.sum_up(&report, seconds);
        }
        Ok(if report.failed.is_empty() {
            exit::OK
        } else {
            exit::FAILED
        })
    }

    fn tell(&self, verdict: &Verdict) {
        let seed = verdict.seed;
        let liars: Vec<&str> = verdict.liars.iter().map(|liar| liar.name()).collect();
        if self.json {
            let violations: Vec<Value> = verdict
                .violations
                .iter()
                .map(|violation| json!({ "oracle": violation.oracle, "what": violation.what }))
                .collect();
            let line = json!({
                "seed": seed,
                "liars": liars,
                "violations": violations,
                "replay": format!("venire sim --seed {seed}"),
            });
            output::result(&line.to_string());
            return;
        }
        output::result(&format!("seed {seed} (liars: {})", list(&liars)));
        for violation in &verdict.violations {
            output::result(&format!("  {}: {}", violation.oracle, violation.what));
        }
        output::result(&format!("  to see it again: venire sim --seed {seed}"));
    }

    fn sum_up(&self, report: &Report, seconds: f64) {
        let figures = &report.figures;
        let plural = if report.seeds == 1 { "seed" } else { "seeds" };
        output::result(&format!(
            "{} {plural}, each run twice: {} violations ({seconds:.1} s)",
            report.seeds,
            report.violations()
        ));
        output::result(&format!(
            "{} transactions, {} appeals, {} results taken back, {} blocks, {} restarts, {} refused inputs",
            figures.closed,
            figures.appeals,
            figures.taken_back,
            figures.blocks,
            figures.restarts,
            figures.refused
        ));
        let liars: Vec<String> = report
            .liars
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        output::result(&format!("liars: {}", list(&liars)));
        let happened = figures.coverage.all();
        let happened: Vec<String> = happened
            .map(|(what, count)| format!("{what} {count}"))
            .collect();
        output::result(&format!("happened: {}", list(&happened)));
    }
}

fn list<T: AsRef<str>>(items: &[T]) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    items.join(", ")
}

fn failed(report: &Report) -> Value {
    report.failed.iter().map(|verdict| verdict.seed).collect()
}

fn figures(figures: &Figures) -> Map<String, Value> {
    let fields = [
        ("transactions", figures.closed),
        ("blocks", figures.blocks),
        ("inputs", figures.inputs),
        ("refused", figures.refused),
        ("appeals", figures.appeals),
        ("taken_back", figures.taken_back),
        ("restarts", figures.restarts),
        ("simulated_ms", figures.elapsed_ms),
    ];
    let fields = fields.into_iter();
    fields
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

fn bar(count: u64, quiet: bool) -> ProgressBar {
    if quiet || count == 1 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count);
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} worlds ({eta} left)");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long it took is for the person; the worlds have their own time"
)]
fn now() -> Instant {
    Instant::now()
}
