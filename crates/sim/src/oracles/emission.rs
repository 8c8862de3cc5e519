//! Each message takes effect once: a final result has exactly the children that it names, however often
//! it was judged, and what is not final has sent nothing that waits for finality.

use std::collections::BTreeMap;
use venire_node::core::Snapshot;
use venire_protocol::TxRecord;
use venire_types::{
    B256, U256,
    emission::{Emission, On},
    vote::Status,
};

/// Messages of a result, or children of a transaction: when they leave, and what they carry.
type Letters = Vec<(bool, U256)>;

fn named(state: &Snapshot, record: &TxRecord) -> Letters {
    let payload = state.payload(record.id).filter(|_| record.is_success());
    let emissions = payload.map(|payload| payload.emissions).unwrap_or_default();
    let mut letters: Letters = emissions
        .iter()
        .filter_map(|emission| match emission {
            Emission::Post { value, on, .. } | Emission::Deploy { value, on, .. } => {
                Some((*on == On::Accepted, *value))
            }
            Emission::External { value, .. } => Some((false, *value)),
            Emission::Event { .. } => None,
        })
        .collect();
    letters.sort_unstable();
    letters
}

/// Judges the last state of a run.
pub(super) fn end(state: &Snapshot) -> Vec<String> {
    let records = state.records();
    let mut sent: BTreeMap<B256, Letters> = BTreeMap::new();
    for record in &records {
        let Some((parent, on)) = record.triggered_by else {
            continue;
        };
        if record.status != Status::Canceled {
            let letters = sent.entry(parent).or_default();
            letters.push((on == On::Accepted, record.value));
        }
    }
    let mut all = Vec::new();
    for record in &records {
        let mut children = sent.remove(&record.id).unwrap_or_default();
        children.sort_unstable();
        let is_final = record.status == Status::Finalized;
        let expected = if is_final {
            named(state, record)
        } else {
            // Only what left on acceptance may be there before.
            children.retain(|(early, _)| !early);
            Letters::new()
        };
        if children != expected {
            let id = record.id;
            all.push(format!("{id} names {expected:?} and sent {children:?}"));
        }
    }
    for (parent, letters) in sent {
        all.push(format!("{letters:?} come from {parent}, which is unknown"));
    }
    all
}
