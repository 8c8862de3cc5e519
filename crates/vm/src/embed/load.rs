//! Reads the pinned files: the vocabulary, and the weights in the safetensors format.
//!
//! # Invariants
//! - What is returned was read from bytes that have the pinned hash.

use super::{
    MODEL_SHA256, VOCABULARY_SHA256, WIDTH,
    kernel::Panels,
    net::{INNER, LAYERS, Layer, Linear, Net, Norm},
    tokens::Vocabulary,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// File of the weights.
const WEIGHTS: &str = "model.safetensors";
/// Rows of the token table.
const WORDS: usize = 30_522;
/// Rows of the table of places.
const PLACES: usize = 512;
/// Longest description of the tensors.
const MAX_HEADER: u64 = 1 << 20;
/// Bytes converted at once.
const PIECE: usize = 1 << 16;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    /// It cannot be read.
    #[error("{} cannot be read ({error})", path.display())]
    Read {
        /// Of the file.
        path: PathBuf,
        /// The system's word.
        error: io::Error,
    },
    /// It is another file than the pinned one.
    #[error("{} is not the file that belongs to this version (its SHA-256 differs)", .0.display())]
    Hash(PathBuf),
    /// It lacks something; the pinned file does not.
    #[error("{} has no tensor {name} of the expected shape", path.display())]
    Tensor {
        /// Of the file.
        path: PathBuf,
        /// Of the tensor.
        name: String,
    },
}

/// A reader that hashes what passes.
struct Hashed {
    file: File,
    hash: Sha256,
}

impl Read for Hashed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        self.hash.update(into.get(..count).unwrap_or(into));
        Ok(count)
    }
}

/// Lets `read` take a whole file and checks its hash afterwards.
fn pinned<T>(
    path: &Path,
    sha256: &str,
    read: impl FnOnce(&mut Hashed) -> io::Result<T>,
) -> Result<T, LoadError> {
    let failed = |error| LoadError::Read {
        path: path.to_owned(),
        error,
    };
    let mut hashed = Hashed {
        file: File::open(path).map_err(failed)?,
        hash: Sha256::new(),
    };
    let value = read(&mut hashed);
    io::copy(&mut hashed, &mut io::sink()).map_err(failed)?;
    if format!("{:x}", hashed.hash.finalize()) != sha256 {
        return Err(LoadError::Hash(path.to_owned()));
    }
    value.map_err(failed)
}

/// The vocabulary.
pub(super) fn vocabulary(folder: &Path) -> Result<Vocabulary, LoadError> {
    let text = pinned(&folder.join("vocab.txt"), VOCABULARY_SHA256, |file| {
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        Ok(text)
    })?;
    Ok(Vocabulary::new(&text))
}

/// Whether the files are the pinned ones.
pub(super) fn check(folder: &Path) -> Result<(), LoadError> {
    pinned(&folder.join("vocab.txt"), VOCABULARY_SHA256, |_| Ok(()))?;
    pinned(&folder.join(WEIGHTS), MODEL_SHA256, |_| Ok(()))
}

/// The network.
pub(super) fn net(folder: &Path) -> Result<Net, LoadError> {
    let path = folder.join(WEIGHTS);
    let tensors = pinned(&path, MODEL_SHA256, read_tensors)?;
    Tensors { path, tensors }.net()
}

/// Every `F32` tensor by name. The file's tensors follow one another in the order of their places.
fn read_tensors(file: &mut Hashed) -> io::Result<BTreeMap<String, Vec<f32>>> {
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let mut header = String::new();
    file.by_ref()
        .take(u64::from_le_bytes(length).min(MAX_HEADER))
        .read_to_string(&mut header)?;
    let header: BTreeMap<String, Value> = serde_json::from_str(&header)?;
    let mut entries = Vec::new();
    for (name, entry) in header {
        let place = |index: usize| entry.get("data_offsets")?.get(index)?.as_u64();
        if let (Some(start), Some(end)) = (place(0), place(1)) {
            let float = entry.get("dtype").and_then(Value::as_str) == Some("F32");
            entries.push((start, end, name, float));
        }
    }
    entries.sort();
    let mut tensors = BTreeMap::new();
    for (start, end, name, float) in entries {
        let bytes = file.by_ref().take(end.saturating_sub(start));
        if float {
            tensors.insert(name, floats(bytes)?);
        } else {
            io::copy(&mut { bytes }, &mut io::sink())?;
        }
    }
    Ok(tensors)
}

/// Little-endian numbers, converted piece by piece so that the bytes are not held twice.
fn floats(mut bytes: io::Take<&mut Hashed>) -> io::Result<Vec<f32>> {
    let mut numbers = Vec::with_capacity((bytes.limit() / 4).min(1 << 24) as usize);
    let mut piece = vec![0; PIECE];
    while bytes.limit() > 0 {
        let want = (bytes.limit().min(PIECE as u64)) as usize;
        let part = piece.get_mut(..want).unwrap_or_default();
        bytes.read_exact(part)?;
        let (words, _) = part.as_chunks::<4>();
        numbers.extend(words.iter().map(|word| f32::from_le_bytes(*word)));
    }
    Ok(numbers)
}

struct Tensors {
    path: PathBuf,
    tensors: BTreeMap<String, Vec<f32>>,
}

impl Tensors {
    fn net(mut self) -> Result<Net, LoadError> {
        let layers = (0..LAYERS)
            .map(|number| self.layer(number))
            .collect::<Result<_, _>>()?;
        let mut kind = self.take("embeddings.token_type_embeddings.weight", 2 * WIDTH)?;
        kind.truncate(WIDTH);
        Ok(Net {
            words: self.take("embeddings.word_embeddings.weight", WORDS * WIDTH)?,
            places: self.take("embeddings.position_embeddings.weight", PLACES * WIDTH)?,
            kind,
            norm: self.norm("embeddings.LayerNorm")?,
            layers,
        })
    }

    fn layer(&mut self, number: usize) -> Result<Layer, LoadError> {
        let name = |rest: &str| format!("encoder.layer.{number}.{rest}");
        Ok(Layer {
            query: self.linear(&name("attention.self.query"), WIDTH, WIDTH)?,
            key: self.linear(&name("attention.self.key"), WIDTH, WIDTH)?,
            value: self.linear(&name("attention.self.value"), WIDTH, WIDTH)?,
            mix: self.linear(&name("attention.output.dense"), WIDTH, WIDTH)?,
            mix_norm: self.norm(&name("attention.output.LayerNorm"))?,
            widen: self.linear(&name("intermediate.dense"), INNER, WIDTH)?,
            narrow: self.linear(&name("output.dense"), WIDTH, INNER)?,
            narrow_norm: self.norm(&name("output.LayerNorm"))?,
        })
    }

    fn linear(&mut self, name: &str, outputs: usize, inputs: usize) -> Result<Linear, LoadError> {
        let weights = self.take(&format!("{name}.weight"), outputs * inputs)?;
        Ok(Linear {
            weights: Panels::new(outputs, inputs, |output, input| {
                weights.get(output * inputs + input).copied()
            }),
            bias: self.take(&format!("{name}.bias"), outputs)?,
        })
    }

    fn norm(&mut self, name: &str) -> Result<Norm, LoadError> {
        Ok(Norm {
            scale: self.take(&format!("{name}.weight"), WIDTH)?,
            shift: self.take(&format!("{name}.bias"), WIDTH)?,
        })
    }

    fn take(&mut self, name: &str, count: usize) -> Result<Vec<f32>, LoadError> {
        match self.tensors.remove(name) {
            Some(numbers) if numbers.len() == count => Ok(numbers),
            _ => Err(LoadError::Tensor {
                path: self.path.clone(),
                name: name.to_owned(),
            }),
        }
    }
}
