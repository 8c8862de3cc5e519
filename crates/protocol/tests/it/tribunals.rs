//! Tribunals: who broke determinism, what it costs, and what it leaves alone.

use crate::{
    court::{
        bench, charges, contested, court, first, is_active, sealed, sparing, tribunal, validator,
        voters,
    },
    fees::appeal,
    machine::Op,
    stake::{code, rules},
    world::{Act, World, committee},
};
use venire_protocol::{
    Effect, Finding, Input, Params, RawInput, Tribunal, TribunalPhase,
    stake::{StakeParams, view as stakes},
    view,
};
use venire_types::{
    Address, B256, U256,
    chain::{STAKING_LOCAL, topic},
    envelope::StakeOrder,
    keccak256,
    outcome::Outcome,
    storage::StateView::{Accepted, Finalized},
    vote::Status,
};

fn logged(effects: &[Effect], wanted: B256) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Log { topics, .. } if topics[0] == wanted))
}

const D: Act = Act::Deviant;
const H: Act = Act::Honest;

#[test]
fn one_honest_juror_is_enough_to_convict_a_leader_and_its_friends() {
    let (mut world, contract) = court();
    let (id, opened) = contested(&mut world, contract, D, [D, D, D, H]);
    let members = committee(&world.tx(id));
    let leader = members[0];
    // TRIBUNAL-02: the transaction goes on as if there were no tribunal.
    assert_eq!(world.status(id), Status::Accepted);
    assert_eq!((opened.accused, opened.round), (leader, 0));
    assert_eq!(opened.id, Tribunal::id_of(id, 0));
    assert!(logged(&world.effects, topic::VALIDATOR_QUARANTINED));
    assert!(logged(&world.effects, topic::EPOCH_HAS_PENDING_TRIBUNALS));
    // TRIBUNAL-05: more than judged before, and none of them.
    assert_eq!(opened.seats.len(), 13);
    assert!(voters(&opened).iter().all(|voter| !members.contains(voter)));
    // TRIBUNAL-04
    assert!(!is_active(&world, leader));
    let held = stakes::quarantined(&world.state, 0, 9);
    assert_eq!(held, Ok(vec![leader]));
    let pending = view::pending_tribunals(&world.state, opened.epoch);
    assert_eq!(pending, Ok(vec![opened.clone()]));
    // A restarted node finds its duties in the state.
    assert!(
        view::open(&world.state)
            .expect("state")
            .contains(&opened.id)
    );
    for _ in 0..2 {
        let mut told = world.effects.clone();
        told.retain(|effect| matches!(effect, Effect::Duty { tx, .. } if *tx == opened.id));
        assert_eq!(view::duties(&world.state, opened.id), Ok(told));
        world.answer_once();
    }

    let closed = tribunal(&world, id);
    let right = world.result(&world.tx(id), 0, H).hash();
    assert_eq!(closed.finding, Some(Finding::Convicted { right }));
    assert_eq!(closed.phase, TribunalPhase::Closed);
    assert!(logged(
        &world.effects,
        topic::VALIDATOR_BANNED_DETERMINISTIC
    ));
    // TRIBUNAL-12, 13
    assert_eq!(charges(&world, leader), (500, 0));
    assert!(validator(&world, leader).banned_for_ever);
    for friend in &members[1..4] {
        assert_eq!(charges(&world, *friend), (100, 1));
    }
    assert_eq!(charges(&world, members[4]), (0, 0));
    for voter in voters(&closed) {
        assert_eq!(charges(&world, voter), (0, 0));
    }
    // What was accepted stays: that is what appeals are for.
    world.wait(10_000);
    let record = world.tx(id);
    assert_eq!(record.status, Status::Finalized);
    let wrong = Outcome::VmError("cosmic ray".into());
    assert_eq!(record.outcome, Some(wrong));
    // Exactly, two epochs later: 5 % and three times 1 % of 1,000 wei.
    crate::stake::epochs(&mut world, 2);
    let burned = view::globals(&world.state).expect("state").burned;
    assert_eq!(burned, U256::from(50 + 3 * 10));
    assert_eq!(validator(&world, leader).own.stake, U256::from(950));
    assert_eq!(validator(&world, members[1]).own.stake, U256::from(990));
    crate::stake::epochs(&mut world, 3);
    assert!(!is_active(&world, leader));
}

#[test]
fn a_leader_that_was_right_is_back_at_once_and_who_accused_it_pays() {
    let (mut world, contract) = court();
    let before = view::validators(&world.state);
    let (id, opened) = contested(&mut world, contract, H, [H, D, H, Act::Disagree]);
    let members = committee(&world.tx(id));
    world.drive();
    assert_eq!(tribunal(&world, id).finding, Some(Finding::Restored));
    assert_eq!(view::validators(&world.state), before);
    assert_eq!(stakes::banned(&world.state, 2, 0, 9), Ok(vec![]));
    assert_eq!(charges(&world, members[2]), (100, 1));
    for other in [members[0], members[1], members[3], members[4]] {
        assert_eq!(charges(&world, other), (0, 0), "an opinion costs nothing");
    }
    assert_eq!(world.counter(contract, Accepted), 3);
    assert!(stakes::quarantined(&world.state, 0, 9) == Ok(vec![]));
    assert_eq!(
        view::pending_tribunals(&world.state, opened.epoch),
        Ok(vec![])
    );
}

#[test]
fn without_a_majority_for_one_result_nobody_is_to_blame() {
    let split: &[Act] = &[H, H, H, H, H, H, D, D, D, D, D, D, Act::Timeout];
    // All differ from each other: then it is not the leader that is wrong.
    let scattered: &[Act] = &[Act::Disagree; 13];
    let unable: &[Act] = &[Act::Timeout; 13];
    for acts in [split, scattered, unable] {
        let (mut world, contract) = court();
        let before = view::validators(&world.state);
        world.bench(bench(acts));
        let (id, _) = contested(&mut world, contract, D, [H, H, H, H]);
        world.drive();
        let closed = tribunal(&world, id);
        assert_eq!(closed.finding, Some(Finding::NoMajority));
        assert_eq!(view::validators(&world.state), before);
        for member in world.jurors() {
            assert_eq!(charges(&world, member), (0, 0));
        }
    }
}

#[test]
fn who_says_nothing_is_idle_and_who_is_wrong_pays_among_voters_too() {
    let acts: &[Act] = &[Act::Silent, Act::Sealed, Act::Timeout, D, Act::Disagree];
    let (mut world, contract) = court();
    world.bench(bench(acts));
    let (id, _) = contested(&mut world, contract, D, [H, H, H, H]);
    world.drive();
    assert_eq!(tribunal(&world, id).phase, TribunalPhase::Committing);
    world.wait(world.params.commit_timeout_ms);
    world.drive();
    assert_eq!(tribunal(&world, id).phase, TribunalPhase::Revealing);
    world.wait(world.params.reveal_timeout_ms);
    let closed = tribunal(&world, id);
    assert!(matches!(closed.finding, Some(Finding::Convicted { .. })));
    let voters = voters(&closed);
    let expected = [(100, 1), (100, 1), (0, 0), (100, 1), (100, 1), (0, 0)];
    for (voter, expected) in voters.iter().zip(expected) {
        assert_eq!(charges(&world, *voter), expected);
    }
}

#[test]
fn a_tribunal_in_which_nobody_speaks_ends_at_its_first_deadline() {
    let (mut world, contract) = court();
    world.bench(|_, _| Act::Silent);
    let (id, opened) = contested(&mut world, contract, D, [H, H, H, H]);
    world.drive();
    world.wait(world.params.commit_timeout_ms - 1);
    assert_eq!(tribunal(&world, id).phase, TribunalPhase::Committing);
    world.wait(1);
    let closed = tribunal(&world, id);
    assert_eq!(closed.finding, Some(Finding::NoMajority));
    assert!(is_active(&world, opened.accused));
    for voter in voters(&closed) {
        assert_eq!(charges(&world, voter), (100, 1));
    }
}

#[test]
fn with_too_few_others_there_is_no_tribunal_and_the_receipt_says_so() {
    let params = Params {
        stake: rules(),
        ..Params::local()
    };
    let mut world = World::with(9, params);
    let contract = world.deploy(1, 0, &[]);
    let id = world.send(1, contract, 0, &[]);
    world.script(first(H, [D, H, H, H]));
    world.drive();
    let record = world.tx(id);
    assert_eq!(record.status, Status::Accepted);
    assert_eq!(view::tribunals(&world.state, id), Ok(vec![]));
    let note = record.note.expect("a note");
    assert!(note.contains("needs 5 validators") && note.contains("4 are left"));
    assert!(is_active(&world, committee(&world.tx(id))[0]));
}

#[test]
fn a_developers_network_has_no_tribunals() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let id = world.send(1, contract, 0, &[]);
    world.script(first(H, [D, H, H, H]));
    world.drive();
    assert_eq!(view::tribunals(&world.state, id), Ok(vec![]));
    assert_eq!(world.tx(id).note, None);
}

#[test]
fn an_appeal_brings_a_committee_that_agreed_on_a_wrong_result_before_a_tribunal() {
    let (mut world, contract) = court();
    let id = world.send(1, contract, 0, &[Op::Add(3)]);
    world.script(first(D, [D; 4]));
    world.drive();
    assert_eq!(world.status(id), Status::Accepted);
    assert_eq!(view::tribunals(&world.state, id), Ok(vec![]), "all agree");
    let members = committee(&world.tx(id));
    let input = appeal(&world, 3, id, 0);
    world.include(input);
    world.answer_once();
    world.answer_once();
    // Both at once: the decision is taken back, and the tribunal about it has begun.
    assert_eq!(world.status(id), Status::Proposing);
    let opened = tribunal(&world, id);
    assert_eq!((opened.round, opened.accused), (0, members[0]));
    let appellate = &world.tx(id).rounds[1];
    let mut seats = appellate.seats.iter();
    assert!(seats.all(|seat| !voters(&opened).contains(&seat.validator)));
    world.drive();
    assert_eq!(world.counter(contract, Accepted), 3);
    let closed = tribunal(&world, id);
    assert!(matches!(closed.finding, Some(Finding::Convicted { .. })));
    assert_eq!(charges(&world, members[0]), (500, 0));
    for juror in &members[1..] {
        assert_eq!(charges(&world, *juror), (100, 1));
    }
}

#[test]
fn what_a_tribunal_found_holds_for_later_votes_on_the_same_proposal() {
    let (mut world, contract) = court();
    let (id, _) = contested(&mut world, contract, H, [D, H, H, H]);
    world.drive();
    let accuser = committee(&world.tx(id))[1];
    assert_eq!(tribunal(&world, id).finding, Some(Finding::Restored));
    let input = appeal(&world, 3, id, 0);
    world.include(input);
    let doubter = world.tx(id).rounds[1].seats[0].validator;
    world.script(move |_, me| if me == doubter { D } else { H });
    world.drive();
    assert_eq!(world.status(id), Status::Accepted);
    let all = view::tribunals(&world.state, id).expect("state");
    assert_eq!(all.len(), 1, "one for each proposal");
    assert_eq!(charges(&world, doubter), (100, 1));
    assert_eq!(charges(&world, accuser), (100, 1));
}

#[test]
fn votes_of_an_appeal_count_in_a_tribunal_that_is_still_open() {
    let (mut world, contract) = court();
    world.bench(|_, _| Act::Silent);
    let (id, opened) = contested(&mut world, contract, H, [D, H, H, H]);
    let input = appeal(&world, 3, id, 0);
    world.include(input);
    let doubter = world.tx(id).rounds[1].seats[0].validator;
    world.script(move |_, me| if me == doubter { D } else { H });
    // The voters take their time.
    let commits: Vec<Input> = voters(&opened)
        .into_iter()
        .map(|me| world.signed(me, sealed(&world, &opened, me, H), RawInput::Commit))
        .collect();
    world.drive();
    assert_eq!(world.status(id), Status::Accepted);
    assert_eq!(charges(&world, doubter), (0, 0));
    world.bench(|_, _| H);
    world.step(commits);
    world.drive();
    assert_eq!(tribunal(&world, id).finding, Some(Finding::Restored));
    assert_eq!(charges(&world, doubter), (100, 1));
}

#[test]
fn a_tribunal_outlives_what_it_is_about() {
    let (mut world, contract) = court();
    let earlier = world.call(2, contract, 0, &[Op::Add(1)]);
    world.bench(|_, _| Act::Silent);
    let (id, opened) = contested(&mut world, contract, D, [D, D, D, H]);
    let commits: Vec<Input> = voters(&opened)
        .into_iter()
        .map(|me| world.signed(me, sealed(&world, &opened, me, H), RawInput::Commit))
        .collect();
    // The earlier slot does not hold: the later one waits for its turn again.
    let input = appeal(&world, 3, earlier, 0);
    world.include(input);
    world.script(|record, _| match record.rounds.len() {
        2 => Act::Disagree,
        _ => H,
    });
    world.answer_once();
    world.answer_once();
    assert_eq!(world.status(id), Status::Pending);
    assert!(world.tx(id).rounds[0].superseded);
    assert_eq!(tribunal(&world, id).phase, TribunalPhase::Committing);
    world.bench(|_, _| H);
    world.step(commits);
    world.script(|_, _| H);
    world.drive();
    let closed = tribunal(&world, id);
    assert!(matches!(closed.finding, Some(Finding::Convicted { .. })));
    world.wait(10_000);
    world.drive();
    world.wait(10_000);
    assert_eq!(world.counter(contract, Finalized), 4);
    assert_eq!(world.status(id), Status::Finalized);
}

#[test]
fn an_epoch_waits_for_its_tribunals_and_no_longer() {
    let params = Params {
        stake: StakeParams {
            epoch_ms: 20_000,
            strikes_max: 0,
            ..sparing()
        },
        ..Params::local()
    };
    let mut world = World::with(25, params);
    let contract = world.deploy(1, 0, &[]);
    world.bench(|_, _| Act::Silent);
    let (id, opened) = contested(&mut world, contract, H, [D, H, H, H]);
    world.drive();
    world.wait(20_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(stakes::epoch(&world.state), Ok(3));
    world.wait(20_000);
    assert_eq!(stakes::epoch(&world.state), Ok(3));
    assert_eq!(stakes::finalized(&world.state), Ok(0));
    for order in [StakeOrder::EpochAdvance, StakeOrder::EpochFinalize] {
        let refused = code(&mut world, 2, STAKING_LOCAL, 0, &order);
        assert_eq!(refused, "PENDING_TRIBUNALS");
    }
    assert!(!is_active(&world, opened.accused));
    world.wait(world.params.commit_timeout_ms);
    assert_eq!(stakes::epoch(&world.state), Ok(4));
    // The deed belongs to the epoch of the transaction; held back over the change, it is chosen
    // as if nothing had been.
    assert!(is_active(&world, opened.accused));
    for voter in voters(&opened) {
        assert_eq!(validator(&world, voter).offences[0].epoch, 2);
    }
}

#[test]
fn who_is_held_back_loses_nothing_else() {
    let params = Params {
        stake: StakeParams {
            inflation_start_bps: 900,
            inflation_floor_bps: 900,
            ..sparing()
        },
        ..Params::local()
    };
    let mut world = World::with(25, params);
    let contract = world.deploy(1, 0, &[]);
    world.wait(rules().epoch_ms - 1_000);
    world.bench(|_, _| Act::Silent);
    let (_, opened) = contested(&mut world, contract, H, [D, H, H, H]);
    let earns = |world: &World, member| {
        let record = validator(world, member);
        world.balance(record.owner, Finalized)
    };
    let other = voters(&opened)[0];
    world.wait(1_000);
    assert_eq!(stakes::epoch(&world.state), Ok(3));
    assert!(!is_active(&world, opened.accused));
    assert_eq!(earns(&world, opened.accused), earns(&world, other));
    assert!(earns(&world, other) > 0);
    let figures = stakes::epochs(&world.state).expect("state").current;
    assert_eq!(figures.validators, 25, "its place is kept");
    world.wait(world.params.commit_timeout_ms);
    assert!(is_active(&world, opened.accused));
    let active = view::validators(&world.state).expect("state");
    let weights = active.iter().map(|member| member.weight);
    assert_eq!(
        weights.fold(U256::ZERO, |sum, weight| sum + weight),
        figures.weight
    );
}

#[test]
fn a_leader_of_several_contested_rounds_is_free_after_the_last_tribunal() {
    for (leads, juror) in [(H, D), (D, H)] {
        let params = Params {
            stake: StakeParams {
                strikes_max: 0,
                ..sparing()
            },
            ..Params::local()
        };
        let mut world = World::with(25, params);
        let contracts: Vec<Address> = (0..14).map(|_| world.deploy(1, 0, &[])).collect();
        let ids: Vec<B256> = contracts
            .iter()
            .map(|contract| world.send(2, *contract, 0, &[Op::Add(1)]))
            .collect();
        world.script(first(leads, [juror, H, H, H]));
        for _ in 0..3 {
            world.answer_once();
        }
        let all: Vec<Tribunal> = ids.iter().map(|id| tribunal(&world, *id)).collect();
        let led = |leader| all.iter().filter(move |other| other.accused == leader);
        let twice = all
            .iter()
            .map(|tribunal| tribunal.accused)
            .find(|leader| led(*leader).count() > 1)
            .expect("somebody leads two");
        let last = led(twice).next_back().expect("a tribunal").id;
        assert_eq!(
            validator(&world, twice).accusations as usize,
            led(twice).count()
        );
        world.bench(move |tribunal, _| {
            let late = tribunal.id == last;
            if late { Act::Sealed } else { H }
        });
        world.drive();
        if leads == H {
            assert!(!is_active(&world, twice), "one is still open");
            world.wait(world.params.reveal_timeout_ms);
            assert!(is_active(&world, twice));
        } else {
            world.bench(|_, _| H);
            world.wait(world.params.reveal_timeout_ms);
            let convictions = led(twice).count() as u32 - 1;
            assert_eq!(charges(&world, twice), (500 * convictions, 0));
            crate::stake::epochs(&mut world, 2);
            let left = U256::from(1_000 - 50 * convictions.min(2));
            assert_eq!(validator(&world, twice).own.stake, left);
        }
    }
}

#[test]
fn topics_are_those_of_the_published_contracts() {
    for (topic, signature) in [
        (
            topic::VALIDATOR_QUARANTINED,
            "ValidatorQuarantined(address,uint256)",
        ),
        (
            topic::VALIDATOR_QUARANTINE_REPEALED,
            "ValidatorQuarantineRepealed(address)",
        ),
        (
            topic::VALIDATOR_BANNED_DETERMINISTIC,
            "ValidatorBannedDeterministic(address)",
        ),
        (
            topic::EPOCH_HAS_PENDING_TRIBUNALS,
            "EpochHasPendingTribunals(uint256)",
        ),
    ] {
        assert_eq!(topic, keccak256(signature));
    }
}
