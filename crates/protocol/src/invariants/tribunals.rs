//! The rules of tribunals, stated a second time.

use super::{Books, Violation};
use crate::{
    record::{Round, TxRecord},
    tribunal::{Finding, Tribunal, TribunalPhase},
};
use alloc::{collections::BTreeMap, collections::BTreeSet};
use venire_types::{Address, B256, vote::Vote};

impl Books {
    /// Every tribunal is about a contested result, is voted on by others, and ends as its votes
    /// say; who is accused is not drawn, who was convicted is banned, and epochs wait.
    pub(super) fn check_tribunals(&self) -> Result<(), Violation> {
        let (mut now, mut before) = (0_u64, 0_u64);
        let mut accused: BTreeMap<Address, u32> = BTreeMap::new();
        for tribunal in self.tribunals.values() {
            let fail = |what| {
                let tribunal = tribunal.id;
                Err(Violation::Tribunal { tribunal, what })
            };
            let record = self.records.get(&tribunal.tx);
            if let Some(what) = self.flaw(tribunal, record) {
                return fail(what);
            }
            if tribunal.phase == TribunalPhase::Closed {
                continue;
            }
            let (current, previous) = (&self.epochs.current, &self.epochs.previous);
            if tribunal.epoch == current.number {
                now = now.saturating_add(1);
            } else if tribunal.epoch == previous.number {
                before = before.saturating_add(1);
            } else {
                return fail("its epoch did not wait for it");
            }
            let count = accused.entry(tribunal.accused).or_default();
            *count = count.saturating_add(1);
        }
        for (epoch, there) in [(&self.epochs.current, now), (&self.epochs.previous, before)] {
            if epoch.tribunals != there {
                return Err(Violation::Open {
                    epoch: epoch.number,
                    counted: epoch.tribunals,
                    there,
                });
            }
        }
        for (validator, record) in &self.validators {
            let there = accused.get(validator).copied().unwrap_or_default();
            let is_active = self.active.iter().any(|seat| seat.address == *validator);
            // STAKE-36: held back is out of the draws, and only who is accused is.
            let is_held = record.held.is_some();
            if record.accusations != there || is_held && (is_active || there == 0) {
                return Err(Violation::Accused {
                    validator: *validator,
                    counted: record.accusations,
                    there,
                });
            }
        }
        Ok(())
    }

    /// What is wrong with one tribunal, if anything.
    fn flaw(&self, tribunal: &Tribunal, record: Option<&TxRecord>) -> Option<&'static str> {
        let Some(record) = record else {
            return Some("its transaction is not there");
        };
        let index = usize::try_from(tribunal.round).ok();
        let Some(round) = index.and_then(|index| record.rounds.get(index)) else {
            return Some("its round is not there");
        };
        if self.records.contains_key(&tribunal.id) {
            return Some("a transaction has its id");
        }
        if round.judges.is_some()
            || round.result_hash != Some(tribunal.result_hash)
            || round.leader() != Some(tribunal.accused)
        {
            return Some("it is not about what the leader of its round opened");
        }
        let contests = |round: &Round| {
            let mut seats = round.seats.iter();
            seats.any(|seat| seat.vote == Vote::DeterministicViolation)
        };
        if !tribunal.evidence(record).any(contests) {
            return Some("nobody contests the result");
        }
        let voters: BTreeSet<Address> = tribunal.seats.iter().map(|seat| seat.validator).collect();
        let mut jurors = round.seats.iter().map(|seat| seat.validator);
        if voters.len() != tribunal.seats.len() || jurors.any(|juror| voters.contains(&juror)) {
            return Some("somebody votes twice, or about itself");
        }
        let is_open = tribunal.phase != TribunalPhase::Closed;
        if is_open != self.timers.contains(&tribunal.id) || is_open != tribunal.finding.is_none() {
            return Some("it does not end by itself");
        }
        let finding = tribunal.finding?;
        if finding != recount(tribunal) {
            return Some("it did not end as its votes say");
        }
        let leader = self.validators.get(&tribunal.accused);
        let convicted = matches!(finding, Finding::Convicted { .. });
        if convicted && leader.is_some_and(|leader| !leader.banned_for_ever) {
            return Some("who was convicted is not banned");
        }
        None
    }
}

/// Twice the votes for one result are more than all seats: that result is right.
fn recount(tribunal: &Tribunal) -> Finding {
    let results = tribunal.seats.iter().map(|seat| seat.result_hash);
    let results: BTreeSet<B256> = results.filter(|hash| *hash != B256::ZERO).collect();
    for right in results {
        let votes = tribunal.seats.iter().filter(|seat| {
            seat.result_hash == right && matches!(seat.vote, Vote::Agree | Vote::Disagree)
        });
        if votes.count().saturating_mul(2) > tribunal.seats.len() {
            return if right == tribunal.result_hash {
                Finding::Restored
            } else {
                Finding::Convicted { right }
            };
        }
    }
    Finding::NoMajority
}
