//! What this node's validators have bound themselves to, and what they saw: one record for each
//! execution, written before any statement about it leaves the node.
//!
//! # Invariants
//! - A validator that finds a record for a round repeats it and never executes again: it cannot
//!   say two things, not even across a `kill -9`.
//! - Records are appended and synced; a torn tail is dropped, nothing else is ever rewritten, and
//!   damage before the tail stops the node.
//! - A duty of an earlier epoch (before the chain was put back) can no longer be recorded.
//! - Unlike state, this file cannot be rebuilt from the chain.
//!
//! # Not here
//! - The bytes of a record (`core::journal`), commit secrets: they are derived from the key
//!   (`core::keys`), so they need no disk.

use crate::core::{Entry, Line, Place, Records};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Debug, Default)]
struct Inner {
    file: Option<Arc<File>>,
    records: Records,
    /// A write failed: nothing more can be promised.
    poisoned: bool,
    /// Without a directory, records live here at their offsets.
    memory: BTreeMap<u64, Vec<u8>>,
}

/// The journal. Shared by all validators of a process.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    inner: Mutex<Inner>,
    /// Bytes that are known to survive a power cut; locked while syncing, so that everybody who
    /// waits meanwhile is served by one sync.
    synced: Mutex<u64>,
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk.
    #[error("use the duty journal: {0}")]
    Io(#[from] io::Error),
    /// Bytes in the middle are damaged.
    #[error(
        "the duty journal {path} is damaged at byte {offset}; restore it from a copy, or start with another --data-dir"
    )]
    Damaged {
        /// File.
        path: PathBuf,
        /// First bad byte.
        offset: u64,
    },
    /// The chain was put back while the execution ran.
    #[error("the chain was put back meanwhile")]
    PutBack,
    /// An earlier write failed.
    #[error("an earlier write to the duty journal failed; restart the node")]
    Poisoned,
}

impl Journal {
    /// Opens or creates the journal of a data directory.
    ///
    /// # Errors
    /// The file cannot be read or written, or is damaged before its end.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let records = Records::recover(&bytes).map_err(|damaged| JournalError::Damaged {
            path: path.to_owned(),
            offset: damaged.offset,
        })?;
        let torn = (bytes.len() as u64).saturating_sub(records.end());
        if torn > 0 {
            tracing::warn!(
                bytes = torn,
                "dropped a torn write at the end of the duty journal"
            );
            file.set_len(records.end())?;
        }
        let synced = Mutex::new(records.end());
        let inner = Inner {
            file: Some(Arc::new(file)),
            records,
            ..Inner::default()
        };
        Ok(Self {
            inner: Mutex::new(inner),
            synced,
        })
    }

    /// A journal that lives as long as the process.
    #[must_use]
    pub(crate) fn in_memory() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often the chain was put back; a duty carries the number it was given out under.
    #[must_use]
    pub(crate) fn epoch(&self) -> u64 {
        self.lock().records.epoch()
    }

    /// Appends an execution of a duty of `epoch`; when this returns, neither a `kill -9` nor a
    /// power cut can lose it.
    ///
    /// # Errors
    /// The statement must not be sent.
    pub(crate) fn put(&self, place: Place, entry: Entry, epoch: u64) -> Result<(), JournalError> {
        let end = {
            let mut inner = self.lock();
            if inner.records.epoch() != epoch {
                return Err(JournalError::PutBack);
            }
            inner.append(Line::Entry(place, Box::new(entry)))?;
            inner.records.end()
        };
        self.sync(end)
    }

    /// Makes the first `end` bytes durable; callers that wait for the same sync share it.
    fn sync(&self, end: u64) -> Result<(), JournalError> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if *synced >= end {
            return Ok(());
        }
        let (file, reached) = {
            let inner = self.lock();
            (inner.file.clone(), inner.records.end())
        };
        if let Some(file) = file
            && let Err(error) = file.sync_data()
        {
            self.lock().poisoned = true;
            return Err(error.into());
        }
        *synced = reached;
        Ok(())
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

    /// Unbinds everyone and begins the next epoch: the chain is put back.
    ///
    /// # Errors
    /// The write failed.
    pub(crate) fn reset(&self) -> Result<(), JournalError> {
        let end = {
            let mut inner = self.lock();
            inner.append(Line::Reset)?;
            inner.records.end()
        };
        self.sync(end)
    }
}

impl Inner {
    fn append(&mut self, line: Line) -> Result<(), JournalError> {
        if self.poisoned {
            return Err(JournalError::Poisoned);
        }
        let bytes = line
            .to_bytes()
            .ok_or_else(|| io::Error::other("the record is too long"))?;
        match &self.file {
            Some(file) => {
                if let Err(error) = file.as_ref().write_all(&bytes) {
                    // Half a record may be there; take it back so that the file stays whole.
                    self.poisoned = true;
                    let _ = file.set_len(self.records.end());
                    return Err(error.into());
                }
            }
            None => drop(self.memory.insert(self.records.end(), bytes.clone())),
        }
        self.records.note(&line, bytes.len());
        Ok(())
    }

    fn read(&self, place: Place, must_bind: bool) -> Option<Entry> {
        let spot = self.records.find(place)?;
        if must_bind && !spot.live {
            return None;
        }
        let mut bytes = vec![0; spot.len as usize];
        match &self.file {
            Some(file) => file.read_exact_at(&mut bytes, spot.offset).ok()?,
            None => bytes.clone_from(self.memory.get(&spot.offset)?),
        }
        match Line::read(&bytes)?.0 {
            Line::Entry(_, entry) => Some(*entry),
            Line::Reset => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Commitment, Note};
    use proptest::{collection::vec, prelude::*, sample::Index};
    use venire_types::{Address, B256, vote::Vote};

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
        let note = Note {
            stdout: text.to_owned(),
            ..Note::default()
        };
        Entry {
            bound,
            proposal: None,
            note,
        }
    }

    #[test]
    fn survives_reopening_and_a_torn_tail() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("duties.log");
        let journal = Journal::open(&path).unwrap();
        journal.put(place(1), entry("one"), 0).unwrap();
        journal.put(place(2), entry("two"), 0).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.bound(place(1)), Some(entry("one")));
        assert_eq!(journal.bound(place(2)), None);
        journal.put(place(2), entry("again"), 0).unwrap();
        drop(journal);
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.bound(place(2)), Some(entry("again")));
    }

    #[test]
    fn damage_before_the_end_is_an_error_and_nothing_is_cut() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("duties.log");
        let journal = Journal::open(&path).unwrap();
        journal.put(place(1), entry("one"), 0).unwrap();
        journal.put(place(2), entry("two"), 0).unwrap();
        drop(journal);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[20] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let error = Journal::open(&path).unwrap_err();
        assert!(
            matches!(error, JournalError::Damaged { offset: 0, .. }),
            "{error}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn reset_unbinds_but_does_not_forget() {
        let journal = Journal::in_memory();
        journal.put(place(1), entry("one"), 0).unwrap();
        journal.reset().unwrap();
        assert_eq!(journal.bound(place(1)), None);
        assert_eq!(journal.seen(place(1)), Some(entry("one")));
        let late = journal.put(place(1), entry("late"), 0);
        assert!(matches!(late, Err(JournalError::PutBack)));
        journal
            .put(place(1), entry("new"), journal.epoch())
            .unwrap();
        assert_eq!(journal.bound(place(1)), Some(entry("new")));
    }

    /// A journal of `texts` in a fresh folder, its file, and where each record ends.
    fn written(texts: &[String]) -> (tempfile::TempDir, PathBuf, Vec<usize>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("duties.log");
        let journal = Journal::open(&path).unwrap();
        let mut ends = Vec::new();
        for (n, text) in (0..).zip(texts) {
            journal.put(place(n), entry(text), 0).unwrap();
            ends.push(usize::try_from(journal.lock().records.end()).unwrap());
        }
        (dir, path, ends)
    }

    proptest! {
        #[test]
        fn bytes_of_anybody_never_panic(bytes in vec(any::<u8>(), 0..400)) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("duties.log");
            std::fs::write(&path, &bytes).unwrap();
            match Journal::open(&path) {
                Ok(journal) => prop_assert!(journal.lock().records.is_empty()),
                Err(JournalError::Damaged { .. }) => {}
                Err(error) => prop_assert!(false, "{error}"),
            }
            let _ = borsh::from_slice::<Line>(&bytes);
        }

        #[test]
        fn a_cut_anywhere_keeps_what_was_whole(texts in vec(".{0,40}", 1..5), cut in any::<Index>()) {
            let (_dir, path, ends) = written(&texts);
            let bytes = std::fs::read(&path).unwrap();
            let at = cut.index(bytes.len() + 1);
            std::fs::write(&path, &bytes[..at]).unwrap();
            let journal = Journal::open(&path).unwrap();
            for (n, (end, text)) in (0..).zip(ends.iter().zip(&texts)) {
                let expected = (*end <= at).then(|| entry(text));
                prop_assert_eq!(journal.bound(place(n)), expected);
            }
        }

        #[test]
        fn a_flipped_bit_loses_the_last_record_or_stops_the_node(
            texts in vec(".{0,40}", 1..5), at in any::<Index>(), bit in 0..8_u8
        ) {
            let (_dir, path, ends) = written(&texts);
            let mut bytes = std::fs::read(&path).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            std::fs::write(&path, &bytes).unwrap();
            let begin = ends.iter().rev().find(|end| **end <= at).copied().unwrap_or(0);
            let is_last = ends.iter().filter(|end| **end > at).count() == 1;
            match Journal::open(&path) {
                Ok(journal) => {
                    prop_assert!(is_last);
                    prop_assert_eq!(journal.lock().records.end(), begin as u64);
                }
                Err(JournalError::Damaged { offset, .. }) => {
                    prop_assert!(!is_last);
                    prop_assert_eq!(offset, begin as u64);
                    prop_assert_eq!(std::fs::read(&path).unwrap(), bytes);
                }
                Err(error) => prop_assert!(false, "{error}"),
            }
        }
    }
}
