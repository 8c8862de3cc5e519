//! Punishment has bounds: no more than the cap for each epoch, and nothing at all for honest validators
//! whose network works.

use super::Sight;
use crate::scenario::Scenario;
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::stake::{self, StakedValidator};
use venire_types::{Address, U256};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Slash {
    books: BTreeMap<Address, StakedValidator>,
    epoch: u64,
    /// Who must not be punished in this world.
    innocent: BTreeSet<Address>,
}

fn read(state: &Snapshot) -> BTreeMap<Address, StakedValidator> {
    let all = stake::view::validators_joined(state, 0, 2_000).unwrap_or_default();
    all.into_iter()
        .filter_map(|address| {
            let validator = stake::view::validator(state, address).ok()??;
            Some((address, validator))
        })
        .collect()
}

impl Slash {
    pub(super) fn new(scenario: &Scenario, genesis: &Snapshot, liable: &BTreeSet<Address>) -> Self {
        let books = read(genesis);
        let is_calm = scenario.troubles.is_empty()
            && scenario.links.loss == 0
            && scenario.links.slow.is_empty();
        let innocent = books.keys().copied();
        let innocent = innocent.filter(|address| is_calm && !liable.contains(address));
        Self {
            innocent: innocent.collect(),
            epoch: stake::view::epoch(genesis).unwrap_or_default(),
            books,
        }
    }

    pub(super) fn block(&mut self, sight: &Sight<'_>) -> Option<String> {
        let epoch = stake::view::epoch(sight.after).unwrap_or_default();
        if epoch == self.epoch {
            return None;
        }
        self.epoch = epoch;
        let now = read(sight.after);
        let seen = now.iter().find_map(|(address, after)| {
            if self.innocent.contains(address) && !after.offences.is_empty() {
                return Some(format!("{address} is honest and will be slashed"));
            }
            let before = self.books.get(address)?;
            let cap = sight.params.stake.slash_cap_bps;
            too_much(before, after, cap).map(|what| format!("{address}: {what}"))
        });
        self.books = now;
        seen
    }
}

/// Whether a validator lost more than the cap for each epoch of its books, penalties aside.
fn too_much(before: &StakedValidator, after: &StakedValidator, cap_bps: u32) -> Option<String> {
    let epochs = after.primed.saturating_sub(before.primed);
    let mut lost = U256::ZERO;
    let mut whole = U256::ZERO;
    for (old, new) in [
        (&before.own, &after.own),
        (&before.delegated, &after.delegated),
    ] {
        // A pool that everybody left begins anew, and its shares have another price.
        let exits = new.exits.iter();
        let left = exits.filter(|exit| exit.epoch + 1 >= before.primed);
        let left = left.fold(U256::ZERO, |sum, exit| sum.saturating_add(exit.input));
        if new.shares.is_zero() || left >= old.shares {
            continue;
        }
        whole = whole
            .saturating_add(old.stake)
            .saturating_add(old.unbonding());
        let worth = new.worth(old.shares.min(new.shares));
        let was = old.worth(old.shares.min(new.shares));
        lost = lost.saturating_add(was.saturating_sub(worth));
    }
    let rate = U256::from(cap_bps).saturating_mul(U256::from(epochs));
    let most = whole.saturating_mul(rate) / U256::from(10_000);
    // Penalties of the epoch are taken besides, and rounding.
    let fines = before
        .penalties
        .max(after.penalties)
        .saturating_add(U256::from(1_000));
    let allowed = most
        .saturating_add(fines)
        .saturating_add(new_fines(before, after));
    (lost > allowed).then(|| format!("{lost} wei were taken, {allowed} may be"))
}

/// Penalties that came and were taken between two looks are bounded by what it earned and owned; they
/// cannot be seen, so a hundredth of the stake is granted for them.
fn new_fines(before: &StakedValidator, after: &StakedValidator) -> U256 {
    before.own.stake.max(after.own.stake) / U256::from(100)
}
