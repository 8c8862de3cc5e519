//! Figures of epochs, and of the money they make and lose.

use super::asked;
use crate::{
    apply::ApplyError,
    params::Params,
    stake::{Epoch, Epochs, StakeParams, epoch::inflation_share},
    state::{Key, Overlay, Read},
};
use venire_types::U256;

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
