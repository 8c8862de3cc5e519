//! Punishment follows from deeds, and from nothing else: an own ledger of who let a deadline pass and whose
//! result a tribunal found wrong says who will be slashed, by how much and when (`STAKE-30` to `STAKE-33`,
//! `TRIBUNAL-09` to `TRIBUNAL-14`), and the stakes after each priming say that it was done.
//!
//! # Invariants
//! - Both ways: nobody is slashed without a deed, and no deed goes without its slash.

use super::{
    Scene,
    minutes::{Leg, is_phase, legs, proposal_of},
    stakes,
};
use crate::scenario::Scenario;
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::{
    Effect, Finding, Key, Lookup, Read, Round, Tribunal, TxRecord,
    stake::{self, StakedValidator},
};
use venire_types::{
    Address, B256,
    vote::{Status, Vote},
};

/// A deed: who, the epoch that it belongs to, ten thousandths, and whether time brought it to light (what
/// inputs bring to light may belong to the epoch that began in the same block).
#[derive(Clone, Copy, Debug)]
struct Deed {
    who: Address,
    epoch: u64,
    bps: u32,
    by_time: bool,
}

/// Slashes to come of a validator, by epoch of the deed and epoch in which they are enacted.
pub(super) type Due = BTreeMap<(u64, u64), u32>;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Slash {
    /// The books of everybody, and their bytes.
    books: BTreeMap<Address, (Vec<u8>, StakedValidator)>,
    joined: usize,
    /// Slashes to come.
    due: BTreeMap<Address, Due>,
    epoch: u64,
    /// Epochs in which transactions were created.
    born: BTreeMap<B256, u64>,
    /// Silence that has been counted: of whom, about what, in which epoch.
    struck: BTreeSet<(Address, B256, u64)>,
    /// When the present period of sealing began, by transaction and round.
    sealing: BTreeMap<(B256, usize), u64>,
    /// Tribunals by transaction: proposal, accused, the right result once it is known.
    tribunals: BTreeMap<B256, Vec<(usize, Address, Option<B256>)>>,
    /// Rounds whose jurors have been measured by a tribunal.
    measured: BTreeSet<(B256, usize)>,
    /// Who must not be punished in this world.
    innocent: BTreeSet<Address>,
}

impl Slash {
    pub(super) fn new(scenario: &Scenario, genesis: &Snapshot, liable: &BTreeSet<Address>) -> Self {
        let is_calm = scenario.troubles.is_empty()
            && scenario.links.loss == 0
            && scenario.links.slow.is_empty();
        let mut slash = Self {
            epoch: stake::view::epoch(genesis).unwrap_or_default(),
            ..Self::default()
        };
        slash.read(genesis);
        for (who, (_, books)) in &slash.books {
            let due = books.offences.iter();
            let due = due.map(|offence| ((offence.epoch, offence.due), offence.bps));
            slash.due.insert(*who, due.collect());
        }
        let honest = slash.books.keys().copied();
        let honest = honest.filter(|address| is_calm && !liable.contains(address));
        slash.innocent = honest.collect();
        slash
    }

    /// Reads the books that changed; returns who they are of, with what they were.
    fn read(&mut self, state: &Snapshot) -> Vec<(Address, Option<StakedValidator>)> {
        let joined = stake::view::validators_joined_count(state).unwrap_or_default();
        let mut all: Vec<Address> = self.books.keys().copied().collect();
        if joined != self.joined {
            self.joined = joined;
            all.extend(stake::view::validators_joined(state, 0, joined).unwrap_or_default());
            all.sort_unstable();
            all.dedup();
        }
        let mut changed = Vec::new();
        for address in all {
            let Lookup::Present(bytes) = state.get(&Key::staked(address)) else {
                continue;
            };
            if self
                .books
                .get(&address)
                .is_some_and(|(old, _)| *old == bytes)
            {
                continue;
            }
            if let Ok(books) = borsh::from_slice(&bytes) {
                let old = self.books.insert(address, (bytes.to_vec(), books));
                changed.push((address, old.map(|(_, old)| old)));
            }
        }
        changed
    }

    pub(super) fn block(&mut self, scene: &Scene<'_>) -> Option<String> {
        let (was, deeds, verdict) = (self.epoch, self.deeds(scene), self.closed(scene));
        self.epoch = stake::view::epoch(scene.after).unwrap_or_default();
        let mut deeds = deeds;
        deeds.extend(verdict.0);
        self.note_epochs(scene);
        let changed = self.read(scene.after);
        let mut touched: BTreeSet<Address> = changed.iter().map(|(who, _)| *who).collect();
        touched.extend(deeds.iter().map(|deed| deed.who));
        let mut seen = verdict.1;
        let mut enacted = Vec::new();
        for who in touched {
            let Some((_, books)) = self.books.get(&who) else {
                continue;
            };
            let before = changed.iter().find(|(changed, _)| *changed == who);
            let primed = before
                .and_then(|(_, old)| old.as_ref())
                .map_or(books.primed, |old| old.primed);
            let old = self.due.get(&who).cloned().unwrap_or_default();
            let delay = scene.params.stake.slash_delay_epochs;
            let ledgers = [was, self.epoch].map(|later| {
                let mut due = old.clone();
                for deed in deeds.iter().filter(|deed| deed.who == who) {
                    let noted = if deed.by_time { was } else { later };
                    *due.entry((deed.epoch, noted + delay)).or_default() += deed.bps;
                }
                due
            });
            let mut actual = Due::new();
            for offence in &books.offences {
                *actual.entry((offence.epoch, offence.due)).or_default() += offence.bps;
            }
            let later = |due: &Due| -> Due {
                let due = due.iter().map(|(key, bps)| (*key, *bps));
                due.filter(|((_, due), _)| *due > books.primed || books.primed == primed)
                    .collect()
            };
            let ledger = ledgers.iter().find(|due| later(due) == actual);
            let Some(ledger) = ledger else {
                let [first, _] = &ledgers;
                let what = format!("{who} will be slashed for {actual:?}, its deeds are {first:?}");
                seen = seen.or(Some(what));
                self.due.insert(who, actual);
                continue;
            };
            if books.primed > primed {
                let before = before.and_then(|(_, old)| old.clone());
                enacted.push((who, before.unwrap_or_default(), ledger.clone()));
            }
            if self.innocent.contains(&who) && !actual.is_empty() {
                seen = seen.or_else(|| Some(format!("{who} is honest and will be slashed")));
            }
            self.due.insert(who, actual);
        }
        let books = |who: Address| self.books.get(&who).map(|(_, books)| books);
        seen.or_else(|| stakes::enacted(scene, &enacted, &books))
    }

    /// In which epoch the transactions of a block were created.
    fn note_epochs(&mut self, scene: &Scene<'_>) {
        let Ok(epochs) = stake::view::epochs(scene.after) else {
            return;
        };
        for effect in scene.effects {
            if let Effect::Created { tx, .. } = effect
                && let Some(record) = scene.records.get(tx)
            {
                let is_new = record.index >= epochs.current.first_transaction;
                let epoch = if is_new {
                    &epochs.current
                } else {
                    &epochs.previous
                };
                self.born.insert(*tx, epoch.number);
            }
        }
    }

    /// Silence about `cause` (`STAKE-30`): once for each cause in an epoch.
    fn silent(
        &mut self,
        scene: &Scene<'_>,
        who: Address,
        cause: B256,
        about: B256,
    ) -> Option<Deed> {
        let rules = &scene.params.stake;
        let is_new = self.struck.insert((who, cause, self.epoch));
        let epoch = self.born.get(&about).copied().unwrap_or(self.epoch);
        (is_new && rules.idle_bps > 0).then_some(Deed {
            who,
            epoch,
            bps: rules.idle_bps,
            by_time: cause == about,
        })
    }

    /// Deadlines that passed in a block.
    fn deeds(&mut self, scene: &Scene<'_>) -> Vec<Deed> {
        let mut silent = Vec::new();
        for record in scene.records.values() {
            for leg in legs(record) {
                silent.extend(
                    self.idle(scene, record, &leg)
                        .into_iter()
                        .map(|who| (who, record.id)),
                );
            }
        }
        silent
            .into_iter()
            .filter_map(|(who, tx)| self.silent(scene, who, tx, tx))
            .collect()
    }

    /// Who let a deadline of this round pass in this block.
    fn idle(&mut self, scene: &Scene<'_>, record: &TxRecord, leg: &Leg<'_>) -> Vec<Address> {
        let (params, height) = (scene.params, scene.height);
        let place = (record.id, leg.index);
        let words = scene.minutes.of(record.id, leg.index);
        let mut idle = Vec::new();
        for (at, step) in leg.steps.iter().enumerate() {
            let next = leg.steps.get(at + 1).copied();
            let next = next.or_else(|| leg.fate.filter(|_| is_phase(step.status)));
            let ends = next.filter(|next| next.height == height);
            let is_reset = ends.is_some_and(|next| {
                next.status == Status::Pending && leg.round.superseded && !leg.round.is_counted()
            });
            if is_reset {
                continue;
            }
            let had = |start: u64, all: u64| scene.now >= start.saturating_add(all);
            match step.status {
                Status::Proposing => {
                    let is_silent = words.proposed.is_none() && ends.is_some();
                    idle.extend(leg.round.leader().filter(|_| is_silent));
                }
                Status::Committing | Status::AppealCommitting => {
                    let start = self.sealing.entry(place).or_insert(step.time_ms);
                    let replaced = replaced(scene, record.id, leg);
                    let is_over = ends.is_some() || !replaced.is_empty();
                    if !is_over || !had(*start, params.commit_timeout_ms) {
                        continue;
                    }
                    if !replaced.is_empty() {
                        *start = scene.now;
                    }
                    let seats = earlier_round(scene, record.id, leg.index);
                    let seats = seats.map(|round| round.seats).unwrap_or_default();
                    let silent = seats
                        .iter()
                        .filter(|s| !words.had_sealed(s.operator, height));
                    idle.extend(silent.map(|seat| seat.validator));
                }
                Status::Revealing | Status::AppealRevealing => {
                    if ends.is_none() || !had(step.time_ms, params.reveal_timeout_ms) {
                        continue;
                    }
                    let silent = leg.round.seats.iter().filter(|seat| {
                        words.had_sealed(seat.operator, height)
                            && !words.had_opened(seat.operator, height)
                    });
                    idle.extend(silent.map(|seat| seat.validator));
                }
                _ => {}
            }
        }
        idle
    }

    /// Tribunals that ended in a block, and rounds that an older finding measures.
    fn closed(&mut self, scene: &Scene<'_>) -> (Vec<Deed>, Option<String>) {
        let (mut deeds, mut seen) = (Vec::new(), None);
        for effect in scene.effects {
            let Effect::TribunalClosed {
                tribunal,
                tx,
                finding,
            } = effect
            else {
                continue;
            };
            let (Some(tribunal), Some(record)) = (
                venire_protocol::view::tribunal(scene.after, *tribunal)
                    .ok()
                    .flatten(),
                scene.records.get(tx),
            ) else {
                continue;
            };
            let (found, right) = find(scene, record, &tribunal);
            if found != *finding {
                seen = Some(format!(
                    "a tribunal about {tx} found {finding:?}, votes say {found:?}"
                ));
            }
            deeds.extend(self.voters(scene, &tribunal, right));
            let rules = &scene.params.stake;
            if matches!(found, Finding::Convicted { .. }) {
                let who = tribunal.accused;
                deeds.extend(self.guilty(who, tribunal.tx, rules.violation_leader_bps));
            }
            let round = usize::try_from(tribunal.round).unwrap_or(usize::MAX);
            let all = self.tribunals.entry(*tx).or_default();
            all.push((round, tribunal.accused, right));
        }
        for record in scene.records.values() {
            deeds.extend(self.jurors(scene, record));
        }
        (deeds, seen)
    }

    fn guilty(&self, who: Address, tx: B256, bps: u32) -> Option<Deed> {
        let epoch = self.born.get(&tx).copied().unwrap_or(self.epoch);
        let by_time = false;
        (bps > 0).then_some(Deed {
            who,
            epoch,
            bps,
            by_time,
        })
    }

    /// Voters that were silent (`TRIBUNAL-10`), or wrong (`TRIBUNAL-13`).
    fn voters(&mut self, scene: &Scene<'_>, tribunal: &Tribunal, right: Option<B256>) -> Vec<Deed> {
        let words = scene.minutes.of(tribunal.id, 0);
        let mut deeds = Vec::new();
        for seat in &tribunal.seats {
            match words.opened.get(&seat.operator) {
                None => deeds.extend(self.silent(scene, seat.validator, tribunal.id, tribunal.tx)),
                Some(opened) => {
                    let has_result = matches!(opened.vote, Vote::Agree | Vote::Disagree);
                    if has_result && right.is_some_and(|right| right != opened.result) {
                        let bps = scene.params.stake.violation_bps;
                        deeds.extend(self.guilty(seat.validator, tribunal.tx, bps));
                    }
                }
            }
        }
        deeds
    }

    /// Jurors that vouched for another result than the right one (`TRIBUNAL-13`, `TRIBUNAL-14`).
    fn jurors(&mut self, scene: &Scene<'_>, record: &TxRecord) -> Vec<Deed> {
        let Some(tribunals) = self.tribunals.get(&record.id).cloned() else {
            return Vec::new();
        };
        let mut deeds = Vec::new();
        for (index, round) in record.rounds.iter().enumerate() {
            let about = proposal_of(record, index);
            let known = tribunals
                .iter()
                .find(|(proposal, ..)| Some(*proposal) == about);
            let Some((_, accused, Some(right))) = known.filter(|_| round.is_counted()) else {
                continue;
            };
            if !self.measured.insert((record.id, index)) {
                continue;
            }
            let leaders = scene.minutes.result(record, index);
            for seat in round.seats.iter().filter(|seat| seat.validator != *accused) {
                let (vote, result) = scene.minutes.vote(record, index, seat);
                let is_wrong = match vote {
                    Vote::Agree => leaders != Some(*right),
                    Vote::DeterministicViolation => {
                        leaders == Some(*right) || result != *right && result != B256::ZERO
                    }
                    Vote::NotVoted | Vote::Disagree | Vote::Timeout => false,
                };
                let bps = scene.params.stake.violation_bps;
                let deed = is_wrong.then(|| self.guilty(seat.validator, record.id, bps));
                deeds.extend(deed.flatten());
            }
        }
        deeds
    }
}

/// A round as it was before the block.
fn earlier_round(scene: &Scene<'_>, tx: B256, index: usize) -> Option<Round> {
    scene.before.record(tx)?.rounds.get(index).cloned()
}

/// Members whose seats others took in this block (`ROUND-34`).
fn replaced(scene: &Scene<'_>, tx: B256, leg: &Leg<'_>) -> Vec<Address> {
    if leg.round.idle.is_empty() {
        return Vec::new();
    }
    let before = earlier_round(scene, tx, leg.index);
    let known = before.map_or(0, |round| round.idle.len());
    leg.round.idle.iter().copied().skip(known).collect()
}

/// What a tribunal finds: the result that more than half of all voters have (`TRIBUNAL-09`).
fn find(scene: &Scene<'_>, record: &TxRecord, tribunal: &Tribunal) -> (Finding, Option<B256>) {
    let words = scene.minutes.of(tribunal.id, 0);
    let mut counts: BTreeMap<B256, usize> = BTreeMap::new();
    for seat in &tribunal.seats {
        let opened = words.opened.get(&seat.operator);
        if let Some(opened) = opened.filter(|o| matches!(o.vote, Vote::Agree | Vote::Disagree)) {
            *counts.entry(opened.result).or_default() += 1;
        }
    }
    let half = tribunal.seats.len() / 2;
    let right = counts.into_iter().find(|(_, count)| *count > half);
    let round = usize::try_from(tribunal.round).unwrap_or(usize::MAX);
    match right {
        None => (Finding::NoMajority, None),
        Some((right, _)) if scene.minutes.result(record, round) == Some(right) => {
            (Finding::Restored, Some(right))
        }
        Some((right, _)) => (Finding::Convicted { right }, Some(right)),
    }
}
