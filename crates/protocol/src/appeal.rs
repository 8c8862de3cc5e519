//! Who may appeal against a decision, when, how large the committee would be, and what it costs.
//!
//! # Invariants
//! - Reading only: `apply` files exactly what this says may be filed.
//!
//! # Not here
//! - Judging (`round`), prices (`fee`), what an overturned decision takes back (`undo`).

use crate::{
    admit::{AdmitError, Reject},
    fee::{self, Quote},
    ledger,
    params::{Params, ladder},
    record::{AppealKind, TxRecord, Validator},
    state::{Key, Overlay},
};
use venire_types::{Address, B256, U256, vote::Status};

/// An appeal that may be filed now.
#[derive(Clone, Debug)]
pub(crate) struct Filing {
    pub(crate) record: TxRecord,
    pub(crate) kind: AppealKind,
    /// Place of its first round on the ladder.
    pub(crate) number: u32,
    /// Fresh members that it adds.
    pub(crate) seats: u32,
    /// What it costs.
    pub(crate) quote: Quote,
    /// Who posts the charge.
    pub(crate) payer: Address,
}

/// May `appellant` object to `tx` at `now_ms` with `offered` wei (`APPEAL-01` to `APPEAL-05`)?
pub(crate) fn check(
    params: &Params,
    state: &Overlay<'_>,
    now_ms: u64,
    (tx, appellant, offered): (B256, Address, U256),
) -> Result<Filing, AdmitError> {
    let record: TxRecord = state
        .load(&Key::tx(tx))?
        .ok_or(Reject::UnknownTransaction { tx })?;
    let active: alloc::vec::Vec<Validator> = state.load(&Key::validators())?.unwrap_or_default();
    let (kind, number, seats) = plan(&record, &active, now_ms)?;
    if is_judge(&record, appellant) {
        return Err(Reject::JudgeAppeals { signer: appellant }.into());
    }
    let quote = fee::quote(params, &record, kind, (number, seats))?;
    let charge = quote.charge()?;
    let payer = match params.fees.sponsor {
        Some(sponsor) if offered < charge => sponsor,
        Some(_) | None => appellant,
    };
    if payer == appellant && offered < charge {
        let (bond, funding) = (quote.bond, quote.funding);
        return Err(Reject::BondTooLow {
            offered,
            bond,
            funding,
        }
        .into());
    }
    let balance = ledger::account(state, payer)?.balance;
    if balance < charge {
        let needed = charge;
        return Err(Reject::InsufficientFunds { balance, needed }.into());
    }
    Ok(Filing {
        record,
        kind,
        number,
        seats,
        quote,
        payer,
    })
}

/// Which appeal a decision is open to: its kind, its place on the ladder, the fresh members
/// (`APPEAL-02` to `APPEAL-04`).
pub(crate) fn plan(
    record: &TxRecord,
    active: &[Validator],
    now_ms: u64,
) -> Result<(AppealKind, u32, u32), Reject> {
    let status = record.status;
    let kind = match status {
        Status::Accepted | Status::ValidatorsTimeout => AppealKind::Validators,
        Status::Undetermined => AppealKind::Leader,
        Status::LeaderTimeout => AppealKind::LeaderTimeout,
        // APPEAL-02: one at a time.
        Status::AppealCommitting | Status::AppealRevealing => return Err(Reject::AppealPending),
        Status::Finalized | Status::Canceled | Status::ReadyToFinalize => {
            return Err(Reject::AppealTooLate { status });
        }
        Status::Uninitialized
        | Status::Pending
        | Status::Proposing
        | Status::Committing
        | Status::Revealing => return Err(Reject::AppealTooEarly { status }),
    };
    let last = record.round().filter(|_| !record.leader_only);
    let Some(last) = last else {
        return Err(Reject::NotJudged);
    };
    let is_open = record.final_at_ms.is_some_and(|until| now_ms < until);
    if record.window_closed || !is_open {
        return Err(Reject::AppealTooLate { status });
    }
    let number = match kind {
        AppealKind::Validators => last.number.saturating_add(1) | 1,
        AppealKind::Leader | AppealKind::LeaderTimeout => (last.number | 1).saturating_add(1),
    };
    let wanted = match kind {
        AppealKind::Validators => size(record, number),
        AppealKind::Leader | AppealKind::LeaderTimeout => {
            let carried = last.seats.len().saturating_sub(1);
            size(record, number).saturating_sub(u32::try_from(carried).unwrap_or(u32::MAX))
        }
    };
    // APPEAL-04: at least one that has not judged yet.
    let used = record.used();
    let fresh = active
        .iter()
        .filter(|validator| !used.contains(&validator.address))
        .count();
    match u32::try_from(fresh).unwrap_or(u32::MAX).min(wanted) {
        0 => Err(Reject::NoFreshSeat),
        seats => Ok((kind, number, seats)),
    }
}

/// Seats of the round with this number: the ladder from where the sender's wish stands on it
/// (`APPEAL-03`).
pub(crate) fn size(record: &TxRecord, number: u32) -> u32 {
    ladder(record.validators_wanted, number)
}

/// Who judged does not object: a judge's objection is its vote.
fn is_judge(record: &TxRecord, signer: Address) -> bool {
    let rounds = record.rounds.iter().filter(|round| !round.superseded);
    let mut seats = rounds.flat_map(|round| &round.seats);
    seats.any(|seat| seat.operator == signer || seat.validator == signer)
}
