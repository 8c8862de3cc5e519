//! Opening: the last checkpoint, then the log, up to the first record that a crash cut short.
//!
//! # Invariants
//! - A cut at the end of the log is dropped and reported; damage before a whole record is an error.
//! - Every replayed record continues the height and the root of the one before it.
//! - The same files give the same result, however often opening itself is interrupted.
//!
//! # Not here
//! - The bytes of a record (`layout`).

use crate::backend::{Backend, Directory};
use crate::commit::{Disk, Options, Store};
use crate::layout::{
    self, FORMAT, FORMAT_VERSION, LOG, LOG_HEAD, NotARecord, Record, Tip, parse_record,
};
use crate::read::{Block, View};
use crate::tables::Tables;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What opening found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The newest committed block; `None` for an empty store.
    pub tip: Option<Tip>,
    /// Height of the checkpoint the log was replayed onto.
    pub checkpoint: Option<u64>,
    /// Blocks replayed from the log.
    pub replayed: u64,
    /// Bytes of a torn write at the end of the log that were dropped.
    pub dropped_bytes: u64,
}

/// A store cannot be opened. No block or state was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Somebody else has it.
    #[error("lock {}: another process is using this directory", dir.display())]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// The disk refused.
    #[error("read or create the store: {0}")]
    Io(#[from] io::Error),
    /// The tables refused.
    #[error("open the checkpoint tables: {0}")]
    Tables(#[from] redb::Error),
    /// Written by another version of this program.
    #[error("read format version {found}: this build knows only version {FORMAT_VERSION}")]
    Format {
        /// The version on disk.
        found: u32,
    },
    /// The files are not a store's.
    #[error("find a valid FORMAT file: this directory is not a store, or its FORMAT file was lost")]
    NotAStore,
    /// The log is missing or its head is unreadable although a checkpoint exists.
    #[error("read the head of the log: the file is missing or damaged; restore it from a copy")]
    LogHead,
    /// The log and the checkpoint do not belong together.
    #[error(
        "join the log, which starts at block {log}, to the checkpoint, which needs block {next}"
    )]
    Apart {
        /// First height of the log.
        log: u64,
        /// Height after the checkpoint.
        next: u64,
    },
    /// Something other than a crash changed the log.
    #[error(
        "read the log: damaged at byte {offset}, with a whole record after it at byte {intact}"
    )]
    Damaged {
        /// Where the bad record starts.
        offset: usize,
        /// Where the next good one starts.
        intact: usize,
    },
    /// A whole record does not continue the one before it.
    #[error("replay block {height}: it does not continue the chain at byte {offset} of the log")]
    Discontinuous {
        /// The record's height.
        height: u64,
        /// Where it starts.
        offset: usize,
    },
}

impl Store {
    /// Opens the store in a directory, creating it where it is missing.
    ///
    /// # Errors
    /// [`OpenError`]; no block or state is changed then.
    pub fn open(dir: &Path, options: Options) -> Result<(Self, Recovered), OpenError> {
        Self::open_on(Box::new(Directory::open(dir)?), options)
    }

    /// Opens the store on any backend.
    ///
    /// # Errors
    /// [`OpenError`]; no block or state is changed then.
    pub fn open_on(
        mut backend: Box<dyn Backend>,
        options: Options,
    ) -> Result<(Self, Recovered), OpenError> {
        check_format(backend.as_mut())?;
        let tables = Tables::open(backend.tables()?)?;
        let (checkpoint, state) = tables.load()?;
        let mut view = View {
            tip: checkpoint,
            state,
            ..View::default()
        };
        view.tables = Some(Arc::new(tables));
        let mut disk = Disk::new(backend, options);

        let log = match disk.backend.read(LOG)? {
            Some(log) => log,
            // The crash came between the first write of FORMAT and the first log.
            None if checkpoint.is_none() => {
                let head = layout::log_head(None);
                disk.backend.replace(LOG, &head)?;
                head
            }
            None => return Err(OpenError::LogHead),
        };
        let end = if is_current(&log, checkpoint)? {
            replay(&log, &mut view, &mut disk)?
        } else {
            // The crash came between a checkpoint and its fresh log: every record is folded.
            disk.backend.replace(LOG, &layout::log_head(checkpoint))?;
            log.len()
        };
        let dropped = log.len().saturating_sub(end);
        // ST-9: the end of the log may live in the page cache only, left by a process that died before
        // it synced. What is shown from here on must survive a power cut.
        if dropped > 0 {
            disk.backend
                .replace(LOG, log.get(..end).unwrap_or_default())?;
        } else if disk.blocks > 0 {
            disk.backend.sync(LOG)?;
        }
        disk.unsynced = false;
        let recovered = Recovered {
            tip: view.tip,
            checkpoint: checkpoint.map(|tip| tip.height),
            replayed: disk.blocks,
            dropped_bytes: u64::try_from(dropped).unwrap_or(u64::MAX),
        };
        Ok((Self::from_parts(view, Some(disk)), recovered))
    }
}

/// Rule ST-9.
/// ST-10.
fn check_format(backend: &mut dyn Backend) -> Result<(), OpenError> {
    match backend.read(FORMAT)? {
        Some(text) => match layout::parse_format(&text) {
            Some(FORMAT_VERSION) => Ok(()),
            Some(found) => Err(OpenError::Format { found }),
            None => Err(OpenError::NotAStore),
        },
        None if backend.read(LOG)?.is_some() => Err(OpenError::NotAStore),
        None => Ok(backend.replace(FORMAT, layout::format_text().as_bytes())?),
    }
}

/// Whether the log continues the checkpoint (true) or is already folded into it (false); ST-6.
/// Rule ST-6.
fn is_current(log: &[u8], checkpoint: Option<Tip>) -> Result<bool, OpenError> {
    let (first, previous) = layout::parse_log_head(log).ok_or(OpenError::LogHead)?;
    let (next, root) = layout::successor(checkpoint);
    match first.cmp(&next) {
        std::cmp::Ordering::Equal if previous == root => Ok(true),
        std::cmp::Ordering::Less => Ok(false),
        _ => Err(OpenError::Apart { log: first, next }),
    }
}

/// Installs every whole record (ST-8); returns where the first torn one starts, or the end (ST-7).
/// Rule ST-8.
fn replay(log: &[u8], view: &mut View, disk: &mut Disk) -> Result<usize, OpenError> {
    let mut offset = LOG_HEAD;
    loop {
        let rest = log.get(offset..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(offset);
        }
        match parse_record(rest) {
            Ok(record) => {
                let (height, previous) = layout::successor(view.tip);
                if record.height != height || record.previous != previous {
                    return Err(OpenError::Discontinuous {
                        height: record.height,
                        offset,
                    });
                }
                offset = offset.saturating_add(record.length);
                install(record, view, disk);
            }
            Err(reason) => {
                let skip = match reason {
                    NotARecord::Head => 1,
                    NotARecord::Body { length } => length,
                };
                return match next_whole_record(log, offset.saturating_add(skip)) {
                    Some(intact) => Err(OpenError::Damaged { offset, intact }),
                    None => Ok(offset),
                };
            }
        }
    }
}

fn install(record: Record<'_>, view: &mut View, disk: &mut Disk) {
    let Record {
        height,
        root,
        kind,
        block,
        delta,
        length,
        ..
    } = record;
    view.accept(
        Tip { height, root },
        Block {
            kind,
            root,
            bytes: Arc::from(block),
        },
        &delta,
    );
    disk.accept(length, &delta);
}

/// Rule ST-7.
fn next_whole_record(log: &[u8], from: usize) -> Option<usize> {
    (from..log.len()).find(|&at| {
        let bytes = log.get(at..).unwrap_or_default();
        layout::starts_record(bytes) && parse_record(bytes).is_ok()
    })
}
