//! Signed Ethereum transactions, and what they ask of the chain.
//!
//! # Invariants
//! - An [`Envelope`] exists only if its signature was checked; its hash is that of the raw bytes.
//! - Decoding is total and canonical: bytes that do not encode to themselves are refused.
//!
//! # Not here
//! - Whether the transaction may enter the chain (`venire-protocol`).

mod abi;
mod action;
mod allocation;
mod stake;
#[cfg(test)]
mod tests;

pub use action::{
    Action, ActionError, Ceilings, FeeTerms, Submission, TopUp, TxData, appeal_input,
};
pub use allocation::{Allocation, MessageTerms};
pub use stake::{Identity, StakeOrder};

use alloc::vec::Vec;
use alloy_consensus::{Transaction, TxEnvelope, transaction::SignerRecoverable};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address, B256, U256, keccak256};

/// A signed transaction whose signer is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    raw: Vec<u8>,
    hash: B256,
    signer: Address,
    nonce: u64,
    chain_id: Option<u64>,
    to: Option<Address>,
    value: U256,
    input: Vec<u8>,
}

/// Why raw bytes are not a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not the encoding of a transaction.
    #[error("the bytes are not an encoded Ethereum transaction")]
    Malformed,
    /// A type this chain does not know (ENVELOPE-01).
    #[error("transactions of type {kind} are not supported; use legacy, EIP-2930 or EIP-1559")]
    UnsupportedType {
        /// EIP-2718 type.
        kind: u8,
    },
    /// Another encoding of the same transaction exists (ENVELOPE-02).
    #[error("the transaction is not in its canonical encoding")]
    NotCanonical,
    /// No key produces this signature (ENVELOPE-03).
    #[error("the transaction's signature is not valid")]
    BadSignature,
}

impl Envelope {
    /// Decodes raw bytes (legacy before and after EIP-155, EIP-2930, EIP-1559) and recovers the
    /// signer.
    ///
    /// # Errors
    /// [`EnvelopeError`]; never panics.
    pub fn decode(raw: &[u8]) -> Result<Self, EnvelopeError> {
        match raw.first() {
            Some(kind @ (0 | 3..=0x7f)) => {
                return Err(EnvelopeError::UnsupportedType { kind: *kind });
            }
            Some(_) => {}
            None => return Err(EnvelopeError::Malformed),
        }
        let tx = TxEnvelope::decode_2718_exact(raw).map_err(|_| EnvelopeError::Malformed)?;
        if tx.encoded_2718() != raw {
            return Err(EnvelopeError::NotCanonical);
        }
        let signer = tx
            .recover_signer()
            .map_err(|_| EnvelopeError::BadSignature)?;
        Ok(Self {
            raw: raw.to_vec(),
            hash: keccak256(raw),
            signer,
            nonce: tx.nonce(),
            chain_id: tx.chain_id(),
            to: tx.to(),
            value: tx.value(),
            input: tx.input().to_vec(),
        })
    }

    /// The bytes as they were received.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// keccak256 of the raw bytes; the transaction's id everywhere.
    #[must_use]
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// Who signed.
    #[must_use]
    pub const fn signer(&self) -> Address {
        self.signer
    }

    /// Count of the signer's earlier transactions.
    #[must_use]
    pub const fn nonce(&self) -> u64 {
        self.nonce
    }

    /// Chain the signature is bound to; `None` before EIP-155.
    #[must_use]
    pub const fn chain_id(&self) -> Option<u64> {
        self.chain_id
    }

    /// Ethereum receiver; `None` for an Ethereum contract creation.
    #[must_use]
    pub const fn to(&self) -> Option<Address> {
        self.to
    }

    /// Native tokens sent, in wei.
    #[must_use]
    pub const fn value(&self) -> U256 {
        self.value
    }

    /// Ethereum call data.
    #[must_use]
    pub fn input(&self) -> &[u8] {
        &self.input
    }

    /// What the transaction asks for, by the selector of its input.
    ///
    /// # Errors
    /// [`ActionError`] when it asks for nothing this chain knows.
    pub fn action(&self) -> Result<Action, ActionError> {
        Action::of(self)
    }
}
