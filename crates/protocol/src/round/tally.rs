//! Counts the votes of one round.
//!
//! # Invariants
//! - A majority is strictly more than half of all seats; silent seats stay in the denominator.

use crate::record::Round;
use venire_types::vote::{RoundResult, Vote};

/// Do the opened votes make a majority, whatever the others are?
pub(super) fn is_settled(round: &Round) -> bool {
    tally(&mut round.clone()) != RoundResult::NoMajority
}

/// Closes the round: settles what each vote counts as, and what they mean together (`ROUND-22`).
pub(super) fn tally(round: &mut Round) -> RoundResult {
    if let Some(leaders) = round.result_hash {
        for seat in &mut round.seats {
            // Same inputs, same answers, other result: the leader (or the member) broke a rule.
            if seat.vote == Vote::Agree && seat.result_hash != leaders {
                seat.vote = Vote::DeterministicViolation;
            }
        }
    }
    let seats = round.seats.len();
    let count = |vote| round.seats.iter().filter(|seat| seat.vote == vote).count();
    let has_majority = |vote| count(vote) > seats / 2;
    let result = if has_majority(Vote::Agree) && round.result_hash.is_some() {
        if count(Vote::Agree) == seats {
            RoundResult::MajorityAgree
        } else {
            RoundResult::Agree
        }
    } else if has_majority(Vote::Disagree) {
        if count(Vote::Disagree) == seats {
            RoundResult::MajorityDisagree
        } else {
            RoundResult::Disagree
        }
    } else if has_majority(Vote::Timeout) {
        RoundResult::Timeout
    } else if has_majority(Vote::DeterministicViolation) {
        RoundResult::DeterministicViolation
    } else {
        RoundResult::NoMajority
    };
    round.result = result;
    result
}
