//! Where all the money behind a transaction goes, as one function of its record.
//!
//! # Invariants
//! - Payments and burn together are exactly what the record holds (`FEE-19`): deposit, top-ups, message
//!   budget, bonds and funding. Penalties come on top, out of stake.
//! - Nothing is minted to pay anyone: a winner's reward was put aside when the appeal was filed.

use super::{
    params::times,
    verdict::{aligned, at, in_vain, judged_by, measure, receipt, work},
};
use crate::{
    apply::ApplyError,
    ledger,
    record::{Appeal, AppealEnd, TxRecord},
};
use alloc::vec::Vec;
use venire_types::{Address, U256, storage::PAGE};

/// Why somebody is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A leader's attempt.
    Leader,
    /// A vote that was right.
    Vote,
    /// A share of a lost bond.
    Bond,
    /// A bond that comes back.
    Principal,
    /// What a winning appellant gets on top.
    Reward,
    /// What is left of deposit, top-ups, funding and message budget.
    Refund,
}

/// Wei for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Who is paid.
    pub to: Address,
    /// Wei.
    pub wei: U256,
    /// Why.
    pub why: Why,
}

/// Where all the money behind a transaction goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Payments, in order; none is zero.
    pub payments: Vec<Payment>,
    /// Validators whose stake loses so many wei.
    pub penalties: Vec<(Address, U256)>,
    /// Wei that nobody gets.
    pub burned: U256,
}

/// Settles a transaction as if it were final now (`FEE-06` to `FEE-16`); nothing is left of one
/// that has been settled.
///
/// # Errors
/// `Broken`: the record holds less than it owes, which is a bug.
pub fn settle(record: &TxRecord) -> Result<Settlement, ApplyError> {
    let mut books = Books::default();
    let (funds, rates) = (&record.funds, record.funds.rates());
    if funds.settled {
        return Ok(books.result);
    }
    for (index, round) in (0u32..).zip(&record.rounds) {
        if round.superseded {
            continue;
        }
        let work = work(round, measure(record, index), &rates, &funds.terms);
        books.spent = ledger::add(books.spent, work.cost(&rates)?)?;
        books.burn(work.receipt)?;
        if let Some((leader, wei)) = work.leader {
            books.pay(leader, wei, Why::Leader);
        }
        for validator in work.right {
            books.pay(validator, rates.validator, Why::Vote);
        }
        books.fine(work.wrong, rates.validator);
    }
    let storage = storage(record)?;
    books.spent = ledger::add(books.spent, storage)?;
    books.burn(storage)?;
    let open = || record.appeals.iter().filter(|appeal| !appeal.settled);
    for appeal in open() {
        books.bond(record, appeal, rates.validator)?;
    }
    books.settle_pool()?;
    // Last in, first out: the deposit is spent before top-ups, those before what appeals added.
    let added = open().map(|appeal| (appeal.payer, appeal.funding));
    let parts = funds.parts.iter().map(|part| (part.payer, part.wei));
    books.refund(parts.chain(added).collect())?;
    books.pay(funds.depositor, funds.messages, Why::Refund);
    Ok(books.result)
}

/// Gives everything back: nothing was judged, or what was judged counts for nothing (`FEE-17`).
pub(super) fn give_back(record: &TxRecord) -> Settlement {
    let mut books = Books::default();
    for appeal in record.appeals.iter().filter(|appeal| !appeal.settled) {
        books.pay(appeal.payer, appeal.bond, Why::Principal);
        books.pay(appeal.payer, appeal.funding, Why::Refund);
    }
    if !record.funds.settled {
        for part in &record.funds.parts {
            books.pay(part.payer, part.wei, Why::Refund);
        }
        books.pay(record.funds.depositor, record.funds.messages, Why::Refund);
    }
    books.result
}

/// Wei for the pages that stay, within what the attempt's receipt leaves of its budget.
pub(super) fn storage(record: &TxRecord) -> Result<U256, ApplyError> {
    let (funds, rates) = (&record.funds, record.funds.rates());
    let whole = times(rates.storage, stored(funds.pages))?;
    let attempt = record.proposal_round().and_then(|at| record.rounds.get(at));
    let receipt = attempt.map(|round| receipt(round, &rates, &funds.terms));
    let left = funds.terms.execution;
    Ok(whole.min(left.saturating_sub(receipt.unwrap_or_default())))
}

/// Bytes of so many pages.
pub(crate) fn stored(pages: u32) -> U256 {
    U256::from(pages).saturating_mul(U256::from(PAGE))
}

#[derive(Default)]
struct Books {
    result: Settlement,
    /// Wei that deposit, top-ups and funding have to give.
    spent: U256,
    /// Bonds of appeals that failed although the decision was overturned later.
    pool: Vec<(Address, U256)>,
    /// Wei promised to winners.
    rewards: U256,
}

impl Books {
    fn pay(&mut self, to: Address, wei: U256, why: Why) {
        if !wei.is_zero() {
            self.result.payments.push(Payment { to, wei, why });
        }
    }

    fn burn(&mut self, wei: U256) -> Result<(), ApplyError> {
        self.result.burned = ledger::add(self.result.burned, wei)?;
        Ok(())
    }

    fn fine(&mut self, validators: Vec<Address>, wei: U256) {
        if !wei.is_zero() {
            let fined = validators.into_iter().map(|validator| (validator, wei));
            self.result.penalties.extend(fined);
        }
    }

    fn bond(&mut self, record: &TxRecord, appeal: &Appeal, vote: U256) -> Result<(), ApplyError> {
        match appeal.end {
            // FEE-26: the bond of a winner comes back whole.
            Some(AppealEnd::Succeeded) => {
                self.pay(appeal.payer, appeal.bond, Why::Principal);
                self.pay(appeal.payer, appeal.reward, Why::Reward);
                self.rewards = ledger::add(self.rewards, appeal.reward)?;
            }
            Some(AppealEnd::Failed) => {
                if in_vain(record, appeal) {
                    self.pool.push((appeal.payer, appeal.bond));
                } else {
                    let judge = judged_by(record, appeal);
                    let round = judge.and_then(|index| at(record, index));
                    self.share(appeal.bond, round.map(aligned).unwrap_or_default(), vote)?;
                }
            }
            Some(AppealEnd::Canceled) | None => {
                self.pay(appeal.payer, appeal.bond, Why::Principal);
            }
        }
        Ok(())
    }

    /// A lost bond first pays the votes of those who were right, then goes to them in equal parts
    /// (`FEE-12`).
    fn share(&mut self, bond: U256, right: Vec<Address>, vote: U256) -> Result<(), ApplyError> {
        let count = U256::from(right.len());
        let Some(share) = bond.checked_div(count) else {
            return self.burn(bond);
        };
        let votes = times(vote, count)?;
        if share < vote {
            self.spent = ledger::sub(self.spent, bond)?;
            return Ok(());
        }
        self.spent = ledger::sub(self.spent, votes)?;
        for validator in right {
            self.pay(validator, ledger::sub(share, vote)?, Why::Bond);
        }
        self.burn(ledger::sub(bond, times(share, count)?)?)
    }

    /// Rewards come out of the pool first; who was right too early gets the rest (`FEE-14`).
    fn settle_pool(&mut self) -> Result<(), ApplyError> {
        let mut owed = self.rewards;
        for (payer, bond) in core::mem::take(&mut self.pool) {
            let taken = bond.min(owed);
            owed = ledger::sub(owed, taken)?;
            self.pay(payer, ledger::sub(bond, taken)?, Why::Principal);
        }
        self.spent = ledger::add(self.spent, owed)?;
        Ok(())
    }

    fn refund(&mut self, parts: Vec<(Address, U256)>) -> Result<(), ApplyError> {
        let mut left = self.spent;
        for (payer, wei) in parts {
            let taken = wei.min(left);
            left = ledger::sub(left, taken)?;
            self.pay(payer, ledger::sub(wei, taken)?, Why::Refund);
        }
        // More was promised than the record holds.
        ledger::sub(U256::ZERO, left).map(|_| ())
    }
}
