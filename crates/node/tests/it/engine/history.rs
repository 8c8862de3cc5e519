//! People and validators with real keys: they send transactions and do their duties, as they hear
//! of final blocks. A plain map runs the same blocks beside the engine.

use alloy_primitives::Signature;
use alloy_rlp::{Encodable, Header};
use std::collections::{BTreeMap, BTreeSet};
use venire_node::{core::Key as Signer, shell::engine::Finalised};
use venire_protocol::{
    Delta, DutyKind, Effect, Genesis, Input, Key, Params, RawInput, SPONSOR, TxRecord, Value,
    apply, genesis, invariants, view,
};
use venire_types::{
    Address, B256, U256,
    calldata::{Value as Calldata, encode},
    chain::{CONSENSUS_MAIN_LOCAL, LOCAL_CHAIN_ID},
    envelope::{Submission, TxData},
    jury::{Commit, Payload, Proposal, Propose, Reveal, proposal_commitment, vote_commitment},
    keccak256,
    outcome::Outcome,
    signed::{Statement, Verified},
    storage::{PageKey, StateView},
    vote::{Status, Vote},
};

/// Time of genesis, milliseconds since 1970.
pub(crate) const BEGIN_MS: u64 = 1_790_000_000_000;
/// Contracts that are deployed, one a user.
const CONTRACTS: u8 = 3;
/// Calls of each of them, one after another.
const CALLS: u64 = 3;
/// Pages that a contract's constructor writes.
const PAGES: u32 = 40;
const VALIDATORS: u8 = 25;

type State = BTreeMap<Key, Value>;

/// The world around the engine.
pub(crate) struct History {
    params: Params,
    jurors: BTreeMap<Address, Signer>,
    /// State after each block by plain `apply`; the first is that of genesis.
    states: Vec<State>,
    /// Every key that any block wrote or removed.
    touched: BTreeSet<Key>,
    sent: BTreeMap<u8, u64>,
    /// What was said and is in no final block yet, as a node's journal remembers it.
    waiting: Vec<Input>,
    /// Final blocks that came again.
    repeated: usize,
}

fn signer(number: u8) -> Signer {
    Signer::derive(B256::ZERO, "engine", u32::from(number))
}

fn user(number: u8) -> Address {
    signer(number).address()
}

fn install(state: &mut State, delta: &Delta) {
    for (key, value) in delta {
        match value {
            Some(value) => state.insert(key.clone(), value.clone()),
            None => state.remove(key),
        };
    }
}

impl History {
    pub(crate) fn new() -> Self {
        let jurors = (100..100 + VALIDATORS).map(|number| (user(number), signer(number)));
        let mut history = Self {
            params: Params::local(),
            jurors: jurors.collect(),
            states: Vec::new(),
            touched: BTreeSet::new(),
            sent: BTreeMap::new(),
            waiting: Vec::new(),
            repeated: 0,
        };
        let mut state = State::new();
        install(&mut state, &history.genesis());
        history.states.push(state);
        history.waiting = history.deploys();
        history
    }

    pub(crate) fn params(&self) -> Params {
        self.params.clone()
    }

    /// The local network: 25 validators and funded users.
    pub(crate) fn genesis(&self) -> Delta {
        let whole = U256::from(10).pow(U256::from(18));
        let start = Genesis {
            time_ms: BEGIN_MS,
            validators: self
                .jurors
                .keys()
                .map(|address| (*address, U256::from(42_000) * whole))
                .collect(),
            families: Vec::new(),
            alloc: (1..=CONTRACTS)
                .map(|number| (user(number), whole))
                .chain([(SPONSOR, U256::from(1_000_000_000) * whole)])
                .collect(),
        };
        genesis(&self.params, &start).expect("genesis")
    }

    pub(crate) fn height(&self) -> usize {
        self.states.len() - 1
    }

    pub(crate) fn state(&self) -> &State {
        self.states.last().expect("genesis")
    }

    pub(crate) fn touched(&self) -> impl Iterator<Item = &Key> {
        self.touched.iter()
    }

    /// What nobody has heard yet.
    pub(crate) fn waiting(&self) -> Vec<Input> {
        self.waiting.clone()
    }

    pub(crate) const fn repeated(&self) -> usize {
        self.repeated
    }

    fn deploys(&mut self) -> Vec<Input> {
        (1..=CONTRACTS)
            .map(|number| {
                let data = TxData::Deploy {
                    code: format!("contract {number}").repeat(200).into_bytes(),
                    calldata: encode(&Calldata::constructor([])),
                };
                self.transaction(number, Address::ZERO, data)
            })
            .collect()
    }

    /// Runs a final block by plain `apply`, compares, and says what people answer to it.
    pub(crate) fn follow(&mut self, next: &Finalised) -> Vec<Input> {
        let block = next.block.clone().verify(LOCAL_CHAIN_ID).expect("verified");
        let height = usize::try_from(block.height).expect("height");
        if height < self.states.len() {
            self.repeated += 1;
            return Vec::new();
        }
        assert_eq!(height, self.states.len());
        self.waiting.retain(|input| !block.inputs.contains(input));
        let mut state = self.state().clone();
        let applied = apply(&self.params, &state, &block).expect("plain apply");
        let executed = next.executed.as_ref().expect("executed here");
        assert_eq!(executed.effects, applied.effects);
        let mut delta = applied.delta;
        if block.height == 1 {
            let mut all = self.genesis();
            all.append(&mut delta);
            delta = all;
        }
        assert_eq!(executed.delta, delta);
        install(&mut state, &delta);
        invariants::check(&state).expect("money is conserved");
        assert_eq!(executed.due_ms, view::next_deadline(&state).expect("timer"));
        self.touched.extend(delta.into_keys());
        self.states.push(state);
        let mut answers = Vec::new();
        for effect in applied.effects {
            assert!(!matches!(effect, Effect::Rejected { .. }), "{effect:?}");
            answers.extend(self.answer(effect));
        }
        self.waiting.extend(answers.iter().cloned());
        answers
    }

    /// All transactions were sent and are final.
    pub(crate) fn is_over(&self) -> bool {
        let sent = self.sent.values().all(|sent| *sent == CALLS + 1);
        sent && self
            .records()
            .iter()
            .all(|record| record.status == Status::Finalized)
    }

    pub(crate) fn records(&self) -> Vec<TxRecord> {
        let tag = Key::tx(B256::ZERO).as_bytes()[0];
        self.state()
            .iter()
            .filter(|(key, _)| key.as_bytes().first() == Some(&tag))
            .map(|(_, value)| borsh::from_slice(value).expect("record"))
            .collect()
    }

    fn answer(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Duty {
                tx,
                round,
                operator,
                kind,
                ..
            } => Some(self.duty(tx, round, operator, &kind)),
            Effect::Decided { tx, status, .. } => {
                assert_eq!(status, Status::Accepted);
                let record = self.record(tx);
                let number = (1..=CONTRACTS).find(|number| user(*number) == record.sender)?;
                if self.sent[&number] > CALLS {
                    return None;
                }
                let data = TxData::Call {
                    calldata: encode(&Calldata::call("add", [])),
                };
                Some(self.transaction(number, record.recipient, data))
            }
            _ => None,
        }
    }

    fn record(&self, tx: B256) -> TxRecord {
        view::tx(self.state(), tx).expect("state").expect("record")
    }

    fn duty(&self, tx: B256, round: u32, me: Address, kind: &DutyKind) -> Input {
        let record = self.record(tx);
        let payload = self.payload(&record);
        let hash = payload.hash();
        let nonce = keccak256([tx.as_slice(), &round.to_be_bytes(), me.as_slice()].concat());
        let vote = Vote::Agree;
        match kind {
            DutyKind::Lead => {
                let proposal = Proposal::Result {
                    nondet: BTreeMap::from([(0, vec![0])]),
                    commitment: proposal_commitment(tx, round, me, hash, nonce),
                };
                let body = Propose {
                    tx,
                    round,
                    proposal,
                };
                self.signed(me, body, Input::Propose)
            }
            DutyKind::Judge { .. } => {
                let commitment = vote_commitment(tx, round, me, vote, hash, nonce);
                let body = Commit {
                    tx,
                    round,
                    commitment,
                };
                self.signed(me, body, Input::Commit)
            }
            DutyKind::Reveal => {
                let leads = record.round().and_then(venire_protocol::Round::leader) == Some(me);
                let body = Reveal {
                    tx,
                    round,
                    vote,
                    result_hash: hash,
                    nonce,
                    payload: leads.then_some(payload),
                };
                self.signed(me, body, Input::Reveal)
            }
        }
    }

    /// What every honest validator computes: a constructor fills pages, a call adds one.
    fn payload(&self, record: &TxRecord) -> Payload {
        let height = usize::try_from(record.round().expect("a round").read_height);
        let before = &self.states[height.expect("height")];
        let page = |page| PageKey {
            contract: record.recipient,
            slot: B256::ZERO,
            page,
        };
        let old = view::page(before, &page(0), StateView::Accepted).expect("page");
        let new = U256::from_be_bytes(old) + U256::from(1);
        let mut delta = BTreeMap::from([(page(0), new.to_be_bytes())]);
        if old == [0; 32] {
            delta.extend((1..PAGES).map(|number| (page(number), [7; 32])));
        }
        self.params.bound(Payload {
            outcome: Outcome::Return(vec![0]),
            delta,
            emissions: Vec::new(),
        })
    }

    fn signed<T: Statement>(&self, me: Address, body: T, wrap: fn(Verified<T>) -> Input) -> Input {
        let signed = self.jurors[&me].sign(LOCAL_CHAIN_ID, body);
        wrap(signed.expect("own signature"))
    }

    fn transaction(&mut self, number: u8, recipient: Address, data: TxData) -> Input {
        let sent = self.sent.entry(number).or_default();
        let nonce = *sent;
        *sent += 1;
        let submission = Submission {
            recipient,
            validators: U256::from(5),
            rotations: U256::from(3),
            valid_until: None,
            data,
            leader_only: false,
            fees: None,
        };
        let raw = legacy(&signer(number), nonce, &submission.to_input(user(number)));
        let raw = RawInput::Transaction(raw);
        raw.verify(LOCAL_CHAIN_ID).expect("own envelope")
    }
}

/// A signed legacy transaction to the consensus contract.
fn legacy(signer: &Signer, nonce: u64, input: &[u8]) -> Vec<u8> {
    let list = |items: &[&dyn Encodable]| {
        let mut payload = Vec::new();
        for item in items {
            item.encode(&mut payload);
        }
        let mut out = Vec::new();
        Header {
            list: true,
            payload_length: payload.len(),
        }
        .encode(&mut out);
        out.extend(payload);
        out
    };
    let to = CONSENSUS_MAIN_LOCAL;
    let common: [&dyn Encodable; 6] = [&nonce, &0u64, &0u64, &to, &0u64, &input];
    let rest: [&dyn Encodable; 3] = [&LOCAL_CHAIN_ID, &0u64, &0u64];
    let digest = keccak256(list(&common.into_iter().chain(rest).collect::<Vec<_>>()));
    let signature = Signature::from_raw_array(&signer.sign_hash(digest)).expect("signature");
    let v = LOCAL_CHAIN_ID * 2 + 35 + u64::from(signature.v());
    let (r, s) = (signature.r(), signature.s());
    let rest: [&dyn Encodable; 3] = [&v, &r, &s];
    list(&common.into_iter().chain(rest).collect::<Vec<_>>())
}
