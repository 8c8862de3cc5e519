//! What validators do, and what troubles do to their nodes.

use super::{BEGIN_MS, Event, World};
use crate::{
    liars::{Hand, Said},
    models::bit,
    node::{Defect, Duty, Taken},
    parcel::Ordered,
    scenario::{Fault, Trouble},
};
use std::collections::BTreeSet;
use venire_node::core::Phase;

impl World {
    /// A node has applied a block.
    pub(super) fn took(&mut self, index: usize, ordered: &Ordered, taken: Taken) {
        self.oracles.applied(index, ordered, &taken);
        let life = self.nodes.get(index).map_or(0, |node| node.life);
        self.call(index, life, taken.duties);
    }

    /// Validators begin what they have to do.
    pub(super) fn call(&mut self, index: usize, life: u32, duties: Vec<Duty>) {
        for duty in duties {
            let place = duty.place;
            let takes_ms = match Phase::from(&duty.kind) {
                // A tribunal executes without asking a model.
                Phase::Verify(_) => 20,
                Phase::Lead | Phase::Judge => {
                    let models = &self.scenario.models;
                    models.delay_ms(place.validator, place.tx, place.round)
                }
                Phase::Reveal => 1,
            };
            let node = index;
            self.at(
                self.now + takes_ms,
                Event::Work {
                    node,
                    life,
                    duty: Box::new(duty),
                },
            );
        }
    }

    pub(super) fn work(&mut self, index: usize, life: u32, duty: &Duty) {
        let height = self.log.len() as u64 + 1;
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
            params: scenario.params_at(height),
            now_ms: self.now,
            dice,
        };
        let said = match liar.and_then(|liar| liar.on_duty(&mut hand, duty)) {
            Some(said) => said,
            None => hand.honest(duty).map(Said::now).into_iter().collect(),
        };
        self.later(index, life, said);
    }

    pub(super) fn trouble(&mut self, place: usize) {
        let Some(trouble) = self.scenario.troubles.get(place).cloned() else {
            return;
        };
        self.trace.note("trouble", &[&place.to_be_bytes()]);
        let together = |other: &Trouble| {
            other.at_ms == trouble.at_ms && matches!(other.fault, Fault::Crash { .. })
        };
        let others = self
            .scenario
            .troubles
            .iter()
            .filter(|other| together(other));
        let many = others.count() > 1;
        self.figures.coverage.trouble(&trouble.fault, many);
        match trouble.fault {
            Fault::Crash { node } => {
                if let Some(node) = self.nodes.get_mut(node) {
                    node.crash(&mut self.dice);
                }
            }
            Fault::Cut { nodes } => self.net.cut(nodes),
            Fault::Down { family } => self.scenario.models.down |= bit(family),
            Fault::Slow { family } => self.scenario.models.slow |= bit(family),
        }
        self.at(self.now + trouble.for_ms, Event::Relief(place));
    }

    pub(super) fn relief(&mut self, place: usize) -> Result<(), Defect> {
        let Some(trouble) = self.scenario.troubles.get(place).cloned() else {
            return Ok(());
        };
        if self.now >= BEGIN_MS + self.scenario.healed_ms() {
            self.net.mend();
        }
        match trouble.fault {
            Fault::Cut { .. } => self.net.cut(BTreeSet::new()),
            Fault::Down { family } => self.scenario.models.down &= !bit(family),
            Fault::Slow { family } => self.scenario.models.slow &= !bit(family),
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
