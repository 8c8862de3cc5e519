//! The guest component: found, hashed, compiled once per machine and mapped ever after.
//!
//! # Invariants
//! - A compiled image is machine code: only a file that this user owns, and whose bytes have the
//!   hash in its name, is ever mapped.
//! - A compiled image appears under its name complete or not at all.

mod copies;
pub(crate) mod depth;
#[cfg(test)]
mod tests;

use copies::Copies;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};
use venire_types::B256;
use wasmtime::{Engine, component::Component};

/// Bytes that are read and hashed at once: small enough to stay in the processor's cache.
const PIECE: usize = 128 << 10;

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
    /// They are not one of which the calls can be counted.
    #[error("count the calls of the guest component: {0}")]
    Depth(#[from] depth::DepthError),
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
    let cache = |error| ImageError::Cache {
        path: cache_dir.to_owned(),
        error,
    };
    let copies = Copies::list(engine, cache_dir).map_err(cache)?;
    // Hashing both files is most of a warm start, so it is done side by side.
    let (hash, newest) = thread::scope(|scope| {
        let newest = scope.spawn(|| copies.newest());
        (hash_of(image), newest.join().ok().flatten())
    });
    let hash = hash?;
    if let Some(component) = copies.open(engine, hash, newest.as_ref()) {
        progress(Progress::Mapped);
        return Ok(Loaded { component, hash });
    }
    progress(Progress::Compiling);
    // Hashed again: what counts are the bytes that are compiled.
    let wasm = read(image)?;
    let hash = sha256(&wasm);
    let counted = depth::counted(&wasm)?;
    let component = Component::from_binary(engine, &counted).map_err(ImageError::Compile)?;
    let compiled = component.serialize().map_err(ImageError::Compile)?;
    copies.save(hash, &compiled).map_err(cache)?;
    progress(Progress::Compiled);
    Ok(Loaded { component, hash })
}

fn read(image: &Image) -> Result<Arc<[u8]>, ImageError> {
    match image {
        Image::Bytes(bytes) => Ok(Arc::clone(bytes)),
        Image::Path(path) => fs::read(path)
            .map(Arc::from)
            .map_err(|error| unreadable(path, error)),
    }
}

fn hash_of(image: &Image) -> Result<B256, ImageError> {
    match image {
        Image::Bytes(bytes) => Ok(sha256(bytes)),
        Image::Path(path) => hash_file(path).map_err(|error| unreadable(path, error)),
    }
}

fn unreadable(path: &Path, error: io::Error) -> ImageError {
    ImageError::Read {
        path: path.to_owned(),
        error,
    }
}

/// SHA-256 of a file, read in pieces: filling fresh memory costs more than hashing it.
fn hash_file(path: &Path) -> io::Result<B256> {
    let mut file = fs::File::open(path)?;
    let mut piece = vec![0; PIECE];
    let mut hasher = Sha256::new();
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(B256::from_slice(&hasher.finalize())),
            len => hasher.update(piece.get(..len).unwrap_or_default()),
        }
    }
}

fn sha256(bytes: &[u8]) -> B256 {
    B256::from_slice(&Sha256::digest(bytes))
}
