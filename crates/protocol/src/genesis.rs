//! The state before the first block.

use crate::{
    params::{ParamError, Params, amount},
    record::{Account, Globals},
    stake,
    state::{Delta, Key, Overlay, Value},
};
use alloc::{collections::BTreeMap, vec::Vec};
use venire_types::{Address, U256, family::Family};

/// What a chain starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Genesis {
    /// Time of genesis, milliseconds since 1970.
    pub time_ms: u64,
    /// Active validators and their own stakes, which are money besides the allocations.
    pub validators: Vec<(Address, U256)>,
    /// Families that validators declare for their models; the others declare none.
    pub families: Vec<(Address, Family)>,
    /// Funded accounts, wei.
    pub alloc: Vec<(Address, U256)>,
}

/// Why no chain can begin so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// A parameter.
    #[error(transparent)]
    Param(#[from] ParamError),
    /// One validator twice.
    #[error("validator {validator:#x} is there twice; a key judges once")]
    Duplicate {
        /// Who.
        validator: Address,
    },
    /// A family of somebody who does not judge, or a second one.
    #[error(
        "the family {family} is declared for {validator:#x}, which is no validator, or has one already"
    )]
    Family {
        /// Who.
        validator: Address,
        /// What was declared.
        family: Family,
    },
    /// More than the chain may have.
    #[error("{count} validators are more than stake.validators_max allows, {most}")]
    Validators {
        /// Given.
        count: usize,
        /// Allowed.
        most: u32,
    },
    /// Too little stake.
    #[error(
        "validator {validator:#x} has a stake of {}; stake.validator_min is {}",
        amount(*.stake), amount(*.least)
    )]
    Stake {
        /// Who.
        validator: Address,
        /// Given, wei.
        stake: U256,
        /// Least, wei.
        least: U256,
    },
    /// The sum of all money is no 256-bit number.
    #[error("stakes and allocations together are more money than can be counted")]
    Supply,
}

/// The first delta (`ROUND-01`). Repeated allocations add up. The first block has height 1.
///
/// # Errors
/// [`GenesisError`].
pub fn genesis(params: &Params, genesis: &Genesis) -> Result<Delta, GenesisError> {
    params.check()?;
    let stakes = stakes(params, &genesis.validators)?;
    let families = families(&stakes, &genesis.families)?;
    let nothing: BTreeMap<Key, Value> = BTreeMap::new();
    let mut state = Overlay::new(&nothing);
    // An empty state has nothing that could be missing or broken.
    let mut minted = stake::begin(params, &mut state, genesis.time_ms, &stakes, &families)
        .map_err(|_| GenesisError::Supply)?;
    let mut balances: BTreeMap<Address, U256> = BTreeMap::new();
    for (address, amount) in &genesis.alloc {
        minted = minted.checked_add(*amount).ok_or(GenesisError::Supply)?;
        // The supply overflows before any balance can.
        let balance = balances.entry(*address).or_default();
        *balance = balance.saturating_add(*amount);
    }
    for (address, balance) in balances {
        state.store(Key::account(address), &Account { nonce: 0, balance });
    }
    let globals = Globals {
        height: 0,
        time_ms: genesis.time_ms,
        minted,
        burned: U256::ZERO,
        transactions: 0,
    };
    state.store(Key::globals(), &globals);
    Ok(state.into_delta())
}

/// The validators and their stakes, if they may begin.
fn stakes(
    params: &Params,
    validators: &[(Address, U256)],
) -> Result<BTreeMap<Address, U256>, GenesisError> {
    let (count, most) = (validators.len(), params.stake.validators_max);
    if u32::try_from(count).map_or(true, |count| count > most) {
        return Err(GenesisError::Validators { count, most });
    }
    let (mut stakes, mut total) = (BTreeMap::new(), U256::ZERO);
    for (validator, stake) in validators {
        let (validator, stake, least) = (*validator, *stake, params.stake.validator_min);
        if stake < least {
            return Err(GenesisError::Stake {
                validator,
                stake,
                least,
            });
        }
        total = total.checked_add(stake).ok_or(GenesisError::Supply)?;
        if stakes.insert(validator, stake).is_some() {
            return Err(GenesisError::Duplicate { validator });
        }
    }
    Ok(stakes)
}

/// What each validator declares, if it declares anything (`STAKE-60`).
fn families(
    stakes: &BTreeMap<Address, U256>,
    declared: &[(Address, Family)],
) -> Result<BTreeMap<Address, Family>, GenesisError> {
    let mut families = BTreeMap::new();
    for (validator, family) in declared {
        let is_new = families.insert(*validator, family.clone()).is_none();
        if !is_new || !stakes.contains_key(validator) {
            return Err(GenesisError::Family {
                validator: *validator,
                family: family.clone(),
            });
        }
    }
    Ok(families)
}
