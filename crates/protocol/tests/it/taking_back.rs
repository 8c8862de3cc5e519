//! What an overturned decision takes back with it, and what goes on afterwards.

use crate::{
    appeals::{appeal, contest, judged_again, overturn, sizes},
    machine::{Op, call},
    world::{Act, World, user},
};
use venire_protocol::{AppealEnd, Contract, Effect, SPONSOR, view};
use venire_types::{
    emission::On,
    storage::StateView::{Accepted, Finalized},
    vote::Status,
};

#[test]
fn an_overturned_decision_is_judged_anew_with_all_that_followed() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let other = world.deploy(1, 0, &[]);
    world.wait(10_000);
    let before = view::account(&world.state, SPONSOR).expect("state").balance;
    let first = world.call(1, contract, 0, &[Op::Add(2)]);
    let second = world.call(2, contract, 30, &[Op::Add(5), Op::External(user(9), 10)]);
    let elsewhere = world.call(1, other, 0, &[Op::Add(1)]);
    world.script(overturn(first));
    let input = appeal(&world, 3, 0, first);
    world.include(input);
    // Seal and open the appeal's votes, then stop to look.
    world.answer_once();
    let effects = {
        let answers = world.answers();
        world.step(answers)
    };
    assert!(effects.contains(&Effect::TakenBack { tx: first }));
    assert!(effects.contains(&Effect::TakenBack { tx: second }));
    assert!(!effects.contains(&Effect::TakenBack { tx: elsewhere }));
    assert_eq!(world.counter(contract, Accepted), 0);
    assert_eq!(world.balance(contract, Accepted), 0);
    assert_eq!(
        (world.status(first), world.status(second)),
        (Status::Proposing, Status::Pending)
    );
    world.drive();

    let record = world.tx(first);
    assert_eq!(record.status, Status::Accepted);
    assert_eq!(sizes(&record), [(0, 5), (1, 7), (2, 11)]);
    assert_eq!(record.appeals[0].end, Some(AppealEnd::Succeeded));
    assert_eq!(record.final_at_ms, Some(world.now + 10_000));
    let old = record.rounds[0].leader();
    assert!(
        record.rounds[2]
            .seats
            .iter()
            .all(|seat| Some(seat.validator) != old)
    );
    let redone = world.tx(second);
    assert_eq!(redone.status, Status::Accepted);
    assert!(redone.rounds[0].superseded && !redone.rounds[1].superseded);
    assert_eq!(sizes(&redone), [(0, 5), (0, 5)]);
    assert_eq!(world.tx(elsewhere).rounds.len(), 1);
    assert_eq!(world.counter(contract, Accepted), 7);

    world.wait(10_000);
    for id in [first, second, elsewhere] {
        assert_eq!(world.status(id), Status::Finalized);
    }
    assert_eq!(world.counter(contract, Finalized), 7);
    assert_eq!(world.balance(contract, Finalized), 20);
    assert_eq!(world.balance(user(9), Finalized), 10);
    // The winner's bond is back where it came from.
    let after = view::account(&world.state, SPONSOR).expect("state").balance;
    assert_eq!(after, before);
}

#[test]
fn older_open_slots_show_again_when_a_later_one_is_taken_back() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[Op::Add(1)]);
    world.call(1, contract, 0, &[Op::Add(10)]);
    let third = world.call(1, contract, 0, &[Op::Add(100)]);
    assert_eq!(world.counter(contract, Accepted), 111);
    world.script(overturn(third));
    let input = appeal(&world, 3, 0, third);
    world.include(input);
    world.answer_once();
    world.answer_once();
    assert_eq!(world.status(third), Status::Proposing);
    assert_eq!(world.counter(contract, Accepted), 11);
    world.drive();
    assert_eq!(world.counter(contract, Accepted), 111);
}

#[test]
fn an_overturned_deploy_takes_the_contract_with_it() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[Op::Add(1)]);
    let later = world.call(2, contract, 0, &[Op::Add(2)]);
    let deploy: Contract = view::contract(&world.state, contract, Accepted)
        .expect("state")
        .expect("contract");
    let id = deploy.deploy;
    world.script(move |record, _| match record.round() {
        Some(round) if record.id == id && (judged_again(round) || round.number == 2) => {
            Act::Disagree
        }
        _ => Act::Honest,
    });
    contest(&mut world, id);
    assert_eq!(world.status(id), Status::Undetermined);
    assert!(
        view::contract(&world.state, contract, Accepted)
            .expect("state")
            .is_none()
    );
    // Nobody is there to call any more.
    let record = world.tx(later);
    assert_eq!(record.status, Status::Accepted);
    assert!(!record.is_success());
    assert!(record.rounds[0].superseded);
}

#[test]
fn messages_on_acceptance_are_held_and_never_sent_twice() {
    let mut world = World::new(25);
    let (from, to) = (world.deploy(1, 0, &[]), world.deploy(2, 0, &[]));
    world.wait(10_000);
    let ops = [
        Op::Post(to, 20, On::Accepted, call(&[Op::Add(8)])),
        Op::Post(user(7), 5, On::Accepted, vec![6]),
    ];
    let parent = world.call(1, from, 50, &ops);
    let bystander = world.call(2, to, 0, &[Op::Add(1)]);
    let children = world.tx(parent).children;
    assert_eq!(children.len(), 2);
    assert_eq!(world.counter(to, Accepted), 9);
    world.script(overturn(parent));
    let input = appeal(&world, 3, 0, parent);
    world.include(input);
    world.answer_once();
    world.answer_once();
    assert_eq!(world.status(children[0]), Status::Pending);
    assert_eq!(world.counter(to, Accepted), 0);
    assert_eq!(
        (world.balance(from, Accepted), world.balance(to, Accepted)),
        (0, 0)
    );
    world.drive();
    // The same messages, the same ids, each with its effect once.
    assert_eq!(world.tx(parent).children, children);
    assert_eq!(world.counter(to, Accepted), 9);
    assert_eq!(
        (world.balance(from, Accepted), world.balance(to, Accepted)),
        (25, 20)
    );
    world.wait(10_000);
    for id in children.into_iter().chain([parent, bystander]) {
        assert_eq!(world.status(id), Status::Finalized);
    }
    assert_eq!(
        (world.balance(from, Finalized), world.balance(to, Finalized)),
        (25, 20)
    );
    assert_eq!(world.balance(user(7), Finalized), 5);
}

#[test]
fn messages_that_are_not_sent_after_all_are_cancelled() {
    let mut world = World::new(25);
    let (from, to) = (world.deploy(1, 0, &[]), world.deploy(2, 0, &[]));
    world.wait(10_000);
    let inner = call(&[Op::Add(8), Op::Post(from, 1, On::Accepted, vec![6])]);
    let parent = world.call(1, from, 50, &[Op::Post(to, 20, On::Accepted, inner)]);
    let child = world.tx(parent).children[0];
    let grandchild = world.tx(child).children[0];
    assert_eq!(world.status(grandchild), Status::Accepted);
    world.script(move |record, _| match record.round() {
        Some(round) if record.id == parent && (judged_again(round) || round.number == 2) => {
            Act::Disagree
        }
        _ => Act::Honest,
    });
    contest(&mut world, parent);
    assert_eq!(world.status(parent), Status::Undetermined);
    for id in [child, grandchild] {
        let record = world.tx(id);
        assert_eq!(record.status, Status::Canceled);
        assert!(record.note.is_some_and(|note| note.contains("judged anew")));
    }
    assert_eq!(
        (world.balance(from, Accepted), world.balance(to, Accepted)),
        (0, 0)
    );
    world.wait(10_000);
    assert_eq!(world.status(parent), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
}
