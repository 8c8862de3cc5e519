//! Block 0: what a new chain starts from, written once and read at every later start.
//!
//! # Invariants
//! - Keys and accounts of a local network follow from its seed alone.
//! - A chain goes on under the rules it began with; who asks for others is told so.

use super::{config::NodeConfig, genesis::NetworkSpec, node::StartError};
use crate::core::{Key, raw_delta};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_protocol::{
    Genesis, GenesisError, genesis,
    params::{Setting, choose, list},
};
use venire_store::{Commit, Store};
use venire_types::{
    B256, U256,
    signed::{canonical, tagged},
};

/// Seed of a network whose user chose none.
const SEED: &str = "venire";
/// Wei of a whole token.
const TOKEN: u64 = 1_000_000_000_000_000_000;

/// What a new chain starts from; the bytes of block 0.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Origin {
    /// Format of this struct.
    version: u8,
    pub(crate) network: B256,
    pub(crate) time_ms: u64,
    pub(crate) spec: NetworkSpec,
}

/// Format that this version writes and reads.
const VERSION: u8 = 3;

impl Origin {
    /// Stake with which each validator of this process began, whole tokens.
    pub(crate) fn stake(&self) -> u64 {
        u64::try_from(self.spec.stake / U256::from(TOKEN)).unwrap_or(u64::MAX)
    }
}

/// Reads the origin of the chain, or writes that of a new one.
pub(crate) fn origin(
    store: &mut Store,
    config: &NodeConfig,
    now_ms: u64,
) -> Result<Origin, StartError> {
    if store.tip().is_some() {
        let origin = stored(store)?;
        same(&origin, config)?;
        return Ok(origin);
    }
    let spec = match &config.genesis {
        Some(spec) => spec.clone(),
        None => NetworkSpec::load("local")?,
    };
    let origin = Origin {
        version: VERSION,
        network: network(config.seed.as_deref().unwrap_or(SEED)),
        time_ms: now_ms,
        spec: overridden(spec, config)?,
    };
    let delta = raw_delta(genesis(&origin.spec.params, &start(&origin))?);
    store.commit(Commit {
        height: 0,
        block: canonical(&origin),
        delta,
    })?;
    Ok(origin)
}

fn stored(store: &Store) -> Result<Origin, StartError> {
    let block = store.view().block(0).ok().flatten();
    let block = block.ok_or(StartError::ForeignChain)?;
    // The first byte tells the format; the rest is only read in this one.
    if block.bytes.first() != Some(&VERSION) {
        return Err(StartError::ForeignChain);
    }
    let origin: Origin = borsh::from_slice(&block.bytes).map_err(|_| StartError::ForeignChain)?;
    origin.spec.params.check().map_err(GenesisError::from)?;
    Ok(origin)
}

fn network(seed: &str) -> B256 {
    tagged("network", &[seed.as_bytes()])
}

/// A genesis with what the command line says instead.
fn overridden(mut spec: NetworkSpec, config: &NodeConfig) -> Result<NetworkSpec, StartError> {
    spec.validators = config.validators.unwrap_or(spec.validators);
    if !(1..=1000).contains(&spec.validators) {
        return Err(StartError::Validators(spec.validators));
    }
    if let Some(seconds) = config.finality_window_s {
        let window = Setting::Number(U256::from(seconds) * U256::from(1000));
        choose(&mut spec.params, [("round.finality_window_ms", window)])
            .map_err(GenesisError::from)?;
    }
    Ok(spec)
}

/// Is the chain the one that was asked for, as far as anything was asked for?
fn same(origin: &Origin, config: &NodeConfig) -> Result<(), StartError> {
    let other = |what: String| Err(StartError::OtherChain(what));
    if let Some(seed) = &config.seed
        && network(seed) != origin.network
    {
        return other(format!("whose seed is not \"{seed}\""));
    }
    let asked = match &config.genesis {
        Some(spec) => spec.clone(),
        None => origin.spec.clone(),
    };
    let asked = overridden(asked, config)?;
    let kept = &origin.spec;
    if asked.validators != kept.validators {
        let (kept, asked) = (kept.validators, asked.validators);
        return other(format!("with {kept} validators, not {asked}"));
    }
    let mut pairs = list(&kept.params).into_iter().zip(list(&asked.params));
    if let Some((kept, asked)) = pairs.find(|(kept, asked)| kept != asked) {
        let [was, now] = [kept, asked].map(|parameter| parameter.value.text(parameter.unit));
        return other(format!("whose {} is {was}, not {now}", kept.name));
    }
    if asked != *kept {
        return other("that began with other stakes, families, accounts or allocations".to_owned());
    }
    Ok(())
}

fn start(origin: &Origin) -> Genesis {
    let spec = &origin.spec;
    let keys =
        |role, count: u32| (0..count).map(move |i| Key::derive(origin.network, role, i).address());
    let validators = keys("validator", spec.validators).map(|address| (address, spec.stake));
    let families = keys("validator", spec.validators).zip(spec.families.iter().cycle().cloned());
    let accounts = keys("account", spec.accounts).map(|address| (address, spec.balance));
    Genesis {
        time_ms: origin.time_ms,
        validators: validators.chain(spec.others.iter().copied()).collect(),
        families: families.collect(),
        alloc: accounts.chain(spec.alloc.iter().copied()).collect(),
    }
}
