//! The links between nodes: late, lossy, slow and cut.
//!
//! # Invariants
//! - A message arrives whole or not at all, any number of milliseconds later; order is not kept.

use crate::dice::Dice;
use std::collections::BTreeSet;

/// How the links are.
#[derive(Clone, Debug)]
pub struct Links {
    /// Least delay, milliseconds.
    pub delay_ms: u64,
    /// Greatest addition to it, milliseconds.
    pub jitter_ms: u64,
    /// Lost messages of a thousand.
    pub loss: u64,
    /// Nodes whose links take ten times as long.
    pub slow: BTreeSet<usize>,
}

/// The network.
#[derive(Debug)]
pub struct Net {
    links: Links,
    /// While the network is cut in two: the nodes on the smaller side.
    cut: BTreeSet<usize>,
    dice: Dice,
}

impl Net {
    /// A whole network.
    #[must_use]
    pub const fn new(links: Links, dice: Dice) -> Self {
        Self {
            links,
            cut: BTreeSet::new(),
            dice,
        }
    }

    /// Cuts these nodes off from the others, or heals the network when there are none.
    pub fn cut(&mut self, nodes: BTreeSet<usize>) {
        self.cut = nodes;
    }

    /// From now on nothing is lost.
    pub fn mend(&mut self) {
        self.links.loss = 0;
        self.cut.clear();
    }

    /// Whether a message can pass at all.
    #[must_use]
    pub fn is_open(&self, from: usize, to: usize) -> bool {
        self.cut.contains(&from) == self.cut.contains(&to)
    }

    /// Milliseconds that a message takes; `None` when it is lost.
    pub fn delay(&mut self, from: usize, to: usize) -> Option<u64> {
        if from == to {
            return Some(0);
        }
        if !self.is_open(from, to) || self.dice.chance(self.links.loss) {
            return None;
        }
        let delay = self.links.delay_ms + self.dice.below(self.links.jitter_ms + 1);
        let is_slow = [from, to].iter().any(|node| self.links.slow.contains(node));
        Some(if is_slow { delay * 10 } else { delay })
    }
}
