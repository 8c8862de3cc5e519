//! Keys of users and validators, and their signatures.

use k256::ecdsa::SigningKey;
use venire_types::{Address, B256, keccak256};

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(keccak256([number]).as_slice()).expect("key")
}

pub(crate) fn address_of(key: &SigningKey) -> Address {
    let point = key.verifying_key().to_encoded_point(false);
    Address::from_word(keccak256(&point.as_bytes()[1..]))
}

pub(crate) fn user(number: u8) -> Address {
    address_of(&key(number))
}

pub(crate) fn sign(key: &SigningKey, digest: B256) -> [u8; 65] {
    let (signature, recovery) = key
        .sign_prehash_recoverable(digest.as_slice())
        .expect("signature");
    let mut bytes = [0; 65];
    bytes[..64].copy_from_slice(&signature.to_bytes());
    bytes[64] = recovery.to_byte();
    bytes
}
