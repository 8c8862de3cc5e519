//! How transactions come into being: signed by users, sent by contracts, minted by the faucet.
//!
//! # Invariants
//! - Every transaction gets the next slot of its recipient's queue, and exactly one.
//! - The value of an open transaction is held by it: it was taken from its sender before.

use crate::{
    admit::{self, AdmitError, Reject},
    apply::{ApplyError, Run},
    block::Effect,
    fee::{self, Funds},
    ledger,
    messages::salted_address,
    record::{Body, Kind, StatusChange, TxRecord},
    state::Key,
};
use alloc::{string::String, vec, vec::Vec};
use venire_types::{
    Address, B256, U256,
    calldata::{Value, decode},
    chain::topic,
    emission::On,
    envelope::{Action, Envelope, Submission, TxData},
    outcome::Outcome,
    signed::tagged,
    vote::{RoundResult, Status},
};

/// Encoded empty map: a call without a method, i.e. a transfer.
const NAMELESS: [u8; 1] = [6];

/// Does this call object name no method?
pub(crate) fn is_nameless(calldata: &[u8]) -> bool {
    let names_nothing = |(key, value): (&String, &Value)| {
        matches!(key.as_str(), "" | "method") && *value == Value::str("")
    };
    calldata.is_empty()
        || decode(calldata).is_ok_and(|call| {
            call.as_map()
                .is_some_and(|map| map.iter().all(names_nothing))
        })
}

/// What distinguishes one new transaction from another.
pub(crate) struct Draft {
    pub(crate) id: B256,
    pub(crate) kind: Kind,
    pub(crate) sender: Address,
    pub(crate) origin: Address,
    pub(crate) recipient: Address,
    pub(crate) value: U256,
    pub(crate) nonce: Option<u64>,
    pub(crate) validators_wanted: u32,
    pub(crate) rotations: u32,
    pub(crate) leader_only: bool,
    pub(crate) valid_until_ms: Option<u64>,
    pub(crate) salt: U256,
    pub(crate) triggered_by: Option<(B256, On)>,
    pub(crate) descent: u32,
    pub(crate) body: Body,
    pub(crate) funds: Funds,
    /// Waits to be started (`ROUND-37`).
    pub(crate) parked: bool,
}

impl Run<'_> {
    /// A signed transaction (`ROUND-04`).
    pub(crate) fn transaction(
        &mut self,
        envelope: &Envelope,
        parked: bool,
    ) -> Result<B256, AdmitError> {
        let action = admit::check(self.params, &self.state, self.now(), envelope)?;
        match action {
            Action::Submit(submission) => {
                let asked = fee::asked(self.params, &self.state, envelope, Some(&submission))?;
                self.charge(envelope, asked.total().unwrap_or(U256::MAX))?;
                let draft = asked.into_draft(self.submitted(envelope, submission));
                Ok(self.create(Draft { parked, ..draft })?)
            }
            Action::Transfer { to } => {
                let asked = fee::asked(self.params, &self.state, envelope, None)?;
                self.charge(envelope, asked.total().unwrap_or(U256::MAX))?;
                let draft = asked.into_draft(self.transferred(envelope, to));
                Ok(self.create(Draft { parked, ..draft })?)
            }
            Action::TopUp(top_up) => self.top_up(envelope, &top_up),
            Action::Cancel { tx } => {
                let record = admit::check_cancel(&self.state, tx, envelope.signer())?;
                self.charge(envelope, envelope.value())?;
                self.withdraw(record, None)?;
                Ok(tx)
            }
            Action::Finalize { tx } => {
                self.charge(envelope, envelope.value())?;
                let recipient = self.record(tx)?.recipient;
                self.stirred.insert(recipient);
                Ok(tx)
            }
            Action::FinalizeIdle { .. } => {
                // Time alone ends phases (`ROUND-06`), so there is nothing left to do.
                self.charge(envelope, envelope.value())?;
                Ok(envelope.hash())
            }
            Action::Appeal { tx } => self.appeal(envelope, tx),
            Action::Stake(order) => self.stake(envelope, &order),
        }
    }

    /// A signed transaction that is not started yet (`ROUND-37`).
    pub(crate) fn park(&mut self, envelope: &Envelope) -> Result<B256, AdmitError> {
        if !self.params.manual {
            return Err(Reject::NotManual.into());
        }
        self.transaction(envelope, true)
    }

    /// Ends the wait of a parked transaction (`ROUND-37`).
    pub(crate) fn unpark(&mut self, tx: B256) -> Result<B256, AdmitError> {
        let record = self.addressed(tx)?;
        if !self.is_parked(tx)? {
            return Err(Reject::NotParked { tx }.into());
        }
        self.state.remove(Key::parked(tx));
        self.stirred.insert(record.recipient);
        Ok(tx)
    }

    /// Does it wait for [`crate::Input::Start`]? Where nothing can be parked, nothing is read.
    pub(crate) fn is_parked(&self, tx: B256) -> Result<bool, ApplyError> {
        Ok(self.params.manual && self.state.load::<u64>(&Key::parked(tx))?.is_some())
    }

    /// Takes an amount and the nonce from the signer.
    pub(crate) fn charge(&mut self, envelope: &Envelope, amount: U256) -> Result<(), ApplyError> {
        let mut account = ledger::account(&self.state, envelope.signer())?;
        account.nonce = account.nonce.saturating_add(1);
        account.balance = ledger::sub(account.balance, amount)?;
        self.state.store(Key::account(envelope.signer()), &account);
        Ok(())
    }

    fn submitted(&self, envelope: &Envelope, submission: Submission) -> Draft {
        let id = envelope.hash();
        let validators_wanted = fee::seats(self.params, &submission);
        let rotations = fee::rotations(self.params, &submission);
        let salt = submission
            .fees
            .as_deref()
            .map_or(U256::ZERO, |fees| fees.salt);
        let (kind, recipient, body) = match submission.data {
            TxData::Deploy { code, calldata } => {
                let address = if salt.is_zero() {
                    deploy_address(id)
                } else {
                    salted_address(envelope.signer(), salt, self.params.chain_id)
                };
                (Kind::Deploy, address, Body { calldata, code })
            }
            TxData::Call { calldata } => (
                Kind::Call,
                submission.recipient,
                Body {
                    calldata,
                    code: Vec::new(),
                },
            ),
        };
        Draft {
            id,
            kind,
            sender: envelope.signer(),
            origin: envelope.signer(),
            recipient,
            value: envelope.value(),
            nonce: Some(envelope.nonce()),
            validators_wanted,
            rotations,
            leader_only: submission.leader_only,
            valid_until_ms: admit::until_ms(submission.valid_until),
            salt,
            triggered_by: None,
            descent: 0,
            body,
            funds: Funds::default(),
            parked: false,
        }
    }

    /// A plain transfer is a call without a method (`ROUND-08`).
    fn transferred(&self, envelope: &Envelope, to: Address) -> Draft {
        let signer = envelope.signer();
        Draft {
            id: envelope.hash(),
            nonce: Some(envelope.nonce()),
            validators_wanted: self.params.committee_default,
            rotations: self.params.rotations_default,
            ..nameless(signer, signer, to, envelope.value())
        }
    }

    /// New money (`ROUND-07`): a transaction that is final at once.
    pub(crate) fn faucet(
        &mut self,
        index: u32,
        to: Address,
        amount: U256,
    ) -> Result<B256, AdmitError> {
        if !self.params.faucet {
            return Err(Reject::NoFaucet.into());
        }
        let minted = self
            .globals
            .minted
            .checked_add(amount)
            .ok_or(Reject::FaucetExhausted)?;
        self.globals.minted = minted;
        let id = tagged(
            "faucet",
            &[&self.globals.height.to_be_bytes(), &index.to_be_bytes()],
        );
        let draft = Draft {
            id,
            kind: Kind::Transfer,
            ..nameless(Address::ZERO, Address::ZERO, to, amount)
        };
        Ok(self.create(draft)?)
    }

    /// Withdraws a pending transaction and returns its value (`ROUND-31`).
    pub(crate) fn cancel(&mut self, tx: B256, signer: Address) -> Result<B256, AdmitError> {
        let record = admit::check_cancel(&self.state, tx, signer)?;
        self.withdraw(record, None)?;
        Ok(tx)
    }

    pub(crate) fn withdraw(
        &mut self,
        mut record: TxRecord,
        note: Option<&str>,
    ) -> Result<(), ApplyError> {
        // A message that its parent no longer sends has nothing to give back: what it carried is
        // with the contract again.
        if !self.is_held(&record)? {
            ledger::credit(&mut self.state, record.sender, record.value)?;
        }
        record.note = note.map(Into::into);
        if self.is_parked(record.id)? {
            self.state.remove(Key::parked(record.id));
        }
        self.move_to(&mut record, Status::Canceled);
        self.drop_held(&mut record)?;
        self.give_back(&mut record)?;
        self.stirred.insert(record.recipient);
        self.save(&record);
        Ok(())
    }

    fn recorded(&self, draft: &Draft, slot: Option<u64>) -> TxRecord {
        TxRecord {
            id: draft.id,
            kind: draft.kind,
            sender: draft.sender,
            origin: draft.origin,
            recipient: draft.recipient,
            value: draft.value,
            nonce: draft.nonce,
            slot,
            index: self.globals.transactions,
            validators_wanted: draft.validators_wanted,
            rotations: draft.rotations,
            rotations_left: draft
                .funds
                .terms
                .rotations
                .first()
                .copied()
                .unwrap_or(draft.rotations),
            leader_only: draft.leader_only,
            valid_until_ms: draft.valid_until_ms,
            salt: draft.salt,
            created_height: self.globals.height,
            created_ms: self.now(),
            status: Status::Pending,
            history: vec![StatusChange {
                status: Status::Pending,
                height: self.globals.height,
                time_ms: self.now(),
            }],
            rounds: Vec::new(),
            appeals: Vec::new(),
            seed: B256::ZERO,
            outcome: None,
            result: RoundResult::Idle,
            window_ms: 0,
            final_at_ms: None,
            window_closed: false,
            triggered_by: draft.triggered_by,
            children: Vec::new(),
            descent: draft.descent,
            funds: draft.funds.clone(),
            note: None,
        }
    }

    /// Records a new transaction (`ROUND-09`). Transfers are settled at once, everything else
    /// takes the next slot of its recipient's queue.
    pub(crate) fn create(&mut self, mut draft: Draft) -> Result<B256, ApplyError> {
        let mut queue = self.queue(draft.recipient)?;
        if draft.kind == Kind::Call
            && !draft.parked
            && is_nameless(&draft.body.calldata)
            && !queue.is_waiting()
            && self.contract(draft.recipient)?.is_none()
        {
            draft.kind = Kind::Transfer;
        }
        let slot = (draft.kind != Kind::Transfer).then_some(queue.tail);
        let record = self.recorded(&draft, slot);
        if let Some(slot) = slot {
            self.state
                .store(Key::queue_slot(record.recipient, slot), &record.id);
            queue.tail = slot.saturating_add(1);
            self.state.store(Key::queue(record.recipient), &queue);
            self.stirred.insert(record.recipient);
        }
        if draft.parked {
            self.state.store(Key::parked(record.id), &record.index);
        }
        self.state.store(Key::body(record.id), &draft.body);
        self.save(&record);
        self.globals.transactions = self.globals.transactions.saturating_add(1);
        let open = &mut self.epochs.current.open;
        *open = open.saturating_add(1);
        self.effects.push(Effect::Created {
            tx: record.id,
            kind: record.kind,
            recipient: record.recipient,
            parent: record.triggered_by,
        });
        let (recipient, activator) = (record.recipient.into_word(), record.origin.into_word());
        self.log(
            record.id,
            [topic::NEW_TRANSACTION, record.id, recipient, activator],
            Vec::new(),
        );
        let place = U256::from(record.slot.unwrap_or_default()).to_be_bytes_vec();
        self.log(record.id, [topic::CREATED_TRANSACTION, record.id], place);
        let id = record.id;
        if slot.is_none() {
            self.settle_unjudged(record, returned_nothing())?;
        }
        Ok(id)
    }
}

/// Address of a contract whose deployer chose none (`ROUND-28`).
pub(crate) fn deploy_address(tx: B256) -> Address {
    Address::from_word(tagged("contract", &[tx.as_slice()]))
}

/// A call without a method, still without an id.
pub(crate) fn nameless(sender: Address, origin: Address, recipient: Address, value: U256) -> Draft {
    Draft {
        id: B256::ZERO,
        kind: Kind::Call,
        sender,
        origin,
        recipient,
        value,
        nonce: None,
        validators_wanted: 0,
        rotations: 0,
        leader_only: false,
        valid_until_ms: None,
        salt: U256::ZERO,
        triggered_by: None,
        descent: 0,
        body: Body {
            calldata: NAMELESS.to_vec(),
            code: Vec::new(),
        },
        funds: Funds::default(),
        parked: false,
    }
}

/// What a transfer ends in: the calldata of `None`.
pub(crate) fn returned_nothing() -> Outcome {
    Outcome::Return([0].into())
}

/// What a call that nobody can execute ends in.
pub(crate) fn invalid_contract(reason: &str) -> Outcome {
    Outcome::VmError(alloc::format!("invalid_contract {reason}"))
}
