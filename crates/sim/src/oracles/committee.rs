//! Who judges: committees of the right size, whose members follow from who sat before (`ROUND-17`,
//! `APPEAL-03`, `APPEAL-06`, `APPEAL-08`).

use super::{
    Scene,
    minutes::{Leg, legs},
    verdict::ladder,
};
use std::collections::BTreeSet;
use venire_protocol::{Round, TxRecord};
use venire_types::Address;

/// Judges the rounds that began in a block.
pub(super) fn block(scene: &Scene<'_>) -> Option<String> {
    scene.records.values().find_map(|record| {
        let legs = legs(record);
        let mut new = legs.iter().filter(|leg| began(leg, scene.height));
        let what = new.find_map(|leg| seated(scene, record, leg))?;
        Some(format!("{}: {what}", record.id))
    })
}

fn began(leg: &Leg<'_>, height: u64) -> bool {
    let first = leg.steps.first();
    first.is_some_and(|step| step.height == height) && !leg.round.superseded
}

fn members(round: &Round) -> BTreeSet<Address> {
    round.seats.iter().map(|seat| seat.validator).collect()
}

/// Members that a round takes over, and how many it wants.
fn expected(record: &TxRecord, leg: &Leg<'_>) -> (BTreeSet<Address>, u32) {
    let round = leg.round;
    let earlier = record.rounds.get(..leg.index).unwrap_or_default();
    let mut live = earlier.iter().rev().filter(|round| !round.superseded);
    let first = if record.leader_only {
        1
    } else {
        record.validators_wanted
    };
    let size = ladder(first, round.number);
    if round.judges.is_some() {
        return (BTreeSet::new(), size);
    }
    let Some(last) = live.next() else {
        return (BTreeSet::new(), size);
    };
    let mut carried = BTreeSet::new();
    let mut led = last;
    if last.judges.is_some() {
        carried = members(last);
        led = live.find(|round| round.judges.is_none()).unwrap_or(last);
    }
    let mut others = members(led);
    if let Some(leader) = led.leader() {
        others.remove(&leader);
    }
    carried.extend(others);
    let size = if round.rotation > 0 {
        u32::try_from(led.seats.len()).unwrap_or(u32::MAX)
    } else {
        size
    };
    (carried, size)
}

fn seated(scene: &Scene<'_>, record: &TxRecord, leg: &Leg<'_>) -> Option<String> {
    let round = leg.round;
    let (carried, wanted) = expected(record, leg);
    let seats = members(round);
    let number = round.number;
    if seats.len() != round.seats.len() {
        return Some(format!("somebody has two seats of round {number}"));
    }
    if round.judges.is_some() != round.leader.is_none() {
        return Some(format!("round {number} has no leader, or one too many"));
    }
    if !carried.is_subset(&seats) {
        return Some(format!("round {number} lost somebody of {carried:?}"));
    }
    let earlier = record.rounds.get(..leg.index).unwrap_or_default();
    let live = earlier.iter().filter(|round| !round.superseded);
    let used: BTreeSet<Address> = live
        .flat_map(|round| members(round).into_iter().chain(round.idle.iter().copied()))
        .collect();
    let fresh: Vec<&Address> = seats.difference(&carried).collect();
    if let Some(again) = fresh.iter().find(|member| used.contains(**member)) {
        return Some(format!(
            "{again} judged before, and has a new seat in {number}"
        ));
    }
    let free = |state: &venire_node::core::Snapshot| -> BTreeSet<Address> {
        let active = state.validators().into_iter();
        let active = active.map(|validator| validator.address);
        active.filter(|member| !used.contains(member)).collect()
    };
    let (before, after) = (free(scene.before), free(scene.after));
    let known = |member: &&&Address| before.contains(**member) || after.contains(**member);
    if let Some(stranger) = fresh.iter().find(|member| !known(member)) {
        return Some(format!("{stranger} is not active and sits in {number}"));
    }
    let missing = usize::try_from(wanted).unwrap_or(usize::MAX);
    let missing = missing.saturating_sub(carried.len());
    // In the middle of a block somebody may have left the active set, or an epoch has turned.
    let least = before.intersection(&after).count().min(missing);
    let most = before.union(&after).count().min(missing);
    let is_full = (least..=most).contains(&fresh.len());
    (!is_full).then(|| {
        let (count, kept) = (fresh.len(), carried.len());
        format!("round {number} has {kept} and {count} members, {wanted} are wanted, {most} free")
    })
}
