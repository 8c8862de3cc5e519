//! What judging costs and who is paid for it.
//!
//! # Invariants
//! - Integer amounts only; every division says where the rest goes.

mod bonds;

use crate::{
    apply::ApplyError,
    ledger,
    params::Params,
    record::{AppealKind, TxRecord},
    state::Broken,
};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{Address, U256};

/// Prices, and who pays where users do not.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct FeeParams {
    /// Posts the bonds that appellants do not; `None` where everyone pays.
    pub sponsor: Option<Address>,
    /// Wei of one time unit.
    pub unit_price: U256,
    /// Time units of a leader.
    pub leader_units: u64,
    /// Time units of a validator.
    pub validator_units: u64,
}

impl FeeParams {
    /// Nobody pays for transactions; a sponsor posts the bonds that appellants do not.
    #[must_use]
    pub const fn local() -> Self {
        Self {
            sponsor: Some(SPONSOR),
            unit_price: U256::from_limbs([1_000_000_000_000_000, 0, 0, 0]),
            leader_units: 100,
            validator_units: 200,
        }
    }
}

/// Account of the sponsor of a local chain; no key opens it.
pub const SPONSOR: Address = Address::new(*b"venire bond sponsor\0");

/// What an appeal costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// Wei at stake.
    pub bond: U256,
    /// Wei for work that the transaction's deposit does not cover.
    pub funding: U256,
}

impl Quote {
    /// All that has to be paid.
    pub(crate) fn charge(&self) -> Result<U256, ApplyError> {
        ledger::add(self.bond, self.funding)
    }
}

/// Price of an appeal whose first round has this number and adds so many members.
pub(crate) fn quote(
    params: &Params,
    _record: &TxRecord,
    _kind: AppealKind,
    (_number, seats): (u32, u32),
) -> Result<Quote, ApplyError> {
    let fees = &params.fees;
    let units = u64::from(seats)
        .checked_mul(fees.validator_units)
        .and_then(|units| units.checked_add(fees.leader_units));
    let bond = units
        .and_then(|units| fees.unit_price.checked_mul(U256::from(units)))
        .ok_or(Broken::Range { what: "bond" })?;
    Ok(Quote {
        bond,
        funding: U256::ZERO,
    })
}
