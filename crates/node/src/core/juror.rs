//! A validator at work on one duty: from an execution to the record that binds it, and from that
//! record to the signed words.
//!
//! # Invariants
//! - Words follow from the record alone, so saying them again says the same.
//! - Commit secrets are derived from the key: they need no disk to survive a crash.
//!
//! # Not here
//! - Executing, and writing the record before anything is said (`shell::worker`).

use super::{Entry, Key, Note, Place, commit, judge, lead, payload, reveal, verify};
use venire_protocol::{DutyKind, Input, Params};
use venire_types::{
    B256,
    jury::Propose,
    outcome::{Fault, Outcome},
    signed::{Statement, Verified},
};
use venire_vm::{Execution, Role};

/// Phases in which statements are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Proposing.
    Lead,
    /// Committing.
    Judge,
    /// Committing in a tribunal about the result with this hash.
    Verify(B256),
    /// Revealing.
    Reveal,
}

impl From<&DutyKind> for Phase {
    fn from(kind: &DutyKind) -> Self {
        match kind {
            DutyKind::Lead => Self::Lead,
            DutyKind::Judge { .. } => Self::Judge,
            DutyKind::Verify { result_hash, .. } => Self::Verify(*result_hash),
            DutyKind::Reveal => Self::Reveal,
        }
    }
}

/// As what a validator executes for a duty; `None` where it only opens what it has sealed.
#[must_use]
pub fn role(kind: DutyKind) -> Option<Role> {
    match kind {
        DutyKind::Lead => Some(Role::Leader),
        DutyKind::Judge { nondet } => Some(Role::Validator { leader: nondet }),
        DutyKind::Verify { nondet, .. } => Some(Role::Sync { leader: nondet }),
        DutyKind::Reveal => None,
    }
}

/// A validator's voice.
#[derive(Clone, Copy, Debug)]
pub struct Juror<'a> {
    /// Its key.
    pub key: &'a Key,
    /// The rules.
    pub params: &'a Params,
}

impl Juror<'_> {
    fn nonce(&self, place: Place) -> B256 {
        let round = place.round.to_be_bytes();
        self.key
            .private("commit", &[place.tx.as_slice(), round.as_slice()])
    }

    /// What binds the validator after an execution: as leader in [`Phase::Lead`], as voter of a
    /// tribunal in [`Phase::Verify`], as judge else.
    #[must_use]
    pub fn bind(&self, place: Place, phase: Phase, execution: Execution, elapsed_ms: u64) -> Entry {
        let (proposal, bound) = match phase {
            Phase::Lead => {
                let who = (place.tx, place.round, place.validator);
                let (propose, bound) = lead(self.params, who, &execution, self.nonce(place));
                (Some(propose.proposal), bound)
            }
            Phase::Verify(accused) => (None, verify(self.params, &execution, accused)),
            Phase::Judge | Phase::Reveal => (None, judge(self.params, &execution)),
        };
        Entry {
            bound,
            proposal,
            note: self.note(execution, elapsed_ms),
        }
    }

    /// What a receipt shows of an execution: the outcome as it counts, cut to what a block can
    /// carry.
    fn note(&self, execution: Execution, elapsed_ms: u64) -> Note {
        Note {
            outcome: Some(payload(self.params, &execution).outcome),
            stdout: execution.stdout,
            stderr: execution.stderr,
            fault: execution.fault,
            disagreement: execution.disagreement,
            reason: execution.unavailable.or(execution.reason),
            fuel: execution.fuel,
            elapsed_ms,
        }
    }

    /// The words of a phase; `None` when the record holds none for it.
    #[must_use]
    pub fn speak(&self, place: Place, phase: Phase, entry: Entry) -> Option<Input> {
        let nonce = self.nonce(place);
        match phase {
            Phase::Lead => {
                let propose = Propose {
                    tx: place.tx,
                    round: place.round,
                    proposal: entry.proposal?,
                };
                self.sign(propose).map(Input::Propose)
            }
            Phase::Judge | Phase::Verify(_) => {
                let who = (place.tx, place.round, place.validator);
                self.sign(commit(who, &entry.bound, nonce))
                    .map(Input::Commit)
            }
            Phase::Reveal => self
                .sign(reveal(place.tx, place.round, entry.bound, nonce))
                .map(Input::Reveal),
        }
    }

    fn sign<T: Statement>(&self, body: T) -> Option<Verified<T>> {
        self.key.sign(self.params.chain_id, body).ok()
    }
}

/// An execution that ended before any code ran.
#[must_use]
pub fn ended(outcome: Outcome, fault: Fault) -> Execution {
    Execution {
        outcome,
        fault: Some(fault),
        delta: std::collections::BTreeMap::new(),
        emissions: Vec::new(),
        nondet: std::collections::BTreeMap::new(),
        disagreement: None,
        reason: None,
        unavailable: None,
        stdout: String::new(),
        stderr: String::new(),
        fuel: 0,
    }
}

/// An execution that this validator cannot do.
#[must_use]
pub fn unable(why: &str) -> Execution {
    Execution {
        unavailable: Some(why.to_owned()),
        ..ended(Outcome::VmError("internal".to_owned()), Fault::default())
    }
}
