//! Staking without blocks: orders, seams and epochs one by one, books checked after each.

mod money;
mod random;
mod splitting;

use super::{Epochs, StakeParams, Staking, begin, view};
use crate::{
    admit::AdmitError,
    invariants, ledger,
    params::Params,
    record::{Account, Globals},
    state::{Delta, Key, Overlay, Value},
};
use alloc::collections::BTreeMap;
use venire_types::{Address, U256, envelope::StakeOrder};

/// Staking over a state in memory.
pub(super) struct Bench {
    pub(super) params: Params,
    pub(super) state: BTreeMap<Key, Value>,
}

pub(super) const FUNDS: u64 = 1_000_000_000;

pub(super) fn who(number: u8) -> Address {
    Address::repeat_byte(number)
}

/// The public rules with minima of 42,000 and 42 wei, from epoch 2 on, without inflation.
pub(super) fn rules() -> StakeParams {
    StakeParams {
        validator_min: U256::from(42_000),
        delegator_min: U256::from(42),
        first_epoch: 2,
        inflation_start_bps: 0,
        inflation_floor_bps: 0,
        active_min: 1,
        ..StakeParams::public()
    }
}

impl Bench {
    /// Validators of genesis by number and stake; people 1 to 9 have money.
    pub(super) fn new(stake: StakeParams, validators: &[(u8, u64)]) -> Self {
        let params = Params {
            stake,
            ..Params::local()
        };
        let stakes = validators
            .iter()
            .map(|(number, stake)| (who(*number), U256::from(*stake)))
            .collect();
        let nothing: BTreeMap<Key, Value> = BTreeMap::new();
        let mut state = Overlay::new(&nothing);
        let mut minted = begin(&params, &mut state, 0, &stakes, &BTreeMap::new()).expect("genesis");
        for number in 1..=9 {
            let balance = U256::from(FUNDS);
            minted += balance;
            state.store(Key::account(who(number)), &Account { nonce: 0, balance });
        }
        let globals = Globals {
            minted,
            ..Globals::default()
        };
        state.store(Key::globals(), &globals);
        let delta = state.into_delta();
        let mut bench = Self {
            params,
            state: BTreeMap::new(),
        };
        bench.install(delta);
        bench
    }

    fn install(&mut self, delta: Delta) {
        for (key, value) in delta {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
        invariants::check(&self.state).expect("the books are right");
    }

    /// Does something, or leaves everything as it was.
    pub(super) fn run<E>(
        &mut self,
        what: impl FnOnce(&mut Staking<'_, '_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut state = Overlay::new(&self.state);
        let mut globals: Globals = state.expect(&Key::globals()).expect("globals");
        let mut epochs: Epochs = state.expect(&Key::epochs()).expect("epochs");
        what(&mut Staking {
            params: &self.params,
            state: &mut state,
            globals: &mut globals,
            epochs: &mut epochs,
        })?;
        state.store(Key::globals(), &globals);
        state.store(Key::epochs(), &epochs);
        let delta = state.into_delta();
        self.install(delta);
        Ok(())
    }

    /// An order with what its value costs.
    pub(super) fn order(
        &mut self,
        number: u8,
        value: u64,
        order: &StakeOrder,
    ) -> Result<(), AdmitError> {
        let value = U256::from(value);
        self.run(|staking| {
            staking.order(who(number), value, order)?;
            Ok(ledger::debit(staking.state, who(number), value)?)
        })
    }

    /// An order that must be carried out.
    pub(super) fn does(&mut self, number: u8, value: u64, order: &StakeOrder) {
        self.order(number, value, order).expect("carried out");
    }

    /// Begins so many epochs.
    pub(super) fn epochs(&mut self, count: u32) {
        for _ in 0..count {
            self.run(|staking| {
                staking.globals.time_ms += staking.params.stake.epoch_ms;
                staking.check_advance().expect("may begin");
                staking.advance()
            })
            .expect("begins");
        }
    }

    pub(super) fn epoch(&self) -> u64 {
        view::epoch(&self.state).expect("epoch")
    }

    /// A new validator of a person; its wallet.
    pub(super) fn join(&mut self, number: u8, value: u64) -> Address {
        let count = self.state.get(&Key::wallets(who(number)));
        let count = count.map_or(0, |count| borsh::from_slice::<u64>(count).expect("count"));
        let wallet = super::join::wallet_address(who(number), count);
        let operator = Some(Address::from_word(venire_types::keccak256(wallet)));
        self.does(number, value, &StakeOrder::ValidatorJoin { operator });
        wallet
    }

    pub(super) fn validator(&self, address: Address) -> super::StakedValidator {
        view::validator(&self.state, address)
            .expect("state")
            .expect("validator")
    }

    pub(super) fn stake(&self, member: Address, validator: Address) -> u64 {
        view::stake_of(&self.params, &self.state, member, validator)
            .expect("state")
            .to()
    }

    pub(super) fn balance(&self, address: Address) -> u64 {
        crate::view::account(&self.state, address)
            .expect("account")
            .balance
            .to()
    }

    pub(super) fn globals(&self) -> Globals {
        crate::view::globals(&self.state).expect("globals")
    }

    pub(super) fn is_active(&self, address: Address) -> bool {
        let active = view::active_validators(&self.state).expect("active");
        active.contains(&address)
    }
}
