//! How transactions come into being: signed by users, sent by contracts, minted by the faucet.
//!
//! # Invariants
//! - Every transaction gets the next slot of its recipient's queue, and exactly one.
//! - The value of an open transaction is held by it: it was taken from its sender before.

use crate::{
    admit::{self, AdmitError, Reject},
    apply::{ApplyError, Run},
    block::Effect,
    ledger,
    params::COMMITTEE_SIZES,
    record::{Body, Kind, StatusChange, TxRecord},
    state::Key,
};
use alloc::{vec, vec::Vec};
use venire_types::{
    Address, B256, U256,
    calldata::{Value, decode},
    chain::topic,
    emission::{Emission, On},
    envelope::{Action, Envelope, Submission, TxData},
    outcome::Outcome,
    signed::tagged,
    vote::{RoundResult, Status},
};

/// Encoded empty map: a call without a method, i.e. a transfer.
const NAMELESS: [u8; 1] = [6];

/// Does this call object name no method?
pub(crate) fn is_nameless(calldata: &[u8]) -> bool {
    calldata.is_empty()
        || decode(calldata).is_ok_and(|call| {
            call.as_map()
                .is_some_and(|map| map.values().all(|value| *value == Value::str("")))
                && call.method().unwrap_or_default().is_empty()
        })
}

/// What distinguishes one new transaction from another.
struct Draft {
    id: B256,
    kind: Kind,
    sender: Address,
    origin: Address,
    recipient: Address,
    value: U256,
    nonce: Option<u64>,
    validators_wanted: u32,
    rotations: u32,
    leader_only: bool,
    valid_until_ms: Option<u64>,
    salt: U256,
    triggered_by: Option<(B256, On)>,
    descent: u32,
    body: Body,
}

impl Run<'_> {
    /// A signed transaction (`ROUND-04`).
    pub(crate) fn transaction(&mut self, envelope: &Envelope) -> Result<B256, AdmitError> {
        let action = admit::check(self.params, &self.state, self.now(), envelope)?;
        match action {
            Action::Submit(submission) => {
                self.charge(envelope)?;
                let draft = self.submitted(envelope, submission);
                Ok(self.create(draft)?)
            }
            Action::Transfer { to } => {
                self.charge(envelope)?;
                let draft = self.transferred(envelope, to);
                Ok(self.create(draft)?)
            }
            Action::Cancel { tx } => {
                let record = admit::check_cancel(&self.state, tx, envelope.signer())?;
                self.charge(envelope)?;
                self.withdraw(record, None)?;
                Ok(tx)
            }
            Action::Finalize { tx } => {
                self.charge(envelope)?;
                let recipient = self.record(tx)?.recipient;
                self.stirred.insert(recipient);
                Ok(tx)
            }
            Action::FinalizeIdle { .. } => {
                // Time alone ends phases (`ROUND-06`), so there is nothing left to do.
                self.charge(envelope)?;
                Ok(envelope.hash())
            }
            Action::Appeal { .. } => Err(Reject::AppealsNotOpen.into()),
        }
    }

    /// Takes value and nonce from the signer.
    fn charge(&mut self, envelope: &Envelope) -> Result<(), ApplyError> {
        let mut account = ledger::account(&self.state, envelope.signer())?;
        account.nonce = account.nonce.saturating_add(1);
        account.balance = ledger::sub(account.balance, envelope.value())?;
        self.state.store(Key::account(envelope.signer()), &account);
        Ok(())
    }

    fn submitted(&self, envelope: &Envelope, submission: Submission) -> Draft {
        let id = envelope.hash();
        let (kind, recipient, body) = match submission.data {
            TxData::Deploy { code, calldata } => {
                (Kind::Deploy, deploy_address(id), Body { calldata, code })
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
        let wanted = u32::try_from(submission.validators).unwrap_or_default();
        Draft {
            id,
            kind,
            sender: envelope.signer(),
            origin: envelope.signer(),
            recipient,
            value: envelope.value(),
            nonce: Some(envelope.nonce()),
            // ROUND-10: a size of the table, or the default.
            validators_wanted: if COMMITTEE_SIZES.contains(&wanted) {
                wanted
            } else {
                self.params.committee_default
            },
            rotations: u32::try_from(submission.rotations)
                .unwrap_or(u32::MAX)
                .min(self.params.rotations_max),
            leader_only: submission.leader_only,
            valid_until_ms: admit::until_ms(submission.valid_until),
            salt: U256::ZERO,
            triggered_by: None,
            descent: 0,
            body,
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
        ledger::credit(&mut self.state, record.sender, record.value)?;
        record.note = note.map(Into::into);
        self.move_to(&mut record, Status::Canceled);
        self.stirred.insert(record.recipient);
        self.save(&record);
        Ok(())
    }

    /// Turns emissions of a decided transaction into transactions (`ROUND-27`): those that leave
    /// `on` acceptance or finality. Returns what they carry.
    pub(crate) fn send_messages(
        &mut self,
        parent: &mut TxRecord,
        emissions: &[Emission],
        on: On,
    ) -> Result<(), ApplyError> {
        for (index, emission) in (0u32..).zip(emissions) {
            if leaves(emission) != Some(on) {
                continue;
            }
            let id = tagged("child", &[parent.id.as_slice(), &index.to_be_bytes()]);
            let base = nameless(
                parent.recipient,
                parent.origin,
                parent.recipient,
                carried(emission),
            );
            let draft = match emission {
                Emission::Post { to, calldata, .. } => Draft {
                    recipient: *to,
                    body: Body {
                        calldata: calldata.clone(),
                        code: Vec::new(),
                    },
                    ..base
                },
                Emission::Deploy {
                    code,
                    calldata,
                    salt,
                    ..
                } => Draft {
                    kind: Kind::Deploy,
                    recipient: if salt.is_zero() {
                        deploy_address(id)
                    } else {
                        salted_address(parent.recipient, *salt, self.params.chain_id)
                    },
                    salt: *salt,
                    body: Body {
                        calldata: calldata.clone(),
                        code: code.clone(),
                    },
                    ..base
                },
                Emission::External { to, calldata, .. } => Draft {
                    kind: Kind::Transfer,
                    recipient: *to,
                    body: Body {
                        calldata: calldata.clone(),
                        code: Vec::new(),
                    },
                    ..base
                },
                Emission::Event { .. } => continue,
            };
            let draft = Draft {
                id,
                validators_wanted: parent.validators_wanted,
                rotations: parent.rotations,
                leader_only: parent.leader_only,
                triggered_by: Some((parent.id, on)),
                descent: parent.descent.saturating_add(1),
                ..draft
            };
            let recipient = draft.recipient;
            let child = self.create(draft)?;
            parent.children.push(child);
            let activator = parent.recipient.into_word();
            let topics = [
                topic::INTERNAL_MESSAGE_PROCESSED,
                child,
                recipient.into_word(),
                activator,
            ];
            self.log(parent.id, topics, Vec::new());
        }
        Ok(())
    }

    /// Records a new transaction (`ROUND-09`). Transfers are settled at once, everything else
    /// takes the next slot of its recipient's queue.
    fn create(&mut self, mut draft: Draft) -> Result<B256, ApplyError> {
        let mut queue = self.queue(draft.recipient)?;
        if draft.kind == Kind::Call
            && is_nameless(&draft.body.calldata)
            && !queue.is_waiting()
            && self.contract(draft.recipient)?.is_none()
        {
            draft.kind = Kind::Transfer;
        }
        let slot = (draft.kind != Kind::Transfer).then_some(queue.tail);
        let record = TxRecord {
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
            rotations_left: draft.rotations,
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
            seed: B256::ZERO,
            outcome: None,
            result: RoundResult::Idle,
            final_at_ms: None,
            window_closed: false,
            triggered_by: draft.triggered_by,
            children: Vec::new(),
            descent: draft.descent,
            note: None,
        };
        if let Some(slot) = slot {
            self.state
                .store(Key::queue_slot(record.recipient, slot), &record.id);
            queue.tail = slot.saturating_add(1);
            self.state.store(Key::queue(record.recipient), &queue);
            self.stirred.insert(record.recipient);
        }
        self.state.store(Key::body(record.id), &draft.body);
        self.save(&record);
        self.globals.transactions = self.globals.transactions.saturating_add(1);
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

/// When a message leaves; `None` for events, which do not travel.
const fn leaves(emission: &Emission) -> Option<On> {
    match emission {
        Emission::Post { on, .. } | Emission::Deploy { on, .. } => Some(*on),
        Emission::External { .. } => Some(On::Finalized),
        Emission::Event { .. } => None,
    }
}

/// Wei that an emission takes out of the contract.
pub(crate) const fn carried(emission: &Emission) -> U256 {
    match emission {
        Emission::Post { value, .. }
        | Emission::Deploy { value, .. }
        | Emission::External { value, .. } => *value,
        Emission::Event { .. } => U256::ZERO,
    }
}

/// Wei that all emissions take out of the contract; `None` when no balance could cover them.
pub(crate) fn carried_by_all(emissions: &[Emission]) -> Option<U256> {
    emissions.iter().try_fold(U256::ZERO, |sum, emission| {
        sum.checked_add(carried(emission))
    })
}

/// Address of a contract whose deployer chose none (`ROUND-28`).
fn deploy_address(tx: B256) -> Address {
    Address::from_word(tagged("contract", &[tx.as_slice()]))
}

/// Address of a contract deployed with a salt: known before the deploy (`ROUND-28`).
pub(crate) fn salted_address(deployer: Address, salt: U256, chain_id: u64) -> Address {
    let mut bytes = vec![1u8];
    bytes.extend_from_slice(deployer.as_slice());
    bytes.extend_from_slice(&salt.to_be_bytes::<32>());
    bytes.extend_from_slice(&U256::from(chain_id).to_be_bytes::<32>());
    let hash = venire_types::keccak256(&bytes);
    hash.first_chunk::<20>()
        .map_or(Address::ZERO, |head| Address::from(*head))
}

/// A call without a method, still without an id.
fn nameless(sender: Address, origin: Address, recipient: Address, value: U256) -> Draft {
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
