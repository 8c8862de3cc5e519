//! Reading and writing the contract's storage: bytes, and values of which the length is inline.

use super::{Caller, Failure};
use crate::{
    meter,
    root::Locks,
    session::Run,
    stop::{Stop, errno},
    storage::{self, Malformed, Storage, tree},
};
use venire_types::B256;

/// Most bytes one call may move.
pub(super) const MAX_TRANSFER: u32 = 16 << 20;

/// The calling instance's storage: every access is checked, paid for, then done.
pub(super) struct Cells<'a>(Caller<'a>);

impl From<Malformed> for Failure {
    fn from(Malformed: Malformed) -> Self {
        Self::Errno(errno::INVAL)
    }
}

/// The id of a slot.
pub(super) fn slot_id(bytes: &[u8]) -> Result<B256, Failure> {
    B256::try_from(bytes).map_err(|_| Failure::Errno(errno::INVAL))
}

/// Checks a range of a slot: the last byte has index 2^32 - 1.
fn check(offset: u32, len: usize) -> Result<(), Failure> {
    let end = u64::from(offset).saturating_add(len as u64);
    if len > MAX_TRANSFER as usize || end > 1 << 32 {
        return Err(Failure::Errno(errno::OVERFLOW));
    }
    Ok(())
}

fn price(offset: u32, len: usize) -> u64 {
    meter::bytes(len) + storage::pages(offset, len).saturating_mul(meter::PAGE)
}

impl<'a> Cells<'a> {
    /// Takes the price of crossing the boundary with `bytes`.
    pub(super) fn enter(mut store: Caller<'a>, bytes: usize) -> Result<Self, Failure> {
        meter::charge(&mut store, meter::CALL.saturating_add(meter::bytes(bytes)))?;
        Ok(Self(store))
    }

    /// The same, for a call that may write.
    pub(super) fn enter_writing(store: Caller<'a>, bytes: usize) -> Result<Self, Failure> {
        let mut cells = Self::enter(store, bytes)?;
        if cells.0.data_mut().run()?.frame.allow.write {
            Ok(cells)
        } else {
            Err(Failure::Errno(errno::FORBIDDEN))
        }
    }

    /// Takes the price of answering with `bytes`.
    pub(super) fn leave(&mut self, bytes: usize) -> Result<(), Failure> {
        Ok(meter::charge(&mut self.0, meter::bytes(bytes))?)
    }
}

impl tree::Cells for Cells<'_> {
    type Error = Failure;

    fn read(&mut self, slot: B256, offset: u32, len: u32) -> Result<Vec<u8>, Failure> {
        let len = usize::try_from(len).map_err(|_| Failure::Errno(errno::OVERFLOW))?;
        check(offset, len)?;
        meter::charge(&mut self.0, price(offset, len))?;
        let Run { session, frame, .. } = self.0.data_mut().run()?;
        let session = &mut **session;
        Ok(frame.storage.read(
            &mut session.committed,
            &mut *session.host,
            &mut session.budget,
            (slot, offset, len),
        )?)
    }

    fn write(&mut self, slot: B256, offset: u32, data: &[u8]) -> Result<(), Failure> {
        check(offset, data.len())?;
        meter::charge(&mut self.0, price(offset, data.len()))?;
        let run = self.0.data_mut().run()?;
        if !run.frame.allow.write || locks(run)?.hold(&slot) {
            return Err(Failure::Errno(errno::FORBIDDEN));
        }
        let Run { session, frame, .. } = run;
        let session = &mut **session;
        frame.storage.write(
            &mut session.committed,
            &mut *session.host,
            &mut session.budget,
            (slot, offset, data),
        )?;
        bound(&frame.storage, session.limits.storage_pages)
    }

    fn child(&mut self, slot: B256, offset: u32) -> Result<B256, Failure> {
        meter::charge(&mut self.0, meter::CHILD)?;
        Ok(storage::indirect(slot, offset))
    }
}

/// Ends a run that wrote too many pages.
pub(super) fn bound(storage: &Storage, limit: u32) -> Result<(), Failure> {
    if storage.pending() <= limit as usize {
        return Ok(());
    }
    let message = format!(
        "the contract wrote more than {limit} pages of 32 bytes in one transaction; do the work in \
         several transactions"
    );
    Err(Stop::machine("OOM storage", "TooMuchStorage", message).into())
}

/// `storage-read`.
pub(super) fn read(
    store: Caller<'_>,
    slot: &[u8],
    offset: u32,
    len: u32,
) -> Result<Vec<u8>, Failure> {
    let slot = slot_id(slot)?;
    tree::Cells::read(&mut Cells::enter(store, 0)?, slot, offset, len)
}

/// `storage-write`.
pub(super) fn write(
    store: Caller<'_>,
    slot: &[u8],
    offset: u32,
    data: &[u8],
) -> Result<(), Failure> {
    let slot = slot_id(slot)?;
    tree::Cells::write(&mut Cells::enter(store, 0)?, slot, offset, data)
}

/// `blob-read`.
pub(super) fn blob_read(store: Caller<'_>, slot: &[u8], offset: u32) -> Result<Vec<u8>, Failure> {
    let slot = slot_id(slot)?;
    tree::read_blob(&mut Cells::enter(store, 0)?, slot, offset)
}

/// `blob-write`.
pub(super) fn blob_write(
    store: Caller<'_>,
    slot: &[u8],
    offset: u32,
    data: &[u8],
) -> Result<(), Failure> {
    let slot = slot_id(slot)?;
    tree::write_blob(&mut Cells::enter_writing(store, 0)?, slot, offset, data)
}

/// The locks of this run, read from committed state at the first write.
fn locks(run: &mut Run) -> Result<&Locks, Failure> {
    let Run { session, frame, .. } = run;
    if frame.locks.is_none() {
        let session = &mut **session;
        let committed = Storage::new(frame.contract, frame.view);
        frame.locks = Some(Locks::read::<Failure>(
            frame.sender,
            &session.limits,
            |slot, offset, len| {
                Ok(committed.read(
                    &mut session.committed,
                    &mut *session.host,
                    &mut session.budget,
                    (slot, offset, len),
                )?)
            },
        )?);
    }
    Ok(frame.locks.get_or_insert(Locks::NONE))
}
