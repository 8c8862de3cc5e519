//! Who is a validator, what is staked on it, what it may do.

use super::{asked, epoch, page};
use crate::{
    apply::ApplyError,
    committee::{Lot, Purpose},
    params::Params,
    record::Validator,
    stake::{Operator, StakedValidator, join::wallet_address},
    state::{Key, Overlay, Read},
};
use alloc::vec::Vec;
use venire_types::{Address, B256, U256, envelope::Identity};

/// A validator that is banned or held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Who.
    pub validator: Address,
    /// Last epoch of it.
    pub until: u64,
    /// It has no end.
    pub for_ever: bool,
}

/// Figures of a validator in the order that clients know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidatorFigures {
    /// Neighbours in the order by address, where clients expect a search tree.
    pub left: Address,
    /// See `left`.
    pub right: Address,
    /// Always zero: the list has no root above it.
    pub parent: Address,
    /// Last epoch of a ban; the largest number for ever.
    pub banned: u64,
    /// Epoch up to which its books are.
    pub primed: u64,
    /// Own stake.
    pub own_stake: U256,
    /// Shares of it.
    pub own_shares: U256,
    /// Delegated stake.
    pub delegated_stake: U256,
    /// Shares of it.
    pub delegated_shares: U256,
    /// Own deposits that wait.
    pub deposit: U256,
    /// Shares of own exits that still work.
    pub withdrawal: U256,
    /// It is in the active set.
    pub live: bool,
}

/// The active set.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn active_validators(state: &dyn Read) -> Result<Vec<Address>, ApplyError> {
    let active = crate::view::validators(state)?;
    Ok(active.into_iter().map(|member| member.address).collect())
}

/// Size of the active set.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn active_validators_count(state: &dyn Read) -> Result<usize, ApplyError> {
    Ok(crate::view::validators(state)?.len())
}

/// Weights in the order of [`active_validators`].
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn active_weights(state: &dyn Read) -> Result<Vec<U256>, ApplyError> {
    let active = crate::view::validators(state)?;
    Ok(active.into_iter().map(|member| member.weight).collect())
}

/// Validators that may be chosen at the next epoch, one page of them.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn validators_joined(
    state: &dyn Read,
    start: usize,
    size: usize,
) -> Result<Vec<Address>, ApplyError> {
    Ok(page(&joined(state)?, start, size))
}

/// Number of validators that may be chosen at the next epoch.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn validators_joined_count(state: &dyn Read) -> Result<usize, ApplyError> {
    Ok(joined(state)?.len())
}

/// Is it a validator, active or not?
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn is_validator(state: &dyn Read, address: Address) -> Result<bool, ApplyError> {
    Ok(validator(state, address)?.is_some())
}

/// A validator's record as it is stored.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn validator(
    state: &dyn Read,
    address: Address,
) -> Result<Option<StakedValidator>, ApplyError> {
    Overlay::new(state).load(&Key::staked(address))
}

/// A validator's record as priming it now would leave it.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn primed(
    params: &Params,
    state: &dyn Read,
    address: Address,
) -> Result<Option<StakedValidator>, ApplyError> {
    asked(params, state, |staking| {
        let Some(mut validator) = staking.validator(address)? else {
            return Ok(None);
        };
        staking.prime(&mut validator, None)?;
        Ok(Some(validator))
    })
}

/// Figures of a validator as they are stored (`validatorView`, `validatorViewPrePrimed`).
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn validator_view(
    state: &dyn Read,
    address: Address,
) -> Result<Option<ValidatorFigures>, ApplyError> {
    let record = validator(state, address)?;
    record.map(|record| figures(state, &record)).transpose()
}

/// Figures of a validator as priming it now would leave them (`validatorViewPrimed`).
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn validator_view_primed(
    params: &Params,
    state: &dyn Read,
    address: Address,
) -> Result<Option<ValidatorFigures>, ApplyError> {
    let record = primed(params, state, address)?;
    record.map(|record| figures(state, &record)).transpose()
}

fn figures(state: &dyn Read, record: &StakedValidator) -> Result<ValidatorFigures, ApplyError> {
    let active = active_validators(state)?;
    let place = active.iter().position(|member| *member == record.address);
    let neighbour = |at: Option<usize>| {
        at.and_then(|at| active.get(at))
            .copied()
            .unwrap_or_default()
    };
    let working = record.own.exits.iter();
    let working = working.filter(|exit| exit.epoch >= record.primed);
    Ok(ValidatorFigures {
        left: neighbour(place.and_then(|at| at.checked_sub(1))),
        right: neighbour(place.and_then(|at| at.checked_add(1))),
        parent: Address::ZERO,
        banned: if record.banned_for_ever {
            u64::MAX
        } else {
            record.banned_until
        },
        primed: record.primed,
        own_stake: record.own.stake,
        own_shares: record.own.shares,
        delegated_stake: record.delegated.stake,
        delegated_shares: record.delegated.shares,
        deposit: record.own.waiting(),
        withdrawal: working
            .map(|exit| exit.input)
            .fold(U256::ZERO, U256::saturating_add),
        live: place.is_some(),
    })
}

/// Wallets that an owner made, oldest first: a client that joined finds its own here.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn wallets(state: &dyn Read, owner: Address) -> Result<Vec<Address>, ApplyError> {
    let count: Option<u64> = Overlay::new(state).load(&Key::wallets(owner))?;
    let numbers = 0..count.unwrap_or_default();
    Ok(numbers
        .map(|number| wallet_address(owner, number))
        .collect())
}

/// Texts about a validator.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn identity(state: &dyn Read, wallet: Address) -> Result<Identity, ApplyError> {
    Ok(Overlay::new(state)
        .load(&Key::identity(wallet))?
        .unwrap_or_default())
}

/// Which validator a key speaks for, or spoke for until lately.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn operator(state: &dyn Read, key: Address) -> Result<Option<Operator>, ApplyError> {
    Overlay::new(state).load(&Key::operator(key))
}

/// Is the validator banned now?
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn is_banned(state: &dyn Read, address: Address) -> Result<bool, ApplyError> {
    let epoch = epoch(state)?;
    Ok(validator(state, address)?.is_some_and(|record| record.is_banned(epoch)))
}

/// Validators that are banned in an epoch, one page of them.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn banned(
    state: &dyn Read,
    epoch: u64,
    start: usize,
    size: usize,
) -> Result<Vec<Restriction>, ApplyError> {
    let all = restrictions(state, |record| {
        record.is_banned(epoch).then_some(Restriction {
            validator: record.address,
            until: record.banned_until,
            for_ever: record.banned_for_ever,
        })
    })?;
    Ok(page(&all, start, size))
}

/// Validators that are held back because a tribunal about them is open, one page of them.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn quarantined(
    state: &dyn Read,
    start: usize,
    size: usize,
) -> Result<Vec<Address>, ApplyError> {
    let all = restrictions(state, |record| {
        record.is_quarantined().then_some(record.address)
    })?;
    Ok(page(&all, start, size))
}

/// Who would be drawn from a seed (`validatorSelection`): a leader's place and the members. The
/// draw for a real transaction also depends on its id and round.
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn selection(
    params: &Params,
    state: &dyn Read,
    seed: B256,
    slot: u32,
    number: u32,
    consumed: &[Address],
) -> Result<(u32, Vec<Address>), ApplyError> {
    let active: Vec<Validator> = crate::view::validators(state)?;
    let lot = Lot {
        seed,
        tx: B256::ZERO,
        round: slot,
        spread: params.family_spread,
    };
    let seats = lot.members(Purpose::Committee, &active, consumed, number);
    let leader = lot.leader(seats.len());
    Ok((
        leader,
        seats.into_iter().map(|seat| seat.validator).collect(),
    ))
}

fn joined(state: &dyn Read) -> Result<Vec<Address>, ApplyError> {
    Ok(Overlay::new(state)
        .load(&Key::candidates())?
        .unwrap_or_default())
}

fn restrictions<T>(
    state: &dyn Read,
    pick: impl Fn(&StakedValidator) -> Option<T>,
) -> Result<Vec<T>, ApplyError> {
    let listed: Option<Vec<Address>> = Overlay::new(state).load(&Key::restricted())?;
    let mut found = Vec::new();
    for address in listed.unwrap_or_default() {
        found.extend(validator(state, address)?.as_ref().and_then(&pick));
    }
    Ok(found)
}
