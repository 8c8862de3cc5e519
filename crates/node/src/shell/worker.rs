//! Does the duties of this process' validators: executes, binds, signs, hands over.
//!
//! # Invariants
//! - A duty is executed at most once: its record is in the journal before the statement leaves.
//! - Executions of one transaction read the state pinned at its activation, also those of an appeal
//!   (after a restart, that state is made again from the newest one). A tribunal reads that very
//!   state or none: who has lost it says so.
//! - A duty always ends in a statement, if only in an empty one: nobody waits for a lost thread.

use super::{
    gate::{self, Permit},
    host::{ChainHost, World},
    node::{Shared, ValidatorSeat},
    sequencer::{Command, Statement},
};
use crate::core::{Entry, Juror, Phase, Place, Snapshot, ended, request, role, unable};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};
use venire_protocol::{DutyKind, Input};
use venire_types::{Address, B256};
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
            DutyKind::Lead | DutyKind::Judge { .. } | DutyKind::Verify { .. } => {
                shared.gate.duty().await
            }
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
        let phase = Phase::from(&kind);
        let input = catch_unwind(AssertUnwindSafe(|| self.speak(kind, phase, inside)));
        let input = input.unwrap_or_default();
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

    /// The words of this duty, from the journal if they were bound before.
    fn speak(&self, kind: DutyKind, phase: Phase, inside: Option<gate::Place>) -> Option<Input> {
        let juror = Juror {
            key: &self.seat.key,
            params: &self.shared.params,
        };
        // A tribunal has an id of its own and is about another transaction.
        let about = match kind {
            DutyKind::Verify { tx, .. } => tx,
            DutyKind::Lead | DutyKind::Judge { .. } | DutyKind::Reveal => self.place.tx,
        };
        let entry = match (self.shared.journal.bound(self.place), role(kind)) {
            (Some(entry), _) => entry,
            (None, None) => return None,
            (None, Some(role)) => {
                let (execution, elapsed_ms) = self.execute(about, role, inside?.compute());
                self.bind(juror.bind(self.place, phase, execution, elapsed_ms))?
            }
        };
        juror.speak(self.place, phase, entry)
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

    fn execute(&self, tx: B256, role: Role, permit: Permit) -> (Execution, u64) {
        let Some(record) = self.pin.record(tx) else {
            return (unable("the transaction is not in the pinned state"), 0);
        };
        let body = self.pin.body(tx);
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
            trail: venire_gateway::Trail::default(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measuring for receipts happens in the shell"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
