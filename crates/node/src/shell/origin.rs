//! Block 0: what a new chain starts from, written once and read at every later start.
//!
//! # Invariants
//! - Keys and accounts of a local network follow from its seed alone.

use super::{
    config::NodeConfig,
    node::{STAKE, StartError},
};
use crate::core::Key;
use borsh::{BorshDeserialize, BorshSerialize};
use venire_protocol::{Genesis, Params, SPONSOR, genesis};
use venire_store::{Commit, Store};
use venire_types::{
    B256, U256,
    signed::{canonical, tagged},
};

/// What the sponsor can post for those who appeal, whole tokens.
const SPONSORED: u64 = 1_000_000_000;
/// Wei of each funded developer account: a million whole tokens.
const FUNDING: u128 = 1_000_000 * 1_000_000_000_000_000_000;
/// Funded developer accounts.
pub(crate) const ACCOUNTS: u32 = 10;

/// What a new chain starts from; the bytes of block 0.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Origin {
    /// Format of this struct.
    version: u8,
    pub(crate) network: B256,
    pub(crate) validators: u32,
    pub(crate) time_ms: u64,
    pub(crate) params: Params,
}

/// Reads the origin of the chain, or writes that of a new one.
pub(crate) fn origin(
    store: &mut Store,
    config: &NodeConfig,
    now_ms: u64,
) -> Result<Origin, StartError> {
    if store.tip().is_some() {
        let block = store
            .view()
            .block(0)
            .ok()
            .flatten()
            .ok_or(StartError::ForeignChain)?;
        let origin: Origin =
            borsh::from_slice(&block.bytes).map_err(|_| StartError::ForeignChain)?;
        return if origin.version == 1 {
            Ok(origin)
        } else {
            Err(StartError::ForeignChain)
        };
    }
    let params = Params {
        finality_window_ms: config.finality_window_s.saturating_mul(1000),
        ..Params::local()
    };
    let network = tagged("network", &[config.seed.as_bytes()]);
    let origin = Origin {
        version: 1,
        network,
        validators: config.validators,
        time_ms: now_ms,
        params,
    };
    let stake = U256::from(STAKE) * U256::from(10).pow(U256::from(18));
    let start = Genesis {
        time_ms: now_ms,
        validators: (0..config.validators)
            .map(|i| (Key::derive(network, "validator", i).address(), stake))
            .collect(),
        alloc: (0..ACCOUNTS)
            .map(|i| {
                (
                    Key::derive(network, "account", i).address(),
                    U256::from(FUNDING),
                )
            })
            .chain([(
                SPONSOR,
                U256::from(SPONSORED) * U256::from(10).pow(U256::from(18)),
            )])
            .collect(),
    };
    let delta = genesis(&origin.params, &start)?
        .into_iter()
        .map(|(key, value)| (key.as_bytes().to_vec(), value.map(|value| value.to_vec())))
        .collect();
    store.commit(Commit {
        height: 0,
        block: canonical(&origin),
        delta,
    })?;
    Ok(origin)
}
