//! What an accusation can do to a leader, to the active set and to who makes it.

use crate::{
    court::{contested, first, is_active, tribunal, validator, voters},
    fees::appeal,
    machine::Op,
    stake::rules,
    world::{Act, World, committee, submit},
};
use std::{collections::BTreeSet, sync::Arc};
use venire_protocol::{
    DutyKind, Effect, Finding, Params, Tribunal, TribunalPhase,
    stake::{StakeParams, view as stakes},
    view,
};
use venire_types::{Address, B256, U256, chain::topic, envelope::TxData, vote::Status};

const D: Act = Act::Deviant;
const H: Act = Act::Honest;

/// So many validators, of whom so many must stay active.
fn court(validators: u8, least: u32, stake: StakeParams) -> (World, Address) {
    let params = Params {
        stake: StakeParams {
            active_min: least,
            ..stake
        },
        ..Params::local()
    };
    let mut world = World::with(validators, params);
    let contract = world.deploy(1, 0, &[]);
    (world, contract)
}

fn quarantined(world: &World) -> Vec<Address> {
    stakes::quarantined(&world.state, 0, 99).expect("state")
}

/// Two leaders, accused in one block; voters of tribunals say nothing.
fn two_accused(world: &mut World, contract: Address) -> [Tribunal; 2] {
    world.bench(|_, _| Act::Silent);
    for _ in 0..20 {
        let other = world.deploy(1, 0, &[]);
        let ids = [contract, other].map(|to| world.send(2, to, 0, &[Op::Add(1)]));
        if ids
            .map(|id| committee(&world.tx(id))[0])
            .windows(2)
            .all(|two| two[0] == two[1])
        {
            world.drive();
            continue;
        }
        world.script(first(H, [D, H, H, H]));
        for _ in 0..3 {
            world.answer_once();
        }
        world.script(|_, _| H);
        return ids.map(|id| tribunal(world, id));
    }
    panic!("one leads all");
}

#[test]
fn a_leader_that_cannot_be_spared_is_drawn_until_it_is_convicted() {
    let (mut world, contract) = court(25, 25, rules());
    let (id, opened) = contested(&mut world, contract, D, [D, D, D, H]);
    assert!(is_active(&world, opened.accused));
    assert_eq!(validator(&world, opened.accused).accusations, 1);
    assert!(quarantined(&world).is_empty());
    let held = |effect: &Effect| matches!(effect, Effect::Log { topics, .. } if topics[0] == topic::VALIDATOR_QUARANTINED);
    assert!(!world.effects.iter().any(held));
    world.drive();
    let closed = tribunal(&world, id);
    assert!(matches!(closed.finding, Some(Finding::Convicted { .. })));
    assert!(
        !is_active(&world, opened.accused),
        "a conviction waits for nobody"
    );
}

#[test]
fn accusations_hold_back_only_as_many_as_can_be_spared() {
    let (mut world, contract) = court(25, 24, rules());
    let [one, two] = two_accused(&mut world, contract);
    assert_eq!(quarantined(&world), [one.accused]);
    assert!(!is_active(&world, one.accused) && is_active(&world, two.accused));
    world.wait(world.params.commit_timeout_ms);
    assert!(is_active(&world, one.accused) && is_active(&world, two.accused));
    assert!(quarantined(&world).is_empty());
    assert_eq!(view::validators(&world.state).expect("state").len(), 25);
}

#[test]
fn a_new_epoch_holds_back_as_many_of_the_accused_as_it_can_spare() {
    let stake = StakeParams {
        epoch_ms: 20_000,
        strikes_max: 0,
        ..rules()
    };
    let (mut world, contract) = court(25, 24, stake);
    let [one, two] = two_accused(&mut world, contract);
    world.drive();
    world.wait(20_000);
    assert_eq!(stakes::epoch(&world.state), Ok(3));
    let (first, second) = (one.accused.min(two.accused), one.accused.max(two.accused));
    assert_eq!(quarantined(&world), [first]);
    assert!(!is_active(&world, first) && is_active(&world, second));
    world.wait(world.params.commit_timeout_ms);
    assert!(is_active(&world, first) && is_active(&world, second));
    assert!(quarantined(&world).is_empty());
}

#[test]
fn who_has_as_many_strikes_as_ban_accuses_nobody() {
    let stake = StakeParams {
        strikes_max: 1,
        ..rules()
    };
    let (mut world, contract) = court(25, 25, stake);
    let (id, _) = contested(&mut world, contract, H, [D, H, H, H]);
    let accuser = committee(&world.tx(id))[1];
    world.drive();
    assert_eq!(tribunal(&world, id).finding, Some(Finding::Restored));
    assert!(is_active(&world, accuser), "it cannot be spared");
    world.script(move |record, me| {
        let leads = record.round().and_then(venire_protocol::Round::leader) == Some(me);
        if me == accuser && !leads { D } else { H }
    });
    let accuses = |world: &mut World| {
        for _ in 0..40 {
            let id = world.call(1, contract, 0, &[Op::Add(1)]);
            let members = committee(&world.tx(id));
            if members[1..].contains(&accuser) {
                assert_eq!(world.status(id), Status::Accepted);
                return view::tribunals(&world.state, id).expect("state").len();
            }
        }
        panic!("it is never drawn");
    };
    assert_eq!(accuses(&mut world), 0, "not heard");
    assert_eq!(validator(&world, accuser).strikes.len(), 1);
    // In another epoch it is, as anybody is whose word is good.
    world.wait(10_000);
    crate::stake::epochs(&mut world, 1);
    assert_eq!(accuses(&mut world), 1);
}

#[test]
fn who_votes_in_a_tribunal_judges_an_appeal_last() {
    for (validators, others) in [(25, 7), (20, 2)] {
        let (mut world, contract) = court(validators, 5, rules());
        let (id, opened) = contested(&mut world, contract, H, [D, H, H, H]);
        let input = appeal(&world, 3, id, 0);
        world.include(input);
        let seats = world.tx(id).rounds[1].seats.clone();
        assert_eq!(seats.len(), 7);
        let bench: BTreeSet<Address> = voters(&opened).into_iter().collect();
        let outside = seats.iter().filter(|seat| !bench.contains(&seat.validator));
        assert_eq!(outside.count(), others, "all others first");
    }
}

#[test]
fn the_answers_of_a_leader_are_told_to_all_as_one() {
    let (mut world, contract) = court(25, 5, rules());
    let answers = |world: &World, of: B256| -> Vec<Arc<_>> {
        let told = world.effects.iter();
        let told = told.filter_map(|effect| match effect {
            Effect::Duty { tx, kind, .. } if *tx == of => match kind {
                DutyKind::Judge { nondet } | DutyKind::Verify { nondet, .. } => Some(nondet),
                DutyKind::Lead | DutyKind::Reveal => None,
            },
            _ => None,
        });
        told.cloned().collect()
    };
    let id = world.send(1, contract, 0, &[Op::Add(3)]);
    world.script(first(H, [D, H, H, H]));
    world.answer_once();
    let jurors = answers(&world, id);
    world.answer_once();
    world.answer_once();
    let opened = tribunal(&world, id);
    assert_eq!(opened.phase, TribunalPhase::Committing);
    let bench = answers(&world, opened.id);
    for (told, seats) in [(jurors, 5), (bench, 13)] {
        assert_eq!(told.len(), seats);
        assert!(told.windows(2).all(|two| Arc::ptr_eq(&two[0], &two[1])));
    }
}

#[test]
fn what_a_receipt_says_already_stays() {
    let (mut world, contract) = court(9, 5, rules());
    let data = TxData::Call {
        calldata: crate::machine::call(&[Op::Add(3)]),
    };
    let mut submission = submit(contract, data);
    submission.validators = U256::from(11);
    world.script(|record, me| {
        let members = committee(record);
        if members.get(1) == Some(&me) { D } else { H }
    });
    let id = world.include(world.submission(1, 0, &submission));
    world.drive();
    let note = world.tx(id).note.expect("a note");
    let (seats, bench) = (
        "11 seats were asked for, 9 are filled",
        "needs 5 validators",
    );
    assert!(note.contains(seats) && note.contains(bench), "{note}");
}
