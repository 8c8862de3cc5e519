//! Runs many seeds, each twice, and adds up what came of them.
//!
//! # Invariants
//! - The report does not depend on the number of threads.

use crate::{
    liars::LiarKind,
    oracles::Violation,
    scenario::Scenario,
    world::{Figures, World},
};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};
use venire_types::B256;

/// What came of one seed.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The seed.
    pub seed: u64,
    /// Hash of everything that happened.
    pub trace: B256,
    /// Figures of the run.
    pub figures: Figures,
    /// Who lied.
    pub liars: Vec<LiarKind>,
    /// What must not be.
    pub violations: Vec<Violation>,
}

/// What came of all of them.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Seeds that were run.
    pub seeds: u64,
    /// Sums over all seeds (one run of each).
    pub figures: Figures,
    /// In how many seeds each kind of liar took part.
    pub liars: BTreeMap<&'static str, u64>,
    /// Seeds in which something must not be.
    pub failed: Vec<Verdict>,
}

impl Report {
    /// Violations in all seeds.
    #[must_use]
    pub fn violations(&self) -> u64 {
        self.failed
            .iter()
            .fold(0, |sum, verdict| sum + verdict.violations.len() as u64)
    }

    fn add(&mut self, verdict: Verdict) {
        self.seeds += 1;
        self.figures.add(&verdict.figures);
        for liar in &verdict.liars {
            *self.liars.entry(liar.name()).or_default() += 1;
        }
        if !verdict.violations.is_empty() {
            self.failed.push(verdict);
        }
    }
}

/// Runs the world of a scenario once.
#[must_use]
pub fn once(scenario: Scenario) -> Verdict {
    let (seed, liars) = (scenario.seed, scenario.liars.clone());
    match World::new(scenario) {
        Ok(world) => {
            let outcome = world.run();
            Verdict {
                seed,
                trace: outcome.trace,
                figures: outcome.figures,
                liars,
                violations: outcome.violations,
            }
        }
        Err(defect) => Verdict {
            seed,
            trace: B256::ZERO,
            figures: Figures::default(),
            liars,
            violations: vec![Violation {
                oracle: "defect",
                what: defect.0,
            }],
        },
    }
}

/// Runs the world of a seed twice: both runs must be equal.
#[must_use]
pub fn twice(seed: u64) -> Verdict {
    let mut verdict = once(Scenario::random(seed));
    let again = once(Scenario::random(seed));
    if (again.trace, &again.figures) != (verdict.trace, &verdict.figures) {
        verdict.violations.push(Violation {
            oracle: "replay",
            what: format!("the second run went another way: {}", again.trace),
        });
    }
    verdict
}

/// Runs `count` seeds from `first` on, on so many threads; `progress` hears how many are done.
pub fn run(first: u64, count: u64, threads: usize, progress: &(dyn Fn(u64) + Sync)) -> Report {
    let next = AtomicU64::new(0);
    let done = AtomicU64::new(0);
    let verdicts = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    if place >= count {
                        return;
                    }
                    let verdict = twice(first + place);
                    let mut all = verdicts.lock().unwrap_or_else(PoisonError::into_inner);
                    all.insert(place, verdict);
                    drop(all);
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                }
            });
        }
    });
    let mut report = Report::default();
    let verdicts = verdicts
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    for verdict in verdicts.into_values() {
        report.add(verdict);
    }
    report
}
