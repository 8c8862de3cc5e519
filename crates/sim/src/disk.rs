//! A disk that keeps for certain only what was synced: what was not survives a power cut in part,
//! torn at any byte.
//!
//! # Invariants
//! - An appended file loses a suffix of what was not synced; the tables lose any part of it, because
//!   nothing orders their writes.
//! - `replace` is atomic and durable, as the store's contract asks.

use crate::dice::Dice;
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use venire_store::{Backend, TablesBackend};

#[derive(Debug, Default)]
struct File {
    bytes: Vec<u8>,
    /// What a power cut leaves for certain.
    synced: usize,
}

#[derive(Debug, Default)]
struct Tables {
    durable: Vec<u8>,
    live: Vec<u8>,
    /// Since the last sync: writes at an offset, and new lengths.
    pending: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Debug, Default)]
struct Inner {
    files: BTreeMap<String, File>,
    tables: Tables,
}

/// The disk of one node; clones are handles to the same disk.
#[derive(Clone, Debug, Default)]
pub struct Disk(Arc<Mutex<Inner>>);

fn put(bytes: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    if let Some(place) = bytes.get_mut(offset..end) {
        place.copy_from_slice(data);
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>, cut: usize) {
        match self {
            Self::Write(offset, data) => {
                put(
                    bytes,
                    *offset,
                    data.get(..cut.min(data.len())).unwrap_or(data),
                );
            }
            Self::Length(length) => bytes.resize(*length, 0),
        }
    }
}

impl Disk {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The power goes.
    pub fn power_cut(&self, dice: &mut Dice) {
        let mut inner = self.lock();
        for file in inner.files.values_mut() {
            let at_risk = file.bytes.len() - file.synced;
            let kept = file.synced + dice.index(at_risk + 1);
            file.bytes.truncate(kept);
            // A file system may have grown the file before the data arrived.
            if kept < file.synced + at_risk && dice.chance(300) {
                file.bytes.resize(kept + dice.index(200), 0);
            }
            file.synced = file.bytes.len();
        }
        let Tables {
            durable,
            live,
            pending,
        } = &mut inner.tables;
        for change in pending.drain(..) {
            let whole = match &change {
                Change::Write(_, data) => data.len(),
                Change::Length(_) => 0,
            };
            match dice.below(3) {
                0 => {}
                1 => change.apply(durable, dice.index(whole + 1)),
                _ => change.apply(durable, whole),
            }
        }
        live.clone_from(durable);
    }

    /// The whole content of a file; nothing when there is none.
    #[must_use]
    pub fn content(&self, name: &str) -> Vec<u8> {
        let inner = self.lock();
        inner
            .files
            .get(name)
            .map(|file| file.bytes.clone())
            .unwrap_or_default()
    }

    /// Part of a file.
    #[must_use]
    pub fn part(&self, name: &str, offset: usize, len: usize) -> Vec<u8> {
        let inner = self.lock();
        let file = inner.files.get(name);
        let part = file.and_then(|file| file.bytes.get(offset..offset + len));
        part.unwrap_or_default().to_vec()
    }

    /// Adds to a file and makes it durable.
    pub fn write_through(&self, name: &str, bytes: &[u8]) {
        let mut inner = self.lock();
        let file = inner.files.entry(name.to_owned()).or_default();
        file.bytes.extend_from_slice(bytes);
        file.synced = file.bytes.len();
    }

    /// Cuts a file short.
    pub fn cut(&self, name: &str, len: usize) {
        let mut inner = self.lock();
        if let Some(file) = inner.files.get_mut(name) {
            file.bytes.truncate(len);
            file.synced = file.bytes.len();
        }
    }
}

impl Backend for Disk {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let inner = self.lock();
        Ok(inner.files.get(name).map(|file| file.bytes.clone()))
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.lock();
        let file = inner.files.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        file.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        let mut inner = self.lock();
        let file = inner.files.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        file.synced = file.bytes.len();
        Ok(())
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let file = File {
            bytes: bytes.to_vec(),
            synced: bytes.len(),
        };
        self.lock().files.insert(name.to_owned(), file);
        Ok(())
    }

    fn tables(&mut self) -> io::Result<Box<dyn TablesBackend>> {
        Ok(Box::new(self.clone()))
    }
}

impl TablesBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.lock().tables.live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let inner = self.lock();
        let bytes = inner
            .tables
            .live
            .get(start..start + out.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let length = usize::try_from(len).map_err(io::Error::other)?;
        let mut inner = self.lock();
        inner.tables.live.resize(length, 0);
        inner.tables.pending.push(Change::Length(length));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut inner = self.lock();
        let Tables {
            durable, pending, ..
        } = &mut inner.tables;
        for change in pending.drain(..) {
            change.apply(durable, usize::MAX);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let mut inner = self.lock();
        put(&mut inner.tables.live, offset, data);
        let change = Change::Write(offset, data.to_vec());
        inner.tables.pending.push(change);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk() -> Disk {
        let mut disk = Disk::default();
        disk.replace("log", b"head").unwrap();
        disk
    }

    #[test]
    fn what_was_synced_survives_and_the_rest_is_a_torn_suffix() {
        let (mut torn, mut whole) = (0, 0);
        for seed in 0..200 {
            let mut disk = disk();
            disk.append("log", b"-synced").unwrap();
            Backend::sync(&mut disk, "log").unwrap();
            disk.append("log", b"-not").unwrap();
            disk.power_cut(&mut Dice::new(seed, "test"));
            let left = disk.content("log");
            assert!(left.starts_with(b"head-synced"), "{left:?}");
            let all = b"head-synced-not";
            let kept = left.iter().zip(all).take_while(|(a, b)| a == b).count();
            // What follows is what a file system grew.
            assert!(left[kept..].iter().all(|byte| *byte == 0), "{left:?}");
            torn += usize::from(kept < all.len());
            whole += usize::from(kept == all.len());
            // Nothing is at risk twice.
            disk.power_cut(&mut Dice::new(seed + 1, "test"));
            assert_eq!(disk.content("log"), left);
        }
        assert!(torn > 50 && whole > 10, "{torn} torn, {whole} whole");
    }

    #[test]
    fn tables_keep_what_was_synced_and_any_part_of_the_rest() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..100 {
            let disk = disk();
            disk.set_len(8).unwrap();
            disk.write(0, b"abcd").unwrap();
            disk.sync_data().unwrap();
            disk.write(4, b"ef").unwrap();
            disk.write(6, b"gh").unwrap();
            disk.power_cut(&mut Dice::new(seed, "test"));
            let mut bytes = [0; 8];
            TablesBackend::read(&disk, 0, &mut bytes).unwrap();
            assert_eq!(&bytes[..4], b"abcd");
            seen.insert(bytes[4..].to_vec());
        }
        let later_alone = [0, 0, b'g', b'h'];
        assert!(
            seen.contains(&later_alone[..]) && seen.contains(&b"efgh"[..]),
            "{seen:?}"
        );
    }

    #[test]
    fn a_store_opens_after_every_power_cut() {
        use venire_store::{Commit, Delta, Fsync, Options, Store};
        for seed in 0..40 {
            let disk = Disk::default();
            let options = Options {
                fsync: Fsync::Interval { ms: 30 },
                checkpoint_blocks: 5,
                ..Options::default()
            };
            let mut dice = Dice::new(seed, "test");
            let mut synced = 0;
            for life in 0..4_u64 {
                let (mut store, _) = Store::open_on(Box::new(disk.clone()), options).unwrap();
                let next = store.next_height();
                assert!(
                    next >= synced,
                    "life {life} of seed {seed} lost a synced block"
                );
                for height in next..next + dice.below(12) {
                    let delta = Delta::from([(height.to_be_bytes().to_vec(), Some(vec![7]))]);
                    let block = vec![1];
                    store
                        .commit(Commit {
                            height,
                            block,
                            delta,
                        })
                        .unwrap();
                    if store.sync_if_due(height * 10).unwrap() {
                        synced = height + 1;
                    }
                    if store.checkpoint_due() {
                        store.checkpoint().unwrap();
                        synced = height + 1;
                    }
                }
                drop(store);
                disk.power_cut(&mut dice);
            }
        }
    }
}
