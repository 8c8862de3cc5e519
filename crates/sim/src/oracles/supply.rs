//! Money is conserved exactly: what accounts, stakes and transactions hold is what was minted, and only
//! epochs and the faucet mint.

use super::Sight;
use std::collections::BTreeMap;
use venire_node::core::Snapshot;
use venire_protocol::{Globals, Input, invariants, stake};
use venire_types::U256;

/// Every so many blocks the whole state is added up; the last state always is.
const EVERY: u64 = 16;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Supply {
    minted: U256,
    burned: U256,
    epoch: u64,
}

impl Supply {
    pub(super) fn new(genesis: &Snapshot) -> Self {
        let Globals { minted, burned, .. } = genesis.globals();
        let epoch = stake::view::epoch(genesis).unwrap_or_default();
        Self {
            minted,
            burned,
            epoch,
        }
    }

    pub(super) fn block(&mut self, sight: &Sight<'_>) -> Option<String> {
        let Globals { minted, burned, .. } = sight.after.globals();
        let epoch = stake::view::epoch(sight.after).unwrap_or_default();
        let given = sight.ordered.block.inputs.iter();
        let given = given.fold(U256::ZERO, |sum, input| match input {
            Input::Faucet { amount, .. } => sum.saturating_add(*amount),
            _ => sum,
        });
        let new = minted.saturating_sub(self.minted);
        let turned = epoch.saturating_sub(self.epoch);
        // The greatest rate for every epoch that ended, on all there is.
        let rules = &sight.params.stake;
        let rate = U256::from(rules.inflation_start_bps).saturating_mul(U256::from(turned));
        let yearly = minted.saturating_mul(rate) / U256::from(10_000);
        let most = yearly / U256::from(rules.epochs_per_year.max(1)) + U256::from(turned);
        let (was_minted, was_burned) = (self.minted, self.burned);
        (self.minted, self.burned, self.epoch) = (minted, burned, epoch);
        if minted < was_minted || burned < was_burned {
            return Some("what was minted or burned became less".into());
        }
        if new > given.saturating_add(most) {
            return Some(format!(
                "{new} wei were minted, {given} by the faucet, and {turned} epochs may mint {most}"
            ));
        }
        let is_due = sight.ordered.block.height.is_multiple_of(EVERY);
        is_due.then(|| Self::add_up(sight.after)).flatten()
    }

    pub(super) fn add_up(state: &Snapshot) -> Option<String> {
        let entries: BTreeMap<_, _> = state.entries().collect();
        let violation = invariants::check(&entries).err()?;
        Some(violation.to_string())
    }
}
