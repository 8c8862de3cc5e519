//! Which transactions an address sent or received, newest first.
//!
//! # Invariants
//! - A transaction appears once per address, even when it sends to itself, in order of creation.
//! - A cursor stays valid while newer transactions arrive.
//!
//! # Not here
//! - The transactions themselves.

use crate::projection::{At, Fact, Projection};
use imbl::OrdMap;
use venire_types::{Address, B256};

/// Which side of a transaction an address must be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Sender or recipient.
    Any,
    /// Sender.
    From,
    /// Recipient.
    To,
}

/// Some transactions, and where to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Ids, newest first.
    pub ids: Vec<B256>,
    /// Pass this as `before` to get older ones; `None` when there are none.
    pub next: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    id: B256,
    sent: bool,
    received: bool,
}

/// The transactions of every address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByAddress {
    /// Number of each transaction, in order of creation.
    numbers: OrdMap<B256, u64>,
    entries: OrdMap<(Address, u64), Entry>,
}

impl ByAddress {
    /// At most `limit` transactions of an address that are older than the cursor `before`.
    #[must_use]
    pub fn page(&self, address: Address, side: Side, before: Option<u64>, limit: usize) -> Page {
        let range = (address, 0)..(address, before.unwrap_or(u64::MAX));
        let mut matching = self
            .entries
            .range(range)
            .rev()
            .filter(|(_, entry)| match side {
                Side::Any => true,
                Side::From => entry.sent,
                Side::To => entry.received,
            });
        let mut page = Page::default();
        let mut oldest = before;
        for ((_, number), entry) in matching.by_ref().take(limit) {
            page.ids.push(entry.id);
            oldest = Some(*number);
        }
        page.next = if matching.next().is_some() {
            oldest.or(Some(u64::MAX))
        } else {
            None
        };
        page
    }

    /// Number of transactions seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether no transaction was seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    fn entry(&mut self, address: Address, number: u64, id: B256) -> &mut Entry {
        let fresh = Entry {
            id,
            sent: false,
            received: false,
        };
        self.entries.entry((address, number)).or_insert(fresh)
    }
}

impl Projection for ByAddress {
    fn name(&self) -> &'static str {
        "explorer.by_address"
    }

    fn fold(&mut self, _: At, fact: &Fact) {
        match fact {
            Fact::Created { id, from, to } if !self.numbers.contains_key(id) => {
                let number = u64::try_from(self.numbers.len()).unwrap_or(u64::MAX);
                self.numbers.insert(*id, number);
                self.entry(*from, number, *id).sent = true;
                if let Some(to) = to {
                    self.entry(*to, number, *id).received = true;
                }
            }
            Fact::Addressed { id, to } => {
                if let Some(number) = self.numbers.get(id).copied() {
                    self.entry(*to, number, *id).received = true;
                }
            }
            Fact::Created { .. }
            | Fact::Decided { .. }
            | Fact::TakenBack { .. }
            | Fact::Finalized { .. }
            | Fact::Message { .. }
            | Fact::Log { .. } => {}
        }
    }
}
