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
mod style;
mod suggest;
#[cfg(test)]
mod tests;

use crate::session::Mode;
use std::collections::BTreeMap;
use venire_types::limits::Limits;

pub(crate) use error::PackageError;
pub(crate) use plan::map;
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
    /// Whether blocks may have other modules, files and variables than the rest.
    pub(crate) has_modes: bool,
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

/// Reads a contract of any accepted form, as it is in one mode.
///
/// # Errors
/// See [`PackageError`].
pub(crate) fn open(code: &[u8], limits: &Limits, mode: Mode) -> Result<Package, PackageError> {
    if let Some(files) = archived(code, limits)? {
        return archive::package(files, mode);
    }
    if code.starts_with(b"\0asm") {
        return Err(error::core_wasm());
    }
    let text = std::str::from_utf8(code).map_err(|_| error::not_text(code))?;
    let header = header::parse(text)?;
    plan::make(&header, text_file(code), mode)
}

/// Files of a contract as its runner names them: what an archive holds, or the text as `file`.
///
/// # Errors
/// An archive that cannot be unpacked.
pub(crate) fn files(code: &[u8], limits: &Limits) -> Result<Files, PackageError> {
    let archived = archived(code, limits)?;
    Ok(archived.map_or_else(|| text_file(code), archive::without_folder))
}

fn text_file(code: &[u8]) -> Files {
    Files::from([("file".to_owned(), code.to_vec())])
}

/// The files of an archive, if it is one.
fn archived(code: &[u8], limits: &Limits) -> Result<Option<Files>, PackageError> {
    if code.starts_with(b"PK\x03\x04") || code.starts_with(b"PK\x05\x06") {
        return archive::unzip(code, limits).map(Some);
    }
    if archive::is_tar(code) {
        return archive::untar(code, limits).map(Some);
    }
    Ok(None)
}

/// What may be said about a contract that is accepted.
pub(crate) fn notes(code: &[u8], limits: &Limits) -> Vec<String> {
    open(code, limits, Mode::Det).map_or_else(|_| Vec::new(), |package| package.notes)
}
