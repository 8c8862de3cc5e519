//! Judges of a run that restate the rules independently of the code under test, one file each.
//!
//! # Invariants
//! - An oracle sees agreed blocks, their effects and the state after them; it never calls the rule
//!   that it judges.
//!
//! # Not here
//! - Replay equality: two runs of a seed are compared by whoever runs them (`report`).

mod bond;
mod emission;
mod finality;
mod slash;
mod supply;
mod verdict;

use crate::{node::Taken, parcel::Ordered, scenario::Scenario};
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::{Effect, Params};
use venire_types::{Address, B256, vote::Status};

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Oracle that saw it.
    pub oracle: &'static str,
    /// What it saw.
    pub what: String,
}

/// What an oracle sees of a block.
pub struct Sight<'a> {
    /// The block and its effects.
    pub ordered: &'a Ordered,
    /// State after it.
    pub after: &'a Snapshot,
    /// The rules.
    pub params: &'a Params,
}

/// After so many violations a run is stopped.
const ENOUGH: usize = 8;

/// All oracles of a world.
#[derive(Debug, Default)]
pub struct Oracles {
    violations: Vec<Violation>,
    /// Transactions that have not come to an end.
    open: BTreeMap<B256, Status>,
    created: u64,
    closed: u64,
    supply: supply::Supply,
    finality: finality::Finality,
    slash: slash::Slash,
}

impl Oracles {
    /// At the beginning; `liable` are the validators that lie.
    #[must_use]
    pub fn new(scenario: &Scenario, genesis: &Snapshot, liable: &BTreeSet<Address>) -> Self {
        Self {
            supply: supply::Supply::new(genesis),
            slash: slash::Slash::new(scenario, genesis, liable),
            ..Self::default()
        }
    }

    /// Records a violation.
    pub fn blame(&mut self, oracle: &'static str, what: String) {
        self.violations.push(Violation { oracle, what });
    }

    /// Whether enough is seen.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.violations.len() >= ENOUGH
    }

    /// Transactions that have not come to an end.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Some of them.
    #[must_use]
    pub fn describe_open(&self) -> String {
        let some = self.open.iter().take(4);
        let some: Vec<String> = some
            .map(|(tx, status)| format!("{tx} is {status:?}"))
            .collect();
        some.join(", ")
    }

    /// Transactions created and closed.
    #[must_use]
    pub const fn counts(&self) -> (u64, u64) {
        (self.created, self.closed)
    }

    /// A block is agreed.
    pub fn block(&mut self, sight: &Sight<'_>) {
        for effect in &sight.ordered.effects {
            match effect {
                Effect::Created { tx, .. } => {
                    self.created += 1;
                    self.open.insert(*tx, Status::Pending);
                }
                Effect::StatusChanged { tx, to, .. } => {
                    if matches!(to, Status::Finalized | Status::Canceled) {
                        self.closed += u64::from(self.open.remove(tx).is_some());
                    } else {
                        self.open.insert(*tx, *to);
                    }
                }
                _ => {}
            }
        }
        let seen = [
            ("conservation", self.supply.block(sight)),
            ("finality", self.finality.block(sight)),
            ("verdict", verdict::block(sight)),
            ("slash", self.slash.block(sight)),
        ];
        for (oracle, what) in seen {
            if let Some(what) = what {
                self.blame(oracle, what);
            }
        }
    }

    /// A node has applied an agreed block.
    pub fn applied(&mut self, node: usize, ordered: &Ordered, taken: &Taken) {
        if taken.root != ordered.root || taken.effects != ordered.effects {
            let height = ordered.block.height;
            let proposer = ordered.proposer;
            self.blame(
                "agreement",
                format!("node {node} makes something else of block {height} than its proposer {proposer}"),
            );
        }
    }

    /// The run is over.
    pub fn end(&mut self, snapshot: &Snapshot, scenario: &Scenario) {
        let records = snapshot.records();
        let seen = [
            (
                "conservation",
                supply::Supply::add_up(snapshot).into_iter().collect(),
            ),
            ("finality", self.finality.end(snapshot)),
            ("emission", emission::end(snapshot)),
            ("verdict", verdict::end(&records)),
            ("bond", bond::end(&records, scenario)),
        ];
        for (oracle, all) in seen {
            for what in all {
                self.blame(oracle, what);
            }
        }
    }

    /// What was seen.
    #[must_use]
    pub fn into_violations(self) -> Vec<Violation> {
        self.violations
    }
}
