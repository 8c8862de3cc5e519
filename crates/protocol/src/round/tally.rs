//! Counts the votes of one round.
//!
//! # Invariants
//! - A majority is strictly more than half of all seats; silent seats stay in the denominator.

use crate::record::{Round, Seat};
use venire_types::{
    B256,
    vote::{RoundResult, Vote},
};

/// Do the opened votes make a majority, whatever the others are?
pub(super) fn is_settled(round: &Round) -> bool {
    verdict(round) != RoundResult::NoMajority
}

/// Closes the round: settles what each vote counts as, and what they mean together (`ROUND-22`).
pub(super) fn tally(round: &mut Round) -> RoundResult {
    let leaders = round.result_hash;
    for seat in &mut round.seats {
        seat.vote = counts_as(seat, leaders);
    }
    round.result = verdict(round);
    round.result
}

/// Same inputs, same answers, other result: the leader (or the member) broke a rule.
fn counts_as(seat: &Seat, leaders: Option<B256>) -> Vote {
    let deviates = leaders.is_some_and(|leaders| seat.result_hash != leaders);
    if seat.vote == Vote::Agree && deviates {
        Vote::DeterministicViolation
    } else {
        seat.vote
    }
}

/// What the votes that are open mean together.
fn verdict(round: &Round) -> RoundResult {
    let seats = round.seats.len();
    let count = |vote| {
        let votes = round.seats.iter();
        let votes = votes.map(|seat| counts_as(seat, round.result_hash));
        votes.filter(|counted| *counted == vote).count()
    };
    let has_majority = |vote| count(vote) > seats / 2;
    if has_majority(Vote::Agree) && round.result_hash.is_some() {
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
    }
}
