//! Contract storage as one instance sees it: committed pages below, its own writes above.
//!
//! # Invariants
//! - Every page of an execution is read from the host at most once.
//! - Memory is bounded: cached and pending pages draw on the execution's memory budget.
//!
//! # Not here
//! - Prices and permissions (`abi::storage`), which slots are locked (`root`).

#[cfg(test)]
mod tests;
pub(crate) mod tree;

use crate::{Host, session::Budget};
use sha3::{Digest, Sha3_256};
use std::{collections::BTreeMap, sync::Arc};
use venire_types::{
    Address, B256,
    storage::{PAGE, PageKey, StateView, StorageDelta},
};

/// Bytes of one page.
pub(crate) type Page = [u8; PAGE];

/// Bytes of the memory budget one cached page takes.
const CACHED_PAGE: usize = 128;
/// Bytes of the memory budget one pending page takes.
const PENDING_PAGE: usize = 256;
/// Most pages read from the host at once.
const RUN: usize = 1 << 12;

/// Id of the slot a value at `offset` of `slot` lives in.
pub(crate) fn indirect(slot: B256, offset: u32) -> B256 {
    let mut hash = Sha3_256::new();
    hash.update(slot);
    hash.update(offset.to_le_bytes());
    B256::from_slice(&hash.finalize())
}

/// Committed pages read so far by an execution, of every contract and view it looked at.
#[derive(Default)]
pub(crate) struct Committed {
    pages: BTreeMap<(Address, StateView, B256, u32), Page>,
}

pub(crate) use tree::Malformed;

/// The memory budget is used up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// One contract's storage in one instance.
#[derive(Clone, Debug)]
pub(crate) struct Storage {
    contract: Address,
    view: StateView,
    pending: Arc<BTreeMap<(B256, u32), Page>>,
}

/// First and last page of a non-empty byte range.
fn span(offset: u32, len: usize) -> (u32, u32) {
    let last = u64::from(offset) + (len as u64) - 1;
    (
        offset / PAGE as u32,
        u32::try_from(last / PAGE as u64).unwrap_or(u32::MAX),
    )
}

/// Number of pages a byte range touches.
pub(crate) fn pages(offset: u32, len: usize) -> u64 {
    if len == 0 {
        return 0;
    }
    let (first, last) = span(offset, len);
    u64::from(last - first) + 1
}

impl Storage {
    /// Committed state, nothing pending.
    pub(crate) fn new(contract: Address, view: StateView) -> Self {
        Self {
            contract,
            view,
            pending: Arc::default(),
        }
    }

    /// Number of pending pages.
    pub(crate) fn pending(&self) -> usize {
        self.pending.len()
    }

    /// What a copy of the pending pages takes of the memory budget.
    pub(crate) fn weight(&self) -> usize {
        self.pending.len().saturating_mul(PENDING_PAGE)
    }

    /// The same with pending pages of its own, so that the original is not shared.
    pub(crate) fn detached(&self) -> Self {
        Self {
            pending: Arc::new((*self.pending).clone()),
            ..self.clone()
        }
    }

    /// Reads `len` bytes from `offset`; the range must lie within the slot.
    pub(crate) fn read(
        &self,
        committed: &mut Committed,
        host: &mut dyn Host,
        budget: &mut Budget,
        (slot, offset, len): (B256, u32, usize),
    ) -> Result<Vec<u8>, Full> {
        if len == 0 {
            return Ok(Vec::new());
        }
        let (first, last) = span(offset, len);
        if first == last
            && let Some(page) = self.known(committed, slot, first)
        {
            let skip = offset as usize % PAGE;
            return Ok(page.get(skip..skip + len).unwrap_or_default().to_vec());
        }
        self.load(committed, host, budget, slot, first..=last)?;
        let mut bytes = Vec::with_capacity((last - first + 1) as usize * PAGE);
        for page in first..=last {
            bytes.extend_from_slice(self.page(committed, slot, page));
        }
        let skip = offset as usize % PAGE;
        bytes.drain(..skip);
        bytes.truncate(len);
        Ok(bytes)
    }

    /// Writes `data` at `offset`; the range must lie within the slot.
    pub(crate) fn write(
        &mut self,
        committed: &mut Committed,
        host: &mut dyn Host,
        budget: &mut Budget,
        (slot, offset, data): (B256, u32, &[u8]),
    ) -> Result<(), Full> {
        if data.is_empty() {
            return Ok(());
        }
        let (first, last) = span(offset, data.len());
        // Only the edges can be partial.
        self.load(committed, host, budget, slot, first..=first)?;
        if last != first {
            self.load(committed, host, budget, slot, last..=last)?;
        }
        if Arc::get_mut(&mut self.pending).is_none() {
            budget.take(self.pending.len().saturating_mul(PENDING_PAGE))?;
        }
        let mut rest = data;
        let mut skip = offset as usize % PAGE;
        for page in first..=last {
            let take = rest.len().min(PAGE - skip);
            let (part, after) = rest.split_at(take);
            let mut bytes = *self.page(committed, slot, page);
            bytes[skip..skip + take].copy_from_slice(part);
            if Arc::make_mut(&mut self.pending)
                .insert((slot, page), bytes)
                .is_none()
            {
                budget.take(PENDING_PAGE)?;
            }
            rest = after;
            skip = 0;
        }
        Ok(())
    }

    /// Takes over what a sub-VM on a copy of this storage wrote.
    pub(crate) fn adopt(&mut self, child: Self, budget: &mut Budget) {
        let before = std::mem::replace(self, child);
        before.release(budget);
    }

    /// Gives back the memory of pending pages that nobody else has.
    pub(crate) fn release(self, budget: &mut Budget) {
        let weight = self.weight();
        if Arc::into_inner(self.pending).is_some() {
            budget.give(weight);
        }
    }

    /// What differs from committed state, in key order.
    pub(crate) fn delta(&self, committed: &Committed, host: &mut dyn Host) -> StorageDelta {
        let mut delta = StorageDelta::new();
        for (&(slot, page), bytes) in self.pending.iter() {
            let known = committed
                .pages
                .get(&(self.contract, self.view, slot, page))
                .copied();
            let before = known.unwrap_or_else(|| {
                let mut out = [[0; PAGE]];
                host.read_pages(self.contract, self.view, slot, page, &mut out);
                let [bytes] = out;
                bytes
            });
            if before != *bytes {
                delta.insert(
                    PageKey {
                        contract: self.contract,
                        slot,
                        page,
                    },
                    *bytes,
                );
            }
        }
        delta
    }

    /// A page that [`Storage::load`] has made known; anything else is zeros.
    fn page<'a>(&'a self, committed: &'a Committed, slot: B256, page: u32) -> &'a Page {
        const ZERO: &Page = &[0; PAGE];
        self.known(committed, slot, page).unwrap_or(ZERO)
    }

    /// A page that is pending or was read.
    fn known<'a>(&'a self, committed: &'a Committed, slot: B256, page: u32) -> Option<&'a Page> {
        self.pending
            .get(&(slot, page))
            .or_else(|| committed.pages.get(&(self.contract, self.view, slot, page)))
    }

    /// Brings committed pages that are neither pending nor known into `committed`.
    fn load(
        &self,
        committed: &mut Committed,
        host: &mut dyn Host,
        budget: &mut Budget,
        slot: B256,
        range: std::ops::RangeInclusive<u32>,
    ) -> Result<(), Full> {
        let mut missing = Vec::new();
        for page in range {
            if self.known(committed, slot, page).is_none() {
                missing.push(page);
            }
        }
        budget.take(missing.len().saturating_mul(CACHED_PAGE))?;
        for run in missing.chunk_by(|a, b| a + 1 == *b) {
            for part in run.chunks(RUN) {
                let mut out = vec![[0; PAGE]; part.len()];
                let first = part.first().copied().unwrap_or_default();
                host.read_pages(self.contract, self.view, slot, first, &mut out);
                for (page, bytes) in part.iter().zip(out) {
                    committed
                        .pages
                        .insert((self.contract, self.view, slot, *page), bytes);
                }
            }
        }
        Ok(())
    }
}
