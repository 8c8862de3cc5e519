//! Owners of validators and delegators, who try everything that staking knows: what is admitted is
//! sent, and some of what is not.
//!
//! # Invariants
//! - They look before they send: a refused order is one that they knew would be refused.

use crate::{
    dice::Dice,
    scenario::{Habit, Scenario},
    wallet::{Order, Wallet},
};
use std::collections::BTreeMap;
use venire_node::core::{Key, Snapshot};
use venire_protocol::{Input, Params, admit, stake::view};
use venire_types::{
    Address, B256, U256,
    envelope::{Identity, StakeOrder},
};

/// Accounts that stake.
const ACCOUNTS: u32 = 3;
/// Keys that may speak for each of their validators.
const KEYS: u32 = 3;
/// Orders that are thought of in a world.
const ORDERS: u32 = 100;
/// Kinds of orders.
const KINDS: u64 = 15;
/// Kinds, after the first one, that move money.
const MONEY: u64 = 7;

/// See the module.
#[derive(Debug)]
pub(super) struct Stakers {
    accounts: Vec<Wallet>,
    keys: Vec<Key>,
    dice: Dice,
    /// To whom each account has delegated, or tried to.
    delegated: BTreeMap<usize, Address>,
    left: u32,
    next_ms: u64,
}

/// Wei, and what is asked with them.
type Thought = (U256, Order);

impl Stakers {
    pub(super) fn new(scenario: &Scenario, secret: B256) -> Self {
        let is_there = scenario.has(Habit::Stake);
        let (accounts, keys) = if is_there { (ACCOUNTS, KEYS) } else { (0, 0) };
        let chain_id = scenario.params.chain_id;
        Self {
            accounts: (0..accounts)
                .map(|index| Wallet::new(secret, "staker", index, chain_id))
                .collect(),
            keys: (0..accounts * keys)
                .map(|index| Key::derive(secret, "operator", index))
                .collect(),
            dice: Dice::new(scenario.seed, "stakers"),
            delegated: BTreeMap::new(),
            left: if is_there { ORDERS } else { 0 },
            next_ms: 0,
        }
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = Address> {
        self.accounts.iter().map(Wallet::address)
    }

    /// Keys that may speak for their validators; some node has each.
    pub(super) fn operators(&self) -> Vec<Key> {
        self.keys.clone()
    }

    pub(super) const fn is_done(&self) -> bool {
        self.left == 0
    }

    /// The closing of an epoch's books and the end of the next one, asked for by two accounts: for the
    /// moment in which that is possible and the chain has not done it by itself.
    pub(super) fn turn(&mut self, snapshot: &Snapshot, now: u64) -> Vec<Input> {
        let orders = [StakeOrder::EpochFinalize, StakeOrder::EpochAdvance];
        let accounts = self.accounts.iter_mut();
        let sent = accounts.zip(orders).filter_map(|(account, order)| {
            let order = Order::Stake(order);
            Some(account.draft(snapshot, now, U256::ZERO, order)?.1)
        });
        sent.collect()
    }

    /// An order, if it is time for one.
    pub(super) fn act(&mut self, snapshot: &Snapshot, params: &Params, now: u64) -> Option<Input> {
        if self.left == 0 || now < self.next_ms {
            return None;
        }
        self.left -= 1;
        self.next_ms = now + self.dice.between(100, 800);
        let who = self.dice.index(self.accounts.len());
        let (value, order) = self.order(snapshot, params, who)?;
        let account = self.accounts.get_mut(who)?;
        let (_, input) = account.draft(snapshot, now, value, order)?;
        let Input::Transaction(envelope) = &input else {
            return None;
        };
        if admit(params, snapshot, now, envelope).is_ok() {
            account.sent(now);
            return Some(input);
        }
        self.dice.chance(300).then_some(input)
    }

    /// Some order, with arguments that mostly make sense.
    fn order(&mut self, snapshot: &Snapshot, params: &Params, who: usize) -> Option<Thought> {
        let me = self.accounts.get(who)?.address();
        let wallets = view::wallets(snapshot, me).unwrap_or_default();
        let all = view::validators_joined(snapshot, 0, 1_000).ok()?;
        let some = *self.dice.pick(&all)?;
        // Who owns a validator minds it; now and then somebody tries another's.
        let mine = self.dice.pick(&wallets).copied();
        let wallet = mine.filter(|_| !self.dice.chance(100)).unwrap_or(some);
        let kind = if wallets.is_empty() && self.dice.chance(300) {
            0
        } else {
            // Money matters most.
            let kind = self.dice.below(KINDS + MONEY);
            kind.checked_sub(KINDS)
                .map_or(kind, |extra| extra % MONEY + 1)
        };
        let at = |order| Some((U256::ZERO, Order::StakeAt(wallet, order)));
        let now = |order| Some((U256::ZERO, Order::Stake(order)));
        match kind {
            0 => {
                // Two validators are enough; more are tried with nothing.
                let times = if wallets.len() < 2 { 25 } else { 0 };
                let value = params.stake.validator_min * U256::from(times);
                let operator = Some(self.operator(who));
                let join = StakeOrder::ValidatorJoin { operator };
                Some((value, Order::Stake(join)))
            }
            1 => {
                let value = params.stake.validator_min * U256::from(self.dice.below(3) * 5);
                let deposit = StakeOrder::ValidatorDeposit { wallet };
                Some((value, Order::StakeAt(wallet, deposit)))
            }
            2 => {
                let shares = view::shares_of(params, snapshot, wallet, wallet);
                let shares = self.part(shares.unwrap_or_default());
                at(StakeOrder::ValidatorExit { wallet, shares })
            }
            3 => at(StakeOrder::ValidatorClaim { validator: wallet }),
            4 => {
                let validator = if self.dice.chance(300) { me } else { some };
                now(StakeOrder::ValidatorPrime { validator })
            }
            5..=7 => self.delegate(snapshot, params, kind, (who, some)),
            8 => now(StakeOrder::EpochAdvance),
            9 => now(StakeOrder::EpochFinalize),
            10 => at(StakeOrder::SetOperator {
                wallet,
                operator: self.operator(who),
            }),
            11 => at(StakeOrder::SetIdentity {
                wallet,
                identity: self.identity(),
            }),
            12 => at(StakeOrder::InitiateOperatorTransfer {
                wallet,
                operator: self.operator(who),
            }),
            13 => at(StakeOrder::CompleteOperatorTransfer { wallet }),
            _ => at(StakeOrder::CancelOperatorTransfer { wallet }),
        }
    }

    /// Delegated stake goes in and out.
    fn delegate(
        &mut self,
        snapshot: &Snapshot,
        params: &Params,
        kind: u64,
        (who, some): (usize, Address),
    ) -> Option<Thought> {
        let me = self.accounts.get(who)?.address();
        // One validator each, but for a stray thought.
        let known = self.delegated.get(&who).copied();
        let validator = known.filter(|_| !self.dice.chance(100)).unwrap_or(some);
        let shares = view::shares_of(params, snapshot, me, validator).unwrap_or_default();
        let claims = StakeOrder::DelegatorClaim {
            delegator: me,
            validator,
        };
        let order = match kind {
            5 if shares.is_zero() || self.dice.chance(300) => {
                let value = params.stake.delegator_min * U256::from(self.dice.below(4));
                self.delegated.entry(who).or_insert(some);
                let join = StakeOrder::DelegatorJoin { validator };
                return Some((value, Order::Stake(join)));
            }
            5 | 6 => StakeOrder::DelegatorExit {
                validator,
                shares: self.part(shares),
            },
            _ => claims,
        };
        Some((U256::ZERO, Order::Stake(order)))
    }

    /// All, half, or one more than all.
    fn part(&mut self, shares: U256) -> U256 {
        match self.dice.below(5) {
            0 => shares + U256::ONE,
            1 | 2 => shares / U256::from(2),
            _ => shares,
        }
    }

    /// A key of an account, or one that another has, or none.
    fn operator(&mut self, who: usize) -> Address {
        let each = usize::try_from(KEYS).unwrap_or(1);
        let place = match self.dice.below(10) {
            0 => return Address::ZERO,
            1 => self.dice.index(self.keys.len()),
            _ => who * each + self.dice.index(each),
        };
        self.keys.get(place).map_or(Address::ZERO, Key::address)
    }

    fn identity(&mut self) -> Identity {
        let bytes = if self.dice.chance(300) { 5_000 } else { 20 };
        Identity {
            moniker: "n".repeat(bytes),
            ..Identity::default()
        }
    }
}
