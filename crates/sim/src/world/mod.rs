//! The world: nodes, links and people under one clock that moves from event to event.
//!
//! ```text
//! View k: its proposer seals what waits at it, if it can reach more than two thirds of the nodes
//!         -> the block is agreed -> delivered, or fetched later -> duties -> words -> pools
//! ```
//!
//! # Invariants
//! - Events happen in the order of their times, and in the order in which they were made.
//! - Agreement on the order of blocks is given: the world stands for the engine that will provide
//!   it. What nodes make of the blocks is not: each applies and stores them itself.
//! - The randomness of a block is not known before the block is.

mod begin;
mod mail;
mod views;
mod work;

use crate::{
    coverage::Coverage,
    dice::Dice,
    liars::{Liar, Said},
    net::Net,
    node::{Defect, Duty, Node, reread},
    oracles::{Oracles, Violation},
    parcel::{Message, Ordered},
    people::People,
    scenario::Scenario,
    trace::Trace,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use venire_node::core::Snapshot;
use venire_protocol::Delta;
use venire_types::{Address, B256};

/// When every world begins: milliseconds since 1970.
pub const BEGIN_MS: u64 = 1_700_000_000_000;
/// Own stake of each validator of genesis, wei.
pub const STAKE: u128 = 50_000_000_000_000_000_000;
/// Wei of each user.
pub const FUNDS: u128 = 1_000_000_000_000_000_000_000_000;
/// A world that has not come to rest so long after the last trouble has lost its liveness.
const PATIENCE_MS: u64 = 3_600_000;
/// In one of so many worlds somebody joins at the end.
const JOINS: u64 = 8;

enum Event {
    View(u64),
    Arrive {
        to: usize,
        from: usize,
        message: Message,
    },
    Work {
        node: usize,
        life: u32,
        duty: Box<Duty>,
    },
    Say {
        node: usize,
        life: u32,
        said: Box<Said>,
    },
    Trouble(usize),
    Relief(usize),
}

/// Figures of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Blocks.
    pub blocks: u64,
    /// Transactions that were created, messages of contracts among them.
    pub created: u64,
    /// Transactions that are final or cancelled.
    pub closed: u64,
    /// Inputs in blocks.
    pub inputs: u64,
    /// Inputs that were refused.
    pub refused: u64,
    /// Appeals.
    pub appeals: u64,
    /// Results that were taken back.
    pub taken_back: u64,
    /// Starts of nodes after the first.
    pub restarts: u64,
    /// Simulated milliseconds.
    pub elapsed_ms: u64,
    /// What happened, by name.
    pub coverage: Coverage,
}

impl Figures {
    /// Adds those of another run.
    pub fn add(&mut self, other: &Self) {
        self.blocks += other.blocks;
        self.created += other.created;
        self.closed += other.closed;
        self.inputs += other.inputs;
        self.refused += other.refused;
        self.appeals += other.appeals;
        self.taken_back += other.taken_back;
        self.restarts += other.restarts;
        self.elapsed_ms += other.elapsed_ms;
        self.coverage.add(&other.coverage);
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Hash of everything that happened.
    pub trace: B256,
    /// Figures.
    pub figures: Figures,
    /// What must not be.
    pub violations: Vec<Violation>,
    /// The last state.
    pub state: Snapshot,
    /// Validators of genesis that lie.
    pub liable: BTreeSet<Address>,
}

/// A running world.
pub struct World {
    scenario: Scenario,
    now: u64,
    made: u64,
    /// Number of the next view.
    next_view: u64,
    events: BTreeMap<(u64, u64), Event>,
    nodes: Vec<Node>,
    net: Net,
    /// Agreed blocks; the first has height 1.
    log: Vec<Arc<Ordered>>,
    liars: Vec<Box<dyn Liar>>,
    /// Which liar speaks for a validator.
    bought: BTreeMap<Address, usize>,
    /// What was refused once.
    refused: BTreeSet<B256>,
    people: People,
    oracles: Oracles,
    trace: Trace,
    dice: Dice,
    secret: B256,
    start: Arc<Delta>,
    figures: Figures,
}

impl World {
    fn at(&mut self, time: u64, event: Event) {
        self.events.insert((time, self.made), event);
        self.made += 1;
    }

    /// Runs until everything is at rest, or patience ends.
    #[must_use]
    pub fn run(mut self) -> Outcome {
        let healed = BEGIN_MS + self.scenario.healed_ms();
        let end = healed + PATIENCE_MS;
        while let Some(((time, _), event)) = self.events.pop_first() {
            self.now = time;
            if let Err(Defect(what)) = self.happen(event) {
                self.oracles.blame("defect", what);
            }
            if self.oracles.is_enough() || self.is_at_rest(healed) {
                break;
            }
            if time > end {
                let open = self.open();
                self.oracles.blame("liveness", open);
                break;
            }
        }
        self.finish()
    }

    /// All troubles are over, all work is done, and every node has every block.
    fn is_at_rest(&self, healed: u64) -> bool {
        self.now > healed
            && self.people.is_done()
            && self.oracles.open() == 0
            && self
                .nodes
                .iter()
                .all(|node| node.height() == Some(self.log.len() as u64))
    }

    /// What has not come to an end.
    fn open(&self) -> String {
        let heights: Vec<Option<u64>> = self.nodes.iter().map(Node::height).collect();
        format!(
            "{} transactions are open and heights are {heights:?} of {} an hour after the last trouble: {}",
            self.oracles.open(),
            self.log.len(),
            self.oracles.describe_open(),
        )
    }

    fn finish(mut self) -> Outcome {
        let best = self.nodes.iter().filter(|node| node.is_up());
        let best = best.max_by_key(|node| node.height());
        let state = best.and_then(Node::snapshot).cloned().unwrap_or_default();
        self.oracles.end(&state, &self.scenario);
        self.figures.coverage.end(&state);
        if self.scenario.seed.is_multiple_of(JOINS)
            && let Err(Defect(what)) = self.join()
        {
            self.oracles.blame("join", what);
        }
        self.figures.blocks = self.log.len() as u64;
        self.figures.elapsed_ms = self.now - BEGIN_MS;
        (self.figures.created, self.figures.closed) = self.oracles.counts();
        Outcome {
            trace: self.trace.hash(),
            figures: self.figures,
            violations: self.oracles.into_violations(),
            state,
            liable: self.bought.into_keys().collect(),
        }
    }

    /// Somebody joins after everything has happened: it reads the bytes of all blocks, checks every
    /// signature, and must come to the same roots.
    fn join(&self) -> Result<(), Defect> {
        let chain_id = self.scenario.params.chain_id;
        let mut node = Node::new(
            self.nodes.len(),
            self.scenario.rules(),
            Arc::clone(&self.start),
            Vec::new(),
        );
        node.start()?;
        for ordered in &self.log {
            let height = ordered.block.height;
            if reread(&ordered.bytes, chain_id)? != ordered.block {
                return Err(Defect(format!("block {height} reads otherwise")));
            }
            for (_, taken) in node.take(ordered)? {
                if taken.root != ordered.root {
                    return Err(Defect(format!("block {height} gives another root")));
                }
            }
        }
        Ok(())
    }

    fn happen(&mut self, event: Event) -> Result<(), Defect> {
        match event {
            Event::View(view) => self.view(view),
            Event::Arrive { to, from, message } => self.arrive(to, from, message),
            Event::Work { node, life, duty } => {
                self.work(node, life, &duty);
                Ok(())
            }
            Event::Say { node, life, said } => {
                if self
                    .nodes
                    .get(node)
                    .is_some_and(|node| node.life == life && node.is_up())
                {
                    self.say(node, *said);
                }
                Ok(())
            }
            Event::Trouble(place) => {
                self.trouble(place);
                Ok(())
            }
            Event::Relief(place) => self.relief(place),
        }
    }
}
