//! The seam between the store and the disk: five methods, so that tests can be a disk that loses
//! what was not synced.
//!
//! # Invariants
//! - `replace` is atomic and durable: after a crash the file is the old one or the new one.
//! - A [`Directory`] has one owner at a time, in this process or any other.
//!
//! # Not here
//! - What the bytes mean (`layout`).

use crate::recover::OpenError;
use redb::StorageBackend;
use redb::backends::FileBackend;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const LOCK: &str = "LOCK";
const TABLES: &str = "tables.redb";

/// Where a store keeps its files. Names are the constants of `layout`.
pub trait Backend: Send {
    /// The whole content of a file, or `None` if there is none.
    ///
    /// # Errors
    /// The disk's.
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>>;

    /// Adds bytes to the end of an existing file, in one write.
    ///
    /// # Errors
    /// The disk's; then any prefix of `bytes` may have been written.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything appended to a file so far survive a power cut.
    ///
    /// # Errors
    /// The disk's; then nothing is known about what survives.
    fn sync(&mut self, name: &str) -> io::Result<()>;

    /// Gives a file a new content, atomically and durably.
    ///
    /// # Errors
    /// The disk's; then the file is the old one or the new one.
    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// The random-access file under the tables; asked for once.
    ///
    /// # Errors
    /// The disk's.
    fn tables(&mut self) -> io::Result<Box<dyn StorageBackend>>;
}

/// A directory of the file system, locked for one owner.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    appending: Option<(String, File)>,
    /// Held until drop; the operating system lets go of it when the process dies.
    lock: File,
}

impl Directory {
    /// Opens a directory, creating it where it is missing, and locks it.
    ///
    /// # Errors
    /// [`OpenError::Locked`] if another owner has it; [`OpenError::Io`] otherwise.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        fs::create_dir_all(path)?;
        let options = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .clone();
        let lock = options.open(path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_path_buf(),
                appending: None,
                lock,
            }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked {
                dir: path.to_path_buf(),
            }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    fn appender(&mut self, name: &str) -> io::Result<&mut File> {
        let held = match self.appending.take() {
            Some((held, file)) if held == name => (held, file),
            _ => {
                let file = OpenOptions::new().append(true).open(self.path.join(name))?;
                (name.to_owned(), file)
            }
        };
        Ok(&mut self.appending.insert(held).1)
    }
}

impl Drop for Directory {
    /// A child process that is just being started shares the lock until it runs its program:
    /// unlocking frees the directory at once, closing the file would not.
    fn drop(&mut self) {
        drop(self.lock.unlock());
    }
}

impl Backend for Directory {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.appender(name)?.write_all(bytes)
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.appender(name)?.sync_data()
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.appending = None;
        let draft = self.path.join(format!("{name}.new"));
        let mut file = File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, self.path.join(name))?;
        File::open(&self.path)?.sync_all()
    }

    fn tables(&mut self) -> io::Result<Box<dyn StorageBackend>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(self.path.join(TABLES))?;
        let backend = FileBackend::new(file).map_err(io::Error::other)?;
        Ok(Box::new(backend))
    }
}
