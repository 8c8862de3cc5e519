//! What a sender has agreed to pay for, and the money that a transaction holds for it.

use super::{Allocation, params::times};
use crate::{apply::ApplyError, ledger, params::ladder};
use alloc::vec::Vec;
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{Address, U256};

/// Wei that work is paid at; locked for a transaction when it is activated. All zero on a gasless
/// chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Rates {
    /// A leader's attempt.
    pub leader: U256,
    /// A vote.
    pub validator: U256,
    /// Receipt of an attempt, whatever its size.
    pub slot: U256,
    /// Each byte that an attempt publishes.
    pub byte: U256,
    /// Each byte of contract storage that the accepted result writes.
    pub storage: U256,
}

/// What a sender has agreed to pay for.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Terms {
    /// Leader rotations of each funded leader round: one entry, and one more per funded appeal.
    pub rotations: Vec<u32>,
    /// Wei for receipts and storage of each attempt.
    pub execution: U256,
    /// Highest price of a time unit, wei.
    pub ceiling: U256,
    /// Highest price of a byte of storage, wei.
    pub storage_ceiling: U256,
    /// Highest price of a unit of gas of a receipt, wei.
    pub receipt_ceiling: U256,
}

/// Money that a transaction holds for its judging.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Funds {
    /// Who made the deposit: the signer, for messages too.
    pub depositor: Address,
    /// Deposit and top-ups for judging, in the order in which they are spent.
    pub parts: Vec<Part>,
    /// Wei for the judging of messages that it sends.
    pub messages: U256,
    /// What they are for; the rest is divided equally.
    pub allocations: Vec<Allocation>,
    /// Which of its parent's allocations pays for this message.
    pub allocation: Option<u32>,
    /// What the sender has agreed to.
    pub terms: Terms,
    /// Rates of this transaction, once activated.
    pub rates: Option<Rates>,
    /// Pages that the accepted result writes.
    pub pages: u32,
    /// Everything has been paid out.
    pub settled: bool,
}

/// One contribution to the judging of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Part {
    /// Who paid, and gets back what is left.
    pub payer: Address,
    /// Wei.
    pub wei: U256,
}

impl Default for Terms {
    /// Nothing is funded, at any price.
    fn default() -> Self {
        Self {
            rotations: Vec::new(),
            execution: U256::ZERO,
            ceiling: U256::MAX,
            storage_ceiling: U256::MAX,
            receipt_ceiling: U256::MAX,
        }
    }
}

impl Terms {
    /// Wei for judging a transaction whose first committee has `first` seats (`FEE-02`).
    pub(crate) fn work(&self, rates: &Rates, first: u32) -> Result<U256, ApplyError> {
        self.work_from(rates, first, 0)
    }

    /// Wei for the funded rounds from this number on.
    pub(crate) fn work_from(
        &self,
        rates: &Rates,
        first: u32,
        from: u32,
    ) -> Result<U256, ApplyError> {
        let mut sum = U256::ZERO;
        for (number, rotations) in (0u32..).step_by(2).zip(&self.rotations) {
            if let Some(appeal) = number.checked_sub(1).filter(|appeal| *appeal >= from) {
                let committee = slot(rates, self.execution, ladder(first, appeal))?;
                sum = ledger::add(sum, committee)?;
            }
            if number >= from {
                let slots = U256::from(rotations.saturating_add(1));
                let one = slot(rates, self.execution, ladder(first, number))?;
                sum = ledger::add(sum, times(slots, one)?)?;
            }
        }
        Ok(sum)
    }
}

/// Wei for one attempt before so many seats.
pub(crate) fn slot(rates: &Rates, execution: U256, seats: u32) -> Result<U256, ApplyError> {
    let votes = times(rates.validator, U256::from(seats))?;
    ledger::add(ledger::add(votes, rates.leader)?, execution)
}

impl Funds {
    /// Rates of this transaction: zero before activation and on a gasless chain.
    pub(crate) fn rates(&self) -> Rates {
        self.rates.unwrap_or_default()
    }

    /// Wei for its own judging.
    pub(crate) fn work(&self) -> U256 {
        self.parts
            .iter()
            .fold(U256::ZERO, |sum, part| sum.saturating_add(part.wei))
    }

    /// Has somebody paid for its judging?
    pub(crate) fn is_made(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Wei of its message budget that have not been paid out.
    pub(super) fn budget_left(&self) -> U256 {
        if self.settled {
            U256::ZERO
        } else {
            self.messages
        }
    }

    /// Wei that it holds now.
    #[must_use]
    pub fn held(&self) -> U256 {
        if self.settled {
            U256::ZERO
        } else {
            self.work().saturating_add(self.messages)
        }
    }
}
