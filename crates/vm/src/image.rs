//! The guest component: found, hashed, compiled once per machine and mapped ever after.
//!
//! # Invariants
//! - A compiled image is machine code: only a file that this user owns, and whose bytes have the
//!   hash in its name, is ever mapped.
//! - A compiled image appears under its name complete or not at all.

use sha2::{Digest, Sha256};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use venire_types::B256;
use wasmtime::{Engine, component::Component};

/// Where the guest component is.
#[derive(Clone, Debug)]
pub enum Image {
    /// A file.
    Path(PathBuf),
    /// In memory.
    Bytes(Arc<[u8]>),
}

/// What [`crate::Machine::open`] is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Compiling the guest for this machine, about twenty seconds, once.
    Compiling,
    /// Compiled and cached.
    Compiled,
    /// Mapped from the cache.
    Mapped,
}

/// Why the image cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The component cannot be read.
    #[error("read the guest component {}: {error}", path.display())]
    Read {
        /// File.
        path: PathBuf,
        /// Reason.
        error: io::Error,
    },
    /// The cache directory cannot be used.
    #[error("use the cache directory {}: {error}", path.display())]
    Cache {
        /// Directory.
        path: PathBuf,
        /// Reason.
        error: io::Error,
    },
    /// The bytes are not a component.
    #[error("compile the guest component: {0}")]
    Compile(wasmtime::Error),
}

/// The component and the hash of its wasm bytes.
pub(crate) struct Loaded {
    pub(crate) component: Component,
    pub(crate) hash: B256,
}

/// SHA-256 of a guest component, by which nodes know that they run the same one.
#[must_use]
pub fn image_hash(wasm: &[u8]) -> B256 {
    B256::from_slice(&Sha256::digest(wasm))
}

/// Loads `image`, compiling it when `cache_dir` has no good copy.
pub(crate) fn load(
    engine: &Engine,
    image: &Image,
    cache_dir: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Loaded, ImageError> {
    let wasm: Arc<[u8]> = match image {
        Image::Bytes(bytes) => Arc::clone(bytes),
        Image::Path(path) => fs::read(path)
            .map_err(|error| ImageError::Read {
                path: path.clone(),
                error,
            })?
            .into(),
    };
    let hash = image_hash(&wasm);
    let cache = |error| ImageError::Cache {
        path: cache_dir.to_owned(),
        error,
    };
    fs::create_dir_all(cache_dir).map_err(cache)?;
    let prefix = prefix(engine, hash);
    if let Some(component) = cached(engine, cache_dir, &prefix).map_err(cache)? {
        progress(Progress::Mapped);
        return Ok(Loaded { component, hash });
    }
    progress(Progress::Compiling);
    let component = Component::from_binary(engine, &wasm).map_err(ImageError::Compile)?;
    let compiled = component.serialize().map_err(ImageError::Compile)?;
    save(cache_dir, &prefix, &compiled).map_err(cache)?;
    progress(Progress::Compiled);
    Ok(Loaded { component, hash })
}

/// Start of the names of compiled copies of one image under one configuration.
fn prefix(engine: &Engine, hash: B256) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let image = hash.to_string();
    let image = image.get(2..18).unwrap_or_default();
    format!("guest-{image}-{:016x}-", hasher.finish())
}

/// A good compiled copy in `dir`, mapped.
fn cached(engine: &Engine, dir: &Path, prefix: &str) -> io::Result<Option<Component>> {
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            names.push(entry.path());
        }
    }
    names.sort();
    if names.is_empty() {
        return Ok(None);
    }
    let me = own_uid(dir)?;
    for path in names {
        if !is_genuine(&path, prefix, me)? {
            continue;
        }
        // SAFETY: the file is machine code that `save` wrote: this user owns it, others cannot
        // write it, and its bytes have the hash they were saved under. wasmtime itself refuses
        // artefacts of another version or configuration.
        #[expect(unsafe_code, reason = "mapping compiled code is unsafe by nature")]
        let component = unsafe { Component::deserialize_file(engine, &path) };
        if let Ok(component) = component {
            return Ok(Some(component));
        }
    }
    Ok(None)
}

/// Is this a regular file of ours that nobody else may write and that has the hash in its name?
fn is_genuine(path: &Path, prefix: &str, me: u32) -> io::Result<bool> {
    const OTHERS_WRITE: u32 = 0o022;
    let meta = fs::symlink_metadata(path)?;
    if !meta.is_file() || meta.uid() != me || meta.mode() & OTHERS_WRITE != 0 {
        return Ok(false);
    }
    let named = file_name(prefix, &fs::read(path)?);
    Ok(path
        .file_name()
        .is_some_and(|name| name.to_string_lossy() == named))
}

fn file_name(prefix: &str, compiled: &[u8]) -> String {
    let hash = B256::from_slice(&Sha256::digest(compiled));
    format!("{prefix}{hash:x}.cwasm")
}

/// The user this process writes files as.
fn own_uid(dir: &Path) -> io::Result<u32> {
    let probe = dir.join(format!(".probe-{}", std::process::id()));
    let uid = fs::File::create(&probe)?.metadata()?.uid();
    fs::remove_file(&probe)?;
    Ok(uid)
}

fn save(dir: &Path, prefix: &str, compiled: &[u8]) -> io::Result<()> {
    let part = dir.join(format!("{prefix}{}.part", std::process::id()));
    let mut file = fs::File::create(&part)?;
    fs::set_permissions(&part, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(compiled)?;
    file.sync_all()?;
    fs::rename(&part, dir.join(file_name(prefix, compiled)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// An empty component.
    const EMPTY: [u8; 8] = *b"\0asm\x0d\0\x01\0";

    fn open(dir: &Path) -> Vec<Progress> {
        let mut seen = Vec::new();
        let image = Image::Bytes(Arc::from(EMPTY));
        let loaded = load(&Engine::default(), &image, dir, &mut |step| seen.push(step));
        assert_eq!(
            loaded.expect("loads").hash,
            B256::from_slice(&Sha256::digest(EMPTY))
        );
        seen
    }

    fn compiled(dir: &Path) -> PathBuf {
        let entries = fs::read_dir(dir)
            .expect("dir")
            .map(|entry| entry.expect("entry").path());
        let paths: Vec<_> = entries.collect();
        assert_eq!(paths.len(), 1, "{paths:?}");
        paths.into_iter().next().expect("one")
    }

    #[test]
    fn a_compiled_copy_is_used_only_while_it_is_genuine() {
        let dir = tempfile::tempdir().expect("dir");
        let fresh = [Progress::Compiling, Progress::Compiled];
        assert_eq!(open(dir.path()), fresh);
        assert_eq!(open(dir.path()), [Progress::Mapped]);

        let path = compiled(dir.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("mode");
        assert_eq!(open(dir.path()), fresh, "others may write it");
        assert_eq!(compiled(dir.path()), path, "replaced");
        assert_eq!(open(dir.path()), [Progress::Mapped]);

        let mut bytes = fs::read(&path).expect("read");
        *bytes.last_mut().expect("bytes") ^= 1;
        fs::write(&path, bytes).expect("write");
        assert_eq!(open(dir.path()), fresh, "damaged");
        assert_eq!(open(dir.path()), [Progress::Mapped]);
    }

    #[test]
    fn what_is_no_component_is_refused() {
        let dir = tempfile::tempdir().expect("dir");
        let image = Image::Bytes(Arc::from(*b"nonsense"));
        let error = load(&Engine::default(), &image, dir.path(), &mut |_| ()).err();
        assert!(matches!(error, Some(ImageError::Compile(_))));
        let image = Image::Path(dir.path().join("absent"));
        let error = load(&Engine::default(), &image, dir.path(), &mut |_| ()).err();
        assert!(matches!(error, Some(ImageError::Read { .. })));
    }
}
