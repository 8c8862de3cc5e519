//! Sorted maps: `TreeMap` operations in one call each, instead of one call a node.
//!
//! # Invariants
//! - Each access the walk makes costs what the same access from inside the sandbox costs, less the
//!   crossing: a map that is deeper, or has longer keys, costs more.

use super::{
    Caller, Failure, answer,
    storage::{Cells, MAX_TRANSFER, slot_id},
};
use crate::{
    session::Vm,
    stop::errno,
    storage::tree::{self, Entry, Form, Order, Place, Scan},
};
use wasmtime::{Result as Linked, component::LinkerInstance};

/// Most nodes one scan returns.
const MAX_SCAN: u32 = 1024;
/// Fewest bytes that are charged for each entry a scan returns.
const ENTRY: usize = 64;

/// Bits of a scan's mode.
const AFTER: u8 = 1;
const DESCENDING: u8 = 2;

/// Where a map is: slot, offset, number of the order of its keys, inline bytes of a value.
type At<'a> = (&'a [u8], u32, u8, u32);

fn place((slot, offset, order, value): At<'_>) -> Result<Place, Failure> {
    if value > MAX_TRANSFER {
        return Err(Failure::Errno(errno::OVERFLOW));
    }
    Ok(Place {
        slot: slot_id(slot)?,
        offset,
        order: Order::from_number(order).ok_or(Failure::Errno(errno::INVAL))?,
        value,
    })
}

/// 0 inline, 1 blob, 2 left alone.
fn form(number: u8) -> Result<Form, Failure> {
    match number {
        0 => Ok(Form::Inline),
        1 => Ok(Form::Blob),
        2 => Ok(Form::Skip),
        _ => Err(Failure::Errno(errno::INVAL)),
    }
}

/// Defines the map functions.
pub(super) fn add(host: &mut LinkerInstance<'_, Vm>) -> Linked<()> {
    type Key = (Vec<u8>, u32, u8, u32, Vec<u8>);
    type Get = (Vec<u8>, u32, u8, u32, Vec<u8>, u8);
    type Put = (Vec<u8>, u32, u8, u32, Vec<u8>, u8, Vec<u8>);
    type Part = (Vec<u8>, u32, u8, u32, Option<Vec<u8>>, u32, u8, u8, u32);
    host.func_wrap(
        "map-find",
        |store: Caller<'_>, (slot, o, k, v, key): Key| answer(find(store, (&slot, o, k, v), &key)),
    )?;
    host.func_wrap(
        "map-get",
        |store: Caller<'_>, (slot, o, k, v, key, form): Get| {
            answer(get(store, (&slot, o, k, v), &key, form))
        },
    )?;
    host.func_wrap(
        "map-put",
        |store: Caller<'_>, (slot, o, k, v, key, form, value): Put| {
            answer(put(store, (&slot, o, k, v), &key, (form, &value)))
        },
    )?;
    host.func_wrap(
        "map-insert",
        |store: Caller<'_>, (slot, o, k, v, key): Key| {
            answer(insert(store, (&slot, o, k, v), &key))
        },
    )?;
    host.func_wrap(
        "map-remove",
        |store: Caller<'_>, (slot, o, k, v, key): Key| {
            answer(remove(store, (&slot, o, k, v), &key))
        },
    )?;
    host.func_wrap(
        "map-scan",
        |store: Caller<'_>, (slot, o, k, v, from, size, mode, form, limit): Part| {
            let how = (size, mode, form, limit);
            answer(scan(store, (&slot, o, k, v), from.as_deref(), how))
        },
    )
}

/// `map-find`.
fn find(store: Caller<'_>, at: At<'_>, key: &[u8]) -> Result<u32, Failure> {
    tree::find(&mut Cells::enter(store, key.len())?, place(at)?, key)
}

/// `map-get`.
fn get(store: Caller<'_>, at: At<'_>, key: &[u8], value: u8) -> Result<Option<Vec<u8>>, Failure> {
    let mut cells = Cells::enter(store, key.len())?;
    tree::get(&mut cells, place(at)?, key, form(value)?)
}

/// `map-put`.
fn put(store: Caller<'_>, at: At<'_>, key: &[u8], value: (u8, &[u8])) -> Result<(), Failure> {
    let (kind, value) = value;
    let mut cells = Cells::enter_writing(store, key.len())?;
    tree::put(&mut cells, place(at)?, key, form(kind)?, value)
}

/// `map-insert`.
fn insert(store: Caller<'_>, at: At<'_>, key: &[u8]) -> Result<u32, Failure> {
    let mut cells = Cells::enter(store, key.len())?;
    tree::insert(&mut cells, place(at)?, key)
}

/// `map-remove`.
fn remove(store: Caller<'_>, at: At<'_>, key: &[u8]) -> Result<bool, Failure> {
    let mut cells = Cells::enter(store, key.len())?;
    tree::remove(&mut cells, place(at)?, key)
}

/// `map-scan`.
fn scan(
    store: Caller<'_>,
    at: At<'_>,
    from: Option<&[u8]>,
    (key, mode, value, limit): (u32, u8, u8, u32),
) -> Result<(Vec<Entry>, bool), Failure> {
    let mut cells = Cells::enter(store, from.map_or(0, <[u8]>::len))?;
    let wanted = Scan {
        from,
        after: mode & AFTER != 0,
        descending: mode & DESCENDING != 0,
        value: form(value)?,
        key,
        limit: limit.min(MAX_SCAN) as usize,
    };
    let (entries, more) = tree::scan(&mut cells, place(at)?, wanted)?;
    cells.leave(entries.len().saturating_mul(ENTRY))?;
    Ok((entries, more))
}
