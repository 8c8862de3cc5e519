//! Prices, and who pays where users do not.
//!
//! # Invariants
//! - A chain with a sponsor is gasless: its rates are zero, whatever the prices say.

use super::Rates;
use crate::{apply::ApplyError, state::Broken};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{Address, U256};

/// Prices, and who pays where users do not.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FeeParams {
    /// Posts the bonds that appellants do not; `None` where everyone pays (`FEE-01`).
    pub sponsor: Option<Address>,
    /// Wei of one time unit.
    pub unit_price: U256,
    /// Time units of a leader.
    pub leader_units: u64,
    /// Time units of a validator.
    pub validator_units: u64,
    /// Most that a winning appellant gets on top of the bond, in ten thousandths of it.
    pub reward_bps: u32,
    /// Price above which a sender who names no ceiling does not want to be judged, in ten
    /// thousandths of the price at creation.
    pub headroom_bps: u32,
    /// Wei of one unit of gas of what a leader publishes.
    pub receipt_price: U256,
    /// Wei of one byte of contract storage that an accepted result writes.
    pub storage_price: U256,
    /// Gas of an attempt, whatever it publishes.
    pub slot_gas: u64,
    /// Gas of each byte that an attempt publishes.
    pub byte_gas: u64,
    /// Bytes that the smallest permitted execution budget pays for.
    pub floor_bytes: u64,
    /// Wei that a sender who names none puts aside for receipts and storage of each attempt.
    pub execution_budget: U256,
    /// Messages that a sender who names no message budget funds.
    pub messages: u32,
}

/// Account of the sponsor of a local chain; no key opens it.
pub const SPONSOR: Address = Address::new(*b"venire bond sponsor\0");

impl FeeParams {
    /// Users pay: 0.001 GEN a time unit, one wei for gas and for a byte of storage.
    #[must_use]
    pub const fn paid() -> Self {
        Self {
            sponsor: None,
            unit_price: U256::from_limbs([1_000_000_000_000_000, 0, 0, 0]),
            leader_units: 100,
            validator_units: 200,
            reward_bps: 15_000,
            headroom_bps: 12_000,
            receipt_price: U256::ONE,
            storage_price: U256::ONE,
            slot_gas: 511_000,
            byte_gas: 16,
            floor_bytes: 32,
            execution_budget: U256::from_limbs([1_000_000_000, 0, 0, 0]),
            messages: 2,
        }
    }

    /// Nobody pays for transactions; a sponsor posts the bonds that appellants do not.
    #[must_use]
    pub const fn local() -> Self {
        Self {
            sponsor: Some(SPONSOR),
            ..Self::paid()
        }
    }

    /// Whether transactions are judged for nothing.
    #[must_use]
    pub const fn is_gasless(&self) -> bool {
        self.sponsor.is_some()
    }

    /// What is paid for work at present (`FEE-01`).
    pub(crate) fn rates(&self) -> Result<Rates, ApplyError> {
        if self.is_gasless() {
            return Ok(Rates::default());
        }
        let slot_gas = U256::from(self.slot_gas);
        Ok(Rates {
            leader: self.units(self.leader_units)?,
            validator: self.units(self.validator_units)?,
            slot: times(self.receipt_price, slot_gas)?,
            byte: times(self.receipt_price, U256::from(self.byte_gas))?,
            storage: self.storage_price,
        })
    }

    /// Smallest budget of an attempt that can pay for any receipt (`FEE-04`).
    #[must_use]
    pub fn execution_floor(&self) -> U256 {
        let bytes = self.byte_gas.saturating_mul(self.floor_bytes);
        let gas = U256::from(self.slot_gas.saturating_add(bytes));
        self.receipt_price.saturating_mul(gas)
    }

    /// Ceiling for such a price of a sender who names none.
    pub(crate) fn headroom(&self, price: U256) -> U256 {
        let raised = price.checked_mul(U256::from(self.headroom_bps));
        raised
            .map(|raised| raised.div_ceil(U256::from(10_000)))
            .unwrap_or(U256::MAX)
    }

    /// Wei of so many time units.
    pub(crate) fn units(&self, units: u64) -> Result<U256, ApplyError> {
        times(self.unit_price, U256::from(units))
    }
}

/// A product that must fit.
pub(crate) fn times(left: U256, right: U256) -> Result<U256, ApplyError> {
    left.checked_mul(right)
        .ok_or_else(|| Broken::Range { what: "fee" }.into())
}
