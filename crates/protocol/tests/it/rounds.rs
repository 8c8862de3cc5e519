//! Happy path, rotations, timeouts, and what each ending means.

use crate::{
    machine::Op,
    world::{Act, World, committee, submit, user},
};
use venire_protocol::{DutyKind, Effect, view};
use venire_types::{
    Address, U256,
    emission::On,
    envelope::TxData,
    outcome::Outcome,
    storage::StateView::{Accepted, Finalized},
    vote::{RoundResult, Status, Vote},
};

fn statuses(world: &World, id: venire_types::B256) -> Vec<Status> {
    world
        .tx(id)
        .history
        .iter()
        .map(|change| change.status)
        .collect()
}

#[test]
fn five_validators_accept_and_time_makes_it_final() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[Op::Add(40)]);
    let id = world.call(1, contract, 0, &[Op::Add(2), Op::Event]);

    let record = world.tx(id);
    assert_eq!(record.status, Status::Accepted);
    assert_eq!(record.result, RoundResult::MajorityAgree);
    assert_eq!(record.outcome, Some(Outcome::Return(vec![0])));
    assert_eq!(record.rounds.len(), 1);
    assert_eq!(record.rounds[0].seats.len(), 5);
    assert!(
        record.rounds[0]
            .seats
            .iter()
            .all(|seat| seat.vote == Vote::Agree)
    );
    assert_eq!(world.counter(contract, Accepted), 42);
    assert_eq!(world.counter(contract, Finalized), 0);
    assert!(
        view::contract(&world.state, contract, Accepted)
            .expect("state")
            .is_some()
    );
    assert!(
        view::code(&world.state, contract, Finalized)
            .expect("state")
            .is_none()
    );

    assert_eq!(
        view::next_deadline(&world.state).expect("state"),
        Some(world.now + 10_000)
    );
    world.wait(9_999);
    assert_eq!(world.status(id), Status::Accepted);
    world.wait(1);
    assert_eq!(world.counter(contract, Finalized), 42);
    assert!(
        view::code(&world.state, contract, Finalized)
            .expect("state")
            .is_some()
    );
    assert_eq!(view::next_deadline(&world.state).expect("state"), None);
    assert_eq!(
        statuses(&world, id),
        [
            Status::Pending,
            Status::Proposing,
            Status::Committing,
            Status::Revealing,
            Status::Accepted,
            Status::Finalized
        ]
    );
}

#[test]
fn disagreement_rotates_the_leader_until_nobody_agrees() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        if committee(record)[0] == me {
            Act::Honest
        } else {
            Act::Disagree
        }
    });
    let id = world.call(1, contract, 500, &[Op::Add(1)]);

    let record = world.tx(id);
    assert_eq!(record.status, Status::Undetermined);
    assert_eq!((record.rounds.len(), record.rotations_left), (4, 0));
    let mut leaders: Vec<_> = record
        .rounds
        .iter()
        .filter_map(|round| round.leader())
        .collect();
    for (earlier, later) in record.rounds.iter().zip(&record.rounds[1..]) {
        assert_eq!((earlier.seats.len(), later.seats.len()), (5, 5));
        let kept = |seat: &&venire_protocol::Seat| {
            earlier
                .seats
                .iter()
                .any(|other| other.validator == seat.validator)
        };
        assert_eq!(later.seats.iter().filter(kept).count(), 4);
        assert!(
            later
                .seats
                .iter()
                .all(|seat| Some(seat.validator) != earlier.leader())
        );
    }
    leaders.sort();
    leaders.dedup();
    assert_eq!(leaders.len(), 4);
    assert_eq!(record.outcome, None);
    assert_eq!(world.counter(contract, Accepted), 0);

    assert_eq!(world.balance(user(1), Accepted), 1_000_000 - 500);
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    assert_eq!(world.balance(contract, Accepted), 0);
}

#[test]
fn a_new_leader_can_be_agreed_with() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, _| {
        if record.rounds.len() == 1 {
            Act::Disagree
        } else {
            Act::Honest
        }
    });
    let id = world.call(1, contract, 0, &[Op::Add(5)]);
    let record = world.tx(id);
    assert_eq!((record.status, record.rounds.len()), (Status::Accepted, 2));
    assert_eq!(record.rounds[0].result, RoundResult::MajorityDisagree);
    assert_eq!(world.counter(contract, Accepted), 5);
}

#[test]
fn other_results_from_the_same_answers_are_a_deterministic_violation() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        if record.rounds.len() == 1 && committee(record)[0] == me {
            Act::Deviant
        } else {
            Act::Honest
        }
    });
    let id = world.call(1, contract, 0, &[Op::Add(5)]);
    let record = world.tx(id);
    let votes = |vote| {
        record.rounds[0]
            .seats
            .iter()
            .filter(|seat| seat.vote == vote)
            .count()
    };
    assert_eq!(record.rounds[0].result, RoundResult::DeterministicViolation);
    assert_eq!(
        (votes(Vote::DeterministicViolation), votes(Vote::Agree)),
        (4, 1)
    );
    // The next leader is honest.
    assert_eq!((record.status, record.rounds.len()), (Status::Accepted, 2));
    assert_eq!(world.counter(contract, Accepted), 5);
}

#[test]
fn one_deviant_member_changes_nothing_but_is_marked() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        if committee(record)[1] == me {
            Act::Deviant
        } else {
            Act::Honest
        }
    });
    let id = world.call(1, contract, 0, &[Op::Add(5)]);
    let record = world.tx(id);
    assert_eq!(
        (record.status, record.result),
        (Status::Accepted, RoundResult::Agree)
    );
    let deviant = committee(&record)[1];
    let seat = record.rounds[0]
        .seats
        .iter()
        .find(|seat| seat.validator == deviant);
    assert_eq!(seat.expect("seat").vote, Vote::DeterministicViolation);
}

#[test]
fn one_transaction_of_a_contract_is_in_flight_at_a_time() {
    let mut world = World::new(25);
    let first = world.deploy(1, 0, &[]);
    let second = world.deploy(1, 0, &[]);
    let a = world.send(1, first, 0, &[Op::Add(1)]);
    let b = world.send(2, first, 0, &[Op::Add(10)]);
    let c = world.send(1, second, 0, &[Op::Add(100)]);
    assert_eq!(
        [a, b, c].map(|id| world.status(id)),
        [Status::Proposing, Status::Pending, Status::Proposing]
    );
    world.drive();
    assert_eq!(world.counter(first, Accepted), 11);
    assert_eq!(world.counter(second, Accepted), 100);
    world.wait(10_000);
    assert_eq!(world.counter(first, Finalized), 11);
}

#[test]
fn leader_only_transactions_have_a_committee_of_one() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let data = TxData::Call {
        calldata: crate::machine::call(&[Op::Add(3)]),
    };
    let mut submission = submit(contract, data);
    submission.leader_only = true;
    let id = world.include(world.submission(1, 0, &submission));
    world.drive();
    let record = world.tx(id);
    assert_eq!(
        (record.status, record.rounds[0].seats.len()),
        (Status::Accepted, 1)
    );
    assert_eq!(world.counter(contract, Accepted), 3);
}

#[test]
fn committee_sizes_come_from_the_table_and_the_active_set() {
    for (active, wanted, seats) in [(25, 7, 7), (25, 6, 5), (25, 23, 23), (9, 11, 9), (3, 5, 3)] {
        let mut world = World::new(active);
        let contract = world.deploy(1, 0, &[]);
        let data = TxData::Call {
            calldata: crate::machine::call(&[Op::Add(3)]),
        };
        let mut submission = submit(contract, data);
        submission.validators = U256::from(wanted);
        let id = world.include(world.submission(1, 0, &submission));
        assert_eq!(world.tx(id).rounds[0].seats.len(), seats);
        assert_eq!(world.tx(id).note.is_some(), seats < wanted && wanted != 6);
        world.drive();
        assert_eq!(world.status(id), Status::Accepted);
    }
}

#[test]
fn a_small_active_set_shrinks_the_committee_and_says_so() {
    let mut world = World::new(5);
    let contract = world.deploy(1, 0, &[]);
    world.script(|_, _| Act::Disagree);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    let record = world.tx(id);
    let sizes: Vec<_> = record
        .rounds
        .iter()
        .map(|round| round.seats.len())
        .collect();
    assert_eq!(sizes, [5, 4, 3, 2]);
    assert!(record.note.expect("a note").contains("no fresh validator"));
    assert_eq!(record.status, Status::Undetermined);
}

#[test]
fn without_validators_nothing_is_determined() {
    let mut world = World::new(0);
    let data = TxData::Deploy {
        code: vec![1],
        calldata: vec![6],
    };
    let id = world.include(world.submission(1, 5, &submit(Address::ZERO, data)));
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
}

#[test]
fn a_restarted_node_finds_its_duties_in_the_state() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let id = world.send(1, contract, 0, &[Op::Add(1)]);
    assert!(view::open(&world.state).expect("state").contains(&id));
    for expected in 0..3 {
        let told: Vec<_> = world
            .effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Duty { .. }))
            .cloned()
            .collect();
        assert_eq!(view::duties(&world.state, id).expect("state"), told);
        let Some(Effect::Duty { kind, .. }) = told.first() else {
            panic!("no duty")
        };
        let phase = match kind {
            DutyKind::Lead => 0,
            DutyKind::Judge { .. } => 1,
            DutyKind::Reveal => 2,
            DutyKind::Verify { .. } => 3,
        };
        assert_eq!(phase, expected);
        world.answer_once();
    }
    assert_eq!(view::duties(&world.state, id).expect("state"), []);
}

#[test]
fn results_that_no_block_can_carry_are_execution_errors() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.params.delta_max = 4_000;
    world.params.execution.emissions = 3;
    let post = Op::Post(user(3), 0, On::Finalized, vec![6]);
    for ops in [vec![Op::Flood(200)], vec![post; 4]] {
        let id = world.call(1, contract, 10, &ops);
        let record = world.tx(id);
        assert_eq!(record.status, Status::Accepted);
        assert_eq!(record.outcome, Some(Outcome::VmError("OOM storage".into())));
        world.wait(10_000);
        assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    }
}
