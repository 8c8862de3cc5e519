//! Objections of honest users: against verdicts that they know to be wrong, and decisions without one.
//!
//! # Invariants
//! - A decision is objected to once at most, however often it is looked at.

use super::{People, Sight};
use crate::{
    contract::{answer_bytes, verdict},
    models::Models,
    wallet::Order,
};
use venire_node::core::Snapshot;
use venire_protocol::{Input, Params, TxRecord, view};
use venire_types::{B256, U256, vote::Status};

/// What an appeal against `tx` has to bring along, if one can be filed.
#[must_use]
pub fn appeal_value(params: &Params, snapshot: &Snapshot, now_ms: u64, tx: B256) -> Option<U256> {
    let quote = view::appeal_quote(params, snapshot, now_ms, tx)
        .ok()?
        .ok()?;
    if params.fees.is_gasless() {
        Some(U256::ZERO)
    } else {
        quote.charge().ok()
    }
}

/// Whether an accepted transaction told its contract what is not true.
fn is_wrong(models: &Models, snapshot: &Snapshot, record: &TxRecord) -> bool {
    let Some(payload) = snapshot.payload(record.id) else {
        return false;
    };
    let said = payload.delta.get(&verdict(record.recipient));
    let wrong = answer_bytes(!models.truth(record.id));
    said.is_some_and(|page| page.starts_with(&wrong))
}

impl People {
    /// Objects to what should not stand.
    pub(super) fn object(&mut self, sight: Sight<'_>) -> Vec<Input> {
        let Sight {
            snapshot,
            scenario,
            params,
            now,
        } = sight;
        let mut inputs = Vec::new();
        for tx in std::mem::take(&mut self.watched) {
            let record = snapshot.record(tx);
            if record.as_ref().is_some_and(TxRecord::is_closed) {
                continue;
            }
            self.watched.push(tx);
            let Some(record) = record else {
                continue;
            };
            let is_contested = match record.status {
                Status::Accepted => is_wrong(&scenario.models, snapshot, &record),
                Status::LeaderTimeout | Status::ValidatorsTimeout | Status::Undetermined => true,
                _ => false,
            };
            if !is_contested || !self.objected.insert((tx, record.rounds.len())) {
                continue;
            }
            // Want of a verdict is often nobody's fault: not everybody minds.
            let is_failure = matches!(record.status, Status::LeaderTimeout | Status::Undetermined);
            if is_failure && !self.dice.chance(400) {
                continue;
            }
            let who = self.dice.index(self.wallets.len());
            let value = appeal_value(params, snapshot, now, tx);
            let sent =
                value.and_then(|value| self.send(snapshot, now, who, value, Order::Appeal(tx)));
            inputs.extend(sent.map(|(_, input)| input));
        }
        inputs
    }
}
