//! A validator that seals its votes and never opens them.

use super::{Hand, Liar, Said};
use crate::node::Duty;
use venire_protocol::DutyKind;

/// See the module.
#[derive(Debug)]
pub(super) struct NonRevealer;

impl Liar for NonRevealer {
    fn on_duty(&mut self, _: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        matches!(duty.kind, DutyKind::Reveal).then(Vec::new)
    }
}
