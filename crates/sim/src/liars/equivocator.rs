//! A validator that says one thing to half of the nodes and its opposite to the others, in every phase,
//! again and again. It opens whichever of its two votes was taken, and keeps no record of what binds it.

use super::{Hand, Liar, Said};
use crate::node::Duty;
use std::collections::BTreeMap;
use venire_node::core::{Entry, Phase};
use venire_protocol::Input;
use venire_types::{Address, B256};

/// When it says its words again, so that links that lose messages do not make it honest.
const AGAIN_MS: [u64; 4] = [0, 1_000, 2_000, 4_000];

/// See the module.
#[derive(Debug)]
pub(super) struct Equivocator {
    pub(super) nodes: usize,
    /// What it would say if its model were always wrong, by execution.
    pub(super) others: BTreeMap<(B256, u32, Address), Entry>,
}

impl Equivocator {
    /// The opposite of its honest word.
    fn other(&mut self, hand: &Hand<'_>, duty: &Duty) -> Option<Input> {
        let (place, phase) = (duty.place, Phase::from(&duty.kind));
        let spot = (place.tx, place.round, place.validator);
        let juror = hand.node.juror(place.validator)?;
        let entry = match self.others.get(&spot) {
            Some(entry) => entry.clone(),
            None if phase == Phase::Reveal => return None,
            None => {
                let execution = hand.node.execute(&hand.models.inverted(), duty)?;
                let entry = juror.bind(place, phase, execution, 0);
                self.others.insert(spot, entry.clone());
                entry
            }
        };
        juror.speak(place, phase, entry)
    }
}

impl Liar for Equivocator {
    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        let honest = hand.honest(duty);
        let other = self.other(hand, duty);
        let half = self.nodes / 2;
        let (some, others): (Vec<usize>, Vec<usize>) =
            ((0..half).collect(), (half..self.nodes).collect());
        let is_reveal = Phase::from(&duty.kind) == Phase::Reveal;
        let everybody: Vec<usize> = (0..self.nodes).collect();
        let mut said = Vec::new();
        for (words, half) in [(honest, some), (other, others)] {
            let Some(input) = words else {
                continue;
            };
            // One of its openings fits what was taken: everybody may find out which.
            let to = if is_reveal { &everybody } else { &half };
            said.extend(AGAIN_MS.map(|after_ms| Said {
                input: input.clone(),
                after_ms,
                only: Some(to.clone()),
            }));
        }
        Some(said)
    }
}
