//! Logs by height, address and topic, with the meaning of `eth_getLogs`.
//!
//! # Invariants
//! - Logs are kept and answered in the order they were emitted. Those of a contract go when the
//!   execution that emitted them is taken back, and the others of their block close the ranks.
//! - A query looks only at logs of its rarest criterion inside its height range.
//!
//! # Not here
//! - The JSON shape of a filter (`venire-api`).

use crate::projection::{At, Fact, Projection};
use imbl::{OrdMap, OrdSet};
use std::collections::BTreeSet;
use std::sync::Arc;
use venire_types::{Address, B256, chain::is_consensus_main};

/// One log in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Block and time.
    pub at: At,
    /// Its number among the logs of its block.
    pub index: u64,
    /// The transaction that emitted it.
    pub id: B256,
    /// The contract that emitted it.
    pub address: Address,
    /// Its topics, signature first.
    pub topics: Vec<B256>,
    /// The rest.
    pub data: Vec<u8>,
}

/// Which logs are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    /// First height.
    pub from: u64,
    /// Last height, inclusive.
    pub to: u64,
    /// Any of these contracts; empty for every contract.
    pub addresses: Vec<Address>,
    /// For each topic position any of these values; empty for any value. A log with fewer topics
    /// than there are positions does not match, whatever the positions say.
    pub topics: Vec<Vec<B256>>,
}

impl Default for LogFilter {
    fn default() -> Self {
        Self {
            from: 0,
            to: u64::MAX,
            addresses: Vec::new(),
            topics: Vec::new(),
        }
    }
}

/// The answer to a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Matching logs, oldest first.
    pub logs: Vec<Arc<Log>>,
    /// Whether the limit cut the answer short.
    pub more: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Criterion {
    Address(Address),
    Topic(usize, B256),
    Transaction(B256),
}

/// Height, and number among the logs of that block.
type Place = (u64, u64);

/// All logs, and which ones each contract and topic has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logs {
    logs: OrdMap<Place, Arc<Log>>,
    postings: OrdMap<Criterion, OrdSet<Place>>,
}

impl Logs {
    /// At most `limit` logs that match.
    #[must_use]
    pub fn find(&self, filter: &LogFilter, limit: usize) -> Found {
        let mut found = Found::default();
        if filter.from > filter.to {
            return found;
        }
        let range = (filter.from, 0)..=(filter.to, u64::MAX);
        let logs: Box<dyn Iterator<Item = &Arc<Log>>> = match self.rarest(filter) {
            Some(lists) => {
                let places = lists.into_iter().flat_map(|list| list.range(range.clone()));
                let places: BTreeSet<&Place> = places.collect();
                Box::new(places.into_iter().filter_map(|place| self.logs.get(place)))
            }
            None => Box::new(self.logs.range(range).map(|(_, log)| log)),
        };
        for log in logs.filter(|log| matches(filter, log)) {
            if found.logs.len() == limit {
                found.more = true;
                break;
            }
            found.logs.push(Arc::clone(log));
        }
        found
    }

    /// Logs of one transaction, oldest first.
    #[must_use]
    pub fn of(&self, id: B256) -> Vec<Arc<Log>> {
        let places = self.postings.get(&Criterion::Transaction(id));
        let places = places.into_iter().flatten();
        places
            .filter_map(|place| self.logs.get(place).cloned())
            .collect()
    }

    /// Number of logs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.logs.len()
    }

    /// Whether there are no logs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.logs.is_empty()
    }

    fn put(&mut self, place: Place, log: Log) {
        for criterion in criteria(&log) {
            self.postings.entry(criterion).or_default().insert(place);
        }
        self.logs.insert(place, Arc::new(log));
    }

    /// Forgets what the contract of a transaction emitted.
    fn take_back(&mut self, id: B256) {
        let gone = |log: &Log| log.id == id && !is_consensus_main(log.address);
        let heights: BTreeSet<u64> = self
            .of(id)
            .iter()
            .filter(|log| gone(log))
            .map(|log| log.at.height)
            .collect();
        for height in heights {
            let block = self.logs.range((height, 0)..=(height, u64::MAX));
            let block: Vec<(Place, Arc<Log>)> = block
                .map(|(place, log)| (*place, Arc::clone(log)))
                .collect();
            for (place, log) in &block {
                self.logs.remove(place);
                for criterion in criteria(log) {
                    let Some(places) = self.postings.get_mut(&criterion) else {
                        continue;
                    };
                    places.remove(place);
                    if places.is_empty() {
                        self.postings.remove(&criterion);
                    }
                }
            }
            let kept = block
                .into_iter()
                .map(|(_, log)| log)
                .filter(|log| !gone(log));
            for (index, log) in (0u64..).zip(kept) {
                let log = Log {
                    index,
                    ..Arc::unwrap_or_clone(log)
                };
                self.put((height, index), log);
            }
        }
    }

    /// The postings of the criterion with the fewest logs; `None` without any criterion.
    fn rarest(&self, filter: &LogFilter) -> Option<Vec<&OrdSet<Place>>> {
        let addresses = filter
            .addresses
            .iter()
            .map(|address| Criterion::Address(*address));
        let topics = filter.topics.iter().enumerate().map(|(position, values)| {
            values
                .iter()
                .map(|value| Criterion::Topic(position, *value))
                .collect()
        });
        std::iter::once(addresses.collect::<Vec<_>>())
            .chain(topics)
            .filter(|alternatives| !alternatives.is_empty())
            .map(|alternatives| {
                alternatives
                    .iter()
                    .filter_map(|one| self.postings.get(one))
                    .collect::<Vec<_>>()
            })
            .min_by_key(|lists| {
                lists
                    .iter()
                    .fold(0, |n: usize, list| n.saturating_add(list.len()))
            })
    }
}

/// All that a log can be found by.
fn criteria(log: &Log) -> Vec<Criterion> {
    let topic = |(position, topic): (usize, &B256)| Criterion::Topic(position, *topic);
    let own = [
        Criterion::Transaction(log.id),
        Criterion::Address(log.address),
    ];
    own.into_iter()
        .chain(log.topics.iter().enumerate().map(topic))
        .collect()
}

fn matches(filter: &LogFilter, log: &Log) -> bool {
    let address = filter.addresses.is_empty() || filter.addresses.contains(&log.address);
    let topics = filter.topics.len() <= log.topics.len()
        && filter
            .topics
            .iter()
            .zip(&log.topics)
            .all(|(wanted, topic)| wanted.is_empty() || wanted.contains(topic));
    address && topics
}

impl Projection for Logs {
    fn name(&self) -> &'static str {
        "explorer.logs"
    }

    fn fold(&mut self, at: At, fact: &Fact) {
        let (id, address, topics, data) = match fact {
            Fact::Log {
                id,
                address,
                topics,
                data,
            } => (id, address, topics, data),
            Fact::TakenBack { id } => return self.take_back(*id),
            _ => return,
        };
        let index = match self.logs.get_max() {
            Some(((height, index), _)) if *height == at.height => index.saturating_add(1),
            _ => 0,
        };
        let place = (at.height, index);
        self.put(
            place,
            Log {
                at,
                index,
                id: *id,
                address: *address,
                topics: topics.clone(),
                data: data.clone(),
            },
        );
    }
}
