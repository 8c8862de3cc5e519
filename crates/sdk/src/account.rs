//! A local private key that signs transactions.

use alloy_consensus::{SignableTransaction as _, TxEnvelope, TxLegacy};
use alloy_primitives::{Address, TxKind, U256};
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;

/// A key in memory.
#[derive(Clone, Debug)]
pub struct Account(PrivateKeySigner);

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Not 32 bytes in hex, or not a key of the curve.
    #[error("the private key is not 32 bytes in hex")]
    BadKey,
    /// Signing failed.
    #[error("sign the transaction: {0}")]
    Sign(#[from] alloy_signer::Error),
}

impl Account {
    /// A new random key.
    #[must_use]
    pub fn random() -> Self {
        Self(PrivateKeySigner::random())
    }

    /// A key from hex, with or without `0x`.
    ///
    /// # Errors
    /// `BadKey`.
    pub fn from_hex(text: &str) -> Result<Self, AccountError> {
        text.trim_start_matches("0x")
            .parse()
            .map(Self)
            .map_err(|_| AccountError::BadKey)
    }

    /// Address of the key.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.0.address()
    }

    /// Raw bytes of a signed legacy transaction without gas price.
    ///
    /// # Errors
    /// `Sign`.
    pub fn sign(
        &self,
        chain_id: u64,
        nonce: u64,
        to: Address,
        value: U256,
        input: Vec<u8>,
    ) -> Result<Vec<u8>, AccountError> {
        use alloy_eips::eip2718::Encodable2718 as _;
        let tx = TxLegacy {
            chain_id: Some(chain_id),
            nonce,
            gas_price: 0,
            gas_limit: 500_000,
            to: TxKind::Call(to),
            value,
            input: input.into(),
        };
        let signature = self.0.sign_hash_sync(&tx.signature_hash())?;
        Ok(TxEnvelope::from(tx.into_signed(signature)).encoded_2718())
    }
}
