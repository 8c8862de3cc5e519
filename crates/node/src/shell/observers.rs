//! Tells the observers what happened: live from effects, or again from the records.
//!
//! # Invariants
//! - Both ways tell the same facts: each is made from the record alone.
//! - Nothing here can influence the chain.

use crate::core::Snapshot;
use std::collections::BTreeSet;
use venire_observer::{
    At, Fact, Projection,
    explorer::{ByAddress, Found, LogFilter, Logs, Side},
};
use venire_protocol::{Effect, StatusChange, TxRecord};
use venire_types::{
    Address, B256,
    chain::{CONSENSUS_MAIN_LOCAL, topic},
    emission::Emission,
    vote::Status,
};

/// Logs in one answer.
const LOGS_MAX: usize = 10_000;

/// All indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observers {
    by_address: ByAddress,
    logs: Logs,
}

impl Observers {
    /// Folds the whole chain from its records.
    pub(crate) fn rebuild(snapshot: &Snapshot) -> Self {
        let mut told = Vec::new();
        for record in snapshot.records() {
            told.push((record.created_height, 0, record.id, created(&record)));
            for change in &record.history {
                told.push((
                    change.height,
                    1,
                    record.id,
                    moved(snapshot, &record, change),
                ));
            }
        }
        told.sort_by_key(|(height, order, id, _)| (*height, *order, *id));
        let mut observers = Self::default();
        for (.., facts) in told {
            observers.fold(&facts);
        }
        observers
    }

    /// Folds what one block did.
    pub(crate) fn follow(&mut self, snapshot: &Snapshot, effects: &[Effect]) {
        let height = snapshot.globals().height;
        let mut moving = BTreeSet::new();
        for effect in effects {
            match effect {
                Effect::Created { tx, .. } => {
                    if let Some(record) = snapshot.record(*tx) {
                        self.fold(&created(&record));
                    }
                }
                Effect::StatusChanged { tx, .. } => drop(moving.insert(*tx)),
                _ => {}
            }
        }
        for record in moving.iter().filter_map(|tx| snapshot.record(*tx)) {
            for change in record
                .history
                .iter()
                .filter(|change| change.height == height)
            {
                self.fold(&moved(snapshot, &record, change));
            }
        }
    }

    fn fold(&mut self, facts: &[(At, Fact)]) {
        for (at, fact) in facts {
            self.by_address.fold(*at, fact);
            self.logs.fold(*at, fact);
        }
    }

    /// Transactions of an address, newest first.
    pub(crate) fn transactions_of(&self, address: Address, side: Side, limit: usize) -> Vec<B256> {
        self.by_address.page(address, side, None, limit).ids
    }

    /// Logs that match.
    pub(crate) fn logs(&self, filter: &LogFilter) -> Found {
        self.logs.find(filter, LOGS_MAX)
    }
}

fn created(record: &TxRecord) -> Vec<(At, Fact)> {
    let at = At {
        height: record.created_height,
        time_ms: record.created_ms,
    };
    let fact = Fact::Created {
        id: record.id,
        from: record.sender,
        to: Some(record.recipient),
    };
    let who = [record.recipient.into_word(), record.sender.into_word()];
    let mut facts = vec![
        (at, fact),
        (at, system(record.id, topic::NEW_TRANSACTION, &who)),
    ];
    if let Some((parent, on)) = record.triggered_by {
        facts.push((
            at,
            Fact::Message {
                parent,
                child: record.id,
                on,
            },
        ));
        facts.push((
            at,
            system(record.id, topic::INTERNAL_MESSAGE_PROCESSED, &who),
        ));
    }
    facts
}

fn moved(snapshot: &Snapshot, record: &TxRecord, change: &StatusChange) -> Vec<(At, Fact)> {
    let at = At {
        height: change.height,
        time_ms: change.time_ms,
    };
    let (id, status) = (record.id, change.status);
    match status {
        Status::Accepted => {
            let mut facts = vec![
                (at, Fact::Decided { id, status }),
                (at, system(id, topic::TRANSACTION_ACCEPTED, &[])),
            ];
            let emissions = snapshot.payload(id).map(|payload| payload.emissions);
            for emission in emissions.into_iter().flatten() {
                if let Emission::Event { topics, data } = emission {
                    facts.push((
                        at,
                        Fact::Log {
                            id,
                            address: record.recipient,
                            topics,
                            data,
                        },
                    ));
                }
            }
            facts
        }
        Status::Undetermined
        | Status::ValidatorsTimeout
        | Status::LeaderTimeout
        | Status::Canceled => {
            vec![(at, Fact::Decided { id, status })]
        }
        Status::Finalized => vec![
            (at, Fact::Finalized { id }),
            (at, system(id, topic::TRANSACTION_FINALIZED, &[])),
        ],
        _ => Vec::new(),
    }
}

/// A log of the consensus contract about a transaction.
fn system(id: B256, signature: B256, rest: &[B256]) -> Fact {
    let topics = [signature, id]
        .into_iter()
        .chain(rest.iter().copied())
        .collect();
    Fact::Log {
        id,
        address: CONSENSUS_MAIN_LOCAL,
        topics,
        data: Vec::new(),
    }
}
