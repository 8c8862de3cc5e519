//! Statements with a signature, and the proof that it was checked.
//!
//! # Invariants
//! - A [`Verified`] value exists only if its signature was checked: fields are private and
//!   verification is the only way to make one.
//! - Digests are domain-separated by statement type and chain.

use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Keccak256, Signature, U256, eip191_hash_message};
use borsh::{BorshDeserialize, BorshSerialize};

/// A statement that validators sign.
pub trait Statement: BorshSerialize {
    /// Name that no other statement uses.
    const DOMAIN: &'static str;
}

/// A statement and its 65-byte signature (`r || s || v`), not checked yet.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Signed<T> {
    /// What is stated.
    pub body: T,
    /// `r || s || v`, v in {0, 1, 27, 28}.
    pub signature: [u8; 65],
}

/// A statement whose signer is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T> {
    signer: Address,
    signed: Signed<T>,
}

/// Why a signature proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// `v` is unknown, or no key produces this signature.
    #[error("the signature is not valid")]
    Invalid,
    /// The mirror image of a valid signature; refused so that each statement has one form.
    #[error("the signature is not in its low-s form")]
    HighS,
    /// The statement cannot be encoded.
    #[error("the statement cannot be encoded")]
    Unencodable,
}

/// What a validator signs for `body` on chain `chain_id`.
///
/// # Errors
/// `Unencodable` when the statement has no canonical encoding.
pub fn digest<T: Statement>(chain_id: u64, body: &T) -> Result<B256, SignatureError> {
    let bytes = borsh::to_vec(body).map_err(|_| SignatureError::Unencodable)?;
    Ok(tagged(T::DOMAIN, &[&chain_id.to_be_bytes(), &bytes]))
}

/// `keccak256("venire/" || domain || 0 || parts...)`: the one way domains are separated.
#[must_use]
pub fn tagged(domain: &str, parts: &[&[u8]]) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(b"venire/");
    hasher.update(domain.as_bytes());
    hasher.update([0]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}

impl<T: Statement> Signed<T> {
    /// Checks the signature and learns the signer.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(self, chain_id: u64) -> Result<Verified<T>, SignatureError> {
        let signer = recover(&digest(chain_id, &self.body)?, &self.signature)?;
        Ok(Verified {
            signer,
            signed: self,
        })
    }
}

impl<T> Verified<T> {
    /// Who signed.
    #[must_use]
    pub const fn signer(&self) -> Address {
        self.signer
    }

    /// What was signed.
    #[must_use]
    pub const fn body(&self) -> &T {
        &self.signed.body
    }

    /// The statement as it was received.
    #[must_use]
    pub const fn signed(&self) -> &Signed<T> {
        &self.signed
    }
}

/// A user's wish to withdraw a pending transaction, signed as `personal_sign` does.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Cancel {
    /// The transaction to withdraw.
    pub tx: B256,
}

impl Cancel {
    /// What wallets sign: EIP-191 over `keccak256("cancel_transaction" || tx)`.
    #[must_use]
    pub fn digest(&self) -> B256 {
        let mut hasher = Keccak256::new();
        hasher.update(b"cancel_transaction");
        hasher.update(self.tx);
        eip191_hash_message(hasher.finalize())
    }
}

impl Signed<Cancel> {
    /// Checks the wallet signature and learns the signer.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify_personal(self) -> Result<Verified<Cancel>, SignatureError> {
        let signer = recover(&self.body.digest(), &self.signature)?;
        Ok(Verified {
            signer,
            signed: self,
        })
    }
}

/// Half the order of the curve; a larger s is the mirror image of a signature.
const HALF_ORDER: U256 = U256::from_be_bytes([
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
]);

fn recover(digest: &B256, signature: &[u8; 65]) -> Result<Address, SignatureError> {
    let signature = Signature::from_raw_array(signature).map_err(|_| SignatureError::Invalid)?;
    if signature.s() > HALF_ORDER {
        return Err(SignatureError::HighS);
    }
    signature
        .recover_address_from_prehash(digest)
        .map_err(|_| SignatureError::Invalid)
}

/// Canonical bytes of a value whose encoding cannot fail: writing to memory has no errors, and
/// all collections of this crate stay far below `u32::MAX` items.
#[must_use]
pub fn canonical<T: BorshSerialize>(value: &T) -> Vec<u8> {
    // Most records fit, and the others grow a few times less.
    let mut out = Vec::with_capacity(1024);
    // A failure could only leave a prefix behind, which no decoder accepts.
    let _ = value.serialize(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jury::Commit;
    use alloy_primitives::{address, hex};
    use k256::ecdsa::SigningKey;

    const SIGNER: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

    fn sign(digest: &B256) -> [u8; 65] {
        let secret = hex!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
        let key = SigningKey::from_slice(&secret).expect("secret key");
        let signature = key
            .sign_prehash_recoverable(digest.as_slice())
            .expect("signature");
        Signature::from(signature).as_bytes()
    }

    fn commit() -> Commit {
        Commit {
            tx: B256::repeat_byte(1),
            round: 2,
            commitment: B256::repeat_byte(3),
        }
    }

    #[test]
    fn verification_finds_the_signer() {
        let signature = sign(&digest(7, &commit()).expect("digest"));
        let verified = Signed {
            body: commit(),
            signature,
        }
        .verify(7)
        .expect("valid");
        assert_eq!((verified.signer(), verified.body()), (SIGNER, &commit()));
    }

    #[test]
    fn another_chain_or_statement_has_another_signer() {
        let signature = sign(&digest(7, &commit()).expect("digest"));
        let signed = Signed {
            body: commit(),
            signature,
        };
        assert_ne!(
            signed.clone().verify(8).expect("some signer").signer(),
            SIGNER
        );
        let other = Signed {
            body: Commit {
                round: 3,
                ..commit()
            },
            ..signed
        };
        assert!(
            other
                .verify(7)
                .map_or(true, |verified| verified.signer() != SIGNER)
        );
    }

    #[test]
    fn damaged_and_mirrored_signatures_are_refused() {
        let good = sign(&digest(7, &commit()).expect("digest"));
        let refused = |signature| {
            Signed {
                body: commit(),
                signature,
            }
            .verify(7)
            .unwrap_err()
        };
        assert_eq!(refused([0; 65]), SignatureError::Invalid);
        let mut odd = good;
        odd[64] = 5;
        assert_eq!(refused(odd), SignatureError::Invalid);
        let mut high = good;
        high[32..64].copy_from_slice(&[0xff; 32]);
        assert_eq!(refused(high), SignatureError::HighS);
    }

    #[test]
    fn a_wallet_can_sign_a_cancel() {
        let cancel = Cancel {
            tx: B256::repeat_byte(4),
        };
        let signature = sign(&cancel.digest());
        let verified = Signed {
            body: cancel,
            signature,
        }
        .verify_personal()
        .expect("valid");
        assert_eq!(verified.signer(), SIGNER);
    }
}
