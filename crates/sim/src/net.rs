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

#[cfg(test)]
mod tests {
    use super::*;

    fn net(loss: u64) -> Net {
        let links = Links {
            delay_ms: 10,
            jitter_ms: 5,
            loss,
            slow: BTreeSet::from([3]),
        };
        Net::new(links, Dice::new(1, "test"))
    }

    #[test]
    fn delays_are_within_their_bounds_and_slow_links_are_slow() {
        let mut net = net(0);
        for _ in 0..200 {
            assert!((10..=15).contains(&net.delay(0, 1).unwrap()));
            assert!((100..=150).contains(&net.delay(0, 3).unwrap()));
            assert_eq!(net.delay(2, 2), Some(0), "to itself");
        }
    }

    #[test]
    fn a_cut_keeps_the_sides_apart_until_it_heals() {
        let mut net = net(0);
        net.cut(BTreeSet::from([0, 1]));
        assert!(net.delay(0, 1).is_some() && net.delay(2, 3).is_some());
        assert_eq!((net.delay(0, 2), net.delay(3, 1)), (None, None));
        net.cut(BTreeSet::new());
        assert!(net.delay(0, 2).is_some());
    }

    #[test]
    fn as_much_is_lost_as_was_said() {
        let mut net = net(250);
        let lost = (0..4_000).filter(|_| net.delay(0, 1).is_none()).count();
        assert!((850..1_150).contains(&lost), "{lost}");
        net.mend();
        assert!((0..1_000).all(|_| net.delay(0, 1).is_some()));
    }
}
