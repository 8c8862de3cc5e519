//! Appeals have a price: a bond that pays for exactly the members that the appeal adds, and a reward of at
//! most one and a half bonds; and when a transaction is final everybody gets what the rules promise: judges
//! their fees, winners bond and reward, those who were right the bonds of losers (`APPEAL-05`, `APPEAL-12`,
//! `FEE-06` to `FEE-16`).
//!
//! # Invariants
//! - It is checked that everybody gets no less; as money is conserved exactly, nobody gets more.

use super::{Scene, dues};
use std::collections::{BTreeMap, BTreeSet};
use venire_protocol::{
    Appeal, AppealEnd, AppealKind, Effect, Input, Params, Round, TxRecord, stake,
};
use venire_types::{Address, U256, vote::Status};

/// Judges the appeals that were filed in a block, and what was paid out in it.
pub(super) fn block(scene: &Scene<'_>) -> Option<String> {
    let filed = scene.records.values().find_map(|record| {
        let mut new = record.appeals.iter();
        let new = new.find_map(|appeal| {
            let is_new = appeal.filed_height == scene.height;
            is_new
                .then(|| priced(scene.params, record, appeal))
                .flatten()
        });
        new.map(|what| format!("an appeal against {}: {what}", record.id))
    });
    filed.or_else(|| paid(scene))
}

fn members(round: &Round) -> BTreeSet<Address> {
    round.seats.iter().map(|seat| seat.validator).collect()
}

/// The bond and the most that it may win (`FEE-11`).
fn priced(params: &Params, record: &TxRecord, appeal: &Appeal) -> Option<String> {
    let fees = &params.fees;
    let at = |index: u32| record.rounds.get(usize::try_from(index).ok()?);
    let Some(judging) = at(appeal.first) else {
        return Some("nobody judges it".into());
    };
    let mut fresh = members(judging);
    if appeal.kind != AppealKind::Validators {
        let against = at(appeal.against)?;
        let leader = against.leader();
        let stay = members(against);
        fresh.retain(|member| !stay.contains(member) || Some(*member) == leader);
    }
    let units = U256::from(fees.validator_units).saturating_mul(U256::from(fresh.len()));
    let units = units.saturating_add(U256::from(fees.leader_units));
    let price = units.saturating_mul(fees.unit_price).max(U256::ONE);
    let bond = appeal.bond;
    if bond != price {
        let count = fresh.len();
        return Some(format!(
            "its bond is {bond}, {count} fresh members cost {price}"
        ));
    }
    let most = bond.saturating_mul(U256::from(fees.reward_bps)) / U256::from(10_000);
    let reward = appeal.reward;
    (reward > most).then(|| format!("its reward is {reward}, at most {most} is right"))
}

/// Whether everybody got what the transactions that became final in a block owe.
fn paid(scene: &Scene<'_>) -> Option<String> {
    let mut owed = dues::Dues::default();
    let mut any = false;
    for effect in scene.effects {
        if let Effect::Finalized { tx } = effect
            && let Some(record) = scene.records.get(tx)
        {
            any = true;
            if let Some(what) = owed.add(scene.minutes, record) {
                return Some(format!("{tx}: {what}"));
            }
        }
    }
    if !any {
        return None;
    }
    let burned = scene.after.globals().burned;
    let burned = burned.saturating_sub(scene.before.globals().burned);
    if burned < owed.burned {
        return Some(format!(
            "{burned} wei are burned, {} should be",
            owed.burned
        ));
    }
    let spent = spenders(scene);
    for (who, wei) in &owed.judges {
        let books = |state| stake::view::validator(state, *who).ok().flatten();
        let (Some(before), Some(after)) = (books(scene.before), books(scene.after)) else {
            continue;
        };
        let got = after.fees.saturating_sub(before.fees);
        if before.primed == after.primed && got != *wei {
            return Some(format!("{who} earned {got} wei, {wei} are due"));
        }
    }
    for (who, wei) in &owed.people {
        let balance = |state: &venire_node::core::Snapshot| state.account(*who).balance;
        let (before, after) = (balance(scene.before), balance(scene.after));
        let left = spent.get(who).copied();
        let Some(left) = left.unwrap_or(Some(U256::ZERO)) else {
            continue;
        };
        if after.saturating_add(left) < before.saturating_add(*wei) {
            let got = after.saturating_add(left).saturating_sub(before);
            return Some(format!("{who} got {got} wei back, {wei} are due"));
        }
    }
    None
}

/// Who spent money in a block; how much, if it can be told.
fn spenders(scene: &Scene<'_>) -> BTreeMap<Address, Option<U256>> {
    let mut all = BTreeMap::new();
    for record in scene.records.values() {
        for appeal in record
            .appeals
            .iter()
            .filter(|a| a.filed_height == scene.height)
        {
            let charge = appeal.bond.saturating_add(appeal.funding);
            let spent = all.entry(appeal.payer).or_insert(Some(U256::ZERO));
            *spent = spent.map(|spent: U256| spent.saturating_add(charge));
        }
    }
    for effect in scene.effects {
        let Effect::Included { input, .. } = effect else {
            continue;
        };
        let input = usize::try_from(*input)
            .ok()
            .and_then(|at| scene.inputs.get(at));
        if let Some(Input::Transaction(envelope) | Input::Park(envelope)) = input {
            all.insert(envelope.signer(), None);
        }
    }
    all
}

/// Judges the last state of a run.
pub(super) fn end(records: &[TxRecord]) -> Vec<String> {
    let mut all = Vec::new();
    for record in records.iter().filter(|record| record.is_closed()) {
        let id = record.id;
        let is_open = |appeal: &&Appeal| appeal.end.is_none() || !appeal.settled;
        if record.appeals.iter().any(|appeal| is_open(&appeal)) {
            all.push(format!(
                "an appeal against {id} has no end though it is closed"
            ));
        }
        let held = record.pledged().saturating_add(record.funds.held());
        if held > U256::ZERO {
            all.push(format!("{id} is closed and holds {held} wei"));
        }
        let won = |appeal: &Appeal| appeal.end == Some(AppealEnd::Canceled);
        if record.status == Status::Canceled && !record.appeals.iter().all(won) {
            all.push(format!("{id} is cancelled and an appeal against it is not"));
        }
    }
    all
}
