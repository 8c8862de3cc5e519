//! The flat state in two authenticated databases: a map of fixed-size records, and a log of the
//! values that do not fit into a record.
//!
//! ```text
//! key bytes --sha256--> record { length, place, word }   length <= 32: the value is in `word`
//!                                    |                    else `word` is its hash,
//!                                    +--> blob at `place`  and the bytes are in the log
//! ```
//!
//! Pages of contracts are 32 bytes, so they live in records. A proof of a record proves a value:
//! the hash of a long one is in it.
//!
//! # Invariants
//! - A key has one record; a removed key has none. Writing what is there already changes nothing.
//! - The log only grows: places never move, and nothing is forgotten (ADR 0018 says what that costs).
//!
//! # Not here
//! - What keys and values mean (`venire-protocol`).

use super::block::{Digest, Family};
use commonware_codec::{
    Buf, EncodeSize, Error as CodecError, FixedSize, RangeCfg, Read, ReadExt as _, Write,
};
use commonware_cryptography::{Hasher as _, Sha256};
use commonware_glue::stateful::db::{DatabaseSet, Shared};
use commonware_parallel::Sequential;
use commonware_runtime::{BufMut, Spawner, buffer::paged::CacheRef};
use commonware_storage::{
    Context as StorageContext,
    journal::contiguous::{fixed::Config as FixedLog, variable::Config as VariableLog},
    mmr::{Location, full::Config as Merkle},
    qmdb::{
        Error,
        any::{FixedConfig, unordered::fixed},
        keyless,
        sync::Target,
    },
    translator::EightCap,
};
use commonware_utils::{NZU64, NZUsize};
use std::collections::{BTreeMap, BTreeSet};
use venire_protocol::{Delta, Key, Lookup, Value};

/// Longest value that a record holds itself.
pub const INLINE_BYTES_MAX: usize = 32;
/// Longest value: a result with the largest delta, and the record around it.
pub const BLOB_BYTES_MAX: usize = 8 << 20;

/// What the map holds for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    length: u32,
    place: u64,
    word: [u8; 32],
}

impl Record {
    fn holds(&self, value: &[u8]) -> bool {
        let short = value.len() <= INLINE_BYTES_MAX;
        let word = if short { padded(value) } else { hash(value) };
        usize::try_from(self.length) == Ok(value.len()) && self.word == word
    }

    fn inline(&self) -> Option<&[u8]> {
        self.word.get(..usize::try_from(self.length).ok()?)
    }
}

fn padded(value: &[u8]) -> [u8; 32] {
    let mut word = [0; 32];
    for (to, from) in word.iter_mut().zip(value) {
        *to = *from;
    }
    word
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::hash(&[bytes]).0
}

fn name(key: &Key) -> Digest {
    Sha256::hash(&[key.as_bytes()])
}

impl FixedSize for Record {
    const SIZE: usize = 4 + 8 + 32;
}

impl Write for Record {
    fn write(&self, buf: &mut impl BufMut) {
        self.length.write(buf);
        self.place.write(buf);
        self.word.write(buf);
    }
}

impl Read for Record {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, CodecError> {
        Ok(Self {
            length: u32::read(buf)?,
            place: u64::read(buf)?,
            word: <[u8; 32]>::read(buf)?,
        })
    }
}

/// A value that does not fit into a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob(Vec<u8>);

impl Write for Blob {
    fn write(&self, buf: &mut impl BufMut) {
        self.0.write(buf);
    }
}

impl EncodeSize for Blob {
    fn encode_size(&self) -> usize {
        self.0.encode_size()
    }
}

impl Read for Blob {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, CodecError> {
        let range: RangeCfg<usize> = (0..=BLOB_BYTES_MAX).into();
        Vec::<u8>::read_cfg(buf, &(range, ())).map(Self)
    }
}

/// The map.
pub type Records<E> = fixed::Db<Family, E, Digest, Record, Sha256, EightCap, Sequential>;
/// The log.
pub type Blobs<E> = keyless::variable::Db<Family, E, Blob, Sha256, Sequential>;
/// Both, as the engine shares them.
pub type Databases<E> = (Shared<Records<E>>, Shared<Blobs<E>>);
/// Roots and extents of both.
pub type Targets = (Target<Family, Digest>, Target<Family, Digest>);
/// Changes on top of both.
pub(super) type Batches<E> = <Databases<E> as DatabaseSet<E>>::Unmerkleized;

/// How the databases are laid out on disk.
#[derive(Clone)]
pub struct Layout {
    /// Begins the name of every partition.
    pub prefix: String,
    /// Pages that both share.
    pub cache: CacheRef,
}

/// The configuration of both databases.
#[must_use]
pub fn config<E: Spawner + StorageContext>(
    layout: &Layout,
) -> <Databases<E> as DatabaseSet<E>>::Config {
    let buffer = NZUsize!(1 << 16);
    let merkle = |database: &str| Merkle {
        journal_partition: format!("{}-{database}-tree", layout.prefix),
        metadata_partition: format!("{}-{database}-meta", layout.prefix),
        items_per_blob: NZU64!(1 << 16),
        write_buffer: buffer,
        replay_buffer: buffer,
        strategy: Sequential,
        page_cache: layout.cache.clone(),
    };
    let records = FixedConfig {
        merkle_config: merkle("records"),
        journal_config: FixedLog {
            partition: format!("{}-records-log", layout.prefix),
            items_per_blob: NZU64!(1 << 16),
            page_cache: layout.cache.clone(),
            write_buffer: buffer,
            replay_buffer: buffer,
        },
        translator: EightCap,
        init_cache: Some(NZUsize!(1 << 10)),
        init_buffer: NZUsize!(1 << 20),
        init_concurrency: (),
    };
    let blobs = keyless::variable::Config {
        merkle: merkle("blobs"),
        log: VariableLog {
            partition: format!("{}-blobs-log", layout.prefix),
            items_per_section: NZU64!(1 << 12),
            compression: None,
            codec_config: (),
            page_cache: layout.cache.clone(),
            write_buffer: buffer,
            replay_buffer: buffer,
        },
    };
    (records, blobs)
}

/// The databases and the rules disagree: a bug or a damaged disk; the node must stop.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A database cannot answer.
    #[error("read the state: {0}")]
    Database(#[from] Error<Family>),
    /// A record points at bytes that are not there or are others.
    #[error("the value under key {0:?} is not where its record says")]
    Lost(Key),
    /// A value is longer than any rule allows.
    #[error("the value under key {0:?} has {1} bytes, more than the state can hold")]
    TooLong(Key, usize),
}

/// The keys of the state that a block has asked for so far.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    values: Delta,
    records: BTreeMap<Key, Record>,
}

impl Loaded {
    /// Values that need not be loaded because they follow from the genesis of the chain.
    #[must_use]
    pub fn given(delta: &Delta) -> Self {
        Self {
            values: delta.clone(),
            records: BTreeMap::new(),
        }
    }

    /// What is known of keys: a value, or that there is none.
    #[must_use]
    pub const fn values(&self) -> &Delta {
        &self.values
    }

    /// Number of keys known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no key is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl venire_protocol::Read for Loaded {
    fn get(&self, key: &Key) -> Lookup {
        match self.values.get(key) {
            Some(Some(value)) => Lookup::Present(value.clone()),
            Some(None) => Lookup::Absent,
            None => Lookup::NotLoaded,
        }
    }
}

/// Loads keys from the state that the batches stand on.
///
/// # Errors
/// [`StateError`].
pub async fn load<E: Spawner + StorageContext>(
    batches: &Batches<E>,
    loaded: &mut Loaded,
    keys: Vec<Key>,
) -> Result<(), StateError> {
    let names: Vec<Digest> = keys.iter().map(name).collect();
    let names: Vec<&Digest> = names.iter().collect();
    let records = batches.0.get_many(&names).await?;
    let mut distant: BTreeMap<u64, Vec<Key>> = BTreeMap::new();
    for (key, record) in keys.into_iter().zip(records) {
        let Some(record) = record else {
            loaded.values.insert(key, None);
            continue;
        };
        if let Some(value) = record.inline() {
            let value = Value::copy_from_slice(value);
            loaded.values.insert(key.clone(), Some(value));
        } else {
            distant.entry(record.place).or_default().push(key.clone());
        }
        loaded.records.insert(key, record);
    }
    let places: BTreeSet<Location> = distant.keys().map(|place| Location::new(*place)).collect();
    let places: Vec<Location> = places.into_iter().collect();
    let blobs = batches.1.get_many(&places).await?;
    for (keys, blob) in distant.into_values().zip(blobs) {
        for key in keys {
            let known = loaded.records.get(&key);
            match (&blob, known) {
                (Some(Blob(bytes)), Some(record)) if record.holds(bytes) => {
                    let value = Value::copy_from_slice(bytes);
                    loaded.values.insert(key, Some(value));
                }
                _ => return Err(StateError::Lost(key)),
            }
        }
    }
    Ok(())
}

/// What a block wrote, for measuring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Records written or removed.
    pub records: usize,
    /// Values that were there already.
    pub unchanged: usize,
    /// Values appended to the log.
    pub blobs: usize,
    /// Bytes of these.
    pub blob_bytes: usize,
}

/// Puts a delta on top of the batches.
///
/// # Errors
/// [`StateError::TooLong`].
pub fn write<E: Spawner + StorageContext>(
    batches: Batches<E>,
    loaded: &Loaded,
    delta: &Delta,
) -> Result<(Batches<E>, Written), StateError> {
    let (mut records, mut blobs) = batches;
    let mut written = Written::default();
    for (key, value) in delta {
        let known = loaded.records.get(key);
        let Some(value) = value else {
            records = records.write(name(key), None);
            written.records = written.records.saturating_add(1);
            continue;
        };
        if known.is_some_and(|record| record.holds(value)) {
            written.unchanged = written.unchanged.saturating_add(1);
            continue;
        }
        let too_long = || StateError::TooLong(key.clone(), value.len());
        let length = u32::try_from(value.len()).map_err(|_| too_long())?;
        let record = if value.len() <= INLINE_BYTES_MAX {
            Record {
                length,
                place: 0,
                word: padded(value),
            }
        } else if value.len() <= BLOB_BYTES_MAX {
            let place = *blobs.size();
            blobs = blobs.append(Blob(value.to_vec()));
            written.blobs = written.blobs.saturating_add(1);
            written.blob_bytes = written.blob_bytes.saturating_add(value.len());
            Record {
                length,
                place,
                word: hash(value),
            }
        } else {
            return Err(too_long());
        };
        records = records.write(name(key), Some(record));
        written.records = written.records.saturating_add(1);
    }
    Ok(((records, blobs), written))
}
