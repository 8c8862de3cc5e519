//! Keys of validators and users, made from their numbers.

use super::Fault;
use std::collections::BTreeMap;
use venire_node::core::Key;
use venire_types::{Address, B256};

const USERS: u32 = 10;

/// Keys of a study.
#[derive(Debug)]
pub(super) struct Keyring {
    keys: BTreeMap<Address, Key>,
    validators: Vec<Address>,
    users: Vec<Address>,
}

impl Keyring {
    /// Keys of so many validators, and of the users.
    pub(super) fn new(validators: u32) -> Self {
        let mut keys = BTreeMap::new();
        let mut make = |kind: &str, count: u32| -> Vec<Address> {
            let made = (0..count).map(|number| Key::derive(B256::ZERO, kind, number));
            made.map(|key| {
                let address = key.address();
                keys.insert(address, key);
                address
            })
            .collect()
        };
        let (validators, users) = (
            make("court-validator", validators),
            make("court-user", USERS),
        );
        Self {
            keys,
            validators,
            users,
        }
    }

    pub(super) fn validators(&self) -> &[Address] {
        &self.validators
    }

    pub(super) fn users(&self) -> &[Address] {
        &self.users
    }

    /// Signature over a digest: `r || s || v`.
    pub(super) fn sign(&self, signer: Address, digest: B256) -> Result<[u8; 65], Fault> {
        let key = self.keys.get(&signer).ok_or(Fault::Missing("key"))?;
        Ok(key.sign_hash(digest))
    }
}
