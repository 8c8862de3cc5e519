//! The live chain state: an ordered map of byte strings whose clone is one pointer.
//!
//! # Invariants
//! - Keys are ordered bytewise.
//! - Changing one clone is never visible through another.
//!
//! # Not here
//! - Durability (`commit`).

use crate::layout::Delta;
use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

/// The flat key-value map of the chain. Cloning is O(1); a clone shares all unchanged nodes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct State(OrdMap<Arc<[u8]>, Arc<[u8]>>);

impl State {
    /// The value of one key.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        self.0.get(key).map(AsRef::as_ref)
    }

    /// Whether a key is present.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.0.contains_key(key)
    }

    /// Number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Entries whose key starts with `prefix`, in key order. The empty prefix gives all.
    pub fn range(&self, prefix: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.range_from(prefix)
            .take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// Entries whose key is `start` or later, in key order; for reading in pages.
    pub fn range_from(&self, start: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
        let bounds = (Bound::Included(start), Bound::Unbounded);
        self.0
            .range::<_, [u8]>(bounds)
            .map(|(key, value)| (key.as_ref(), value.as_ref()))
    }

    /// Installs one block's changes.
    pub fn apply_delta(&mut self, delta: &Delta) {
        for (key, value) in delta {
            match value {
                Some(value) => self.insert(key, value),
                None => drop(self.0.remove(key.as_slice())),
            }
        }
    }

    /// The changes that turn `self` into `later`. Costs the size of the difference when one is a
    /// descendant of the other, because shared nodes are skipped.
    #[must_use]
    pub fn diff(&self, later: &Self) -> Delta {
        self.0
            .diff(&later.0)
            .map(|item| match item {
                DiffItem::Add(key, new)
                | DiffItem::Update {
                    new: (key, new), ..
                } => (key.to_vec(), Some(new.to_vec())),
                DiffItem::Remove(key, _) => (key.to_vec(), None),
            })
            .collect()
    }

    pub(crate) fn insert(&mut self, key: &[u8], value: &[u8]) {
        self.0.insert(Arc::from(key), Arc::from(value));
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State({} keys)", self.len())
    }
}
