//! A chain on which users pay: deposits, refunds, messages, appeals, top-ups, burns.
//!
//! L = 100, V = 200, one wei a time unit; receipts and storage cost nothing unless a test says so.
//! A call with three rotations deposits 4 x 1,100 and as much again for each of two messages.

use crate::{
    machine::{Op, call, constructor},
    world::{Act, World, submit, user},
};
use venire_protocol::{FeeParams, Input, Params, Reject, TxRecord, view};
use venire_types::{
    Address, B256, U256,
    chain::CONSENSUS_MAIN_LOCAL,
    emission::On,
    envelope::{Ceilings, FeeTerms, Submission, TopUp, TxData},
    outcome::Outcome,
    storage::StateView::Finalized,
    vote::Status,
};

const DEPOSIT: u64 = 4_400;
pub(crate) const JUDGED: u64 = 1_100;
pub(crate) const RICH: u64 = 1_000_000;

/// Prices of this page.
pub(crate) fn unit_fees() -> FeeParams {
    FeeParams {
        unit_price: U256::ONE,
        receipt_price: U256::ZERO,
        storage_price: U256::ZERO,
        execution_budget: U256::ZERO,
        ..FeeParams::paid()
    }
}

pub(crate) fn paid(fees: FeeParams) -> Params {
    Params {
        fees,
        ..Params::local()
    }
}

fn world() -> World {
    World::with(60, paid(unit_fees()))
}

/// A contract deployed by user 3, final.
pub(crate) fn with_contract(ops: &[Op]) -> (World, Address) {
    let mut world = world();
    let contract = world.deploy(3, 0, ops);
    world.wait(10_000);
    assert_eq!(world.balance(user(3), Finalized), RICH - JUDGED);
    (world, contract)
}

pub(crate) fn order(contract: Address, ops: &[Op], fees: FeeTerms) -> Submission {
    let data = TxData::Call {
        calldata: call(ops),
    };
    Submission {
        rotations: U256::from(0),
        fees: Some(Box::new(fees)),
        ..submit(contract, data)
    }
}

pub(crate) fn terms(value: u64, rotations: &[u64]) -> FeeTerms {
    FeeTerms {
        value: U256::from(value),
        appeals: U256::from(rotations.len() - 1),
        rotations: rotations.iter().copied().map(U256::from).collect(),
        ..FeeTerms::default()
    }
}

pub(crate) fn appeal(world: &World, number: u8, tx: B256, offered: u64) -> Input {
    let input = [&[0x8b, 0x5d, 0xe1, 0xbc], tx.as_slice()].concat();
    world.envelope(number, CONSENSUS_MAIN_LOCAL, offered, input)
}

fn top_up(world: &World, number: u8, tx: B256, wei: u64, messages: u64) -> Input {
    let top_up = TopUp {
        tx,
        messages: U256::from(messages),
        ceilings: Ceilings::default(),
    };
    world.envelope(number, CONSENSUS_MAIN_LOCAL, wei, top_up.to_input())
}

pub(crate) fn burned(world: &World) -> u64 {
    view::globals(&world.state).expect("state").burned.to()
}

pub(crate) fn earned(world: &World, record: &TxRecord) -> u64 {
    let seats = record.rounds.iter().flat_map(|round| &round.seats);
    let mut members: Vec<_> = seats.map(|seat| seat.validator).collect();
    members.sort();
    members.dedup();
    all_of(world, members)
}

fn all_of(world: &World, people: impl IntoIterator<Item = Address>) -> u64 {
    let balances = people.into_iter();
    balances.fold(0, |sum, person| sum + world.wealth(person).to::<u64>())
}

#[test]
fn a_deposit_is_taken_beside_the_value_and_the_rest_returns() {
    let (mut world, contract) = with_contract(&[]);
    let id = world.send(1, contract, 5, &[Op::Add(1)]);
    assert_eq!(world.balance(user(1), Finalized), RICH - 5 - 3 * DEPOSIT);
    assert_eq!(world.tx(id).funds.held(), U256::from(3 * DEPOSIT));
    world.drive();
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), RICH - 5 - JUDGED);
    assert_eq!(world.tx(id).funds.held(), U256::ZERO);
    // The deploy was judged by others or the same: together they have both fees.
    let all = all_of(&world, (100..160).map(user));
    assert_eq!(all, 2 * JUDGED);
    assert!(earned(&world, &world.tx(id)) >= JUDGED);
}

#[test]
fn nobody_pays_for_what_nobody_judges() {
    let (mut world, contract) = with_contract(&[]);
    world.include(world.envelope(1, user(2), 400, vec![]));
    assert_eq!(world.balance(user(1), Finalized), RICH - 400);
    let poor = world.envelope(1, user(2), RICH - 399, vec![]);
    assert_eq!(world.refuse(poor).code(), "INSUFFICIENT_FUNDS");
    // A plain transfer to a contract is judged, and so costs a deposit.
    let poor = world.envelope(1, contract, RICH - 400, vec![]);
    assert_eq!(
        world.refuse(poor),
        Reject::InsufficientFunds {
            balance: U256::from(RICH - 400),
            needed: U256::from(RICH - 400 + 3 * DEPOSIT)
        }
    );
    let id = world.include(world.envelope(1, contract, 400, vec![]));
    world.drive();
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), RICH - 800 - JUDGED);
}

#[test]
fn a_withdrawn_transaction_gets_everything_back() {
    let (mut world, contract) = with_contract(&[]);
    world.send(2, contract, 0, &[]);
    let id = world.send(1, contract, 7, &[]);
    let cancel = [&[0x70, 0xba, 0x33, 0x39], id.as_slice()].concat();
    world.include(world.envelope(1, CONSENSUS_MAIN_LOCAL, 0, cancel));
    assert_eq!(world.status(id), Status::Canceled);
    assert_eq!(world.balance(user(1), Finalized), RICH);
}

#[test]
fn terms_that_a_sender_names_are_checked() {
    let (mut world, contract) = with_contract(&[]);
    let send = |world: &World, wei: u64, fees: FeeTerms| {
        world.submission(1, wei, &order(contract, &[], fees))
    };
    let input = send(&world, 1_104, terms(5, &[0]));
    assert_eq!(
        world.refuse(input),
        Reject::FeesTooLow {
            offered: U256::from(1_099),
            needed: U256::from(1_100)
        }
    );
    let input = send(&world, 4, terms(5, &[0]));
    assert_eq!(world.refuse(input).code(), "FEES_TOO_LOW");
    let mut wrong = terms(0, &[0]);
    wrong.appeals = U256::from(1);
    let input = send(&world, 9_000, wrong);
    assert_eq!(world.refuse(input).code(), "BAD_APPEAL_ROUNDS");
    let mut wrong = terms(0, &[0; 10]);
    wrong.appeals = U256::from(9);
    let input = send(&world, 9_000, wrong);
    assert_eq!(world.refuse(input).code(), "BAD_APPEAL_ROUNDS");
    let mut huge = terms(0, &[0]);
    huge.messages = U256::MAX;
    let input = send(&world, 9_000, huge.clone());
    assert_eq!(world.refuse(input).code(), "FEES_TOO_LOW");
    huge.execution = U256::MAX;
    let input = send(&world, 9_000, huge);
    assert_eq!(world.refuse(input).code(), "BUDGET_TOO_HIGH");
    // Two funded appeals: 12,300.
    let id = world.include(send(&world, 12_305, terms(5, &[0, 0, 0])));
    assert_eq!(world.balance(user(1), Finalized), RICH - 12_305);
    world.drive();
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(1), Finalized), RICH - 5 - JUDGED);

    let mut dear = terms(0, &[0]);
    dear.ceilings.unit = U256::ONE;
    world.params.fees.unit_price = U256::from(2);
    let input = send(&world, 9_000, dear);
    assert_eq!(world.refuse(input).code(), "PRICE_TOO_HIGH");
    world.params.fees.receipt_price = U256::ONE;
    let mut low = terms(0, &[0]);
    low.execution = U256::from(511_511);
    let input = send(&world, RICH - JUDGED - 10, low);
    assert_eq!(
        world.refuse(input),
        Reject::BudgetTooLow {
            budget: U256::from(511_511),
            floor: U256::from(511_512)
        }
    );
}

#[test]
fn a_gasless_chain_takes_the_value_only() {
    let mut world = World::new(25);
    let contract = world.deploy(3, 0, &[]);
    let id = world.include(world.submission(1, 9_005, &order(contract, &[], terms(5, &[0, 0]))));
    assert_eq!(world.balance(user(1), Finalized), RICH - 5);
    let input = world.submission(1, 4, &order(contract, &[], terms(5, &[0])));
    assert_eq!(world.refuse(input).code(), "FEES_TOO_LOW");
    world.drive();
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(contract, Finalized), 5);
    let input = top_up(&world, 1, id, 5, 0);
    assert_eq!(world.refuse(input).code(), "TX_NOT_FUNDABLE");
}

#[test]
fn a_price_beyond_the_ceiling_cancels_and_refunds() {
    for (price, note) in [
        (3, "a time unit costs 3 wei, the sender pays at most 2"),
        (2, "its funds do not pay for its judging"),
    ] {
        let (mut world, contract) = with_contract(&[]);
        let first = world.send(2, contract, 0, &[]);
        let id = world.send(1, contract, 7, &[]);
        world.params.fees.unit_price = U256::from(price);
        world.drive();
        assert_eq!(world.status(id), Status::Canceled);
        assert_eq!(world.tx(id).note.as_deref(), Some(note));
        assert_eq!(world.balance(user(1), Finalized), RICH);
        // What was activated before pays the old price.
        world.wait(10_000);
        assert_eq!(world.status(first), Status::Finalized);
        assert_eq!(world.balance(user(2), Finalized), RICH - JUDGED);
    }
}

#[test]
fn a_message_that_became_too_dear_fails_and_returns_what_it_carries() {
    let (mut world, contract) = with_contract(&[]);
    let other = world.deploy(3, 0, &[]);
    world.wait(10_000);
    world.params.finality_window_ms = 1_000_000;
    // The message waits behind a transaction whose leader is silent.
    world.script(move |record, _| {
        if record.recipient == other && record.rounds.len() == 1 {
            Act::Silent
        } else {
            Act::Honest
        }
    });
    world.send(2, other, 0, &[]);
    let post = Op::Post(other, 9, On::Accepted, call(&[Op::Add(1)]));
    let id = world.call(1, contract, 9, &[post]);
    let child = world.tx(id).children[0];
    assert_eq!(world.status(child), Status::Pending);
    world.params.fees.unit_price = U256::from(3);
    world.wait(300_000);
    world.drive();
    assert_eq!(
        world.tx(child).outcome,
        Some(Outcome::VmError("fee price".into()))
    );
    for _ in 0..3 {
        world.wait(1_000_000);
    }
    assert_eq!(world.status(child), Status::Finalized);
    assert_eq!(world.balance(contract, Finalized), 9);
    assert_eq!(world.counter(other, Finalized), 0);
    assert_eq!(world.balance(user(1), Finalized), RICH - 9 - JUDGED);
}

#[test]
fn a_top_up_keeps_a_transaction_when_the_price_rises() {
    let (mut world, contract) = with_contract(&[]);
    world.send(2, contract, 0, &[]);
    let id = world.send(1, contract, 0, &[]);
    world.params.fees.unit_price = U256::from(2);
    world.include(top_up(&world, 3, id, DEPOSIT, 0));
    world.drive();
    world.wait(10_000);
    assert_eq!(world.status(id), Status::Finalized);
    // The deposit is spent first; the stranger's money was not needed in the end.
    assert_eq!(world.balance(user(1), Finalized), RICH - 2 * JUDGED);
    assert_eq!(world.balance(user(3), Finalized), RICH - JUDGED);
}

#[test]
fn strangers_top_up_for_judging_only() {
    let (mut world, contract) = with_contract(&[]);
    let id = world.send(1, contract, 0, &[]);
    let input = top_up(&world, 2, id, 10, 11);
    assert_eq!(world.refuse(input).code(), "FEES_TOO_LOW");
    let input = top_up(&world, 2, id, 10, 1);
    assert_eq!(world.refuse(input), Reject::NotSender { signer: user(2) });
    let input = top_up(&world, 2, B256::ZERO, 10, 0);
    assert_eq!(world.refuse(input).code(), "TX_NOT_FOUND");
    world.include(top_up(&world, 1, id, 10, 1));
    assert_eq!(world.tx(id).funds.messages, U256::from(2 * DEPOSIT + 1));
    world.drive();
    world.wait(10_000);
    assert_eq!(world.balance(user(1), Finalized), RICH - JUDGED);
    let input = top_up(&world, 1, id, 10, 0);
    assert_eq!(world.refuse(input).code(), "TX_NOT_FUNDABLE");
}

#[test]
fn few_people_pay_for_one_transaction() {
    let (mut world, contract) = with_contract(&[]);
    let id = world.send(1, contract, 0, &[]);
    for number in 10..27 {
        let to = user(number);
        let amount = U256::from(100);
        world.step(vec![Input::Faucet { to, amount }]);
    }
    for number in 10..26 {
        world.include(top_up(&world, number, id, 10, 0));
    }
    let input = top_up(&world, 26, id, 10, 0);
    assert_eq!(world.refuse(input), Reject::TooManyTopUps { limit: 16 });
    world.include(top_up(&world, 10, id, 10, 0));
    world.include(top_up(&world, 1, id, 10, 0));
    world.include(top_up(&world, 1, id, 0, 0));
    assert_eq!(world.tx(id).funds.parts.len(), 17);
    world.drive();
    world.wait(10_000);
    assert!((10..26).all(|number| world.balance(user(number), Finalized) == 100));
    assert_eq!(world.balance(user(1), Finalized), RICH - JUDGED);
}

#[test]
fn messages_are_funded_by_equal_parts_of_the_budget() {
    let (mut world, contract) = with_contract(&[]);
    let other = world.deploy(3, 0, &[]);
    world.wait(10_000);
    let before = world.balance(user(3), Finalized);
    let inner = call(&[Op::Add(2)]);
    let ops = [
        Op::Post(other, 0, On::Accepted, inner.clone()),
        Op::Post(other, 0, On::Finalized, inner),
    ];
    let id = world.call(1, contract, 0, &ops);
    let child = world.tx(world.tx(id).children[0]);
    assert_eq!(child.funds.held(), U256::from(DEPOSIT));
    assert_eq!(child.funds.depositor, user(1));
    assert_eq!(world.tx(id).funds.messages, U256::from(DEPOSIT));
    for _ in 0..4 {
        world.wait(10_000);
        world.drive();
    }
    assert_eq!(world.counter(other, Finalized), 4);
    assert_eq!(world.balance(user(1), Finalized), RICH - 3 * JUDGED);
    assert_eq!(world.balance(user(3), Finalized), before);
}

#[test]
fn messages_that_cannot_be_funded_make_the_result_a_failure() {
    let (mut world, contract) = with_contract(&[]);
    let post = |to| Op::Post(to, 0, On::Accepted, call(&[]));
    let id = world.call(
        1,
        contract,
        9,
        &[post(contract), post(contract), post(contract)],
    );
    assert_eq!(
        world.tx(id).outcome,
        Some(Outcome::VmError("fee messages".into()))
    );
    assert!(world.tx(id).children.is_empty());
    // Payments to people are not judged and need no funds.
    let pay = || Op::Post(user(9), 1, On::Finalized, vec![6]);
    let id = world.call(
        1,
        contract,
        9,
        &[pay(), pay(), pay(), Op::External(user(9), 2)],
    );
    assert!(world.tx(id).is_success());
    for _ in 0..3 {
        world.wait(10_000);
        world.drive();
    }
    assert_eq!(world.balance(user(9), Finalized), 5);
    assert_eq!(world.balance(user(1), Finalized), RICH - 9 - 2 * JUDGED);
}

#[test]
fn grandchildren_are_funded_from_what_their_parent_got() {
    let (mut world, contract) = with_contract(&[]);
    let leaf = Op::Post(contract, 0, On::Accepted, call(&[Op::Add(1)]));
    let ops = [Op::Post(contract, 0, On::Accepted, call(&[leaf]))];
    let id = world.call(1, contract, 0, &ops);
    for _ in 0..4 {
        world.wait(10_000);
        world.drive();
    }
    let child = world.tx(world.tx(id).children[0]);
    assert!(child.is_success(), "{:?}", child.outcome);
    assert_eq!(world.counter(contract, Finalized), 1);
    assert_eq!(world.balance(user(1), Finalized), RICH - 3 * JUDGED);
}

#[test]
fn receipts_and_storage_are_burned() {
    let fees = FeeParams {
        receipt_price: U256::ONE,
        storage_price: U256::from(3),
        slot_gas: 50,
        byte_gas: 0,
        execution_budget: U256::from(200),
        messages: 0,
        ..unit_fees()
    };
    let mut world = World::with(25, paid(fees));
    let data = TxData::Deploy {
        code: b"code".to_vec(),
        calldata: constructor(&[Op::Add(1)]),
    };
    let id = world.include(world.submission(1, 0, &submit(Address::ZERO, data)));
    let held = 4 * (1_100 + 200);
    assert_eq!(world.tx(id).funds.held(), U256::from(held));
    world.drive();
    world.wait(10_000);
    let cost = 50 + 32 * 3;
    assert_eq!(burned(&world), cost);
    assert_eq!(world.balance(user(1), Finalized), RICH - JUDGED - cost);
    // Two pages and a receipt are more than the budget.
    let contract = world.tx(id).recipient;
    let id = world.call(1, contract, 0, &[Op::Flood(2)]);
    assert_eq!(
        world.tx(id).outcome,
        Some(Outcome::VmError("fee execution".into()))
    );
    world.wait(10_000);
    assert_eq!(burned(&world), cost + 50);
}

#[test]
fn deposits_follow_the_published_table() {
    let params = paid(FeeParams::paid());
    let milli = |units: u64| U256::from(units) * U256::from(10).pow(U256::from(15));
    for (appeals, units, budgets) in [(0, 1_100, 1), (1, 4_900, 3), (2, 12_300, 5), (3, 26_900, 7)]
    {
        let (mut terms, _) = view::default_terms(&params, 5, 0).expect("terms");
        terms.rotations = vec![0; appeals + 1];
        terms.execution = params.fees.execution_floor();
        let deposit = view::required_deposit(&params, 5, &terms).expect("deposit");
        let execution = U256::from(511_512 * budgets);
        assert_eq!(deposit, milli(units) + execution, "{appeals}");
    }
    let (mut terms, messages) = view::default_terms(&params, 5, 3).expect("terms");
    terms.execution = U256::ZERO;
    let deposit = view::required_deposit(&params, 5, &terms).expect("deposit");
    assert_eq!(deposit, milli(4_400));
    assert!(messages > milli(8_800));
}
