//! A decision is what the votes say: strictly more than half of all seats, those included that said
//! nothing, and an agreement only with those who computed the same result.

use super::{
    Scene,
    minutes::{Leg, Minutes, Voice, legs},
};
use venire_protocol::{Appeal, AppealEnd, AppealKind, Kind, TxRecord};
use venire_types::{
    U256,
    emission::Emission,
    jury::Payload,
    outcome::Outcome,
    storage::{PAGE, StateView},
    vote::Status,
};

/// Judges what ended in a block.
pub(super) fn block(scene: &Scene<'_>) -> Option<String> {
    scene.records.values().find_map(|record| {
        let what = journey(scene, record)?;
        Some(format!("{}: {what}", record.id))
    })
}

fn journey(scene: &Scene<'_>, record: &TxRecord) -> Option<String> {
    let legs = legs(record);
    if legs.len() != record.rounds.len() {
        let (rounds, legs) = (record.rounds.len(), legs.len());
        return Some(format!("{rounds} rounds, and {legs} began"));
    }
    for leg in &legs {
        let Some(fate) = leg.fate.filter(|fate| fate.height == scene.height) else {
            continue;
        };
        let what = if leg.round.judges.is_some() {
            confirmed(scene, record, leg, fate.status)
        } else {
            decided(scene, record, leg, fate.status)
        };
        if what.is_some() {
            return what;
        }
    }
    unjudged(scene, record)
}

/// What a leader's attempt comes to (`ROUND-17`, `ROUND-24`).
fn decided(scene: &Scene<'_>, record: &TxRecord, leg: &Leg<'_>, fate: Status) -> Option<String> {
    if was_withdrawn(leg, fate) {
        return None;
    }
    let words = scene.minutes.of(record.id, leg.index);
    let has_proposal = words.proposed.flatten().is_some();
    let voice = scene.minutes.voice(record, leg.index);
    let expected = match voice {
        Voice::Agree => Status::Accepted,
        Voice::Timeout => Status::ValidatorsTimeout,
        Voice::Other if can_rotate(record, leg) => Status::Proposing,
        Voice::Other if has_proposal => Status::Undetermined,
        Voice::Other => Status::LeaderTimeout,
    };
    if fate != expected {
        return Some(said(scene.minutes, record, leg, fate, voice));
    }
    let number = leg.round.number;
    let appeal = leader_appeal(record, leg);
    if fate != Status::Proposing
        && let Some(appeal) = appeal.filter(|_| !leg.round.superseded)
    {
        let is_settled = match appeal.kind {
            AppealKind::LeaderTimeout => fate != Status::LeaderTimeout,
            AppealKind::Leader | AppealKind::Validators => {
                matches!(fate, Status::Accepted | Status::ValidatorsTimeout)
            }
        };
        let what = ended(appeal, is_settled);
        if what.is_some() {
            return what;
        }
    }
    if fate == Status::Accepted && record.outcome.is_some() && is_last(record, number) {
        return installed(scene, record, leg);
    }
    None
}

/// What an appeal committee makes of a decision (`APPEAL-07`).
fn confirmed(scene: &Scene<'_>, record: &TxRecord, leg: &Leg<'_>, fate: Status) -> Option<String> {
    if was_withdrawn(leg, fate) {
        return None;
    }
    let voice = scene.minutes.voice(record, leg.index);
    let before = leg.before?;
    let holds = match before {
        Status::Accepted => voice == Voice::Agree,
        Status::ValidatorsTimeout => voice == Voice::Timeout,
        _ => return Some(format!("a committee judges what is {before:?}")),
    };
    let expected = if holds { before } else { Status::Pending };
    if fate != expected {
        return Some(said(scene.minutes, record, leg, fate, voice));
    }
    let index = u32::try_from(leg.index).ok();
    let mut appeals = record.appeals.iter();
    let appeal = appeals.find(|appeal| Some(appeal.first) == index);
    match appeal {
        None => Some("a committee sits and nobody appealed".into()),
        Some(_) if leg.round.superseded => None,
        Some(appeal) => ended(appeal, !holds),
    }
}

/// What was taken back while it was under way.
fn was_withdrawn(leg: &Leg<'_>, fate: Status) -> bool {
    fate == Status::Pending && leg.round.superseded && !leg.round.is_counted()
}

fn said(minutes: &Minutes, record: &TxRecord, leg: &Leg<'_>, fate: Status, voice: Voice) -> String {
    let votes: Vec<_> = leg
        .round
        .seats
        .iter()
        .map(|seat| minutes.vote(record, leg.index, seat).0)
        .collect();
    let (number, before) = (leg.round.number, leg.before);
    format!("from {before:?} it went to {fate:?}, votes of round {number} say {voice:?}: {votes:?}")
}

/// Whether attempts are left to the round that this one belongs to.
fn can_rotate(record: &TxRecord, leg: &Leg<'_>) -> bool {
    let place = usize::try_from(leg.round.number / 2).unwrap_or(usize::MAX);
    let agreed = record.funds.terms.rotations.get(place).copied();
    let alone = leg.round.seats.len() < 2 && record.rounds.len() == leg.index + 1;
    leg.round.rotation < agreed.unwrap_or(record.rotations) && !alone
}

/// The appeal for want of a verdict or a proposal that this attempt answers.
fn leader_appeal<'a>(record: &'a TxRecord, leg: &Leg<'_>) -> Option<&'a Appeal> {
    let mut appeals = record.appeals.iter().rev();
    let appeal = appeals.find(|appeal| {
        let first = usize::try_from(appeal.first).unwrap_or(usize::MAX);
        let round = record.rounds.get(first);
        first <= leg.index && round.is_some_and(|round| round.number == leg.round.number)
    })?;
    (appeal.kind != AppealKind::Validators).then_some(appeal)
}

fn ended(appeal: &Appeal, succeeds: bool) -> Option<String> {
    let expected = if succeeds {
        AppealEnd::Succeeded
    } else {
        AppealEnd::Failed
    };
    // What was paid back since has no winner.
    let is_so = appeal.end == Some(expected) || appeal.end == Some(AppealEnd::Canceled);
    (!is_so).then(|| format!("an appeal ended {:?}, not {expected:?}", appeal.end))
}

/// Whether the decision of a round with this number is the last that was made.
fn is_last(record: &TxRecord, number: u32) -> bool {
    let counting = record.rounds.iter().rev().find(|round| !round.superseded);
    counting.is_some_and(|round| round.number == number)
}

/// What was agreed is what counts, unless a rule makes a failure of it.
fn installed(scene: &Scene<'_>, record: &TxRecord, leg: &Leg<'_>) -> Option<String> {
    let payload = scene.minutes.payload(record, leg.index)?;
    let outcome = record.outcome.as_ref()?;
    let (must, may) = failures(scene, record, leg, payload);
    if *outcome != payload.outcome {
        let Outcome::VmError(code) = outcome else {
            return Some(format!(
                "{:?} was agreed, it is {outcome:?}",
                payload.outcome
            ));
        };
        let is_known = may.iter().any(|failure| failure == code);
        return (!is_known).then(|| format!("it failed ({code}) and has no reason to: {may:?}"));
    }
    if outcome.is_success()
        && let Some(failure) = must
    {
        return Some(format!("it succeeded and must be the failure {failure}"));
    }
    let here = scene.after.payload(record.id)?;
    (here != *payload).then(|| "it installs what nobody agreed on".into())
}

/// The failure that a rule makes of a success, if one certainly does; and those that it may make.
fn failures(
    scene: &Scene<'_>,
    record: &TxRecord,
    leg: &Leg<'_>,
    payload: &Payload,
) -> (Option<&'static str>, Vec<&'static str>) {
    let (mut must, mut may) = (None, Vec::new());
    let travels = payload
        .emissions
        .iter()
        .any(|emission| !matches!(emission, Emission::Event { .. }));
    if travels && record.descent >= scene.params.descent_max {
        return (Some("message_depth"), vec!["message_depth"]);
    }
    if let Some((cost, most)) = execution(scene, record, leg, payload)
        && cost > most
    {
        return (Some("fee execution"), vec!["fee execution"]);
    }
    if travels && record.funds.rates.is_some() {
        may.push("fee messages");
    }
    let carried = payload.emissions.iter().fold(U256::ZERO, |sum, emission| {
        sum.saturating_add(super::emission::wei(emission))
    });
    // What the contract had is known before and after the block, not in the middle of it.
    let has = |state: &venire_node::core::Snapshot| {
        let balance = state.balance(record.recipient, StateView::Accepted);
        balance.saturating_add(record.value)
    };
    let (before, after) = (has(scene.before), has(scene.after));
    if carried > before.min(after) {
        may.push("inbalance");
    }
    if carried > before.saturating_add(after) {
        must = Some("inbalance");
    }
    (must, may)
}

/// Wei for what the leader published and the pages that stay, and the most they may cost (`FEE-10`).
fn execution(
    scene: &Scene<'_>,
    record: &TxRecord,
    leg: &Leg<'_>,
    payload: &Payload,
) -> Option<(U256, U256)> {
    let rates = record.funds.rates?;
    let most = record.funds.terms.execution;
    let (_, answers) = scene.minutes.of(record.id, leg.index).proposed??;
    let bytes = answers + venire_types::signed::canonical(payload).len();
    let receipt = rates.byte.saturating_mul(U256::from(bytes));
    let receipt = rates.slot.saturating_add(receipt).min(most);
    let pages = U256::from(payload.delta.len() * PAGE);
    let is_free = [rates.slot, rates.byte, rates.storage, rates.leader]
        .iter()
        .all(U256::is_zero);
    let cost = receipt.saturating_add(rates.storage.saturating_mul(pages));
    (!is_free).then_some((cost, most))
}

/// What nobody judged moves money or fails (`ROUND-08`, `FEE-05`).
fn unjudged(scene: &Scene<'_>, record: &TxRecord) -> Option<String> {
    let mut steps = record.history.windows(2);
    let is_unjudged = steps.any(|pair| match pair {
        [from, to] => {
            to.height == scene.height
                && from.status == Status::Pending
                && matches!(
                    to.status,
                    Status::Accepted | Status::ValidatorsTimeout | Status::LeaderTimeout
                )
        }
        _ => false,
    });
    let is_plain = record.kind == Kind::Transfer || !record.is_success();
    (is_unjudged && !is_plain).then(|| "it is accepted and nobody judged it".into())
}

/// Seats of the place `number` on the ladder that begins with `first` (`APPEAL-03`).
pub(super) fn ladder(first: u32, number: u32) -> u32 {
    const LADDER: [u32; 18] = [
        5, 7, 11, 13, 23, 25, 47, 49, 95, 97, 191, 193, 383, 385, 767, 769, 1535, 1537,
    ];
    if number == 0 {
        return first;
    }
    let from = LADDER.iter().position(|size| *size == first);
    let place = from.unwrap_or_default() + usize::try_from(number).unwrap_or(usize::MAX / 2);
    LADDER.get(place).copied().unwrap_or(1537)
}
