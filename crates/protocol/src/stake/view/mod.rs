//! Typed readers of staking: everything that published clients ask its contracts.
//!
//! # Invariants
//! - A reader changes nothing; what it says of a member is what priming its validator would give.
//!
//! # Not here
//! - ABI encoding (`venire-node`).

mod epochs;
mod members;
mod validators;

pub use epochs::{
    burning, can_advance, developer_inflation, epoch, epoch_even, epoch_inflation, epoch_odd,
    epochs, finalized, treasury_inflation,
};
pub use members::{
    Commit, delegators, delegators_count, deposits, is_delegator_of, pending_deposits,
    pending_withdrawals, shares_of, stake_of, withdrawals,
};
pub use validators::{
    Restriction, ValidatorFigures, active_validators, active_validators_count, active_weights,
    banned, identity, is_banned, is_validator, operator, primed, quarantined, selection, validator,
    validator_view, validator_view_primed, validators_joined, validators_joined_count, wallets,
};

use super::{Epochs, Staking};
use crate::{
    apply::ApplyError,
    params::Params,
    record::Globals,
    state::{Key, Overlay, Read},
};
use alloc::vec::Vec;

fn page<T: Clone>(all: &[T], start: usize, size: usize) -> Vec<T> {
    all.iter().skip(start).take(size).cloned().collect()
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
