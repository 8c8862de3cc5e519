//! The state before the first block.

use crate::{
    params::Params,
    record::{Account, Globals},
    stake,
    state::{Delta, Key, Overlay, Value},
};
use alloc::{collections::BTreeMap, vec::Vec};
use venire_types::{Address, U256};

/// What a chain starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Genesis {
    /// Time of genesis, milliseconds since 1970.
    pub time_ms: u64,
    /// Active validators and their own stakes, which are money besides the allocations.
    pub validators: Vec<(Address, U256)>,
    /// Funded accounts, wei.
    pub alloc: Vec<(Address, U256)>,
}

/// The first delta (`ROUND-01`). A repeated validator counts once, with its last stake; repeated
/// allocations add up. The first block has height 1.
#[must_use]
pub fn genesis(params: &Params, genesis: &Genesis) -> Delta {
    let nothing: BTreeMap<Key, Value> = BTreeMap::new();
    let mut state = Overlay::new(&nothing);
    let stakes: BTreeMap<Address, U256> = genesis.validators.iter().copied().collect();
    let mut balances: BTreeMap<Address, U256> = BTreeMap::new();
    // An empty state has nothing that could be missing or broken.
    let mut minted = stake::begin(params, &mut state, genesis.time_ms, &stakes).unwrap_or_default();
    for (address, amount) in &genesis.alloc {
        // The supply saturates before any balance can, so the two always agree.
        let total = minted.saturating_add(*amount);
        let granted = total.saturating_sub(minted);
        minted = total;
        let balance = balances.entry(*address).or_default();
        *balance = balance.saturating_add(granted);
    }
    for (address, balance) in balances {
        state.store(Key::account(address), &Account { nonce: 0, balance });
    }
    let globals = Globals {
        height: 0,
        time_ms: genesis.time_ms,
        minted,
        burned: U256::ZERO,
        transactions: 0,
    };
    state.store(Key::globals(), &globals);
    state.into_delta()
}
