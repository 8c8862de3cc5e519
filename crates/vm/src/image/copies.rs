//! Compiled copies of guest images in the cache directory.
//!
//! A copy is called `guest-ENGINE-IMAGE-CONTENT.cwasm`: what compiled it (and counted its calls), what
//! was compiled, and the hash of its own bytes.
//!
//! # Invariants
//! - Only a genuine copy is mapped: ours alone to write, with the bytes its name promises.
//! - A copy appears under its name complete or not at all.

use super::{depth, hash_file, sha256};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};
use venire_types::B256;
use wasmtime::{Engine, component::Component};

/// Copies that stay, the newest first.
const KEPT: usize = 3;
/// How much newer than the newest a copy is made.
const STEP: Duration = Duration::from_millis(1);
/// Mode bits by which others could write.
const OTHERS_WRITE: u32 = 0o022;

/// The copies that one engine made.
pub(super) struct Copies {
    dir: PathBuf,
    prefix: String,
    /// User this process writes files as.
    owner: u32,
    /// Newest first.
    paths: Vec<PathBuf>,
}

impl Copies {
    /// Looks into `dir`, which is created when absent.
    pub(super) fn list(engine: &Engine, dir: &Path) -> io::Result<Self> {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        depth::SCHEME.hash(&mut hasher);
        let prefix = format!("guest-{:016x}-", hasher.finish());
        fs::create_dir_all(dir)?;
        let mut found: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&prefix) && name.ends_with(".cwasm") {
                found.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        found.sort();
        Ok(Self {
            dir: dir.to_owned(),
            prefix,
            owner: own_uid(dir)?,
            paths: found.into_iter().rev().map(|(_, path)| path).collect(),
        })
    }

    /// The newest copy, if it is genuine.
    pub(super) fn newest(&self) -> Option<PathBuf> {
        let newest = self.paths.first()?;
        self.is_genuine(newest).then(|| newest.clone())
    }

    /// A genuine copy of `image`, mapped; `checked` is known to be genuine.
    pub(super) fn open(
        &self,
        engine: &Engine,
        image: B256,
        checked: Option<&PathBuf>,
    ) -> Option<Component> {
        let start = self.start(image);
        self.paths
            .iter()
            .filter(|path| file_name(path).starts_with(&start))
            .filter(|path| checked == Some(path) || self.is_genuine(path))
            .find_map(|path| {
                // SAFETY: the file is machine code that `save` wrote: this user owns it, others
                // cannot write it, and its bytes have the hash they were saved under. wasmtime
                // itself refuses artefacts of another version or configuration.
                #[expect(unsafe_code, reason = "mapping compiled code is unsafe by nature")]
                let component = unsafe { Component::deserialize_file(engine, path) }.ok()?;
                self.promote(path);
                Some(component)
            })
    }

    /// Makes a copy that was used the newest, so that the next start checks it first and it is
    /// not cleared away.
    fn promote(&self, path: &Path) {
        let Some(newest) = self.paths.first().filter(|newest| *newest != path) else {
            return;
        };
        // Only the order is at stake; it does not matter if this fails.
        let _ = fs::metadata(newest)
            .and_then(|meta| meta.modified())
            .and_then(|time| fs::File::open(path)?.set_modified(time + STEP));
    }

    /// Saves a copy and clears the oldest ones away.
    pub(super) fn save(&self, image: B256, compiled: &[u8]) -> io::Result<()> {
        let part = self.dir.join(unique("part"));
        let mut file = fs::File::create(&part)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(compiled)?;
        file.sync_all()?;
        let content = sha256(compiled);
        let path = self
            .dir
            .join(format!("{}{content:x}.cwasm", self.start(image)));
        fs::rename(&part, &path)?;
        for old in self.paths.iter().filter(|old| **old != path).skip(KEPT - 1) {
            // Another process may have been quicker.
            let _ = fs::remove_file(old);
        }
        Ok(())
    }

    /// Start of the names of copies of `image`.
    fn start(&self, image: B256) -> String {
        let image = format!("{image:x}");
        format!("{}{}-", self.prefix, image.get(..16).unwrap_or_default())
    }

    /// Is this a regular file of ours that nobody else may write, with the hash in its name?
    fn is_genuine(&self, path: &Path) -> bool {
        let Ok(meta) = fs::symlink_metadata(path) else {
            return false;
        };
        if !meta.is_file() || meta.uid() != self.owner || meta.mode() & OTHERS_WRITE != 0 {
            return false;
        }
        hash_file(path)
            .is_ok_and(|content| file_name(path).ends_with(&format!("-{content:x}.cwasm")))
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A file name no other thread or process uses.
fn unique(extension: &str) -> String {
    let (process, thread) = (std::process::id(), thread::current().id());
    format!(".{process}-{thread:?}.{extension}")
}

/// The user this process writes files as.
fn own_uid(dir: &Path) -> io::Result<u32> {
    let probe = dir.join(unique("probe"));
    let uid = fs::File::create(&probe)?.metadata()?.uid();
    fs::remove_file(&probe)?;
    Ok(uid)
}
