//! A chain whose validators may be tried, and voters of tribunals that act as told.

use crate::{
    machine::Op,
    stake::rules,
    world::{Act, World, committee, deviation, secret},
};
use std::collections::BTreeMap;
use venire_protocol::{
    DutyKind, Input, Params, RawInput, Tribunal, TxRecord,
    stake::{StakeParams, StakedValidator, view as stakes},
    view,
};
use venire_types::{
    Address, B256,
    jury::{Commit, Reveal, vote_commitment},
    keccak256,
    vote::Vote,
};

/// What a voter has to say.
pub(crate) fn word(world: &World, tribunal: &Tribunal, me: Address, act: Act) -> (Vote, B256) {
    let hash = match act {
        Act::Honest | Act::Sealed => {
            let record = world.tx(tribunal.tx);
            world.result(&record, tribunal.round, Act::Honest).hash()
        }
        Act::Deviant => deviation().hash(),
        // A result of its own.
        Act::Disagree => keccak256(me),
        Act::Timeout | Act::Silent => return (Vote::Timeout, B256::ZERO),
    };
    let agrees = hash == tribunal.result_hash;
    (if agrees { Vote::Agree } else { Vote::Disagree }, hash)
}

pub(crate) fn sealed(world: &World, tribunal: &Tribunal, me: Address, act: Act) -> Commit {
    let (vote, hash) = word(world, tribunal, me, act);
    let (tx, round) = (tribunal.id, 0);
    let commitment = vote_commitment(tx, round, me, vote, hash, secret(tx, round, me));
    Commit {
        tx,
        round,
        commitment,
    }
}

pub(crate) fn opened(world: &World, tribunal: &Tribunal, me: Address, act: Act) -> Reveal {
    let (vote, result_hash) = word(world, tribunal, me, act);
    Reveal {
        tx: tribunal.id,
        round: 0,
        vote,
        result_hash,
        nonce: secret(tribunal.id, 0, me),
        payload: None,
    }
}

/// A voter's answer to its duty.
pub(crate) fn answer(
    world: &World,
    tribunal: &Tribunal,
    me: Address,
    act: Act,
    kind: &DutyKind,
) -> Option<Input> {
    match kind {
        DutyKind::Verify {
            tx,
            round,
            result_hash,
            nondet,
        } => {
            let told = (*tx, *round, *result_hash);
            assert_eq!(told, (tribunal.tx, tribunal.round, tribunal.result_hash));
            assert_eq!(**nondet, BTreeMap::from([(0, vec![0])]));
            let body = sealed(world, tribunal, me, act);
            (act != Act::Silent).then(|| world.signed(me, body, RawInput::Commit))
        }
        DutyKind::Reveal => {
            let body = opened(world, tribunal, me, act);
            (act != Act::Sealed).then(|| world.signed(me, body, RawInput::Reveal))
        }
        DutyKind::Lead | DutyKind::Judge { .. } => panic!("a tribunal has no leader"),
    }
}

/// The public rules, in an active set that can spare many.
pub(crate) fn sparing() -> StakeParams {
    StakeParams {
        active_min: 5,
        ..rules()
    }
}

/// 25 validators with 1,000 wei each under these rules.
pub(crate) fn court() -> (World, Address) {
    let params = Params {
        stake: sparing(),
        ..Params::local()
    };
    let mut world = World::with(25, params);
    let contract = world.deploy(1, 0, &[]);
    (world, contract)
}

/// In its first round, the leader and the others act like this; everybody else is honest.
pub(crate) fn first(leader: Act, others: [Act; 4]) -> impl Fn(&TxRecord, Address) -> Act {
    move |record, me| {
        if record.rounds.len() > 1 {
            return Act::Honest;
        }
        let members = committee(record);
        match members.iter().position(|member| *member == me) {
            Some(0) | None => leader,
            Some(place) => others[place - 1],
        }
    }
}

/// A call whose first round goes like this; its tribunal has just been opened.
pub(crate) fn contested(
    world: &mut World,
    contract: Address,
    leader: Act,
    others: [Act; 4],
) -> (B256, Tribunal) {
    let id = world.send(1, contract, 0, &[Op::Add(3)]);
    world.script(first(leader, others));
    for _ in 0..3 {
        world.answer_once();
    }
    (id, tribunal(world, id))
}

pub(crate) fn tribunal(world: &World, tx: B256) -> Tribunal {
    let mut all = view::tribunals(&world.state, tx).expect("state");
    all.pop().expect("a tribunal")
}

pub(crate) fn validator(world: &World, address: Address) -> StakedValidator {
    let record = stakes::validator(&world.state, address).expect("state");
    record.expect("a validator")
}

/// Ten thousandths that it will be slashed, and its strikes.
pub(crate) fn charges(world: &World, address: Address) -> (u32, usize) {
    let record = validator(world, address);
    let bps = record
        .offences
        .iter()
        .fold(0, |sum, offence| sum + offence.bps);
    (bps, record.strikes.len())
}

pub(crate) fn is_active(world: &World, address: Address) -> bool {
    let active = stakes::active_validators(&world.state).expect("state");
    active.contains(&address)
}

pub(crate) fn voters(tribunal: &Tribunal) -> Vec<Address> {
    tribunal.seats.iter().map(|seat| seat.validator).collect()
}

/// Answers for tribunals: those at these places of the seats act so, the others are honest.
pub(crate) fn bench(acts: &'static [Act]) -> impl Fn(&Tribunal, Address) -> Act {
    move |tribunal, me| {
        let seat = voters(tribunal).iter().position(|voter| *voter == me);
        let act = seat.and_then(|seat| acts.get(seat));
        act.copied().unwrap_or(Act::Honest)
    }
}
