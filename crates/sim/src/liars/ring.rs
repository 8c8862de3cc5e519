//! Validators that act as one: a leader of the ring lies about what its model said, members of the
//! ring agree with it, and with nobody else.

use super::{Hand, Liar, Said};
use crate::node::Duty;
use std::collections::BTreeSet;
use venire_node::core::Phase;
use venire_protocol::DutyKind;
use venire_types::Address;

/// See the module.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) members: BTreeSet<Address>,
}

impl Liar for Ring {
    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        let phase = Phase::from(&duty.kind);
        let entry = match (&duty.kind, hand.node.recalls(duty.place)) {
            (DutyKind::Reveal, _) => return None,
            (_, Some(entry)) => entry,
            (DutyKind::Lead, None) => {
                let execution = hand.node.execute(&hand.models.inverted(), duty)?;
                hand.node.bind(duty, execution)?
            }
            (_, None) => {
                let record = hand.node.snapshot()?.record(duty.place.tx)?;
                let round = record.proposal_round()?;
                let leader = record.rounds.get(round)?.leader_seat()?.operator;
                let mut execution = hand.node.execute(hand.models, duty)?;
                let is_ours = self.members.contains(&leader);
                execution.disagreement = (!is_ours).then_some(0);
                hand.node.bind(duty, execution)?
            }
        };
        let juror = hand.node.juror(duty.place.validator)?;
        let words = juror.speak(duty.place, phase, entry)?;
        Some(vec![Said::now(words)])
    }
}
