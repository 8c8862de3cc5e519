//! What happens in a view: its proposer syncs and repeats, people act, a block is made.

use super::{Event, World};
use crate::{
    liars::{Hand, Said},
    node::{Defect, Node, Proposed},
    oracles::Sight,
    parcel::Message,
};
use std::sync::Arc;
use venire_node::core::Snapshot;
use venire_protocol::Effect;
use venire_types::signed::tagged;

/// Words that no block has are sent again after so long, milliseconds.
const REPEAT_MS: u64 = 1_000;
/// And given up after so long.
const GIVE_UP_MS: u64 = 60_000;

impl World {
    pub(super) fn proposer(&self, view: u64) -> usize {
        let nodes = self.nodes.len() as u64;
        let place = view.checked_rem(nodes).unwrap_or_default();
        usize::try_from(place).unwrap_or_default()
    }

    pub(super) fn view(&mut self, view: u64) -> Result<(), Defect> {
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
        let unheard = node.unheard(
            now.saturating_sub(REPEAT_MS),
            now.saturating_sub(GIVE_UP_MS),
        );
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
        let height = self.log.len() as u64 + 1;
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
            let models = &scenario.models;
            let params = scenario.params_at(height);
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

    pub(super) fn propose(&mut self, index: usize, view: u64) -> Result<bool, Defect> {
        let seed = tagged("sim-view", &[self.secret.as_slice(), &view.to_be_bytes()]);
        let (liars, now) = (&mut self.liars, self.now);
        let Some(node) = self.nodes.get_mut(index) else {
            return Ok(false);
        };
        let proposed = node.propose(now, seed, |parcels| {
            for liar in liars.iter_mut() {
                liar.on_draft(index, parcels);
            }
        })?;
        let Some(Proposed {
            ordered,
            refused,
            taken,
        }) = proposed
        else {
            return Ok(false);
        };
        self.figures.refused += refused.len() as u64;
        for (parcel, reject) in &refused {
            // What is refused is offered again, here and elsewhere.
            if self.refused.insert(parcel.id) {
                self.figures.coverage.refused(&parcel.input, reject);
            }
        }
        let change = self.scenario.change.as_ref();
        if change.is_some_and(|change| change.height == ordered.block.height) {
            self.figures.coverage.prices();
        }
        self.figures.inputs += ordered.block.inputs.len() as u64;
        self.trace
            .note("block", &[&now.to_be_bytes(), ordered.root.as_slice()]);
        self.log.push(Arc::clone(&ordered));
        if let Some(after) = self.nodes.get(index).and_then(Node::snapshot) {
            let sight = Sight {
                ordered: &ordered,
                after,
                params: self.scenario.params_at(ordered.block.height),
            };
            self.oracles.block(&sight);
            self.figures.coverage.block(&sight);
        }
        for effect in &ordered.effects {
            match effect {
                Effect::Appealed { .. } => self.figures.appeals += 1,
                Effect::TakenBack { .. } => self.figures.taken_back += 1,
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
}
