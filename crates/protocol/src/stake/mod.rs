//! Who may judge: stakes, delegations, epochs, rewards, penalties.
//!
//! ```text
//! order -> deposit waits two epochs -> pool -> exit waits for the next epoch -> unbonds -> claim
//!                                       ^ rewards        v slashes (also what unbonds)
//! epoch change: mint, pay, prime every candidate, choose the active set
//! ```
//!
//! The rules are numbered in `docs/spec/staking.md`; code cites them as `STAKE-07`.
//!
//! # Invariants
//! - Every wei at stake is in exactly one place: a pool, a waiting deposit, an exit, or earnings.
//! - The shares of a pool are exactly what its members own, wait for, or are taking out.
//!
//! # Not here
//! - Who is drawn for what (`committee`, `round`), what judging costs (`fee`).

mod epoch;
mod exit;
mod join;
mod offence;
mod order;
mod params;
mod pool;
mod prime;
mod record;
mod reject;
#[cfg(test)]
mod tests;
pub mod view;
mod wallet;

pub use params::StakeParams;
pub use record::{
    Batch, Epoch, Epochs, Offence, Operator, Pool, PoolKind, Position, Slice, StakedValidator,
};
pub use reject::StakeReject;

pub(crate) use epoch::EPOCH_TIMER;
pub(crate) use order::{admit, begin};
pub(crate) use pool::mul_div;

use crate::{
    admit::AdmitError,
    apply::ApplyError,
    params::Params,
    record::Globals,
    state::{Key, Overlay},
};
use alloc::vec::Vec;
use venire_types::Address;

/// Staking in the middle of a block: the state and the figures that its rules change.
pub(crate) struct Staking<'a, 'b> {
    pub(crate) params: &'a Params,
    pub(crate) state: &'a mut Overlay<'b>,
    pub(crate) globals: &'a mut Globals,
    pub(crate) epochs: &'a mut Epochs,
}

impl Staking<'_, '_> {
    fn now(&self) -> u64 {
        self.globals.time_ms
    }

    fn epoch(&self) -> u64 {
        self.epochs.current.number
    }

    fn rules(&self) -> &StakeParams {
        &self.params.stake
    }

    fn validator(&self, address: Address) -> Result<Option<StakedValidator>, ApplyError> {
        self.state.load(&Key::staked(address))
    }

    /// A validator that somebody names.
    fn named(&self, address: Address) -> Result<StakedValidator, AdmitError> {
        let validator = self.validator(address)?;
        Ok(validator.ok_or(StakeReject::ValidatorNotJoined { validator: address })?)
    }

    fn save(&mut self, validator: &StakedValidator) {
        self.state.store(Key::staked(validator.address), validator);
    }

    fn candidates(&self) -> Result<Vec<Address>, ApplyError> {
        Ok(self.state.load(&Key::candidates())?.unwrap_or_default())
    }

    fn position(&self, validator: Address, member: Address) -> Result<Position, ApplyError> {
        let key = Key::position(validator, member);
        Ok(self.state.load(&key)?.unwrap_or_default())
    }

    fn save_position(&mut self, validator: Address, member: Address, position: &Position) {
        let key = Key::position(validator, member);
        if *position == Position::default() {
            self.state.remove(key);
        } else {
            self.state.store(key, position);
        }
    }
}
