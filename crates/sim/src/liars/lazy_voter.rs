//! A validator that agrees with everything and executes nothing: it saves the cost of its model. It
//! cannot know the hash of the result that it agrees with.

use super::{Hand, Liar, Said};
use crate::node::Duty;
use venire_node::core::{Commitment, Entry, Note, Phase};
use venire_protocol::DutyKind;
use venire_types::{B256, vote::Vote};

/// See the module.
#[derive(Debug)]
pub(super) struct LazyVoter;

impl Liar for LazyVoter {
    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        if !matches!(duty.kind, DutyKind::Judge { .. }) {
            return None;
        }
        let entry = hand.node.recalls(duty.place).unwrap_or_else(|| Entry {
            bound: Commitment {
                vote: Vote::Agree,
                result_hash: B256::ZERO,
                payload: None,
            },
            proposal: None,
            note: Note::default(),
        });
        hand.node.write(duty.place, &entry)?;
        let juror = hand.node.juror(duty.place.validator)?;
        let words = juror.speak(duty.place, Phase::Judge, entry);
        Some(words.map(Said::now).into_iter().collect())
    }
}
