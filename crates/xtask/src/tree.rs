//! The repository as text: every file that git knows or would add, by its path from the root.
//!
//! # Invariants
//! - Paths use `/` and iterate in order, so findings come out the same on every machine.
//! - Ignored files, binary files and links are not part of the tree.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use eyre::{Context as _, ContextCompat as _, Result, ensure};

/// Text files by path.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

/// Whether a finding fails the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Printed only.
    Warning,
    /// Printed, and the command exits with 1.
    Failure,
}

/// One thing that is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Path from the root.
    pub(crate) path: String,
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// What is wrong and what to do.
    pub(crate) message: String,
    /// Whether it fails the check.
    pub(crate) weight: Weight,
}

impl Finding {
    /// A finding that fails the check.
    pub(crate) fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line,
            message: message.into(),
            weight: Weight::Failure,
        }
    }

    /// A finding that is only printed.
    pub(crate) fn warning(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            weight: Weight::Warning,
            ..Self::new(path, line, message)
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Warning => "warning: ",
            Weight::Failure => "",
        };
        write!(f, "{}:{}: {weight}{}", self.path, self.line, self.message)
    }
}

/// Paths of every file that git knows or would take, relative to `root`.
///
/// # Errors
/// When git is missing, or `root` is not a git work tree.
pub(crate) fn listed(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .context("git is not installed; install it to check the tree")?;
    ensure!(
        output.status.success(),
        "not a git work tree: {}",
        root.display()
    );
    let names = String::from_utf8_lossy(&output.stdout);
    Ok(names.split_terminator('\0').map(str::to_owned).collect())
}

impl Tree {
    /// Reads the work tree under `root`.
    ///
    /// # Errors
    /// When git is missing, or `root` is not a git work tree.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for name in listed(root)? {
            let path = root.join(&name);
            if path.is_file()
                && !path.is_symlink()
                && let Ok(text) = String::from_utf8(std::fs::read(&path)?)
            {
                files.insert(name, text);
            }
        }
        Ok(Self { files })
    }

    /// Every file, in order of path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Files whose path ends in one of `suffixes`.
    pub(crate) fn ending<'a>(
        &'a self,
        suffixes: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files()
            .filter(|(path, _)| suffixes.iter().any(|suffix| path.ends_with(suffix)))
    }

    /// The text of one file.
    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether `path` is a file of the tree or a folder with files in it.
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        path.is_empty()
            || self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(found, _)| found.starts_with(&folder))
    }

    /// A tree made of literals, for the samples of the checks.
    #[cfg(test)]
    pub(crate) fn sample(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        Self { files }
    }
}

/// The folder of the workspace manifest, at or above the current folder.
///
/// # Errors
/// When there is none.
pub(crate) fn root() -> Result<PathBuf> {
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    let is_root = |folder: &&Path| {
        std::fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|text| text.contains("[workspace]"))
    };
    let root = here
        .ancestors()
        .find(is_root)
        .context("no workspace manifest at or above this folder")?;
    Ok(root.to_owned())
}
