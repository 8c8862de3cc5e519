//! Typed readers of the state, in both exact views.
//!
//! # Invariants
//! - `Finalized` never changes its mind; `Accepted` is `Finalized` plus every decided transaction
//!   in slot order.
//!
//! # Not here
//! - JSON (`venire-api`), history that is not state (`venire-observer`).

use crate::{
    admit::Reject,
    appeal,
    apply::{ApplyError, Run},
    block::{DutyKind, Effect},
    fee::{self, Quote, Terms},
    ledger,
    params::Params,
    record::{
        Account, Body, CodeState, Contract, Globals, Nondet, Queue, Seat, TxRecord, Validator,
    },
    stake::EPOCH_TIMER,
    state::{Delta, Key, Overlay, Read, Value},
    timer,
    tribunal::{Tribunal, TribunalPhase},
};
use alloc::{sync::Arc, vec::Vec};
use venire_types::{
    Address, B256, U256,
    emission::On,
    jury::Payload,
    storage::{PAGE, PageKey, StateView},
    vote::Status,
};

/// Chain-wide figures.
///
/// # Errors
/// As for every reader here: `Missing` when a key is not loaded, `Broken` when it does not decode.
pub fn globals(state: &dyn Read) -> Result<Globals, ApplyError> {
    Ok(Overlay::new(state)
        .load(&Key::globals())?
        .unwrap_or_default())
}

/// The active set.
///
/// # Errors
/// See [`globals`].
pub fn validators(state: &dyn Read) -> Result<Vec<Validator>, ApplyError> {
    Ok(Overlay::new(state)
        .load(&Key::validators())?
        .unwrap_or_default())
}

/// Nonce and irrevocable balance.
///
/// # Errors
/// See [`globals`].
pub fn account(state: &dyn Read, address: Address) -> Result<Account, ApplyError> {
    ledger::account(&Overlay::new(state), address)
}

/// Balance in one of the two views.
///
/// # Errors
/// See [`globals`].
pub fn balance(state: &dyn Read, address: Address, view: StateView) -> Result<U256, ApplyError> {
    let state = Overlay::new(state);
    match view {
        StateView::Finalized => Ok(ledger::account(&state, address)?.balance),
        StateView::Accepted => ledger::accepted_balance(&state, address),
    }
}

/// The contract at an address, if its deploy is in the view.
///
/// # Errors
/// See [`globals`].
pub fn contract(
    state: &dyn Read,
    address: Address,
    view: StateView,
) -> Result<Option<Contract>, ApplyError> {
    let contract: Option<Contract> = Overlay::new(state).load(&Key::contract(address))?;
    Ok(contract
        .filter(|contract| view == StateView::Accepted || contract.state == CodeState::Finalized))
}

/// Code of a contract, if its deploy is in the view.
///
/// # Errors
/// See [`globals`].
pub fn code(
    state: &dyn Read,
    address: Address,
    view: StateView,
) -> Result<Option<Value>, ApplyError> {
    match contract(state, address, view)? {
        Some(_) => Overlay::new(state).raw(&Key::code(address)),
        None => Ok(None),
    }
}

/// One page of contract storage; zeros when absent.
///
/// # Errors
/// See [`globals`].
pub fn page(state: &dyn Read, page: &PageKey, view: StateView) -> Result<[u8; PAGE], ApplyError> {
    ledger::page(&Overlay::new(state), page, view)
}

/// Record of a transaction.
///
/// # Errors
/// See [`globals`].
pub fn tx(state: &dyn Read, id: B256) -> Result<Option<TxRecord>, ApplyError> {
    Overlay::new(state).load(&Key::tx(id))
}

/// Calldata and code of a transaction.
///
/// # Errors
/// See [`globals`].
pub fn body(state: &dyn Read, id: B256) -> Result<Option<Body>, ApplyError> {
    Overlay::new(state).load(&Key::body(id))
}

/// The agreed result of a transaction, once accepted.
///
/// # Errors
/// See [`globals`].
pub fn payload(state: &dyn Read, id: B256) -> Result<Option<Payload>, ApplyError> {
    Overlay::new(state).load(&Key::payload(id))
}

/// The leader's recorded answers in one round; empty before the proposal.
///
/// # Errors
/// See [`globals`].
pub fn nondet(state: &dyn Read, id: B256, round: u32) -> Result<Nondet, ApplyError> {
    Ok(Overlay::new(state)
        .load(&Key::nondet(id, round))?
        .unwrap_or_default())
}

/// What an appeal against a decision would cost at `now_ms`, what it would pay to win, or why none
/// can be filed (`FEE-11`).
///
/// # Errors
/// See [`globals`].
pub fn appeal_quote(
    params: &Params,
    state: &dyn Read,
    now_ms: u64,
    id: B256,
) -> Result<Result<Quote, Reject>, ApplyError> {
    let Some(record) = tx(state, id)? else {
        return Ok(Err(Reject::UnknownTransaction { tx: id }));
    };
    match appeal::plan(&record, &validators(state)?, now_ms) {
        Ok((kind, number, seats)) => fee::quote(params, &record, kind, (number, seats)).map(Ok),
        Err(reject) => Ok(Err(reject)),
    }
}

/// Wei that a transaction on these terms takes from its sender at present, without its value and
/// its message budget (`FEE-02`); `seats` is its first committee's size.
///
/// # Errors
/// `Broken` when it exceeds every amount there is.
pub fn required_deposit(params: &Params, seats: u32, terms: &Terms) -> Result<U256, ApplyError> {
    terms.work(&params.fees.rates()?, seats)
}

/// Terms, and message budget in wei, of a sender who names none (`FEE-03`).
///
/// # Errors
/// `Broken` when the budget exceeds every amount there is.
pub fn default_terms(
    params: &Params,
    seats: u32,
    rotations: u32,
) -> Result<(Terms, U256), ApplyError> {
    fee::default_terms(params, seats, rotations)
}

/// Cursors of an address' queue.
///
/// # Errors
/// See [`globals`].
pub fn queue(state: &dyn Read, address: Address) -> Result<Queue, ApplyError> {
    Ok(Overlay::new(state)
        .load(&Key::queue(address))?
        .unwrap_or_default())
}

/// The transaction in a slot of an address' queue that is not final yet.
///
/// # Errors
/// See [`globals`].
pub fn queue_slot(
    state: &dyn Read,
    address: Address,
    slot: u64,
) -> Result<Option<B256>, ApplyError> {
    Overlay::new(state).load(&Key::queue_slot(address, slot))
}

/// What changes in the accepted view when a decided transaction and all that follows from it are
/// thought away: the state that an appeal committee executes on. Nothing if it is not decided.
///
/// # Errors
/// See [`globals`].
pub fn before(params: &Params, state: &dyn Read, id: B256) -> Result<Delta, ApplyError> {
    Run::imagine(params, state)?.without(id)
}

/// Whether a transaction can become final, and what it waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Finality {
    /// It is final, or the next block makes it so.
    pub due: bool,
    /// When its contest window closes, milliseconds; `None` while nothing is decided.
    pub window_ends_ms: Option<u64>,
    /// The earlier transaction of its queue, or the parent, that has to be final before.
    pub waits_for: Option<B256>,
}

/// How far a transaction is from being final at `now_ms` (`ROUND-29`); `None` for no transaction.
///
/// # Errors
/// See [`globals`].
pub fn finality(state: &dyn Read, id: B256, now_ms: u64) -> Result<Option<Finality>, ApplyError> {
    let Some(record) = tx(state, id)? else {
        return Ok(None);
    };
    let closed = record.window_closed || record.final_at_ms.is_some_and(|end| end <= now_ms);
    let mut waits_for = None;
    if let Some((parent, On::Accepted)) = record.triggered_by {
        let parent = tx(state, parent)?;
        let open = parent.filter(|parent| parent.status != Status::Finalized);
        waits_for = open.map(|parent| parent.id);
    }
    if let Some(slot) = record.slot.filter(|_| !record.is_closed()) {
        let first = queue(state, record.recipient)?.finalized;
        if first < slot {
            waits_for = queue_slot(state, record.recipient, first)?;
        }
    }
    let ready = record.is_decided() && closed && waits_for.is_none();
    Ok(Some(Finality {
        due: ready || record.status == Status::Finalized,
        window_ends_ms: record.final_at_ms,
        waits_for,
    }))
}

/// When the next block is needed even if nothing happens: a phase or a window ends.
///
/// # Errors
/// See [`globals`].
pub fn next_deadline(state: &dyn Read) -> Result<Option<u64>, ApplyError> {
    Ok(timer::first(&Overlay::new(state))?.map(|timer| timer.due_ms))
}

/// A tribunal; [`Tribunal::id_of`] names the one about a round.
///
/// # Errors
/// See [`globals`].
pub fn tribunal(state: &dyn Read, id: B256) -> Result<Option<Tribunal>, ApplyError> {
    Overlay::new(state).load(&Key::tribunal(id))
}

/// Tribunals about the rounds of a transaction, oldest round first.
///
/// # Errors
/// See [`globals`].
pub fn tribunals(state: &dyn Read, tx: B256) -> Result<Vec<Tribunal>, ApplyError> {
    let rounds = self::tx(state, tx)?.map_or(0, |record| record.rounds.len());
    let mut found = Vec::new();
    for round in 0..u32::try_from(rounds).unwrap_or(u32::MAX) {
        found.extend(tribunal(state, Tribunal::id_of(tx, round))?);
    }
    Ok(found)
}

/// Tribunals that are open, about transactions of this epoch: it waits for them (`TRIBUNAL-15`).
///
/// # Errors
/// See [`globals`].
pub fn pending_tribunals(state: &dyn Read, epoch: u64) -> Result<Vec<Tribunal>, ApplyError> {
    let mut pending = Vec::new();
    for id in open(state)? {
        pending.extend(tribunal(state, id)?.filter(|tribunal| tribunal.epoch == epoch));
    }
    Ok(pending)
}

/// Transactions that are being judged or can be contested, and tribunals that are open, in no
/// particular order.
///
/// # Errors
/// See [`globals`].
pub fn open(state: &dyn Read) -> Result<Vec<B256>, ApplyError> {
    let state = Overlay::new(state);
    let count = timer::count(&state)?;
    let mut open = Vec::new();
    for place in 0..count {
        let tx = timer::at(&state, place)?.tx;
        if tx != EPOCH_TIMER {
            open.push(tx);
        }
    }
    Ok(open)
}

/// Duties of a transaction or tribunal that are not fulfilled yet: what a restarted node must resume.
///
/// # Errors
/// See [`globals`].
pub fn duties(state: &dyn Read, id: B256) -> Result<Vec<Effect>, ApplyError> {
    let Some(record) = tx(state, id)? else {
        let tribunal = tribunal(state, id)?;
        return tribunal.map_or(Ok(Vec::new()), |tribunal| tribunal_duties(state, &tribunal));
    };
    let (Some(round), Some(index)) = (record.round(), record.round_index()) else {
        return Ok(Vec::new());
    };
    let duty = |operator, kind| Effect::Duty {
        tx: id,
        round: index,
        operator,
        deadline_ms: round.deadline_ms,
        kind,
    };
    let seats = round.seats.iter();
    Ok(match record.status {
        Status::Proposing => round
            .leader_seat()
            .map(|leader| duty(leader.operator, DutyKind::Lead))
            .into_iter()
            .collect(),
        Status::Committing | Status::AppealCommitting => {
            let nondet = Arc::new(nondet(state, id, round.judges.unwrap_or(index))?);
            seats
                .filter(|seat| seat.commit.is_none())
                .map(|seat| {
                    duty(
                        seat.operator,
                        DutyKind::Judge {
                            nondet: nondet.clone(),
                        },
                    )
                })
                .collect()
        }
        Status::Revealing | Status::AppealRevealing => seats
            .filter(|seat| seat.commit.is_some() && seat.revealed_ms.is_none())
            .map(|seat| duty(seat.operator, DutyKind::Reveal))
            .collect(),
        Status::Uninitialized
        | Status::Pending
        | Status::Accepted
        | Status::Undetermined
        | Status::Finalized
        | Status::Canceled
        | Status::ReadyToFinalize
        | Status::ValidatorsTimeout
        | Status::LeaderTimeout => Vec::new(),
    })
}

fn tribunal_duties(state: &dyn Read, tribunal: &Tribunal) -> Result<Vec<Effect>, ApplyError> {
    let duty = |seat: &Seat, kind| Effect::Duty {
        tx: tribunal.id,
        round: 0,
        operator: seat.operator,
        deadline_ms: tribunal.deadline_ms,
        kind,
    };
    let seats = tribunal.seats.iter();
    Ok(match tribunal.phase {
        TribunalPhase::Committing => {
            let nondet = Arc::new(nondet(state, tribunal.tx, tribunal.round)?);
            seats
                .filter(|seat| seat.commit.is_none())
                .map(|seat| {
                    let kind = DutyKind::Verify {
                        tx: tribunal.tx,
                        round: tribunal.round,
                        result_hash: tribunal.result_hash,
                        nondet: nondet.clone(),
                    };
                    duty(seat, kind)
                })
                .collect()
        }
        TribunalPhase::Revealing => seats
            .filter(|seat| seat.commit.is_some() && seat.revealed_ms.is_none())
            .map(|seat| duty(seat, DutyKind::Reveal))
            .collect(),
        TribunalPhase::Closed => Vec::new(),
    })
}
