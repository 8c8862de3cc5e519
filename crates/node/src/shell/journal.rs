//! What this node's validators have bound themselves to, and what they saw: one record for each
//! execution, written before any statement about it leaves the node.
//!
//! # Invariants
//! - A validator that finds a record for a round repeats it and never executes again: it cannot
//!   say two things, not even across a `kill -9`.
//! - Records are appended and checksummed; a torn tail is dropped, nothing else is ever rewritten.
//! - Unlike state, this file cannot be rebuilt from the chain.
//!
//! # Not here
//! - Commit secrets: they are derived from the key (`keys`), so they need no disk.

use crate::core::{Commitment, Note};
use borsh::{BorshDeserialize, BorshSerialize};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::FileExt as _,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};
use venire_types::{Address, B256, jury::Proposal};

/// Which execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub(crate) struct Place {
    /// Transaction.
    pub(crate) tx: B256,
    /// Round.
    pub(crate) round: u32,
    /// Who executed.
    pub(crate) validator: Address,
}

/// One execution.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Entry {
    /// What the validator is bound to.
    pub(crate) bound: Commitment,
    /// The proposal, when it led.
    pub(crate) proposal: Option<Proposal>,
    /// What it saw.
    pub(crate) note: Note,
}

#[derive(BorshSerialize, BorshDeserialize)]
enum Line {
    Entry(Place, Box<Entry>),
    /// The chain was put back to a snapshot: earlier words bind nobody any more.
    Reset,
}

#[derive(Clone, Copy, Debug)]
struct Spot {
    offset: u64,
    len: u32,
    /// Whether it still binds.
    live: bool,
}

#[derive(Debug, Default)]
struct Inner {
    file: Option<File>,
    end: u64,
    index: BTreeMap<Place, Spot>,
    /// Without a directory, records live here at their offsets.
    memory: BTreeMap<u64, Vec<u8>>,
}

/// The journal. Shared by all validators of a process.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Inner>);

/// The journal file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("use the duty journal: {0}")]
pub struct JournalError(#[from] io::Error);

const HEAD: usize = 8;

impl Journal {
    /// Opens or creates the journal of a data directory.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut inner = Inner::default();
        let mut rest = bytes.as_slice();
        while let Some((line, size)) = read_line(rest) {
            inner.note(line, size);
            rest = rest.get(size..).unwrap_or_default();
        }
        if inner.end < bytes.len() as u64 {
            file.set_len(inner.end)?;
        }
        inner.file = Some(file);
        Ok(Self(Mutex::new(inner)))
    }

    /// A journal that lives as long as the process.
    #[must_use]
    pub(crate) fn in_memory() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends an execution; when this returns, a `kill -9` cannot lose it.
    ///
    /// # Errors
    /// The write failed: the statement must not be sent.
    pub(crate) fn put(&self, place: Place, entry: Entry) -> Result<(), JournalError> {
        self.lock().append(Line::Entry(place, Box::new(entry)))
    }

    /// The word that still binds a validator in a round.
    #[must_use]
    pub(crate) fn bound(&self, place: Place) -> Option<Entry> {
        self.lock().read(place, true)
    }

    /// What a validator saw, whether or not it still binds.
    #[must_use]
    pub(crate) fn seen(&self, place: Place) -> Option<Entry> {
        self.lock().read(place, false)
    }

    /// Unbinds everyone: the chain was put back.
    ///
    /// # Errors
    /// The write failed.
    pub(crate) fn reset(&self) -> Result<(), JournalError> {
        self.lock().append(Line::Reset)
    }
}

impl Inner {
    fn append(&mut self, line: Line) -> Result<(), JournalError> {
        let payload = borsh::to_vec(&line).map_err(|error| io::Error::other(error.to_string()))?;
        let len = u32::try_from(payload.len()).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(payload.len() + HEAD);
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(&payload).to_le_bytes());
        bytes.extend_from_slice(&payload);
        match &mut self.file {
            Some(file) => file.write_all(&bytes)?,
            None => drop(self.memory.insert(self.end, bytes.clone())),
        }
        self.note(line, bytes.len());
        Ok(())
    }

    fn note(&mut self, line: Line, size: usize) {
        match line {
            Line::Entry(place, _) => {
                let len = u32::try_from(size).unwrap_or(u32::MAX);
                self.index.insert(
                    place,
                    Spot {
                        offset: self.end,
                        len,
                        live: true,
                    },
                );
            }
            Line::Reset => self.index.values_mut().for_each(|spot| spot.live = false),
        }
        self.end += size as u64;
    }

    fn read(&self, place: Place, must_bind: bool) -> Option<Entry> {
        let spot = self
            .index
            .get(&place)
            .filter(|spot| spot.live || !must_bind)?;
        let mut bytes = vec![0; spot.len as usize];
        match &self.file {
            Some(file) => file.read_exact_at(&mut bytes, spot.offset).ok()?,
            None => bytes.clone_from(self.memory.get(&spot.offset)?),
        }
        match read_line(&bytes)?.0 {
            Line::Entry(_, entry) => Some(*entry),
            Line::Reset => None,
        }
    }
}

/// The first whole line of `bytes` and its size.
fn read_line(bytes: &[u8]) -> Option<(Line, usize)> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
    let (len, crc) = head.split_at(4);
    let len = u32::from_le_bytes(len.try_into().ok()?) as usize;
    let payload = rest.get(..len)?;
    if crc32fast::hash(payload) != u32::from_le_bytes(crc.try_into().ok()?) {
        return None;
    }
    Some((borsh::from_slice(payload).ok()?, HEAD + len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use venire_types::vote::Vote;

    fn place(n: u8) -> Place {
        Place {
            tx: B256::repeat_byte(n),
            round: 0,
            validator: Address::repeat_byte(n),
        }
    }

    fn entry(text: &str) -> Entry {
        let bound = Commitment {
            vote: Vote::Agree,
            result_hash: B256::ZERO,
            payload: None,
        };
        Entry {
            bound,
            proposal: None,
            note: Note {
                stdout: text.to_owned(),
                ..Note::default()
            },
        }
    }

    #[test]
    fn survives_reopening_and_a_torn_tail() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("duties.log");
        let journal = Journal::open(&path).unwrap();
        journal.put(place(1), entry("one")).unwrap();
        journal.put(place(2), entry("two")).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.bound(place(1)), Some(entry("one")));
        assert_eq!(journal.bound(place(2)), None);
        journal.put(place(2), entry("again")).unwrap();
        drop(journal);
        assert_eq!(
            Journal::open(&path).unwrap().bound(place(2)),
            Some(entry("again"))
        );
    }

    #[test]
    fn reset_unbinds_but_does_not_forget() {
        let journal = Journal::in_memory();
        journal.put(place(1), entry("one")).unwrap();
        journal.reset().unwrap();
        assert_eq!(journal.bound(place(1)), None);
        assert_eq!(journal.seen(place(1)), Some(entry("one")));
        journal.put(place(1), entry("new")).unwrap();
        assert_eq!(journal.bound(place(1)), Some(entry("new")));
    }
}
