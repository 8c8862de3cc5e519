//! Epochs that turn by block time, and what silence costs in them.

use crate::{
    stake::{EPOCH, code, epochs, is_active, rules, world},
    world::{Act, World, user},
};
use venire_protocol::stake::{StakeParams, view};
use venire_types::{
    U256, chain::STAKING_LOCAL, envelope::StakeOrder, storage::StateView::Finalized, vote::Status,
};

#[test]
fn epochs_turn_by_themselves_and_tell_when() {
    let mut world = world(5, rules());
    let next = venire_protocol::view::next_deadline(&world.state);
    assert_eq!(next, Ok(Some(1_000 + EPOCH)));
    world.wait(EPOCH - 1);
    assert_eq!(view::epoch(&world.state), Ok(2));
    world.wait(1);
    assert_eq!(view::epoch(&world.state), Ok(3));
    let (odd, even) = (
        view::epoch_odd(&world.state),
        view::epoch_even(&world.state),
    );
    let (odd, even) = (odd.expect("odd"), even.expect("even"));
    assert_eq!(
        (even.number, even.start_ms, even.end_ms),
        (2, 1_000, 1_000 + EPOCH)
    );
    assert_eq!((odd.number, odd.validators, odd.end_ms), (3, 5, 0));
    assert_eq!(view::finalized(&world.state), Ok(2));
    assert_eq!(venire_protocol::view::open(&world.state), Ok(vec![]));
}

#[test]
fn an_epoch_waits_until_everything_of_the_one_before_is_final() {
    let mut world = world(
        25,
        StakeParams {
            epoch_ms: 20_000,
            strikes_max: 0,
            ..rules()
        },
    );
    let contract = world.deploy(1, 0, &[]);
    world.script(|_, _| Act::Silent);
    let slow = world.send(1, contract, 0, &[]);
    world.wait(20_000);
    assert_eq!(view::epoch(&world.state), Ok(3));
    world.wait(20_000);
    assert_eq!(
        view::epoch(&world.state),
        Ok(3),
        "a transaction of epoch 2 is open"
    );
    let advance = StakeOrder::EpochAdvance;
    assert_eq!(
        code(&mut world, 2, STAKING_LOCAL, 0, &advance),
        "PREVIOUS_EPOCH_NOT_FINALIZABLE"
    );
    assert_eq!(
        code(&mut world, 2, STAKING_LOCAL, 0, &StakeOrder::EpochFinalize),
        "PREVIOUS_EPOCH_NOT_FINALIZABLE"
    );
    for _ in 0..20 {
        world.wait(300_000);
    }
    assert_eq!(world.status(slow), Status::Finalized);
    assert!(view::epoch(&world.state).expect("epoch") > 3);
}

#[test]
fn silence_costs_stake_and_three_times_the_seat() {
    let mut world = world(25, rules());
    let contract = world.deploy(1, 0, &[]);
    let id = world.send(1, contract, 0, &[]);
    let leader = world.tx(id).rounds[0].leader().expect("leader");
    world.script(move |_, me| {
        if me == leader {
            Act::Silent
        } else {
            Act::Honest
        }
    });
    world.drive();
    world.wait(300_000);
    let record = view::validator(&world.state, leader)
        .expect("state")
        .expect("validator");
    assert_eq!((record.struck_in, record.strikes), (2, vec![id]));
    assert_eq!(record.offences.len(), 1);
    world.drive();
    assert_eq!(world.status(id), Status::Accepted);
    let others = world.tx(id).rounds[1].seats.clone();
    for seat in others {
        let record = view::validator(&world.state, seat.validator).expect("state");
        let strikes = record.expect("validator").strikes;
        assert!(strikes.is_empty(), "who speaks has no strike");
    }
    world.wait(10_000);
    epochs(&mut world, 2);
    let stake = view::stake_of(&world.params, &world.state, leader, leader);
    assert_eq!(stake, Ok(U256::from(990)));
    assert!(!is_active(&world, leader), "it fell below the minimum");
}

#[test]
fn a_sealed_vote_that_is_never_opened_is_silence() {
    let mut world = world(25, rules());
    let contract = world.deploy(1, 0, &[]);
    world.script(|record, me| {
        let leads = record.round().and_then(venire_protocol::Round::leader) == Some(me);
        if leads { Act::Honest } else { Act::Sealed }
    });
    let id = world.call(1, contract, 0, &[]);
    world.wait(60_000);
    let record = world.tx(id);
    for seat in &record.rounds[0].seats {
        let leads = record.rounds[0].leader() == Some(seat.validator);
        let strikes = view::validator(&world.state, seat.validator).expect("state");
        let strikes = strikes.expect("validator").strikes;
        assert_eq!(strikes.is_empty(), leads);
    }
}

#[test]
fn who_is_cut_off_by_a_majority_is_not_idle() {
    for act in [Act::Sealed, Act::Silent] {
        let mut world = world(25, rules());
        let contract = world.deploy(1, 0, &[]);
        world.script(move |record, me| {
            let seats = &record.round().expect("round").seats;
            let last = seats.last().expect("seats").validator == me;
            let leads = record.round().and_then(venire_protocol::Round::leader) == Some(me);
            if last && !leads { act } else { Act::Honest }
        });
        let id = world.call(1, contract, 0, &[]);
        world.wait(world.params.grace_ms);
        world.drive();
        assert_eq!(world.status(id), Status::Accepted);
        for seat in &world.tx(id).rounds[0].seats {
            let record = view::validator(&world.state, seat.validator).expect("state");
            assert!(record.expect("validator").strikes.is_empty());
        }
    }
}

#[test]
fn a_developers_network_neither_strikes_nor_slashes() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|_, _| Act::Silent);
    let id = world.send(1, contract, 0, &[]);
    for _ in 0..60 {
        world.wait(300_000);
    }
    assert_eq!(world.status(id), Status::Finalized);
    for _ in 0..5 {
        world.wait(86_400_000);
    }
    assert!(view::epoch(&world.state).expect("epoch") >= 7);
    assert_eq!(view::active_validators_count(&world.state), Ok(25));
    let globals = venire_protocol::view::globals(&world.state).expect("globals");
    let at_genesis = globals.minted;
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    epochs(&mut world, 1);
    let globals = venire_protocol::view::globals(&world.state).expect("globals");
    assert_eq!(globals.minted, at_genesis, "nothing is minted");
    assert_eq!(venire_protocol::view::next_deadline(&world.state), Ok(None));
}
