//! The block that the engine agrees on: our ordered inputs, the roots after them, and the engine's
//! own context.
//!
//! # Invariants
//! - The digest covers everything, the context too: that is what the engine certifies.
//! - A block that decodes has content that decodes, of at most [`CONTENT_BYTES_MAX`] bytes.
//!
//! # Not here
//! - Whether the content is valid on a state (`application`).

use super::state::Targets;
use commonware_codec::{
    Buf, Encode as _, EncodeSize, Error, FixedSize as _, MaxEncodeSize as _, RangeCfg, Read,
    ReadExt as _, Write,
};
use commonware_consensus::{
    Block, BoundedBlock, CertifiableBlock, Heightable,
    simplex::types,
    types::{Epoch, Height, Round, View},
};
use commonware_cryptography::{Digest as _, Digestible, Hasher as _, Sha256, ed25519, sha256};
use commonware_runtime::BufMut;
use commonware_storage::{
    mmr::{self, Location},
    qmdb::sync::Target,
};
use commonware_utils::range::NonEmptyRange;
use venire_protocol::RawBlock;

/// Identifies a block, and a state.
pub type Digest = sha256::Digest;
/// Who proposes a block, in which view, on which parent.
pub type Context = types::Context<Digest, ed25519::PublicKey>;

/// Most bytes of the content of one block: a reveal with the largest delta, and other inputs.
pub const CONTENT_BYTES_MAX: usize = 8 << 20;
/// Most bytes of a length.
const LENGTH_BYTES: usize = 5;

/// Bytes are not the content of a block, or would be too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// More than [`CONTENT_BYTES_MAX`].
    #[error("the block's inputs take {0} bytes, more than a block can carry")]
    TooLarge(usize),
    /// Not the encoding of a `RawBlock`.
    #[error("the block's inputs do not decode")]
    Undecodable,
}

/// Ordered inputs and the bytes they travel as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    raw: RawBlock,
    bytes: Vec<u8>,
}

impl Content {
    /// Encodes a block.
    ///
    /// # Errors
    /// [`BlockError`].
    pub fn new(raw: RawBlock) -> Result<Self, BlockError> {
        let bytes = borsh::to_vec(&raw).map_err(|_| BlockError::Undecodable)?;
        if bytes.len() > CONTENT_BYTES_MAX {
            return Err(BlockError::TooLarge(bytes.len()));
        }
        Ok(Self { raw, bytes })
    }

    fn decode(bytes: Vec<u8>) -> Result<Self, BlockError> {
        let raw = borsh::from_slice(&bytes).map_err(|_| BlockError::Undecodable)?;
        Ok(Self { raw, bytes })
    }

    /// The block as `apply` knows it, signatures unchecked.
    #[must_use]
    pub const fn raw(&self) -> &RawBlock {
        &self.raw
    }
}

/// One block of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineBlock {
    /// See [`Context`].
    pub context: Context,
    /// Digest of the parent.
    pub parent: Digest,
    /// Roots and extents of the databases after this block.
    pub targets: Targets,
    /// What happened.
    pub content: Content,
}

impl EngineBlock {
    /// Block 0, on empty databases. Its content names what block 1 installs, so that two networks
    /// with different beginnings never agree on anything.
    #[must_use]
    pub fn genesis(content: Content, targets: Targets, leader: ed25519::PublicKey) -> Self {
        Self {
            context: Context {
                round: Round::new(Epoch::zero(), View::zero()),
                leader,
                parent: (View::zero(), Digest::EMPTY),
            },
            parent: Digest::EMPTY,
            targets,
            content,
        }
    }
}

impl Write for EngineBlock {
    fn write(&self, buf: &mut impl BufMut) {
        self.context.write(buf);
        self.parent.write(buf);
        self.targets.0.write(buf);
        self.targets.1.write(buf);
        self.content.bytes.write(buf);
    }
}

impl EncodeSize for EngineBlock {
    fn encode_size(&self) -> usize {
        [
            self.context.encode_size(),
            self.parent.encode_size(),
            self.targets.0.encode_size(),
            self.targets.1.encode_size(),
            self.content.bytes.encode_size(),
        ]
        .into_iter()
        .fold(0, usize::saturating_add)
    }
}

impl Read for EngineBlock {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &Self::Cfg) -> Result<Self, Error> {
        let context = Context::read(buf)?;
        let parent = Digest::read(buf)?;
        let targets = (Target::read(buf)?, Target::read(buf)?);
        let range: RangeCfg<usize> = (0..=CONTENT_BYTES_MAX).into();
        let bytes = Vec::<u8>::read_cfg(buf, &(range, ()))?;
        let content =
            Content::decode(bytes).map_err(|_| Error::Invalid("EngineBlock", "content"))?;
        Ok(Self {
            context,
            parent,
            targets,
            content,
        })
    }
}

impl Digestible for EngineBlock {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        Sha256::hash(&[&self.encode()])
    }
}

impl Heightable for EngineBlock {
    fn height(&self) -> Height {
        Height::new(self.content.raw.height)
    }
}

impl Block for EngineBlock {
    fn parent(&self) -> Digest {
        self.parent
    }
}

impl CertifiableBlock for EngineBlock {
    type Context = Context;

    fn context(&self) -> Context {
        self.context.clone()
    }
}

impl BoundedBlock for EngineBlock {
    fn max_encode_size((): &Self::Cfg) -> usize {
        let target = Digest::SIZE.saturating_add(NonEmptyRange::<Location>::MAX_ENCODE_SIZE);
        [
            Context::MAX_ENCODE_SIZE,
            Digest::SIZE,
            target,
            target,
            LENGTH_BYTES,
            CONTENT_BYTES_MAX,
        ]
        .into_iter()
        .fold(0, usize::saturating_add)
    }
}

/// The family of Merkle structures that all databases use.
pub(super) type Family = mmr::Family;
