//! Contract storage: a map (contract, slot, page) to 32 bytes, and changes to it.

use alloc::collections::BTreeMap;
use alloy_primitives::{Address, B256};
use borsh::{BorshDeserialize, BorshSerialize};

/// Bytes in one page.
pub const PAGE: usize = 32;

/// Which of the two exact views of the chain a read wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum StateView {
    /// Finalised state plus every accepted transaction that is not final yet.
    Accepted,
    /// Irrevocable state only.
    Finalized,
}

/// One page of one contract. A slot is a linear array of 2^32 bytes, i.e. 2^27 pages.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
)]
pub struct PageKey {
    /// Owner of the storage.
    pub contract: Address,
    /// 32-byte slot id (`sha3_256(parent || u32_le(offset))` for indirections).
    pub slot: B256,
    /// Page index: byte offset / 32.
    pub page: u32,
}

/// Pages written by one execution, in key order. A page of zeros means "absent".
pub type StorageDelta = BTreeMap<PageKey, [u8; PAGE]>;
