//! A decision is what the votes say: strictly more than half of all seats, those included that said
//! nothing, and an agreement only with those who computed the same result.

use super::Sight;
use venire_protocol::{AppealEnd, AppealKind, Effect, Kind, Round, TxRecord};
use venire_types::{
    B256,
    vote::{Status, Vote},
};

/// What more than half of the seats of a round say, counted here and not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    Agree,
    Timeout,
    Other,
}

fn voice(round: &Round) -> Voice {
    let half = round.seats.len() / 2;
    let same = round
        .seats
        .iter()
        .filter(|seat| seat.vote == Vote::Agree && Some(seat.result_hash) == round.result_hash);
    let timeouts = round.seats.iter().filter(|seat| seat.vote == Vote::Timeout);
    if same.count() > half {
        Voice::Agree
    } else if timeouts.count() > half {
        Voice::Timeout
    } else {
        Voice::Other
    }
}

/// Judges the decisions of a block.
pub(super) fn block(sight: &Sight<'_>) -> Option<String> {
    sight
        .ordered
        .effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Decided { tx, status, .. } => {
                let record = sight.after.record(*tx)?;
                decided(sight, &record, *status)
            }
            _ => None,
        })
}

fn decided(sight: &Sight<'_>, record: &TxRecord, status: Status) -> Option<String> {
    let id = record.id;
    // An appeal in the same block has moved it on: the next block shows what comes of that.
    if record.leader_only || record.status != status {
        return None;
    }
    let round = record.round()?;
    if round.superseded {
        // It was taken back, and now needs no committee: a payment, or a failure.
        let is_plain = record.kind == Kind::Transfer || !record.is_success();
        return (!is_plain).then(|| format!("{id} is {status:?} and nobody judged it"));
    }
    let voice = voice(round);
    let fits = match status {
        Status::Accepted => voice == Voice::Agree,
        Status::ValidatorsTimeout => voice == Voice::Timeout,
        Status::Undetermined => voice == Voice::Other,
        // No proposal, or one that says that there is none.
        Status::LeaderTimeout => voice != Voice::Agree,
        _ => false,
    };
    if !fits {
        let votes: Vec<(Vote, bool)> = round
            .seats
            .iter()
            .map(|seat| (seat.vote, Some(seat.result_hash) == round.result_hash))
            .collect();
        let (number, outcome) = (round.number, &record.outcome);
        return Some(format!(
            "{id} is {status:?} ({outcome:?}), the votes of its last round (number {number}) say \
             {voice:?}: {votes:?}"
        ));
    }
    if status == Status::Accepted {
        let installed = sight.after.payload(id).map(|payload| payload.hash());
        let agreed = round.result_hash;
        if installed.is_some() && installed != agreed && !is_bounded(sight, id) {
            return Some(format!("{id} installs {installed:?}, agreed is {agreed:?}"));
        }
    }
    None
}

/// Whether the rules turned an agreed result into a failure (no money for it).
fn is_bounded(sight: &Sight<'_>, id: B256) -> bool {
    let record = sight.after.record(id);
    record.is_some_and(|record| !record.is_success())
}

/// Judges how appeals ended, in the last state of a run.
pub(super) fn end(records: &[TxRecord]) -> Vec<String> {
    let mut all = Vec::new();
    for record in records {
        for appeal in &record.appeals {
            let at = |index: u32| record.rounds.get(usize::try_from(index).ok()?);
            let (Some(end), AppealKind::Validators) = (appeal.end, appeal.kind) else {
                continue;
            };
            let (Some(first), Some(against)) = (at(appeal.first), at(appeal.against)) else {
                continue;
            };
            let expected = if voice(first) == voice(against) {
                AppealEnd::Failed
            } else {
                AppealEnd::Succeeded
            };
            if end != AppealEnd::Canceled && end != expected {
                let id = record.id;
                all.push(format!(
                    "an appeal against {id} {end:?}, should have {expected:?}"
                ));
            }
        }
    }
    all
}
