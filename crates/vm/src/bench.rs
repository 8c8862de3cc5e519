//! Measures executions on this machine; `venire bench vm` prints what this returns.
//!
//! # Not here
//! - Budgets and pass marks: figures are reported, never asserted.
#![expect(
    clippy::disallowed_methods,
    reason = "measuring is the one job here that needs a clock"
)]

use crate::{Entry, Execution, Host, Machine, Message, Permissions, Request, Role};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use venire_types::{
    Address, B256, U256,
    ask::{Answer, AskError, Question},
    calldata::Value,
    storage::{PAGE, PageKey, StateView},
};

/// Runs before measuring.
const WARM_UP: usize = 20;

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

const CONTRACT: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *


class Contract(gl.Contract):
    counter: u256
    notes: TreeMap[str, str]

    def __init__(self):
        self.counter = 1

    @gl.public.write
    def write(self, text: str) -> int:
        self.counter += 1
        self.notes["last"] = text
        return self.counter

    @gl.public.view
    def view(self) -> int:
        return self.counter

    @gl.public.view
    def subvm(self) -> int:
        return gl.get_contract_at(self.address).view().view()
"#;

/// Measures `n` executions of each kind.
///
/// # Errors
/// The execution that did not end in a return value.
pub fn run(machine: &Machine, n: usize) -> Result<Vec<Figure>, Box<Execution>> {
    let world = World::default();
    let deployed = machine.run(request(Entry::Deploy(Value::constructor([]))), world.host());
    world.commit(succeed(deployed)?);
    let kinds = [
        (
            "vm::execute/kind=write",
            Value::call("write", [Value::str("hello")]),
        ),
        ("vm::execute/kind=view", Value::call("view", [])),
        ("vm::execute/kind=subvm", Value::call("subvm", [])),
    ];
    let mut figures = Vec::new();
    for (name, call) in kinds {
        let mut times = Vec::with_capacity(n);
        for round in 0..WARM_UP + n {
            let request = request(Entry::Call(call.clone()));
            let host = world.host();
            let start = Instant::now();
            let execution = machine.run(request, host);
            let took = start.elapsed();
            succeed(execution)?;
            if round >= WARM_UP {
                times.push(took);
            }
        }
        figures.push(figure(name, times));
    }
    figures.push(throughput(machine, &world, n)?);
    figures.push(starts(machine, n));
    figures.push(memory(machine));
    Ok(figures)
}

fn request(entry: Entry) -> Request {
    Request {
        code: CONTRACT.as_bytes().into(),
        message: Message {
            contract: Address::with_last_byte(1),
            sender: Address::with_last_byte(2),
            origin: Address::with_last_byte(2),
            value: U256::ZERO,
            chain_id: 1,
            time_ms: 1_732_603_362_424,
        },
        entry,
        view: StateView::Accepted,
        role: Role::Leader,
        permissions: Permissions::WRITE,
        seed: [7; 32],
    }
}

fn succeed(execution: Execution) -> Result<Execution, Box<Execution>> {
    if execution.outcome.is_success() {
        Ok(execution)
    } else {
        Err(Box::new(execution))
    }
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
fn throughput(machine: &Machine, world: &World, n: usize) -> Result<Figure, Box<Execution>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let call = Value::call("write", [Value::str("hello")]);
    let start = Instant::now();
    let results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut times = Vec::with_capacity(n);
                    for _ in 0..n {
                        let request = request(Entry::Call(call.clone()));
                        let start = Instant::now();
                        succeed(machine.run(request, world.host()))?;
                        times.push(start.elapsed());
                    }
                    Ok::<_, Box<Execution>>(times)
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join())
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

/// Time to make one instance.
fn starts(machine: &Machine, n: usize) -> Figure {
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        let start = Instant::now();
        let fresh = machine.core().pool.make();
        times.push(start.elapsed());
        drop(fresh);
    }
    figure("vm::instance/op=start", times)
}

/// Private memory of a live instance that has not run.
fn memory(machine: &Machine) -> Figure {
    const INSTANCES: u64 = 4;
    let before = private_bytes();
    let live: Vec<_> = (0..INSTANCES).map(|_| machine.core().pool.make()).collect();
    let after = private_bytes();
    drop(live);
    let bytes = before
        .zip(after)
        .map(|(before, after)| after.saturating_sub(before) / INSTANCES);
    Figure {
        bytes,
        ..figure("vm::instance/op=memory", Vec::new())
    }
}

/// Private dirty memory of this process, where the system tells.
fn private_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Private_Dirty:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// A chain with one contract, in memory.
#[derive(Clone, Default)]
struct World(Arc<Mutex<BTreeMap<PageKey, [u8; PAGE]>>>);

impl World {
    fn host(&self) -> Box<dyn Host> {
        Box::new(self.clone())
    }

    fn commit(&self, execution: Execution) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(execution.delta);
    }
}

impl Host for World {
    fn read_pages(
        &mut self,
        contract: Address,
        _: StateView,
        slot: B256,
        first: u32,
        out: &mut [[u8; PAGE]],
    ) {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (page, bytes) in (first..).zip(out) {
            *bytes = pages
                .get(&PageKey {
                    contract,
                    slot,
                    page,
                })
                .copied()
                .unwrap_or_default();
        }
    }

    fn code(&mut self, _: Address, _: StateView) -> Option<Arc<[u8]>> {
        Some(CONTRACT.as_bytes().into())
    }

    fn balance(&mut self, _: Address, _: StateView) -> U256 {
        U256::ZERO
    }

    fn ask(&mut self, _: u32, _: u32, _: Question) -> Result<Answer, AskError> {
        Err(AskError::Unavailable {
            code: "BENCH".into(),
            message: "no world here".into(),
        })
    }
}
