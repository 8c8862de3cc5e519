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
mod zip;

use crate::session::Mode;
use error::Kind;
use std::collections::BTreeMap;
use venire_types::limits::Limits;

pub(crate) use error::PackageError;
pub(crate) use plan::map;
pub use runner::Generation;
pub(crate) use runner::{chain_id, custom_id};

/// Reading one byte of code: as text, as the JSON of a runner, or inflating it.
const CODE_BYTE: u64 = 100;
/// Each byte that comes out of an archive.
const UNPACKED_BYTE: u64 = 20;
/// Each file of an archive.
const ENTRY: u64 = 10_000;

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
    check_size(code, limits)?;
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
    check_size(code, limits)?;
    let archived = archived(code, limits)?;
    Ok(archived.map_or_else(|| text_file(code), archive::without_folder))
}

/// Refuses more code than is even looked at.
///
/// # Errors
/// When it is longer than the limit.
pub(crate) fn check_size(code: &[u8], limits: &Limits) -> Result<(), PackageError> {
    let (size, limit) = (code.len(), limits.code_bytes);
    if size <= limit as usize {
        return Ok(());
    }
    let message = format!(
        "the contract has {size} bytes; at most {limit} are allowed: leave out what is not code"
    );
    Err(PackageError::new(Kind::Other, message))
}

fn text_file(code: &[u8]) -> Files {
    Files::from([("file".to_owned(), code.to_vec())])
}

/// The files of an archive, if it is one.
fn archived(code: &[u8], limits: &Limits) -> Result<Option<Files>, PackageError> {
    if zip::is_zip(code) {
        return zip::unpack(code, limits).map(Some);
    }
    if archive::is_tar(code) {
        return archive::untar(code, limits).map(Some);
    }
    Ok(None)
}

/// What opening costs, or reading the files: known before any of it is done.
pub(crate) fn price(code: &[u8], limits: &Limits) -> u64 {
    let listed = if zip::is_zip(code) {
        zip::entries(code, limits).unwrap_or_default()
    } else {
        Vec::new()
    };
    let opening = (code.len() as u64).saturating_mul(CODE_BYTE);
    listed.iter().fold(opening, |sum, entry| {
        let byte = if entry.is_read() {
            CODE_BYTE
        } else {
            UNPACKED_BYTE
        };
        let unpacking = (entry.size as u64).saturating_mul(byte);
        sum.saturating_add(ENTRY).saturating_add(unpacking)
    })
}
