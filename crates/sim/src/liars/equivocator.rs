//! A validator that says one thing to half of the nodes and its opposite to the others, in every
//! phase. It keeps no record of what binds it.

use super::{Hand, Liar, Said};
use crate::{models::Models, node::Duty};
use venire_node::core::Phase;
use venire_protocol::Input;

/// See the module.
#[derive(Debug)]
pub(super) struct Equivocator {
    pub(super) nodes: usize,
}

impl Equivocator {
    /// The words after an execution with models that are right, or always wrong.
    fn words(hand: &Hand<'_>, duty: &Duty, models: &Models) -> Option<Input> {
        let phase = Phase::from(&duty.kind);
        let juror = hand.node.juror(duty.place.validator)?;
        let entry = match phase {
            Phase::Lead | Phase::Judge | Phase::Verify(_) => {
                let execution = hand.node.execute(models, duty)?;
                juror.bind(duty.place, phase, execution, 0)
            }
            Phase::Reveal => return None,
        };
        juror.speak(duty.place, phase, entry)
    }
}

impl Liar for Equivocator {
    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        if Phase::from(&duty.kind) == Phase::Reveal {
            return None;
        }
        // What it reveals later is what it happens to have written: the honest word.
        let honest = hand.honest(duty);
        let other = Self::words(hand, duty, &hand.models.inverted());
        let half = self.nodes / 2;
        let (some, others) = ((0..half).collect(), (half..self.nodes).collect());
        let said = [(honest, some), (other, others)];
        let said = said.into_iter().filter_map(|(words, only)| {
            Some(Said {
                input: words?,
                after_ms: 0,
                only: Some(only),
            })
        });
        Some(said.collect())
    }
}
