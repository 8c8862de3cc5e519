//! How long a decision waits, and for what (`ROUND-29`, `ROUND-35`, `ROUND-36`).

use crate::{
    machine::{Op, call},
    world::{Act, World, submit, user},
};
use venire_protocol::{
    Params,
    view::{self, Finality},
};
use venire_types::{
    Address, B256, U256,
    envelope::{Submission, TxData},
    vote::Status,
};

/// A call before so many judges, judged.
fn before(world: &mut World, contract: Address, seats: u64) -> B256 {
    let data = TxData::Call {
        calldata: call(&[Op::Add(1)]),
    };
    let submission = Submission {
        validators: U256::from(seats),
        ..submit(contract, data)
    };
    let id = world.include(world.submission(1, 0, &submission));
    world.drive();
    id
}

#[test]
fn a_transaction_that_everybody_judged_is_final_at_once() {
    let mut world = World::new(25);
    let contract = world.deploy(3, 0, &[]);
    world.wait(10_000);
    let id = before(&mut world, contract, 47);
    assert_eq!(world.tx(id).rounds[0].seats.len(), 25);
    assert_eq!(world.status(id), Status::Finalized);
    // Fewer than all: somebody could judge an appeal.
    let id = before(&mut world, contract, 23);
    assert_eq!(world.status(id), Status::Accepted);
}

#[test]
fn it_waits_for_what_is_open_before_it() {
    let mut world = World::new(25);
    let contract = world.deploy(3, 0, &[]);
    world.wait(10_000);
    let first = before(&mut world, contract, 5);
    let id = before(&mut world, contract, 47);
    let all = world.tx(id);
    assert_eq!((all.status, all.window_closed), (Status::Accepted, true));
    let waits = view::finality(&world.state, id, world.now);
    assert_eq!(
        waits,
        Ok(Some(Finality {
            due: false,
            window_ends_ms: all.final_at_ms,
            waits_for: Some(first),
        }))
    );
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    let after = view::finality(&world.state, id, world.now).expect("state");
    assert!(after.is_some_and(|finality| finality.due && finality.waits_for.is_none()));
    assert_eq!(view::finality(&world.state, B256::ZERO, 0), Ok(None));
}

#[test]
fn a_small_network_keeps_its_window_for_who_asks_for_nothing_special() {
    let mut world = World::new(5);
    let contract = world.deploy(3, 0, &[]);
    world.wait(10_000);
    let id = before(&mut world, contract, 5);
    assert_eq!(world.status(id), Status::Accepted);
}

#[test]
fn a_result_that_asked_nothing_outside_has_a_shorter_window() {
    let params = Params {
        deterministic_window_bps: 4_000,
        ..Params::local()
    };
    let mut world = World::with(25, params);
    let contract = world.deploy(3, 0, &[]);
    world.wait(10_000);
    world.asks = false;
    let id = before(&mut world, contract, 5);
    assert_eq!(world.tx(id).window_ms, 4_000);
    world.wait(4_000);
    assert_eq!(world.status(id), Status::Finalized);
    // Behind one that asked it waits as long as that one.
    world.asks = true;
    let asked = before(&mut world, contract, 5);
    world.asks = false;
    let id = before(&mut world, contract, 5);
    world.wait(4_000);
    assert_eq!(world.status(id), Status::Accepted);
    let waits = view::finality(&world.state, id, world.now).expect("state");
    assert_eq!(waits.and_then(|waits| waits.waits_for), Some(asked));
    world.wait(6_000);
    assert_eq!(world.status(id), Status::Finalized);
    // Without a verdict there is nothing to compute again.
    world.script(|_, _| Act::Disagree);
    let id = before(&mut world, contract, 5);
    assert_eq!(world.status(id), Status::Undetermined);
    assert_eq!(world.tx(id).window_ms, 10_000);
    assert_eq!(world.tx(id).sender, user(1));
}
