//! Who may enter: checks of a signed transaction, with and without state.
//!
//! # Invariants
//! - `apply` includes a transaction exactly if `admit` says yes on the same state and time.
//!
//! # Not here
//! - Rate limits and pool order (`venire-node`).

use crate::{
    appeal,
    apply::ApplyError,
    fee,
    intake::is_nameless,
    ledger,
    params::Params,
    record::{Contract, Queue, TxRecord},
    stake,
    state::{Key, Overlay, Read},
};
use venire_types::{
    Address, B256, U256,
    envelope::{Action, Envelope, TxData},
    vote::Status,
};

pub(crate) use crate::reject::{AdmitError, Reject};

/// Checks that need no state (`ROUND-02`, `ROUND-03`): chain, size, sender, shape.
///
/// # Errors
/// [`Reject`].
pub fn precheck(params: &Params, envelope: &Envelope) -> Result<Action, Reject> {
    let bytes = envelope.raw().len();
    if u32::try_from(bytes).map_or(true, |bytes| bytes > params.tx_bytes_max) {
        return Err(Reject::TooLarge {
            bytes,
            limit: params.tx_bytes_max,
        });
    }
    if !params.accepts_chain(envelope.chain_id()) {
        return Err(Reject::WrongChain {
            got: envelope.chain_id(),
            chain: params.chain_id,
        });
    }
    let action = envelope.action()?;
    match &action {
        Action::Submit(_) | Action::Transfer { .. } | Action::Appeal { .. } | Action::TopUp(_) => {}
        Action::Stake(order) if order.is_payable() => {}
        Action::Finalize { .. }
        | Action::FinalizeIdle { .. }
        | Action::Cancel { .. }
        | Action::Stake(_) => {
            if !envelope.value().is_zero() {
                return Err(Reject::ValueNotAllowed);
            }
        }
    }
    Ok(action)
}

/// Everything that must hold for a signed transaction to enter the next block at `now_ms`.
///
/// # Errors
/// The [`Reject`], or what the state could not answer.
pub fn admit(
    params: &Params,
    state: &dyn Read,
    now_ms: u64,
    envelope: &Envelope,
) -> Result<(), AdmitError> {
    match check(params, &Overlay::new(state), now_ms, envelope)? {
        Action::Stake(order) => stake::admit(params, state, now_ms, envelope, &order),
        Action::Submit(_)
        | Action::Transfer { .. }
        | Action::Appeal { .. }
        | Action::TopUp(_)
        | Action::Finalize { .. }
        | Action::FinalizeIdle { .. }
        | Action::Cancel { .. } => Ok(()),
    }
}

/// [`admit`] over an overlay (`ROUND-04`): nonce, funds, and what the action needs.
pub(crate) fn check(
    params: &Params,
    state: &Overlay<'_>,
    now_ms: u64,
    envelope: &Envelope,
) -> Result<Action, AdmitError> {
    let action = precheck(params, envelope)?;
    let account = ledger::account(state, envelope.signer())?;
    let (expected, got) = (account.nonce, envelope.nonce());
    if got < expected {
        return Err(Reject::NonceTooLow { expected, got }.into());
    }
    if got > expected {
        return Err(Reject::NonceTooHigh { expected, got }.into());
    }
    let needed = match &action {
        Action::Submit(submission) => {
            fee::asked(params, state, envelope, Some(submission))?.total()
        }
        Action::Transfer { .. } => fee::asked(params, state, envelope, None)?.total(),
        Action::Appeal { .. }
        | Action::TopUp(_)
        | Action::Stake(_)
        | Action::Finalize { .. }
        | Action::FinalizeIdle { .. }
        | Action::Cancel { .. } => Some(envelope.value()),
    };
    let balance = account.balance;
    if needed.is_none_or(|needed| needed > balance) {
        let needed = needed.unwrap_or(U256::MAX);
        return Err(Reject::InsufficientFunds { balance, needed }.into());
    }
    match &action {
        Action::Submit(submission) => {
            if let Some(until_ms) = until_ms(submission.valid_until)
                && until_ms < now_ms
            {
                return Err(Reject::Expired { until_ms, now_ms }.into());
            }
            if let TxData::Call { calldata } = &submission.data {
                let address = submission.recipient;
                if !is_nameless(calldata) && !can_be_called(state, address)? {
                    return Err(Reject::ContractNotFound { address }.into());
                }
            }
        }
        // What staking asks for is seen when it is tried.
        Action::Transfer { .. } | Action::FinalizeIdle { .. } | Action::Stake(_) => {}
        Action::TopUp(top_up) => {
            fee::check_top_up(params, state, top_up, envelope)?;
        }
        Action::Appeal { tx } => {
            let (appellant, offered) = (envelope.signer(), envelope.value());
            appeal::check(params, state, now_ms, (*tx, appellant, offered))?;
        }
        Action::Finalize { tx } => {
            let record = known(state, *tx)?;
            let due = record.window_closed || record.status == Status::Finalized;
            if !due {
                return Err(Reject::NotFinalizable {
                    status: record.status,
                }
                .into());
            }
        }
        Action::Cancel { tx } => {
            check_cancel(state, *tx, envelope.signer())?;
        }
    }
    Ok(action)
}

/// May `signer` withdraw `tx` (`ROUND-31`)?
pub(crate) fn check_cancel(
    state: &Overlay<'_>,
    tx: B256,
    signer: Address,
) -> Result<TxRecord, AdmitError> {
    let record = known(state, tx)?;
    if record.sender != signer || record.triggered_by.is_some() {
        return Err(Reject::NotSender { signer }.into());
    }
    // One that is judged anew was activated before.
    if record.status != Status::Pending || !record.rounds.is_empty() {
        return Err(Reject::NotPending {
            status: record.status,
        }
        .into());
    }
    Ok(record)
}

/// A time limit in seconds as milliseconds; one that does not fit never comes.
pub(crate) fn until_ms(seconds: Option<U256>) -> Option<u64> {
    u64::try_from(seconds?).ok()?.checked_mul(1000)
}

pub(crate) fn known(state: &Overlay<'_>, tx: B256) -> Result<TxRecord, AdmitError> {
    Ok(state
        .load(&Key::tx(tx))?
        .ok_or(Reject::UnknownTransaction { tx })?)
}

/// There is a contract, or something that may become one is on its way.
pub(crate) fn can_be_called(state: &Overlay<'_>, address: Address) -> Result<bool, ApplyError> {
    if state.load::<Contract>(&Key::contract(address))?.is_some() {
        return Ok(true);
    }
    let queue: Queue = state.load(&Key::queue(address))?.unwrap_or_default();
    Ok(queue.is_waiting())
}
