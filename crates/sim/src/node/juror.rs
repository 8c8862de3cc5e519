//! Validators at work: which duties are theirs, what they execute, and what binds them.

use super::{Duty, JOURNAL, Node, Running};
use crate::{
    contract::{self, Desk},
    models::Models,
};
use venire_node::core::{Entry, Juror, Line, Phase, Place, role, unable};
use venire_protocol::{DutyKind, Effect, Input};
use venire_types::Address;
use venire_vm::Execution;

impl Node {
    pub(super) fn duties(&self, effects: &[Effect]) -> Vec<Duty> {
        effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Duty {
                    tx,
                    round,
                    operator,
                    deadline_ms,
                    kind,
                } if self.has(*operator) => Some(Duty {
                    place: Place {
                        tx: *tx,
                        round: *round,
                        validator: *operator,
                    },
                    kind: kind.clone(),
                    deadline_ms: *deadline_ms,
                }),
                _ => None,
            })
            .collect()
    }

    /// The rules and the key of one of its validators.
    #[must_use]
    pub fn juror(&self, operator: Address) -> Option<Juror<'_>> {
        Some(Juror {
            key: self.keys.get(&operator)?,
            params: self.running.as_ref()?.chain.params(),
        })
    }

    /// What an honest validator is bound to by this duty: from the journal, or executed and written
    /// now.
    pub fn bound(&mut self, models: &Models, duty: &Duty) -> Option<Entry> {
        if let Some(entry) = self.recalls(duty.place) {
            return Some(entry);
        }
        let execution = self.execute(models, duty)?;
        self.bind(duty, execution)
    }

    /// Executes a duty on the state it is pinned to, honestly.
    #[must_use]
    pub fn execute(&self, models: &Models, duty: &Duty) -> Option<Execution> {
        let running = self.running.as_ref()?;
        let role = role(duty.kind.clone())?;
        let place = duty.place;
        // A tribunal is about another transaction, and reads the state that its round read or none.
        let (about, pin) = match (&duty.kind, running.pins.of(&place.tx)) {
            (DutyKind::Verify { tx, .. }, Some(pin)) => (*tx, pin.clone()),
            (DutyKind::Verify { .. }, None) => return Some(unable("the state is gone")),
            (_, Some(pin)) => (place.tx, pin.clone()),
            (_, None) => (place.tx, running.chain.before(place.tx)),
        };
        let record = pin.record(about)?;
        let desk = Desk {
            models,
            validator: place.validator,
            round: place.round,
        };
        let body = pin.body(about);
        Some(contract::execute(desk, &record, &body, &pin, role))
    }

    /// Binds a validator to an execution, on the disk.
    pub fn bind(&mut self, duty: &Duty, execution: Execution) -> Option<Entry> {
        let juror = self.juror(duty.place.validator)?;
        let entry = juror.bind(duty.place, Phase::from(&duty.kind), execution, 0);
        self.write(duty.place, &entry)?;
        Some(entry)
    }

    /// The record that binds a validator.
    #[must_use]
    pub fn recalls(&self, place: Place) -> Option<Entry> {
        self.recall(self.running.as_ref()?, place)
    }

    pub(super) fn recall(&self, running: &Running, place: Place) -> Option<Entry> {
        let spot = running.records.find(place)?;
        let offset = usize::try_from(spot.offset).ok()?;
        let bytes = self.disk.part(JOURNAL, offset, spot.len as usize);
        match Line::read(&bytes)?.0 {
            Line::Entry(_, entry) => Some(*entry),
            Line::Reset => None,
        }
    }

    /// Writes what binds a validator.
    pub fn write(&mut self, place: Place, entry: &Entry) -> Option<()> {
        let line = Line::Entry(place, Box::new(entry.clone()));
        let bytes = line.to_bytes()?;
        let running = self.running.as_mut()?;
        self.disk.write_through(JOURNAL, &bytes);
        running.records.note(&line, bytes.len());
        Some(())
    }

    /// The words of an honest validator.
    pub fn speak(&mut self, models: &Models, duty: &Duty) -> Option<Input> {
        let entry = self.bound(models, duty)?;
        let juror = self.juror(duty.place.validator)?;
        juror.speak(duty.place, Phase::from(&duty.kind), entry)
    }
}
