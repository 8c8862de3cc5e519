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
use venire_types::{U256, emission::Emission, jury::Payload};

/// Messages that still have to be funded, by the allocation that pays for them.
pub(crate) type Unfunded = BTreeMap<Option<u32>, u64>;

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
        let held = self.held(record)?;
        for (node, messages) in self.judged(record, payload.emissions.iter())? {
            let deposit = self.message_deposit(record, node)?;
            let needed = times(U256::from(messages), deposit)?;
            let mut available = record.funds.left_for(node);
            for child in held.iter().filter(|child| child.funds.allocation == node) {
                available = ledger::add(available, child.funds.held())?;
            }
            if needed > available {
                return Ok(Some("fee messages"));
            }
        }
        Ok(None)
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
                let count = judged.entry(record.funds.node_for(emission)).or_default();
                *count = count.saturating_add(1);
            }
        }
        Ok(judged)
    }

    /// Wei that the judging of one message of this transaction needs.
    fn message_deposit(&self, parent: &TxRecord, node: Option<u32>) -> Result<U256, ApplyError> {
        let terms = message_terms(parent, node);
        terms.work(&self.params.fees.rates()?, first_seats(parent))
    }

    /// Funds of a message: an equal part of what its parent has left for the `unfunded` messages
    /// that the same allocation, or the rest, pays for (`FEE-15`, `FEE-23`).
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
        let share = left.checked_div(U256::from(waiting)).unwrap_or(left);
        let wei = self.message_deposit(parent, node)?.min(share);
        funds.terms = message_terms(parent, node);
        funds.messages = ledger::sub(share, wei)?;
        funds.allocations = parent.funds.below(node, funds.messages);
        funds.allocation = node;
        funds.parts.push(Part {
            payer: funds.depositor,
            wei,
        });
        parent.funds.take_for(node, share)?;
        one_less(parent, emission, unfunded);
        Ok(funds)
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

/// One message fewer waits for funds.
pub(crate) fn one_less(parent: &TxRecord, emission: &Emission, unfunded: &mut Unfunded) {
    if let Some(count) = unfunded.get_mut(&parent.funds.node_for(emission)) {
        *count = count.saturating_sub(1);
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
