//! Reading and writing the contract's storage.

use super::{Caller, Failure};
use crate::{
    meter,
    root::Locks,
    session::Run,
    stop::errno,
    storage::{self, Full, Storage},
};
use venire_types::B256;

/// Most bytes one call may move.
const MAX_TRANSFER: usize = 16 << 20;

/// Checks a range of a slot: the last byte has index 2^32 - 1.
fn check(slot: &[u8], offset: u32, len: usize) -> Result<B256, Failure> {
    let slot = B256::try_from(slot).map_err(|_| Failure::Errno(errno::INVAL))?;
    let end = u64::from(offset).saturating_add(len as u64);
    if len > MAX_TRANSFER || end > 1 << 32 {
        return Err(Failure::Errno(errno::OVERFLOW));
    }
    Ok(slot)
}

fn price(offset: u32, len: usize) -> u64 {
    meter::CALL + meter::bytes(len) + storage::pages(offset, len).saturating_mul(meter::PAGE)
}

/// `storage-read`.
pub(super) fn read(
    mut store: Caller<'_>,
    slot: &[u8],
    offset: u32,
    len: u32,
) -> Result<Vec<u8>, Failure> {
    let len = usize::try_from(len).map_err(|_| Failure::Errno(errno::OVERFLOW))?;
    let slot = check(slot, offset, len)?;
    meter::charge(&mut store, price(offset, len))?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    let session = &mut **session;
    Ok(frame.storage.read(
        &mut session.committed,
        &mut *session.host,
        &mut session.budget,
        (slot, offset, len),
    )?)
}

/// `storage-write`.
pub(super) fn write(
    mut store: Caller<'_>,
    slot: &[u8],
    offset: u32,
    data: &[u8],
) -> Result<(), Failure> {
    let slot = check(slot, offset, data.len())?;
    meter::charge(&mut store, price(offset, data.len()))?;
    let run = store.data_mut().run()?;
    if !run.frame.allow.write || locks(run)?.hold(&slot) {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    let Run { session, frame, .. } = run;
    let session = &mut **session;
    Ok(frame.storage.write(
        &mut session.committed,
        &mut *session.host,
        &mut session.budget,
        (slot, offset, data),
    )?)
}

/// The locks of this run, read from committed state at the first write.
fn locks(run: &mut Run) -> Result<&Locks, Full> {
    let Run { session, frame, .. } = run;
    if frame.locks.is_none() {
        let generation = frame.prepared.generation();
        let session = &mut **session;
        let committed = Storage::new(frame.contract, frame.view);
        frame.locks = Some(Locks::read(
            generation,
            frame.sender,
            |slot, offset, len| {
                committed.read(
                    &mut session.committed,
                    &mut *session.host,
                    &mut session.budget,
                    (slot, offset, len),
                )
            },
        )?);
    }
    Ok(frame.locks.get_or_insert(Locks::NONE))
}
