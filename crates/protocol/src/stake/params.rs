//! Staking as numbers.
//!
//! # Not here
//! - Their ranges (`params`).

use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{Address, U256};

/// Rules of staking as numbers (`STAKE-01`). Amounts are wei, times milliseconds, shares ten
/// thousandths ("bps").
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StakeParams {
    /// Least own stake of an active validator.
    pub validator_min: U256,
    /// Least stake of a delegator with one validator.
    pub delegator_min: U256,
    /// Most candidates, and so most active validators.
    pub validators_max: u32,
    /// Own stake counts so much in a weight ...
    pub own_weight_bps: u32,
    /// ... and delegated stake so much.
    pub delegated_weight_bps: u32,
    /// Number of the epoch in which the chain begins.
    pub first_epoch: u64,
    /// Least length of an epoch.
    pub epoch_ms: u64,
    /// Least length of epoch 0.
    pub epoch_zero_ms: u64,
    /// The chain wakes up for the end of an epoch; else it ends with the first block after it.
    pub epochs_wake: bool,
    /// Epochs until a deposit works.
    pub activation_epochs: u64,
    /// Epochs from an exit until its money can be claimed.
    pub unbonding_epochs: u64,
    /// Candidates whose books an epoch change brings up to date by itself.
    pub primed_at_change: u32,
    /// Share of an applied slash for who primed another's validator.
    pub primer_bps: u32,
    /// Yearly inflation in the first year ...
    pub inflation_start_bps: u32,
    /// ... less so much each year ...
    pub inflation_step_bps: u32,
    /// ... down to this.
    pub inflation_floor_bps: u32,
    /// Epochs of a year.
    pub epochs_per_year: u64,
    /// Owner's share of rewards.
    pub owner_bps: u32,
    /// Developers' share of inflation.
    pub developer_bps: u32,
    /// Treasury's share of inflation.
    pub treasury_bps: u32,
    /// Who holds the developers' share.
    pub developers: Address,
    /// Who holds the treasury's share.
    pub treasury: Address,
    /// Slash for saying nothing.
    pub idle_bps: u32,
    /// Slash for a leader that broke determinism.
    pub violation_leader_bps: u32,
    /// Slash for another member that did.
    pub violation_bps: u32,
    /// Voters of a tribunal, at least two more than judged before (`TRIBUNAL-05`); 0 for no
    /// tribunals.
    pub tribunal_seats: u32,
    /// With fewer voters there is no tribunal.
    pub tribunal_seats_min: u32,
    /// Most that is slashed at one epoch's beginning.
    pub slash_cap_bps: u32,
    /// Part of a slash that delegated stake bears at most.
    pub slash_delegated_bps: u32,
    /// Epochs from a deed to its slash.
    pub slash_delay_epochs: u64,
    /// Strikes in one epoch that ban; 0 for never.
    pub strikes_max: u32,
    /// Strikes do not ban, and accusations hold nobody back, when so few are active, or fewer.
    pub active_min: u32,
    /// Epochs after the current one that such a ban lasts.
    pub ban_epochs: u64,
    /// How long an offered operator waits.
    pub operator_delay_ms: u64,
    /// Bytes of all texts of an identity.
    pub identity_bytes_max: u32,
}

const GEN: u128 = 1_000_000_000_000_000_000;

const fn wei(amount: u128) -> U256 {
    // Both limbs of a 128-bit number.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of the number")]
    U256::from_limbs([amount as u64, (amount >> 64) as u64, 0, 0])
}

const DAY_MS: u64 = 86_400_000;
const MINUTE_MS: u64 = 60_000;

/// Account that holds the developers' share of inflation; no key opens it.
const DEVELOPERS: Address = Address::new(*b"venire developers\0\0\0");

/// Account that holds the treasury's share of inflation; no key opens it.
const TREASURY: Address = Address::new(*b"venire treasury\0\0\0\0\0");

impl StakeParams {
    /// The values of the public networks.
    #[must_use]
    pub const fn public() -> Self {
        Self {
            validator_min: wei(42_000 * GEN),
            delegator_min: wei(42 * GEN),
            validators_max: 1_000,
            own_weight_bps: 6_000,
            delegated_weight_bps: 4_000,
            first_epoch: 0,
            epoch_ms: DAY_MS,
            epoch_zero_ms: DAY_MS,
            epochs_wake: true,
            activation_epochs: 2,
            unbonding_epochs: 7,
            primed_at_change: 1_000,
            primer_bps: 100,
            inflation_start_bps: 900,
            inflation_step_bps: 100,
            inflation_floor_bps: 400,
            epochs_per_year: 365,
            owner_bps: 1_000,
            developer_bps: 1_000,
            treasury_bps: 500,
            developers: DEVELOPERS,
            treasury: TREASURY,
            idle_bps: 100,
            violation_leader_bps: 500,
            violation_bps: 100,
            tribunal_seats: 13,
            tribunal_seats_min: 5,
            slash_cap_bps: 1_000,
            slash_delegated_bps: 2_000,
            slash_delay_epochs: 2,
            strikes_max: 3,
            active_min: 25,
            ban_epochs: 1,
            operator_delay_ms: DAY_MS,
            identity_bytes_max: 4_096,
        }
    }

    /// The rules of the public networks, with an epoch a minute.
    #[must_use]
    pub const fn test() -> Self {
        Self {
            epoch_ms: MINUTE_MS,
            epoch_zero_ms: MINUTE_MS,
            operator_delay_ms: MINUTE_MS,
            ..Self::public()
        }
    }

    /// A network of one developer: no model that is down costs anything, nobody is tried, nothing
    /// is minted, and an idle chain sleeps.
    #[must_use]
    pub const fn local() -> Self {
        Self {
            validator_min: wei(1),
            delegator_min: wei(1),
            first_epoch: 2,
            epochs_wake: false,
            inflation_start_bps: 0,
            inflation_step_bps: 0,
            inflation_floor_bps: 0,
            idle_bps: 0,
            violation_leader_bps: 0,
            violation_bps: 0,
            tribunal_seats: 0,
            strikes_max: 0,
            operator_delay_ms: 0,
            ..Self::public()
        }
    }

    /// Yearly inflation in a year of the chain, counted from 0.
    #[must_use]
    pub fn inflation_bps(&self, year: u64) -> u32 {
        let step = u64::from(self.inflation_step_bps).saturating_mul(year);
        let step = u32::try_from(step).unwrap_or(u32::MAX);
        let falling = self.inflation_start_bps.saturating_sub(step);
        falling.max(self.inflation_floor_bps)
    }
}

/// So many ten thousandths of an amount, rounded down.
pub(crate) fn bps(amount: U256, bps: u32) -> U256 {
    super::pool::mul_div(amount, U256::from(bps), U256::from(10_000)).unwrap_or_default()
}
