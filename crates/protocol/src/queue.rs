//! The queue of each contract: one transaction in flight, finality in the same order.
//!
//! # Invariants
//! - Slots are activated in order and finalised in order; a withdrawn one is skipped by both.
//! - A child is never final before its parent.

use crate::{
    apply::{ApplyError, Run},
    intake::{invalid_contract, is_nameless, returned_nothing},
    record::{Body, Contract, Kind, Queue, TxRecord},
    state::Key,
};
use venire_types::{
    Address, B256, emission::On, jury::Payload, outcome::Outcome, signed::tagged, vote::Status,
};

impl Run<'_> {
    /// Works on all queues in which something may have become possible, until nothing more is.
    pub(crate) fn queues(&mut self) -> Result<(), ApplyError> {
        while let Some(address) = self.stirred.pop_first() {
            while self.finalize_next(address)? || self.activate_next(address)? {}
        }
        Ok(())
    }

    /// Finalises the oldest open transaction of a queue if it is due (`ROUND-29`).
    fn finalize_next(&mut self, address: Address) -> Result<bool, ApplyError> {
        let mut queue = self.queue(address)?;
        if queue.finalized >= queue.next {
            return Ok(false);
        }
        let record = self.in_slot(address, queue.finalized)?;
        let due = record.status == Status::Canceled
            || record.is_decided() && record.window_closed && self.parent_is_final(&record)?;
        if !due {
            return Ok(false);
        }
        self.state.remove(Key::queue_slot(address, queue.finalized));
        queue.finalized = queue.finalized.saturating_add(1);
        self.state.store(Key::queue(address), &queue);
        if record.status != Status::Canceled {
            self.finalize(record)?;
        }
        Ok(true)
    }

    pub(crate) fn parent_is_final(&self, record: &TxRecord) -> Result<bool, ApplyError> {
        match record.triggered_by {
            Some((parent, On::Accepted)) => Ok(self.record(parent)?.status == Status::Finalized),
            Some((_, On::Finalized)) | None => Ok(true),
        }
    }

    /// Starts the next waiting transaction of a queue if none is in flight (`ROUND-14`).
    fn activate_next(&mut self, address: Address) -> Result<bool, ApplyError> {
        let mut queue = self.queue(address)?;
        if queue.busy || queue.next >= queue.tail {
            return Ok(false);
        }
        let mut record = self.in_slot(address, queue.next)?;
        let waits = self.is_held(&record)? || self.is_parked(record.id)?;
        if record.status != Status::Canceled && waits {
            return Ok(false);
        }
        queue.next = queue.next.saturating_add(1);
        if record.status == Status::Canceled {
            self.state.store(Key::queue(address), &queue);
            return Ok(true);
        }
        let is_late = record
            .valid_until_ms
            .is_some_and(|until| until < self.now());
        // What is judged anew had started in time.
        if is_late && record.rounds.is_empty() {
            self.state.store(Key::queue(address), &queue);
            self.withdraw(record, Some("expired before its turn came"))?;
            return Ok(true);
        }
        let contract = self.contract(address)?;
        let is_judged = match record.kind {
            Kind::Transfer => false,
            Kind::Deploy => contract.is_none(),
            Kind::Call => contract.is_some(),
        };
        let unpaid = if is_judged {
            self.lock_rates(&mut record)?
        } else {
            None
        };
        if unpaid.is_some() && record.triggered_by.is_none() {
            self.state.store(Key::queue(address), &queue);
            self.withdraw(record, unpaid.as_deref())?;
            return Ok(true);
        }
        queue.busy = true;
        self.state.store(Key::queue(address), &queue);
        if unpaid.is_some() {
            // What a message carries can only return when its parent is final.
            record.note = unpaid;
            self.settle_unjudged(record, Outcome::VmError("fee price".into()))?;
            return Ok(true);
        }
        record.seed = tagged("execution", &[self.seed.as_slice(), record.id.as_slice()]);
        match (record.kind, contract) {
            (Kind::Transfer, _) => self.settle_unjudged(record, returned_nothing())?,
            (Kind::Deploy, None) | (Kind::Call, Some(_)) => self.first_round(record)?,
            (Kind::Deploy, Some(_)) => {
                self.settle_unjudged(record, invalid_contract("address_taken"))?;
            }
            (Kind::Call, None) => self.call_without_contract(record)?,
        }
        Ok(true)
    }

    /// A message without a method to an address without code is a transfer; any other call of
    /// it fails (`ROUND-08`).
    fn call_without_contract(&mut self, mut record: TxRecord) -> Result<(), ApplyError> {
        let body: Body = self.state.expect(&Key::body(record.id))?;
        if is_nameless(&body.calldata) {
            record.kind = Kind::Transfer;
            self.settle_unjudged(record, returned_nothing())
        } else {
            self.settle_unjudged(record, invalid_contract("absent"))
        }
    }

    /// Decides what needs no judgement.
    pub(crate) fn settle_unjudged(
        &mut self,
        record: TxRecord,
        outcome: Outcome,
    ) -> Result<(), ApplyError> {
        let payload = Payload {
            outcome,
            delta: [].into(),
            emissions: [].into(),
        };
        self.state.store(Key::payload(record.id), &payload);
        self.decide(record, Status::Accepted)
    }

    pub(crate) fn queue(&self, address: Address) -> Result<Queue, ApplyError> {
        Ok(self.state.load(&Key::queue(address))?.unwrap_or_default())
    }

    pub(crate) fn contract(&self, address: Address) -> Result<Option<Contract>, ApplyError> {
        self.state.load(&Key::contract(address))
    }

    pub(crate) fn in_slot(&self, address: Address, slot: u64) -> Result<TxRecord, ApplyError> {
        let id: B256 = self.state.expect(&Key::queue_slot(address, slot))?;
        self.record(id)
    }
}
