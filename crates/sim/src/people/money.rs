//! Users that say what they pay for: deposits, rotations, funded appeals, ceilings, and budgets for
//! messages, as trees.
//!
//! # Invariants
//! - A bill without a mistake is taken at the prices at which it was made.

use crate::{contract::Op, dice::Dice};
use venire_protocol::{Params, Terms, view};
use venire_types::{
    Address, B256, U256,
    emission::On,
    envelope::{Allocation, Ceilings, FeeTerms, MessageTerms, TopUp},
};

/// What a sender pays for, and what it sends along.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    pub(super) fees: FeeTerms,
    pub(super) sent: U256,
    /// It breaks a rule: nobody takes it.
    pub(super) is_wrong: bool,
}

/// Who makes bills.
pub(super) struct Clerk<'a> {
    pub(super) dice: &'a mut Dice,
    pub(super) params: &'a Params,
    /// Members of the first committee.
    pub(super) seats: u32,
}

impl Clerk<'_> {
    /// Terms of one judgement.
    fn judgement(&mut self) -> MessageTerms {
        let fees = &self.params.fees;
        let appeals = self.dice.below(3);
        let execution = if self.dice.chance(200) {
            fees.execution_floor()
        } else {
            fees.execution_budget
        };
        let limit = |dice: &mut Dice, units: u64| {
            let more = [0, units, units * 2];
            U256::from(dice.pick(&more).copied().unwrap_or_default())
        };
        MessageTerms {
            leader_units: limit(self.dice, fees.leader_units),
            validator_units: limit(self.dice, fees.validator_units),
            appeals: U256::from(appeals),
            execution,
            rotations: (0..=appeals)
                .map(|_| U256::from(self.dice.below(3)))
                .collect(),
        }
    }

    /// Wei for it.
    fn cost(&self, asked: &MessageTerms) -> U256 {
        let rotations = asked.rotations.iter();
        let terms = Terms {
            rotations: rotations.map(|count| count.saturating_to()).collect(),
            execution: asked.execution,
            ..Terms::default()
        };
        view::required_deposit(self.params, self.seats, &terms).unwrap_or_default()
    }

    /// A price that one agrees to: none, the present one, or more.
    fn ceiling(&mut self, price: U256) -> U256 {
        let prices = [U256::ZERO, price, price * U256::from(2)];
        self.dice.pick(&prices).copied().unwrap_or_default()
    }

    fn ceilings(&mut self) -> Ceilings {
        let fees = &self.params.fees;
        let (unit, storage, receipt) = (fees.unit_price, fees.storage_price, fees.receipt_price);
        Ceilings {
            unit: self.ceiling(unit),
            storage: self.ceiling(storage),
            receipt: self.ceiling(receipt),
        }
    }

    /// Everything that a sender can say about what it pays for.
    pub(super) fn bill(&mut self, value: U256, ops: &[Op], salt: u64) -> Bill {
        let asked = self.judgement();
        let work = self.cost(&asked);
        let mut allocations = Vec::new();
        if self.dice.chance(700) {
            self.allot(ops, None, &mut allocations);
        }
        let top = allocations.iter().filter(|one| one.parent.is_none());
        let named = top.fold(U256::ZERO, |sum, one| sum + one.budget);
        let messages = named + work * U256::from(self.dice.below(3));
        let mut bill = Bill {
            fees: FeeTerms {
                value,
                leader_units: asked.leader_units,
                validator_units: asked.validator_units,
                appeals: asked.appeals,
                rotations: asked.rotations,
                execution: asked.execution,
                messages,
                ceilings: self.ceilings(),
                allocations,
                salt: U256::from(salt),
            },
            sent: value + work + messages + U256::from(self.dice.below(2) * 1_000),
            is_wrong: false,
        };
        if self.dice.chance(200) && !self.params.fees.is_gasless() {
            bill.is_wrong = true;
            self.mistake(&mut bill, value + work);
        }
        bill
    }

    fn mistake(&mut self, bill: &mut Bill, least: U256) {
        let fees = &mut bill.fees;
        match self.dice.below(7) {
            0 => fees.ceilings.unit = U256::ONE,
            1 => fees.leader_units = U256::ONE,
            2 => fees.appeals += U256::ONE,
            3 => fees.execution = U256::ONE,
            4 => bill.sent = least.saturating_sub(U256::ONE),
            5 => fees.messages = bill.sent,
            _ => fees.allocations.push(Allocation {
                internal: true,
                on: On::Accepted,
                parent: None,
                recipient: Address::ZERO,
                call_key: B256::ZERO,
                budget: U256::ZERO,
                fee_params: vec![1],
            }),
        }
    }

    /// A node for each kind of message that a program sends, and below it those of the program that
    /// it starts.
    fn allot(&mut self, ops: &[Op], parent: Option<u32>, tree: &mut Vec<Allocation>) {
        for op in ops {
            let (on, recipient, call_key, below) = match op {
                Op::Post { to, early, ops, .. } => {
                    let run = [B256::ZERO, B256::right_padding_from(b"run")];
                    let key = self.dice.pick(&run).copied().unwrap_or_default();
                    (*early, Address::from(*to), key, ops)
                }
                Op::Deploy { early, ops, .. } => (*early, Address::ZERO, B256::ZERO, ops),
                Op::Choose { yes, no } => {
                    self.allot(yes, parent, tree);
                    self.allot(no, parent, tree);
                    continue;
                }
                _ => continue,
            };
            let on = if on { On::Accepted } else { On::Finalized };
            let key = (parent, on, recipient, call_key);
            let mut others = tree.iter();
            let is_new = others.all(|one| (one.parent, one.on, one.recipient, one.call_key) != key);
            if !is_new || tree.len() >= 8 || self.dice.chance(200) {
                continue;
            }
            let asked = self.judgement();
            let own = self.cost(&asked) * U256::from(1 + self.dice.below(2));
            let place = tree.len();
            tree.push(Allocation {
                internal: true,
                on,
                parent,
                recipient,
                call_key,
                budget: own,
                fee_params: asked.encode(),
            });
            let above = u32::try_from(place).ok();
            self.allot(below, above, tree);
            let children = tree.iter().filter(|one| one.parent == above);
            let needed = children.fold(own, |sum, one| sum + one.budget);
            if let Some(one) = tree.get_mut(place) {
                one.budget = needed;
            }
        }
    }

    /// More money for a transaction; `own` when it comes from its sender, who alone can fund messages
    /// and raise ceilings.
    pub(super) fn top_up(&mut self, tx: B256, own: bool) -> (U256, TopUp) {
        let more = U256::from(self.dice.below(1_000_000));
        let mut top_up = TopUp {
            tx,
            messages: U256::ZERO,
            ceilings: Ceilings::default(),
        };
        if own {
            let asked = self.judgement();
            top_up.messages = self.cost(&asked) * U256::from(self.dice.below(2));
            top_up.ceilings = self.ceilings();
        }
        (top_up.messages + more, top_up)
    }
}
