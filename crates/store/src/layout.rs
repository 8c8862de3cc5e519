//! The bytes: file names, log header, log record, root. `docs/spec/store.md` is the same in prose.
//!
//! # Invariants
//! - Integers are little-endian.
//! - A record says its length, height and previous root under one checksum and its body under
//!   another, so a cut record can be told from a damaged one.
//!
//! # Not here
//! - Which record comes when (`commit`), what to do about a bad one (`recover`).

use std::collections::BTreeMap;
use venire_types::{B256, keccak256};

/// The changes of one block: `None` deletes the key.
pub type Delta = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The version of every file in a store directory. A build refuses any other.
pub const FORMAT_VERSION: u32 = 1;
/// Longest body of one record, in bytes.
pub const RECORD_BYTES_MAX: usize = 1 << 30;
/// Name of the append-only log.
pub const LOG: &str = "log";
/// Name of the file that holds the format version.
pub(crate) const FORMAT: &str = "FORMAT";

const FORMAT_WORD: &str = "venire-store";
const LOG_MAGIC: [u8; 4] = *b"VLOG";
const RECORD_MAGIC: [u8; 4] = *b"VREC";
const ROOT_DOMAIN: &[u8] = b"venire/instant/root/v1";
/// Bytes before the first record.
pub(crate) const LOG_HEAD: usize = 48;
/// Bytes of a record before its body.
pub(crate) const RECORD_HEAD: usize = 56;

/// The newest committed block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Its height; the first block has 0.
    pub height: u64,
    /// The state root after it.
    pub root: B256,
}

/// What made a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ordered inputs.
    Ordinary,
    /// A development chain went back to a snapshot; the delta is the way there.
    Restore,
}

impl Kind {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Ordinary => 0,
            Self::Restore => 1,
        }
    }

    pub(crate) const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Ordinary),
            1 => Some(Self::Restore),
            _ => None,
        }
    }
}

/// Bytes do not fit the format: a key, value, block or record is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("encode the record: longer than {RECORD_BYTES_MAX} bytes")]
pub struct TooLong;

/// The height after `tip`, and the root before it, zero before the first block (ST-1).
/// Rule ST-1.
pub(crate) fn successor(tip: Option<Tip>) -> (u64, B256) {
    tip.map_or((0, B256::ZERO), |tip| {
        (tip.height.saturating_add(1), tip.root)
    })
}

/// The state root after `delta`, given the root before it (ST-2).
/// Rule ST-2.
///
/// # Errors
/// [`TooLong`] if a key or value is longer than 4 GiB.
pub fn next_root(previous: B256, delta: &Delta) -> Result<B256, TooLong> {
    Ok(chain(previous, &encode_delta(delta)?))
}

fn encode_delta(delta: &Delta) -> Result<Vec<u8>, TooLong> {
    borsh::to_vec(delta).map_err(|_| TooLong)
}

fn chain(previous: B256, encoded_delta: &[u8]) -> B256 {
    let mut bytes = Vec::with_capacity(ROOT_DOMAIN.len() + 32 + encoded_delta.len());
    bytes.extend_from_slice(ROOT_DOMAIN);
    bytes.extend_from_slice(previous.as_slice());
    bytes.extend_from_slice(encoded_delta);
    keccak256(bytes)
}

/// The text of the `FORMAT` file.
pub(crate) fn format_text() -> String {
    format!("{FORMAT_WORD} {FORMAT_VERSION}\n")
}

/// The version in a `FORMAT` file, or `None` if it is not one of ours.
pub(crate) fn parse_format(bytes: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.trim_end()
        .strip_prefix(FORMAT_WORD)?
        .trim_start()
        .parse()
        .ok()
}

/// The first bytes of a log whose first record will follow `tip`.
pub(crate) fn log_head(tip: Option<Tip>) -> Vec<u8> {
    let (height, root) = successor(tip);
    let mut out = Vec::with_capacity(LOG_HEAD);
    out.extend_from_slice(&LOG_MAGIC);
    out.extend_from_slice(&height.to_le_bytes());
    out.extend_from_slice(root.as_slice());
    out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
    out
}

/// The height and previous root that the first record of a log must have.
pub(crate) fn parse_log_head(bytes: &[u8]) -> Option<(u64, B256)> {
    let mut input = Input(bytes.get(..LOG_HEAD)?);
    let sealed = input.0.get(..LOG_HEAD - 4)?;
    if input.array()? != LOG_MAGIC {
        return None;
    }
    let (height, root) = (
        u64::from_le_bytes(input.array()?),
        B256::from(input.array()?),
    );
    (u32::from_le_bytes(input.array()?) == crc32fast::hash(sealed)).then_some((height, root))
}

/// One record ready to append, and the root after it.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) root: B256,
}

/// Encodes one record.
///
/// # Errors
/// [`TooLong`] if its body is longer than [`RECORD_BYTES_MAX`].
pub(crate) fn encode_record(
    kind: Kind,
    (height, previous): (u64, B256),
    block: &[u8],
    delta: &Delta,
) -> Result<Encoded, TooLong> {
    let delta = encode_delta(delta)?;
    let length = 5usize
        .saturating_add(block.len())
        .saturating_add(delta.len());
    if length > RECORD_BYTES_MAX {
        return Err(TooLong);
    }
    let mut body = Vec::with_capacity(length);
    body.push(kind.byte());
    body.extend_from_slice(
        &u32::try_from(block.len())
            .map_err(|_| TooLong)?
            .to_le_bytes(),
    );
    body.extend_from_slice(block);
    body.extend_from_slice(&delta);

    let mut bytes = Vec::with_capacity(RECORD_HEAD + body.len());
    bytes.extend_from_slice(&RECORD_MAGIC);
    bytes.extend_from_slice(&u32::try_from(length).map_err(|_| TooLong)?.to_le_bytes());
    bytes.extend_from_slice(&height.to_le_bytes());
    bytes.extend_from_slice(previous.as_slice());
    bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    bytes.extend_from_slice(&body);
    Ok(Encoded {
        bytes,
        root: chain(previous, &delta),
    })
}

/// A record whose checksums hold.
pub(crate) struct Record<'a> {
    pub(crate) height: u64,
    pub(crate) previous: B256,
    /// The root after it.
    pub(crate) root: B256,
    pub(crate) kind: Kind,
    pub(crate) block: &'a [u8],
    pub(crate) delta: Delta,
    /// Bytes it occupies.
    pub(crate) length: usize,
}

/// Why bytes are not a record.
pub(crate) enum NotARecord {
    /// The head's checksum fails: nothing can be said about what follows.
    Head,
    /// The head holds, but the body is incomplete or fails its checksum. The record would have
    /// this many bytes.
    Body { length: usize },
}

/// Reads the record at the start of `bytes`.
pub(crate) fn parse_record(bytes: &[u8]) -> Result<Record<'_>, NotARecord> {
    let head = parse_record_head(bytes).ok_or(NotARecord::Head)?;
    let length = RECORD_HEAD.saturating_add(head.body_length);
    let bad = NotARecord::Body { length };
    let Some(body) = bytes.get(RECORD_HEAD..length) else {
        return Err(bad);
    };
    if crc32fast::hash(body) != head.body_crc {
        return Err(bad);
    }
    let Some((kind, block, delta)) = parse_body(body) else {
        return Err(bad);
    };
    let root = chain(head.previous, delta);
    let Ok(delta) = borsh::from_slice(delta) else {
        return Err(bad);
    };
    Ok(Record {
        height: head.height,
        previous: head.previous,
        root,
        kind,
        block,
        delta,
        length,
    })
}

/// Whether `bytes` start like a record; a cheap test before [`parse_record`].
pub(crate) fn starts_record(bytes: &[u8]) -> bool {
    bytes.starts_with(&RECORD_MAGIC)
}

struct Head {
    body_length: usize,
    height: u64,
    previous: B256,
    body_crc: u32,
}

fn parse_record_head(bytes: &[u8]) -> Option<Head> {
    let mut input = Input(bytes.get(..RECORD_HEAD)?);
    let sealed = input.0.get(..RECORD_HEAD - 4)?;
    if input.array()? != RECORD_MAGIC {
        return None;
    }
    let head = Head {
        body_length: usize::try_from(u32::from_le_bytes(input.array()?)).ok()?,
        height: u64::from_le_bytes(input.array()?),
        previous: B256::from(input.array()?),
        body_crc: u32::from_le_bytes(input.array()?),
    };
    (u32::from_le_bytes(input.array()?) == crc32fast::hash(sealed)).then_some(head)
}

fn parse_body(body: &[u8]) -> Option<(Kind, &[u8], &[u8])> {
    let mut input = Input(body);
    let [kind] = input.array()?;
    let length = usize::try_from(u32::from_le_bytes(input.array()?)).ok()?;
    let (block, delta) = input.0.split_at_checked(length)?;
    Some((Kind::from_byte(kind)?, block, delta))
}

/// What is left to read.
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl Input<'_> {
    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }
}
