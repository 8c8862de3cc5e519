//! `venire compat-cache`: our Python package where published test tools look for theirs.
//!
//! `genvm-lint` and the direct mode of `gltest` download an archive of the reference's package and
//! keep it in a cache; they download nothing when the cache has an archive.
//!
//! # Invariants
//! - A file that was not made here is replaced or removed only with `--force`.
//! - What a tool has unpacked from an archive goes with it: tools never look at an archive twice.

mod archive;

use crate::{exit, output};
use clap::Args;
use eyre::{Result, WrapErr as _, eyre};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Sorts above every version of the archive it stands in for, by numbers and by letters.
const VERSION: &str = "v99-venire";

/// Caches of the tools, below the home folder.
const CACHES: [&str; 2] = [".cache/genvm-linter", ".cache/gltest-direct"];

/// Put Venire's Python package into the caches of genvm-lint and gltest, so that both work offline.
#[derive(Debug, Args)]
pub(crate) struct CompatCache {
    /// Folders to write into; without any, the caches of both tools below the home folder.
    dirs: Vec<PathBuf>,
    /// Version to appear as, for tools that are told one (`GENVM_VERSION`, `sdk_version=`).
    #[arg(long = "as", value_name = "VERSION", default_value = VERSION, value_parser = version)]
    version: String,
    /// Another py-genlayer hash that contracts name, beside the registered ones; repeatable.
    #[arg(long = "hash", value_name = "HASH", value_parser = hash)]
    hashes: Vec<String>,
    /// Remove the archives, and what the tools have unpacked from them.
    #[arg(long)]
    undo: bool,
    /// Also replace or remove an archive that was not made by this command.
    #[arg(long)]
    force: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn version(text: &str) -> Result<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if text.chars().all(plain) && text.chars().any(char::is_alphanumeric) && !text.starts_with('.')
    {
        Ok(text.to_owned())
    } else {
        Err(eyre!(
            "a version is letters, digits, '.', '-' and '_', such as v0.2.16"
        ))
    }
}

fn hash(text: &str) -> Result<String> {
    if text.len() == 52
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    {
        Ok(text.to_owned())
    } else {
        Err(eyre!("a runner's hash is 52 lowercase letters and digits"))
    }
}

/// What a folder has under the version.
struct Place {
    archive: PathBuf,
    /// What tools have made from the archive.
    leftovers: Vec<PathBuf>,
}

impl Place {
    fn new(dir: &Path, version: &str) -> Self {
        let archive = dir.join(format!("genvm-universal-{version}.tar.xz"));
        let leftovers = [
            format!("genvm-universal-{version}.tar.xz.index.json"),
            format!("extracted/{version}.tar"),
            format!("extracted/{version}"),
            format!("stubs/{version}"),
        ];
        let leftovers = leftovers.iter().map(|name| dir.join(name));
        Self {
            archive,
            leftovers: leftovers.filter(|path| path.exists()).collect(),
        }
    }

    /// Whether everything here may be replaced.
    fn is_ours(&self, version: &str) -> io::Result<bool> {
        match fs::File::open(&self.archive) {
            Ok(file) => Ok(archive::is_ours(io::BufReader::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(self.leftovers.is_empty() || version == VERSION)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes what tools have made from the archive.
    fn clear(&self) -> io::Result<()> {
        for path in &self.leftovers {
            if path.is_dir() {
                fs::remove_dir_all(path)?;
            } else {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Writes the archive; a reader sees the old or the new one, whole.
    fn write(&self, content: &[u8]) -> io::Result<()> {
        if let Some(dir) = self.archive.parent() {
            fs::create_dir_all(dir)?;
        }
        let fresh = self.archive.with_extension("venire-new");
        fs::write(&fresh, content)?;
        fs::rename(&fresh, &self.archive)
    }
}

impl CompatCache {
    pub(crate) fn run(self) -> Result<u8> {
        let dirs = if self.dirs.is_empty() {
            let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
            let home =
                home.ok_or_else(|| eyre!("HOME is not set; name the folder to write into"))?;
            CACHES.iter().map(|cache| home.join(cache)).collect()
        } else {
            self.dirs.clone()
        };
        let places: Vec<Place> = dirs
            .iter()
            .map(|dir| Place::new(dir, &self.version))
            .collect();
        // All of them before the first change.
        for place in &places {
            let ours = place.is_ours(&self.version);
            if !self.force && !ours.wrap_err_with(|| format!("read {}", place.archive.display()))? {
                output::say(&format!(
                    "error: {} was not made by venire; --force replaces it, --as VERSION goes beside it",
                    place.archive.display()
                ));
                return Ok(exit::FAILED);
            }
        }
        let made = if self.undo {
            Vec::new()
        } else {
            archive::make(&self.hashes)?
        };
        let mut rows = Vec::new();
        for place in &places {
            let state = self
                .change(place, &made)
                .wrap_err_with(|| format!("change {}", place.archive.display()))?;
            rows.push((place, state));
        }
        self.tell(&rows, &made);
        Ok(exit::OK)
    }

    /// Brings one place up to date; what was done.
    fn change(&self, place: &Place, made: &[u8]) -> io::Result<&'static str> {
        let before = match fs::read(&place.archive) {
            Ok(before) => Some(before),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if self.undo {
            place.clear()?;
            return match before {
                Some(_) => fs::remove_file(&place.archive).map(|()| "removed"),
                None => Ok("absent"),
            };
        }
        if before.as_deref() == Some(made) {
            return Ok("unchanged");
        }
        place.clear()?;
        place.write(made)?;
        Ok(if before.is_some() {
            "replaced"
        } else {
            "written"
        })
    }

    fn tell(&self, rows: &[(&Place, &'static str)], made: &[u8]) {
        if self.json {
            let archives: Vec<Json> = rows
                .iter()
                .map(|(place, state)| json!({ "path": place.archive, "state": state }))
                .collect();
            let mut told = json!({ "version": self.version, "archives": archives });
            if !self.undo {
                told["bytes"] = made.len().into();
                told["sha256"] = digest(made).into();
            }
            output::result(&told.to_string());
            return;
        }
        for (place, state) in rows {
            output::result(&format!("{state} {}", place.archive.display()));
        }
        if !self.undo {
            output::say("genvm-lint and gltest now use Venire's Python package, offline");
            output::say("to undo: run the same command with --undo");
        }
    }
}

fn digest(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    hash.iter()
        .fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
