//! Contracts in a zip archive: `runner.json` and either one module or a `contract/` package.
//!
//! # Invariants
//! - Unpacking is bounded before it starts to allocate: count, names and bytes.

use super::{MAX_UNPACKED, Module, Package, PackageError, header::Header, runner};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};
use zip::{CompressionMethod, ZipArchive};

/// Most entries of one archive.
const MAX_ENTRIES: usize = 1024;

/// Reads an archive.
pub(super) fn open(code: &[u8]) -> Result<Package, PackageError> {
    let files = unpack(code)?;
    let text = files.get("runner.json").ok_or(PackageError::AbsentRunner {
        hint: " (in a zip: put its JSON into runner.json)",
    })?;
    let action = serde_json::from_slice(text).map_err(|error| PackageError::MalformedRunner {
        problem: error.to_string(),
    })?;
    let version = files.get("version").map(|bytes| {
        String::from_utf8_lossy(bytes)
            .trim()
            .trim_start_matches('v')
            .to_owned()
    });
    let runner = runner::read(&Header { version, action })?;
    let single = || files.get("file").or_else(|| files.get("contract.py"));
    let modules = match single() {
        Some(source) if !runner.multi => vec![Module {
            name: "contract".into(),
            is_package: false,
            source: source.clone(),
        }],
        _ => package_modules(&files)?,
    };
    for module in &modules {
        if std::str::from_utf8(&module.source).is_err() {
            return Err(PackageError::NotText);
        }
    }
    Ok(Package {
        generation: runner.generation,
        modules,
    })
}

fn unpack(code: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, PackageError> {
    let mut archive = ZipArchive::new(Cursor::new(code)).map_err(broken)?;
    if archive.len() > MAX_ENTRIES {
        return Err(unusable("it has more than 1024 entries"));
    }
    let mut files = BTreeMap::new();
    let mut left = MAX_UNPACKED;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(broken)?;
        let name = file.name().map_err(broken)?.into_owned();
        if file.is_dir() {
            continue;
        }
        if !matches!(
            file.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            return Err(unusable("entries must be stored or deflated"));
        }
        if !is_clean(&name) {
            return Err(unusable(
                "an entry's name is absolute or has empty, . or .. parts",
            ));
        }
        let mut bytes = Vec::new();
        let read = file.take(left + 1).read_to_end(&mut bytes);
        read.map_err(|_| unusable("an entry's data is damaged"))?;
        left = u64::try_from(bytes.len())
            .ok()
            .and_then(|len| left.checked_sub(len))
            .ok_or_else(|| unusable("it unpacks to more than 8 MiB"))?;
        files.insert(name, bytes);
    }
    Ok(files)
}

fn package_modules(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<Module>, PackageError> {
    let mut modules: Vec<Module> = files
        .iter()
        .filter_map(|(path, source)| {
            let (name, is_package) = module_name(path)?;
            Some(Module {
                name,
                is_package,
                source: source.clone(),
            })
        })
        .collect();
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    if modules.first().is_none_or(|first| first.name != "contract") {
        return Err(unusable(
            "it has neither contract/__init__.py nor a single contract.py",
        ));
    }
    Ok(modules)
}

/// `contract/a/__init__.py` is the package `contract.a`, `contract/a/b.py` the module
/// `contract.a.b`; other files are not modules.
fn module_name(path: &str) -> Option<(String, bool)> {
    let stem = path.strip_suffix(".py")?;
    let (stem, is_package) = match stem.strip_suffix("/__init__") {
        Some(package) => (package, true),
        None => (stem, false),
    };
    let parts: Vec<&str> = stem.split('/').collect();
    let is_identifier = |part: &&str| {
        !part.starts_with(|first: char| first.is_ascii_digit())
            && part
                .chars()
                .all(|letter| letter == '_' || letter.is_alphanumeric())
    };
    (parts.first() == Some(&"contract") && parts.iter().all(is_identifier))
        .then(|| (parts.join("."), is_package))
}

fn is_clean(name: &str) -> bool {
    !name.contains('\\') && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn broken(error: zip::result::ZipError) -> PackageError {
    PackageError::Archive {
        problem: error.to_string(),
    }
}

fn unusable(problem: &str) -> PackageError {
    PackageError::Archive {
        problem: problem.to_owned(),
    }
}
