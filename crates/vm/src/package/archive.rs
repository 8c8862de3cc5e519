//! Contracts in archives: `runner.json` and either one module or a `contract/` package. Reads tar.
//!
//! # Invariants
//! - Unpacking is bounded before it starts to allocate: count, names and bytes.
//!
//! # Not here
//! - Zips (`zip`).

use super::{
    Files, Package, PackageError,
    error::{FIRST_LINE, Kind},
    header::{self, Header, Version},
    plan,
};
use crate::session::Mode;
use venire_types::limits::Limits;

/// Bytes of a block of a tar.
const BLOCK: usize = 512;

/// Reads the contract of an archive's files.
pub(super) fn package(files: Files, mode: Mode) -> Result<Package, PackageError> {
    let files = without_folder(files);
    let Some(text) = files.get("runner.json") else {
        return from_source(files, mode);
    };
    let action = serde_json::from_slice(text).map_err(|error| {
        PackageError::malformed(format!("runner.json is not valid JSON: {error}"))
            .at(format!("runner.json:{}", error.line()))
    })?;
    let version = match files.get("version") {
        None => Version::default(),
        Some(bytes) => std::str::from_utf8(bytes)
            .ok()
            .and_then(Version::read)
            .ok_or_else(|| {
                let problem = "the file `version` is not a version such as v0.2.16";
                PackageError::malformed(problem).at("version:1")
            })?,
    };
    let header = Header {
        version,
        action,
        place: "runner.json:1".into(),
        version_place: "version:1",
    };
    plan::make(&header, files, mode)
}

/// An archive without `runner.json` whose contract has the usual first line.
fn from_source(files: Files, mode: Mode) -> Result<Package, PackageError> {
    let source = ["contract/__init__.py", "contract.py"]
        .iter()
        .find_map(|name| files.get(*name));
    let header = source
        .and_then(|source| std::str::from_utf8(source).ok())
        .filter(|text| text.starts_with('#'))
        .map(header::parse)
        .transpose()?;
    let Some(header) = header else {
        let message = format!(
            "the archive has no runner.json; put the JSON of the runner into it: {}{}",
            FIRST_LINE.trim_start_matches("# "),
            only_module(&files)
        );
        return Err(PackageError::new(Kind::Absent, message).at("runner.json:1"));
    };
    let mut package = plan::make(&header, files, mode)?;
    package.notes.push(
        "the archive has no runner.json, so that the first comment of the contract counts; other \
         networks insist on a runner.json"
            .into(),
    );
    Ok(package)
}

/// An archive without a file that could be the contract.
pub(super) fn no_contract(files: &Files) -> PackageError {
    let names: Vec<&str> = files.keys().take(5).map(String::as_str).collect();
    PackageError::archive(format!(
        "it has neither contract/__init__.py nor a single contract.py; it has {}{}",
        names.join(", "),
        only_module(files)
    ))
}

/// What to do with the only module of an archive, if it has another name than it has to have.
fn only_module(files: &Files) -> String {
    let mut modules = files.keys().filter(|name| name.ends_with(".py"));
    match (modules.next(), modules.next()) {
        (Some(name), None) if name != "contract.py" => {
            format!("; found `{name}`: name it `contract.py`")
        }
        _ => String::new(),
    }
}

/// Is it what tools put beside the files of a project?
pub(super) fn is_litter(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") || name.contains("__pycache__/")
}

/// The files of the one folder that holds everything, as their owner sees them.
pub(super) fn without_folder(files: Files) -> Files {
    if files.contains_key("runner.json") {
        return files;
    }
    let folder = files
        .keys()
        .find_map(|name| name.strip_suffix("runner.json"))
        .filter(|folder| files.keys().all(|name| name.starts_with(folder)))
        .map(str::to_owned);
    match folder {
        None => files,
        Some(folder) => files
            .into_iter()
            .filter_map(|(name, bytes)| Some((name.strip_prefix(&folder)?.to_owned(), bytes)))
            .collect(),
    }
}

/// Takes files in while they fit.
struct Intake<'a> {
    files: Files,
    left: u64,
    limits: &'a Limits,
}

impl<'a> Intake<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            files: Files::new(),
            left: limits.package_bytes.into(),
            limits,
        }
    }

    fn put(&mut self, name: String, bytes: Vec<u8>) -> Result<(), PackageError> {
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| too_large(self.limits))?;
        if is_litter(&name) {
            return Ok(());
        }
        if self.files.len() >= self.limits.package_files as usize {
            return Err(too_many(self.limits));
        }
        self.files.insert(name, bytes);
        Ok(())
    }
}

/// More bytes than a package may have.
pub(super) fn too_large(limits: &Limits) -> PackageError {
    let limit = limits.package_bytes;
    PackageError::archive(format!("it unpacks to more than {limit} bytes"))
}

/// More files than a package may have.
pub(super) fn too_many(limits: &Limits) -> PackageError {
    PackageError::archive(format!("it has more than {} files", limits.package_files))
}

/// Is this a USTAR archive?
pub(super) fn is_tar(code: &[u8]) -> bool {
    code.get(257..262) == Some(b"ustar")
}

/// The files of a USTAR archive.
pub(super) fn untar(code: &[u8], limits: &Limits) -> Result<Files, PackageError> {
    let mut intake = Intake::new(limits);
    let mut rest = code;
    let broken = || PackageError::archive("its end is missing");
    while let Some((header, after)) = rest.split_at_checked(BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        let (name, size, kind) = tar_header(header)?;
        let padded = size.checked_next_multiple_of(BLOCK).ok_or_else(broken)?;
        let (data, after) = after.split_at_checked(padded).ok_or_else(broken)?;
        rest = after;
        match kind {
            b'0' | 0 => {
                check_name(&name)?;
                intake.put(name, data.get(..size).unwrap_or_default().to_vec())?;
            }
            b'5' | b'g' | b'x' => {}
            _ => {
                let problem = format!("`{name}` is neither a file nor a folder");
                return Err(PackageError::archive(problem));
            }
        }
    }
    Ok(intake.files)
}

/// Name, size and kind of an entry.
fn tar_header(header: &[u8]) -> Result<(String, usize, u8), PackageError> {
    let broken = || PackageError::archive("an entry of the tar is damaged");
    let field = |from: usize, to: usize| {
        let bytes = header.get(from..to).unwrap_or_default();
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(text).map_err(|_| broken())
    };
    let number = |text: &str| usize::from_str_radix(text.trim(), 8).map_err(|_| broken());
    let claimed = number(field(148, 156)?)?;
    let sum: usize = (0..)
        .zip(header)
        .map(|(at, byte)| {
            // The sum is made with spaces where it stands itself.
            let inside = (148..156).contains(&at);
            usize::from(if inside { b' ' } else { *byte })
        })
        .fold(0, usize::saturating_add);
    if sum != claimed {
        return Err(broken());
    }
    let (name, prefix) = (field(0, 100)?, field(345, 500)?);
    let name = if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}/{name}")
    };
    let name = name.strip_prefix("./").map(str::to_owned).unwrap_or(name);
    let kind = header.get(156).copied().unwrap_or_default();
    Ok((name, number(field(124, 136)?)?, kind))
}

pub(super) fn check_name(name: &str) -> Result<(), PackageError> {
    let clean =
        !name.contains('\\') && name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if clean {
        return Ok(());
    }
    Err(PackageError::archive(format!(
        "the name `{name}` is absolute or has empty, . or .. parts"
    )))
}
