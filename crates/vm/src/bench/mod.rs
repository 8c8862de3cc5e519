//! Measures executions on this machine; `venire bench vm` prints what this returns.
//!
//! # Not here
//! - Budgets and pass marks: figures are reported, never asserted.
#![expect(
    clippy::disallowed_methods,
    reason = "measuring is the one job here that needs a clock"
)]

mod contracts;
mod world;

pub use world::Deployed;

use crate::{Execution, Machine};
use std::time::{Duration, Instant};
use venire_types::calldata::Value;

/// Runs before measuring.
const WARM_UP: usize = 20;
/// Entries of the map that is measured.
const ENTRIES: u32 = 10_000;
/// Fewer runs of what takes long: one for so many.
const LONG: usize = 30;
/// Lines of the long contract.
const LINES: usize = 500;

/// One measured operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `vm::operation/key=value`.
    pub name: &'static str,
    /// Measurements.
    pub n: usize,
    /// Median, milliseconds.
    pub p50_ms: f64,
    /// 95th percentile, milliseconds.
    pub p95_ms: f64,
    /// Executions per second over all threads, where it was measured.
    pub per_s: Option<f64>,
    /// Private memory of one more live instance, bytes, where it was measured.
    pub bytes: Option<u64>,
}

/// What is measured alone, call by call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A small write.
    Write,
    /// A small view.
    View,
    /// A view that calls a view of the same contract.
    SubVm,
    /// A write of a 500-line contract without dataclasses, imported from its bytecode.
    Bytecode,
    /// The same with 20 dataclasses.
    BytecodeDataclasses,
    /// The same, from its snapshot.
    Snapshot,
    /// Ten thousand entries put into a `TreeMap[str, u256]`.
    MapPut,
    /// Ten thousand entries put into a `TreeMap[Address, u256]`.
    MapPutAddresses,
    /// Ten thousand entries read.
    MapGet,
    /// Ten thousand entries walked.
    MapWalk,
}

impl Kind {
    /// All of them, as they are reported.
    pub const ALL: [Self; 10] = [
        Self::Write,
        Self::View,
        Self::SubVm,
        Self::Bytecode,
        Self::BytecodeDataclasses,
        Self::Snapshot,
        Self::MapPut,
        Self::MapPutAddresses,
        Self::MapGet,
        Self::MapWalk,
    ];

    /// The name of its figure.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Write => "vm::execute/kind=write",
            Self::View => "vm::execute/kind=view",
            Self::SubVm => "vm::execute/kind=subvm",
            Self::Bytecode => "vm::execute/kind=bytecode_500",
            Self::BytecodeDataclasses => "vm::execute/kind=bytecode_500_dc",
            Self::Snapshot => "vm::execute/kind=snapshot_500_dc",
            Self::MapPut => "vm::treemap/op=put_str_10000",
            Self::MapPutAddresses => "vm::treemap/op=put_address_10000",
            Self::MapGet => "vm::treemap/op=get_str_10000",
            Self::MapWalk => "vm::treemap/op=walk_str_10000",
        }
    }

    fn call(self) -> Value {
        let entries = Value::from(ENTRIES);
        match self {
            Self::Write | Self::Bytecode | Self::BytecodeDataclasses | Self::Snapshot => {
                Value::call("write", [Value::str("hello")])
            }
            Self::View => Value::call("view", []),
            Self::SubVm => Value::call("subvm", []),
            Self::MapPut => Value::call("put", [entries]),
            Self::MapPutAddresses => Value::call("put_addresses", [entries]),
            Self::MapGet => Value::call("get", [entries]),
            Self::MapWalk => Value::call("walk", []),
        }
    }

    const fn takes_long(self) -> bool {
        matches!(
            self,
            Self::MapPut | Self::MapPutAddresses | Self::MapGet | Self::MapWalk
        )
    }
}

/// One [`Kind`], ready to be run.
pub struct Subject {
    kind: Kind,
    deployed: Deployed,
}

impl Subject {
    /// Deploys what the kind needs.
    ///
    /// # Errors
    /// The execution that did not end in a return value.
    pub fn new(machine: &Machine, kind: Kind) -> Result<Self, Box<Execution>> {
        let code = match kind {
            Kind::Write | Kind::View | Kind::SubVm => contracts::SMALL.to_owned(),
            Kind::Bytecode => contracts::big(LINES, false),
            Kind::BytecodeDataclasses | Kind::Snapshot => contracts::big(LINES, true),
            Kind::MapPut | Kind::MapPutAddresses | Kind::MapGet | Kind::MapWalk => {
                contracts::MAP.to_owned()
            }
        };
        let deployed = Deployed::new(machine, &code)?;
        if matches!(kind, Kind::MapGet | Kind::MapWalk) {
            let full = deployed.call(machine, Kind::MapPut.call())?;
            deployed.keep(full);
        }
        Ok(Self { kind, deployed })
    }

    /// Runs it once.
    ///
    /// # Errors
    /// The execution that did not end in a return value.
    pub fn run(&self, machine: &Machine) -> Result<Duration, Box<Execution>> {
        if matches!(self.kind, Kind::Bytecode | Kind::BytecodeDataclasses) {
            machine.forget_snapshots();
        }
        let call = self.kind.call();
        let start = Instant::now();
        self.deployed.call(machine, call)?;
        Ok(start.elapsed())
    }
}

/// Measures `n` executions of each kind, fewer of those that take long.
///
/// # Errors
/// The execution that did not end in a return value.
pub fn run(machine: &Machine, n: usize) -> Result<Vec<Figure>, Box<Execution>> {
    let mut figures = Vec::new();
    for kind in Kind::ALL {
        let (warm_up, n) = if kind.takes_long() {
            (1, n / LONG + 1)
        } else {
            (WARM_UP, n)
        };
        let subject = Subject::new(machine, kind)?;
        let mut times = Vec::with_capacity(n);
        for round in 0..warm_up + n {
            let took = subject.run(machine)?;
            if round >= warm_up {
                times.push(took);
            }
        }
        figures.push(figure(kind.name(), times));
    }
    figures.push(throughput(machine, n)?);
    figures.push(Figure {
        bytes: machine.core().pool.private_bytes(),
        ..figure("vm::instance/op=memory", Vec::new())
    });
    figures.push(starts(machine, n));
    Ok(figures)
}

fn figure(name: &'static str, mut times: Vec<Duration>) -> Figure {
    times.sort();
    let at = |percent: usize| {
        let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times
            .get(index)
            .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    Figure {
        name,
        n: times.len(),
        p50_ms: at(50),
        p95_ms: at(95),
        per_s: None,
        bytes: None,
    }
}

/// Writes from as many threads as the machine has processors.
fn throughput(machine: &Machine, n: usize) -> Result<Figure, Box<Execution>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let subject = Subject::new(machine, Kind::Write)?;
    let start = Instant::now();
    let results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    (0..n)
                        .map(|_| subject.run(machine))
                        .collect::<Result<Vec<_>, _>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(std::thread::ScopedJoinHandle::join)
            .collect::<Vec<_>>()
    });
    let seconds = start.elapsed().as_secs_f64();
    let mut times = Vec::new();
    for result in results.into_iter().flatten() {
        times.extend(result?);
    }
    let count = f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
    Ok(Figure {
        per_s: Some(count / seconds),
        ..figure("vm::throughput/kind=write", times)
    })
}

/// Time to make one instance, which happens after a burst or a trap only.
fn starts(machine: &Machine, n: usize) -> Figure {
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        let start = Instant::now();
        let made = machine.core().pool.make();
        times.push(start.elapsed());
        drop(made);
    }
    figure("vm::instance/op=start", times)
}
