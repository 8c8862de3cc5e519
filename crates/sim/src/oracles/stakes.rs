//! What a slash takes: the share that is due of all stake that answered for the deed, at most the cap of an
//! epoch, when the books are primed (`STAKE-31`, `STAKE-32`).
//!
//! # Invariants
//! - The amounts are worked out backwards, from the stake that is left: what was earned in the same step
//!   need not be known for it.

use super::{Scene, slash::Due};
use std::collections::BTreeMap;
use venire_protocol::{
    Params,
    stake::{self, Pool, StakedValidator},
};
use venire_types::{Address, U256};

/// Wei that rounding may move, for each offence.
const ROUNDING: u64 = 16;

/// Compares the slashes of a block with what is gone.
pub(super) fn enacted<'a>(
    scene: &Scene<'_>,
    primed: &[(Address, StakedValidator, Due)],
    books: &impl Fn(Address) -> Option<&'a StakedValidator>,
) -> Option<String> {
    let before = figure(scene.before, scene.after);
    let after = stake::view::epochs(scene.after).ok()?.current.slashed;
    let taken = after.saturating_sub(before);
    let (mut least, mut most) = (U256::ZERO, U256::ZERO);
    for (who, before, due) in primed {
        let validator = books(*who)?;
        let lost = lost(scene.params, before, validator, due);
        // Exits of several epochs answer for different deeds: a hundredth of it.
        let slack = lost / U256::from(100) + U256::from(ROUNDING);
        if lost.is_zero() {
            continue;
        }
        most = most.saturating_add(lost).saturating_add(slack);
        if validator.own.stake > U256::ONE {
            least = least.saturating_add(lost.saturating_sub(slack));
        }
    }
    if taken < least || taken > most {
        return Some(format!(
            "{taken} wei were slashed, {least} to {most} were due"
        ));
    }
    let burned = |state: &venire_node::core::Snapshot| state.globals().burned;
    let gone = burned(scene.after).saturating_sub(burned(scene.before));
    let kept = taken.saturating_mul(U256::from(scene.params.stake.primer_bps)) / U256::from(10_000);
    (gone < taken.saturating_sub(kept))
        .then(|| format!("{taken} wei were slashed, and {gone} burned"))
}

/// What was slashed in the present epoch before the block.
fn figure(before: &venire_node::core::Snapshot, after: &venire_node::core::Snapshot) -> U256 {
    let (old, new) = (stake::view::epochs(before), stake::view::epochs(after));
    match (old, new) {
        (Ok(old), Ok(new)) if old.current.number == new.current.number => old.current.slashed,
        _ => U256::ZERO,
    }
}

/// Wei that the slashes that came due since `before` have taken from a validator that is primed now.
fn lost(params: &Params, before: &StakedValidator, validator: &StakedValidator, due: &Due) -> U256 {
    let (from, cap) = (before.primed, params.stake.slash_cap_bps);
    let delay = params.stake.activation_epochs;
    let pools = [
        (&before.own, &validator.own),
        (&before.delegated, &validator.delegated),
    ];
    let mut epochs: BTreeMap<u64, Vec<(u64, u32)>> = BTreeMap::new();
    for ((deed, due), bps) in due.iter().filter(|((_, due), _)| *due <= validator.primed) {
        epochs
            .entry(*due.max(&(from + 1)))
            .or_default()
            .push((*deed, *bps));
    }
    let mut lost = U256::ZERO;
    for deeds in epochs.into_values().rev() {
        let mut room = cap;
        let mut rates = Vec::new();
        for (deed, bps) in deeds {
            let rate = bps.min(room);
            room -= rate;
            rates.push((deed, rate));
        }
        for (deed, rate) in rates.into_iter().rev().filter(|(_, rate)| *rate > 0) {
            let rest = pools.iter().fold(lost, |sum, (old, pool)| {
                let new = came(old, validator.primed, delay);
                let all = answers(pool, deed, validator.primed);
                sum.saturating_add(all.saturating_sub(new))
            });
            let taken =
                rest.saturating_mul(U256::from(rate)) / U256::from(10_000 - rate.min(9_999));
            lost = lost.saturating_add(taken);
        }
    }
    lost
}

/// What of a pool answered for a deed, before exits left and deposits came in the last step.
fn answers(pool: &Pool, deed: u64, primed: u64) -> U256 {
    let exits = pool.exits.iter();
    let exits = exits.filter(|exit| exit.epoch >= deed || exit.epoch + 1 == primed);
    exits.fold(pool.stake, |sum, exit| sum.saturating_add(exit.output))
}

/// Deposits that began to work in the same step, after the slash.
fn came(old: &Pool, primed: u64, delay: u64) -> U256 {
    let due = old.deposits.iter();
    let due = due.filter(|batch| batch.epoch.saturating_add(delay) <= primed);
    due.fold(U256::ZERO, |sum, batch| sum.saturating_add(batch.input))
}
