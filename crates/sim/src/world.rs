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

use crate::{
    dice::Dice,
    liars::{Hand, Hiring, Liar, Said},
    net::Net,
    node::{Defect, Duty, Node, Taken},
    oracles::{Oracles, Sight, Violation},
    parcel::{Message, Ordered, Parcel},
    people::People,
    scenario::{Fault, Scenario},
    trace::Trace,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use venire_node::core::{Key, Phase, Snapshot};
use venire_protocol::{Genesis, Input, SPONSOR, genesis};
use venire_types::{Address, B256, U256, signed::tagged};

/// When every world begins: milliseconds since 1970.
pub const BEGIN_MS: u64 = 1_700_000_000_000;
/// Own stake of each validator of genesis, wei.
pub const STAKE: u128 = 50_000_000_000_000_000_000;
/// Wei of each user.
pub const FUNDS: u128 = 1_000_000_000_000_000_000_000_000;
/// Words that no block has are sent again after so long, milliseconds.
const REPEAT_MS: u64 = 1_000;
/// And given up after so long.
const GIVE_UP_MS: u64 = 60_000;
/// A world that has not come to rest so long after the last trouble has lost its liveness.
const PATIENCE_MS: u64 = 3_600_000;

enum Event {
    View(u64),
    Arrive { to: usize, from: usize, message: Message },
    Work { node: usize, life: u32, duty: Duty },
    Say { node: usize, life: u32, said: Said },
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
}

impl Figures {
    /// Adds those of another run.
    pub const fn add(&mut self, other: &Self) {
        self.blocks += other.blocks;
        self.created += other.created;
        self.closed += other.closed;
        self.inputs += other.inputs;
        self.refused += other.refused;
        self.appeals += other.appeals;
        self.taken_back += other.taken_back;
        self.restarts += other.restarts;
        self.elapsed_ms += other.elapsed_ms;
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
    people: People,
    oracles: Oracles,
    trace: Trace,
    dice: Dice,
    secret: B256,
    figures: Figures,
}

impl World {
    /// A world in which nothing has happened yet.
    ///
    /// # Errors
    /// A node cannot start.
    pub fn new(scenario: Scenario) -> Result<Self, Defect> {
        let seed = scenario.seed;
        let secret = tagged("sim-secret", &[&seed.to_be_bytes()]);
        let keys: Vec<Key> = (0..scenario.validators)
            .filter_map(|index| u32::try_from(index).ok())
            .map(|index| Key::derive(secret, "validator", index))
            .collect();
        let validators: Vec<Address> = keys.iter().map(Key::address).collect();
        let people = People::new(&scenario, secret);
        let mut dice = Dice::new(seed, "world");
        let mut hiring = Hiring {
            scenario: &scenario,
            secret,
            keys: keys.iter().map(|key| (key.address(), key.clone())).collect(),
            dice: &mut dice,
            hired: 0,
            bought: BTreeMap::new(),
        };
        let mut liars = Vec::new();
        for kind in &scenario.liars {
            liars.push(kind.hire(&mut hiring));
            hiring.hired += 1;
        }
        let mut rich: Vec<Address> = people.addresses();
        rich.extend(liars.iter().flat_map(|(liar, _)| liar.accounts()));
        let start = Genesis {
            time_ms: BEGIN_MS,
            validators: validators
                .iter()
                .map(|address| (*address, U256::from(STAKE)))
                .collect(),
            alloc: rich
                .into_iter()
                .chain([SPONSOR])
                .map(|address| (address, U256::from(FUNDS)))
                .collect(),
        };
        let delta = genesis(&scenario.params, &start).map_err(Defect::of)?;
        let delta = Arc::new(delta);
        let mut nodes: Vec<Node> = (0..scenario.nodes)
            .map(|index| {
                let own = keys.iter().skip(index).step_by(scenario.nodes);
                let own = own.cloned().collect();
                Node::new(index, scenario.params.clone(), Arc::clone(&delta), own)
            })
            .collect();
        for node in &mut nodes {
            node.start()?;
        }
        let net = Net::new(scenario.links.clone(), Dice::new(seed, "net"));
        let mut bought = BTreeMap::new();
        let mut hired = Vec::new();
        for (place, (liar, keys)) in liars.into_iter().enumerate() {
            bought.extend(keys.into_iter().map(|key| (key, place)));
            hired.push(liar);
        }
        let liable: BTreeSet<Address> = bought.keys().copied().collect();
        let first = nodes.first().and_then(Node::snapshot).cloned();
        let oracles = Oracles::new(&scenario, &first.unwrap_or_default(), &liable);
        let mut world = Self {
            now: BEGIN_MS,
            made: 0,
            next_view: 1,
            events: BTreeMap::new(),
            nodes,
            net,
            log: Vec::new(),
            liars: hired,
            bought,
            people,
            oracles,
            trace: Trace::default(),
            dice,
            secret,
            figures: Figures::default(),
            scenario,
        };
        for place in 0..world.scenario.troubles.len() {
            let at = world.scenario.troubles.get(place).map_or(0, |t| t.at_ms);
            world.at(BEGIN_MS + at, Event::Trouble(place));
        }
        world.at(BEGIN_MS, Event::View(1));
        Ok(world)
    }

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
        if let Some(snapshot) = best.and_then(Node::snapshot) {
            self.oracles.end(snapshot, &self.scenario.params);
        }
        self.figures.blocks = self.log.len() as u64;
        self.figures.elapsed_ms = self.now - BEGIN_MS;
        (self.figures.created, self.figures.closed) = self.oracles.counts();
        Outcome {
            trace: self.trace.hash(),
            figures: self.figures,
            violations: self.oracles.into_violations(),
        }
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
                if self.nodes.get(node).is_some_and(|node| node.life == life && node.is_up()) {
                    self.say(node, said);
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

    fn proposer(&self, view: u64) -> usize {
        let nodes = self.nodes.len() as u64;
        let place = view.checked_rem(nodes).unwrap_or_default();
        usize::try_from(place).unwrap_or_default()
    }

    fn view(&mut self, view: u64) -> Result<(), Defect> {
        self.next_view = view + 1;
        let proposer = self.proposer(view);
        self.tick(proposer)?;
        self.act(view);
        let has_block = self.is_heard(proposer) && self.propose(proposer, view)?;
        let mut next = self.now + self.scenario.pace_ms;
        if !has_block && self.is_quiet() {
            // Nothing can happen before the next event or deadline.
            let event = self.events.keys().next().map(|(time, _)| *time);
            let due = self.newest().and_then(Snapshot::next_deadline);
            let due = event.into_iter().chain(due).min();
            next = next.max(due.unwrap_or(next));
        }
        self.at(next, Event::View(view + 1));
        Ok(())
    }

    /// Nobody has anything to say, and nobody is behind.
    fn is_quiet(&self) -> bool {
        let tip = self.log.len() as u64;
        self.people.is_done()
            && self
                .nodes
                .iter()
                .all(|node| node.waiting() == 0 && node.height().is_none_or(|at| at == tip))
    }

    fn newest(&self) -> Option<&Snapshot> {
        let up = self.nodes.iter().filter(|node| node.is_up());
        up.max_by_key(|node| node.height()).and_then(Node::snapshot)
    }

    /// Whether a node has every block and reaches more than two thirds of the nodes.
    fn is_heard(&self, node: usize) -> bool {
        let reached = self
            .nodes
            .iter()
            .filter(|other| other.is_up() && self.net.is_open(node, other.index));
        let height = self.nodes.get(node).and_then(Node::height);
        height == Some(self.log.len() as u64) && reached.count() * 3 > self.nodes.len() * 2
    }

    /// What a node does from time to time: sync, repeat what nobody heard, tell how far it is.
    fn tick(&mut self, index: usize) -> Result<(), Defect> {
        let (now, pick) = (self.now, self.dice.index(self.nodes.len()));
        let Some(node) = self.nodes.get_mut(index) else {
            return Ok(());
        };
        node.idle(now)?;
        let unheard = node.unheard(now.saturating_sub(REPEAT_MS), now.saturating_sub(GIVE_UP_MS));
        for parcel in unheard {
            self.spread(index, &Message::Parcel(parcel));
        }
        if self.nodes.get(index).is_some_and(Node::is_up) {
            self.send(index, pick, Message::Tip(self.log.len() as u64));
        }
        Ok(())
    }

    /// Users and liars act on what they see.
    fn act(&mut self, view: u64) {
        for place in 0..self.liars.len() {
            let index = self.dice.index(self.nodes.len());
            let Self {
                nodes,
                liars,
                scenario,
                dice,
                ..
            } = self;
            let (Some(node), Some(liar)) = (nodes.get_mut(index), liars.get_mut(place)) else {
                continue;
            };
            let (models, params) = (&scenario.models, &scenario.params);
            let mut hand = Hand {
                node,
                models,
                params,
                now_ms: self.now,
                dice,
            };
            let said = liar.on_view(&mut hand, view);
            let life = self.nodes.get(index).map_or(0, |node| node.life);
            self.later(index, life, said);
        }
        let index = self.dice.index(self.nodes.len());
        let Some(snapshot) = self.nodes.get(index).and_then(Node::snapshot).cloned() else {
            return;
        };
        for input in self.people.act(&snapshot, &self.scenario, self.now) {
            let said = Said::now(input);
            self.say(index, said);
        }
    }

    fn later(&mut self, node: usize, life: u32, all: Vec<Said>) {
        for said in all {
            if said.after_ms == 0 {
                self.say(node, said);
            } else {
                self.at(self.now + said.after_ms, Event::Say { node, life, said });
            }
        }
    }

    /// Somebody at a node says something: it waits there, and goes to those who propose next.
    fn say(&mut self, index: usize, said: Said) {
        let parcel = Parcel::new(said.input, self.now);
        self.trace.note("say", &[parcel.id.as_slice()]);
        match said.only {
            None => {
                if let Some(node) = self.nodes.get_mut(index) {
                    node.pool(&parcel, true);
                }
                self.spread(index, &Message::Parcel(parcel));
            }
            Some(nodes) => {
                for to in nodes {
                    self.send(index, to, Message::Parcel(Arc::clone(&parcel)));
                }
            }
        }
    }

    fn spread(&mut self, from: usize, message: &Message) {
        for ahead in 0..3 {
            let to = self.proposer(self.next_view + ahead);
            if to != from {
                self.send(from, to, message.clone());
            }
        }
    }

    fn send(&mut self, from: usize, to: usize, message: Message) {
        if let Some(delay) = self.net.delay(from, to) {
            self.at(self.now + delay, Event::Arrive { to, from, message });
        }
    }

    fn arrive(&mut self, to: usize, from: usize, message: Message) -> Result<(), Defect> {
        let Some(node) = self.nodes.get_mut(to) else {
            return Ok(());
        };
        match message {
            Message::Parcel(parcel) => drop(node.pool(&parcel, false)),
            Message::Block(ordered) => {
                let taken = node.take(&ordered)?;
                for (ordered, taken) in taken {
                    self.took(to, &ordered, taken);
                }
            }
            Message::Tip(tip) => {
                if let Some(height) = node.hears(tip) {
                    self.send(to, from, Message::Want(height));
                }
            }
            Message::Want(height) => {
                // The engine keeps agreed blocks on more than two thirds of the disks: every node can
                // give them, whatever its own state has reached.
                let first = usize::try_from(height.saturating_sub(1)).unwrap_or(usize::MAX);
                let last = self.log.len().min(first.saturating_add(64));
                let wanted = self.log.get(first..last).unwrap_or_default();
                for ordered in wanted.to_vec() {
                    self.send(to, from, Message::Block(ordered));
                }
            }
        }
        Ok(())
    }

    fn propose(&mut self, index: usize, view: u64) -> Result<bool, Defect> {
        let seed = tagged(
            "sim-view",
            &[self.secret.as_slice(), &view.to_be_bytes()],
        );
        let (liars, now) = (&mut self.liars, self.now);
        let Some(node) = self.nodes.get_mut(index) else {
            return Ok(false);
        };
        let proposed = node.propose(now, seed, |parcels| {
            for liar in liars.iter_mut() {
                liar.on_draft(index, parcels);
            }
        })?;
        let Some((ordered, rejects, taken)) = proposed else {
            return Ok(false);
        };
        self.figures.refused += rejects.len() as u64;
        self.figures.inputs += ordered.block.inputs.len() as u64;
        self.trace.note(
            "block",
            &[&now.to_be_bytes(), ordered.root.as_slice()],
        );
        self.log.push(Arc::clone(&ordered));
        if let Some(after) = self.nodes.get(index).and_then(Node::snapshot) {
            let sight = Sight {
                ordered: &ordered,
                after,
                params: &self.scenario.params,
            };
            self.oracles.block(&sight);
        }
        for effect in &ordered.effects {
            match effect {
                venire_protocol::Effect::Appealed { .. } => self.figures.appeals += 1,
                venire_protocol::Effect::TakenBack { .. } => self.figures.taken_back += 1,
                _ => {}
            }
        }
        for to in 0..self.nodes.len() {
            if to != index {
                self.send(index, to, Message::Block(Arc::clone(&ordered)));
            }
        }
        self.took(index, &ordered, taken);
        Ok(true)
    }

    /// A node has applied a block.
    fn took(&mut self, index: usize, ordered: &Ordered, taken: Taken) {
        self.oracles.applied(index, ordered, &taken);
        let life = self.nodes.get(index).map_or(0, |node| node.life);
        self.call(index, life, taken.duties);
    }

    /// Validators begin what they have to do.
    fn call(&mut self, index: usize, life: u32, duties: Vec<Duty>) {
        for duty in duties {
            let place = duty.place;
            let takes_ms = match Phase::from(&duty.kind) {
                Phase::Lead | Phase::Judge => {
                    let models = &self.scenario.models;
                    models.delay_ms(place.validator, place.tx, place.round)
                }
                Phase::Reveal => 1,
            };
            let node = index;
            self.at(self.now + takes_ms, Event::Work { node, life, duty });
        }
    }

    fn work(&mut self, index: usize, life: u32, duty: &Duty) {
        let Self {
            nodes,
            liars,
            scenario,
            dice,
            bought,
            ..
        } = self;
        let Some(node) = nodes.get_mut(index) else {
            return;
        };
        if node.life != life || !node.is_up() {
            return;
        }
        let liar = bought
            .get(&duty.place.validator)
            .and_then(|place| liars.get_mut(*place));
        let mut hand = Hand {
            node,
            models: &scenario.models,
            params: &scenario.params,
            now_ms: self.now,
            dice,
        };
        let said = match liar.and_then(|liar| liar.on_duty(&mut hand, duty)) {
            Some(said) => said,
            None => hand.honest(duty).map(Said::now).into_iter().collect(),
        };
        self.later(index, life, said);
    }

    fn trouble(&mut self, place: usize) {
        let Some(trouble) = self.scenario.troubles.get(place).cloned() else {
            return;
        };
        self.trace.note("trouble", &[&place.to_be_bytes()]);
        match trouble.fault {
            Fault::Crash { node } => {
                if let Some(node) = self.nodes.get_mut(node) {
                    node.crash(&mut self.dice);
                }
            }
            Fault::Cut { nodes } => self.net.cut(nodes),
        }
        self.at(self.now + trouble.for_ms, Event::Relief(place));
    }

    fn relief(&mut self, place: usize) -> Result<(), Defect> {
        let Some(trouble) = self.scenario.troubles.get(place).cloned() else {
            return Ok(());
        };
        if self.now >= BEGIN_MS + self.scenario.healed_ms() {
            self.net.mend();
        }
        match trouble.fault {
            Fault::Cut { .. } => self.net.cut(BTreeSet::new()),
            Fault::Crash { node: index } => {
                let Some(node) = self.nodes.get_mut(index) else {
                    return Ok(());
                };
                if node.is_up() {
                    return Ok(());
                }
                let duties = node.start()?;
                let life = node.life;
                self.figures.restarts += 1;
                self.call(index, life, duties);
            }
        }
        Ok(())
    }
}

/// Whether an input is a user's, not a validator's.
#[must_use]
pub const fn is_from_user(input: &Input) -> bool {
    match input {
        Input::Transaction(_) | Input::Cancel(_) | Input::Faucet { .. } => true,
        Input::Propose(_) | Input::Commit(_) | Input::Reveal(_) => false,
    }
}
