//! A contract from disk: a file as it is, a directory as the archive that can be deployed.
//!
//! # Invariants
//! - The same files give the same bytes: names in order, no times, no owners.
//!
//! # Not here
//! - What the files mean (`venire-vm`).

use eyre::{Result, WrapErr as _, eyre};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Most files of a directory; a contract has a handful.
const MAX_FILES: usize = 1024;

/// Reads the contract at `path`.
///
/// # Errors
/// It cannot be read, or the directory is no contract by its size.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let describe = || format!("read {}", path.display());
    if !fs::metadata(path).wrap_err_with(describe)?.is_dir() {
        return fs::read(path).wrap_err_with(describe);
    }
    let mut files = BTreeMap::new();
    collect(path, "", &mut files)?;
    if files.is_empty() {
        return Err(eyre!(
            "{} has no files; a contract is a contract.py, or a runner.json and a folder contract",
            path.display()
        ));
    }
    let mut archive = tar::Builder::new(Vec::new());
    for (name, file) in files {
        let bytes = fs::read(&file).wrap_err_with(|| format!("read {}", file.display()))?;
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, &name, bytes.as_slice())
            .wrap_err_with(|| format!("pack {}", file.display()))?;
    }
    Ok(archive.into_inner()?)
}

/// Files below `directory` by their names in the archive; hidden ones and caches stay out.
fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    let describe = || format!("read {}", directory.display());
    for entry in fs::read_dir(directory).wrap_err_with(describe)? {
        let entry = entry.wrap_err_with(describe)?;
        let name = entry.file_name();
        let name = name
            .to_str()
            .ok_or_else(|| eyre!("{} has no readable name", entry.path().display()))?;
        if name.starts_with('.') || name == "__pycache__" {
            continue;
        }
        let path = entry.path();
        if fs::metadata(&path).wrap_err_with(describe)?.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else {
            files.insert(format!("{prefix}{name}"), path);
        }
        if files.len() > MAX_FILES {
            return Err(eyre!(
                "{} has more than {MAX_FILES} files; name the folder of one contract",
                directory.display()
            ));
        }
    }
    Ok(())
}
