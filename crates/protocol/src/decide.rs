//! What a decision does to the accepted view, and finality to the finalised one.
//!
//! # Invariants
//! - Finality installs exactly the bytes that acceptance showed; nothing is computed again.
//! - Only a successful return changes storage; every other ending returns the value.
//!
//! # Not here
//! - How the decision was reached (`round`).

use crate::{
    apply::{ApplyError, Run},
    block::Effect,
    ledger,
    messages::carried_by_all,
    record::{AppealEnd, AppealKind, Body, CodeState, Contract, Kind, TxRecord},
    round::{end_appeal, part},
    state::{Broken, Key},
    timer,
};
use alloc::{collections::BTreeSet, vec::Vec};
use venire_types::{
    Address, U256, chain::topic, emission::On, jury::Payload, keccak256, outcome::Outcome,
    vote::Status,
};

impl Run<'_> {
    /// Decides the transaction in flight: `Accepted` with the stored payload, or one of the
    /// endings without agreement (`ROUND-24`).
    pub(crate) fn decide(
        &mut self,
        mut record: TxRecord,
        status: Status,
    ) -> Result<(), ApplyError> {
        if record.slot.is_some() {
            let mut queue = self.queue(record.recipient)?;
            queue.busy = false;
            self.state.store(Key::queue(record.recipient), &queue);
            self.stirred.insert(record.recipient);
        }
        self.conclude_appeal(&mut record, status)?;
        let mut emissions = Vec::new();
        if status == Status::Accepted {
            let payload: Payload = self.state.expect(&Key::payload(record.id))?;
            let payload = self.affordable(&record, payload)?;
            record.outcome = Some(payload.outcome.clone());
            self.state.store(Key::payload(record.id), &payload);
            if payload.outcome.is_success() {
                self.show(&record, &payload)?;
                record.funds.pages = u32::try_from(payload.delta.len()).unwrap_or(u32::MAX);
                emissions = payload.emissions;
            }
        } else {
            self.state.remove(Key::payload(record.id));
        }
        self.move_to(&mut record, status);
        if status == Status::Accepted {
            self.log(
                record.id,
                [topic::TRANSACTION_ACCEPTED, record.id],
                Vec::new(),
            );
        }
        self.send_messages(&mut record, &emissions, On::Accepted)?;
        let window = record.window_ms;
        self.open_window(record, window)
    }

    /// How long a decision can be contested at first.
    pub(crate) fn window(&self, record: &TxRecord, status: Status) -> Result<u64, ApplyError> {
        let counting = record.rounds.iter().rev().find(|round| !round.superseded);
        // ROUND-30: what no committee judged, nobody can contest.
        let Some(round) = counting.filter(|_| !record.leader_only) else {
            return Ok(0);
        };
        if record.validators_wanted > self.params.committee_default && !self.has_fresh(record)? {
            return Ok(0);
        }
        let whole = self.params.finality_window_ms;
        let asked_nothing = round.proposal.is_some_and(|proposal| proposal.answers == 0);
        if status == Status::Accepted && asked_nothing {
            return Ok(part(whole, self.params.deterministic_window_bps));
        }
        Ok(whole)
    }

    /// Is there an active validator that has not judged this transaction (`ROUND-35`)?
    fn has_fresh(&self, record: &TxRecord) -> Result<bool, ApplyError> {
        let used: BTreeSet<Address> = record.used().into_iter().collect();
        let active = self.active()?;
        Ok(active
            .iter()
            .any(|validator| !used.contains(&validator.address)))
    }

    /// A new leader has had its say on the appeal; the window that follows (`APPEAL-09`,
    /// `ROUND-36`).
    fn conclude_appeal(&self, record: &mut TxRecord, status: Status) -> Result<(), ApplyError> {
        let whole = self.window(record, status)?;
        let open = record.appeals.last().filter(|appeal| appeal.end.is_none());
        record.window_ms = match open.map(|appeal| appeal.kind) {
            None | Some(AppealKind::Validators) => whole,
            Some(kind) => {
                let is_settled = match kind {
                    AppealKind::LeaderTimeout => status != Status::LeaderTimeout,
                    AppealKind::Leader | AppealKind::Validators => {
                        matches!(status, Status::Accepted | Status::ValidatorsTimeout)
                    }
                };
                if is_settled {
                    end_appeal(record, AppealEnd::Succeeded);
                    whole
                } else {
                    end_appeal(record, AppealEnd::Failed);
                    self.shortened(record.window_ms, whole)
                }
            }
        };
        Ok(())
    }

    /// From now on the decision can be contested for so long.
    pub(crate) fn open_window(
        &mut self,
        mut record: TxRecord,
        left_ms: u64,
    ) -> Result<(), ApplyError> {
        let final_at_ms = self.now().saturating_add(left_ms);
        record.final_at_ms = Some(final_at_ms);
        self.effects.push(Effect::Decided {
            tx: record.id,
            status: record.status,
            final_at_ms,
        });
        if left_ms == 0 {
            return self.window_closed(record);
        }
        timer::set(&mut self.state, record.id, final_at_ms)?;
        self.save(&record);
        Ok(())
    }

    /// A result that sends more than the contract has, or that would start an endless chain of
    /// messages, is a failure (`ROUND-25`).
    fn affordable(&self, record: &TxRecord, payload: Payload) -> Result<Payload, ApplyError> {
        let travels = payload.emissions.iter().any(|emission| !is_event(emission));
        if travels && record.descent >= self.params.descent_max {
            return Ok(Payload::failed(Outcome::VmError("message_depth".into())));
        }
        if let Some(missing) = self.unfunded(record, &payload)? {
            return Ok(Payload::failed(Outcome::VmError(missing.into())));
        }
        let balance = ledger::accepted_balance(&self.state, record.recipient)?;
        let available = ledger::add(balance, record.value)?;
        match carried_by_all(&payload.emissions) {
            Some(taken) if taken <= available => Ok(payload),
            _ => Ok(Payload::failed(Outcome::VmError("inbalance".into()))),
        }
    }

    /// Puts a successful result into the accepted view (`ROUND-26`).
    fn show(&mut self, record: &TxRecord, payload: &Payload) -> Result<(), ApplyError> {
        if record.kind == Kind::Transfer {
            return Ok(());
        }
        for (page, bytes) in &payload.delta {
            ledger::open_page(&mut self.state, page, *bytes, record.id);
        }
        let taken = outgoing(record, payload)?;
        ledger::open_delta(&mut self.state, record.recipient, record.value, taken)?;
        if record.kind == Kind::Deploy {
            let body: Body = self.state.expect(&Key::body(record.id))?;
            let contract = Contract {
                state: CodeState::Accepted,
                creator: record.sender,
                deploy: record.id,
                code_hash: keccak256(&body.code),
            };
            self.state.store(Key::contract(record.recipient), &contract);
            self.state
                .store_raw(Key::code(record.recipient), body.code.into());
        }
        Ok(())
    }

    /// Nobody can contest the decision any more; finality follows in order (`ROUND-29`).
    pub(crate) fn window_closed(&mut self, mut record: TxRecord) -> Result<(), ApplyError> {
        record.window_closed = true;
        self.save(&record);
        if record.slot.is_some() {
            self.stirred.insert(record.recipient);
        } else if self.parent_is_final(&record)? {
            self.finalize(record)?;
        }
        Ok(())
    }

    /// Makes a decided transaction irrevocable (`ROUND-29`).
    pub(crate) fn finalize(&mut self, mut record: TxRecord) -> Result<(), ApplyError> {
        let mut emissions = Vec::new();
        if record.is_success() {
            let payload: Payload = self.state.expect(&Key::payload(record.id))?;
            self.install(&record, &payload)?;
            emissions = payload.emissions;
        } else {
            ledger::credit(&mut self.state, record.sender, record.value)?;
        }
        self.move_to(&mut record, Status::Finalized);
        self.effects.push(Effect::Finalized { tx: record.id });
        self.log(
            record.id,
            [topic::TRANSACTION_FINALIZED, record.id],
            Vec::new(),
        );
        self.send_messages(&mut record, &emissions, On::Finalized)?;
        self.settle_fees(&mut record)?;
        self.save(&record);
        for child in &record.children {
            let child = self.record(*child)?;
            if child.slot.is_some() {
                self.stirred.insert(child.recipient);
            } else if child.is_decided() {
                self.finalize(child)?;
            }
        }
        Ok(())
    }

    fn install(&mut self, record: &TxRecord, payload: &Payload) -> Result<(), ApplyError> {
        if record.kind == Kind::Transfer {
            return ledger::credit(&mut self.state, record.recipient, record.value);
        }
        // Together: one by one, a large result would begin the block anew for each of its pages.
        self.state
            .preload(payload.delta.keys().map(Key::open_page))?;
        for (page, bytes) in &payload.delta {
            ledger::close_page(&mut self.state, page, *bytes, record.id)?;
        }
        let taken = outgoing(record, payload)?;
        ledger::close_delta(&mut self.state, record.recipient, record.value, taken)?;
        if record.kind == Kind::Deploy {
            let key = Key::contract(record.recipient);
            let contract: Contract = self.state.expect(&key)?;
            self.state.store(
                key,
                &Contract {
                    state: CodeState::Finalized,
                    ..contract
                },
            );
        }
        Ok(())
    }
}

/// Wei that an accepted result takes out of its contract.
pub(crate) fn outgoing(record: &TxRecord, payload: &Payload) -> Result<U256, ApplyError> {
    carried_by_all(&payload.emissions).ok_or_else(|| {
        Broken::Impossible {
            tx: record.id,
            what: "accepted with unpayable messages",
        }
        .into()
    })
}

const fn is_event(emission: &venire_types::emission::Emission) -> bool {
    matches!(emission, venire_types::emission::Emission::Event { .. })
}
