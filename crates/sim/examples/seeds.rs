//! Runs worlds and prints one line for each thing that must not be: the oracle, a tab, what it saw. The
//! ring of broken rules runs this. Arguments: how many worlds (100), and the first seed (1).

use std::{env, process::ExitCode};

#[expect(clippy::print_stdout, reason = "its one result")]
fn main() -> ExitCode {
    let number = |at| env::args().nth(at).and_then(|number| number.parse().ok());
    let (count, first) = (number(1).unwrap_or(100), number(2).unwrap_or(1));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let report = venire_sim::report::run(first, count, cores, &|_| {});
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
