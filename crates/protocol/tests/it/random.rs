//! Random users, contracts, liars and clocks: money is conserved, blocks are deterministic, and
//! what is final is what was accepted.

use crate::{
    fees::{appeal, order, paid, unit_fees},
    machine::{call, constructor, counter, execute},
    moves::{Move, a_move, divided, resolve, sends},
    world::{Act, World, submit, user},
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use venire_protocol::{
    FeeParams, Input, Key, Kind, Params, Value, apply, settle, stake::StakeParams, view,
};
use venire_types::{
    Address, B256, U256,
    emission::Emission,
    envelope::TxData,
    keccak256,
    storage::StateView::{Accepted, Finalized},
    vote::Status,
};

/// Mostly honest, sometimes anything.
fn temper(tx: B256, round: usize, validator: Address) -> Act {
    let dice = keccak256([tx.as_slice(), validator.as_slice(), &[round as u8]].concat())[0];
    match dice {
        0..=15 => Act::Disagree,
        16..=31 => Act::Timeout,
        32..=47 => Act::Silent,
        48..=63 => Act::Sealed,
        64..=79 => Act::Deviant,
        _ => Act::Honest,
    }
}

/// A transaction that wants to be judged.
fn submission(world: &World, contracts: &[Address], turn: Move) -> Input {
    let callee = |contract: usize| {
        let to = contracts.get(contract % contracts.len().max(1)).copied();
        to.unwrap_or(Address::repeat_byte(5))
    };
    match turn {
        Move::Deploy { user, value, ops } => {
            let data = TxData::Deploy {
                code: vec![1],
                calldata: constructor(&resolve(&ops, contracts)),
            };
            world.submission(user, value, &submit(Address::ZERO, data))
        }
        Move::Call {
            user,
            contract,
            value,
            ops,
        } => {
            let data = TxData::Call {
                calldata: call(&resolve(&ops, contracts)),
            };
            world.submission(user, value, &submit(callee(contract), data))
        }
        Move::Order {
            user,
            contract,
            ops,
            shares,
        } => {
            let fees = divided(&shares, contracts);
            let offered = 40_000 + fees.messages.to::<u64>();
            let mut ops = resolve(&ops, contracts);
            ops.extend(sends(&fees.allocations, None));
            let order = order(callee(contract), &ops, fees);
            world.submission(user, offered, &order)
        }
        other => unreachable!("{other:?} is not judged"),
    }
}

fn play(world: &mut World, contracts: &mut Vec<Address>, turn: Move) {
    let input = match turn {
        Move::Pay {
            user: from,
            to,
            value,
        } => world.envelope(from, user(to), value, vec![]),
        Move::Mint { to, amount } => Input::Faucet {
            to: user(to),
            amount: U256::from(amount),
        },
        turn @ (Move::Deploy { .. } | Move::Call { .. } | Move::Order { .. }) => {
            submission(world, contracts, turn)
        }
        Move::Price {
            unit,
            storage,
            receipt,
        } => {
            world.params.fees.unit_price = U256::from(unit);
            world.params.fees.storage_price = U256::from(storage);
            world.params.fees.receipt_price = U256::from(receipt);
            return;
        }
        Move::Appeal { user, nth } => {
            let all = judged(world);
            let tx = all.get(nth % all.len().max(1)).copied();
            appeal(world, user, tx.unwrap_or_default(), 30_000)
        }
        Move::Answer => {
            world.now += 5;
            world.answer_once();
            return;
        }
        Move::Replay { nth } => {
            let all: Vec<_> = world
                .blocks
                .iter()
                .flat_map(|block| &block.inputs)
                .collect();
            match all.get(nth % all.len().max(1)) {
                Some(Input::Faucet { .. }) | None => return,
                Some(input) => (*input).clone(),
            }
        }
        Move::Wait { ms } => {
            world.wait(ms);
            return;
        }
    };
    for effect in world.step(vec![input]) {
        if let venire_protocol::Effect::Created { tx, .. } = effect {
            let record = world.tx(tx);
            if record.kind == Kind::Deploy {
                contracts.push(record.recipient);
            }
        }
    }
}

/// Fees of a history in which prices change.
fn changing() -> FeeParams {
    FeeParams {
        slot_gas: 50,
        byte_gas: 1,
        floor_bytes: 10,
        execution_budget: U256::from(500),
        ..unit_fees()
    }
}

/// Transactions that a committee judged, in the order of their ids.
fn judged(world: &World) -> Vec<B256> {
    let mut records = world.records();
    records.retain(|record| !record.rounds.is_empty());
    records.iter().map(|record| record.id).collect()
}

/// What is final is what an honest machine computes, slot after slot; and every message that was
/// sent on acceptance took effect exactly once.
fn recompute(world: &World, contract: Address) {
    let mut page = [0; 32];
    let mut records = world.records();
    records.retain(|record| record.recipient == contract && record.is_success());
    records.sort_by_key(|record| record.slot);
    for record in records.iter().filter(|record| record.slot.is_some()) {
        let payload = view::payload(&world.state, record.id)
            .expect("state")
            .expect("payload");
        if record.kind != Kind::Transfer {
            let key = counter(contract);
            let state = BTreeMap::from([(Key::page(&key), page.to_vec().into())]);
            let body = view::body(&world.state, record.id)
                .expect("state")
                .expect("body");
            assert_eq!(world.params.bound(execute(&state, record, &body)), payload);
            page = payload.delta.get(&key).copied().unwrap_or(page);
        }
        let travels = payload
            .emissions
            .iter()
            .filter(|emission| !matches!(emission, Emission::Event { .. }));
        let alive = record
            .children
            .iter()
            .filter(|child| world.status(**child) != Status::Canceled);
        assert_eq!(travels.count(), alive.count(), "each message once");
    }
}

/// Applies recorded blocks from genesis again, each by the rules of its time.
fn replay(world: &World, rules: &[Params]) -> BTreeMap<Key, Value> {
    let mut state = World::with(25, world.params.clone()).state;
    for (block, params) in world.blocks.iter().zip(rules) {
        let applied = apply(params, &state, block).expect("block applies");
        for (key, value) in applied.delta {
            match value {
                Some(value) => state.insert(key, value),
                None => state.remove(&key),
            };
        }
    }
    state
}

/// Results that differ are tried, and cost.
fn with_tribunals(params: Params) -> Params {
    let stake = StakeParams {
        tribunal_seats: 7,
        tribunal_seats_min: 3,
        violation_leader_bps: 500,
        violation_bps: 100,
        ..params.stake
    };
    Params { stake, ..params }
}

/// Plays a history, lets everything settle, and checks what must hold then.
fn settles(params: Params, moves: Vec<Move>) {
    let mut world = World::with(25, params);
    world.script(|record, me| temper(record.id, record.rounds.len(), me));
    world.bench(|tribunal, me| temper(tribunal.id, 0, me));
    let (mut contracts, mut rules) = (Vec::new(), Vec::new());
    let first = Move::Deploy {
        user: 3,
        value: 100,
        ops: Vec::new(),
    };
    for turn in [first.clone(), first].into_iter().chain(moves) {
        play(&mut world, &mut contracts, turn);
        rules.resize(world.blocks.len(), world.params.clone());
        for record in world.records() {
            let settlement = settle(&record).expect("what is held covers what is owed");
            let paid = settlement.payments.iter().map(|payment| payment.wei);
            let paid = paid.fold(settlement.burned, |sum, wei| sum + wei);
            assert_eq!(paid, record.funds.held() + record.pledged());
        }
    }
    // Same blocks, same state.
    assert_eq!(replay(&world, &rules), world.state);

    // Left alone with honest validators, everything settles.
    world.script(|_, _| Act::Honest);
    world.bench(|_, _| Act::Honest);
    for _ in 0..2_000 {
        world.drive();
        match view::next_deadline(&world.state).expect("state") {
            Some(due) => {
                world.wait(due.saturating_sub(world.now));
            }
            None => break,
        }
    }
    for contract in &contracts {
        assert_eq!(
            world.counter(*contract, Accepted),
            world.counter(*contract, Finalized)
        );
        assert_eq!(
            world.balance(*contract, Accepted),
            world.balance(*contract, Finalized)
        );
        let queue = view::queue(&world.state, *contract).expect("state");
        assert_eq!((queue.finalized, queue.next), (queue.tail, queue.tail));
        recompute(&world, *contract);
    }
    for record in world.records() {
        assert!(matches!(
            record.status,
            Status::Finalized | Status::Canceled
        ));
        assert!(record.funds.held().is_zero() && record.pledged().is_zero());
        for tribunal in view::tribunals(&world.state, record.id).expect("state") {
            assert!(tribunal.finding.is_some(), "every tribunal ends");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_history_conserves_money_and_settles(moves in proptest::collection::vec(a_move(), 1..60)) {
        settles(with_tribunals(Params::local()), moves);
    }

    #[test]
    fn any_history_with_fees_conserves_money_and_settles(
        moves in proptest::collection::vec(a_move(), 1..60)
    ) {
        settles(with_tribunals(paid(changing())), moves);
    }
}
