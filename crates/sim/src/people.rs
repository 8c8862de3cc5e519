//! Honest users: they deploy, call, pay, withdraw, stake, and object to verdicts they know to be wrong.
//!
//! # Invariants
//! - They see only the state of the node they ask.
//!
//! # Not here
//! - Users that mean harm (`liars`).

use crate::{
    contract::{Op, answer_bytes, call, constructor, verdict},
    dice::Dice,
    models::Models,
    scenario::Scenario,
    wallet::{Order, Wallet, submission},
    world::BEGIN_MS,
};
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::{Input, Params, stake, view};
use venire_types::{
    Address, B256, U256,
    envelope::{Ceilings, StakeOrder, TopUp, TxData},
    storage::StateView,
    vote::Status,
};

/// Contracts that are deployed in the beginning.
const CONTRACTS: usize = 3;
/// Transactions that users remember.
const MEMORY: usize = 64;

/// What an appeal against `tx` has to bring along, if one can be filed.
#[must_use]
pub fn appeal_value(params: &Params, snapshot: &Snapshot, now_ms: u64, tx: B256) -> Option<U256> {
    let quote = view::appeal_quote(params, snapshot, now_ms, tx)
        .ok()?
        .ok()?;
    if params.fees.is_gasless() {
        Some(U256::ZERO)
    } else {
        quote.charge().ok()
    }
}

/// Whether the verdict of an accepted transaction is one that an honest user objects to: the
/// contract was told what is not true.
#[must_use]
pub fn is_wrong(models: &Models, snapshot: &Snapshot, tx: B256) -> bool {
    let Some(record) = snapshot.record(tx) else {
        return false;
    };
    if record.status != Status::Accepted {
        return false;
    }
    let payload = snapshot.payload(tx).unwrap_or_else(|| {
        venire_types::jury::Payload::failed(venire_types::outcome::Outcome::Return(Vec::new()))
    });
    let said = payload.delta.get(&verdict(record.recipient));
    let wrong = answer_bytes(!models.truth(tx));
    said.is_some_and(|page| page.starts_with(&wrong))
}

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
    /// Decisions that were objected to already, by number of rounds.
    objected: BTreeSet<(B256, usize)>,
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
            objected: BTreeSet::new(),
        }
    }

    /// Their addresses.
    #[must_use]
    pub fn addresses(&self) -> Vec<Address> {
        self.wallets.iter().map(Wallet::address).collect()
    }

    /// Whether they have sent all they wanted.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.left == 0
    }

    /// What they send at a moment.
    pub fn act(&mut self, snapshot: &Snapshot, scenario: &Scenario, now: u64) -> Vec<Input> {
        let mut inputs = Vec::new();
        self.settle(snapshot, scenario, now, &mut inputs);
        if scenario.watch {
            self.object(snapshot, scenario, now, &mut inputs);
        }
        if self.contracts.is_empty() {
            return inputs;
        }
        let due = (now - BEGIN_MS) * scenario.rate / 1_000;
        while self.left > 0 && self.sent < due {
            self.left -= 1;
            self.sent += 1;
            let input = if scenario.plain {
                self.plain_call(snapshot, now)
            } else {
                self.anything(snapshot, scenario, now)
            };
            inputs.extend(input);
        }
        inputs
    }

    /// Deploys the contracts, and finds out where they are.
    fn settle(
        &mut self,
        snapshot: &Snapshot,
        scenario: &Scenario,
        now: u64,
        inputs: &mut Vec<Input>,
    ) {
        let wanted = if scenario.plain {
            scenario.users
        } else {
            CONTRACTS
        };
        while self.deploys.len() < wanted {
            let who = self.deploys.len();
            let data = TxData::Deploy {
                code: b"contract".to_vec(),
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
        Some((id, input))
    }

    fn plain_call(&mut self, snapshot: &Snapshot, now: u64) -> Option<Input> {
        let who = usize::try_from(self.sent).unwrap_or_default();
        let to = *self.contracts.get(who.checked_rem(self.contracts.len())?)?;
        let calldata = call(&[Op::Add(1), Op::Ask]);
        let order = Order::Submit(Box::new(submission(to, TxData::Call { calldata })));
        Some(self.send(snapshot, now, who, U256::ZERO, order)?.1)
    }

    fn anything(&mut self, snapshot: &Snapshot, scenario: &Scenario, now: u64) -> Option<Input> {
        let who = self.dice.index(self.wallets.len());
        match self.dice.below(100) {
            0..=59 => {
                let to = *self.dice.pick(&self.contracts)?;
                let ops = self.program(2);
                let mut submission = submission(
                    to,
                    TxData::Call {
                        calldata: call(&ops),
                    },
                );
                submission.leader_only = self.dice.chance(50);
                submission.rotations = U256::from(self.dice.below(4));
                submission.validators = U256::from(*self.dice.pick(&[5_u64, 5, 5, 7, 11])?);
                if self.dice.chance(100) {
                    let until = now / 1_000 + self.dice.below(20);
                    submission.valid_until = Some(U256::from(until));
                }
                let value = U256::from(self.dice.below(1_000));
                let order = Order::Submit(Box::new(submission));
                Some(self.send(snapshot, now, who, value, order)?.1)
            }
            60..=67 => {
                let to = self.dice.index(self.wallets.len());
                let to = self.wallets.get(to)?.address();
                let value = U256::from(self.dice.below(1_000_000));
                Some(self.send(snapshot, now, who, value, Order::Transfer(to))?.1)
            }
            68..=75 => {
                let (tx, _) = *self.dice.pick(&self.recent)?;
                let value = appeal_value(&scenario.params, snapshot, now, tx)?;
                Some(self.send(snapshot, now, who, value, Order::Appeal(tx))?.1)
            }
            76..=79 => {
                let (tx, who) = *self.dice.pick(&self.recent)?;
                self.wallets.get(who)?.cancel(tx)
            }
            80..=83 => {
                let (tx, _) = *self.dice.pick(&self.recent)?;
                let top_up = TopUp {
                    tx,
                    messages: U256::ZERO,
                    ceilings: Ceilings::default(),
                };
                let value = U256::from(self.dice.below(1_000_000));
                Some(
                    self.send(snapshot, now, who, value, Order::TopUp(top_up))?
                        .1,
                )
            }
            84..=95 => self.stake(snapshot, scenario, now, who),
            _ => {
                let junk = vec![7; self.dice.index(100)];
                Some(
                    self.send(snapshot, now, who, U256::ZERO, Order::Junk(junk))?
                        .1,
                )
            }
        }
    }

    fn program(&mut self, depth: u32) -> Vec<Op> {
        let count = 1 + self.dice.index(3);
        let mut ops = Vec::new();
        for _ in 0..count {
            let op = match self.dice.below(20) {
                0..=5 => Op::Add(self.dice.below(100)),
                6..=12 => Op::Ask,
                13 => Op::Fail,
                14..=16 if depth > 0 => {
                    let to = self.dice.pick(&self.contracts).copied();
                    Op::Post {
                        to: to.unwrap_or_default().into(),
                        value: self.dice.below(50),
                        early: self.dice.chance(500),
                        ops: self.program(depth - 1),
                    }
                }
                17 => {
                    let to = self.dice.pick(&self.wallets).map(Wallet::address);
                    Op::Pay {
                        to: to.unwrap_or_default().into(),
                        value: self.dice.below(50),
                    }
                }
                _ => Op::Log,
            };
            ops.push(op);
        }
        ops
    }

    fn stake(
        &mut self,
        snapshot: &Snapshot,
        scenario: &Scenario,
        now: u64,
        who: usize,
    ) -> Option<Input> {
        let all = stake::view::validators_joined(snapshot, 0, 1_000).ok()?;
        let validator = *self.dice.pick(&all)?;
        let me = self.wallets.get(who)?.address();
        let (value, order) = match self.dice.below(8) {
            0..=3 => {
                let value = U256::from(10).pow(U256::from(16));
                (value, StakeOrder::DelegatorJoin { validator })
            }
            4 | 5 => {
                let shares = stake::view::shares_of(&scenario.params, snapshot, me, validator);
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

    /// Objects to wrong verdicts.
    fn object(
        &mut self,
        snapshot: &Snapshot,
        scenario: &Scenario,
        now: u64,
        inputs: &mut Vec<Input>,
    ) {
        let suspects: BTreeMap<B256, usize> = self
            .recent
            .iter()
            .filter(|(tx, _)| is_wrong(&scenario.models, snapshot, *tx))
            .filter_map(|(tx, _)| Some((*tx, snapshot.record(*tx)?.rounds.len())))
            .collect();
        for (tx, rounds) in suspects {
            if !self.objected.insert((tx, rounds)) {
                continue;
            }
            let who = self.dice.index(self.wallets.len());
            let value = appeal_value(&scenario.params, snapshot, now, tx);
            let sent =
                value.and_then(|value| self.send(snapshot, now, who, value, Order::Appeal(tx)));
            inputs.extend(sent.map(|(_, input)| input));
        }
    }
}
