//! Which question of which validator this is.

use std::fmt;
use venire_types::{Address, B256, keccak256};

/// The place of one question in the world. Two calls with equal contexts and questions are the
/// same call.
#[derive(Clone, PartialEq, Eq)]
pub struct Context {
    /// Transaction being executed.
    pub tx: B256,
    /// Validator that asks.
    pub validator: Address,
    /// Number of the non-deterministic block within the execution.
    pub block: u32,
    /// Number of the question within the block.
    pub index: u32,
    /// Secret of this validator until it reveals; fences are derived from it, so whoever knows it
    /// beforehand can forge one.
    pub seed: [u8; 32],
}

impl Context {
    /// 128 secret bits as 32 hex digits; differs per validator, call, slot and try.
    pub(crate) fn nonce(&self, slot: u32, attempt: u32) -> String {
        hex::encode(&self.secret(b"venire/fence/1", slot, attempt)[..16])
    }

    /// The same place with other secrets: for a second call about the same question.
    pub(crate) fn again(&self, purpose: &[u8]) -> Self {
        Self {
            seed: self.secret(purpose, 0, 0),
            ..self.clone()
        }
    }

    /// The secret that must not come back in an answer, 32 hex digits.
    pub(crate) fn canary(&self) -> String {
        hex::encode(&self.secret(b"venire/canary/1", 0, 0)[..16])
    }

    /// The word that a typed answer repeats, 12 hex digits.
    pub(crate) fn echo(&self) -> String {
        hex::encode(&self.secret(b"venire/echo/1", 0, 0)[..6])
    }

    /// Random bytes for how this call is dressed.
    pub(crate) fn dress(&self) -> [u8; 32] {
        self.secret(b"venire/dress/1", 0, 0)
    }

    /// A number for models that sample by a seed; differs per validator and call.
    pub(crate) fn sampling_seed(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.secret(b"venire/sample/1", 0, 0);
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// Secret bytes of this call for one purpose.
    fn secret(&self, purpose: &[u8], slot: u32, attempt: u32) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend_from_slice(purpose);
        bytes.extend_from_slice(&self.seed);
        bytes.extend_from_slice(self.tx.as_slice());
        bytes.extend_from_slice(self.validator.as_slice());
        for number in [self.block, self.index, slot, attempt] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        keccak256(&bytes).0
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("tx", &self.tx)
            .field("validator", &self.validator)
            .field("block", &self.block)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}
