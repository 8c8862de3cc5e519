//! Appeals have a price: a bond that pays for the committee, a reward of at most one and a half bonds, and
//! nothing left over when the transaction is closed.

use crate::scenario::Scenario;
use venire_protocol::{AppealKind, TxRecord};
use venire_types::U256;

/// Judges the last state of a run.
pub(super) fn end(records: &[TxRecord], scenario: &Scenario) -> Vec<String> {
    let mut all = Vec::new();
    for record in records {
        let id = record.id;
        for appeal in &record.appeals {
            // Prices are those of the block in which it was filed.
            let fees = &scenario.params_at(appeal.filed_height).fees;
            let units = |units: u64| fees.unit_price.saturating_mul(U256::from(units));
            let most = appeal
                .bond
                .saturating_mul(U256::from(fees.reward_bps))
                .div_ceil(U256::from(10_000));
            if appeal.bond.is_zero() || appeal.reward > most {
                let (bond, reward) = (appeal.bond, appeal.reward);
                all.push(format!(
                    "an appeal against {id} has bond {bond}, reward {reward}"
                ));
            }
            if record.is_closed() && (appeal.end.is_none() || !appeal.settled) {
                all.push(format!(
                    "an appeal against {id} has no end though it is closed"
                ));
            }
            let first = usize::try_from(appeal.first).unwrap_or(usize::MAX);
            let judged = record.rounds.get(first);
            if appeal.kind == AppealKind::Validators
                && let Some(round) = judged
            {
                let seats =
                    units(fees.validator_units).saturating_mul(U256::from(round.seats.len()));
                let price = seats.saturating_add(units(fees.leader_units));
                if appeal.bond != price {
                    let bond = appeal.bond;
                    all.push(format!(
                        "the bond against {id} is {bond}, its committee {price}"
                    ));
                }
            }
        }
        if record.is_closed() && record.pledged() > U256::ZERO {
            all.push(format!(
                "{id} is closed and holds {} wei of bonds",
                record.pledged()
            ));
        }
    }
    all
}
