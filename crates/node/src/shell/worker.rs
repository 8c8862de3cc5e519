//! Does the duties of this process' validators: executes, binds, signs, hands over.
//!
//! # Invariants
//! - A duty is executed at most once: its record is in the journal before the statement leaves.
//! - Executions of one transaction read the state pinned at its activation.

use super::{
    gate::Permit,
    host::{ChainHost, World},
    journal::{Entry, Place},
    node::{Shared, ValidatorSeat},
    sequencer::{Command, Phase, Statement},
};
use crate::core::{Note, Snapshot, commit, judge, lead, request, reveal};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use venire_protocol::{DutyKind, Input};
use venire_types::{
    Address, B256,
    jury::Propose,
    outcome::{Fault, Outcome},
};
use venire_vm::{Execution, Role};

/// Longest wait for one model or page.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Hands a duty to a thread, if its validator lives in this process.
pub(crate) fn dispatch(
    shared: &Arc<Shared>,
    (tx, round, validator): (B256, u32, Address),
    kind: DutyKind,
    pin: Snapshot,
) {
    let Some(seat) = shared.seat(validator).cloned() else {
        return;
    };
    let shared = Arc::clone(shared);
    let runtime = shared.runtime.clone();
    runtime.spawn_blocking(move || {
        let place = Place {
            tx,
            round,
            validator,
        };
        let phase = match &kind {
            DutyKind::Lead => Phase::Lead,
            DutyKind::Judge { .. } => Phase::Judge,
            DutyKind::Reveal => Phase::Reveal,
        };
        let input = Duty {
            shared: &shared,
            seat: &seat,
            place,
            pin: &pin,
        }
        .speak(kind);
        let statement = Statement {
            tx,
            round,
            phase,
            validator,
            input,
        };
        // The sequencer is gone only when the node stops.
        let _ = shared
            .commands
            .send(Command::Statement(Box::new(statement)));
    });
}

struct Duty<'a> {
    shared: &'a Shared,
    seat: &'a ValidatorSeat,
    place: Place,
    pin: &'a Snapshot,
}

impl Duty<'_> {
    fn speak(&self, kind: DutyKind) -> Option<Input> {
        let spoken = match kind {
            DutyKind::Lead => self.lead(),
            DutyKind::Judge { nondet } => self.judge(nondet),
            DutyKind::Reveal => self.reveal(),
        };
        if spoken.is_none() {
            tracing::error!(tx = %self.place.tx, validator = %self.place.validator, "duty not done");
        }
        spoken
    }

    fn nonce(&self) -> B256 {
        let round = self.place.round.to_be_bytes();
        self.seat
            .key
            .private("commit", &[self.place.tx.as_slice(), &round])
    }

    const fn who(&self) -> (B256, u32, Address) {
        (self.place.tx, self.place.round, self.place.validator)
    }

    fn lead(&self) -> Option<Input> {
        let entry = match self.shared.journal.bound(self.place) {
            Some(entry) => entry,
            None => {
                let (execution, elapsed_ms) = self.execute(Role::Leader);
                let (propose, bound) =
                    lead(&self.shared.params, self.who(), &execution, self.nonce());
                let note = note(execution, elapsed_ms);
                self.bind(Entry {
                    bound,
                    proposal: Some(propose.proposal),
                    note,
                })?
            }
        };
        let (tx, round) = (self.place.tx, self.place.round);
        let propose = Propose {
            tx,
            round,
            proposal: entry.proposal?,
        };
        let signed = self.seat.key.sign(self.shared.params.chain_id, propose);
        signed.ok().map(Input::Propose)
    }

    fn judge(&self, nondet: BTreeMap<u32, Vec<u8>>) -> Option<Input> {
        let entry = match self.shared.journal.bound(self.place) {
            Some(entry) => entry,
            None => {
                let (execution, elapsed_ms) = self.execute(Role::Validator {
                    leader: Arc::new(nondet),
                });
                let bound = judge(&self.shared.params, &execution);
                self.bind(Entry {
                    bound,
                    proposal: None,
                    note: note(execution, elapsed_ms),
                })?
            }
        };
        let commit = commit(self.who(), &entry.bound, self.nonce());
        let signed = self.seat.key.sign(self.shared.params.chain_id, commit);
        signed.ok().map(Input::Commit)
    }

    fn reveal(&self) -> Option<Input> {
        let entry = self.shared.journal.bound(self.place)?;
        let reveal = reveal(self.place.tx, self.place.round, entry.bound, self.nonce());
        let signed = self.seat.key.sign(self.shared.params.chain_id, reveal);
        signed.ok().map(Input::Reveal)
    }

    fn bind(&self, entry: Entry) -> Option<Entry> {
        match self.shared.journal.put(self.place, entry.clone()) {
            Ok(()) => Some(entry),
            Err(error) => {
                tracing::error!(%error, "the duty journal cannot be written; staying silent");
                None
            }
        }
    }

    fn execute(&self, role: Role) -> (Execution, u64) {
        let Some(record) = self.pin.record(self.place.tx) else {
            return (broken("the transaction is not in the pinned state"), 0);
        };
        let body = self.pin.body(self.place.tx);
        let permit = self.shared.gate.enter();
        let started = now();
        let credited = Some((record.recipient, record.value));
        let request = request(&self.shared.params, &record, body, self.pin, role);
        let execution = match request {
            Ok(request) => {
                let world = self.world(permit);
                let host = ChainHost {
                    snapshot: self.pin.clone(),
                    credited,
                    world,
                };
                self.shared.machine.run(request, Box::new(host))
            }
            Err(early) => ended(early.outcome, early.fault),
        };
        let elapsed = started.elapsed();
        metrics::histogram!("venire_execution_seconds").record(elapsed.as_secs_f64());
        (
            execution,
            u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        )
    }

    fn world(&self, permit: Permit) -> World {
        World {
            gateway: self.shared.gateway.clone(),
            profile: Arc::clone(&self.seat.profile),
            tx: self.place.tx,
            validator: self.place.validator,
            seed: self
                .seat
                .key
                .private("prompt", &[self.place.tx.as_slice()])
                .0,
            runtime: self.shared.runtime.clone(),
            permit,
            patience: PATIENCE,
        }
    }
}

/// What a receipt shows of an execution.
pub(crate) fn note(execution: Execution, elapsed_ms: u64) -> Note {
    Note {
        stdout: execution.stdout,
        stderr: execution.stderr,
        outcome: Some(execution.outcome),
        fault: execution.fault,
        disagreement: execution.disagreement,
        reason: execution.unavailable.or(execution.reason),
        fuel: execution.fuel,
        elapsed_ms,
    }
}

/// An execution that ended before any code ran.
pub(crate) fn ended(outcome: Outcome, fault: Fault) -> Execution {
    Execution {
        outcome,
        fault: Some(fault),
        delta: BTreeMap::new(),
        emissions: Vec::new(),
        nondet: BTreeMap::new(),
        disagreement: None,
        reason: None,
        unavailable: None,
        stdout: String::new(),
        stderr: String::new(),
        fuel: 0,
    }
}

fn broken(why: &str) -> Execution {
    Execution {
        unavailable: Some(why.to_owned()),
        ..ended(Outcome::VmError("internal".to_owned()), Fault::default())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measuring for receipts happens in the shell"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
