//! Random moves of users, and what they come to where contracts are known.

use crate::{
    fees::terms,
    machine::{Op, call},
    world::user,
};
use proptest::prelude::*;
use venire_types::{
    Address, B256, U256,
    emission::On,
    envelope::{Allocation, FeeTerms, MessageTerms},
};

/// What happens next.
#[derive(Clone, Debug)]
pub(crate) enum Move {
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
    /// A call whose sender divides its message budget.
    Order {
        user: u8,
        contract: usize,
        ops: Vec<Ordered>,
        shares: Vec<Share>,
    },
    Appeal {
        user: u8,
        nth: usize,
    },
    /// From now on a time unit, a byte of storage and the gas of a receipt cost so much.
    Price {
        unit: u64,
        storage: u64,
        receipt: u64,
    },
    Answer,
    Replay {
        nth: usize,
    },
    Wait {
        ms: u64,
    },
}

/// Money set aside for messages.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    to: usize,
    budget: u64,
    accepted: bool,
    /// Below the first one, not beside it.
    below: bool,
}

/// An operation whose addresses are chosen among those that exist.
#[derive(Clone, Debug)]
pub(crate) enum Ordered {
    Add(u64),
    Clear,
    Fail,
    Post {
        to: usize,
        value: u64,
        accepted: bool,
        inner: u64,
    },
    PostAnew {
        to: usize,
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
        1 => (any::<usize>(), 0..9u64).prop_map(|(to, inner)| Ordered::PostAnew { to, inner }),
        2 => (0..100u64, 0..3u64, any::<bool>())
            .prop_map(|(value, salt, accepted)| Ordered::Deploy { value, salt, accepted }),
        1 => (1..9u8, 0..50u64).prop_map(|(to, value)| Ordered::External { to, value }),
    ]
}

fn share() -> impl Strategy<Value = Share> {
    (
        any::<usize>(),
        2_000..9_000u64,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(to, budget, accepted, below)| Share {
            to,
            budget,
            accepted,
            below,
        })
}

pub(crate) fn a_move() -> impl Strategy<Value = Move> {
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
        3 => (1..4u8, any::<usize>(), ops(), proptest::collection::vec(share(), 0..4)).prop_map(
            |(user, contract, ops, shares)| Move::Order { user, contract, ops, shares }
        ),
        2 => (1..4u8, any::<usize>()).prop_map(|(user, nth)| Move::Appeal { user, nth }),
        1 => (1..4u64, 0..3u64, 0..2u64)
            .prop_map(|(unit, storage, receipt)| Move::Price { unit, storage, receipt }),
        9 => Just(Move::Answer),
        1 => any::<usize>().prop_map(|nth| Move::Replay { nth }),
        2 => prop_oneof![0..3_000u64, 9_000..400_000u64].prop_map(|ms| Move::Wait { ms }),
    ]
}

pub(crate) fn resolve(ops: &[Ordered], contracts: &[Address]) -> Vec<Op> {
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
            Ordered::PostAnew { to, inner } => Op::PostAnew(at(to), call(&[Op::Add(inner)])),
            Ordered::Deploy {
                value,
                salt,
                accepted,
            } => Op::Deploy(value, salt, on(accepted)),
            Ordered::External { to, value } => Op::External(user(to), value),
        })
        .collect()
}

/// Terms with one funded appeal and a message budget for these shares. One that is for the same
/// as an earlier one is left out.
pub(crate) fn divided(shares: &[Share], contracts: &[Address]) -> FeeTerms {
    let mut tree: Vec<Allocation> = Vec::new();
    for share in shares {
        let place = share.to % contracts.len().max(1);
        let is_root = !share.below || tree.is_empty();
        let one = Allocation {
            internal: true,
            on: if share.accepted {
                On::Accepted
            } else {
                On::Finalized
            },
            parent: (!is_root).then_some(0),
            recipient: contracts.get(place).copied().unwrap_or(user(7)),
            call_key: B256::ZERO,
            budget: U256::from(share.budget * if is_root { 4 } else { 1 }),
            fee_params: MessageTerms {
                execution: U256::from(400),
                rotations: vec![U256::from(share.budget % 2)],
                ..MessageTerms::default()
            }
            .encode(),
        };
        let key = |one: &Allocation| (one.parent, one.on, one.recipient);
        if tree.iter().all(|other| key(other) != key(&one)) {
            tree.push(one);
        }
    }
    let top = tree.iter().filter(|one| one.parent.is_none());
    FeeTerms {
        execution: U256::from(400),
        messages: top.fold(U256::from(5_000), |sum, one| sum + one.budget),
        allocations: tree,
        ..terms(0, &[1, 0])
    }
}

/// The messages that a tree is for.
pub(crate) fn sends(tree: &[Allocation], parent: Option<u32>) -> Vec<Op> {
    let here = (0u32..).zip(tree).filter(|(_, one)| one.parent == parent);
    here.map(|(place, one)| {
        let mut inner = vec![Op::Add(1)];
        inner.extend(sends(tree, Some(place)));
        Op::Post(one.recipient, 0, one.on, call(&inner))
    })
    .collect()
}
