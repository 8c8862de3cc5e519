//! A chain in memory, users and validators with real keys, and scripts of who misbehaves how.

pub(crate) use crate::keys::{key, sign, user};
use crate::machine;
use k256::ecdsa::SigningKey;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};
use venire_protocol::{
    ApplyError, Block, Effect, Genesis, Input, Key, Lookup, Params, RawInput, Read, Reject,
    SPONSOR, Tribunal, TxRecord, Value, apply, genesis, invariants, stake, view,
};
use venire_types::{
    Address, B256, U256,
    chain::{CONSENSUS_MAIN_LOCAL, LOCAL_CHAIN_ID},
    envelope::{Submission, TxData},
    family::Family,
    jury::Payload,
    keccak256,
    outcome::Outcome,
    signed::{Signed, Statement, digest},
    storage::StateView,
    vote::Status,
};

/// How often a block of these tests may ask for more keys; each time, it begins anew.
const LOADS_MAX: usize = 300;

/// What a validator does in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Executes and agrees.
    Honest,
    /// Votes against the leader's answers.
    Disagree,
    /// Cannot execute: proposes or votes a timeout.
    Timeout,
    /// Says nothing at all.
    Silent,
    /// Seals a vote and never opens it.
    Sealed,
    /// Gets another deterministic result.
    Deviant,
}

pub(crate) type Script = Box<dyn Fn(&TxRecord, Address) -> Act>;
pub(crate) type Bench = Box<dyn Fn(&Tribunal, Address) -> Act>;

pub(crate) struct World {
    pub(crate) params: Params,
    pub(crate) state: BTreeMap<Key, Value>,
    pub(crate) height: u64,
    pub(crate) now: u64,
    /// Executions ask the outside, so leaders give an answer.
    pub(crate) asks: bool,
    pub(crate) effects: Vec<Effect>,
    pub(crate) blocks: Vec<Block>,
    /// State after each block; the first is that of genesis.
    pub(crate) states: Vec<BTreeMap<Key, Value>>,
    pub(crate) duties: Vec<Effect>,
    jurors: BTreeMap<Address, SigningKey>,
    pub(crate) script: Script,
    pub(crate) bench: Bench,
}

/// A state of which nothing is loaded before it was asked for.
struct OnDemand<'a> {
    all: &'a BTreeMap<Key, Value>,
    loaded: RefCell<BTreeSet<Key>>,
}

impl Read for OnDemand<'_> {
    fn get(&self, key: &Key) -> Lookup {
        if self.loaded.borrow().contains(key) {
            Read::get(self.all, key)
        } else {
            Lookup::NotLoaded
        }
    }
}

/// The result that a deviant validator computes.
pub(crate) fn deviation() -> Payload {
    Payload::failed(Outcome::VmError("cosmic ray".into()))
}

impl World {
    /// `validators` jurors; users 1 to 3 own 1,000,000 wei each.
    pub(crate) fn new(validators: u8) -> Self {
        Self::with(validators, Params::local())
    }

    pub(crate) fn with(validators: u8, params: Params) -> Self {
        Self::among(validators, params, &[])
    }

    /// Validators whose models are of these families, in turn.
    pub(crate) fn among(validators: u8, params: Params, families: &[&str]) -> Self {
        let families = families.iter().cycle();
        let families = families.map(|name| Family::new(name).expect("a name"));
        let jurors: BTreeMap<Address, SigningKey> = (100..100 + validators)
            .map(|number| (user(number), key(number)))
            .collect();
        let genesis_state = Genesis {
            time_ms: 1_000,
            validators: jurors
                .keys()
                .map(|address| (*address, U256::from(1_000)))
                .collect(),
            families: jurors.keys().copied().zip(families).collect(),
            alloc: (1..=3)
                .map(|number| (user(number), U256::from(1_000_000)))
                .chain([(SPONSOR, U256::from(10).pow(U256::from(24)))])
                .collect(),
        };
        let delta = genesis(&params, &genesis_state).expect("the chain may begin so");
        let mut world = Self {
            params,
            state: BTreeMap::new(),
            height: 0,
            now: 1_000,
            asks: true,
            effects: Vec::new(),
            blocks: Vec::new(),
            states: Vec::new(),
            duties: Vec::new(),
            jurors,
            script: Box::new(|_, _| Act::Honest),
            bench: Box::new(|_, _| Act::Honest),
        };
        world.install(delta);
        world.states.push(world.state.clone());
        world
    }

    /// From now on validators act as told.
    pub(crate) fn script(&mut self, script: impl Fn(&TxRecord, Address) -> Act + 'static) {
        self.script = Box::new(script);
    }

    /// From now on voters of tribunals act as told.
    pub(crate) fn bench(&mut self, bench: impl Fn(&Tribunal, Address) -> Act + 'static) {
        self.bench = Box::new(bench);
    }

    fn install(&mut self, delta: venire_protocol::Delta) {
        for (key, value) in delta {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
    }

    /// Applies one block and checks everything that must hold for any block.
    pub(crate) fn step(&mut self, inputs: Vec<Input>) -> Vec<Effect> {
        self.height += 1;
        let seed = keccak256(self.height.to_be_bytes());
        let block = Block {
            height: self.height,
            time_ms: self.now,
            seed,
            inputs,
        };
        let applied = apply(&self.params, &self.state, &block).expect("block applies");
        let raw = block
            .to_raw()
            .verify(LOCAL_CHAIN_ID)
            .expect("signatures survive the wire");
        assert_eq!(raw, block);
        assert_eq!(
            self.apply_on_demand(&block),
            applied,
            "loading on demand changes nothing"
        );
        let before = self.state.clone();
        self.install(applied.delta);
        crate::families::check_first_committees(self, &before);
        self.blocks.push(block);
        self.states.push(self.state.clone());
        invariants::check(&self.state).expect("money is conserved");
        for effect in &applied.effects {
            if matches!(effect, Effect::Duty { .. }) {
                self.duties.push(effect.clone());
            }
        }
        self.effects.clone_from(&applied.effects);
        applied.effects
    }

    fn apply_on_demand(&self, block: &Block) -> venire_protocol::Applied {
        let lazy = OnDemand {
            all: &self.state,
            loaded: RefCell::default(),
        };
        for _ in 0..LOADS_MAX {
            match apply(&self.params, &lazy, block) {
                Ok(applied) => return applied,
                Err(ApplyError::Missing(keys)) => {
                    assert!(!keys.is_empty());
                    for key in keys {
                        assert!(
                            lazy.loaded.borrow_mut().insert(key),
                            "asked twice for a key"
                        );
                    }
                }
                Err(ApplyError::Broken(broken)) => panic!("{broken}"),
            }
        }
        panic!("loading does not converge");
    }

    /// Lets time pass and applies the block that the deadline asks for.
    pub(crate) fn wait(&mut self, ms: u64) -> Vec<Effect> {
        self.now += ms;
        self.step(vec![])
    }

    /// Lets validators do their duties, one phase a block, until nobody has any.
    pub(crate) fn drive(&mut self) {
        while self.answer_once() {}
    }

    /// One block with the answers to all open duties; false when there were none.
    pub(crate) fn answer_once(&mut self) -> bool {
        let inputs = self.answers();
        if inputs.is_empty() {
            return false;
        }
        self.step(inputs);
        true
    }

    /// A statement signed by a validator.
    pub(crate) fn signed<T: Statement>(
        &self,
        signer: Address,
        body: T,
        wrap: fn(Signed<T>) -> RawInput,
    ) -> Input {
        let digest = digest(LOCAL_CHAIN_ID, &body).expect("digest");
        let signature = sign(&self.jurors[&signer], digest);
        wrap(Signed { body, signature })
            .verify(LOCAL_CHAIN_ID)
            .expect("own signature")
    }

    /// Validators of genesis.
    pub(crate) fn jurors(&self) -> Vec<Address> {
        self.jurors.keys().copied().collect()
    }

    // Users.

    /// A signed legacy transaction with the sender's next nonce.
    pub(crate) fn envelope(&self, number: u8, to: Address, value: u64, input: Vec<u8>) -> Input {
        let nonce = view::account(&self.state, user(number))
            .expect("account")
            .nonce;
        self.envelope_with(number, nonce, Some(LOCAL_CHAIN_ID), to, value, input)
    }

    pub(crate) fn envelope_with(
        &self,
        number: u8,
        nonce: u64,
        chain_id: Option<u64>,
        to: Address,
        value: u64,
        input: Vec<u8>,
    ) -> Input {
        let raw = crate::intake::legacy(&key(number), nonce, chain_id, to, value, &input);
        RawInput::Transaction(raw)
            .verify(LOCAL_CHAIN_ID)
            .expect("envelope")
    }

    pub(crate) fn submission(&self, number: u8, value: u64, submission: &Submission) -> Input {
        self.envelope(
            number,
            CONSENSUS_MAIN_LOCAL,
            value,
            submission.to_input(user(number)),
        )
    }

    /// Puts one input into a block of its own; panics if it is rejected.
    pub(crate) fn include(&mut self, input: Input) -> B256 {
        let effects = self.step(vec![input]);
        effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Included { tx, .. } => Some(*tx),
                _ => None,
            })
            .unwrap_or_else(|| panic!("not included: {effects:?}"))
    }

    /// Puts one input into a block of its own, which must reject it without any change.
    pub(crate) fn refuse(&mut self, input: Input) -> Reject {
        let before = self.state.clone();
        let effects = self.step(vec![input]);
        let mut after = self.state.clone();
        after.insert(Key::globals(), before[&Key::globals()].clone());
        assert_eq!(after, before, "a rejected input changes nothing");
        match effects.as_slice() {
            [Effect::Rejected { input: 0, reject }] => reject.clone(),
            other => panic!("not rejected: {other:?}"),
        }
    }

    /// Deploys a contract and judges it; returns its address.
    pub(crate) fn deploy(&mut self, number: u8, value: u64, ops: &[machine::Op]) -> Address {
        let data = TxData::Deploy {
            code: b"code".to_vec(),
            calldata: machine::constructor(ops),
        };
        let id = self.include(self.submission(number, value, &submit(Address::ZERO, data)));
        self.drive();
        self.tx(id).recipient
    }

    /// Sends a call; it is not judged yet.
    pub(crate) fn send(
        &mut self,
        number: u8,
        to: Address,
        value: u64,
        ops: &[machine::Op],
    ) -> B256 {
        let data = TxData::Call {
            calldata: machine::call(ops),
        };
        self.include(self.submission(number, value, &submit(to, data)))
    }

    /// Sends a call and judges it.
    pub(crate) fn call(
        &mut self,
        number: u8,
        to: Address,
        value: u64,
        ops: &[machine::Op],
    ) -> B256 {
        let id = self.send(number, to, value, ops);
        self.drive();
        id
    }

    // Looking.

    pub(crate) fn tx(&self, id: B256) -> TxRecord {
        view::tx(&self.state, id).expect("state").expect("record")
    }

    /// All records, in the order of their ids.
    pub(crate) fn records(&self) -> Vec<TxRecord> {
        let first = Key::tx(B256::ZERO);
        let tag = &first.as_bytes()[..1];
        self.state
            .iter()
            .filter(|(key, _)| key.as_bytes().starts_with(tag))
            .map(|(_, value)| borsh::from_slice(value).expect("record"))
            .collect()
    }

    pub(crate) fn status(&self, id: B256) -> Status {
        self.tx(id).status
    }

    pub(crate) fn counter(&self, contract: Address, view: StateView) -> u64 {
        let page = view::page(&self.state, &machine::counter(contract), view).expect("page");
        U256::from_be_bytes(page).to()
    }

    /// Wei of an account, and fees that wait for a validator of this name.
    pub(crate) fn wealth(&self, address: Address) -> U256 {
        let account = view::account(&self.state, address).expect("account");
        let staked = stake::view::validator(&self.state, address).expect("state");
        account.balance + staked.map_or(U256::ZERO, |validator| validator.fees)
    }

    pub(crate) fn balance(&self, address: Address, view: StateView) -> u64 {
        view::balance(&self.state, address, view)
            .expect("balance")
            .to()
    }
}

/// A submission with the defaults of published clients.
pub(crate) fn submit(recipient: Address, data: TxData) -> Submission {
    Submission {
        recipient,
        validators: U256::from(5),
        rotations: U256::from(3),
        valid_until: None,
        data,
        leader_only: false,
        fees: None,
    }
}

pub(crate) fn secret(tx: B256, round: u32, validator: Address) -> B256 {
    keccak256([tx.as_slice(), &round.to_be_bytes(), validator.as_slice()].concat())
}

/// The committee of the current round, leader first.
pub(crate) fn committee(record: &TxRecord) -> Vec<Address> {
    let round = record.round().expect("a round");
    let leader = round.leader().expect("a leader");
    let others = round
        .seats
        .iter()
        .map(|seat| seat.validator)
        .filter(|seat| *seat != leader);
    std::iter::once(leader).chain(others).collect()
}
