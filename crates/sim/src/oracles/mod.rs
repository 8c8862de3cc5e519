//! Judges of a run that restate the rules independently of the code under test, one file each.
//!
//! # Invariants
//! - An oracle sees agreed blocks, their effects and the state after them; it never calls the rule
//!   that it judges.
//!
//! # Not here
//! - Replay equality: two runs of a seed are compared by whoever runs them (`report`).

mod bond;
mod committee;
mod dues;
mod emission;
mod finality;
mod liveness;
mod minutes;
mod slash;
mod stakes;
mod supply;
mod verdict;

#[cfg(test)]
mod tests;

use crate::{node::Taken, parcel::Ordered, scenario::Scenario};
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::{Effect, Input, Params, TxRecord};
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

/// A block between the states before and after it, with what was said so far.
struct Scene<'a> {
    height: u64,
    /// Agreed time.
    now: u64,
    inputs: &'a [Input],
    effects: &'a [Effect],
    before: &'a Snapshot,
    after: &'a Snapshot,
    params: &'a Params,
    minutes: &'a minutes::Minutes,
    /// Transactions that the effects name, as they are after the block.
    records: BTreeMap<B256, TxRecord>,
}

impl<'a> Scene<'a> {
    fn new(sight: &Sight<'a>, before: &'a Snapshot, minutes: &'a minutes::Minutes) -> Self {
        let effects = &sight.ordered.effects;
        let named = effects.iter().filter_map(|effect| match effect {
            Effect::Created { tx, .. }
            | Effect::StatusChanged { tx, .. }
            | Effect::Duty { tx, .. }
            | Effect::Decided { tx, .. }
            | Effect::Appealed { tx, .. }
            | Effect::TakenBack { tx }
            | Effect::TribunalOpened { tx, .. }
            | Effect::TribunalClosed { tx, .. }
            | Effect::Finalized { tx } => Some(*tx),
            Effect::Included { .. } | Effect::Rejected { .. } | Effect::Log { .. } => None,
        });
        let named: BTreeSet<B256> = named.collect();
        let block = &sight.ordered.block;
        Self {
            height: block.height,
            now: block.time_ms,
            inputs: &block.inputs,
            effects,
            before,
            after: sight.after,
            params: sight.params,
            minutes,
            records: named
                .into_iter()
                .filter_map(|tx| Some((tx, sight.after.record(tx)?)))
                .collect(),
        }
    }

    /// Nothing happens: to look at a state.
    fn still(state: &'a Snapshot, minutes: &'a minutes::Minutes, params: &'a Params) -> Self {
        Self {
            height: 0,
            now: 0,
            inputs: &[],
            effects: &[],
            before: state,
            after: state,
            params,
            minutes,
            records: BTreeMap::new(),
        }
    }
}

/// After so many violations a run is stopped.
const ENOUGH: usize = 8;

/// All oracles of a world.
#[derive(Debug, Default)]
pub struct Oracles {
    violations: Vec<Violation>,
    /// Transactions that have not come to an end.
    open: BTreeMap<B256, Status>,
    /// Those of them that wait for somebody to start them (`ROUND-37`).
    parked: BTreeSet<B256>,
    created: u64,
    closed: u64,
    /// State before the next block.
    before: Snapshot,
    minutes: minutes::Minutes,
    emission: emission::Sent,
    liveness: liveness::Liveness,
    supply: supply::Supply,
    finality: finality::Finality,
    slash: slash::Slash,
}

impl Oracles {
    /// At the beginning; `liable` are the validators that lie.
    #[must_use]
    pub fn new(scenario: &Scenario, genesis: &Snapshot, liable: &BTreeSet<Address>) -> Self {
        Self {
            before: genesis.clone(),
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

    /// Transactions and tribunals that have not come to an end, but for those that nobody started.
    #[must_use]
    pub fn open(&self) -> usize {
        let started = self.open.keys().filter(|tx| !self.parked.contains(*tx));
        started.count() + self.liveness.tribunals()
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
        self.park(sight.ordered);
        let heard = self.minutes.hear(sight.ordered);
        let scene = Scene::new(sight, &self.before, &self.minutes);
        let seen = [
            ("conservation", self.supply.block(sight)),
            ("finality", self.finality.block(&scene)),
            ("verdict", heard.or_else(|| verdict::block(&scene))),
            ("committee", committee::block(&scene)),
            ("emission", self.emission.block(&scene)),
            ("bond", bond::block(&scene)),
            ("slash", self.slash.block(&scene)),
            ("liveness", self.liveness.block(&scene)),
        ];
        self.before = sight.after.clone();
        for (oracle, what) in seen {
            if let Some(what) = what {
                self.blame(oracle, what);
            }
        }
    }

    /// What waits to be started, and what was.
    fn park(&mut self, ordered: &Ordered) {
        for effect in &ordered.effects {
            let Effect::Included { input, tx } = effect else {
                continue;
            };
            let input = usize::try_from(*input).ok();
            match input.and_then(|at| ordered.block.inputs.get(at)) {
                Some(Input::Park(_)) => drop(self.parked.insert(*tx)),
                Some(Input::Start { .. }) => drop(self.parked.remove(tx)),
                _ => {}
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
        let params = scenario.params_at(snapshot.globals().height);
        let records = snapshot.records();
        let seen = [
            (
                "conservation",
                supply::Supply::add_up(snapshot).into_iter().collect(),
            ),
            ("finality", self.finality.end(snapshot)),
            (
                "emission",
                emission::Sent::end(snapshot, &self.minutes, params),
            ),
            ("bond", bond::end(&records)),
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
