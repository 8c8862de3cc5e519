//! Leaders and members that say nothing, late or not enough, and deadlines.

use crate::{
    machine::Op,
    world::{Act, World, committee, user},
};
use venire_types::{
    Address,
    storage::StateView::{Accepted, Finalized},
    vote::{RoundResult, Status, Vote},
};

#[test]
fn silent_leaders_are_replaced_at_their_deadline() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|_, _| Act::Silent);
    let id = world.send(1, contract, 9, &[Op::Add(5)]);
    for round in 1..=4 {
        world.drive();
        assert_eq!(world.tx(id).rounds.len(), round);
        let deadline = world.tx(id).round().expect("a round").deadline_ms;
        world.wait(deadline - world.now - 1);
        assert_eq!(world.status(id), Status::Proposing);
        world.wait(1);
    }
    assert_eq!(world.status(id), Status::LeaderTimeout);
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
}

#[test]
fn a_leader_may_declare_a_timeout_at_once() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, _| {
        if record.rounds.len() == 1 {
            Act::Timeout
        } else {
            Act::Honest
        }
    });
    let id = world.call(1, contract, 0, &[Op::Add(5)]);
    let record = world.tx(id);
    assert_eq!((record.status, record.rounds.len()), (Status::Accepted, 2));
    assert_eq!(record.rounds[0].result, RoundResult::Timeout);
}

#[test]
fn a_majority_of_timeouts_decides() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        if committee(record)[0] == me {
            Act::Honest
        } else {
            Act::Timeout
        }
    });
    let id = world.call(1, contract, 7, &[Op::Add(5)]);
    assert_eq!(world.status(id), Status::ValidatorsTimeout);
    assert_eq!(world.counter(contract, Accepted), 0);
    world.wait(10_000);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
}

#[test]
fn silent_members_stay_in_the_denominator() {
    for (silent, status) in [(2, Status::Accepted), (3, Status::Proposing)] {
        let mut world = World::new(25);
        let contract = world.deploy(1, 0, &[]);
        world.script(move |record, me| {
            let quiet = committee(record)
                .iter()
                .rev()
                .take(silent)
                .any(|other| *other == me);
            if quiet { Act::Silent } else { Act::Honest }
        });
        let id = world.call(1, contract, 0, &[Op::Add(5)]);
        assert_eq!(
            world.status(id),
            Status::Committing,
            "waiting for the silent"
        );
        world.wait(world.params.commit_timeout_ms);
        if silent > 2 {
            // Others took their seats, and are as silent.
            assert_eq!(world.tx(id).rounds[0].idle.len(), silent);
            assert_eq!(world.status(id), Status::Committing);
            world.wait(world.params.commit_timeout_ms);
        }
        assert_eq!(world.status(id), Status::Revealing);
        world.answer_once();
        assert_eq!(world.status(id), status, "{silent} silent of five");
        let first = &world.tx(id).rounds[0];
        assert_eq!(
            first
                .seats
                .iter()
                .filter(|seat| seat.vote == Vote::NotVoted)
                .count(),
            silent
        );
    }
}

#[test]
fn a_majority_waits_for_the_others_as_long_as_it_took_itself() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        let quiet = committee(record).iter().rev().take(2).any(|one| *one == me);
        if quiet { Act::Silent } else { Act::Honest }
    });
    let id = world.send(1, contract, 0, &[Op::Add(5)]);
    world.answer_once();
    // Three of five seal after five seconds, so the others have five more.
    world.now += 5_000;
    world.answer_once();
    let round = &world.tx(id).rounds[0];
    assert_eq!(round.deadline_ms, world.now + 5_000);
    world.wait(4_999);
    assert_eq!(world.status(id), Status::Committing);
    world.wait(1);
    assert_eq!(world.status(id), Status::Revealing);
    world.answer_once();
    let record = world.tx(id);
    assert_eq!(record.status, Status::Accepted);
    assert_eq!(record.result, RoundResult::Agree);
    assert!(record.rounds[0].idle.is_empty());
}

#[test]
fn opened_votes_that_make_a_majority_do_not_wait_for_the_deadline() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        if committee(record).last() == Some(&me) {
            Act::Sealed
        } else {
            Act::Honest
        }
    });
    let id = world.call(1, contract, 0, &[Op::Add(5)]);
    assert_eq!(world.status(id), Status::Revealing);
    world.wait(world.params.grace_ms);
    assert_eq!(world.status(id), Status::Accepted);
}

#[test]
fn fresh_members_take_the_seats_of_silent_ones() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        let round = record.round().expect("round");
        let quiet = committee(record).iter().rev().take(3).any(|one| *one == me);
        if quiet && round.replacements == 0 {
            Act::Silent
        } else {
            Act::Honest
        }
    });
    let id = world.call(1, contract, 0, &[Op::Add(5)]);
    let before = world.tx(id).rounds[0].clone();
    world.wait(world.params.commit_timeout_ms);
    world.drive();
    let record = world.tx(id);
    assert_eq!(record.status, Status::Accepted);
    let round = &record.rounds[0];
    assert_eq!(
        (record.rounds.len(), round.seats.len(), round.idle.len()),
        (1, 5, 3)
    );
    let silent = |seat: &&venire_protocol::Seat| seat.commit.is_none();
    let replaced: Vec<Address> = before
        .seats
        .iter()
        .filter(silent)
        .map(|seat| seat.validator)
        .collect();
    assert_eq!(round.idle, replaced);
    assert!(
        round
            .seats
            .iter()
            .all(|seat| !replaced.contains(&seat.validator))
    );
}

#[test]
fn a_round_in_which_nobody_commits_ends_without_a_majority() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, _| {
        if record.status == Status::Proposing {
            Act::Honest
        } else {
            Act::Silent
        }
    });
    let id = world.call(1, contract, 0, &[Op::Add(5)]);
    world.wait(world.params.commit_timeout_ms);
    let record = world.tx(id);
    assert_eq!(record.rounds[0].result, RoundResult::NoMajority);
    assert_eq!((record.status, record.rounds.len()), (Status::Proposing, 2));
}

#[test]
fn a_leader_that_never_opens_its_result_is_replaced() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        if record.rounds.len() == 1 && committee(record)[0] == me {
            Act::Sealed
        } else {
            Act::Honest
        }
    });
    let id = world.call(1, contract, 0, &[Op::Add(5)]);
    assert_eq!(world.status(id), Status::Revealing);
    world.wait(world.params.reveal_timeout_ms);
    let record = world.tx(id);
    assert_eq!(record.rounds[0].result, RoundResult::NoMajority);
    assert_eq!((record.status, record.rounds.len()), (Status::Proposing, 2));
    world.drive();
    assert_eq!(world.counter(contract, Accepted), 5);
}
