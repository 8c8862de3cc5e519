//! The comment header of a text contract: an optional version line and one JSON value.
//!
//! The header is the maximal run of lines that start with the comment prefix at byte 0; a blank
//! line ends it.

use super::PackageError;
use serde_json::Value;

/// A parsed header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The version line without its `v`, e.g. `0.2.16`.
    pub(super) version: Option<String>,
    /// The runner action.
    pub(super) action: Value,
}

/// Parses the header of `text`.
pub(super) fn parse(text: &str) -> Result<Header, PackageError> {
    let prefix = ["//", "#", "--"]
        .into_iter()
        .find(|prefix| text.starts_with(prefix))
        .ok_or_else(|| PackageError::AbsentRunner { hint: hint(text) })?;
    let mut lines = text
        .lines()
        .map_while(|line| line.strip_prefix(prefix))
        .peekable();
    let version = lines
        .next_if(|line| line.trim().starts_with('v'))
        .map(|line| line.trim().trim_start_matches('v').to_owned());
    let json: String = lines.collect();
    let action = serde_json::from_str(&json).map_err(|error| PackageError::MalformedRunner {
        problem: problem(&json, &error),
    })?;
    Ok(Header { version, action })
}

fn hint(text: &str) -> &'static str {
    if text.starts_with('\u{feff}') {
        " (the file starts with a byte order mark; save it without one)"
    } else if text.trim_start().starts_with('#') {
        " (there is blank space before the comment; remove it)"
    } else {
        ""
    }
}

fn problem(json: &str, error: &serde_json::Error) -> String {
    if json.trim().is_empty() {
        "there is nothing after the comment sign".into()
    } else if json.trim_start().starts_with(['{', '[', '"']) {
        format!("{error}; leave a blank line between the runner comment and other comments")
    } else {
        "the first comment must be the JSON of the runner, before any other comment".into()
    }
}
