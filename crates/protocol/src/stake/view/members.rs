//! What members of pools own, wait for and take out.

use super::{asked, validator};
use crate::{
    apply::ApplyError,
    params::Params,
    stake::{Batch, Pool, PoolKind, Position, Slice},
    state::{Key, Overlay, Read},
};
use alloc::vec::Vec;
use venire_types::{Address, U256};

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

/// Shares that a member owns.
///
/// # Errors
/// See [`epochs`](super::epochs).
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
/// See [`epochs`](super::epochs).
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
/// See [`epochs`](super::epochs).
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
/// See [`epochs`](super::epochs).
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
/// See [`epochs`](super::epochs).
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
/// See [`epochs`](super::epochs).
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
/// See [`epochs`](super::epochs).
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
/// See [`epochs`](super::epochs).
pub fn delegators_count(state: &dyn Read, address: Address) -> Result<u64, ApplyError> {
    Ok(validator(state, address)?.map_or(0, |record| record.delegators))
}

/// Has the delegator anything with the validator?
///
/// # Errors
/// See [`epochs`](super::epochs).
pub fn is_delegator_of(
    state: &dyn Read,
    delegator: Address,
    validator: Address,
) -> Result<bool, ApplyError> {
    let position: Option<Position> =
        Overlay::new(state).load(&Key::position(validator, delegator))?;
    Ok(delegator != validator && position.is_some())
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
