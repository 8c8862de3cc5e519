//! Appeals: who may object, who judges, what is taken back, and where the bonds go.

use crate::{
    fees::unit_fees,
    machine::Op,
    world::{Act, World, user},
};
use venire_protocol::{
    AppealEnd, AppealKind, Effect, Params, Reject, Round, SPONSOR, TxRecord, view,
};
use venire_types::{
    Address, B256, U256,
    chain::topic,
    storage::StateView::{Accepted, Finalized},
    vote::{RoundResult, Status},
};

const SUBMIT_APPEAL: [u8; 4] = [0x8b, 0x5d, 0xe1, 0xbc];

pub(crate) fn appeal(world: &World, number: u8, value: u64, tx: B256) -> venire_protocol::Input {
    let input = [&SUBMIT_APPEAL[..], tx.as_slice()].concat();
    let main = venire_types::chain::CONSENSUS_MAIN_LOCAL;
    world.envelope(number, main, value, input)
}

/// Files an appeal by user 3 and lets everyone answer.
pub(crate) fn contest(world: &mut World, tx: B256) {
    let input = appeal(world, 3, 0, tx);
    assert_eq!(world.include(input), tx);
    world.drive();
}

pub(crate) fn judged_again(round: &Round) -> bool {
    round.judges.is_some()
}

/// Everybody is honest, but the appeal committees of this transaction are not convinced.
pub(crate) fn overturn(tx: B256) -> impl Fn(&TxRecord, Address) -> Act {
    move |record, _| {
        if record.id == tx && record.round().is_some_and(judged_again) {
            Act::Disagree
        } else {
            Act::Honest
        }
    }
}

pub(crate) fn sizes(record: &TxRecord) -> Vec<(u32, usize)> {
    let rounds = record.rounds.iter();
    rounds
        .map(|round| (round.number, round.seats.len()))
        .collect()
}

/// Price of so many fresh seats and a leader, at the prices of a local chain.
fn price(seats: u64) -> U256 {
    U256::from(seats * 200 + 100) * U256::from(1_000_000_000_000_000u64)
}

#[test]
fn a_confirmed_decision_stands_with_a_shorter_window() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let id = world.call(1, contract, 0, &[Op::Add(2)]);
    world.wait(4_000);
    let input = appeal(&world, 3, 0, id);
    let effects = world.step(vec![input]);
    let started = |effect: &Effect| matches!(effect, Effect::Log { topics, .. } if topics.first() == Some(&topic::APPEAL_STARTED));
    assert!(effects.iter().any(started));
    assert_eq!(world.status(id), Status::AppealCommitting);
    // The decision stands while it is judged, for as long as that takes.
    assert_eq!(world.counter(contract, Accepted), 2);
    world.wait(20_000);
    world.drive();

    let record = world.tx(id);
    assert_eq!(record.status, Status::Accepted);
    assert_eq!(sizes(&record), [(0, 5), (1, 7)]);
    let [first, second] = &record.rounds[..] else {
        panic!("two rounds")
    };
    assert_eq!((second.judges, second.leader()), (Some(0), None));
    assert_eq!(second.read_height, first.read_height);
    let fresh = |seat: &venire_protocol::Seat| {
        first
            .seats
            .iter()
            .all(|other| other.validator != seat.validator)
    };
    assert!(second.seats.iter().all(fresh));
    let [filed] = &record.appeals[..] else {
        panic!("one appeal")
    };
    assert_eq!(filed.kind, AppealKind::Validators);
    assert_eq!((filed.appellant, filed.payer), (user(3), SPONSOR));
    assert_eq!((filed.bond, filed.end), (price(7), Some(AppealEnd::Failed)));
    // Six of ten seconds were left; a fifth of the ten is lost.
    assert_eq!(record.final_at_ms, Some(world.now + 4_000));

    let before = view::account(&world.state, SPONSOR).expect("state").balance;
    world.wait(4_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.counter(contract, Finalized), 2);
    // The bond went to the seven who confirmed it.
    let after = view::account(&world.state, SPONSOR).expect("state").balance;
    assert_eq!(after, before);
    for seat in &record.rounds[1].seats {
        assert_eq!(world.wealth(seat.validator), price(7) / U256::from(7));
    }
}

#[test]
fn an_appeal_that_is_filed_late_to_fail_leaves_others_their_time() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let id = world.call(1, contract, 0, &[Op::Add(2)]);
    world.wait(9_999);
    contest(&mut world, id);
    let record = world.tx(id);
    assert_eq!(record.appeals[0].end, Some(AppealEnd::Failed));
    assert_eq!(record.appeals[0].left_ms, 1);
    // One millisecond was left; a fifth of the whole window is.
    assert_eq!(record.final_at_ms, Some(world.now + 2_000));
    world.wait(1_999);
    contest(&mut world, id);
    assert_eq!(world.tx(id).final_at_ms, Some(world.now + 2_000));
    world.wait(2_000);
    assert_eq!(world.status(id), Status::Finalized);
}

#[test]
fn a_window_that_appeals_have_shortened_often_is_still_a_window() {
    let mut world = World::new(25);
    world.params.appeal_window_bps = 1_000;
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    world.script(|_, _| Act::Disagree);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    contest(&mut world, id);
    let record = world.tx(id);
    assert_eq!(record.appeals[0].end, Some(AppealEnd::Failed));
    assert_eq!(record.window_ms, 2_000);
    assert_eq!(record.final_at_ms, Some(world.now + 2_000));
}

#[test]
fn two_appeals_climb_the_ladder_until_nobody_is_fresh() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    contest(&mut world, id);
    contest(&mut world, id);
    let record = world.tx(id);
    assert_eq!(sizes(&record), [(0, 5), (1, 7), (3, 13)]);
    assert_eq!(record.window_ms, 6_400);
    assert_eq!(record.appeals[1].bond, price(13));
    let third = appeal(&world, 3, 0, id);
    assert_eq!(world.refuse(third), Reject::NoFreshSeat);
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
}

#[test]
fn a_small_active_set_seats_all_that_are_left() {
    let mut world = World::new(8);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    contest(&mut world, id);
    let record = world.tx(id);
    assert_eq!(sizes(&record), [(0, 5), (1, 3)]);
    assert_eq!(
        record.note.as_deref(),
        Some("7 seats were asked for, 3 are filled")
    );
}

#[test]
fn an_appeal_for_want_of_a_verdict_brings_a_larger_committee() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    let small = |record: &TxRecord, _: Address| match record.round() {
        Some(round) if round.number == 0 => Act::Disagree,
        _ => Act::Honest,
    };
    world.script(small);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    let later = world.call(1, contract, 0, &[Op::Add(2)]);
    assert_eq!(world.status(id), Status::Undetermined);
    contest(&mut world, id);
    let record = world.tx(id);
    assert_eq!(record.status, Status::Accepted);
    let last = record.round().expect("round");
    assert_eq!((last.number, last.seats.len()), (2, 11));
    assert_eq!(record.appeals[0].kind, AppealKind::Leader);
    assert_eq!(record.appeals[0].end, Some(AppealEnd::Succeeded));
    // The later call, undetermined before, was judged anew as well: by small committees again.
    let record = world.tx(later);
    assert_eq!(record.status, Status::Undetermined);
    assert!(record.rounds[..4].iter().all(|round| round.superseded));
}

#[test]
fn a_failed_appeal_for_want_of_a_verdict_shortens_the_window_and_costs_the_bond() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    world.script(|_, _| Act::Disagree);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    let before = view::account(&world.state, SPONSOR).expect("state").balance;
    contest(&mut world, id);
    let record = world.tx(id);
    assert_eq!(record.status, Status::Undetermined);
    assert_eq!(record.appeals[0].end, Some(AppealEnd::Failed));
    assert_eq!(record.window_ms, 8_000);
    world.wait(8_000);
    assert_eq!(world.status(id), Status::Finalized);
    let after = view::account(&world.state, SPONSOR).expect("state").balance;
    assert_eq!(before - after, record.appeals[0].bond);
}

#[test]
fn an_appeal_for_want_of_a_proposal_needs_only_a_proposal() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    world.script(|record, _| match record.round() {
        Some(round) if round.number == 0 => Act::Timeout,
        _ => Act::Disagree,
    });
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    assert_eq!(world.status(id), Status::LeaderTimeout);
    contest(&mut world, id);
    let record = world.tx(id);
    assert_eq!(record.status, Status::Undetermined);
    assert_eq!(record.appeals[0].kind, AppealKind::LeaderTimeout);
    assert_eq!(record.appeals[0].end, Some(AppealEnd::Succeeded));
}

#[test]
fn a_majority_of_timeouts_can_be_confirmed_or_overturned() {
    for (second, status) in [
        (Act::Timeout, Status::ValidatorsTimeout),
        (Act::Honest, Status::Accepted),
    ] {
        let mut world = World::new(25);
        let contract = world.deploy(1, 0, &[]);
        world.wait(10_000);
        world.script(move |record, me| match record.round() {
            Some(round) if round.number == 0 && round.leader() != Some(me) => Act::Timeout,
            Some(round) if round.number == 1 => second,
            _ => Act::Honest,
        });
        let id = world.call(1, contract, 0, &[Op::Add(1)]);
        assert_eq!(world.status(id), Status::ValidatorsTimeout);
        contest(&mut world, id);
        assert_eq!(world.status(id), status);
    }
}

#[test]
fn silence_overturns_a_verdict() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    world.script(|record, _| {
        if record.round().is_some_and(judged_again) {
            Act::Silent
        } else {
            Act::Honest
        }
    });
    contest(&mut world, id);
    // Once for the committee, once for those who took its seats.
    for _ in 0..2 {
        assert_eq!(world.status(id), Status::AppealCommitting);
        world.wait(300_000);
        world.drive();
    }
    let record = world.tx(id);
    assert_eq!(record.rounds[1].idle.len(), 7);
    assert_eq!(record.rounds[1].result, RoundResult::NoMajority);
    assert_eq!(record.appeals[0].end, Some(AppealEnd::Succeeded));
    assert_eq!(record.status, Status::Accepted);
}

#[test]
fn what_must_not_be_filed_is_refused_and_changes_nothing() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    let unknown = appeal(&world, 3, 0, B256::repeat_byte(9));
    assert_eq!(world.refuse(unknown).code(), "TX_NOT_FOUND");
    let id = world.send(1, contract, 0, &[Op::Add(1)]);
    let early = appeal(&world, 3, 0, id);
    assert_eq!(world.refuse(early).code(), "APPEAL_TOO_EARLY");
    world.drive();
    let first = appeal(&world, 3, 0, id);
    world.include(first);
    let twice = appeal(&world, 2, 0, id);
    assert_eq!(world.refuse(twice), Reject::AppealPending);
    world.drive();
    world.wait(10_000);
    let late = appeal(&world, 3, 0, id);
    assert_eq!(world.refuse(late).code(), "APPEAL_TOO_LATE");
    let transfer = world.envelope(1, user(8), 5, vec![]);
    let transfer = world.include(transfer);
    let unjudged = appeal(&world, 3, 0, transfer);
    assert_eq!(world.refuse(unjudged).code(), "APPEAL_TOO_LATE");
}

#[test]
fn without_a_sponsor_the_charge_is_the_appellants() {
    let params = Params {
        fees: unit_fees(),
        ..Params::local()
    };
    let mut world = World::with(25, params);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    // Seven votes, and four attempts before eleven seats; the deposit has 3,300 left for them.
    let (bond, funding) = (1_500, 1_400 + 4 * 2_300 - 3_300);
    let low = appeal(&world, 3, bond + funding - 1, id);
    assert_eq!(
        world.refuse(low),
        Reject::BondTooLow {
            offered: U256::from(bond + funding - 1),
            bond: U256::from(bond),
            funding: U256::from(funding)
        }
    );
    world.script(overturn(id));
    // What is offered beyond the charge stays.
    let input = appeal(&world, 3, 20_000, id);
    world.include(input);
    assert_eq!(world.balance(user(3), Accepted), 1_000_000 - bond - funding);
    world.drive();
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    // One attempt sufficed: the funding comes back, but for what the deposit could not pay.
    let reward = 1_100;
    let work = 1_400 + 2_300 + reward - 4_400;
    assert_eq!(world.balance(user(3), Accepted), 1_000_000 + reward - work);
}

#[test]
fn judges_do_not_appeal() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.wait(10_000);
    let id = world.call(1, contract, 0, &[Op::Add(1)]);
    let record = world.tx(id);
    // Jurors hold the keys 100 and up.
    let judge = (100..125)
        .find(|number| record.rounds[0].seats[0].validator == user(*number))
        .expect("a juror");
    let input = appeal(&world, judge, 0, id);
    assert_eq!(world.refuse(input).code(), "JUDGE_APPEALS");
}
