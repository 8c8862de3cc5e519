//! Typed readers of staking: everything that published clients ask its contracts.
//!
//! # Invariants
//! - A reader changes nothing; what it says of a validator is what priming it now would give.
//!
//! # Not here
//! - ABI encoding (`venire-node`).

use super::{
    Batch, Epoch, Epochs, Operator, Pool, PoolKind, Position, Slice, StakedValidator, Staking,
    epoch::inflation_share, params::StakeParams,
};
use crate::{
    apply::ApplyError,
    committee::{Lot, Purpose},
    params::Params,
    record::{Globals, Validator},
    state::{Key, Overlay, Read},
};
use alloc::vec::Vec;
use venire_types::{Address, B256, U256, envelope::Identity};

/// One request of a member: see [`Batch`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Wei of a deposit, shares of an exit.
    pub input: U256,
    /// Shares for a deposit, wei for an exit; nothing until it is carried out.
    pub output: U256,
    /// When it was asked for.
    pub epoch: u64,
    /// Place of the next request, counted from 1; 0 after the last.
    pub link_to_next: u64,
}

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

/// The current and the previous epoch.
///
/// # Errors
/// As for every reader here: `Missing` when a key is not loaded, `Broken` when it does not decode.
pub fn epochs(state: &dyn Read) -> Result<Epochs, ApplyError> {
    Ok(Overlay::new(state)
        .load(&Key::epochs())?
        .unwrap_or_default())
}

/// Number of the running epoch.
///
/// # Errors
/// See [`epochs`].
pub fn epoch(state: &dyn Read) -> Result<u64, ApplyError> {
    Ok(epochs(state)?.current.number)
}

/// Last epoch whose transactions are all closed.
///
/// # Errors
/// See [`epochs`].
pub fn finalized(state: &dyn Read) -> Result<u64, ApplyError> {
    Ok(epochs(state)?.finalized)
}

/// Whichever of the two kept epochs has an odd number.
///
/// # Errors
/// See [`epochs`].
pub fn epoch_odd(state: &dyn Read) -> Result<Epoch, ApplyError> {
    of_parity(state, 1)
}

/// Whichever of the two kept epochs has an even number.
///
/// # Errors
/// See [`epochs`].
pub fn epoch_even(state: &dyn Read) -> Result<Epoch, ApplyError> {
    of_parity(state, 0)
}

fn of_parity(state: &dyn Read, parity: u64) -> Result<Epoch, ApplyError> {
    let Epochs {
        current, previous, ..
    } = epochs(state)?;
    let fits = |epoch: &Epoch| epoch.number % 2 == parity;
    Ok([current, previous]
        .into_iter()
        .find(fits)
        .unwrap_or_default())
}

/// Inflation of one of the two kept epochs; nothing for another.
///
/// # Errors
/// See [`epochs`].
pub fn epoch_inflation(state: &dyn Read, number: u64) -> Result<U256, ApplyError> {
    let epochs = epochs(state)?;
    let kept = [epochs.current, epochs.previous];
    let epoch = kept.into_iter().find(|epoch| epoch.number == number);
    Ok(epoch.unwrap_or_default().inflation)
}

/// Could the next epoch begin at `now_ms`?
///
/// # Errors
/// See [`epochs`].
pub fn can_advance(params: &Params, state: &dyn Read, now_ms: u64) -> Result<bool, ApplyError> {
    asked(params, state, |staking| {
        staking.globals.time_ms = now_ms;
        Ok(staking.check_advance().is_ok())
    })
}

/// Developers' part of an inflation.
#[must_use]
pub fn developer_inflation(rules: &StakeParams, inflation: U256) -> U256 {
    inflation_share(inflation, rules.developer_bps)
}

/// Treasury's part of an inflation; clients call it `DeepThought`.
#[must_use]
pub fn treasury_inflation(rules: &StakeParams, inflation: U256) -> U256 {
    inflation_share(inflation, rules.treasury_bps)
}

/// Money that is gone for ever.
///
/// # Errors
/// See [`epochs`].
pub fn burning(state: &dyn Read) -> Result<U256, ApplyError> {
    Ok(crate::view::globals(state)?.burned)
}

/// The active set.
///
/// # Errors
/// See [`epochs`].
pub fn active_validators(state: &dyn Read) -> Result<Vec<Address>, ApplyError> {
    let active = crate::view::validators(state)?;
    Ok(active.into_iter().map(|member| member.address).collect())
}

/// Size of the active set.
///
/// # Errors
/// See [`epochs`].
pub fn active_validators_count(state: &dyn Read) -> Result<usize, ApplyError> {
    Ok(crate::view::validators(state)?.len())
}

/// Weights in the order of [`active_validators`].
///
/// # Errors
/// See [`epochs`].
pub fn active_weights(state: &dyn Read) -> Result<Vec<U256>, ApplyError> {
    let active = crate::view::validators(state)?;
    Ok(active.into_iter().map(|member| member.weight).collect())
}

/// Validators that may be chosen at the next epoch, one page of them.
///
/// # Errors
/// See [`epochs`].
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
/// See [`epochs`].
pub fn validators_joined_count(state: &dyn Read) -> Result<usize, ApplyError> {
    Ok(joined(state)?.len())
}

/// Is it a validator, active or not?
///
/// # Errors
/// See [`epochs`].
pub fn is_validator(state: &dyn Read, address: Address) -> Result<bool, ApplyError> {
    Ok(validator(state, address)?.is_some())
}

/// A validator's record as it is stored.
///
/// # Errors
/// See [`epochs`].
pub fn validator(
    state: &dyn Read,
    address: Address,
) -> Result<Option<StakedValidator>, ApplyError> {
    Overlay::new(state).load(&Key::staked(address))
}

/// A validator's record as priming it now would leave it.
///
/// # Errors
/// See [`epochs`].
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
/// See [`epochs`].
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
/// See [`epochs`].
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

/// Texts about a validator.
///
/// # Errors
/// See [`epochs`].
pub fn identity(state: &dyn Read, wallet: Address) -> Result<Identity, ApplyError> {
    Ok(Overlay::new(state)
        .load(&Key::identity(wallet))?
        .unwrap_or_default())
}

/// Which validator a key speaks for, or spoke for until lately.
///
/// # Errors
/// See [`epochs`].
pub fn operator(state: &dyn Read, key: Address) -> Result<Option<Operator>, ApplyError> {
    Overlay::new(state).load(&Key::operator(key))
}

/// Shares that a member owns.
///
/// # Errors
/// See [`epochs`].
pub fn shares_of(
    params: &Params,
    state: &dyn Read,
    member: Address,
    validator: Address,
) -> Result<U256, ApplyError> {
    Ok(position(params, state, member, validator)?.1.shares)
}

/// Worth of the shares that a member owns, wei.
///
/// # Errors
/// See [`epochs`].
pub fn stake_of(
    params: &Params,
    state: &dyn Read,
    member: Address,
    validator: Address,
) -> Result<U256, ApplyError> {
    let (pool, position) = position(params, state, member, validator)?;
    Ok(pool.worth(position.shares))
}

/// Wei of a member that wait to work.
///
/// # Errors
/// See [`epochs`].
pub fn pending_deposits(
    params: &Params,
    state: &dyn Read,
    member: Address,
    validator: Address,
) -> Result<U256, ApplyError> {
    let (_, position) = position(params, state, member, validator)?;
    Ok(total(&position.deposits))
}

/// Wei of a member that left and are not claimed yet; what leaves with this epoch at its price now.
///
/// # Errors
/// See [`epochs`].
pub fn pending_withdrawals(
    params: &Params,
    state: &dyn Read,
    member: Address,
    validator: Address,
) -> Result<U256, ApplyError> {
    let commits = withdrawals(params, state, member, validator)?;
    Ok(commits
        .iter()
        .fold(U256::ZERO, |sum, commit| sum.saturating_add(commit.output)))
}

/// A member's deposits that do not work yet, oldest first.
///
/// # Errors
/// See [`epochs`].
pub fn deposits(
    params: &Params,
    state: &dyn Read,
    member: Address,
    validator: Address,
) -> Result<Vec<Commit>, ApplyError> {
    let (_, position) = position(params, state, member, validator)?;
    Ok(linked(&position.deposits, |_| U256::ZERO))
}

/// A member's exits that are not claimed yet, oldest first.
///
/// # Errors
/// See [`epochs`].
pub fn withdrawals(
    params: &Params,
    state: &dyn Read,
    member: Address,
    validator: Address,
) -> Result<Vec<Commit>, ApplyError> {
    asked(params, state, |staking| {
        let Some(mut record) = staking.validator(validator)? else {
            return Ok(Vec::new());
        };
        staking.prime(&mut record, None)?;
        let position = staking.collected(&record, member)?;
        let kind = record.kind_of(member);
        let mut worths = Vec::new();
        for slice in &position.exits {
            let key = Key::exit_batch(validator, kind, slice.epoch);
            let pool = record.pool(kind);
            let bound = pool.exits.iter().find(|exit| exit.epoch == slice.epoch);
            let batch: Option<Batch> = match bound {
                Some(exit) => Some(*exit),
                None => staking.state.load(&key)?,
            };
            worths.push(match batch {
                Some(exit) if slice.epoch >= record.primed => {
                    pool.worth(slice.input.min(exit.input))
                }
                Some(mut exit) => exit.take(slice.input),
                None => U256::ZERO,
            });
        }
        Ok(linked(&position.exits, |place| {
            worths.get(place).copied().unwrap_or_default()
        }))
    })
}

/// A validator's delegators, one page of them.
///
/// # Errors
/// See [`epochs`].
pub fn delegators(
    state: &dyn Read,
    validator: Address,
    start: u64,
    size: u64,
) -> Result<Vec<Address>, ApplyError> {
    let count = delegators_count(state, validator)?;
    let end = start.saturating_add(size).min(count);
    let state = Overlay::new(state);
    (start..end)
        .map(|place| state.expect(&Key::delegator(validator, place)))
        .collect()
}

/// Number of a validator's delegators.
///
/// # Errors
/// See [`epochs`].
pub fn delegators_count(state: &dyn Read, address: Address) -> Result<u64, ApplyError> {
    Ok(validator(state, address)?.map_or(0, |record| record.delegators))
}

/// Has the delegator anything with the validator?
///
/// # Errors
/// See [`epochs`].
pub fn is_delegator_of(
    state: &dyn Read,
    delegator: Address,
    validator: Address,
) -> Result<bool, ApplyError> {
    let position: Option<Position> =
        Overlay::new(state).load(&Key::position(validator, delegator))?;
    Ok(delegator != validator && position.is_some())
}

/// Is the validator banned now?
///
/// # Errors
/// See [`epochs`].
pub fn is_banned(state: &dyn Read, address: Address) -> Result<bool, ApplyError> {
    let epoch = epoch(state)?;
    Ok(validator(state, address)?.is_some_and(|record| record.is_banned(epoch)))
}

/// Validators that are banned in an epoch, one page of them.
///
/// # Errors
/// See [`epochs`].
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

/// Validators that are held back in an epoch, one page of them.
///
/// # Errors
/// See [`epochs`].
pub fn quarantined(
    state: &dyn Read,
    epoch: u64,
    start: usize,
    size: usize,
) -> Result<Vec<Restriction>, ApplyError> {
    let all = restrictions(state, |record| {
        record.is_quarantined(epoch).then_some(Restriction {
            validator: record.address,
            until: record.quarantined_until,
            for_ever: false,
        })
    })?;
    Ok(page(&all, start, size))
}

/// Who would be drawn from a seed (`validatorSelection`): a leader's place and the members. The
/// draw for a real transaction also depends on its id and round.
///
/// # Errors
/// See [`epochs`].
pub fn selection(
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

fn restrictions(
    state: &dyn Read,
    pick: impl Fn(&StakedValidator) -> Option<Restriction>,
) -> Result<Vec<Restriction>, ApplyError> {
    let listed: Option<Vec<Address>> = Overlay::new(state).load(&Key::restricted())?;
    let mut found = Vec::new();
    for address in listed.unwrap_or_default() {
        found.extend(validator(state, address)?.as_ref().and_then(&pick));
    }
    Ok(found)
}

/// A member's pool and position as priming now would leave them.
fn position(
    params: &Params,
    state: &dyn Read,
    member: Address,
    validator: Address,
) -> Result<(Pool, Position), ApplyError> {
    asked(params, state, |staking| {
        let Some(mut record) = staking.validator(validator)? else {
            return Ok((Pool::default(), Position::default()));
        };
        staking.prime(&mut record, None)?;
        let position = staking.collected(&record, member)?;
        let kind: PoolKind = record.kind_of(member);
        Ok((record.pool(kind).clone(), position))
    })
}

/// Tries something on a copy.
fn asked<T>(
    params: &Params,
    state: &dyn Read,
    question: impl FnOnce(&mut Staking<'_, '_>) -> Result<T, ApplyError>,
) -> Result<T, ApplyError> {
    let mut copy = Overlay::new(state);
    let mut globals: Globals = copy.load(&Key::globals())?.unwrap_or_default();
    let mut epochs: Epochs = copy.load(&Key::epochs())?.unwrap_or_default();
    question(&mut Staking {
        params,
        state: &mut copy,
        globals: &mut globals,
        epochs: &mut epochs,
    })
}

fn page<T: Clone>(all: &[T], start: usize, size: usize) -> Vec<T> {
    all.iter().skip(start).take(size).cloned().collect()
}

fn total(slices: &[Slice]) -> U256 {
    slices
        .iter()
        .fold(U256::ZERO, |sum, slice| sum.saturating_add(slice.input))
}

fn linked(slices: &[Slice], output: impl Fn(usize) -> U256) -> Vec<Commit> {
    let commits = slices.iter().enumerate().map(|(place, slice)| {
        let next = place.saturating_add(1);
        let link = if next < slices.len() {
            next.saturating_add(1)
        } else {
            0
        };
        Commit {
            input: slice.input,
            output: output(place),
            epoch: slice.epoch,
            link_to_next: u64::try_from(link).unwrap_or_default(),
        }
    });
    commits.collect()
}
