//! Runs the economic studies: rewrites the tables and plots of the book's page on economics, or
//! measures committees of up to a thousand for `docs/benchmarks.md`.
//!
//! ```sh
//! cargo run --release --package venire-sim --example economics            # the page, as published
//! cargo run --release --package venire-sim --example economics 50         # the same with fewer trials
//! cargo run --release --package venire-sim --example economics committee  # figures of this machine
//! ```
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::{
    error::Error,
    fs,
    path::Path,
    sync::OnceLock,
    time::{Duration, Instant},
};
use venire_sim::economy::{
    committee::{self, Judged},
    fill, report,
};

/// Seed and trials of the published page.
const PUBLISHED: (u64, u32) = (4, 400);

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1) {
        Some(word) if word == "committee" => measure(),
        Some(trials) => write(trials.parse()?),
        None => write(PUBLISHED.1),
    }
}

fn write(trials: u32) -> Result<(), Box<dyn Error>> {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/book/src");
    let report = report(PUBLISHED.0, trials)?;
    let page = book.join("economics.md");
    fs::write(&page, fill(&fs::read_to_string(&page)?, &report.tables))?;
    for (name, svg) in &report.plots {
        fs::write(book.join("economics").join(name), svg)?;
    }
    println!("wrote {} and {} plots", page.display(), report.plots.len());
    Ok(())
}

fn measure() -> Result<(), Box<dyn Error>> {
    for one_by_one in [true, false] {
        let how = if one_by_one {
            "a statement a block"
        } else {
            "all in one block"
        };
        for row in committee::sizes(PUBLISHED.0, one_by_one, clock)? {
            show(how, &row);
        }
    }
    for row in committee::ladder(PUBLISHED.0, clock)? {
        show("the ladder", &row);
    }
    Ok(())
}

fn show(how: &str, row: &Judged) {
    let spent = row.spent;
    println!(
        "| {how} | {} | {:?} | {} | {:.0} | {:.0} | {:.0} | {:.3} | {} | {} |",
        row.seats,
        row.status,
        spent.inputs,
        spent.signing.as_secs_f64() * 1e3,
        spent.checking.as_secs_f64() * 1e3,
        spent.applying.as_secs_f64() * 1e3,
        row.each().as_secs_f64() * 1e3,
        row.record_bytes,
        spent.bytes,
    );
}

#[expect(clippy::disallowed_methods, reason = "it measures this machine")]
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
