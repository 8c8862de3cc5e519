//! The flat key-value state: typed keys, reading, and the overlay that collects changes.
//!
//! # Invariants
//! - A key is one tag byte and fixed-width big-endian fields; values are `borsh` or raw bytes.
//! - Nothing is written through: changes live in the overlay until `apply` hands them out.
//!
//! # Not here
//! - Where bytes are kept (`venire-store`).

use crate::{apply::ApplyError, stake::PoolKind};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec,
    vec::Vec,
};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{Address, B256, Bytes, signed::canonical, storage::PageKey};

/// Bytes stored under a key.
pub type Value = Bytes;

/// What a block changes: a new value, or `None` for a removed key. In key order.
pub type Delta = BTreeMap<Key, Option<Value>>;

/// Address of one value of the state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Key(Vec<u8>);

/// First byte of a key: what the value is.
pub(crate) mod tag {
    pub(crate) const GLOBALS: u8 = 1;
    pub(crate) const ACCOUNT: u8 = 2;
    pub(crate) const CONTRACT: u8 = 3;
    pub(crate) const CODE: u8 = 4;
    pub(crate) const PAGE: u8 = 5;
    pub(crate) const OPEN_PAGE: u8 = 6;
    pub(crate) const OPEN_BALANCE: u8 = 7;
    pub(crate) const QUEUE: u8 = 8;
    pub(crate) const QUEUE_SLOT: u8 = 9;
    pub(crate) const TX: u8 = 10;
    pub(crate) const BODY: u8 = 11;
    pub(crate) const PAYLOAD: u8 = 12;
    pub(crate) const NONDET: u8 = 13;
    pub(crate) const TIMER_COUNT: u8 = 14;
    pub(crate) const TIMER: u8 = 15;
    pub(crate) const TIMER_OF: u8 = 16;
    pub(crate) const VALIDATORS: u8 = 17;
    pub(crate) const PARKED: u8 = 20;
    pub(crate) const EPOCHS: u8 = 30;
    pub(crate) const CANDIDATES: u8 = 31;
    pub(crate) const RESTRICTED: u8 = 32;
    pub(crate) const STAKED: u8 = 33;
    pub(crate) const WALLETS: u8 = 34;
    pub(crate) const OPERATOR: u8 = 35;
    pub(crate) const IDENTITY: u8 = 36;
    pub(crate) const POSITION: u8 = 37;
    pub(crate) const DELEGATOR: u8 = 38;
    pub(crate) const DEPOSIT_BATCH: u8 = 39;
    pub(crate) const EXIT_BATCH: u8 = 40;
    pub(crate) const TRIBUNAL: u8 = 50;
}

impl Key {
    fn of(tag: u8, parts: &[&[u8]]) -> Self {
        let mut bytes = vec![tag];
        for part in parts {
            bytes.extend_from_slice(part);
        }
        Self(bytes)
    }

    fn page_of(tag: u8, page: &PageKey) -> Self {
        Self::of(
            tag,
            &[
                page.contract.as_slice(),
                page.slot.as_slice(),
                &page.page.to_be_bytes(),
            ],
        )
    }

    /// [`crate::Globals`].
    #[must_use]
    pub fn globals() -> Self {
        Self::of(tag::GLOBALS, &[])
    }

    /// `Vec` of [`crate::Validator`].
    #[must_use]
    pub fn validators() -> Self {
        Self::of(tag::VALIDATORS, &[])
    }

    /// [`crate::Account`].
    #[must_use]
    pub fn account(address: Address) -> Self {
        Self::of(tag::ACCOUNT, &[address.as_slice()])
    }

    /// [`crate::Contract`].
    #[must_use]
    pub fn contract(address: Address) -> Self {
        Self::of(tag::CONTRACT, &[address.as_slice()])
    }

    /// Raw code bytes.
    #[must_use]
    pub fn code(address: Address) -> Self {
        Self::of(tag::CODE, &[address.as_slice()])
    }

    /// 32 raw bytes: a finalised page.
    #[must_use]
    pub fn page(page: &PageKey) -> Self {
        Self::page_of(tag::PAGE, page)
    }

    /// The newest accepted bytes of a page and their writer, while that writer is not final.
    #[must_use]
    pub fn open_page(page: &PageKey) -> Self {
        Self::page_of(tag::OPEN_PAGE, page)
    }

    /// What accepted, not yet final transactions add to and take from a contract's balance.
    #[must_use]
    pub fn open_balance(address: Address) -> Self {
        Self::of(tag::OPEN_BALANCE, &[address.as_slice()])
    }

    /// [`crate::Queue`].
    #[must_use]
    pub fn queue(address: Address) -> Self {
        Self::of(tag::QUEUE, &[address.as_slice()])
    }

    /// Number of a transaction that waits to be started (`ROUND-37`).
    #[must_use]
    pub fn parked(tx: B256) -> Self {
        Self::of(tag::PARKED, &[tx.as_slice()])
    }

    /// Transaction id in one slot of a queue.
    #[must_use]
    pub fn queue_slot(address: Address, slot: u64) -> Self {
        Self::of(tag::QUEUE_SLOT, &[address.as_slice(), &slot.to_be_bytes()])
    }

    /// [`crate::TxRecord`].
    #[must_use]
    pub fn tx(id: B256) -> Self {
        Self::of(tag::TX, &[id.as_slice()])
    }

    /// [`crate::Body`].
    #[must_use]
    pub fn body(id: B256) -> Self {
        Self::of(tag::BODY, &[id.as_slice()])
    }

    /// [`venire_types::jury::Payload`].
    #[must_use]
    pub fn payload(id: B256) -> Self {
        Self::of(tag::PAYLOAD, &[id.as_slice()])
    }

    /// The leader's recorded answers in one round: map of block number to bytes.
    #[must_use]
    pub fn nondet(id: B256, round: u32) -> Self {
        Self::of(tag::NONDET, &[id.as_slice(), &round.to_be_bytes()])
    }

    /// Number of running timers (`u64`).
    #[must_use]
    pub fn timer_count() -> Self {
        Self::of(tag::TIMER_COUNT, &[])
    }

    /// Timer at a place of the heap.
    #[must_use]
    pub fn timer(place: u64) -> Self {
        Self::of(tag::TIMER, &[&place.to_be_bytes()])
    }

    /// Place in the heap of a transaction's or tribunal's timer (`u64`).
    #[must_use]
    pub fn timer_of(id: B256) -> Self {
        Self::of(tag::TIMER_OF, &[id.as_slice()])
    }

    /// [`crate::stake::Epochs`].
    #[must_use]
    pub fn epochs() -> Self {
        Self::of(tag::EPOCHS, &[])
    }

    /// Validators that may be chosen at the next epoch: `Vec` of [`Address`].
    #[must_use]
    pub fn candidates() -> Self {
        Self::of(tag::CANDIDATES, &[])
    }

    /// Validators that are banned or quarantined: `Vec` of [`Address`].
    #[must_use]
    pub fn restricted() -> Self {
        Self::of(tag::RESTRICTED, &[])
    }

    /// [`crate::stake::StakedValidator`].
    #[must_use]
    pub fn staked(validator: Address) -> Self {
        Self::of(tag::STAKED, &[validator.as_slice()])
    }

    /// Number of wallets that an owner made (`u64`).
    #[must_use]
    pub fn wallets(owner: Address) -> Self {
        Self::of(tag::WALLETS, &[owner.as_slice()])
    }

    /// [`crate::stake::Operator`].
    #[must_use]
    pub fn operator(key: Address) -> Self {
        Self::of(tag::OPERATOR, &[key.as_slice()])
    }

    /// [`venire_types::envelope::Identity`].
    #[must_use]
    pub fn identity(validator: Address) -> Self {
        Self::of(tag::IDENTITY, &[validator.as_slice()])
    }

    /// [`crate::stake::Position`] of a delegator, or of the validator itself in its own pool.
    #[must_use]
    pub fn position(validator: Address, member: Address) -> Self {
        Self::of(tag::POSITION, &[validator.as_slice(), member.as_slice()])
    }

    /// [`Address`] of a validator's n-th delegator.
    #[must_use]
    pub fn delegator(validator: Address, place: u64) -> Self {
        Self::of(
            tag::DELEGATOR,
            &[validator.as_slice(), &place.to_be_bytes()],
        )
    }

    /// [`crate::stake::Batch`]: shares for the deposits of one epoch, until all have collected.
    #[must_use]
    pub fn deposit_batch(validator: Address, kind: PoolKind, epoch: u64) -> Self {
        Self::batch(tag::DEPOSIT_BATCH, validator, kind, epoch)
    }

    /// [`crate::stake::Batch`]: wei for the exits of one epoch, until all have claimed.
    #[must_use]
    pub fn exit_batch(validator: Address, kind: PoolKind, epoch: u64) -> Self {
        Self::batch(tag::EXIT_BATCH, validator, kind, epoch)
    }

    fn batch(tag: u8, validator: Address, kind: PoolKind, epoch: u64) -> Self {
        Self::of(
            tag,
            &[validator.as_slice(), &[kind as u8], &epoch.to_be_bytes()],
        )
    }

    /// [`crate::Tribunal`].
    #[must_use]
    pub fn tribunal(id: B256) -> Self {
        Self::of(tag::TRIBUNAL, &[id.as_slice()])
    }

    /// The bytes under which the value is stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A key read back from disk.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn tag(&self) -> u8 {
        self.0.first().copied().unwrap_or_default()
    }

    /// The field that starts `at` bytes after the tag.
    pub(crate) fn field<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        let from = at.checked_add(1)?;
        self.0.get(from..)?.first_chunk::<N>().copied()
    }
}

/// What a state knows of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// It has these bytes.
    Present(Value),
    /// It has no value.
    Absent,
    /// Unknown until it is loaded.
    NotLoaded,
}

/// A snapshot of the state.
pub trait Read {
    /// Looks a key up.
    fn get(&self, key: &Key) -> Lookup;
}

impl Read for BTreeMap<Key, Value> {
    fn get(&self, key: &Key) -> Lookup {
        Self::get(self, key).map_or(Lookup::Absent, |value| Lookup::Present(value.clone()))
    }
}

impl Read for Overlay<'_> {
    fn get(&self, key: &Key) -> Lookup {
        match self.changed.get(key) {
            Some(Some(value)) => Lookup::Present(value.clone()),
            Some(None) => Lookup::Absent,
            None => self.base.get(key),
        }
    }
}

/// The state contradicts itself, or a block does not follow its parent: our bug, stop the node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A value does not decode.
    #[error("the value under key {key:?} does not decode")]
    Undecodable {
        /// Key.
        key: Key,
    },
    /// A value that must exist does not.
    #[error("the value under key {key:?} is missing")]
    Absent {
        /// Key.
        key: Key,
    },
    /// An amount or counter leaves its range.
    #[error("{what} leaves its range")]
    Range {
        /// Which figure.
        what: &'static str,
    },
    /// A record is in a state that no rule produces.
    #[error("transaction {tx} is in an impossible state: {what}")]
    Impossible {
        /// Transaction.
        tx: B256,
        /// What is wrong.
        what: &'static str,
    },
    /// The block is not the successor of the last one.
    #[error("block {got} does not follow block {parent}")]
    Height {
        /// Height of the state.
        parent: u64,
        /// Height of the block.
        got: u64,
    },
    /// The block is older than its parent.
    #[error("block time {got} is before its parent's {parent}")]
    Time {
        /// Time of the state.
        parent: u64,
        /// Time of the block.
        got: u64,
    },
}

/// A state and the changes made on top of it.
pub(crate) struct Overlay<'a> {
    base: &'a dyn Read,
    changed: Delta,
}

impl<'a> Overlay<'a> {
    pub(crate) fn new(base: &'a dyn Read) -> Self {
        Self {
            base,
            changed: Delta::new(),
        }
    }

    pub(crate) fn into_delta(self) -> Delta {
        self.changed
    }

    /// Takes over what a copy changed.
    pub(crate) fn absorb(&mut self, changes: Delta) {
        self.changed.extend(changes);
    }

    pub(crate) fn raw(&self, key: &Key) -> Result<Option<Value>, ApplyError> {
        if let Some(value) = self.changed.get(key) {
            return Ok(value.clone());
        }
        match self.base.get(key) {
            Lookup::Present(value) => Ok(Some(value)),
            Lookup::Absent => Ok(None),
            Lookup::NotLoaded => Err(ApplyError::Missing(vec![key.clone()])),
        }
    }

    pub(crate) fn load<T: BorshDeserialize>(&self, key: &Key) -> Result<Option<T>, ApplyError> {
        let Some(value) = self.raw(key)? else {
            return Ok(None);
        };
        borsh::from_slice(&value)
            .map(Some)
            .map_err(|_| Broken::Undecodable { key: key.clone() }.into())
    }

    pub(crate) fn expect<T: BorshDeserialize>(&self, key: &Key) -> Result<T, ApplyError> {
        self.load(key)?
            .ok_or_else(|| Broken::Absent { key: key.clone() }.into())
    }

    pub(crate) fn store<T: BorshSerialize>(&mut self, key: Key, value: &T) {
        self.changed.insert(key, Some(canonical(value).into()));
    }

    pub(crate) fn store_raw(&mut self, key: Key, value: Value) {
        self.changed.insert(key, Some(value));
    }

    pub(crate) fn remove(&mut self, key: Key) {
        self.changed.insert(key, None);
    }

    /// Asks for all keys of this list that are not loaded.
    pub(crate) fn preload(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), ApplyError> {
        let missing = self.not_loaded(keys);
        if missing.is_empty() {
            Ok(())
        } else {
            Err(ApplyError::Missing(missing))
        }
    }

    /// Keys of this list that are not loaded, once each: asked for together to save round trips.
    pub(crate) fn not_loaded(&self, keys: impl IntoIterator<Item = Key>) -> Vec<Key> {
        let keys: BTreeSet<Key> = keys
            .into_iter()
            .filter(|key| {
                !self.changed.contains_key(key) && self.base.get(key) == Lookup::NotLoaded
            })
            .collect();
        keys.into_iter().collect()
    }
}
