//! Does the duties of this process' validators: executes, binds, signs, hands over.
//!
//! # Invariants
//! - A duty is executed at most once: its record is in the journal before the statement leaves.
//! - Executions of one transaction read the state pinned at its activation, also those of an appeal
//!   (after a restart, that state is made again from the newest one).
//! - A duty always ends in a statement, if only in an empty one: nobody waits for a lost thread.

use super::{
    gate::{self, Permit},
    host::{ChainHost, World},
    journal::{Entry, Place},
    node::{Shared, ValidatorSeat},
    sequencer::{Command, Phase, Statement},
};
use crate::core::{Note, Snapshot, commit, judge, lead, payload, request, reveal};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
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

/// Hands a duty to a thread, if its validator lives in this process. A reveal needs no place at
/// the gate: it only signs.
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
    let epoch = shared.journal.epoch();
    let runtime = shared.runtime.clone();
    runtime.spawn(async move {
        let inside = match kind {
            DutyKind::Reveal => None,
            DutyKind::Lead | DutyKind::Judge { .. } => shared.gate.duty().await,
        };
        tokio::task::spawn_blocking(move || {
            let place = Place {
                tx,
                round,
                validator,
            };
            let duty = Duty {
                shared: &shared,
                seat: &seat,
                place,
                pin: &pin,
                epoch,
            };
            let statement = duty.fulfil(kind, inside);
            // The sequencer is gone only when the node stops.
            let _ = shared
                .commands
                .send(Command::Statement(Box::new(statement)));
        });
    });
}

struct Duty<'a> {
    shared: &'a Shared,
    seat: &'a ValidatorSeat,
    place: Place,
    pin: &'a Snapshot,
    epoch: u64,
}

impl Duty<'_> {
    fn fulfil(&self, kind: DutyKind, inside: Option<gate::Place>) -> Statement {
        let phase = match &kind {
            DutyKind::Lead => Phase::Lead,
            DutyKind::Judge { .. } => Phase::Judge,
            DutyKind::Reveal => Phase::Reveal,
        };
        let speak = AssertUnwindSafe(|| match kind {
            DutyKind::Lead => self.lead(inside?.compute()),
            DutyKind::Judge { nondet } => self.judge(nondet, inside?.compute()),
            DutyKind::Reveal => self.reveal(),
        });
        let input = catch_unwind(speak).unwrap_or_default();
        if input.is_none() {
            let Place { tx, validator, .. } = self.place;
            tracing::error!(%tx, %validator, ?phase, "a validator stays silent");
        }
        Statement {
            tx: self.place.tx,
            round: self.place.round,
            phase,
            validator: self.place.validator,
            epoch: self.epoch,
            input,
        }
    }

    fn nonce(&self) -> B256 {
        let round = self.place.round.to_be_bytes();
        let parts: [&[u8]; 2] = [self.place.tx.as_slice(), &round];
        self.seat.key.private("commit", &parts)
    }

    const fn who(&self) -> (B256, u32, Address) {
        (self.place.tx, self.place.round, self.place.validator)
    }

    fn lead(&self, permit: Permit) -> Option<Input> {
        let entry = match self.shared.journal.bound(self.place) {
            Some(entry) => entry,
            None => {
                let (execution, elapsed_ms) = self.execute(Role::Leader, permit);
                let (propose, bound) =
                    lead(&self.shared.params, self.who(), &execution, self.nonce());
                self.bind(Entry {
                    bound,
                    proposal: Some(propose.proposal),
                    note: self.note(execution, elapsed_ms),
                })?
            }
        };
        let propose = Propose {
            tx: self.place.tx,
            round: self.place.round,
            proposal: entry.proposal?,
        };
        let signed = self.seat.key.sign(self.shared.params.chain_id, propose);
        signed.ok().map(Input::Propose)
    }

    fn judge(&self, nondet: BTreeMap<u32, Vec<u8>>, permit: Permit) -> Option<Input> {
        let entry = match self.shared.journal.bound(self.place) {
            Some(entry) => entry,
            None => {
                let leader = Arc::new(nondet);
                let (execution, elapsed_ms) = self.execute(Role::Validator { leader }, permit);
                self.bind(Entry {
                    bound: judge(&self.shared.params, &execution),
                    proposal: None,
                    note: self.note(execution, elapsed_ms),
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
        match self
            .shared
            .journal
            .put(self.place, entry.clone(), self.epoch)
        {
            Ok(()) => Some(entry),
            Err(error) => {
                tracing::error!(%error, "nothing may be said without a record");
                None
            }
        }
    }

    fn execute(&self, role: Role, permit: Permit) -> (Execution, u64) {
        let Some(record) = self.pin.record(self.place.tx) else {
            return (unable("the transaction is not in the pinned state"), 0);
        };
        let body = self.pin.body(self.place.tx);
        let started = now();
        let credited = Some((record.recipient, record.value));
        let request = request(&self.shared.params, &record, body, self.pin, role);
        let execution = match request {
            Ok(request) => {
                let world = self.world(permit);
                let host = ChainHost {
                    snapshot: self.pin.clone(),
                    code_bytes: self.shared.params.execution.code_bytes,
                    credited,
                    world,
                };
                self.shared.machine.run(request, Box::new(host))
            }
            Err(early) => ended(early.outcome, early.fault),
        };
        let elapsed = started.elapsed();
        metrics::histogram!("venire_execution_seconds").record(elapsed.as_secs_f64());
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        (execution, elapsed_ms)
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

    /// What a receipt shows of an execution: the outcome as it counts, cut to what a block can
    /// carry.
    fn note(&self, execution: Execution, elapsed_ms: u64) -> Note {
        Note {
            outcome: Some(payload(&self.shared.params, &execution).outcome),
            stdout: execution.stdout,
            stderr: execution.stderr,
            fault: execution.fault,
            disagreement: execution.disagreement,
            reason: execution.unavailable.or(execution.reason),
            fuel: execution.fuel,
            elapsed_ms,
        }
    }
}

/// An execution that ended before any code ran.
fn ended(outcome: Outcome, fault: Fault) -> Execution {
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

/// An execution that this validator cannot do.
fn unable(why: &str) -> Execution {
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
