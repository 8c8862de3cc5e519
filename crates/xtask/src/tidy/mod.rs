//! The rules of the house that a person would otherwise have to remember in review.
//!
//! Each check is a function from the [`Tree`] to findings; a new rule is a new line in [`CHECKS`].

use std::path::Path;
use std::process::ExitCode;

use eyre::Result;

use crate::tree::{Finding, Tree};
use crate::{broken, codegen, output};

mod coverage;
mod docs;
mod manifests;
mod size;
pub(crate) mod spec;
mod text;

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    codegen::check,
    broken::check,
    coverage::rows,
    docs::book,
    docs::decisions,
    docs::links,
    manifests::lints,
    manifests::one_test_binary,
    manifests::pinned,
    manifests::unsafe_code,
    size::files,
    size::type_parameters,
    spec::rules,
    spec::vectors,
    text::ascii,
    text::direction,
    text::module_docs,
    text::words,
];

/// Runs every check on the tree under `root`.
///
/// # Errors
/// When the tree cannot be read.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let tree = Tree::load(root)?;
    let findings: Vec<Finding> = CHECKS.iter().flat_map(|check| check(&tree)).collect();
    Ok(output::verdict(
        "tidy",
        &findings,
        &format!("{} checks, {} files", CHECKS.len(), tree.files().count()),
    ))
}

/// The crate that a path lies in, and the rest of the path.
fn in_crate(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("crates/")?.split_once('/')
}
