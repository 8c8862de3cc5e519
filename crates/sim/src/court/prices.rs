//! Rules of the studies: those of named networks, with amounts in time units.

use venire_protocol::{FeeParams, Params, stake::StakeParams};
use venire_types::U256;

/// Least stake of a validator of `mirror`, in time units: 42,000 GEN.
pub const STAKE: u128 = 42_000_000;

/// The local network's times, with the fees and stakes of `mirror`.
#[must_use]
pub fn paid() -> Params {
    let mirror = mirror();
    Params {
        fees: mirror.fees,
        stake: mirror.stake,
        ..Params::local()
    }
}

/// The network `mirror`. One wei is one time unit, and receipts and storage cost nothing, so that
/// figures are what judging alone costs.
#[must_use]
pub fn mirror() -> Params {
    let mirror = Params::mirror();
    Params {
        fees: FeeParams {
            unit_price: U256::ONE,
            receipt_price: U256::ZERO,
            storage_price: U256::ZERO,
            execution_budget: U256::ZERO,
            ..mirror.fees
        },
        stake: StakeParams {
            validator_min: U256::from(STAKE),
            delegator_min: U256::from(STAKE / 1_000),
            ..mirror.stake
        },
        ..mirror
    }
}
