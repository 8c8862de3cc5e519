//! Takes deposits when transactions are created, locks their rates, funds their messages.
//!
//! # Invariants
//! - `admit` and `apply` ask for the same deposit, because both call [`asked`].
//! - Money moves between a parent and its messages, and from payers to records; none is lost.

use super::{Funds, Part, Rates, Terms, params::times, settle::stored, verdict::receipt};
use crate::{
    admit::{AdmitError, Reject, can_be_called},
    apply::{ApplyError, Run},
    intake::{Draft, is_nameless},
    ledger,
    params::{COMMITTEE_SIZES, Params},
    record::TxRecord,
    state::Overlay,
};
use alloc::{vec, vec::Vec};
use venire_types::{
    U256,
    envelope::{Envelope, FeeTerms, Submission, TxData},
    jury::Payload,
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
        ceiling: params.fees.headroom(),
    };
    let one = terms.work(&params.fees.rates()?, first)?;
    let messages = times(one, U256::from(params.fees.messages))?;
    Ok((terms, messages))
}

/// Terms that the sender names.
fn explicit(params: &Params, fees: &FeeTerms) -> Result<Terms, Reject> {
    let (appeals, rounds) = (fees.appeals, fees.rotations.len());
    if appeals.checked_add(U256::ONE) != Some(U256::from(rounds)) || rounds > APPEALS_MAX {
        return Err(Reject::BadAppealRounds { appeals, rounds });
    }
    let (budget, floor) = (fees.execution, params.fees.execution_floor());
    if budget > BUDGET_MAX {
        return Err(Reject::BudgetTooHigh { budget });
    }
    if budget < floor {
        return Err(Reject::BudgetTooLow { budget, floor });
    }
    let ceiling = if fees.price_max.is_zero() {
        U256::MAX
    } else {
        fees.price_max
    };
    let price = params.fees.unit_price;
    if price > ceiling {
        return Err(Reject::PriceTooHigh { price, ceiling });
    }
    Ok(Terms {
        rotations: fees
            .rotations
            .iter()
            .map(|rotations| bounded(params, *rotations))
            .collect(),
        execution: budget,
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
fn first_seats(record: &TxRecord) -> u32 {
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
    pub(crate) fn lock_rates(
        &self,
        record: &mut TxRecord,
    ) -> Result<Option<&'static str>, ApplyError> {
        if record.funds.rates.is_some() {
            return Ok(None);
        }
        let (fees, rates) = (&self.params.fees, self.params.fees.rates()?);
        record.funds.rates = Some(rates);
        if fees.is_gasless() {
            return Ok(None);
        }
        if fees.unit_price > record.funds.terms.ceiling {
            return Ok(Some("a time unit costs more than its sender pays"));
        }
        if !is_covered(record, &rates)? {
            return Ok(Some("its funds do not pay for its judging"));
        }
        Ok(None)
    }

    /// Why a result is a failure for lack of money, if it is (`FEE-10`, `FEE-15`).
    pub(crate) fn unfunded(
        &self,
        record: &TxRecord,
        payload: &Payload,
    ) -> Result<Option<&'static str>, ApplyError> {
        let Some(rates) = record
            .funds
            .rates
            .filter(|rates| *rates != Rates::default())
        else {
            return Ok(None);
        };
        let pages = u32::try_from(payload.delta.len()).unwrap_or(u32::MAX);
        let storage = times(rates.storage, stored(pages))?;
        let attempt = record.proposal_round().and_then(|at| record.rounds.get(at));
        let terms = &record.funds.terms;
        let receipt = attempt.map(|round| receipt(round, &rates, terms));
        let execution = ledger::add(storage, receipt.unwrap_or_default())?;
        if execution > terms.execution {
            return Ok(Some("fee execution"));
        }
        let messages = U256::from(self.judged(payload.emissions.iter())?);
        let needed = times(messages, self.message_deposit(record)?)?;
        let mut available = record.funds.messages;
        for child in self.held(record)? {
            available = ledger::add(available, child.funds.held())?;
        }
        Ok((needed > available).then_some("fee messages"))
    }

    /// Wei that the judging of one message of this transaction needs.
    fn message_deposit(&self, parent: &TxRecord) -> Result<U256, ApplyError> {
        let terms = message_terms(parent);
        terms.work(&self.params.fees.rates()?, first_seats(parent))
    }

    /// Funds of a message: an equal part of what its parent has left for the `unfunded` messages
    /// that need any (`FEE-15`).
    pub(crate) fn fund_message(
        &self,
        parent: &mut TxRecord,
        unfunded: u64,
    ) -> Result<Funds, ApplyError> {
        let mut funds = Funds {
            depositor: parent.funds.depositor,
            ..Funds::default()
        };
        if self.params.fees.is_gasless() {
            return Ok(funds);
        }
        let left = parent.funds.messages;
        let share = left.checked_div(U256::from(unfunded)).unwrap_or(left);
        parent.funds.messages = ledger::sub(left, share)?;
        let wei = self.message_deposit(parent)?.min(share);
        funds.terms = message_terms(parent);
        funds.messages = ledger::sub(share, wei)?;
        funds.parts.push(Part {
            payer: funds.depositor,
            wei,
        });
        Ok(funds)
    }

    /// A message that ends before it was judged returns its funds to its parent.
    pub(crate) fn take_funds_back(
        &mut self,
        parent: &mut TxRecord,
        child: &mut TxRecord,
    ) -> Result<(), ApplyError> {
        if child.funds.settled {
            return Ok(());
        }
        let own = |part: &Part| part.payer == child.funds.depositor;
        let (own, others): (Vec<Part>, Vec<Part>) =
            child.funds.parts.iter().copied().partition(own);
        for part in own {
            parent.funds.messages = ledger::add(parent.funds.messages, part.wei)?;
        }
        parent.funds.messages = ledger::add(parent.funds.messages, child.funds.messages)?;
        child.funds.parts = others;
        child.funds.messages = U256::ZERO;
        self.give_back(child)
    }
}

/// A message is judged like its parent at first, without funded appeals.
fn message_terms(parent: &TxRecord) -> Terms {
    Terms {
        rotations: vec![parent.rotations_at(0)],
        execution: parent.funds.terms.execution,
        ceiling: parent.funds.terms.ceiling,
    }
}
