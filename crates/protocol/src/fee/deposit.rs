//! Takes deposits when transactions are created, and locks their rates.
//!
//! # Invariants
//! - `admit` and `apply` ask for the same deposit, because both call [`asked`].
//!
//! # Not here
//! - Money for messages (`allocation`, `funding`).

use super::{FeeParams, Funds, Part, Rates, Terms, allocation, params::times};
use crate::{
    admit::{AdmitError, Reject, can_be_called},
    apply::{ApplyError, Run},
    intake::{Draft, is_nameless},
    ledger,
    params::{COMMITTEE_SIZES, Params},
    record::TxRecord,
    state::Overlay,
};
use alloc::{
    string::{String, ToString},
    vec,
};
use venire_types::{
    U256,
    envelope::{Envelope, FeeTerms, MessageTerms, Submission, TxData},
};

/// What a signed transaction takes from its signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Wei for the recipient.
    pub(crate) value: U256,
    /// Wei for judging.
    pub(crate) funds: Funds,
}

impl Asked {
    /// All that the signer needs; `None` when it is more than there can be.
    pub(crate) fn total(&self) -> Option<U256> {
        self.value.checked_add(self.funds.held())
    }

    pub(crate) fn into_draft(self, draft: Draft) -> Draft {
        Draft {
            value: self.value,
            funds: self.funds,
            ..draft
        }
    }
}

/// Committee size of a submission: one of the table, or the default (`ROUND-10`).
pub(crate) fn seats(params: &Params, submission: &Submission) -> u32 {
    let wanted = u32::try_from(submission.validators).unwrap_or_default();
    if COMMITTEE_SIZES.contains(&wanted) {
        wanted
    } else {
        params.committee_default
    }
}

/// Leader rotations of a submission.
pub(crate) fn rotations(params: &Params, submission: &Submission) -> u32 {
    bounded(params, submission.rotations)
}

/// What a submission, or a plain transfer, takes from its signer (`FEE-02`, `FEE-03`).
pub(crate) fn asked(
    params: &Params,
    state: &Overlay<'_>,
    envelope: &Envelope,
    submission: Option<&Submission>,
) -> Result<Asked, AdmitError> {
    let fees = submission.and_then(|submission| submission.fees.as_deref());
    let value = fees.map_or(envelope.value(), |fees| fees.value);
    let offered = envelope.value().checked_sub(value);
    let Some(offered) = offered else {
        let (offered, needed) = (envelope.value(), value);
        return Err(Reject::FeesTooLow { offered, needed }.into());
    };
    let mut funds = Funds {
        depositor: envelope.signer(),
        ..Funds::default()
    };
    if params.fees.is_gasless() || !is_judged(state, envelope, submission)? {
        return Ok(Asked { value, funds });
    }
    let first = submission.map_or(params.committee_default, |submission| {
        if submission.leader_only {
            1
        } else {
            seats(params, submission)
        }
    });
    let rotations = submission.map_or(params.rotations_default, |submission| {
        rotations(params, submission)
    });
    let rates = params.fees.rates()?;
    let wei = match fees {
        Some(fees) => {
            funds.terms = explicit(params, fees)?;
            funds.messages = fees.messages;
            funds.allocations = allocation::checked(params, &rates, first, &funds, fees)?;
            let work = funds.terms.work(&rates, first)?;
            match work.checked_add(fees.messages) {
                Some(needed) if needed <= offered => {}
                needed => {
                    let needed = needed.unwrap_or(U256::MAX);
                    return Err(Reject::FeesTooLow { offered, needed }.into());
                }
            }
            ledger::sub(offered, fees.messages)?
        }
        None => {
            (funds.terms, funds.messages) = default_terms(params, first, rotations)?;
            funds.terms.work(&rates, first)?
        }
    };
    funds.parts.push(Part {
        payer: envelope.signer(),
        wei,
    });
    Ok(Asked { value, funds })
}

/// Terms and message budget of a sender who names none.
pub(crate) fn default_terms(
    params: &Params,
    first: u32,
    rotations: u32,
) -> Result<(Terms, U256), ApplyError> {
    let terms = Terms {
        rotations: vec![rotations],
        execution: params.fees.execution_budget,
        ceiling: params.fees.headroom(params.fees.unit_price),
        storage_ceiling: params.fees.headroom(params.fees.storage_price),
        receipt_ceiling: params.fees.headroom(params.fees.receipt_price),
    };
    let one = terms.work(&params.fees.rates()?, first)?;
    let messages = times(one, U256::from(params.fees.messages))?;
    Ok((terms, messages))
}

/// Terms that the sender names.
fn explicit(params: &Params, fees: &FeeTerms) -> Result<Terms, Reject> {
    let ceilings = fees.ceilings;
    let terms = Terms {
        ceiling: limit(ceilings.unit),
        storage_ceiling: limit(ceilings.storage),
        receipt_ceiling: limit(ceilings.receipt),
        ..agreed(
            params,
            &MessageTerms {
                leader_units: fees.leader_units,
                validator_units: fees.validator_units,
                appeals: fees.appeals,
                execution: fees.execution,
                rotations: fees.rotations.clone(),
            },
        )?
    };
    match too_dear(&params.fees, &terms) {
        None => Ok(terms),
        Some(reject) => Err(reject),
    }
}

/// Terms of one transaction or message, without ceilings (`FEE-04`, `FEE-20`).
pub(super) fn agreed(params: &Params, asked: &MessageTerms) -> Result<Terms, Reject> {
    let (appeals, rounds) = (asked.appeals, asked.rotations.len());
    if appeals.checked_add(U256::ONE) != Some(U256::from(rounds)) || rounds > APPEALS_MAX {
        return Err(Reject::BadAppealRounds { appeals, rounds });
    }
    let (budget, floor) = (asked.execution, params.fees.execution_floor());
    if budget > BUDGET_MAX {
        return Err(Reject::BudgetTooHigh { budget });
    }
    if budget < floor {
        return Err(Reject::BudgetTooLow { budget, floor });
    }
    let (leader, validator) = (params.fees.leader_units, params.fees.validator_units);
    for (allotted, needed) in [
        (asked.leader_units, leader),
        (asked.validator_units, validator),
    ] {
        if !allotted.is_zero() && allotted < U256::from(needed) {
            return Err(Reject::TooFewUnits { allotted, needed });
        }
    }
    let rotations = asked.rotations.iter();
    Ok(Terms {
        rotations: rotations
            .map(|rotations| bounded(params, *rotations))
            .collect(),
        execution: budget,
        ..Terms::default()
    })
}

/// A ceiling that a sender names; zero is none.
fn limit(named: U256) -> U256 {
    if named.is_zero() { U256::MAX } else { named }
}

/// The first price that is above its ceiling (`FEE-21`).
pub(super) fn too_dear(fees: &FeeParams, terms: &Terms) -> Option<Reject> {
    let prices = [
        ("a time unit", fees.unit_price, terms.ceiling),
        (
            "a byte of storage",
            fees.storage_price,
            terms.storage_ceiling,
        ),
        (
            "a unit of gas of a receipt",
            fees.receipt_price,
            terms.receipt_ceiling,
        ),
    ];
    let above = prices
        .into_iter()
        .find(|(_, price, ceiling)| price > ceiling);
    above.map(|(what, price, ceiling)| Reject::PriceTooHigh {
        what,
        price,
        ceiling,
    })
}

/// Leader rounds of the longest ladder.
const APPEALS_MAX: usize = COMMITTEE_SIZES.len() / 2;

/// Largest budget of an attempt, wei: so large that nobody has it, so small that no sum of
/// attempts leaves its range.
const BUDGET_MAX: U256 = U256::from_limbs([u64::MAX, u64::MAX, 0, 0]);

fn bounded(params: &Params, rotations: U256) -> u32 {
    u32::try_from(rotations)
        .unwrap_or(u32::MAX)
        .min(params.rotations_max)
}

/// Will a committee be asked (`ROUND-08`)?
fn is_judged(
    state: &Overlay<'_>,
    envelope: &Envelope,
    submission: Option<&Submission>,
) -> Result<bool, ApplyError> {
    let to = match submission {
        None => envelope.to().unwrap_or_default(),
        Some(submission) => match &submission.data {
            TxData::Deploy { .. } => return Ok(true),
            TxData::Call { calldata } if !is_nameless(calldata) => return Ok(true),
            TxData::Call { .. } => submission.recipient,
        },
    };
    can_be_called(state, to)
}

/// Seats of the first committee of a record.
pub(super) fn first_seats(record: &TxRecord) -> u32 {
    if record.leader_only {
        1
    } else {
        record.validators_wanted
    }
}

/// Do its funds pay for all that its terms promise, at these rates?
pub(crate) fn is_covered(record: &TxRecord, rates: &Rates) -> Result<bool, ApplyError> {
    let work = record.funds.terms.work(rates, first_seats(record))?;
    Ok(record.funds.work() >= work)
}

impl Run<'_> {
    /// From its activation on a transaction is judged at these rates. Why it is not judged after
    /// all, if the price has become too high (`FEE-05`).
    pub(crate) fn lock_rates(&self, record: &mut TxRecord) -> Result<Option<String>, ApplyError> {
        if record.funds.rates.is_some() {
            return Ok(None);
        }
        let (fees, rates) = (&self.params.fees, self.params.fees.rates()?);
        record.funds.rates = Some(rates);
        if fees.is_gasless() {
            return Ok(None);
        }
        if let Some(reject) = too_dear(fees, &record.funds.terms) {
            return Ok(Some(reject.to_string()));
        }
        if !is_covered(record, &rates)? {
            return Ok(Some("its funds do not pay for its judging".into()));
        }
        Ok(None)
    }
}
