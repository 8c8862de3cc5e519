//! What is final stays: a final transaction never changes, becomes final in the order of its queue and
//! not before its window has closed, and the final pages of contracts are what final results wrote.

use super::Sight;
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::{Effect, TxRecord, view};
use venire_types::{
    Address, B256, keccak256,
    signed::canonical,
    storage::{PAGE, PageKey, StateView},
    vote::Status,
};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Finality {
    /// When the window of the present decision closes.
    windows: BTreeMap<B256, u64>,
    /// What was final when it became so.
    sealed: BTreeMap<B256, B256>,
    closed: BTreeSet<B256>,
    /// Last final slot of each queue.
    slots: BTreeMap<Address, u64>,
    /// Pages as final results wrote them.
    pages: BTreeMap<PageKey, [u8; PAGE]>,
}

/// What must never change again.
fn seal(state: &Snapshot, record: &TxRecord) -> B256 {
    let payload = state.payload(record.id).map(|payload| payload.hash());
    let rounds: Vec<_> = record
        .rounds
        .iter()
        .map(|round| (round.number, round.result as u8, round.result_hash))
        .collect();
    let what = (
        record.status as u8,
        record.outcome.as_ref().map(|outcome| outcome.to_bytes()),
        payload,
        rounds,
        record.history.len() as u64,
    );
    keccak256(canonical(&what))
}

impl Finality {
    pub(super) fn block(&mut self, sight: &Sight<'_>) -> Option<String> {
        let now = sight.ordered.block.time_ms;
        let mut seen = None;
        for effect in &sight.ordered.effects {
            let what = match effect {
                Effect::Decided {
                    tx, final_at_ms, ..
                } => {
                    self.windows.insert(*tx, *final_at_ms);
                    None
                }
                Effect::TakenBack { tx } => {
                    self.windows.remove(tx);
                    let is_final = self.closed.contains(tx);
                    is_final.then(|| format!("{tx} was taken back though it is final"))
                }
                Effect::StatusChanged { tx, to, .. } => self.moved(sight.after, *tx, *to, now),
                _ => None,
            };
            seen = seen.or(what);
        }
        seen
    }

    fn moved(&mut self, after: &Snapshot, tx: B256, to: Status, now: u64) -> Option<String> {
        if self.closed.contains(&tx) {
            return Some(format!("{tx} became {to:?} though it was closed"));
        }
        match to {
            Status::Canceled => drop(self.closed.insert(tx)),
            Status::Finalized => {
                self.closed.insert(tx);
                return self.finished(after, tx, now);
            }
            _ => {}
        }
        None
    }

    fn finished(&mut self, after: &Snapshot, tx: B256, now: u64) -> Option<String> {
        let record = after.record(tx)?;
        self.sealed.insert(tx, seal(after, &record));
        let window = self.windows.remove(&tx);
        if let Some(end) = window.filter(|end| now < *end) {
            return Some(format!(
                "{tx} is final at {now}, its window closes at {end}"
            ));
        }
        if let Some(slot) = record.slot {
            let last = self.slots.insert(record.recipient, slot);
            if last.is_some_and(|last| last >= slot) {
                let who = record.recipient;
                return Some(format!("slot {slot} of {who} is final after {last:?}"));
            }
        }
        if record.is_success()
            && let Some(payload) = after.payload(tx)
        {
            self.pages.extend(payload.delta);
        }
        None
    }

    pub(super) fn end(&self, state: &Snapshot) -> Vec<String> {
        let mut all = Vec::new();
        for (tx, sealed) in &self.sealed {
            let now = state.record(*tx).map(|record| seal(state, &record));
            if now != Some(*sealed) {
                all.push(format!("{tx} changed after it was final"));
            }
        }
        for (key, page) in &self.pages {
            let now = view::page(state, key, StateView::Finalized);
            if now.ok() != Some(*page) {
                all.push(format!("page {key:?} is not what final results wrote"));
            }
        }
        all
    }
}
