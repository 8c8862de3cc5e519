//! The largest active set: an epoch change asks for its keys in a few rounds, and changes nothing
//! that it should not.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};
use venire_protocol::{
    ApplyError, Block, Genesis, Key, Lookup, Params, Read, Value, apply, genesis, invariants,
    stake::{StakeParams, view},
};
use venire_types::{Address, B256, U256, keccak256};

struct Lazy<'a> {
    all: &'a BTreeMap<Key, Value>,
    loaded: RefCell<BTreeSet<Key>>,
}

impl Read for Lazy<'_> {
    fn get(&self, key: &Key) -> Lookup {
        if self.loaded.borrow().contains(key) {
            Read::get(self.all, key)
        } else {
            Lookup::NotLoaded
        }
    }
}

#[test]
fn a_thousand_validators_change_epoch_in_a_few_loads() {
    let params = Params {
        stake: StakeParams {
            first_epoch: 2,
            ..StakeParams::public()
        },
        ..Params::local()
    };
    let stake = params.stake.validator_min;
    let start = Genesis {
        time_ms: 0,
        validators: (0_u64..1_000)
            .map(|number| (Address::from_word(keccak256(number.to_be_bytes())), stake))
            .collect(),
        families: vec![],
        alloc: vec![],
    };
    let mut state: BTreeMap<Key, Value> = genesis(&params, &start)
        .expect("the chain may begin so")
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect();
    let block = Block {
        height: 1,
        time_ms: params.stake.epoch_ms,
        seed: B256::ZERO,
        inputs: vec![],
    };
    let lazy = Lazy {
        all: &state,
        loaded: RefCell::default(),
    };
    let mut loads = 0;
    let applied = loop {
        match apply(&params, &lazy, &block) {
            Ok(applied) => break applied,
            Err(ApplyError::Missing(keys)) => {
                loads += 1;
                assert!(loads < 16, "asks for keys one by one");
                lazy.loaded.borrow_mut().extend(keys);
            }
            Err(ApplyError::Broken(broken)) => panic!("{broken}"),
        }
    };
    for (key, value) in applied.delta {
        match value {
            Some(value) => state.insert(key, value),
            None => state.remove(&key),
        };
    }
    invariants::check(&state).expect("the books are right");
    assert_eq!(view::epoch(&state), Ok(3));
    assert_eq!(view::active_validators_count(&state), Ok(1_000));
    let minted = view::epoch_inflation(&state, 2).expect("inflation");
    // 9 % of 42 million GEN in a 365th of a year, to a few thousand wei.
    let due = stake * U256::from(1_000 * 9) / U256::from(36_500);
    assert!(
        due >= minted && due - minted < U256::from(5_000),
        "{due} {minted}"
    );
}
