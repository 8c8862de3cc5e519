//! One hash over everything that happens in a world, so that two runs can be compared.

use venire_types::{B256, keccak256};

/// The hash so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    hash: B256,
    /// Events so far.
    pub events: u64,
}

impl Trace {
    /// Something happened.
    pub fn note(&mut self, what: &str, parts: &[&[u8]]) {
        let mut bytes = self.hash.to_vec();
        bytes.extend_from_slice(what.as_bytes());
        for part in parts {
            bytes.push(0);
            bytes.extend_from_slice(part);
        }
        self.hash = keccak256(bytes);
        self.events += 1;
    }

    /// The hash.
    #[must_use]
    pub const fn hash(&self) -> B256 {
        self.hash
    }
}
