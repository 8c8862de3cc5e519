//! Runs worlds and prints one line for each thing that must not be: the oracle, a tab, what it saw. The
//! ring of broken rules runs this.

use std::{env, process::ExitCode};

#[expect(clippy::print_stdout, reason = "its one result")]
fn main() -> ExitCode {
    let count = env::args().nth(1).and_then(|count| count.parse().ok());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let report = venire_sim::report::run(1, count.unwrap_or(100), cores, &|_| {});
    for verdict in &report.failed {
        for violation in &verdict.violations {
            println!("{}\t{}", violation.oracle, violation.what);
        }
    }
    if report.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
