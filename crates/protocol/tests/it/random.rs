//! Random users, contracts, liars and clocks: money is conserved, blocks are deterministic, and
//! what is final is what was accepted.

use crate::{
    fees::{appeal, paid, unit_fees},
    machine::{Op, call, constructor, counter, execute},
    world::{Act, World, submit, user},
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use venire_protocol::{Input, Key, Kind, Params, Value, apply, settle, view};
use venire_types::{
    Address, B256, U256,
    emission::{Emission, On},
    envelope::TxData,
    keccak256,
    storage::StateView::{Accepted, Finalized},
    vote::Status,
};

/// What happens next.
#[derive(Clone, Debug)]
enum Move {
    Deploy {
        user: u8,
        value: u64,
        ops: Vec<Ordered>,
    },
    Call {
        user: u8,
        contract: usize,
        value: u64,
        ops: Vec<Ordered>,
    },
    Pay {
        user: u8,
        to: u8,
        value: u64,
    },
    Mint {
        to: u8,
        amount: u64,
    },
    Appeal {
        user: u8,
        nth: usize,
    },
    Answer,
    Replay {
        nth: usize,
    },
    Wait {
        ms: u64,
    },
}

/// An operation whose addresses are chosen among those that exist.
#[derive(Clone, Debug)]
enum Ordered {
    Add(u64),
    Clear,
    Fail,
    Post {
        to: usize,
        value: u64,
        accepted: bool,
        inner: u64,
    },
    Deploy {
        value: u64,
        salt: u64,
        accepted: bool,
    },
    External {
        to: u8,
        value: u64,
    },
}

fn ordered() -> impl Strategy<Value = Ordered> {
    prop_oneof![
        4 => (1..100u64).prop_map(Ordered::Add),
        1 => Just(Ordered::Clear),
        1 => Just(Ordered::Fail),
        4 => (any::<usize>(), 0..200u64, any::<bool>(), 0..9u64).prop_map(
            |(to, value, accepted, inner)| Ordered::Post { to, value, accepted, inner }
        ),
        2 => (0..100u64, 0..3u64, any::<bool>())
            .prop_map(|(value, salt, accepted)| Ordered::Deploy { value, salt, accepted }),
        1 => (1..9u8, 0..50u64).prop_map(|(to, value)| Ordered::External { to, value }),
    ]
}

fn a_move() -> impl Strategy<Value = Move> {
    let ops = || proptest::collection::vec(ordered(), 0..4);
    prop_oneof![
        2 => (1..4u8, 0..500u64, ops())
            .prop_map(|(user, value, ops)| Move::Deploy { user, value, ops }),
        6 => (1..4u8, any::<usize>(), 0..500u64, ops()).prop_map(
            |(user, contract, value, ops)| Move::Call { user, contract, value, ops }
        ),
        1 => (1..4u8, 1..9u8, 0..2_000_000u64)
            .prop_map(|(user, to, value)| Move::Pay { user, to, value }),
        1 => (1..9u8, 0..1_000u64).prop_map(|(to, amount)| Move::Mint { to, amount }),
        2 => (1..4u8, any::<usize>()).prop_map(|(user, nth)| Move::Appeal { user, nth }),
        9 => Just(Move::Answer),
        1 => any::<usize>().prop_map(|nth| Move::Replay { nth }),
        2 => prop_oneof![0..3_000u64, 9_000..400_000u64].prop_map(|ms| Move::Wait { ms }),
    ]
}

fn resolve(ops: &[Ordered], contracts: &[Address]) -> Vec<Op> {
    let at = |index: usize| {
        let people = [user(1), user(7)];
        let all: Vec<_> = contracts.iter().chain(&people).collect();
        *all[index % all.len()]
    };
    let on = |accepted| {
        if accepted {
            On::Accepted
        } else {
            On::Finalized
        }
    };
    ops.iter()
        .map(|op| match *op {
            Ordered::Add(n) => Op::Add(n),
            Ordered::Clear => Op::Clear,
            Ordered::Fail => Op::Fail,
            Ordered::Post {
                to,
                value,
                accepted,
                inner,
            } => {
                let data = match inner {
                    0 => vec![6],
                    n => call(&[Op::Add(n), Op::External(user(8), n)]),
                };
                Op::Post(at(to), value, on(accepted), data)
            }
            Ordered::Deploy {
                value,
                salt,
                accepted,
            } => Op::Deploy(value, salt, on(accepted)),
            Ordered::External { to, value } => Op::External(user(to), value),
        })
        .collect()
}

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

fn play(world: &mut World, contracts: &mut Vec<Address>, turn: Move) {
    let input = match turn {
        Move::Deploy { user, value, ops } => {
            let ops = resolve(&ops, contracts);
            let data = TxData::Deploy {
                code: vec![1],
                calldata: constructor(&ops),
            };
            world.submission(user, value, &submit(Address::ZERO, data))
        }
        Move::Call {
            user,
            contract,
            value,
            ops,
        } => {
            let ops = resolve(&ops, contracts);
            let to = contracts.get(contract % contracts.len().max(1)).copied();
            let data = TxData::Call {
                calldata: call(&ops),
            };
            world.submission(
                user,
                value,
                &submit(to.unwrap_or(Address::repeat_byte(5)), data),
            )
        }
        Move::Pay {
            user: from,
            to,
            value,
        } => world.envelope(from, user(to), value, vec![]),
        Move::Mint { to, amount } => Input::Faucet {
            to: user(to),
            amount: U256::from(amount),
        },
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

/// Applies recorded blocks from genesis again.
fn replay(first: &World, blocks: &[venire_protocol::Block]) -> BTreeMap<Key, Value> {
    let mut state = World::with(25, first.params.clone()).state;
    for block in blocks {
        let applied = apply(&first.params, &state, block).expect("block applies");
        for (key, value) in applied.delta {
            match value {
                Some(value) => state.insert(key, value),
                None => state.remove(&key),
            };
        }
    }
    state
}

/// Plays a history, lets everything settle, and checks what must hold then.
fn settles(params: Params, moves: Vec<Move>) {
    let mut world = World::with(25, params);
    world.script(|record, me| temper(record.id, record.rounds.len(), me));
    let mut contracts = Vec::new();
    for turn in moves {
        play(&mut world, &mut contracts, turn);
        for record in world.records() {
            let settlement = settle(&record).expect("what is held covers what is owed");
            let paid = settlement.payments.iter().map(|payment| payment.wei);
            let paid = paid.fold(settlement.burned, |sum, wei| sum + wei);
            assert_eq!(paid, record.funds.held() + record.pledged());
        }
    }
    // Same blocks, same state.
    assert_eq!(replay(&world, &world.blocks), world.state);

    // Left alone with honest validators, everything settles.
    world.script(|_, _| Act::Honest);
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
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_history_conserves_money_and_settles(moves in proptest::collection::vec(a_move(), 1..60)) {
        settles(Params::local(), moves);
    }

    #[test]
    fn any_history_with_fees_conserves_money_and_settles(
        moves in proptest::collection::vec(a_move(), 1..60)
    ) {
        settles(paid(unit_fees()), moves);
    }
}
