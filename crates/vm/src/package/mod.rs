//! From the bytes somebody deployed to the Python modules the sandbox runs.
//!
//! # Invariants
//! - Every rejection has a stable short code and says in plain words what to write instead.
//!
//! # Not here
//! - Compiling the modules (`bytecode`), running them.

mod archive;
mod header;
mod runner;
#[cfg(test)]
mod tests;

use venire_types::outcome::{Fault, Outcome};

pub use runner::Generation;

/// Largest contract after unpacking, bytes.
pub(crate) const MAX_UNPACKED: u64 = 8 << 20;

/// What to put on the first line of a contract.
const FIRST_LINE: &str = "# { \"Depends\": \"py-genlayer:test\" }";

/// A contract ready to be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// API generation its runner asks for.
    pub(crate) generation: Generation,
    /// Modules, `contract` first.
    pub(crate) modules: Vec<Module>,
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

/// Why bytes are not a contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackageError {
    #[error(
        "the contract has no runner comment; make its very first line exactly: {FIRST_LINE}{hint}"
    )]
    AbsentRunner { hint: &'static str },
    #[error("the runner comment is not valid ({problem}); the usual first line is: {FIRST_LINE}")]
    MalformedRunner { problem: String },
    #[error("the contract is neither UTF-8 text nor a zip archive")]
    NotText,
    #[error("the runner `{id}` is unknown ({problem}); the usual first line is: {FIRST_LINE}")]
    UnknownRunner { id: String, problem: &'static str },
    #[error("contracts in bare WebAssembly are not supported; deploy Python source or a zip of it")]
    CoreWasm,
    #[error("the zip archive cannot be used: {problem}")]
    Archive { problem: String },
}

impl PackageError {
    /// The short code of the machine error; part of consensus.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::AbsentRunner { .. } => "invalid_contract absent_runner_comment",
            Self::MalformedRunner { .. } => "invalid_contract malformed_runner",
            Self::NotText => "invalid_contract not_utf8_text",
            Self::UnknownRunner { .. } | Self::CoreWasm | Self::Archive { .. } => {
                "invalid_contract"
            }
        }
    }

    /// Result of an execution of such bytes.
    pub(crate) fn ending(&self) -> (Outcome, Fault) {
        let fault = Fault {
            kind: "InvalidContract".into(),
            message: self.to_string(),
            ..Fault::default()
        };
        (Outcome::VmError(self.code().into()), fault)
    }
}

/// Reads a contract of any accepted form.
///
/// # Errors
/// See [`PackageError`].
pub(crate) fn open(code: &[u8]) -> Result<Package, PackageError> {
    if code.starts_with(b"PK\x03\x04") || code.starts_with(b"PK\x05\x06") {
        return archive::open(code);
    }
    if code.starts_with(b"\0asm") {
        return Err(PackageError::CoreWasm);
    }
    let text = std::str::from_utf8(code).map_err(|_| PackageError::NotText)?;
    let header = header::parse(text)?;
    let runner = runner::read(&header)?;
    Ok(Package {
        generation: runner.generation,
        modules: vec![Module {
            name: "contract".into(),
            is_package: false,
            source: code.to_vec(),
        }],
    })
}
