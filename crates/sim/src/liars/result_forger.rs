//! A leader that proposes a result which the contract did not compute, or seals one result and
//! publishes another.

use super::{Hand, Liar, Said};
use crate::{contract::counter, node::Duty};
use venire_node::core::{Entry, Phase};
use venire_protocol::DutyKind;

/// What is forged into the counter of the contract.
pub(super) const FORGED: [u8; 32] = [0xf0; 32];

/// See the module.
#[derive(Debug)]
pub(super) struct ResultForger {
    /// Seals what it computed and publishes something else.
    pub(super) switches: bool,
}

impl ResultForger {
    fn switched(hand: &Hand<'_>, duty: &Duty) -> Option<Entry> {
        let mut entry = hand.node.recalls(duty.place)?;
        let payload = entry.bound.payload.as_mut()?;
        let page = payload.delta.values_mut().next()?;
        *page = FORGED;
        entry.bound.result_hash = payload.hash();
        Some(entry)
    }
}

impl Liar for ResultForger {
    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        let phase = Phase::from(&duty.kind);
        let entry = match &duty.kind {
            DutyKind::Lead if !self.switches => {
                let mut execution = hand.node.execute(hand.models, duty)?;
                let record = hand.node.snapshot()?.record(duty.place.tx)?;
                if execution.outcome.is_success() {
                    execution.delta.insert(counter(record.recipient), FORGED);
                }
                hand.node.bind(duty, execution)?
            }
            DutyKind::Reveal if self.switches => Self::switched(hand, duty)?,
            _ => return None,
        };
        let juror = hand.node.juror(duty.place.validator)?;
        let words = juror.speak(duty.place, phase, entry)?;
        Some(vec![Said::now(words)])
    }
}
