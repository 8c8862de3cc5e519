//! Funds messages out of what their parents have put aside for them.
//!
//! # Invariants
//! - Money moves between a parent and its messages; none is made or lost.
//! - A result whose messages cannot be funded is a failure before any of them exists.

use super::{
    Funds, Part, Rates, Terms, deposit::first_seats, params::times, settle::stored,
    verdict::receipt,
};
use crate::{
    apply::{ApplyError, Run},
    ledger,
    record::TxRecord,
};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use venire_types::{
    U256,
    emission::{Emission, On},
    jury::Payload,
};

/// Messages that still have to be funded, by the allocation that pays for them.
pub(crate) type Unfunded = BTreeMap<Option<u32>, Waiting>;

/// How many messages wait for one allocation.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Waiting {
    /// Those that need a deposit; one that was sent before has its own.
    deposits: u64,
    /// Those that share what deposits leave.
    shares: u64,
}

impl Run<'_> {
    /// Why a result is a failure for lack of money, if it is (`FEE-10`, `FEE-15`).
    pub(crate) fn unfunded(
        &self,
        record: &TxRecord,
        payload: &Payload,
    ) -> Result<Option<&'static str>, ApplyError> {
        let Some(rates) = record
            .funds
            .rates
            .filter(|rates| *rates != Rates::default())
        else {
            return Ok(None);
        };
        let pages = u32::try_from(payload.delta.len()).unwrap_or(u32::MAX);
        let storage = times(rates.storage, stored(pages))?;
        let attempt = record.proposal_round().and_then(|at| record.rounds.get(at));
        let terms = &record.funds.terms;
        let receipt = attempt.map(|round| receipt(round, &rates, terms));
        let execution = ledger::add(storage, receipt.unwrap_or_default())?;
        if execution > terms.execution {
            return Ok(Some("fee execution"));
        }
        let again = self.sent_again(record, &payload.emissions, On::Accepted)?;
        let mut waiting = self.judged(record, payload.emissions.iter())?;
        let mut coming: BTreeMap<Option<u32>, U256> = BTreeMap::new();
        let mut comes = |child: &TxRecord, wei: U256| {
            let pot = coming.entry(child.funds.allocation).or_default();
            ledger::add(*pot, wei).map(|sum| *pot = sum)
        };
        for (emission, child) in &again.leaving {
            if let Some(child) = child {
                comes(child, child.funds.budget_left())?;
                if child.funds.is_made() && self.is_judged(emission)? {
                    has_deposit(record, emission, &mut waiting);
                }
            }
        }
        for child in &again.dropped {
            comes(child, self.returns(child)?)?;
        }
        for (node, Waiting { deposits, .. }) in waiting {
            let needed = times(U256::from(deposits), self.message_deposit(record, node)?)?;
            let back = coming.get(&node).copied().unwrap_or_default();
            if needed > ledger::add(record.funds.left_for(node), back)? {
                return Ok(Some("fee messages"));
            }
        }
        Ok(None)
    }

    /// Wei that a held message gives back to its parent if it is not sent again
    /// ([`Run::take_funds_back`]), with what those that it has sent itself give back to it.
    fn returns(&self, child: &TxRecord) -> Result<U256, ApplyError> {
        if child.funds.settled {
            return Ok(U256::ZERO);
        }
        let own = child.funds.parts.iter();
        let own = own.filter(|part| part.payer == child.funds.depositor);
        let mut sum = own
            .map(|part| part.wei)
            .try_fold(child.funds.messages, ledger::add)?;
        for grandchild in self.held(child)? {
            sum = ledger::add(sum, self.returns(&grandchild)?)?;
        }
        Ok(sum)
    }

    /// How many of these messages have to be judged, by the allocation that pays for them.
    pub(crate) fn judged<'e>(
        &self,
        record: &TxRecord,
        emissions: impl Iterator<Item = &'e Emission>,
    ) -> Result<Unfunded, ApplyError> {
        let mut judged = Unfunded::new();
        for emission in emissions {
            if self.is_judged(emission)? {
                let waiting = judged.entry(record.funds.node_for(emission)).or_default();
                waiting.deposits = waiting.deposits.saturating_add(1);
                waiting.shares = waiting.shares.saturating_add(1);
            }
        }
        Ok(judged)
    }

    /// Wei that the judging of one message of this transaction needs.
    fn message_deposit(&self, parent: &TxRecord, node: Option<u32>) -> Result<U256, ApplyError> {
        let terms = message_terms(parent, node);
        terms.work(&self.params.fees.rates()?, first_seats(parent))
    }

    /// Funds of a message: its deposit and an equal part of what deposits leave of what its parent
    /// has for the messages that the same allocation, or the rest, pays for (`FEE-15`, `FEE-23`).
    pub(crate) fn fund_message(
        &self,
        parent: &mut TxRecord,
        emission: &Emission,
        unfunded: &mut Unfunded,
    ) -> Result<Funds, ApplyError> {
        let mut funds = Funds {
            depositor: parent.funds.depositor,
            ..Funds::default()
        };
        if self.params.fees.is_gasless() {
            return Ok(funds);
        }
        let node = parent.funds.node_for(emission);
        let left = parent.funds.left_for(node);
        let waiting = unfunded.get(&node).copied().unwrap_or_default();
        let deposit = self.message_deposit(parent, node)?;
        let share = match waiting.surplus(left, deposit)? {
            Some(surplus) => ledger::add(deposit, surplus)?,
            // One that has come to need judging only now: there may be less than it needs.
            None => {
                let deposits = U256::from(waiting.deposits);
                left.checked_div(deposits).unwrap_or(left)
            }
        };
        let wei = deposit.min(share);
        funds.terms = message_terms(parent, node);
        funds.messages = ledger::sub(share, wei)?;
        funds.allocations = parent.funds.below(node, funds.messages);
        funds.allocation = node;
        funds.parts.push(Part {
            payer: funds.depositor,
            wei,
        });
        parent.funds.take_for(node, share)?;
        has_deposit(parent, emission, unfunded);
        has_share(parent, emission, unfunded);
        Ok(funds)
    }

    /// A message that is sent again has its deposit; its message budget is shared anew.
    pub(crate) fn fund_again(
        &self,
        parent: &mut TxRecord,
        child: &mut TxRecord,
        emission: &Emission,
        unfunded: &mut Unfunded,
    ) -> Result<(), ApplyError> {
        if self.params.fees.is_gasless() {
            return Ok(());
        }
        let node = parent.funds.node_for(emission);
        let waiting = unfunded.get(&node).copied().unwrap_or_default();
        let left = parent.funds.left_for(node);
        let deposit = self.message_deposit(parent, node)?;
        let surplus = waiting.surplus(left, deposit)?.unwrap_or_default();
        parent.funds.take_for(node, surplus)?;
        child.funds.messages = surplus;
        child.funds.allocations = parent.funds.below(node, surplus);
        child.funds.allocation = node;
        has_share(parent, emission, unfunded);
        Ok(())
    }

    /// The message budget of a message that is sent again is its parent's until it is shared.
    pub(crate) fn take_budget_back(
        parent: &mut TxRecord,
        child: &mut TxRecord,
    ) -> Result<(), ApplyError> {
        let budget = child.funds.budget_left();
        if !budget.is_zero() {
            parent.funds.put_back(child.funds.allocation, budget)?;
            child.funds.messages = U256::ZERO;
            child.funds.allocations.clear();
        }
        Ok(())
    }

    /// A message that ends before it was judged returns its funds to its parent.
    pub(crate) fn take_funds_back(
        &mut self,
        parent: &mut TxRecord,
        child: &mut TxRecord,
    ) -> Result<(), ApplyError> {
        if child.funds.settled {
            return Ok(());
        }
        let own = |part: &Part| part.payer == child.funds.depositor;
        let (own, others): (Vec<Part>, Vec<Part>) =
            child.funds.parts.iter().copied().partition(own);
        let node = child.funds.allocation;
        for part in own {
            parent.funds.put_back(node, part.wei)?;
        }
        parent.funds.put_back(node, child.funds.messages)?;
        child.funds.parts = others;
        child.funds.messages = U256::ZERO;
        self.give_back(child)
    }
}

impl Waiting {
    /// What each gets of `left` when all deposits are paid; `None` if they cannot be.
    fn surplus(self, left: U256, deposit: U256) -> Result<Option<U256>, ApplyError> {
        let needed = times(U256::from(self.deposits), deposit)?;
        let rest = left.checked_sub(needed);
        let shares = U256::from(self.shares);
        Ok(rest.map(|rest| rest.checked_div(shares).unwrap_or(rest)))
    }
}

/// One message fewer waits for a deposit.
pub(crate) fn has_deposit(parent: &TxRecord, emission: &Emission, unfunded: &mut Unfunded) {
    if let Some(waiting) = unfunded.get_mut(&parent.funds.node_for(emission)) {
        waiting.deposits = waiting.deposits.saturating_sub(1);
    }
}

/// One message fewer waits for its share.
fn has_share(parent: &TxRecord, emission: &Emission, unfunded: &mut Unfunded) {
    if let Some(waiting) = unfunded.get_mut(&parent.funds.node_for(emission)) {
        waiting.shares = waiting.shares.saturating_sub(1);
    }
}

/// What its allocation names; else a message is judged like its parent at first, without funded
/// appeals. Ceilings are those that its parent has now (`FEE-21`).
fn message_terms(parent: &TxRecord, node: Option<u32>) -> Terms {
    let terms = &parent.funds.terms;
    let (rotations, execution) = match parent.funds.terms_for(node) {
        Some(named) => (named.rotations.clone(), named.execution),
        None => (vec![parent.rotations_at(0)], terms.execution),
    };
    Terms {
        rotations,
        execution,
        ..terms.clone()
    }
}
