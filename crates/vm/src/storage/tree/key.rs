//! How the keys of a sorted map are stored and compared, without decoding them to Python values.
//!
//! # Invariants
//! - The order is that of the Python values: numbers by value, text by code point (which is the
//!   order of its UTF-8), addresses and bytes from the first byte on.

use super::{Cells, Malformed, NodeAt};
use std::cmp::Ordering;

/// Bytes a length takes inline.
pub(super) const BLOB: u32 = 4;
/// Most bytes of an inline key: the widest integer.
const WIDEST: usize = 32;

/// Order of the keys of a map; the numbers are those of `wit/contract.wit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// 0: little-endian, inline.
    Unsigned,
    /// 1: little-endian two's complement, inline.
    Signed,
    /// 2: from the first byte on, inline.
    Bytes,
    /// 3: one byte, anything but zero is true.
    Bool,
    /// 4: from the first byte on; length inline, content in the child slot.
    Blob,
    /// 5: signed little-endian of any length; length inline, content in the child slot.
    BigInt,
}

impl Order {
    /// The order with this number.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        const ALL: [Order; 6] = [
            Order::Unsigned,
            Order::Signed,
            Order::Bytes,
            Order::Bool,
            Order::Blob,
            Order::BigInt,
        ];
        ALL.get(usize::from(number)).copied()
    }

    /// Is the content in the child slot?
    pub(super) fn is_blob(self) -> bool {
        matches!(self, Self::Blob | Self::BigInt)
    }

    /// Inline bytes of `key`, or `None` when no stored key looks like it.
    pub(super) fn inline(self, key: &[u8]) -> Option<u32> {
        match self {
            Self::Blob | Self::BigInt => Some(BLOB),
            Self::Bool => (key.len() == 1).then_some(1),
            _ => u32::try_from(key.len())
                .ok()
                .filter(|_| (1..=WIDEST).contains(&key.len())),
        }
    }

    /// `key` against the key stored in a node.
    pub(super) fn compare<C: Cells>(
        self,
        cells: &mut C,
        node: NodeAt,
        key: &[u8],
    ) -> Result<Ordering, C::Error> {
        if !self.is_blob() {
            let stored = cells.read(node.slot, node.offset, node.key)?;
            return Ok(self.values(key, &stored));
        }
        let len = blob_len(cells, node)?;
        let mine = key.len() as u64;
        // Bytes beyond the shorter text decide nothing: only their number does.
        let take = match self {
            Self::Blob => u64::from(len).min(mine),
            _ => u64::from(len),
        };
        let take = u32::try_from(take).map_err(|_| Malformed)?;
        let stored = if take == 0 {
            Vec::new()
        } else {
            let content = cells.child(node.slot, node.offset)?;
            cells.read(content, 0, take)?
        };
        Ok(match self {
            Self::Blob => key
                .get(..stored.len())
                .unwrap_or(key)
                .cmp(&stored)
                .then(mine.cmp(&u64::from(len))),
            _ => signed(key, &stored),
        })
    }

    fn values(self, mine: &[u8], stored: &[u8]) -> Ordering {
        match self {
            Self::Unsigned => mine.iter().rev().cmp(stored.iter().rev()),
            Self::Signed | Self::BigInt => signed(mine, stored),
            Self::Bool => any(mine).cmp(&any(stored)),
            Self::Bytes | Self::Blob => mine.cmp(stored),
        }
    }
}

fn any(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| *byte != 0)
}

/// Length of the blob whose inline part is at a node's start.
fn blob_len<C: Cells>(cells: &mut C, node: NodeAt) -> Result<u32, C::Error> {
    let head = cells.read(node.slot, node.offset, BLOB)?;
    Ok(u32::from_le_bytes(head.try_into().map_err(|_| Malformed)?))
}

/// Two little-endian two's complement numbers of any length.
fn signed(a: &[u8], b: &[u8]) -> Ordering {
    let negative = |bytes: &[u8]| bytes.last().is_some_and(|top| *top >= 0x80);
    let (below, above) = (negative(a), negative(b));
    if below != above {
        return above.cmp(&below);
    }
    let fill = if below { 0xff } else { 0 };
    let digit = |bytes: &[u8], at: usize| bytes.get(at).copied().unwrap_or(fill);
    (0..a.len().max(b.len()))
        .rev()
        .map(|at| digit(a, at).cmp(&digit(b, at)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
