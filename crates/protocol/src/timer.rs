//! One timer per transaction, in a binary heap that lives in the state.
//!
//! # Invariants
//! - Place `i` is never later than places `2i + 1` and `2i + 2`; ties are ordered by transaction.
//! - A transaction has at most one timer; setting, moving and clearing it are O(log n) keys.

use crate::{
    apply::ApplyError,
    state::{Key, Overlay},
};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::B256;

/// When something is due for a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub(crate) struct Timer {
    pub(crate) due_ms: u64,
    pub(crate) tx: B256,
}

/// The earliest timer.
pub(crate) fn first(state: &Overlay<'_>) -> Result<Option<Timer>, ApplyError> {
    if count(state)? == 0 {
        return Ok(None);
    }
    at(state, 0).map(Some)
}

/// Number of running timers.
pub(crate) fn count(state: &Overlay<'_>) -> Result<u64, ApplyError> {
    Ok(state.load(&Key::timer_count())?.unwrap_or_default())
}

/// The timer at a place of the heap.
pub(crate) fn at(state: &Overlay<'_>, place: u64) -> Result<Timer, ApplyError> {
    state.expect(&Key::timer(place))
}

/// Starts or moves a transaction's timer.
pub(crate) fn set(state: &mut Overlay<'_>, tx: B256, due_ms: u64) -> Result<(), ApplyError> {
    let timer = Timer { due_ms, tx };
    let place = match state.load::<u64>(&Key::timer_of(tx))? {
        Some(place) => place,
        None => {
            let place = count(state)?;
            state.store(Key::timer_count(), &place.saturating_add(1));
            place
        }
    };
    put(state, place, timer);
    settle(state, place, timer)
}

/// Stops a transaction's timer, if it runs.
pub(crate) fn clear(state: &mut Overlay<'_>, tx: B256) -> Result<(), ApplyError> {
    let Some(place) = state.load::<u64>(&Key::timer_of(tx))? else {
        return Ok(());
    };
    let last = count(state)?.saturating_sub(1);
    let moved = at(state, last)?;
    state.store(Key::timer_count(), &last);
    state.remove(Key::timer(last));
    state.remove(Key::timer_of(tx));
    if place == last {
        return Ok(());
    }
    put(state, place, moved);
    settle(state, place, moved)
}

fn put(state: &mut Overlay<'_>, place: u64, timer: Timer) {
    state.store(Key::timer(place), &timer);
    state.store(Key::timer_of(timer.tx), &place);
}

/// Moves the timer at `place` up or down until the heap is in order.
fn settle(state: &mut Overlay<'_>, mut place: u64, timer: Timer) -> Result<(), ApplyError> {
    while place > 0 {
        let above = place.saturating_sub(1) / 2;
        let parent = at(state, above)?;
        if parent <= timer {
            break;
        }
        put(state, place, parent);
        put(state, above, timer);
        place = above;
    }
    let count = count(state)?;
    loop {
        let left = place.saturating_mul(2).saturating_add(1);
        let right = left.saturating_add(1);
        if left >= count {
            return Ok(());
        }
        let (mut below, mut child) = (left, at(state, left)?);
        if right < count {
            let other = at(state, right)?;
            if other < child {
                (below, child) = (right, other);
            }
        }
        if timer <= child {
            return Ok(());
        }
        put(state, place, child);
        put(state, below, timer);
        place = below;
    }
}
