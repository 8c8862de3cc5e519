//! Takes back what decisions did to the accepted view when an appeal opens one of them again.
//!
//! ```text
//! decision of slot s is open again:  s, s+1, ... of that contract leave the accepted view
//!   messages that s sent on acceptance are held, and with them the later slots of their contracts
//! s is decided again:  a held message that s sends again goes on as it is, any other ends
//! ```
//!
//! # Invariants
//! - Nothing final is touched: a message sent on acceptance is never final before its parent.
//! - The accepted view afterwards is the one that would be, had the withdrawn decisions not been
//!   made; slots are decided in order again.
//! - A message that is sent again keeps its id: it is never sent twice.
//!
//! # Not here
//! - Why a decision is opened again (`round/appealing`).

use crate::{
    apply::{ApplyError, Run},
    block::Effect,
    decide::outgoing,
    ledger,
    record::{Kind, Queue, TxRecord},
    state::{Delta, Key},
    timer,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use venire_types::{
    Address, B256, U256,
    chain::topic,
    emission::On,
    jury::Payload,
    storage::PageKey,
    vote::{RoundResult, Status},
};

/// Slots to be taken back: for each contract the first one; and transfers that have no slot.
#[derive(Default)]
struct Reach {
    from: BTreeMap<Address, u64>,
    slotless: BTreeSet<B256>,
}

impl Run<'_> {
    /// Opens the decision of `record` again (`APPEAL-08`, `APPEAL-10`): its own effects and all
    /// later slots of the contracts it touched leave the accepted view. The transaction itself is
    /// in flight afterwards; the others wait for their turn.
    pub(crate) fn take_back(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        let Some(slot) = record.slot else {
            return Ok(());
        };
        self.save(record);
        let mut reach = Reach::default();
        reach.from.insert(record.recipient, slot);
        let mut redone = Vec::new();
        while let Some((contract, from)) = reach.from.pop_first() {
            self.take_back_slots(contract, from, record.id, &mut reach, &mut redone)?;
        }
        for tx in reach.slotless {
            let mut child = self.record(tx)?;
            self.reset(&mut child)?;
            self.save(&child);
        }
        let mut queue = self.queue(record.recipient)?;
        queue.next = slot.saturating_add(1);
        queue.busy = true;
        self.state.store(Key::queue(record.recipient), &queue);
        *record = self.record(record.id)?;
        if !redone.is_empty() {
            let mut data = Vec::new();
            data.extend_from_slice(&U256::from(32).to_be_bytes::<32>());
            data.extend_from_slice(&U256::from(redone.len()).to_be_bytes::<32>());
            for tx in &redone {
                data.extend_from_slice(tx.as_slice());
            }
            self.log(record.id, [topic::TRANSACTION_NEEDS_RECOMPUTATION], data);
        }
        Ok(())
    }

    /// What the accepted view loses without a transaction and all that follows from it.
    pub(crate) fn without(mut self, tx: B256) -> Result<Delta, ApplyError> {
        let mut record = self.record(tx)?;
        if record.is_success() {
            self.take_back(&mut record)?;
        }
        Ok(self.state.into_delta())
    }

    /// Takes back the slots `from..next` of a contract, newest first.
    fn take_back_slots(
        &mut self,
        contract: Address,
        from: u64,
        root: B256,
        reach: &mut Reach,
        redone: &mut Vec<B256>,
    ) -> Result<(), ApplyError> {
        let mut queue: Queue = self.queue(contract)?;
        let mut pages: BTreeSet<PageKey> = BTreeSet::new();
        for slot in (from..queue.next).rev() {
            let mut record = self.in_slot(contract, slot)?;
            if record.status == Status::Canceled {
                continue;
            }
            self.follow_children(&record, reach)?;
            if record.is_success() && record.kind != Kind::Transfer {
                let payload: Payload = self.state.expect(&Key::payload(record.id))?;
                let taken = outgoing(&record, &payload)?;
                ledger::undo_delta(&mut self.state, contract, record.value, taken)?;
                pages.extend(payload.delta.into_keys());
                if record.kind == Kind::Deploy {
                    self.state.remove(Key::contract(contract));
                    self.state.remove(Key::code(contract));
                }
            }
            if record.id == root {
                record.outcome = None;
                record.result = RoundResult::Idle;
                record.funds.pages = 0;
                self.state.remove(Key::payload(record.id));
                timer::clear(&mut self.state, record.id)?;
                self.effects.push(Effect::TakenBack { tx: record.id });
            } else {
                self.reset(&mut record)?;
                redone.push(record.id);
            }
            self.save(&record);
        }
        self.show_older(contract, (queue.finalized, from), &pages)?;
        if from < queue.next {
            queue.next = from;
            queue.busy = false;
            self.state.store(Key::queue(contract), &queue);
            self.stirred.insert(contract);
        }
        Ok(())
    }

    /// What a transaction sent on acceptance is taken back with it.
    fn follow_children(&self, record: &TxRecord, reach: &mut Reach) -> Result<(), ApplyError> {
        for child in &record.children {
            let child = self.record(*child)?;
            if child.status == Status::Canceled {
                continue;
            }
            match child.slot {
                Some(slot) => {
                    let from = reach.from.entry(child.recipient).or_insert(slot);
                    *from = slot.min(*from);
                }
                None => {
                    reach.slotless.insert(child.id);
                }
            }
        }
        Ok(())
    }

    /// Back to waiting for its turn; what was judged so far counts for nothing.
    fn reset(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        timer::clear(&mut self.state, record.id)?;
        self.state.remove(Key::payload(record.id));
        self.refund_appeals(record)?;
        for round in &mut record.rounds {
            round.superseded = true;
        }
        record.outcome = None;
        record.result = RoundResult::Idle;
        record.final_at_ms = None;
        record.window_closed = false;
        record.rotations_left = record.rotations_at(0);
        record.funds.pages = 0;
        if record.status != Status::Pending {
            self.effects.push(Effect::TakenBack { tx: record.id });
            self.move_to(record, Status::Pending);
        }
        Ok(())
    }

    /// Shows in `pages` what the newest of the older open slots wrote there, or what is final.
    fn show_older(
        &mut self,
        contract: Address,
        (first, end): (u64, u64),
        pages: &BTreeSet<PageKey>,
    ) -> Result<(), ApplyError> {
        if pages.is_empty() {
            return Ok(());
        }
        for page in pages {
            self.state.remove(Key::open_page(page));
        }
        for slot in first..end {
            let record = self.in_slot(contract, slot)?;
            if !record.is_success() || record.kind == Kind::Transfer {
                continue;
            }
            let payload: Payload = self.state.expect(&Key::payload(record.id))?;
            for (page, bytes) in payload.delta {
                if pages.contains(&page) {
                    ledger::open_page(&mut self.state, &page, bytes, record.id);
                }
            }
        }
        Ok(())
    }

    /// Was it sent on acceptance by a transaction whose acceptance is taken back?
    pub(crate) fn is_held(&self, record: &TxRecord) -> Result<bool, ApplyError> {
        match record.triggered_by {
            Some((parent, On::Accepted)) => Ok(!self.record(parent)?.is_success()),
            Some((_, On::Finalized)) | None => Ok(false),
        }
    }

    /// Held messages of a transaction: it sent them before its acceptance was taken back.
    pub(crate) fn held(&self, record: &TxRecord) -> Result<Vec<TxRecord>, ApplyError> {
        let mut held = Vec::new();
        for child in &record.children {
            let child = self.record(*child)?;
            let waits = matches!(child.triggered_by, Some((_, On::Accepted)));
            if waits && child.status == Status::Pending {
                held.push(child);
            }
        }
        Ok(held)
    }

    /// Ends messages that their parent does not send after all, and what they sent themselves.
    pub(crate) fn drop_held(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        for child in self.held(record)? {
            self.drop_message(record, child)?;
        }
        Ok(())
    }

    /// Ends one held message: what it carried is with the sending contract again, and what it was
    /// funded with is in its parent's message budget.
    pub(crate) fn drop_message(
        &mut self,
        parent: &mut TxRecord,
        mut child: TxRecord,
    ) -> Result<(), ApplyError> {
        child.note = Some("the transaction that sent it was judged anew and does not".into());
        self.move_to(&mut child, Status::Canceled);
        self.stirred.insert(child.recipient);
        self.drop_held(&mut child)?;
        self.take_funds_back(parent, &mut child)?;
        self.save(&child);
        Ok(())
    }
}
