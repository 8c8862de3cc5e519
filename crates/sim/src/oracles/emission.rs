//! Each message takes effect once: a decision sends exactly the messages that the agreed execution returned,
//! to whom and with what it said, when it said so, however often it was judged (`ROUND-27`, `APPEAL-11`).

use super::{Scene, minutes::Minutes};
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::{Effect, Kind, TxRecord};
use venire_types::{
    Address, B256, U256,
    emission::{Emission, On},
    keccak256,
    vote::Status,
};

/// A message, as the execution returned it or as a transaction has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Letter {
    on: On,
    /// Nobody for a deploy that has its address from its id.
    to: Option<Address>,
    is_deploy: bool,
    value: U256,
    salt: U256,
    calldata: Vec<u8>,
    code: Vec<u8>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Sent {
    finished: BTreeSet<B256>,
    statuses: BTreeMap<B256, Status>,
}

/// Wei that an emission carries away.
pub(super) const fn wei(emission: &Emission) -> U256 {
    match emission {
        Emission::Post { value, .. }
        | Emission::Deploy { value, .. }
        | Emission::External { value, .. } => *value,
        Emission::Event { .. } => U256::ZERO,
    }
}

/// The first 20 bytes of a hash over deployer, salt and chain (`ROUND-28`).
fn salted(deployer: Address, salt: U256, chain_id: u64) -> Address {
    let mut bytes = vec![1];
    bytes.extend_from_slice(deployer.as_slice());
    bytes.extend_from_slice(&salt.to_be_bytes::<32>());
    bytes.extend_from_slice(&[0; 24]);
    bytes.extend_from_slice(&chain_id.to_be_bytes());
    let head: Vec<u8> = keccak256(&bytes).iter().copied().take(20).collect();
    Address::from_slice(&head)
}

/// What the agreed execution returned.
fn named(scene: &Scene<'_>, record: &TxRecord) -> Vec<Letter> {
    let last = record.rounds.iter().rposition(|round| !round.superseded);
    let payload = last.and_then(|index| scene.minutes.payload(record, index));
    let emissions = payload.filter(|_| record.is_success());
    let emissions = emissions.map_or(&[][..], |payload| &payload.emissions);
    let mut letters: Vec<Letter> = emissions
        .iter()
        .filter_map(|emission| letter(emission, record.recipient, scene.params.chain_id))
        .collect();
    letters.sort_unstable();
    letters
}

fn letter(emission: &Emission, from: Address, chain_id: u64) -> Option<Letter> {
    let blank = Letter {
        on: On::Finalized,
        to: None,
        is_deploy: false,
        value: wei(emission),
        salt: U256::ZERO,
        calldata: Vec::new(),
        code: Vec::new(),
    };
    Some(match emission {
        Emission::Post {
            to, calldata, on, ..
        } => Letter {
            on: *on,
            to: Some(*to),
            calldata: calldata.clone(),
            ..blank
        },
        Emission::Deploy {
            code,
            calldata,
            salt,
            on,
            ..
        } => Letter {
            on: *on,
            to: (!salt.is_zero()).then(|| salted(from, *salt, chain_id)),
            is_deploy: true,
            salt: *salt,
            calldata: calldata.clone(),
            code: code.clone(),
            ..blank
        },
        Emission::External { to, calldata, .. } => Letter {
            to: Some(*to),
            calldata: calldata.clone(),
            ..blank
        },
        Emission::Event { .. } => return None,
    })
}

/// What it sent, cancelled messages aside; and one that has another sender than its contract.
fn sent(state: &Snapshot, record: &TxRecord) -> (Vec<Letter>, Option<B256>) {
    let mut letters = Vec::new();
    let mut stranger = None;
    for id in &record.children {
        let Some(child) = state
            .record(*id)
            .filter(|child| child.status != Status::Canceled)
        else {
            continue;
        };
        let (parent, on) = child.triggered_by.unwrap_or((B256::ZERO, On::Accepted));
        let is_own = parent == record.id
            && child.sender == record.recipient
            && child.origin == record.origin
            && child.validators_wanted == record.validators_wanted
            && child.leader_only == record.leader_only;
        if !is_own {
            stranger = Some(child.id);
        }
        let body = state.body(*id);
        let is_deploy = child.kind == Kind::Deploy;
        let has_own_address = is_deploy && child.salt.is_zero();
        letters.push(Letter {
            on,
            to: (!has_own_address).then_some(child.recipient),
            is_deploy,
            value: child.value,
            salt: child.salt,
            calldata: body.calldata,
            code: body.code,
        });
    }
    letters.sort_unstable();
    (letters, stranger)
}

impl Sent {
    /// Judges the decisions of a block, and what came into being in it.
    pub(super) fn block(&mut self, scene: &Scene<'_>) -> Option<String> {
        let mut seen = None;
        for effect in scene.effects {
            match effect {
                Effect::StatusChanged { tx, to, .. } => {
                    self.statuses.insert(*tx, *to);
                    if *to == Status::Finalized {
                        self.finished.insert(*tx);
                    }
                }
                Effect::Created {
                    tx,
                    parent: Some((parent, on)),
                    ..
                } => {
                    let stands = self.statuses.get(parent).copied();
                    let is_time = match on {
                        On::Accepted => stands == Some(Status::Accepted),
                        On::Finalized => self.finished.contains(parent),
                    };
                    let early = || format!("{tx} leaves {parent}, which is {stands:?}");
                    seen = seen.or_else(|| (!is_time).then(early));
                }
                _ => {}
            }
        }
        seen.or_else(|| {
            scene
                .records
                .values()
                .find_map(|record| judged(scene, record))
        })
    }

    /// Judges the last state of a run.
    pub(super) fn end(
        state: &Snapshot,
        minutes: &Minutes,
        params: &venire_protocol::Params,
    ) -> Vec<String> {
        let records = state.records();
        let known: BTreeSet<B256> = records.iter().flat_map(|r| r.children.clone()).collect();
        let mut all = Vec::new();
        for record in &records {
            let is_child = record.triggered_by.is_some();
            if is_child && !known.contains(&record.id) {
                all.push(format!("{} has a parent that does not know it", record.id));
            }
        }
        let scene = Scene::still(state, minutes, params);
        all.extend(records.iter().filter_map(|record| judged(&scene, record)));
        all
    }
}

/// Compares what a decided transaction sent with what was agreed.
fn judged(scene: &Scene<'_>, record: &TxRecord) -> Option<String> {
    let id = record.id;
    let (sent, stranger) = sent(scene.after, record);
    if let Some(child) = stranger {
        return Some(format!("{child} is not what {id} can send"));
    }
    let mut expected = named(scene, record);
    match record.status {
        Status::Finalized => {}
        Status::Accepted => expected.retain(|letter| letter.on == On::Accepted),
        // Held, or not sent yet: nothing that waits for finality has left.
        _ => {
            let late = sent.iter().find(|letter| letter.on == On::Finalized);
            return late.map(|late| format!("{id} is {:?} and sent {late:?}", record.status));
        }
    }
    (sent != expected).then(|| format!("{id} sent {sent:?}, agreed was {expected:?}"))
}
