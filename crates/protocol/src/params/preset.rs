//! The three networks that have a name.

use super::Params;
use crate::{fee::FeeParams, stake::StakeParams};
use venire_types::{chain::LOCAL_CHAIN_ID, limits::Limits};

impl Params {
    /// The local network: gasless, every client accepted, ten seconds to finality.
    #[must_use]
    pub const fn local() -> Self {
        Self {
            chain_id: LOCAL_CHAIN_ID,
            any_chain_id: true,
            faucet: true,
            manual: true,
            propose_timeout_ms: 300_000,
            commit_timeout_ms: 300_000,
            reveal_timeout_ms: 60_000,
            grace_ms: 2_000,
            replacements_max: 1,
            finality_window_ms: 10_000,
            deterministic_window_bps: 10_000,
            appeal_window_bps: 8_000,
            window_min_bps: 2_000,
            family_spread: true,
            committee_default: 5,
            rotations_default: 3,
            rotations_max: 10,
            tx_bytes_max: 2 << 20,
            delta_max: 4 << 20,
            descent_max: 16,
            fees: FeeParams::local(),
            stake: StakeParams::local(),
            execution: Limits::DEFAULT,
        }
    }

    /// A test network: the rules of the public networks, quickly. Users pay, stake is slashed, an
    /// epoch is a minute; money is still minted on demand.
    #[must_use]
    pub const fn test() -> Self {
        Self {
            propose_timeout_ms: 30_000,
            commit_timeout_ms: 30_000,
            reveal_timeout_ms: 10_000,
            grace_ms: 500,
            finality_window_ms: 2_000,
            deterministic_window_bps: 5_000,
            fees: FeeParams::paid(),
            stake: StakeParams::test(),
            ..Self::local()
        }
    }

    /// The rules of the public networks: half an hour to finality, no money on demand.
    #[must_use]
    pub const fn mirror() -> Self {
        Self {
            faucet: false,
            manual: false,
            finality_window_ms: 1_800_000,
            deterministic_window_bps: 5_000,
            fees: FeeParams::paid(),
            stake: StakeParams::public(),
            ..Self::local()
        }
    }

    /// The parameters of a network with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let named = Self::PRESETS.iter().find(|(of, _)| *of == name);
        named.map(|(_, params)| params.clone())
    }

    /// The networks with a name, and their parameters.
    pub const PRESETS: [(&'static str, Self); 3] = [
        ("local", Self::local()),
        ("test", Self::test()),
        ("mirror", Self::mirror()),
    ];
}
