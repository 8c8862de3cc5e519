//! Honest users: they deploy, call, pay, withdraw, stake, and object to verdicts they know to be wrong.
//!
//! # Invariants
//! - They see only the state of the node they ask.
//!
//! # Not here
//! - Users that mean harm (`liars`).

mod money;
mod objections;
mod stakers;

pub use objections::appeal_value;

use crate::{
    contract::{CODE, Op, call, constructor},
    dice::Dice,
    scenario::{Habit, Scenario},
    wallet::{Order, Wallet, submission},
    world::BEGIN_MS,
};
use money::Clerk;
use stakers::Stakers;
use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};
use venire_node::core::{Key, Snapshot};
use venire_protocol::{Input, Kind, Params, TxRecord, salted_address, stake};
use venire_types::{
    Address, B256, U256,
    envelope::{FeeTerms, StakeOrder, Submission, TxData},
    storage::StateView,
};

/// Contracts that are deployed in the beginning.
const CONTRACTS: usize = 3;
/// Transactions that users remember.
const MEMORY: usize = 64;
/// A start that no block has is said again after so long, milliseconds.
const RESTART_MS: u64 = 2_000;

/// All honest users.
#[derive(Debug)]
pub struct People {
    wallets: Vec<Wallet>,
    dice: Dice,
    /// Transactions still to be sent.
    left: u32,
    sent: u64,
    deploys: Vec<B256>,
    contracts: Vec<Address>,
    /// What was sent lately, and by whom.
    recent: Vec<(B256, usize)>,
    /// What was sent and is not closed.
    watched: Vec<B256>,
    /// Decisions that were looked at already, by number of rounds.
    objected: BTreeSet<(B256, usize)>,
    /// When parked transactions were started last.
    started: BTreeMap<B256, u64>,
    stakers: Stakers,
}

/// The rules for the next block, and what people see.
#[derive(Clone, Copy)]
struct Sight<'a> {
    snapshot: &'a Snapshot,
    scenario: &'a Scenario,
    params: &'a Params,
    now: u64,
}

impl People {
    /// The users of a world.
    #[must_use]
    pub fn new(scenario: &Scenario, secret: B256) -> Self {
        let count = u32::try_from(scenario.users).unwrap_or(1);
        let chain_id = scenario.params.chain_id;
        Self {
            wallets: (0..count)
                .map(|index| Wallet::new(secret, "user", index, chain_id))
                .collect(),
            dice: Dice::new(scenario.seed, "people"),
            left: scenario.transactions,
            sent: 0,
            deploys: Vec::new(),
            contracts: Vec::new(),
            recent: Vec::new(),
            watched: Vec::new(),
            objected: BTreeSet::new(),
            started: BTreeMap::new(),
            stakers: Stakers::new(scenario, secret),
        }
    }

    /// Their addresses.
    #[must_use]
    pub fn addresses(&self) -> Vec<Address> {
        let users = self.wallets.iter().map(Wallet::address);
        users.chain(self.stakers.addresses()).collect()
    }

    /// Keys of validators that they may found.
    #[must_use]
    pub fn operators(&self) -> Vec<Key> {
        self.stakers.operators()
    }

    /// Whether they have sent all they wanted.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.left == 0 && self.stakers.is_done()
    }

    /// What they send at a moment.
    pub fn act(&mut self, snapshot: &Snapshot, scenario: &Scenario, now: u64) -> Vec<Input> {
        let sight = Sight {
            snapshot,
            scenario,
            params: scenario.params_at(snapshot.globals().height + 1),
            now,
        };
        let mut inputs = Vec::new();
        self.settle(snapshot, scenario, now, &mut inputs);
        if scenario.has(Habit::Watch) {
            inputs.extend(self.object(sight));
        }
        if scenario.has(Habit::Park) {
            inputs.extend(self.start(sight));
        }
        inputs.extend(self.stakers.act(snapshot, sight.params, now));
        if self.contracts.is_empty() {
            return inputs;
        }
        let due = (now - BEGIN_MS) * scenario.rate / 1_000;
        while self.left > 0 && self.sent < due {
            self.left -= 1;
            self.sent += 1;
            let input = if scenario.has(Habit::Plain) {
                self.plain_call(snapshot, now)
            } else {
                self.anything(sight)
            };
            inputs.extend(input);
        }
        inputs
    }

    /// Starts what was parked, some time after it was: all of it when nothing more is to come.
    fn start(&mut self, sight: Sight<'_>) -> Vec<Input> {
        let Sight { snapshot, now, .. } = sight;
        let mut inputs = Vec::new();
        for tx in snapshot.parked() {
            let last = self.started.get(&tx).copied();
            let [first, ..] = tx.0;
            let Some(record) = snapshot.record(tx) else {
                continue;
            };
            let last_open = self.last_open(sight, &record);
            if !last_open.is_empty() {
                inputs.extend(last_open);
                continue;
            }
            // A deploy keeps nobody waiting, but an epoch from ending.
            let wait = if record.kind == Kind::Deploy && sight.scenario.has(Habit::Stake) {
                20_000
            } else if self.left == 0 {
                0
            } else {
                u64::from(first) * 40
            };
            let is_time = now > record.created_ms + wait;
            if is_time && last.is_none_or(|last| now > last + RESTART_MS) {
                self.started.insert(tx, now);
                inputs.push(Input::Start { tx });
            }
        }
        inputs
    }

    /// Withdraws the transaction that alone keeps an epoch open which is over, and in the same breath asks
    /// for the end of the epoch: the only moment in which somebody is faster than the chain itself.
    fn last_open(&mut self, sight: Sight<'_>, record: &TxRecord) -> Vec<Input> {
        let Sight { snapshot, now, .. } = sight;
        let Ok(epochs) = stake::view::epochs(snapshot) else {
            return Vec::new();
        };
        let (previous, current) = (&epochs.previous, &epochs.current);
        let is_over = now > current.start_ms + sight.params.stake.epoch_ms;
        let is_last = previous.open == 1 && previous.tribunals == 0;
        let is_old = record.index < current.first_transaction;
        if !(is_over && is_last && is_old && sight.scenario.has(Habit::Stake)) {
            return Vec::new();
        }
        let mut wallets = self.wallets.iter();
        let wallet = wallets.find(|wallet| wallet.address() == record.sender);
        let Some(withdrawal) = wallet.and_then(|wallet| wallet.cancel(record.id)) else {
            return Vec::new();
        };
        let turn = self.stakers.turn(snapshot, now);
        iter::once(withdrawal).chain(turn).collect()
    }

    /// Deploys the contracts, and finds out where they are.
    fn settle(
        &mut self,
        snapshot: &Snapshot,
        scenario: &Scenario,
        now: u64,
        inputs: &mut Vec<Input>,
    ) {
        let wanted = if scenario.has(Habit::Plain) {
            scenario.users
        } else {
            CONTRACTS
        };
        while self.deploys.len() < wanted {
            let who = self.deploys.len();
            let data = TxData::Deploy {
                code: CODE.to_vec(),
                calldata: constructor(&[Op::Add(1)]),
            };
            let order = Order::Submit(Box::new(submission(Address::ZERO, data)));
            let value = U256::from(1_000_000);
            let Some((id, input)) = self.send(snapshot, now, who, value, order) else {
                return;
            };
            self.deploys.push(id);
            inputs.push(input);
        }
        if self.contracts.len() < wanted {
            let records = self.deploys.iter().filter_map(|id| snapshot.record(*id));
            self.contracts = records
                .filter(|record| {
                    let view = StateView::Accepted;
                    snapshot.contract(record.recipient, view).is_some()
                })
                .map(|record| record.recipient)
                .collect();
        }
    }

    fn send(
        &mut self,
        snapshot: &Snapshot,
        now: u64,
        who: usize,
        value: U256,
        order: Order,
    ) -> Option<(B256, Input)> {
        let place = who.checked_rem(self.wallets.len())?;
        let wallet = self.wallets.get_mut(place)?;
        let (id, input) = wallet.send(snapshot, now, value, order)?;
        if self.recent.len() >= MEMORY {
            self.recent.remove(0);
        }
        self.recent.push((id, place));
        self.watched.push(id);
        Some((id, input))
    }

    fn plain_call(&mut self, snapshot: &Snapshot, now: u64) -> Option<Input> {
        let who = usize::try_from(self.sent).unwrap_or_default();
        let to = *self.contracts.get(who.checked_rem(self.contracts.len())?)?;
        let calldata = call(&[Op::Add(1), Op::Ask]);
        let order = Order::Submit(Box::new(submission(to, TxData::Call { calldata })));
        Some(self.send(snapshot, now, who, U256::ZERO, order)?.1)
    }

    fn anything(&mut self, sight: Sight<'_>) -> Option<Input> {
        let Sight { snapshot, now, .. } = sight;
        let who = self.dice.index(self.wallets.len());
        match self.dice.below(100) {
            0..=55 => {
                let to = self.callee(snapshot)?;
                let ops = self.program(sight.scenario, 2);
                let data = TxData::Call {
                    calldata: call(&ops),
                };
                self.submit(sight, who, submission(to, data), (&ops, 0))
            }
            56..=60 => self.deploy(sight, who),
            61..=67 => {
                let to = self.dice.index(self.wallets.len());
                let to = self.wallets.get(to)?.address();
                let value = U256::from(self.dice.below(1_000_000));
                Some(self.send(snapshot, now, who, value, Order::Transfer(to))?.1)
            }
            68..=75 => {
                let (tx, _) = *self.dice.pick(&self.recent)?;
                let value = appeal_value(sight.params, snapshot, now, tx)?;
                Some(self.send(snapshot, now, who, value, Order::Appeal(tx))?.1)
            }
            76..=79 => {
                let (tx, who) = *self.dice.pick(&self.recent)?;
                self.wallets.get(who)?.cancel(tx)
            }
            80..=84 => self.top_up(sight, who),
            85..=95 => self.stake(sight, who),
            _ => {
                let junk = vec![7; self.dice.index(100)];
                let order = Order::Junk(junk);
                Some(self.send(snapshot, now, who, U256::ZERO, order)?.1)
            }
        }
    }

    /// A contract that is there, or may be soon.
    fn callee(&mut self, snapshot: &Snapshot) -> Option<Address> {
        let some = *self.dice.pick(&self.contracts)?;
        let is_there = snapshot.contract(some, StateView::Accepted).is_some();
        if is_there || self.dice.chance(200) {
            Some(some)
        } else {
            self.contracts.first().copied()
        }
    }

    /// A new contract, in some cases at an address that is known before.
    fn deploy(&mut self, sight: Sight<'_>, who: usize) -> Option<Input> {
        let ops = self.program(sight.scenario, 1);
        let data = TxData::Deploy {
            code: CODE.to_vec(),
            calldata: constructor(&ops),
        };
        // So few salts that some address is taken now and then.
        let salt = self.dice.below(4);
        if salt > 0 && self.contracts.len() < 2 * CONTRACTS {
            let me = self.wallets.get(who)?.address();
            let chain_id = sight.params.chain_id;
            let there = salted_address(me, U256::from(salt), chain_id);
            self.contracts.push(there);
        }
        self.submit(sight, who, submission(Address::ZERO, data), (&ops, salt))
    }

    /// Something to be judged; with terms, with a time limit, or parked, as chance will have it.
    fn submit(
        &mut self,
        sight: Sight<'_>,
        who: usize,
        mut submission: Submission,
        (ops, salt): (&[Op], u64),
    ) -> Option<Input> {
        let Sight {
            snapshot,
            scenario,
            params,
            now,
        } = sight;
        submission.leader_only = self.dice.chance(50);
        submission.rotations = U256::from(self.dice.below(4));
        let seats = *self.dice.pick(&[5_u32, 5, 5, 7, 11])?;
        submission.validators = U256::from(seats);
        if self.dice.chance(100) {
            let until = now / 1_000 + self.dice.below(20);
            submission.valid_until = Some(U256::from(until));
        }
        let is_deploy = matches!(submission.data, TxData::Deploy { .. });
        let mut value = U256::from(self.dice.below(1_000));
        let mut is_wrong = false;
        let has_terms = scenario.has(Habit::Terms) && self.dice.chance(600);
        if has_terms || salt > 0 && !params.fees.is_gasless() {
            let mut clerk = Clerk {
                dice: &mut self.dice,
                params,
                seats: if submission.leader_only { 1 } else { seats },
            };
            let bill = clerk.bill(value, ops, salt);
            submission.fees = Some(Box::new(bill.fees));
            (value, is_wrong) = (bill.sent, bill.is_wrong);
        } else if salt > 0 {
            submission.fees = Some(Box::new(FeeTerms {
                value,
                salt: U256::from(salt),
                ..FeeTerms::default()
            }));
        }
        let order = Order::Submit(Box::new(submission));
        if is_wrong {
            let wallet = self.wallets.get_mut(who)?;
            return Some(wallet.draft(snapshot, now, value, order)?.1);
        }
        let (_, input) = self.send(snapshot, now, who, value, order)?;
        let keeps = is_deploy && scenario.has(Habit::Stake);
        let parks = scenario.has(Habit::Park) && (keeps || self.dice.chance(400));
        Some(match input {
            Input::Transaction(envelope) if parks => Input::Park(envelope),
            other => other,
        })
    }

    fn top_up(&mut self, sight: Sight<'_>, who: usize) -> Option<Input> {
        let (tx, sender) = *self.dice.pick(&self.recent)?;
        let own = self.dice.chance(600);
        let mut clerk = Clerk {
            dice: &mut self.dice,
            params: sight.params,
            seats: 5,
        };
        let (value, top_up) = clerk.top_up(tx, own);
        let who = if own { sender } else { who };
        let order = Order::TopUp(top_up);
        Some(self.send(sight.snapshot, sight.now, who, value, order)?.1)
    }

    fn program(&mut self, scenario: &Scenario, depth: u32) -> Vec<Op> {
        let count = 1 + self.dice.index(3);
        let mut ops = Vec::new();
        if depth > 0 && scenario.has(Habit::Choose) && self.dice.chance(400) {
            let (yes, no) = (self.message(scenario, depth), self.message(scenario, depth));
            let (yes, no) = (vec![yes], vec![no, Op::Add(1)]);
            ops.extend([Op::Ask, Op::Choose { yes, no }]);
        }
        for _ in 0..count {
            let op = match self.dice.below(20) {
                0..=5 => Op::Add(self.dice.below(100)),
                6..=12 => Op::Ask,
                13 => Op::Fail,
                14..=16 if depth > 0 => self.message(scenario, depth),
                17 => {
                    let to = self.dice.pick(&self.wallets).map(Wallet::address);
                    Op::Pay {
                        to: to.unwrap_or_default().into(),
                        value: self.dice.below(50),
                    }
                }
                18 if scenario.has(Habit::Drift) => Op::Drift,
                _ => Op::Log,
            };
            ops.push(op);
        }
        ops
    }

    /// A message to a contract, or a new one.
    fn message(&mut self, scenario: &Scenario, depth: u32) -> Op {
        let (value, early) = (self.dice.below(50), self.dice.chance(600));
        let ops = self.program(scenario, depth - 1);
        if self.dice.chance(150) {
            let salt = self.dice.below(3);
            return Op::Deploy {
                salt,
                value,
                early,
                ops,
            };
        }
        let to = self.dice.pick(&self.contracts).copied();
        Op::Post {
            to: to.unwrap_or_default().into(),
            value,
            early,
            ops,
        }
    }

    fn stake(&mut self, sight: Sight<'_>, who: usize) -> Option<Input> {
        let Sight { snapshot, now, .. } = sight;
        let all = stake::view::validators_joined(snapshot, 0, 1_000).ok()?;
        let validator = *self.dice.pick(&all)?;
        let me = self.wallets.get(who)?.address();
        let (value, order) = match self.dice.below(8) {
            0..=3 => {
                let value = U256::from(10).pow(U256::from(16));
                (value, StakeOrder::DelegatorJoin { validator })
            }
            4 | 5 => {
                let shares = stake::view::shares_of(sight.params, snapshot, me, validator);
                let shares = shares.ok()?;
                (U256::ZERO, StakeOrder::DelegatorExit { validator, shares })
            }
            6 => (
                U256::ZERO,
                StakeOrder::DelegatorClaim {
                    delegator: me,
                    validator,
                },
            ),
            _ => (U256::ZERO, StakeOrder::ValidatorPrime { validator }),
        };
        Some(self.send(snapshot, now, who, value, Order::Stake(order))?.1)
    }
}
