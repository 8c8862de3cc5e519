//! What is final stays: a final transaction never changes, becomes final when its window has closed, in the
//! order of its queue, after its parent; and the final pages of contracts are what final results wrote.
//!
//! How long a window is, is worked out here from what happened: the whole or a part at first, whole again
//! after an appeal that succeeded, shorter after one that failed; while an appeal is judged it stands
//! still (`ROUND-29`, `ROUND-35`, `ROUND-36`, `APPEAL-02`, `APPEAL-09`).

use super::{Scene, minutes::proposal_of};
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::{AppealKind, Effect, TxRecord, view};
use venire_types::{
    Address, B256,
    emission::On,
    keccak256,
    signed::canonical,
    storage::{PAGE, PageKey, StateView},
    vote::Status,
};

/// What can happen to a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    /// It can be contested until then.
    Open {
        status: Status,
        length: u64,
        ends: u64,
    },
    /// An appeal is judged; so much was left.
    Still {
        kind: AppealKind,
        length: u64,
        left: u64,
        /// What the decision did has been taken back for it.
        is_anew: bool,
    },
}

/// How far a queue is final.
#[derive(Clone, Debug, Default)]
struct Line {
    /// First slot that is not closed.
    next: u64,
    /// Later ones that were cancelled.
    gone: BTreeSet<u64>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Finality {
    windows: BTreeMap<B256, Window>,
    /// What was final when it became so.
    sealed: BTreeMap<B256, B256>,
    closed: BTreeSet<B256>,
    lines: BTreeMap<Address, Line>,
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

fn part(whole: u64, bps: u32) -> u64 {
    u64::try_from(u128::from(whole) * u128::from(bps) / 10_000).unwrap_or(whole)
}

impl Finality {
    pub(super) fn block(&mut self, scene: &Scene<'_>) -> Option<String> {
        let mut seen = None;
        for effect in scene.effects {
            let what = match effect {
                Effect::Decided {
                    tx,
                    status,
                    final_at_ms,
                } => self.decided(scene, *tx, *status, *final_at_ms),
                Effect::Appealed { tx, .. } => self.appealed(*tx, scene.now),
                Effect::TakenBack { tx } => self.taken_back(*tx),
                Effect::StatusChanged { tx, to, .. } => self.moved(scene, *tx, *to),
                _ => None,
            };
            seen = seen.or(what);
        }
        seen.or_else(|| self.overdue(scene))
    }

    /// A decision that is due and not final.
    fn overdue(&self, scene: &Scene<'_>) -> Option<String> {
        let mut windows = self.windows.iter();
        windows.find_map(|(tx, window)| {
            let is_over = matches!(window, Window::Open { ends, .. } if scene.now >= *ends);
            let record = is_over.then(|| scene.after.record(*tx)).flatten()?;
            let waits = match record.triggered_by {
                Some((parent, On::Accepted)) => !self.closed.contains(&parent),
                Some((_, On::Finalized)) | None => false,
            };
            let line = self
                .lines
                .get(&record.recipient)
                .cloned()
                .unwrap_or_default();
            let slot = record.slot.unwrap_or(line.next);
            let is_first = (line.next..slot).all(|slot| line.gone.contains(&slot));
            (is_first && !waits).then(|| format!("{tx} is due to be final, and is not"))
        })
    }

    fn appealed(&mut self, tx: B256, now: u64) -> Option<String> {
        let Some(Window::Open {
            status,
            length,
            ends,
        }) = self.windows.get(&tx).copied()
        else {
            return Some(format!("{tx} is appealed against and has no window"));
        };
        let kind = match status {
            Status::Undetermined => AppealKind::Leader,
            Status::LeaderTimeout => AppealKind::LeaderTimeout,
            _ => AppealKind::Validators,
        };
        let still = Window::Still {
            kind,
            length,
            left: ends.saturating_sub(now),
            is_anew: false,
        };
        self.windows.insert(tx, still);
        (now >= ends).then(|| format!("{tx} is appealed against at {now}, after {ends}"))
    }

    fn taken_back(&mut self, tx: B256) -> Option<String> {
        match self.windows.get_mut(&tx) {
            // It is judged anew for this very appeal, which goes on.
            Some(Window::Still { kind, is_anew, .. })
                if *kind != AppealKind::Validators && !*is_anew =>
            {
                *is_anew = true;
            }
            _ => drop(self.windows.remove(&tx)),
        }
        let is_final = self.closed.contains(&tx);
        is_final.then(|| format!("{tx} was taken back though it is final"))
    }

    /// A decision, and when its window closes.
    fn decided(
        &mut self,
        scene: &Scene<'_>,
        tx: B256,
        status: Status,
        ends: u64,
    ) -> Option<String> {
        let params = scene.params;
        let shorter = |length| part(length, params.appeal_window_bps);
        let is_verdict = matches!(status, Status::Accepted | Status::ValidatorsTimeout);
        let fresh = whole(scene, tx, status);
        let mut expected: Vec<(u64, u64)> = fresh.iter().map(|length| (*length, *length)).collect();
        if let Some(Window::Still {
            kind, length, left, ..
        }) = self.windows.get(&tx).copied()
        {
            let failed = fresh.iter().filter_map(|whole| {
                let least = part(*whole, params.window_min_bps);
                let less = shorter(length).max(least).min(length);
                let holds = match kind {
                    // Overturned, it would have been taken back.
                    AppealKind::Validators => Some(left.saturating_sub(length - less).max(least)),
                    AppealKind::Leader => (!is_verdict).then_some(less),
                    AppealKind::LeaderTimeout => (status == Status::LeaderTimeout).then_some(less),
                };
                holds.map(|left| (less, left))
            });
            let failed: Vec<(u64, u64)> = failed.collect();
            if !failed.is_empty() {
                expected = failed;
            }
        }
        let left = ends.saturating_sub(scene.now);
        let fits = expected.iter().find(|(_, wanted)| *wanted == left);
        let length = fits
            .or(expected.first())
            .map_or(left, |(length, _)| *length);
        let open = Window::Open {
            status,
            length,
            ends,
        };
        self.windows.insert(tx, open);
        fits.is_none()
            .then(|| format!("{tx} is {status:?} and open for {left} ms, not one of {expected:?}"))
    }

    fn moved(&mut self, scene: &Scene<'_>, tx: B256, to: Status) -> Option<String> {
        if self.closed.contains(&tx) {
            return Some(format!("{tx} became {to:?} though it was closed"));
        }
        let record = scene.records.get(&tx);
        match to {
            Status::Canceled => {
                self.closed.insert(tx);
                let record = record?;
                let line = self.lines.entry(record.recipient).or_default();
                line.gone.extend(record.slot);
                None
            }
            Status::Finalized => {
                let is_parent_final = match record?.triggered_by {
                    Some((parent, On::Accepted)) => self.closed.contains(&parent),
                    Some((_, On::Finalized)) | None => true,
                };
                self.closed.insert(tx);
                let what = self.finished(scene, record?);
                let early = || format!("{tx} is final before its parent");
                what.or_else(|| (!is_parent_final).then(early))
            }
            _ => None,
        }
    }

    fn finished(&mut self, scene: &Scene<'_>, record: &TxRecord) -> Option<String> {
        let (after, now, tx) = (scene.after, scene.now, record.id);
        self.sealed.insert(tx, seal(after, record));
        if record.is_success()
            && let Some(payload) = after.payload(tx)
        {
            self.pages.extend(payload.delta);
        }
        let line = self.lines.entry(record.recipient).or_default();
        let mut gap = None;
        if let Some(slot) = record.slot {
            while line.gone.remove(&line.next) {
                line.next += 1;
            }
            gap = (line.next != slot).then_some(line.next);
            line.next = slot + 1;
        }
        match self.windows.remove(&tx) {
            Some(Window::Open { ends, .. }) if now >= ends => {}
            window => return Some(format!("{tx} is final at {now}, it stands at {window:?}")),
        }
        let (who, slot) = (record.recipient, record.slot);
        gap.map(|next| format!("slot {slot:?} of {who} is final, {next} comes first"))
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

/// How long a decision that no appeal is about can be contested; two answers if the active set changes in
/// the very block, and everybody else has judged.
fn whole(scene: &Scene<'_>, tx: B256, status: Status) -> Vec<u64> {
    let params = scene.params;
    let Some(record) = scene.records.get(&tx) else {
        return vec![0];
    };
    // What was decided and taken back in one block is judged by what its rounds were then.
    let is_past = record.status != status;
    let live = record
        .rounds
        .iter()
        .rposition(|round| !round.superseded || is_past && round.is_counted());
    let Some(round) = live.filter(|_| !record.leader_only) else {
        return vec![0];
    };
    let used: BTreeSet<Address> = record
        .rounds
        .iter()
        .filter(|round| !round.superseded || is_past)
        .flat_map(|round| {
            let seats = round.seats.iter().map(|seat| seat.validator);
            seats.chain(round.idle.iter().copied())
        })
        .collect();
    let about = proposal_of(record, round).unwrap_or(round);
    let asked_nothing = scene.minutes.of(tx, about).proposed.flatten();
    let asked_nothing = asked_nothing.is_some_and(|(answers, _)| answers == 0);
    let length = if status == Status::Accepted && asked_nothing {
        part(params.finality_window_ms, params.deterministic_window_bps)
    } else {
        params.finality_window_ms
    };
    if record.validators_wanted <= params.committee_default {
        return vec![length];
    }
    let lengths = [scene.before, scene.after].map(|state| {
        let mut active = state.validators().into_iter();
        let has_fresh = active.any(|validator| !used.contains(&validator.address));
        if has_fresh { length } else { 0 }
    });
    lengths.into_iter().collect()
}
