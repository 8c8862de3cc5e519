//! Value: where it is in each view, and that it always comes back or arrives.

use crate::{
    machine::Op,
    world::{Act, World, user},
};
use venire_protocol::{Effect, Reject, invariants};
use venire_types::{
    U256,
    emission::On,
    outcome::Outcome,
    storage::StateView::{Accepted, Finalized},
    vote::Status,
};

#[test]
fn transfers_between_people_are_final_at_once() {
    let mut world = World::new(0);
    let id = world.include(world.envelope(1, user(2), 400, vec![]));
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), 999_600);
    assert_eq!(world.balance(user(2), Accepted), 1_000_400);
    let id = world.include(world.envelope(1, user(1), 400, vec![]));
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), 999_600);
    let poor = world.envelope(1, user(2), 999_601, vec![]);
    assert!(matches!(
        world.refuse(poor),
        Reject::InsufficientFunds { .. }
    ));
}

#[test]
fn a_plain_transfer_to_a_contract_is_judged() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let id = world.include(world.envelope(1, contract, 400, vec![]));
    assert_eq!(world.status(id), Status::Proposing);
    world.drive();
    assert_eq!(world.balance(contract, Accepted), 400);
    assert_eq!(world.balance(contract, Finalized), 0);
    world.wait(10_000);
    assert_eq!(world.balance(contract, Finalized), 400);
}

#[test]
fn value_leaves_at_inclusion_and_arrives_with_acceptance() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 250, &[]);
    assert_eq!(world.balance(user(1), Finalized), 999_750);
    assert_eq!(world.balance(contract, Accepted), 250);
    let id = world.send(1, contract, 50, &[]);
    assert_eq!(world.balance(user(1), Finalized), 999_700);
    assert_eq!(world.balance(contract, Accepted), 250);
    world.drive();
    assert_eq!(
        (world.status(id), world.balance(contract, Accepted)),
        (Status::Accepted, 300)
    );
}

#[test]
fn a_failed_execution_changes_nothing_and_returns_the_value() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[Op::Add(1)]);
    let id = world.call(1, contract, 70, &[Op::Add(5), Op::Fail]);
    let record = world.tx(id);
    assert_eq!(record.status, Status::Accepted);
    assert_eq!(record.outcome, Some(Outcome::UserError("as told".into())));
    assert_eq!(world.counter(contract, Accepted), 1);
    assert_eq!(world.balance(contract, Accepted), 0);
    world.wait(10_000);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    assert_eq!(world.counter(contract, Finalized), 1);
}

#[test]
fn a_failed_deploy_leaves_no_contract() {
    let mut world = World::new(25);
    let address = world.deploy(1, 70, &[Op::Fail]);
    world.wait(10_000);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    let found = venire_protocol::view::contract(&world.state, address, Accepted).expect("state");
    assert_eq!(found, None);
}

#[test]
fn a_contract_cannot_send_what_it_does_not_have() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 30, &[]);
    let enough = [
        Op::External(user(9), 50),
        Op::Post(user(9), 30, On::Accepted, vec![6]),
    ];
    let more = [
        Op::External(user(9), 51),
        Op::Post(user(9), 30, On::Accepted, vec![6]),
    ];
    let id = world.call(1, contract, 50, &more);
    assert_eq!(
        world.tx(id).outcome,
        Some(Outcome::VmError("inbalance".into()))
    );
    assert_eq!(world.balance(contract, Accepted), 30);
    let id = world.call(1, contract, 50, &enough);
    assert!(world.tx(id).is_success());
    assert_eq!(world.balance(contract, Accepted), 0);
    world.wait(10_000);
    assert_eq!(world.balance(user(9), Finalized), 80);
}

#[test]
fn later_writers_keep_the_accepted_view_when_earlier_ones_become_final() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[Op::Add(1)]);
    world.now += 4_000;
    world.call(1, contract, 5, &[Op::Add(10)]);
    world.now += 4_000;
    world.call(1, contract, 6, &[Op::Clear]);
    world.wait(2_000);
    assert_eq!(
        (
            world.counter(contract, Finalized),
            world.counter(contract, Accepted)
        ),
        (1, 0)
    );
    assert_eq!(world.balance(contract, Finalized), 0);
    world.wait(4_000);
    assert_eq!(
        (
            world.counter(contract, Finalized),
            world.counter(contract, Accepted)
        ),
        (11, 0)
    );
    assert_eq!(
        (
            world.balance(contract, Finalized),
            world.balance(contract, Accepted)
        ),
        (5, 11)
    );
    world.wait(4_000);
    assert_eq!(
        (
            world.counter(contract, Finalized),
            world.counter(contract, Accepted)
        ),
        (0, 0)
    );
    assert_eq!(world.balance(contract, Finalized), 11);
}

#[test]
fn finality_follows_slot_order_across_one_jump_in_time() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let ids: Vec<_> = (1..=4)
        .map(|n| world.call(1, contract, n, &[Op::Add(n)]))
        .collect();
    let effects = world.wait(1_000_000);
    let finals: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Finalized { tx } if ids.contains(tx) => Some(*tx),
            _ => None,
        })
        .collect();
    assert_eq!(finals, ids);
    assert_eq!(world.counter(contract, Finalized), 10);
}

#[test]
fn the_books_see_money_that_rules_would_lose() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|_, _| Act::Silent);
    world.send(1, contract, 123, &[]);
    let supply = invariants::total_supply(&world.state).expect("books");
    assert_eq!(
        supply.minted,
        U256::from(3_025_000) + U256::from(10).pow(U256::from(24))
    );
    let account = venire_protocol::Key::account(user(1));
    world.state.remove(&account);
    let error = invariants::check(&world.state).expect_err("money is missing");
    assert_eq!(
        error.to_string(),
        "the finalized view holds 1000000000000000002025123 wei, \
         1000000000000000003025000 were minted"
    );
}
