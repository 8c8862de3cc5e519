//! A contract from disk: a file as it is, a directory as the archive that can be deployed.
//!
//! # Invariants
//! - The same files give the same bytes: names in order, no times, no owners.
//!
//! # Not here
//! - What is in the files (`venire-vm`).

use eyre::{Result, WrapErr as _, eyre};
use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};
use venire_api::nearest_of;

/// Most files of a directory; a contract has a handful.
const MAX_FILES: usize = 1024;

/// Names that are shown when there are more.
const SHOWN: usize = 5;

/// Reads the contract at `path` for the command named `command`.
///
/// # Errors
/// It cannot be read, or is no contract by what is there; the error says what to type.
pub(crate) fn read(path: &Path, command: &str) -> Result<Vec<u8>> {
    let shown = path.display();
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(missing(path, command)),
        Err(error) => return Err(eyre!(error).wrap_err(format!("read {shown}"))),
    };
    if found.is_dir() {
        return pack(path, command);
    }
    if !found.is_file() {
        return Err(eyre!("{shown} is neither a file nor a folder"));
    }
    let bytes = fs::read(path).wrap_err_with(|| format!("read {shown}"))?;
    if bytes.trim_ascii().is_empty() {
        return Err(eyre!(
            "{shown} is empty; a contract begins with the line # {{ \"Depends\": \"py-genlayer:test\" }}"
        ));
    }
    Ok(bytes)
}

/// Nothing is at `path`: what is there instead, and what to type.
fn missing(path: &Path, command: &str) -> eyre::Report {
    let shown = path.display();
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        let folder = folder.display();
        return eyre!("there is no {shown}, because there is no folder {folder}");
    }
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let whole = whole.components().collect::<PathBuf>();
    let here = candidates(folder);
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    let near = nearest_of(&wanted, here.iter().map(String::as_str));
    let next = match (near, here.as_slice()) {
        (Some(near), _) => format!(
            "did you mean {near}? Type: venire {command} {}",
            path.with_file_name(near).display()
        ),
        (None, []) => format!(
            "no contract is in that folder; go to the folder of yours, or type its whole path: \
             venire {command} PATH"
        ),
        (None, here) => format!(
            "contracts there: {}. Type: venire {command} {}",
            some(here),
            path.with_file_name(here.first().map_or("", String::as_str))
                .display()
        ),
    };
    eyre!(
        "there is no {shown} (looked in {}); {next}",
        whole.display()
    )
}

/// Names in a folder that may be contracts, in order.
fn candidates(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| {
            let path = entry.path();
            let kind = path.extension().and_then(|kind| kind.to_str());
            let is_package = || path.join("runner.json").is_file() || path.join(MODULE).is_file();
            match path.is_dir() {
                true => is_package(),
                false => matches!(kind, Some("py" | "zip" | "tar")),
            }
        })
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The first names of a list.
fn some(names: &[String]) -> String {
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

/// The one module of a contract in a folder, and the module of a package.
const MODULE: &str = "contract.py";
const PACKAGE: &str = "contract/__init__.py";

/// Whether files are those of a contract: in this folder, or in the one folder in it.
fn is_contract(files: &BTreeMap<String, PathBuf>) -> bool {
    let own = [MODULE, PACKAGE, "runner.json"];
    own.iter().any(|name| files.contains_key(*name))
        || files.keys().any(|name| name.ends_with("/runner.json"))
}

/// The folder at `path` as an archive.
fn pack(path: &Path, command: &str) -> Result<Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(path, "", &mut files)?;
    if !is_contract(&files) {
        let shown = path.display();
        let wanted = format!("a contract is a {MODULE}, or a runner.json and a folder contract");
        let here = candidates(path);
        return Err(match here.as_slice() {
            _ if files.is_empty() => eyre!("the folder {shown} has no files; {wanted}"),
            [] => eyre!(
                "the folder {shown} holds no contract, only {}; {wanted}",
                some(&files.into_keys().collect::<Vec<_>>())
            ),
            here => eyre!(
                "the folder {shown} has no {MODULE} and no runner.json, but {}; type: venire {command} {}",
                some(here),
                path.join(here.first().map_or("", String::as_str)).display()
            ),
        });
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
