//! Keys that a local or simulated network derives from its seed: validators and funded accounts.
//!
//! # Invariants
//! - Same seed, same keys: a developer's addresses survive a restart.
//! - Anyone who knows the seed knows the keys, so these keys are for local networks only.

use alloy_primitives::Signature;
use secp256k1::{Message, SECP256K1, SecretKey};
use venire_types::{
    Address, B256,
    signed::{Signed, Statement, Verified, digest, tagged},
};

/// A signing key.
#[derive(Clone)]
pub struct Key {
    key: SecretKey,
    secret: B256,
    address: Address,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.address())
    }
}

/// A key cannot sign (it never happens with a key made here).
#[derive(Debug, thiserror::Error)]
#[error("sign a statement")]
pub struct SignError;

impl Key {
    /// Key number `index` of a purpose under a network seed.
    #[must_use]
    pub fn derive(seed: B256, purpose: &str, index: u32) -> Self {
        let mut counter = 0_u32;
        loop {
            let parts: [&[u8]; 4] = [
                seed.as_slice(),
                purpose.as_bytes(),
                &index.to_be_bytes(),
                &counter.to_be_bytes(),
            ];
            let secret = tagged("key", &parts);
            // Fails for one secret in 2^127: those that are not below the curve order.
            if let Ok(key) = SecretKey::from_byte_array(secret.0) {
                let public = key.public_key(SECP256K1).serialize_uncompressed();
                // A leading byte says that the point is written out.
                let point = public.get(1..).unwrap_or_default();
                let address = Address::from_raw_public_key(point);
                return Self {
                    key,
                    secret,
                    address,
                };
            }
            counter = counter.wrapping_add(1);
        }
    }

    /// Address of the key.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The secret in hex, for the banner of a local network.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{:#x}", self.secret)
    }

    /// Signs a statement and hands it over as checked.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign<T: Statement>(&self, chain_id: u64, body: T) -> Result<Verified<T>, SignError> {
        let digest = digest(chain_id, &body).map_err(|_| SignError)?;
        let signature = self.sign_hash(digest);
        let signed = Signed { body, signature };
        signed.verify(chain_id).map_err(|_| SignError)
    }

    /// Signs a hash as wallets do: `r || s || v`.
    #[must_use]
    pub fn sign_hash(&self, hash: B256) -> [u8; 65] {
        let message = Message::from_digest(hash.0);
        let signature = SECP256K1.sign_ecdsa_recoverable(message, &self.key);
        Signature::from(signature).as_bytes()
    }

    /// A secret that only this key can make and always makes the same: commit nonces, prompt
    /// nonces. Being derived, it needs no disk to survive a crash.
    #[must_use]
    pub fn private(&self, purpose: &str, parts: &[&[u8]]) -> B256 {
        let mut all: Vec<&[u8]> = vec![self.secret.as_slice(), purpose.as_bytes(), &[0]];
        all.extend_from_slice(parts);
        tagged("private", &all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use venire_types::jury::Commit;

    #[test]
    fn keys_are_stable_distinct_and_sign() {
        let seed = B256::repeat_byte(7);
        let key = Key::derive(seed, "validator", 0);
        assert_eq!(key.address(), Key::derive(seed, "validator", 0).address());
        assert_ne!(key.address(), Key::derive(seed, "validator", 1).address());
        assert_ne!(key.address(), Key::derive(seed, "account", 0).address());
        let body = Commit {
            tx: B256::ZERO,
            round: 0,
            commitment: B256::ZERO,
        };
        assert_eq!(key.sign(1, body).unwrap().signer(), key.address());
        assert!(!format!("{key:?}").contains(&key.reveal()[2..]));
    }
}
