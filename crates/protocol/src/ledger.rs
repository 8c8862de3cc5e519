//! Balances and pages in the two exact views.
//!
//! # Invariants
//! - The accepted view is the finalised one plus what open transactions of the same contract add
//!   and take, so undoing or finalising one transaction needs only its own delta.
//! - No amount ever wraps.

use crate::{
    apply::ApplyError,
    record::Account,
    state::{Broken, Key, Overlay},
};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{
    Address, B256, U256,
    storage::{PAGE, PageKey, StateView},
};

/// What accepted, not yet final transactions did to a contract's balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct OpenBalance {
    pub(crate) added: U256,
    pub(crate) taken: U256,
}

/// Newest accepted bytes of a page and the transaction that wrote them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct OpenPage {
    pub(crate) bytes: [u8; PAGE],
    pub(crate) writer: B256,
}

pub(crate) fn account(state: &Overlay<'_>, address: Address) -> Result<Account, ApplyError> {
    Ok(state.load(&Key::account(address))?.unwrap_or_default())
}

pub(crate) fn accepted_balance(state: &Overlay<'_>, address: Address) -> Result<U256, ApplyError> {
    let open = open_balance(state, address)?;
    add(account(state, address)?.balance, open.added)?
        .checked_sub(open.taken)
        .ok_or_else(|| out_of_range("accepted balance"))
}

pub(crate) fn credit(
    state: &mut Overlay<'_>,
    address: Address,
    amount: U256,
) -> Result<(), ApplyError> {
    if amount.is_zero() {
        return Ok(());
    }
    let mut account = account(state, address)?;
    account.balance = add(account.balance, amount)?;
    state.store(Key::account(address), &account);
    Ok(())
}

/// Takes from an account what it has.
pub(crate) fn debit(
    state: &mut Overlay<'_>,
    address: Address,
    amount: U256,
) -> Result<(), ApplyError> {
    let mut account = account(state, address)?;
    account.balance = sub(account.balance, amount)?;
    state.store(Key::account(address), &account);
    Ok(())
}

/// Moves an open transaction's effect on a contract's balance into the accepted view.
pub(crate) fn open_delta(
    state: &mut Overlay<'_>,
    address: Address,
    added: U256,
    taken: U256,
) -> Result<(), ApplyError> {
    let open = open_balance(state, address)?;
    let open = OpenBalance {
        added: add(open.added, added)?,
        taken: add(open.taken, taken)?,
    };
    state.store(Key::open_balance(address), &open);
    Ok(())
}

/// Moves an open transaction's effect on a contract's balance from the accepted view into the
/// finalised one.
pub(crate) fn close_delta(
    state: &mut Overlay<'_>,
    address: Address,
    added: U256,
    taken: U256,
) -> Result<(), ApplyError> {
    undo_delta(state, address, added, taken)?;
    let mut account = account(state, address)?;
    account.balance = sub(add(account.balance, added)?, taken)?;
    state.store(Key::account(address), &account);
    Ok(())
}

/// Takes an open transaction's effect on a contract's balance out of the accepted view.
pub(crate) fn undo_delta(
    state: &mut Overlay<'_>,
    address: Address,
    added: U256,
    taken: U256,
) -> Result<(), ApplyError> {
    let open = open_balance(state, address)?;
    let open = OpenBalance {
        added: sub(open.added, added)?,
        taken: sub(open.taken, taken)?,
    };
    if open == OpenBalance::default() {
        state.remove(Key::open_balance(address));
    } else {
        state.store(Key::open_balance(address), &open);
    }
    Ok(())
}

pub(crate) fn page(
    state: &Overlay<'_>,
    page: &PageKey,
    view: StateView,
) -> Result<[u8; PAGE], ApplyError> {
    if view == StateView::Accepted
        && let Some(open) = state.load::<OpenPage>(&Key::open_page(page))?
    {
        return Ok(open.bytes);
    }
    let key = Key::page(page);
    match state.raw(&key)? {
        None => Ok([0; PAGE]),
        Some(bytes) => bytes
            .first_chunk::<PAGE>()
            .copied()
            .ok_or_else(|| Broken::Undecodable { key }.into()),
    }
}

/// Makes a page visible in the accepted view.
pub(crate) fn open_page(state: &mut Overlay<'_>, page: &PageKey, bytes: [u8; PAGE], writer: B256) {
    state.store(Key::open_page(page), &OpenPage { bytes, writer });
}

/// Makes a page irrevocable; the accepted view keeps what later transactions wrote.
pub(crate) fn close_page(
    state: &mut Overlay<'_>,
    page: &PageKey,
    bytes: [u8; PAGE],
    writer: B256,
) -> Result<(), ApplyError> {
    if bytes == [0; PAGE] {
        state.remove(Key::page(page));
    } else {
        state.store_raw(Key::page(page), bytes.to_vec().into());
    }
    let open: OpenPage = state.expect(&Key::open_page(page))?;
    if open.writer == writer {
        state.remove(Key::open_page(page));
    }
    Ok(())
}

pub(crate) fn add(left: U256, right: U256) -> Result<U256, ApplyError> {
    left.checked_add(right)
        .ok_or_else(|| out_of_range("amount"))
}

pub(crate) fn sub(left: U256, right: U256) -> Result<U256, ApplyError> {
    left.checked_sub(right)
        .ok_or_else(|| out_of_range("amount"))
}

fn open_balance(state: &Overlay<'_>, address: Address) -> Result<OpenBalance, ApplyError> {
    Ok(state.load(&Key::open_balance(address))?.unwrap_or_default())
}

fn out_of_range(what: &'static str) -> ApplyError {
    Broken::Range { what }.into()
}
