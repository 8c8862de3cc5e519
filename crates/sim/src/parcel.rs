//! What travels between nodes: inputs that wait for a block, and ordered blocks.

use std::sync::Arc;
use venire_protocol::{Block, Effect, Input};
use venire_types::{B256, keccak256, signed::canonical};

/// An input on its way into a block. Its signature was checked when it was made: the check is a pure
/// function, so that one check serves all simulated nodes.
#[derive(Debug)]
pub struct Parcel {
    /// Hash of its bytes.
    pub id: B256,
    /// The input.
    pub input: Input,
    /// When it was made, milliseconds.
    pub born_ms: u64,
}

impl Parcel {
    /// Wraps an input.
    #[must_use]
    pub fn new(input: Input, born_ms: u64) -> Arc<Self> {
        let id = keccak256(canonical(&input.to_raw()));
        Arc::new(Self { id, input, born_ms })
    }
}

/// A block that the network has agreed on, and what its proposer got out of it.
#[derive(Debug)]
pub struct Ordered {
    /// The block.
    pub block: Block,
    /// Its bytes as they are stored.
    pub bytes: Vec<u8>,
    /// Ids of its inputs.
    pub parcels: Vec<B256>,
    /// Root of the proposer's store after it.
    pub root: B256,
    /// Effects at the proposer.
    pub effects: Vec<Effect>,
    /// Node that proposed it.
    pub proposer: usize,
}

/// What nodes send each other.
#[derive(Clone, Debug)]
pub enum Message {
    /// Something for a block.
    Parcel(Arc<Parcel>),
    /// An agreed block.
    Block(Arc<Ordered>),
    /// Height of the newest block that the sender's engine has agreed on.
    Tip(u64),
    /// The sender wants blocks from this height on.
    Want(u64),
}
