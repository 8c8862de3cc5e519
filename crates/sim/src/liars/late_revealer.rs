//! A validator that opens its votes just after the deadline.

use super::{Hand, Liar, Said};
use crate::node::Duty;
use venire_protocol::DutyKind;

/// See the module.
#[derive(Debug)]
pub(super) struct LateRevealer;

impl Liar for LateRevealer {
    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        if !matches!(duty.kind, DutyKind::Reveal) {
            return None;
        }
        let after_ms = duty.deadline_ms.saturating_sub(hand.now_ms) + 1;
        let words = hand.honest(duty)?;
        Some(vec![Said::later(words, after_ms)])
    }
}
