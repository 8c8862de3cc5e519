//! What nodes say to each other, and what they do when it arrives.

use super::{Event, World};
use crate::{
    liars::Said,
    node::Defect,
    parcel::{Message, Ordered, Parcel},
};
use std::sync::Arc;

impl World {
    pub(super) fn later(&mut self, node: usize, life: u32, all: Vec<Said>) {
        for said in all {
            if said.after_ms == 0 {
                self.say(node, said);
            } else {
                self.at(
                    self.now + said.after_ms,
                    Event::Say {
                        node,
                        life,
                        said: Box::new(said),
                    },
                );
            }
        }
    }

    /// Somebody at a node says something: it waits there, and goes to those who propose next.
    pub(super) fn say(&mut self, index: usize, said: Said) {
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

    pub(super) fn spread(&mut self, from: usize, message: &Message) {
        for ahead in 0..3 {
            let to = self.proposer(self.next_view + ahead);
            if to != from {
                self.send(from, to, message.clone());
            }
        }
    }

    pub(super) fn send(&mut self, from: usize, to: usize, message: Message) {
        if let Some(delay) = self.net.delay(from, to) {
            self.at(self.now + delay, Event::Arrive { to, from, message });
        }
    }

    pub(super) fn arrive(
        &mut self,
        to: usize,
        from: usize,
        message: Message,
    ) -> Result<(), Defect> {
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
                let wanted: Vec<Arc<Ordered>> = wanted.to_vec();
                for ordered in wanted {
                    self.send(to, from, Message::Block(ordered));
                }
            }
        }
        Ok(())
    }
}
