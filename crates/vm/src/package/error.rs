//! Why bytes are not a contract: a stable code, a place, and a sentence that says what to do.

use super::Generation;
use venire_types::outcome::{Fault, Outcome};

/// What to put on the first line of a contract.
pub(super) const FIRST_LINE: &str = "# { \"Depends\": \"py-genlayer:test\" }";

/// Characters of the longest message.
const MAX_MESSAGE: usize = 1000;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No runner is named.
    Absent,
    /// What names it cannot be read.
    Malformed,
    /// There is no runner of that name.
    Unknown,
    /// Not text, not an archive.
    NotText,
    /// Asks for a newer machine.
    TooNew,
    /// Anything else.
    Other,
}

/// Why bytes are not a contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct PackageError {
    kind: Kind,
    message: String,
    location: String,
    generation: Generation,
}

impl PackageError {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            location: String::new(),
            generation: Generation::V02,
        }
    }

    /// The runner action is wrong.
    pub(super) fn malformed(problem: impl std::fmt::Display) -> Self {
        let message = format!("{problem}; the usual first line is: {FIRST_LINE}");
        Self::new(Kind::Malformed, message)
    }

    /// The archive is wrong.
    pub(super) fn archive(problem: impl std::fmt::Display) -> Self {
        Self::new(
            Kind::Other,
            format!("the archive cannot be used: {problem}"),
        )
    }

    /// The same at a place, unless it has one already.
    pub(super) fn at(mut self, location: impl Into<String>) -> Self {
        if self.location.is_empty() {
            self.location = location.into();
        }
        self
    }

    /// Whether the version asked for is what is wrong.
    pub(super) fn is_of_version(&self) -> bool {
        self.kind == Kind::TooNew
    }

    /// The same for a contract of `generation`.
    pub(super) const fn of(mut self, generation: Generation) -> Self {
        self.generation = generation;
        self
    }

    /// The short code of the machine error; part of consensus.
    pub(crate) fn code(&self) -> &'static str {
        let third = self.generation >= Generation::V03;
        match self.kind {
            Kind::Absent if third => "invalid_contract runner absent",
            Kind::Absent => "invalid_contract absent_runner_comment",
            Kind::Malformed if third => "invalid_contract runner malformed",
            Kind::Malformed => "invalid_contract malformed_runner",
            Kind::Unknown if third => "invalid_contract runner absent",
            Kind::NotText => "invalid_contract not_utf8_text",
            Kind::TooNew => "version_too_big",
            Kind::Other if third => "invalid_contract runner malformed",
            Kind::Unknown | Kind::Other => "invalid_contract",
        }
    }

    /// Result of an execution of such bytes.
    pub(crate) fn ending(&self) -> (Outcome, Fault) {
        let fault = Fault {
            kind: "InvalidContract".into(),
            message: cut(&self.message),
            location: self.location.clone(),
            ..Fault::default()
        };
        (Outcome::VmError(self.code().into()), fault)
    }

    #[cfg(test)]
    pub(super) fn location(&self) -> &str {
        &self.location
    }
}

/// A message that quotes no more than a reader wants to see: it is kept as long as the contract is.
fn cut(message: &str) -> String {
    match message.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{} ...", message.get(..end).unwrap_or_default()),
        None => message.to_owned(),
    }
}

/// Bare WebAssembly.
pub(super) fn core_wasm() -> PackageError {
    let message = "contracts in bare WebAssembly are not supported; deploy Python source, or a \
                   zip of it";
    PackageError::new(Kind::Other, message)
}

/// Neither UTF-8 nor an archive.
pub(super) fn not_text(code: &[u8]) -> PackageError {
    let message = match code {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            "the file is saved as UTF-16; save it as UTF-8 without a byte order mark".to_owned()
        }
        [_, _, b'\r', b'\n', ..] => {
            "this is compiled Python (.pyc), which only one build of Python can read; deploy the \
             source"
                .to_owned()
        }
        [0x1f, 0x8b, ..] => "the file is compressed with gzip; deploy a zip or a tar".to_owned(),
        _ => {
            let valid = std::str::from_utf8(code)
                .err()
                .map_or(0, |e| e.valid_up_to());
            let lines = code
                .iter()
                .take(valid)
                .filter(|byte| **byte == b'\n')
                .count();
            let line = lines + 1;
            format!(
                "the contract is neither UTF-8 text nor a zip or tar archive; line {line} has a \
                 byte that is not UTF-8"
            )
        }
    };
    PackageError::new(Kind::NotText, message)
}
