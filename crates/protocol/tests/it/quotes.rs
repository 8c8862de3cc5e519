//! Appeals on a chain on which users pay: what the quote says, and where everything goes.

use crate::{
    fees::{JUDGED, RICH, appeal, burned, earned, order, terms, with_contract},
    machine::{Op, call},
    world::{Act, World, user},
};
use venire_protocol::{Quote, Reject, TxRecord, view};
use venire_types::{
    Address, B256, U256,
    chain::CONSENSUS_MAIN_LOCAL,
    emission::On,
    envelope::{Ceilings, TopUp},
    outcome::Outcome,
    storage::StateView::{Accepted, Finalized},
    vote::Status,
};

fn quote(world: &World, tx: B256) -> Quote {
    view::appeal_quote(&world.params, &world.state, world.now, tx)
        .expect("state")
        .expect("open to an appeal")
}

/// Everybody disagrees with what is not the first round of an appeal.
fn in_appeals(act: Act) -> impl Fn(&TxRecord, Address) -> Act {
    move |record, _| match record.round() {
        Some(round) if round.judges.is_some() => act,
        _ => Act::Honest,
    }
}

#[test]
fn a_lost_appeal_pays_those_who_were_right() {
    let (mut world, contract) = with_contract(&[]);
    let id = world.include(world.submission(1, 4_900, &order(contract, &[], terms(0, &[0, 0]))));
    world.drive();
    let quote = quote(&world, id);
    assert_eq!((quote.bond, quote.funding), (U256::from(1_500), U256::ZERO));
    let low = appeal(&world, 2, id, 1_499);
    assert_eq!(
        world.refuse(low),
        Reject::BondTooLow {
            offered: U256::from(1_499),
            bond: U256::from(1_500),
            funding: U256::ZERO
        }
    );
    world.include(appeal(&world, 2, id, 2_000));
    assert_eq!(world.balance(user(2), Finalized), RICH - 1_500);
    world.drive();
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), RICH - JUDGED);
    assert_eq!(world.balance(user(2), Finalized), RICH - 1_500);
    assert_eq!(burned(&world), 2);
}

#[test]
fn a_won_appeal_pays_what_the_quote_promised() {
    let (mut world, contract) = with_contract(&[]);
    let id = world.include(world.submission(1, 4_900, &order(contract, &[], terms(0, &[0, 0]))));
    world.drive();
    let quote = quote(&world, id);
    assert_eq!(quote.reward, U256::from(100 + 1_100));
    world.script(in_appeals(Act::Disagree));
    world.include(appeal(&world, 2, id, 1_500));
    world.drive();
    assert_eq!(world.status(id), Status::Accepted);
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(2), Finalized), RICH + 1_200);
    let work = 7 * 200 + 100 + 11 * 200;
    assert_eq!(world.balance(user(1), Finalized), RICH - work - 1_200);
    assert_eq!(burned(&world), 0);
    let record = world.tx(id);
    assert!(earned(&world, &record) >= work);
}

#[test]
fn funding_that_the_work_does_not_need_comes_back() {
    let (mut world, contract) = with_contract(&[]);
    let id = world.include(world.submission(1, 1_100, &order(contract, &[], terms(0, &[0]))));
    world.drive();
    // A committee of seven, a leader and a committee of eleven.
    let quote = quote(&world, id);
    assert_eq!(quote.funding, U256::from(1_400 + 2_300));
    assert_eq!(quote.reward, U256::from(1_100));
    let charge = 1_500 + 3_700;
    let low = appeal(&world, 2, id, charge - 1);
    assert_eq!(world.refuse(low).code(), "BOND_TOO_LOW");
    world.include(appeal(&world, 2, id, charge));
    assert_eq!(world.balance(user(2), Finalized), RICH - charge);
    world.drive();
    world.wait(10_000);
    // The committee confirmed: the bond has paid for it, nothing else was needed.
    assert_eq!(world.balance(user(2), Finalized), RICH - 1_500);
    assert_eq!(world.balance(user(1), Finalized), RICH - JUDGED);
}

#[test]
fn money_that_is_added_later_funds_an_appeal_and_its_winner() {
    let (mut world, contract) = with_contract(&[]);
    let id = world.include(world.submission(1, 1_100, &order(contract, &[], terms(0, &[0]))));
    world.drive();
    let bare = quote(&world, id);
    assert!(!bare.funding.is_zero());
    let top_up = TopUp {
        tx: id,
        messages: U256::ZERO,
        ceilings: Ceilings::default(),
    };
    let wei = bare.funding.to::<u64>() + 2_000;
    world.include(world.envelope(3, CONSENSUS_MAIN_LOCAL, wei, top_up.to_input()));
    let funded = quote(&world, id);
    assert_eq!((funded.bond, funded.funding), (bare.bond, U256::ZERO));
    assert!(funded.reward > bare.reward, "{funded:?} {bare:?}");
}

#[test]
fn what_is_judged_anew_is_paid_once() {
    let (mut world, contract) = with_contract(&[]);
    let id = world.include(world.submission(1, 4_900, &order(contract, &[], terms(0, &[0, 0]))));
    let other = world.deploy(3, 0, &[]);
    world.wait(1_000);
    // A later slot, with a message that it sends on acceptance.
    let post = Op::Post(other, 0, On::Accepted, call(&[Op::Add(1)]));
    let later = world.call(3, contract, 0, &[post]);
    assert_eq!(world.counter(other, Accepted), 1);
    world.script(in_appeals(Act::Disagree));
    world.include(appeal(&world, 2, id, 1_500));
    world.drive();
    assert!(world.tx(later).rounds[0].superseded);
    for _ in 0..4 {
        world.wait(10_000);
        world.drive();
    }
    assert_eq!(world.status(later), Status::Finalized);
    assert_eq!(world.counter(other, Finalized), 1);
    // Two deploys, the later call and its message: each has paid one judging.
    assert_eq!(world.balance(user(3), Finalized), RICH - 4 * JUDGED);
}

#[test]
fn a_message_that_is_not_sent_after_all_returns_its_funds() {
    let (mut world, contract) = with_contract(&[]);
    let post = Op::Post(contract, 0, On::Accepted, call(&[Op::Add(1)]));
    let mut fees = terms(0, &[0, 0]);
    fees.messages = U256::from(2_000);
    let id = world.include(world.submission(1, 6_900, &order(contract, &[post], fees)));
    world.script(|record, _| match record.round() {
        Some(round) if round.judges.is_some() => Act::Disagree,
        // The larger committee finds that the call fails.
        Some(round) if round.number == 2 => Act::Deviant,
        _ => Act::Honest,
    });
    world.drive();
    let child = world.tx(id).children[0];
    assert_eq!(world.tx(child).funds.held(), U256::from(2_000));
    assert_eq!(world.tx(id).funds.messages, U256::ZERO);
    world.include(appeal(&world, 2, id, 1_500));
    world.drive();
    assert_eq!(world.status(child), Status::Canceled);
    assert_eq!(world.tx(child).funds.held(), U256::ZERO);
    assert_eq!(world.tx(id).funds.messages, U256::from(2_000));
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    let reward = world.balance(user(2), Finalized) - RICH;
    let work = 1_400 + 2_300;
    assert_eq!(world.balance(user(1), Finalized), RICH - work - reward);
}

/// A new result sends what the old one sent, and something new: there is enough for both, though
/// the first had all of it.
#[test]
fn a_message_that_is_sent_again_shares_with_its_new_sibling() {
    for (messages, fails) in [(2_200, false), (2_199, true)] {
        let (mut world, contract) = with_contract(&[]);
        let other = world.deploy(3, 0, &[]);
        world.wait(10_000);
        let inner = call(&[Op::Add(1)]);
        let ops = [
            Op::Post(other, 0, On::Accepted, inner.clone()),
            Op::PostAnew(other, inner),
        ];
        let mut fees = terms(0, &[0, 0]);
        fees.messages = U256::from(messages);
        let paid = 4_900 + messages;
        let id = world.include(world.submission(1, paid, &order(contract, &ops, fees)));
        world.script(in_appeals(Act::Disagree));
        world.drive();
        let first = world.tx(id).children[0];
        assert_eq!(world.tx(first).funds.held(), U256::from(messages));
        // What a stranger adds is the stranger's, whatever becomes of the message.
        let gift = TopUp {
            tx: first,
            messages: U256::ZERO,
            ceilings: Ceilings::default(),
        };
        let gift = world.envelope(3, CONSENSUS_MAIN_LOCAL, 5_000, gift.to_input());
        world.include(gift);
        world.include(appeal(&world, 2, id, 1_500));
        world.drive();
        let record = world.tx(id);
        if fails {
            let missing = Outcome::VmError("fee messages".into());
            assert_eq!(record.outcome, Some(missing));
            assert_eq!(world.status(first), Status::Canceled);
            continue;
        }
        assert!(record.is_success(), "{:?}", record.outcome);
        assert_eq!(record.children.len(), 2);
        assert_eq!(record.children[0], first);
        for child in record.children {
            let child = world.tx(child);
            assert!(child.is_success(), "{:?} {:?}", child.outcome, child.note);
            assert_eq!(child.funds.messages, U256::ZERO);
        }
        for _ in 0..3 {
            world.wait(10_000);
            world.drive();
        }
        assert_eq!(world.counter(other, Finalized), 2);
    }
}

#[test]
fn a_transaction_that_one_leader_decides_pays_one_seat() {
    let (mut world, contract) = with_contract(&[]);
    let mut submission = order(contract, &[], terms(0, &[0]));
    submission.leader_only = true;
    let low = world.submission(1, 299, &submission);
    assert_eq!(world.refuse(low).code(), "FEES_TOO_LOW");
    let id = world.include(world.submission(1, 300, &submission));
    world.drive();
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), RICH - 300);
}
