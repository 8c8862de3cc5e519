//! A validator that never proposes when it leads, and is honest otherwise.

use super::{Hand, Liar, Said};
use crate::node::Duty;
use venire_protocol::DutyKind;

/// See the module.
#[derive(Debug)]
pub(super) struct SilentLeader;

impl Liar for SilentLeader {
    fn on_duty(&mut self, _: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        matches!(duty.kind, DutyKind::Lead).then(Vec::new)
    }
}
