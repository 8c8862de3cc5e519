//! A cache by hash of code that forgets what was used longest ago.
//!
//! # Invariants
//! - The weights of what is kept sum up to the capacity at most.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use venire_types::B256;

/// The cache; values are cheap to clone.
pub(crate) struct Lru<V> {
    capacity: usize,
    entries: Mutex<Entries<V>>,
}

struct Entries<V> {
    by_code: BTreeMap<B256, Entry<V>>,
    weight: usize,
    clock: u64,
}

struct Entry<V> {
    used: u64,
    weight: usize,
    value: V,
}

impl<V: Clone> Lru<V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Mutex::new(Entries {
                by_code: BTreeMap::new(),
                weight: 0,
                clock: 0,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries<V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept for `code`; counts as a use.
    pub(crate) fn get(&self, code: B256) -> Option<V> {
        let mut entries = self.lock();
        entries.clock += 1;
        let now = entries.clock;
        let entry = entries.by_code.get_mut(&code)?;
        entry.used = now;
        Some(entry.value.clone())
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut entries = self.lock();
        entries.by_code.clear();
        entries.weight = 0;
    }

    /// Keeps a value.
    pub(crate) fn put(&self, code: B256, weight: usize, value: V) {
        let mut entries = self.lock();
        entries.clock += 1;
        let entry = Entry {
            used: entries.clock,
            weight,
            value,
        };
        entries.weight += weight;
        if let Some(old) = entries.by_code.insert(code, entry) {
            entries.weight -= old.weight;
        }
        while entries.weight > self.capacity {
            let oldest = entries.by_code.iter().min_by_key(|(_, entry)| entry.used);
            let Some((&oldest, _)) = oldest else { break };
            if let Some(gone) = entries.by_code.remove(&oldest) {
                entries.weight -= gone.weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lru;
    use venire_types::B256;

    #[test]
    fn the_least_used_goes_first() {
        let key = B256::with_last_byte;
        let cache = Lru::new(10);
        cache.put(key(1), 4, "a");
        cache.put(key(2), 4, "b");
        assert_eq!(cache.get(key(1)), Some("a"));
        cache.put(key(3), 4, "c");
        assert_eq!(cache.get(key(2)), None);
        assert_eq!(cache.get(key(1)), Some("a"));
        cache.put(key(1), 9, "d");
        assert_eq!(cache.get(key(3)), None);
        assert_eq!(cache.get(key(1)), Some("d"));
    }
}
