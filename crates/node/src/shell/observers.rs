//! Tells the observers what happened: live from effects, or again from the records.
//!
//! # Invariants
//! - Both ways tell the same facts in the same order: each is made from the record alone, block by
//!   block, births before moves, older transactions first.
//! - The logs are those of the protocol's `Effect::Log`, and the events of contracts.
//! - Nothing here can influence the chain.

use crate::core::Snapshot;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use venire_observer::{
    At, Fact, Projection,
    explorer::{ByAddress, Found, Log, LogFilter, Logs, Side},
};
use venire_protocol::{Effect, RawBlock, RawInput, StatusChange, TxRecord};
use venire_store::View;
use venire_types::{
    Address, B256, U256,
    chain::{CONSENSUS_MAIN_LOCAL, topic},
    emission::Emission,
    envelope::{Action, Envelope},
    keccak256,
    vote::Status,
};

/// Logs in one answer.
const LOGS_MAX: usize = 10_000;

/// All indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observers {
    by_address: ByAddress,
    logs: Logs,
    orders: Arc<Mutex<Orders>>,
}

/// A signed transaction that made no record of its own: it finalised or cancelled others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// Block that took it in.
    pub(crate) height: u64,
    /// Who signed it.
    pub(crate) signer: Address,
}

/// Orders by their hash, read from the blocks when somebody asks, each block once.
#[derive(Clone, Debug, Default)]
struct Orders {
    next: u64,
    found: BTreeMap<B256, Order>,
}

impl Orders {
    fn read_on(&mut self, snapshot: &Snapshot, view: &View) {
        let end = view.tip().map_or(0, |tip| tip.height.saturating_add(1));
        for height in self.next..end {
            let Ok(stored) = view.block(height) else {
                // Unreadable now; asked again the next time.
                return;
            };
            let raw = stored.and_then(|block| borsh::from_slice::<RawBlock>(&block.bytes).ok());
            for input in raw.map(|raw| raw.inputs).unwrap_or_default() {
                if let Some((hash, signer)) = order(snapshot, input) {
                    self.found.insert(hash, Order { height, signer });
                }
            }
            self.next = height.saturating_add(1);
        }
    }
}

/// Hash and signer of an input that is an order.
fn order(snapshot: &Snapshot, input: RawInput) -> Option<(B256, Address)> {
    let (RawInput::Transaction(bytes) | RawInput::Park(bytes)) = input else {
        return None;
    };
    // Recovering a signer is dear, and most transactions have a record.
    if snapshot.record(keccak256(&bytes)).is_some() {
        return None;
    }
    let envelope = Envelope::decode(&bytes).ok()?;
    match envelope.action().ok()? {
        Action::Finalize { .. }
        | Action::FinalizeIdle { .. }
        | Action::Cancel { .. }
        | Action::Appeal { .. }
        | Action::TopUp(_)
        | Action::Stake(_) => Some((envelope.hash(), envelope.signer())),
        Action::Submit(_) | Action::Transfer { .. } => None,
    }
}

impl Observers {
    /// Folds the whole chain from its records.
    pub(crate) fn rebuild(snapshot: &Snapshot) -> Self {
        let mut told = Vec::new();
        for record in snapshot.records() {
            told.push((record.created_height, 0, record.index, created(&record)));
            for (place, change) in record.history.iter().enumerate() {
                let facts = moved(snapshot, &record, place);
                told.push((change.height, 1, record.index, facts));
            }
        }
        // Stable: what happened to one transaction in one block stays in its order.
        told.sort_by_key(|(height, order, index, _)| (*height, *order, *index));
        let mut observers = Self::default();
        for (.., facts) in told {
            observers.fold(&facts);
        }
        observers
    }

    /// Folds what one block did.
    pub(crate) fn follow(&mut self, snapshot: &Snapshot, effects: &[Effect]) {
        let height = snapshot.globals().height;
        let (mut born, mut moving) = (BTreeMap::new(), BTreeMap::new());
        for effect in effects {
            let (tx, group) = match effect {
                Effect::Created { tx, .. } => (tx, &mut born),
                Effect::StatusChanged { tx, .. } => (tx, &mut moving),
                _ => continue,
            };
            if let Some(record) = snapshot.record(*tx) {
                group.insert(record.index, record);
            }
        }
        for record in born.values() {
            self.fold(&created(record));
        }
        for record in moving.into_values() {
            for (place, change) in record.history.iter().enumerate() {
                if change.height == height {
                    self.fold(&moved(snapshot, &record, place));
                }
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

    /// Logs of one transaction, oldest first.
    pub(crate) fn logs_of(&self, id: B256) -> Vec<Arc<Log>> {
        self.logs.of(id)
    }

    /// A transaction that made no record; reads blocks that nobody has asked about yet.
    pub(crate) fn order(&self, (snapshot, view): (&Snapshot, &View), hash: B256) -> Option<Order> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.read_on(snapshot, view);
        orders.found.get(&hash).copied()
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
    let id = record.id;
    let to = record.recipient.into_word();
    let new = [topic::NEW_TRANSACTION, id, to, record.origin.into_word()];
    let slot = U256::from(record.slot.unwrap_or_default());
    let mut facts = vec![
        (at, fact),
        (at, system(id, &new, Vec::new())),
        (
            at,
            system(
                id,
                &[topic::CREATED_TRANSACTION, id],
                slot.to_be_bytes_vec(),
            ),
        ),
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
        // Clients look for it in the receipt of the parent; a child's sender is its contract.
        let sender = record.sender.into_word();
        let sent = [topic::INTERNAL_MESSAGE_PROCESSED, id, to, sender];
        facts.push((at, system(parent, &sent, Vec::new())));
    }
    facts
}

/// What the step of a record's history at this place tells.
fn moved(snapshot: &Snapshot, record: &TxRecord, place: usize) -> Vec<(At, Fact)> {
    let (earlier, later) = record.history.split_at(place);
    let Some((change, later)) = later.split_first() else {
        return Vec::new();
    };
    let at = At {
        height: change.height,
        time_ms: change.time_ms,
    };
    let (id, status) = (record.id, change.status);
    let is_appealed = earlier.last().is_some_and(|step| {
        matches!(
            step.status,
            Status::AppealCommitting | Status::AppealRevealing
        )
    });
    match status {
        // Confirmed by an appeal: all was told when it was decided.
        Status::Accepted | Status::ValidatorsTimeout if is_appealed => Vec::new(),
        Status::Pending if place > 0 => {
            let started = appeal_started(record, change).map(|fact| (at, fact));
            let taken_back = (at, Fact::TakenBack { id });
            started.into_iter().chain([taken_back]).collect()
        }
        Status::AppealCommitting => appeal_started(record, change)
            .map(|fact| (at, fact))
            .into_iter()
            .collect(),
        Status::Accepted => {
            let mut facts = vec![
                (at, Fact::Decided { id, status }),
                (
                    at,
                    system(id, &[topic::TRANSACTION_ACCEPTED, id], Vec::new()),
                ),
            ];
            // Of a decision that was taken back, nothing is left to be told.
            let stands = later.iter().all(|step| step.status != Status::Pending);
            let payload = snapshot.payload(id).filter(|_| stands);
            let emissions = payload.map(|payload| payload.emissions);
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
            (
                at,
                system(id, &[topic::TRANSACTION_FINALIZED, id], Vec::new()),
            ),
        ],
        _ => Vec::new(),
    }
}

/// The log of an appeal that was filed with this step.
fn appeal_started(record: &TxRecord, change: &StatusChange) -> Option<Fact> {
    let appeal = record
        .appeals
        .iter()
        .find(|appeal| appeal.filed_ms == change.time_ms && appeal.filed_height == change.height)?;
    let first = record.rounds.get(usize::try_from(appeal.first).ok()?)?;
    let seats = first.seats.iter();
    let mut data = Vec::new();
    for word in [appeal.bond, U256::from(64), U256::from(first.seats.len())] {
        data.extend_from_slice(&word.to_be_bytes::<32>());
    }
    data.extend(seats.flat_map(|seat| seat.validator.into_word().0));
    let appellant = appeal.appellant.into_word();
    Some(system(
        record.id,
        &[topic::APPEAL_STARTED, record.id, appellant],
        data,
    ))
}

/// A log of the consensus contract in the receipt of a transaction.
fn system(id: B256, topics: &[B256], data: Vec<u8>) -> Fact {
    Fact::Log {
        id,
        address: CONSENSUS_MAIN_LOCAL,
        topics: topics.to_vec(),
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Chain;
    use venire_protocol::{Genesis, Input, Params, genesis};
    use venire_store::State;

    /// Blocks of mints: each is born, accepted and finalised in one block.
    #[test]
    fn live_and_rebuilt_tell_the_same_in_the_same_order() {
        let params = Params::local();
        let mut state = State::default();
        let mut take = |delta: venire_protocol::Delta| {
            let stored = delta.into_iter().map(|(key, value)| {
                let value = value.map(|value| value.to_vec());
                (key.as_bytes().to_vec(), value)
            });
            state.apply_delta(&stored.collect());
            Snapshot::from(state.clone())
        };
        let first = Genesis {
            time_ms: 1,
            validators: vec![(Address::repeat_byte(1), U256::from(1))],
            families: Vec::new(),
            alloc: Vec::new(),
        };
        let snapshot = take(genesis(&params, &first).unwrap());
        let mut live = Observers::rebuild(&snapshot);
        let mut chain = Chain::new(params, snapshot);
        for height in 1..5 {
            let mint = |n| Input::Faucet {
                to: Address::repeat_byte(n),
                amount: U256::from(1),
            };
            let inputs = (1..9).map(mint).collect();
            let sealed = chain.seal(height, height, B256::ZERO, inputs).unwrap();
            chain.advance(take(sealed.delta));
            live.follow(chain.snapshot(), &sealed.effects);
        }
        let again = Observers::rebuild(chain.snapshot());
        assert_eq!(live.logs.len(), 4 * 8 * 4);
        assert_eq!(
            (&live.logs, &live.by_address),
            (&again.logs, &again.by_address)
        );
        for record in chain.snapshot().records() {
            let names: Vec<B256> = live
                .logs_of(record.id)
                .iter()
                .map(|log| log.topics[0])
                .collect();
            assert_eq!(
                names,
                [
                    topic::NEW_TRANSACTION,
                    topic::CREATED_TRANSACTION,
                    topic::TRANSACTION_ACCEPTED,
                    topic::TRANSACTION_FINALIZED,
                ]
            );
        }
    }
}
