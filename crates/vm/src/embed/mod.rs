//! Sentence vectors: all-MiniLM-L6-v2 in plain `f32`, part of consensus like the interpreter.
//!
//! # Invariants
//! - The same text gives the same bits on every machine: sums have a fixed order, nothing is
//!   contracted or reassociated, and `exp` and `erf` are those of the `libm` crate.
//! - Only files with the pinned hashes are ever used; anything else is [`Missing`], never a vector.
//! - Nothing is read before the first contract asks; then once for the process.
//!
//! # Not here
//! - Prices and the request's form (`abi::embed`), downloading the files (`python/models.py`).

mod kernel;
mod load;
pub(crate) mod nearest;
mod net;
#[cfg(test)]
mod tests;
mod tokens;

use crate::Image;
use load::LoadError;
use net::Net;
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};
use tokens::Vocabulary;

/// Name of the only model.
pub(crate) const MODEL: &str = "all-MiniLM-L6-v2";
/// Components of a vector.
pub(crate) const WIDTH: usize = 384;
/// Most tokens that are read of a text, the two that frame it included.
pub(crate) const MAX_TOKENS: usize = 256;

/// SHA-256 of `model.safetensors`: part of consensus.
pub const MODEL_SHA256: &str = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db";
/// SHA-256 of `vocab.txt`: part of consensus.
pub const VOCABULARY_SHA256: &str =
    "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3";

/// Why there are no vectors here; the text is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the embedding model is not installed: {0}; run `make models`, or set VENIRE_MODELS to the folder that has {MODEL}/"
)]
pub(crate) struct Missing(String);

impl From<LoadError> for Missing {
    fn from(error: LoadError) -> Self {
        Self(error.to_string())
    }
}

/// Where models are when nothing else is said: beside the guest component, or beside its folder.
pub(crate) fn beside(image: &Image) -> PathBuf {
    let Image::Path(path) = image else {
        return PathBuf::new();
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let inside = folder.join("models");
    if inside.is_dir() {
        inside
    } else {
        folder.join("../models")
    }
}

/// The hash of the model in the folder `models`, if the file there is the pinned one.
pub(crate) fn installed(models: &Path) -> Option<String> {
    load::check(&models.join(MODEL)).ok()?;
    Some(MODEL_SHA256.to_owned())
}

/// The model of one machine, read when it is first asked.
#[derive(Default)]
pub(crate) struct Embedder {
    folder: PathBuf,
    vocabulary: Lazy<Vocabulary>,
    net: Lazy<Net>,
}

impl Embedder {
    /// Looks for the model in `models`, one folder for each model.
    pub(crate) fn new(models: &Path) -> Self {
        Self {
            folder: models.join(MODEL),
            ..Self::default()
        }
    }

    /// Token ids of a text, framed; `most` of them with their end mark.
    ///
    /// # Errors
    /// [`Missing`] when the vocabulary is not there.
    pub(crate) fn tokens(&self, text: &str, most: usize) -> Result<Vec<u16>, Missing> {
        Ok(self
            .vocabulary
            .get(|| load::vocabulary(&self.folder))?
            .tokens(text, most))
    }

    /// The vector of a text of `tokens`, at most [`MAX_TOKENS`] of them; its length is one.
    ///
    /// # Errors
    /// [`Missing`] when the weights are not there.
    pub(crate) fn vector(&self, tokens: &[u16]) -> Result<[f32; WIDTH], Missing> {
        Ok(self.net.get(|| load::net(&self.folder))?.vector(tokens))
    }
}

/// A value made at first use; a failure is tried again, so that files can be installed meanwhile.
struct Lazy<T> {
    made: OnceLock<T>,
    making: Mutex<()>,
}

impl<T> Default for Lazy<T> {
    fn default() -> Self {
        Self {
            made: OnceLock::new(),
            making: Mutex::new(()),
        }
    }
}

impl<T> Lazy<T> {
    fn get(&self, make: impl FnOnce() -> Result<T, LoadError>) -> Result<&T, Missing> {
        if let Some(value) = self.made.get() {
            return Ok(value);
        }
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = self.made.get() {
            return Ok(value);
        }
        let value = make()?;
        Ok(self.made.get_or_init(|| value))
    }
}
