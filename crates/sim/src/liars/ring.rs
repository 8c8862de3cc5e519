//! Validators that act as one: a leader of the ring lies about what its model said, or forges what the
//! contract computes; members of the ring vouch for the very same result, before a tribunal too, and
//! agree with nobody else.

use super::{Hand, Liar, Said, result_forger::FORGED};
use crate::{contract::counter, node::Duty};
use std::collections::BTreeSet;
use venire_node::core::Phase;
use venire_protocol::DutyKind;
use venire_types::{Address, B256};
use venire_vm::Execution;

/// See the module.
#[derive(Debug)]
pub(super) struct Ring {
    pub(super) members: BTreeSet<Address>,
}

impl Ring {
    /// Whether the ring forges the result of a transaction: of every other one.
    fn forges(tx: B256) -> bool {
        tx.first().is_some_and(|byte| byte.is_multiple_of(2))
    }

    /// Whether a leader of the ring made the proposal that a duty is about.
    fn is_ours(&self, hand: &Hand<'_>, tx: B256, round: Option<u32>) -> Option<bool> {
        let record = hand.node.snapshot()?.record(tx)?;
        let round = match round {
            Some(round) => usize::try_from(round).ok()?,
            None => record.proposal_round()?,
        };
        let leader = record.rounds.get(round)?.leader_seat()?.operator;
        Some(self.members.contains(&leader))
    }

    /// What members have instead of what they computed: all the same.
    fn forged(hand: &Hand<'_>, tx: B256, mut execution: Execution) -> Option<Execution> {
        let record = hand.node.snapshot()?.record(tx)?;
        if Self::forges(tx) && execution.outcome.is_success() {
            execution.delta.insert(counter(record.recipient), FORGED);
        }
        Some(execution)
    }
}

impl Liar for Ring {
    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        let phase = Phase::from(&duty.kind);
        let tx = duty.place.tx;
        let entry = match (&duty.kind, hand.node.recalls(duty.place)) {
            (DutyKind::Reveal, _) => return None,
            (_, Some(entry)) => entry,
            (DutyKind::Lead, None) => {
                let execution = hand.node.execute(&hand.models.inverted(), duty)?;
                let execution = Self::forged(hand, tx, execution)?;
                hand.node.bind(duty, execution)?
            }
            (DutyKind::Verify { tx, round, .. }, None) => {
                if !self.is_ours(hand, *tx, Some(*round))? {
                    return None;
                }
                let execution = hand.node.execute(hand.models, duty)?;
                let execution = Self::forged(hand, *tx, execution)?;
                hand.node.bind(duty, execution)?
            }
            (DutyKind::Judge { .. }, None) => {
                let is_ours = self.is_ours(hand, tx, None)?;
                let mut execution = hand.node.execute(hand.models, duty)?;
                execution.disagreement = (!is_ours).then_some(0);
                if is_ours {
                    execution = Self::forged(hand, tx, execution)?;
                }
                hand.node.bind(duty, execution)?
            }
        };
        let juror = hand.node.juror(duty.place.validator)?;
        let words = juror.speak(duty.place, phase, entry)?;
        Some(vec![Said::now(words)])
    }
}
