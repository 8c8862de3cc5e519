//! A contract that was imported: the pages in which its instance differs from a pristine one.

use super::memory::{Memory, PAGE};

/// What a snapshot weighs beside its pages, bytes.
const RECORD: usize = 256;

/// Pages by ascending number.
pub(crate) struct Snapshot {
    numbers: Vec<u32>,
    bytes: Vec<[u8; PAGE]>,
}

impl Snapshot {
    /// Of `memory`, in which `written` pages (ascending) may differ from `pristine`.
    pub(super) fn take(memory: &Memory, written: &[u32], pristine: &Memory) -> Self {
        let changed = |number: &u32| memory.page(*number) != pristine.page(*number);
        let numbers: Vec<u32> = written.iter().copied().filter(changed).collect();
        let mut bytes = Vec::with_capacity(numbers.len());
        bytes.extend(numbers.iter().filter_map(|&number| memory.page(number)));
        Self { numbers, bytes }
    }

    /// The page, if it differs from the pristine one.
    pub(super) fn page(&self, number: u32) -> Option<&[u8; PAGE]> {
        let index = self.numbers.binary_search(&number).ok()?;
        self.bytes.get(index)
    }

    /// Numbers of its pages, ascending.
    pub(super) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// Bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        RECORD + self.bytes.len() * (PAGE + size_of::<u32>())
    }
}
