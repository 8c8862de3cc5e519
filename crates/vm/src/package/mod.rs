//! From the bytes somebody deployed to the Python modules the sandbox runs.
//!
//! # Invariants
//! - Every rejection has a stable short code of the generation the contract was written for, and
//!   says in plain words where it is and what to write instead.
//! - Opening looks at nothing but the bytes: every node comes to the same package.
//!
//! # Not here
//! - Compiling the modules (`bytecode`), running them.

mod action;
mod archive;
mod error;
mod header;
mod plan;
mod runner;
mod suggest;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use venire_types::limits::Limits;

pub(crate) use error::PackageError;
pub use runner::Generation;
pub(crate) use runner::{chain_id, custom_id};

/// Files of an archive by their names.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A contract ready to be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// API generation its runner asks for.
    pub(crate) generation: Generation,
    /// Modules, `contract` first.
    pub(crate) modules: Vec<Module>,
    /// Other files by their absolute paths; `/proc/self/environ` holds what the header adds to
    /// the environment.
    pub(crate) files: Files,
    /// What is accepted here but better written otherwise.
    pub(crate) notes: Vec<String>,
}

/// One Python module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Module {
    /// `contract` or `contract.sub`.
    pub(crate) name: String,
    /// An `__init__.py`.
    pub(crate) is_package: bool,
    /// Source text.
    pub(crate) source: Vec<u8>,
}

/// Reads a contract of any accepted form.
///
/// # Errors
/// See [`PackageError`].
pub(crate) fn open(code: &[u8], limits: &Limits) -> Result<Package, PackageError> {
    if code.starts_with(b"PK\x03\x04") || code.starts_with(b"PK\x05\x06") {
        return archive::package(archive::unzip(code, limits)?);
    }
    if archive::is_tar(code) {
        return archive::package(archive::untar(code, limits)?);
    }
    if code.starts_with(b"\0asm") {
        return Err(error::core_wasm());
    }
    let text = std::str::from_utf8(code).map_err(|_| error::not_text(code))?;
    let header = header::parse(text)?;
    let own = Files::from([("file".to_owned(), code.to_vec())]);
    plan::make(&header, own)
}

/// What may be said about a contract that is accepted.
pub(crate) fn notes(code: &[u8], limits: &Limits) -> Vec<String> {
    open(code, limits).map_or_else(|_| Vec::new(), |package| package.notes)
}
