//! A validator that waits for others to seal and open their votes, and says the same.

use super::{Hand, Liar, Said};
use crate::node::Duty;
use std::collections::BTreeMap;
use venire_node::core::Key;
use venire_protocol::{DutyKind, Input, Seat};
use venire_types::{
    Address, B256,
    jury::{Commit, Reveal},
};

/// See the module.
#[derive(Debug)]
pub(super) struct Copier {
    pub(super) keys: BTreeMap<Address, Key>,
    pub(super) waiting: Vec<Duty>,
}

impl Copier {
    fn copy(&self, hand: &Hand<'_>, duty: &Duty) -> Option<Input> {
        let place = duty.place;
        let record = hand.node.snapshot()?.record(place.tx)?;
        let round = record.rounds.get(usize::try_from(place.round).ok()?)?;
        let others = || {
            let seats = round.seats.iter();
            seats.filter(|seat| seat.operator != place.validator)
        };
        let key = self.keys.get(&place.validator)?;
        let chain_id = hand.params.chain_id;
        let (tx, round) = (place.tx, place.round);
        if matches!(duty.kind, DutyKind::Reveal) {
            let seen: &Seat = others().find(|seat| seat.revealed_ms.is_some())?;
            let reveal = Reveal {
                tx,
                round,
                vote: seen.vote,
                result_hash: seen.result_hash,
                nonce: B256::ZERO,
                payload: None,
            };
            return key.sign(chain_id, reveal).ok().map(Input::Reveal);
        }
        let commitment = others().find_map(|seat| seat.commit)?;
        let commit = Commit {
            tx,
            round,
            commitment,
        };
        key.sign(chain_id, commit).ok().map(Input::Commit)
    }
}

impl Liar for Copier {
    fn on_duty(&mut self, _: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        if matches!(duty.kind, DutyKind::Lead) {
            return None;
        }
        self.waiting.push(duty.clone());
        Some(Vec::new())
    }

    fn on_view(&mut self, hand: &mut Hand<'_>, _: u64) -> Vec<Said> {
        let now = hand.now_ms;
        self.waiting.retain(|duty| duty.deadline_ms > now);
        let mut all = Vec::new();
        let mut still = Vec::new();
        for duty in std::mem::take(&mut self.waiting) {
            match self.copy(hand, &duty) {
                Some(words) => all.push(Said::now(words)),
                None => still.push(duty),
            }
        }
        self.waiting = still;
        all
    }
}
