//! What numbers must have to do with each other (`PARAM-01`).

use super::{COMMITTEE_SIZES, ParamError, Params, find};
use crate::stake::StakeParams;

/// The first rule that the numbers break.
pub(super) fn broken(params: &Params) -> Option<ParamError> {
    let (name, rule) = rules(params)
        .find(|(_, holds, _)| !holds)
        .map(|(name, _, rule)| (name, rule))?;
    match find(params, name) {
        Ok(parameter) => Some(ParamError::Rule {
            name: parameter.name,
            unit: parameter.unit,
            value: parameter.value,
            rule,
        }),
        Err(unknown) => Some(unknown),
    }
}

/// Whom to blame, whether it holds, and what it says.
type Rule = (&'static str, bool, &'static str);

fn rules(params: &Params) -> impl Iterator<Item = Rule> {
    let fees = &params.fees;
    let inside = &params.execution;
    // A page has a contract, a slot and a number beside its 32 bytes.
    let written = inside.storage_pages.saturating_mul(20 + 32 + 4 + 32);
    [
        (
            "round.committee_default",
            COMMITTEE_SIZES.contains(&params.committee_default),
            "a committee has 5, 7, 11, 13, 23, 25, 47, 49, 95, 97, 191, 193, 383, 385, 767, 769, 1535 or 1537 seats",
        ),
        (
            "round.rotations_default",
            params.rotations_default <= params.rotations_max,
            "it may not be above round.rotations_max",
        ),
        (
            "limit.tx_bytes_max",
            params.tx_bytes_max >= inside.code_bytes.max(inside.calldata_bytes),
            "the largest code and the longest arguments of execution must fit in",
        ),
        (
            "execution.event_bytes",
            inside.event_bytes <= inside.emission_bytes,
            "one event may not be above execution.emission_bytes",
        ),
        (
            "limit.delta_max",
            written.saturating_add(inside.emission_bytes) <= params.delta_max,
            "execution.storage_pages, 88 bytes each, and execution.emission_bytes must fit in together",
        ),
        (
            "execution.code_bytes",
            inside.code_bytes <= inside.package_bytes,
            "it may not be above execution.package_bytes",
        ),
        (
            "fee.execution_budget",
            fees.is_gasless() || fees.execution_budget >= fees.execution_floor(),
            "it must pay for the smallest receipt: fee.receipt_price x (fee.slot_gas + fee.byte_gas x fee.floor_bytes)",
        ),
    ]
    .into_iter()
    .chain(stake(&params.stake))
}

fn stake(own: &StakeParams) -> impl Iterator<Item = Rule> {
    let inflation = own
        .owner_bps
        .saturating_add(own.developer_bps)
        .saturating_add(own.treasury_bps);
    let worst = own
        .idle_bps
        .max(own.violation_leader_bps)
        .max(own.violation_bps);
    [
        (
            "stake.delegated_weight_bps",
            own.delegated_weight_bps <= own.own_weight_bps,
            "it may not be above stake.own_weight_bps",
        ),
        (
            "stake.unbonding_epochs",
            own.unbonding_epochs > own.slash_delay_epochs.saturating_add(1),
            "it must be above stake.slash_delay_epochs + 1, or a slash finds nothing left",
        ),
        (
            "stake.inflation_floor_bps",
            own.inflation_floor_bps <= own.inflation_start_bps,
            "it may not be above stake.inflation_start_bps",
        ),
        (
            "stake.owner_bps",
            inflation <= 10_000,
            "together with stake.developer_bps and stake.treasury_bps it is at most 10000",
        ),
        (
            "stake.slash_cap_bps",
            worst <= own.slash_cap_bps,
            "it may not be below stake.idle_bps, stake.violation_leader_bps or stake.violation_bps",
        ),
        (
            "stake.validator_min",
            own.validator_min >= own.delegator_min,
            "it may not be below stake.delegator_min",
        ),
    ]
    .into_iter()
}
