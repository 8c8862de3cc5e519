//! Beginnings of prompts that were read lately, so that nobody reads them again.
//!
//! # Invariants
//! - Tokens are compared, not hashes of them: a prefix is taken only where it is the same. Each model has its own store.

use super::attention::Memory;

/// Shorter beginnings are read again rather than looked up.
const SHORTEST: usize = 8;

#[derive(Debug)]
struct Entry {
    tokens: Vec<u32>,
    memory: Memory,
    used: u64,
}

/// The store; what was not used for longest goes first.
#[derive(Debug)]
pub(crate) struct Prefixes {
    entries: Vec<Entry>,
    most: usize,
    clock: u64,
}

impl Prefixes {
    /// A store of at most `most` beginnings.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            entries: Vec::new(),
            most,
            clock: 0,
        }
    }

    /// Tokens that are held.
    pub(crate) fn tokens(&self) -> usize {
        self.entries
            .iter()
            .fold(0, |sum, entry| sum + entry.memory.length())
    }

    /// The longest common beginning with anything held, and its length.
    pub(crate) fn longest(&mut self, tokens: &[u32]) -> Option<(usize, &Memory)> {
        let (length, index) = self
            .entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (common(&entry.tokens, tokens), index))
            .max()?;
        if length < SHORTEST {
            return None;
        }
        self.clock += 1;
        let entry = self.entries.get_mut(index)?;
        entry.used = self.clock;
        Some((length, &entry.memory))
    }

    /// Keeps what a prompt became, unless three quarters of it are held already.
    pub(crate) fn keep(&mut self, tokens: &[u32], mut memory: Memory) {
        let held = self
            .entries
            .iter()
            .map(|entry| common(&entry.tokens, tokens))
            .max()
            .unwrap_or(0);
        memory.truncate(tokens.len());
        if self.most == 0 || memory.length() < SHORTEST || held * 4 >= tokens.len() * 3 {
            return;
        }
        self.clock += 1;
        self.entries.push(Entry {
            tokens: tokens[..memory.length()].to_vec(),
            // Without the room for an answer that the sequence had.
            memory: memory.prefix(tokens.len()),
            used: self.clock,
        });
        while self.entries.len() > self.most {
            self.forget();
        }
    }

    /// Forgets until at most `tokens` are held.
    pub(crate) fn shrink(&mut self, tokens: usize) {
        while self.tokens() > tokens && !self.entries.is_empty() {
            self.forget();
        }
    }

    fn forget(&mut self) {
        let oldest = self
            .entries
            .iter()
            .enumerate()
            .min_by_key(|(_, entry)| entry.used);
        if let Some((index, _)) = oldest {
            self.entries.swap_remove(index);
        }
    }
}

/// Length of the common beginning.
pub(crate) fn common(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::super::attention::Memory;
    use super::super::config::{Config, Turn};
    use super::Prefixes;

    fn memory(tokens: usize) -> Memory {
        let mut memory = Memory::new(&Config {
            layers: 1,
            width: 16,
            inner: 16,
            heads: 1,
            kv_heads: 1,
            head_width: 16,
            context: 64,
            epsilon: 1e-6,
            base: 10_000.0,
            turn: Turn::Halves,
            bias: false,
        });
        let rows = vec![0.5; tokens * 16];
        memory.push(0, &rows, &rows);
        memory.grown(tokens);
        memory
    }

    fn list(first: u32) -> Vec<u32> {
        (first..first + 20).collect()
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut prefixes = Prefixes::new(2);
        prefixes.keep(&list(100), memory(20));
        prefixes.keep(&list(200), memory(20));
        assert_eq!(prefixes.longest(&list(100)).map(|found| found.0), Some(20));
        prefixes.keep(&list(300), memory(20));
        assert!(prefixes.longest(&list(200)).is_none());
        assert!(prefixes.longest(&list(100)).is_some());
        assert_eq!(prefixes.tokens(), 40);
        prefixes.shrink(39);
        assert_eq!(prefixes.tokens(), 20);
        assert!(prefixes.longest(&list(300)).is_none());
    }

    #[test]
    fn a_beginning_that_is_held_is_not_held_twice() {
        let mut prefixes = Prefixes::new(4);
        prefixes.keep(&list(100), memory(20));
        let mut alike = list(100);
        alike[18] = 7;
        prefixes.keep(&alike, memory(20));
        assert_eq!(prefixes.tokens(), 20);
        assert_eq!(prefixes.longest(&alike).map(|found| found.0), Some(18));
        // Too short to be worth a look.
        assert!(prefixes.longest(&list(100)[..5]).is_none());
        prefixes.keep(&[1, 2, 3], memory(3));
        assert_eq!(prefixes.tokens(), 20);
    }
}
