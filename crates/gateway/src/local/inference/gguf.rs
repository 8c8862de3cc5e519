//! Reads GGUF files: the header into values, and tensors one at a time.
//!
//! # Invariants
//! - The file is not trusted: every length is held against the file and a cap before memory is taken,
//!   every sum is checked; a damaged file is an error, never a panic.
//! - Nothing of the file is executed: a chat template in it is a text like any other.
//!
//! # Not here
//! - What the values mean (`config`, `tokens`).

use super::error::{LocalError, format};
use candle_core::Device;
use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

/// Longest text of a header, bytes; the longest real ones are chat templates of a few KiB.
const MAX_TEXT: u64 = 1 << 20;
/// Longest array; vocabularies have at most a quarter million entries.
const MAX_ARRAY: u64 = 1 << 22;
/// Most values of a header.
const MAX_VALUES: u64 = 1 << 12;
/// Most tensors.
const MAX_TENSORS: u64 = 1 << 14;
/// Largest header, bytes.
const MAX_HEADER: u64 = 1 << 28;
/// Where tensors start is a multiple of this, unless the file says otherwise.
const ALIGNMENT: u64 = 32;

/// A value of the header. Arrays that nothing here needs are read over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    Ints(Vec<i64>),
    Texts(Vec<String>),
    Other,
}

/// Where a tensor is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    kind: GgmlDType,
    /// Rows first, as the rest of the world counts.
    pub(crate) dims: Vec<usize>,
    offset: u64,
    bytes: u64,
}

/// A header, read.
#[derive(Debug)]
pub(crate) struct Header {
    values: BTreeMap<String, Value>,
    tensors: BTreeMap<String, Place>,
    data: u64,
    size: u64,
}

impl Header {
    /// Reads the header of a file.
    pub(crate) fn read(file: &mut (impl Read + Seek)) -> Result<Self, LocalError> {
        let size = file.seek(SeekFrom::End(0)).map_err(broken)?;
        file.seek(SeekFrom::Start(0)).map_err(broken)?;
        let mut reader = Reader {
            file,
            left: size.min(MAX_HEADER),
        };
        if &reader.bytes::<4>()? != b"GGUF" {
            return Err(format("it does not start with GGUF"));
        }
        let version = reader.u32()?;
        if !(2..=3).contains(&version) {
            return Err(format(format!("version {version} is not known")));
        }
        let tensor_count = reader.count(MAX_TENSORS, "tensors")?;
        let value_count = reader.count(MAX_VALUES, "values")?;
        let mut values = BTreeMap::new();
        for _ in 0..value_count {
            let key = reader.text()?;
            let kind = reader.u32()?;
            values.insert(key, reader.value(kind)?);
        }
        let mut tensors = BTreeMap::new();
        for _ in 0..tensor_count {
            let name = reader.text()?;
            let place = reader.place(&name)?;
            tensors.insert(name, place);
        }
        let end = size.min(MAX_HEADER) - reader.left;
        let alignment = match values.get("general.alignment") {
            None => ALIGNMENT,
            Some(Value::Int(n)) => u64::try_from(*n)
                .ok()
                .filter(|n| n.is_power_of_two() && *n <= 1 << 16)
                .ok_or_else(|| format("its alignment is no power of two"))?,
            Some(_) => return Err(format("its alignment is no number")),
        };
        Ok(Self {
            values,
            tensors,
            data: end.next_multiple_of(alignment),
            size,
        })
    }

    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub(crate) fn number(&self, key: &str) -> Option<usize> {
        match self.values.get(key) {
            Some(Value::Int(n)) => usize::try_from(*n).ok(),
            _ => None,
        }
    }

    pub(crate) fn place(&self, name: &str) -> Option<&Place> {
        self.tensors.get(name)
    }

    /// Bytes of all tensors, for progress.
    pub(crate) fn tensor_bytes(&self) -> u64 {
        self.tensors
            .values()
            .fold(0, |sum, place| sum.saturating_add(place.bytes))
    }

    /// Reads one tensor, whose shape must be `dims`; also its size in the file.
    pub(crate) fn tensor(
        &self,
        file: &mut (impl Read + Seek),
        name: &str,
        dims: &[usize],
    ) -> Result<(QTensor, u64), LocalError> {
        let place = self
            .tensors
            .get(name)
            .ok_or_else(|| format(format!("tensor {name} is missing")))?;
        if place.dims != dims {
            let found = &place.dims;
            return Err(format(format!("tensor {name} is {found:?}, not {dims:?}")));
        }
        let start = self.data.checked_add(place.offset);
        let end = start.and_then(|start| start.checked_add(place.bytes));
        let (Some(start), Some(_)) = (start, end.filter(|end| *end <= self.size)) else {
            return Err(format(format!("tensor {name} reaches past the end")));
        };
        file.seek(SeekFrom::Start(start)).map_err(broken)?;
        let mut bytes = Vec::new();
        file.take(place.bytes)
            .read_to_end(&mut bytes)
            .map_err(broken)?;
        if bytes.len() as u64 != place.bytes {
            return Err(format(format!("tensor {name} is cut off")));
        }
        // Blocks are copied into memory of their own alignment by the library.
        let storage = QStorage::from_data(Cow::Owned(bytes), &Device::Cpu, place.kind)?;
        let tensor = QTensor::new(storage, place.dims.clone())?;
        Ok((tensor, place.bytes))
    }
}

fn broken(error: std::io::Error) -> LocalError {
    format(error.to_string())
}

/// Kinds by their number in the file, with values per block and bytes per block.
fn kind(number: u32) -> Option<GgmlDType> {
    Some(match number {
        0 => GgmlDType::F32,
        1 => GgmlDType::F16,
        2 => GgmlDType::Q4_0,
        3 => GgmlDType::Q4_1,
        6 => GgmlDType::Q5_0,
        7 => GgmlDType::Q5_1,
        8 => GgmlDType::Q8_0,
        10 => GgmlDType::Q2K,
        11 => GgmlDType::Q3K,
        12 => GgmlDType::Q4K,
        13 => GgmlDType::Q5K,
        14 => GgmlDType::Q6K,
        30 => GgmlDType::BF16,
        _ => return None,
    })
}

struct Reader<'a, R> {
    file: &'a mut R,
    /// Bytes that the header may still take.
    left: u64,
}

impl<R: Read> Reader<'_, R> {
    fn take(&mut self, bytes: u64) -> Result<(), LocalError> {
        self.left = self
            .left
            .checked_sub(bytes)
            .ok_or_else(|| format("the header reaches past the end"))?;
        Ok(())
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], LocalError> {
        self.take(N as u64)?;
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes).map_err(broken)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, LocalError> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> Result<u64, LocalError> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn count(&mut self, most: u64, what: &str) -> Result<u64, LocalError> {
        let count = self.u64()?;
        if count > most {
            return Err(format(format!("it claims {count} {what}")));
        }
        Ok(count)
    }

    fn text(&mut self) -> Result<String, LocalError> {
        let length = self.count(MAX_TEXT, "bytes of a text")?;
        self.take(length)?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        self.file.read_exact(&mut bytes).map_err(broken)?;
        String::from_utf8(bytes).map_err(|_| format("a text is not UTF-8"))
    }

    fn value(&mut self, kind: u32) -> Result<Value, LocalError> {
        Ok(match kind {
            0 => Value::Int(i64::from(u8::from_le_bytes(self.bytes()?))),
            1 => Value::Int(i64::from(i8::from_le_bytes(self.bytes()?))),
            2 => Value::Int(i64::from(u16::from_le_bytes(self.bytes()?))),
            3 => Value::Int(i64::from(i16::from_le_bytes(self.bytes()?))),
            4 => Value::Int(i64::from(self.u32()?)),
            5 => Value::Int(i64::from(i32::from_le_bytes(self.bytes()?))),
            6 => Value::Float(f64::from(f32::from_le_bytes(self.bytes()?))),
            7 => match self.bytes::<1>()? {
                [0] => Value::Bool(false),
                [1] => Value::Bool(true),
                _ => return Err(format("a yes or no is neither")),
            },
            8 => Value::Text(self.text()?),
            9 => self.array()?,
            10 => i64::try_from(self.u64()?).map_or(Value::Other, Value::Int),
            11 => Value::Int(i64::from_le_bytes(self.bytes()?)),
            12 => Value::Float(f64::from_le_bytes(self.bytes()?)),
            _ => return Err(format(format!("value kind {kind} is not known"))),
        })
    }

    fn array(&mut self) -> Result<Value, LocalError> {
        let kind = self.u32()?;
        let length = self.count(MAX_ARRAY, "entries of an array")?;
        match kind {
            8 => {
                let mut texts = Vec::new();
                for _ in 0..length {
                    texts.push(self.text()?);
                }
                Ok(Value::Texts(texts))
            }
            // No file has arrays of arrays; refusing them keeps this free of recursion.
            9 => Err(format("an array holds arrays")),
            _ => {
                let mut ints = Vec::new();
                for _ in 0..length {
                    if let Value::Int(n) = self.value(kind)? {
                        ints.push(n);
                    }
                }
                let whole = ints.len() as u64 == length;
                Ok(if whole {
                    Value::Ints(ints)
                } else {
                    Value::Other
                })
            }
        }
    }

    fn place(&mut self, name: &str) -> Result<Place, LocalError> {
        let count = self.u32()?;
        if !(1..=4).contains(&count) {
            return Err(format(format!("tensor {name} has {count} dimensions")));
        }
        let mut dims = Vec::new();
        for _ in 0..count {
            let dim = self.u64()?;
            dims.push(usize::try_from(dim).map_err(|_| format("a dimension is too large"))?);
        }
        dims.reverse();
        let number = self.u32()?;
        let offset = self.u64()?;
        let kind = kind(number)
            .ok_or_else(|| format(format!("tensor {name} has the unknown kind {number}")))?;
        let bytes = size(&dims, kind)
            .ok_or_else(|| format(format!("tensor {name} is no whole number of blocks")))?;
        Ok(Place {
            kind,
            dims,
            offset,
            bytes,
        })
    }
}

/// Bytes of a tensor, if its rows are whole blocks.
fn size(dims: &[usize], kind: GgmlDType) -> Option<u64> {
    let row = *dims.last()?;
    if row == 0 || row % kind.block_size() != 0 {
        return None;
    }
    let count = dims.iter().try_fold(1usize, |n, dim| n.checked_mul(*dim))?;
    let bytes = (count / kind.block_size()).checked_mul(kind.type_size())?;
    u64::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}
