//! What a block needs to know is asked for in few questions, however much it is.

use crate::{
    machine::{Op, call},
    world::{World, submit, user},
};
use std::collections::BTreeMap;
use venire_protocol::{Effect, Input, Key, Lookup, Params, RawInput, Read, Value, apply};
use venire_types::{
    B256,
    envelope::TxData,
    jury::{Commit, Reveal},
    vote::{Status, Vote},
};

#[test]
fn the_pages_of_a_large_result_are_asked_for_together() {
    let mut world = World::new(5);
    let contract = world.deploy(1, 0, &[]);
    // `World::step` also applies each block to a state that is loaded on demand, in at most 300 questions.
    let id = world.call(1, contract, 0, &[Op::Flood(1_000)]);
    world.wait(world.params.finality_window_ms);
    assert_eq!(world.status(id), Status::Finalized);
}

/// Forbids to ask whether something is parked.
struct Unparked<'a>(&'a BTreeMap<Key, Value>);

impl Read for Unparked<'_> {
    fn get(&self, key: &Key) -> Lookup {
        let parked = Key::parked(B256::ZERO);
        assert_ne!(key.as_bytes()[0], parked.as_bytes()[0], "nothing is parked");
        Read::get(self.0, key)
    }
}

#[test]
fn where_nothing_can_be_parked_nobody_asks_for_it() {
    let params = Params {
        manual: false,
        ..Params::local()
    };
    let mut world = World::with(5, params);
    let contract = world.deploy(1, 0, &[]);
    let data = || TxData::Call {
        calldata: call(&[Op::Add(1)]),
    };
    let calls = [1, 2].map(|user| world.submission(user, 0, &submit(contract, data())));
    let before = world.state.clone();
    world.step(calls.into());
    let block = world.blocks.last().expect("a block");
    let applied = apply(&world.params, &Unparked(&before), block).expect("applies");
    assert_eq!(applied.effects, world.effects, "one starts, one waits");
}

#[test]
fn statements_about_nothing_are_looked_up_together() {
    let mut world = World::new(5);
    let signer = user(100);
    let id = |number: u64| B256::left_padding_from(&number.to_be_bytes());
    let commits: Vec<Input> = (1..=301)
        .map(|number| {
            let body = Commit {
                tx: id(number),
                round: 0,
                commitment: B256::ZERO,
            };
            world.signed(signer, body, RawInput::Commit)
        })
        .collect();
    let reveals: Vec<Input> = (302..=602)
        .map(|number| {
            let body = Reveal {
                tx: id(number),
                round: 0,
                vote: Vote::Timeout,
                result_hash: B256::ZERO,
                nonce: B256::ZERO,
                payload: None,
            };
            world.signed(signer, body, RawInput::Reveal)
        })
        .collect();
    let starts = (603..=903).map(|number| Input::Start { tx: id(number) });
    let starts: Vec<Input> = starts.collect();
    // One question for each would be more than `World::step` answers.
    for inputs in [commits, reveals, starts] {
        let effects = world.step(inputs);
        assert_eq!(effects.len(), 301);
        let refused = |effect| matches!(effect, Effect::Rejected { .. });
        assert!(effects.into_iter().all(refused));
    }
}
