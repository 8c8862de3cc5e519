//! The comment header of a text contract: an optional version line and one JSON value.
//!
//! The header is the maximal run of lines that start with the comment prefix at byte 0; a blank
//! line ends it.

use super::{
    Generation, PackageError,
    error::{FIRST_LINE, Kind},
};
use serde_json::Value;

/// A parsed header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: Version,
    /// The runner action.
    pub(super) action: Value,
    /// File and line for errors.
    pub(super) place: String,
    /// The same of the version.
    pub(super) version_place: &'static str,
}

/// Major and minor number of a version line; zeros when there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(u32, u32);

/// The newest generation there is.
const NEWEST: Version = Version(0, 3);

impl Version {
    /// Reads `v0.2.16`, `0.2.16`, or with a suffix `v0.3-dev`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut numbers = text.split(['-', '+', ' ']).next()?.split('.');
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next().map_or(Ok(0), str::parse).ok()?;
        Some(Self(major, minor))
    }

    /// The generation it stands for; none without a version line and for v0.0.x, where the source
    /// decides.
    pub(super) fn generation(self) -> Option<Generation> {
        match self {
            Self(0, 0) => None,
            version if version >= NEWEST => Some(Generation::V03),
            _ => Some(Generation::V02),
        }
    }

    /// Generation of error codes.
    pub(super) fn codes(self) -> Generation {
        self.generation().unwrap_or(Generation::V02)
    }

    /// Newer than this machine? Runners of v0.3 do not ask.
    pub(super) fn check(self) -> Result<(), PackageError> {
        if self <= NEWEST {
            return Ok(());
        }
        let Self(major, minor) = self;
        let message = format!(
            "the contract asks for version {major}.{minor} of the machine; the newest is 0.3: \
             write # v0.2.16, or leave the version line out"
        );
        Err(PackageError::new(Kind::TooNew, message))
    }
}

/// Parses the header of `text`.
pub(super) fn parse(text: &str) -> Result<Header, PackageError> {
    let prefix = ["//", "#", "--"]
        .into_iter()
        .find(|prefix| text.starts_with(prefix))
        .ok_or_else(|| absent(text))?;
    let mut lines = text
        .lines()
        .map_while(|line| line.strip_prefix(prefix))
        .peekable();
    let is_version = |line: &&str| {
        let rest = line.trim().strip_prefix('v');
        rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    let mut version = Version::default();
    let mut first = 1;
    if let Some(line) = lines.next_if(is_version) {
        first = 2;
        version = Version::read(line).ok_or_else(|| {
            let problem = format!("`{}` is not a version such as v0.2.16", line.trim());
            PackageError::malformed(problem).at(place(1))
        })?;
    }
    let lines: Vec<&str> = lines.collect();
    let json = lines.concat();
    let action = serde_json::from_str(&json).map_err(|error| {
        let (line, problem) = explain(&lines, &json, &error);
        PackageError::malformed(problem)
            .at(place(first + line))
            .of(version.codes())
    })?;
    Ok(Header {
        version,
        action,
        place: place(first),
        version_place: "contract.py:1",
    })
}

fn place(line: usize) -> String {
    format!("contract.py:{line}")
}

/// Why there is no header, and where it is instead.
fn absent(text: &str) -> PackageError {
    let elsewhere = text
        .lines()
        .position(|line| line.contains("\"Depends\"") || line.contains("'Depends'"));
    let (hint, line) = match elsewhere {
        _ if text.starts_with('\u{feff}') => (
            " (the file starts with a byte order mark; save it without one)".to_owned(),
            1,
        ),
        Some(line) if text.trim_start().starts_with(['#', '/', '-']) => (
            format!(
                " (there is blank space before it; move it up from line {})",
                line + 1
            ),
            line + 1,
        ),
        Some(line) => (
            format!(" (it is on line {}; nothing may stand before it)", line + 1),
            line + 1,
        ),
        None => (String::new(), 1),
    };
    let message = format!(
        "the contract has no runner comment; make its very first line exactly: {FIRST_LINE}{hint}"
    );
    PackageError::new(Kind::Absent, message).at(place(line))
}

/// Line of the header, from 0, that is wrong, and what the usual mistakes look like.
fn explain(lines: &[&str], json: &str, error: &serde_json::Error) -> (usize, String) {
    let mut left = error.column().saturating_sub(1);
    let mut line = 0;
    for text in lines {
        if left < text.len() {
            break;
        }
        left -= text.len();
        line += 1;
    }
    let line = line.min(lines.len().saturating_sub(1));
    let first = lines.first().map_or("", |line| line.trim());
    let malformed = "the runner comment is not valid JSON";
    if json.trim().is_empty() {
        return (0, "there is nothing after the comment sign".into());
    }
    if first.starts_with('!') {
        let problem = "a `#!` line stands before the runner comment; remove it";
        return (0, problem.into());
    }
    if !first.starts_with(['{', '[', '"']) {
        let problem = "the first comment must be the JSON of the runner, before any other comment";
        return (0, problem.into());
    }
    if json.contains('\'') && !json.contains('"') {
        return (
            line,
            format!("{malformed}: use double quotes, not single ones"),
        );
    }
    // The JSON is complete, and something follows.
    let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
    if matches!(values.next(), Some(Ok(_))) {
        let problem = "a comment follows directly below the runner comment; leave a blank line \
                       between them";
        return (line, problem.into());
    }
    if error.is_eof() {
        let last = lines.len().saturating_sub(1);
        let problem = "it ends too early: a bracket is missing, or a blank line is inside it";
        return (last, format!("{malformed}: {problem}"));
    }
    (line, format!("{malformed}: {error}"))
}
