//! What validators have bound themselves to, as records of an append-only file: their bytes, and
//! which of them still bind.
//!
//! # Invariants
//! - Records are checksummed; a torn tail is dropped, nothing else is ever rewritten, and damage
//!   before the tail is an error.
//! - After a reset (the chain was put back) earlier records are remembered but bind nobody.
//!
//! # Not here
//! - The file and when it is synced (`shell::journal`, and the disk of the simulator).

use super::{Commitment, Note};
use borsh::{BorshDeserialize, BorshSerialize};
use std::collections::BTreeMap;
use venire_types::{Address, B256, jury::Proposal, signed::canonical};

/// Which execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Place {
    /// Transaction.
    pub tx: B256,
    /// Round.
    pub round: u32,
    /// Who executed.
    pub validator: Address,
}

/// One execution.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Entry {
    /// What the validator is bound to.
    pub bound: Commitment,
    /// The proposal, when it led.
    pub proposal: Option<Proposal>,
    /// What it saw.
    pub note: Note,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Line {
    /// An execution.
    Entry(Place, Box<Entry>),
    /// The chain was put back to a snapshot: earlier words bind nobody any more.
    Reset,
}

/// Where a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// First byte.
    pub offset: u64,
    /// Bytes.
    pub len: u32,
    /// Whether it still binds.
    pub live: bool,
}

/// What is in the file, without its bytes.
#[derive(Clone, Debug, Default)]
pub struct Records {
    end: u64,
    epoch: u64,
    index: BTreeMap<Place, Spot>,
}

/// A record in the middle of the file is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a record is damaged at byte {offset}")]
pub struct Damaged {
    /// First bad byte.
    pub offset: u64,
}

const HEAD: usize = 8;

impl Line {
    /// Its bytes in the file; `None` when it is longer than a record may be.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let payload = canonical(self);
        let len = u32::try_from(payload.len()).ok()?;
        let mut bytes = Vec::with_capacity(payload.len() + HEAD);
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(&payload).to_le_bytes());
        bytes.extend_from_slice(&payload);
        Some(bytes)
    }

    /// The first whole record of `bytes` and its size.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
        let (len, crc) = head.split_at(4);
        let len = u32::from_le_bytes(len.try_into().ok()?) as usize;
        let payload = rest.get(..len)?;
        if crc32fast::hash(payload) != u32::from_le_bytes(crc.try_into().ok()?) {
            return None;
        }
        Some((borsh::from_slice(payload).ok()?, HEAD + len))
    }
}

impl Records {
    /// What a file holds. It is good up to [`Self::end`]; what follows is a torn write.
    ///
    /// # Errors
    /// [`Damaged`] when a whole record follows bytes that are none: no crash explains that.
    pub fn recover(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut records = Self::default();
        let mut rest = bytes;
        while let Some((line, size)) = Line::read(rest) {
            records.note(&line, size);
            rest = rest.get(size..).unwrap_or_default();
        }
        let tail = rest.get(1..).unwrap_or_default();
        let follows = (0..tail.len()).filter_map(|at| tail.get(at..));
        if follows.into_iter().any(|bytes| Line::read(bytes).is_some()) {
            let offset = records.end;
            return Err(Damaged { offset });
        }
        Ok(records)
    }

    /// Bytes of whole records.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// How often the chain was put back.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether there is no execution.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Takes notice of a record of `size` bytes at the end of the file.
    pub fn note(&mut self, line: &Line, size: usize) {
        match line {
            Line::Entry(place, _) => {
                let spot = Spot {
                    offset: self.end,
                    len: u32::try_from(size).unwrap_or(u32::MAX),
                    live: true,
                };
                self.index.insert(*place, spot);
            }
            Line::Reset => {
                self.epoch += 1;
                self.index.values_mut().for_each(|spot| spot.live = false);
            }
        }
        self.end += size as u64;
    }

    /// The record of an execution, whether or not it still binds.
    #[must_use]
    pub fn find(&self, place: Place) -> Option<Spot> {
        self.index.get(&place).copied()
    }
}
