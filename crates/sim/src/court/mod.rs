//! A court without a network: one protocol state, and validators and users with real keys.
//!
//! ```text
//! duties --Jurors::act--> signed statements --verify--> block --apply--> state, new duties
//! ```
//!
//! # Invariants
//! - Same seed, same jurors, same orders: same blocks, byte for byte.
//! - Every statement is really signed, and its signature really checked.
//! - Only the rules of `venire_protocol::apply` change the state.
//!
//! # Not here
//! - Messages that are lost or late, nodes that crash (the networked world), contracts (the result
//!   of an execution is one byte that the leader chooses).

mod jurors;
mod keys;
mod prices;
mod say;
#[cfg(test)]
mod tests;
mod users;

pub use jurors::{Act, Case, Honest, Jurors, Role};
pub use prices::{STAKE, mirror, paid};
pub use say::RIGHT;
pub use users::Terms;
pub(crate) use users::whole;

use keys::Keyring;
use say::Answer;
use std::{collections::BTreeMap, rc::Rc, time::Duration};
use venire_protocol::{
    Applied, ApplyError, Block, Effect, Genesis, GenesisError, Input, Key, Params, Reject,
    TxRecord, Value, apply, genesis, invariants, view,
};
use venire_types::{Address, B256, U256, keccak256, vote::Vote};

/// Why a run cannot go on: the world contradicts itself, or the study asks for the impossible.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A chain cannot begin with these rules.
    #[error("the chain does not begin: {0}")]
    Genesis(#[from] GenesisError),
    /// The rules refused a block.
    #[error("the rules refused a block: {0}")]
    Apply(#[from] ApplyError),
    /// Money was made or lost.
    #[error("the books are wrong: {0}")]
    Books(#[from] invariants::Violation),
    /// Somebody's input was refused.
    #[error("an input was refused: {0:?}")]
    Refused(Reject),
    /// The study names what is not there.
    #[error("there is no {0}")]
    Missing(&'static str),
}

/// Where the time of a run goes, and what it produces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// Making statements and their signatures.
    pub signing: Duration,
    /// Checking signatures.
    pub checking: Duration,
    /// Applying blocks.
    pub applying: Duration,
    /// Inputs in blocks.
    pub inputs: u64,
    /// Bytes of blocks.
    pub bytes: u64,
    /// Blocks.
    pub blocks: u64,
}

/// A chain in memory.
#[derive(Clone)]
pub struct Court {
    /// Rules of this chain.
    pub params: Rc<Params>,
    /// Its state.
    pub state: BTreeMap<Key, Value>,
    /// Time of the last block, milliseconds.
    pub now_ms: u64,
    /// Blocks come at multiples of this; zero for whenever somebody speaks.
    pub interval_ms: u64,
    /// Every answer gets a block of its own.
    pub one_by_one: bool,
    /// What it took so far.
    pub spent: Spent,
    height: u64,
    seed: u64,
    keys: Rc<Keyring>,
    clock: fn() -> Duration,
    answers: BTreeMap<(u64, u64), Answer>,
    asked: u64,
    sealed: BTreeMap<(B256, u32, Address), (Vote, B256, u8)>,
}

/// Users 0 to 9 have keys and so many units of money.
pub const PURSE: u128 = 1 << 100;

impl Court {
    /// A chain whose validators have these stakes.
    ///
    /// # Errors
    /// [`Fault`] when the rules cannot begin with them.
    pub fn new(params: Params, stakes: &[u128], seed: u64) -> Result<Self, Fault> {
        let keys = Keyring::new(u32::try_from(stakes.len()).unwrap_or(u32::MAX));
        let start = Genesis {
            time_ms: 0,
            validators: keys
                .validators()
                .iter()
                .copied()
                .zip(stakes.iter().map(|stake| U256::from(*stake)))
                .collect(),
            families: Vec::new(),
            alloc: keys
                .users()
                .iter()
                .map(|user| (*user, U256::from(PURSE)))
                .collect(),
        };
        let delta = genesis(&params, &start)?;
        let mut court = Self {
            params: Rc::new(params),
            state: BTreeMap::new(),
            now_ms: 0,
            interval_ms: 0,
            one_by_one: false,
            spent: Spent::default(),
            height: 0,
            seed,
            keys: Rc::new(keys),
            clock: || Duration::ZERO,
            answers: BTreeMap::new(),
            asked: 0,
            sealed: BTreeMap::new(),
        };
        court.install(delta);
        Ok(court)
    }

    /// From now on time is measured with this clock.
    #[must_use]
    pub const fn timed(mut self, clock: fn() -> Duration) -> Self {
        self.clock = clock;
        self
    }

    /// The same chain with other luck from now on.
    #[must_use]
    pub fn reseeded(&self, seed: u64) -> Self {
        Self {
            seed,
            ..self.clone()
        }
    }

    /// Identities of the validators, in the order of their stakes.
    #[must_use]
    pub fn validators(&self) -> &[Address] {
        self.keys.validators()
    }

    /// Public record of a transaction.
    ///
    /// # Errors
    /// [`Fault::Missing`] when there is none.
    pub fn record(&self, tx: B256) -> Result<TxRecord, Fault> {
        view::tx(&self.state, tx)?.ok_or(Fault::Missing("transaction"))
    }

    /// Are the books right?
    ///
    /// # Errors
    /// [`Fault::Books`] when they are not.
    pub fn audit(&self) -> Result<(), Fault> {
        Ok(invariants::check(&self.state)?)
    }

    /// Jurors do their duties until the transaction is decided or closed.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn judge(&mut self, tx: B256, jurors: &mut dyn Jurors) -> Result<TxRecord, Fault> {
        loop {
            let record = self.record(tx)?;
            if record.is_decided() || record.is_closed() {
                return Ok(record);
            }
            self.advance(jurors)?;
        }
    }

    /// Time passes until the transaction is final.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn finish(&mut self, tx: B256, jurors: &mut dyn Jurors) -> Result<TxRecord, Fault> {
        loop {
            let record = self.record(tx)?;
            if record.is_closed() {
                return Ok(record);
            }
            self.advance(jurors)?;
        }
    }

    /// Time passes until this moment.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn pass(&mut self, until_ms: u64, jurors: &mut dyn Jurors) -> Result<(), Fault> {
        while self
            .next()?
            .is_some_and(|next| self.round_up(next) <= until_ms)
        {
            self.advance(jurors)?;
        }
        self.now_ms = self.now_ms.max(until_ms);
        Ok(())
    }

    /// When something happens next.
    fn next(&self) -> Result<Option<u64>, Fault> {
        let deadline = view::next_deadline(&self.state)?;
        let answer = self.answers.first_key_value().map(|((at, _), _)| *at);
        Ok(answer.into_iter().chain(deadline).min())
    }

    /// The next block: answers that are due, or a deadline that has come.
    fn advance(&mut self, jurors: &mut dyn Jurors) -> Result<(), Fault> {
        let next = self.next()?.ok_or(Fault::Missing("thing left to happen"))?;
        self.now_ms = self.now_ms.max(self.round_up(next));
        let mut inputs = Vec::new();
        while let Some(entry) = self.answers.first_entry()
            && entry.key().0 <= self.now_ms
        {
            let answer = entry.remove();
            inputs.extend(self.say(answer)?);
            if self.one_by_one && !inputs.is_empty() {
                break;
            }
        }
        self.step(inputs, jurors)?;
        Ok(())
    }

    fn round_up(&self, at: u64) -> u64 {
        match self.interval_ms {
            0 => at,
            interval => at.div_ceil(interval).saturating_mul(interval),
        }
    }

    /// Applies one block now; jurors learn their duties.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn step(
        &mut self,
        inputs: Vec<Input>,
        jurors: &mut dyn Jurors,
    ) -> Result<Vec<Effect>, Fault> {
        self.height += 1;
        let seed = [self.seed.to_be_bytes(), self.height.to_be_bytes()].concat();
        let block = Block {
            height: self.height,
            time_ms: self.now_ms,
            seed: keccak256(seed),
            inputs,
        };
        self.spent.blocks += 1;
        self.spent.inputs += u64::try_from(block.inputs.len()).unwrap_or_default();
        let started = (self.clock)();
        let Applied { delta, effects } = apply(&self.params, &self.state, &block)?;
        self.spent.applying += (self.clock)().saturating_sub(started);
        self.install(delta);
        for effect in &effects {
            self.learn(effect, jurors)?;
        }
        Ok(effects)
    }

    fn install(&mut self, delta: venire_protocol::Delta) {
        for (key, value) in delta {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
    }
}
