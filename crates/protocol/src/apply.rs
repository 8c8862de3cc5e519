//! The one function that changes the chain.
//!
//! ```text
//! time   -> phases, windows and tribunals that have run out
//! inputs -> transactions, proposals, commits, reveals, cancels, faucet, in order
//! queues -> finalise and activate what has become possible
//! ```
//!
//! # Invariants
//! - All or nothing: a key that is not loaded ends the call without effect.
//! - Inputs that break a rule are recorded as `Rejected`; only a bug is an error.

use crate::{
    admit::{AdmitError, Reject},
    block::{Block, Effect, Input},
    params::Params,
    record::{Globals, StatusChange, TxRecord},
    stake::{EPOCH_TIMER, Epochs},
    state::{Broken, Delta, Key, Overlay, Read},
    timer,
};
use alloc::{collections::BTreeSet, vec::Vec};
use venire_types::{Address, B256, vote::Status};

/// What one block changes and asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// New values of changed keys.
    pub delta: Delta,
    /// What happened, in order.
    pub effects: Vec<Effect>,
}

/// Why a block was not applied. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// These keys must be loaded first; call again then.
    #[error("{} keys of the state are not loaded", .0.len())]
    Missing(Vec<Key>),
    /// The state or the block contradicts itself.
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// Applies one block to a snapshot of the state.
///
/// # Errors
/// `Missing` when keys must be loaded first, `Broken` on a bug; nothing has changed then.
pub fn apply(params: &Params, state: &dyn Read, block: &Block) -> Result<Applied, ApplyError> {
    let mut run = Run::open(params, state, block)?;
    let before = run.epochs.clone();
    run.timers()?;
    for (index, input) in (0u32..).zip(&block.inputs) {
        match run.input(index, input) {
            Ok(tx) => run.effects.push(Effect::Included { input: index, tx }),
            Err(AdmitError::Rejected(reject)) => {
                run.effects.push(Effect::Rejected {
                    input: index,
                    reject,
                });
            }
            Err(AdmitError::State(error)) => return Err(error),
        }
        run.queues()?;
    }
    run.queues()?;
    run.turn_epoch()?;
    run.state.store(Key::globals(), &run.globals);
    if run.epochs != before {
        run.state.store(Key::epochs(), &run.epochs);
    }
    Ok(Applied {
        delta: run.state.into_delta(),
        effects: run.effects,
    })
}

/// One block in the middle of its application.
pub(crate) struct Run<'a> {
    pub(crate) params: &'a Params,
    pub(crate) state: Overlay<'a>,
    pub(crate) globals: Globals,
    pub(crate) epochs: Epochs,
    pub(crate) seed: B256,
    pub(crate) effects: Vec<Effect>,
    /// Queues in which something may have become possible.
    pub(crate) stirred: BTreeSet<Address>,
}

impl<'a> Run<'a> {
    /// Checks that the block follows the state (`ROUND-05`).
    fn open(params: &'a Params, state: &'a dyn Read, block: &Block) -> Result<Self, ApplyError> {
        let state = Overlay::new(state);
        let missing = state.not_loaded(foreseeable(block));
        if !missing.is_empty() {
            return Err(ApplyError::Missing(missing));
        }
        let mut globals: Globals = state.expect(&Key::globals())?;
        if globals.height.checked_add(1) != Some(block.height) {
            return Err(Broken::Height {
                parent: globals.height,
                got: block.height,
            }
            .into());
        }
        if block.time_ms < globals.time_ms {
            return Err(Broken::Time {
                parent: globals.time_ms,
                got: block.time_ms,
            }
            .into());
        }
        let epochs = state.expect(&Key::epochs())?;
        globals.height = block.height;
        globals.time_ms = block.time_ms;
        Ok(Self {
            params,
            state,
            globals,
            epochs,
            seed: block.seed,
            effects: Vec::new(),
            stirred: BTreeSet::new(),
        })
    }

    /// A block that is never applied: to look at what a rule would do.
    pub(crate) fn imagine(params: &'a Params, state: &'a dyn Read) -> Result<Self, ApplyError> {
        let state = Overlay::new(state);
        let globals = state.expect(&Key::globals())?;
        Ok(Self {
            epochs: state.expect(&Key::epochs())?,
            params,
            state,
            globals,
            seed: B256::ZERO,
            effects: Vec::new(),
            stirred: BTreeSet::new(),
        })
    }

    /// Ends phases and windows that have run out, earliest first (`ROUND-06`).
    fn timers(&mut self) -> Result<(), ApplyError> {
        while let Some(timer) = timer::first(&self.state)? {
            if timer.due_ms > self.now() {
                break;
            }
            timer::clear(&mut self.state, timer.tx)?;
            if timer.tx != EPOCH_TIMER {
                self.due(timer.tx)?;
                self.queues()?;
            }
        }
        self.turn_epoch()
    }

    fn due(&mut self, tx: B256) -> Result<(), ApplyError> {
        if let Some(tribunal) = self.named_tribunal(tx)? {
            return self.tribunal_due(tribunal);
        }
        let record = self.record(tx)?;
        match record.status {
            Status::Proposing => self.leader_silent(record),
            Status::Committing | Status::AppealCommitting => self.commits_closed(record),
            Status::Revealing | Status::AppealRevealing => self.reveals_closed(record),
            Status::Accepted
            | Status::Undetermined
            | Status::ValidatorsTimeout
            | Status::LeaderTimeout => self.window_closed(record),
            Status::Uninitialized
            | Status::Pending
            | Status::Finalized
            | Status::Canceled
            | Status::ReadyToFinalize => Err(Broken::Impossible {
                tx,
                what: "a timer runs outside phases",
            }
            .into()),
        }
    }

    fn input(&mut self, index: u32, input: &Input) -> Result<B256, AdmitError> {
        match input {
            Input::Transaction(envelope) => self.transaction(envelope, false),
            Input::Propose(statement) => self.propose(statement),
            Input::Commit(statement) => match self.named_tribunal(statement.body().tx)? {
                Some(tribunal) => self.commit_to_tribunal(tribunal, statement),
                None => self.commit(statement),
            },
            Input::Reveal(statement) => match self.named_tribunal(statement.body().tx)? {
                Some(tribunal) => self.reveal_to_tribunal(tribunal, statement),
                None => self.reveal(statement),
            },
            Input::Cancel(statement) => self.cancel(statement.body().tx, statement.signer()),
            Input::Faucet { to, amount } => self.faucet(index, *to, *amount),
            Input::Park(envelope) => self.park(envelope),
            Input::Start { tx } => self.unpark(*tx),
        }
    }

    /// Agreed time of this block.
    pub(crate) const fn now(&self) -> u64 {
        self.globals.time_ms
    }

    pub(crate) fn record(&self, tx: B256) -> Result<TxRecord, ApplyError> {
        self.state.expect(&Key::tx(tx))
    }

    pub(crate) fn save(&mut self, record: &TxRecord) {
        self.state.store(Key::tx(record.id), record);
    }

    /// Moves a record to a new status and tells everyone.
    pub(crate) fn move_to(&mut self, record: &mut TxRecord, to: Status) {
        let from = core::mem::replace(&mut record.status, to);
        record.history.push(StatusChange {
            status: to,
            height: self.globals.height,
            time_ms: self.now(),
        });
        self.effects.push(Effect::StatusChanged {
            tx: record.id,
            from,
            to,
        });
        if record.is_closed() {
            let open = &mut self.epochs.of(record.index).open;
            *open = open.saturating_sub(1);
        }
    }

    pub(crate) fn log(&mut self, tx: B256, topics: impl IntoIterator<Item = B256>, data: Vec<u8>) {
        self.effects.push(Effect::Log {
            tx,
            topics: topics.into_iter().collect(),
            data,
        });
    }

    /// A statement about a transaction that may not exist.
    pub(crate) fn addressed(&self, tx: B256) -> Result<TxRecord, AdmitError> {
        Ok(self
            .state
            .load(&Key::tx(tx))?
            .ok_or(Reject::UnknownTransaction { tx })?)
    }
}

/// Keys that a block certainly reads, asked for together.
fn foreseeable(block: &Block) -> impl Iterator<Item = Key> + '_ {
    let fixed = [
        Key::globals(),
        Key::epochs(),
        Key::validators(),
        Key::timer_count(),
        Key::timer(0),
    ];
    fixed
        .into_iter()
        .chain(block.inputs.iter().flat_map(|input| {
            let (key, other) = match input {
                Input::Transaction(envelope) | Input::Park(envelope) => {
                    (Key::account(envelope.signer()), None)
                }
                Input::Propose(statement) => (Key::tx(statement.body().tx), None),
                Input::Commit(statement) => of_votes(statement.body().tx),
                Input::Reveal(statement) => of_votes(statement.body().tx),
                Input::Cancel(statement) => (Key::tx(statement.body().tx), None),
                Input::Faucet { to, .. } => (Key::account(*to), None),
                Input::Start { tx } => (Key::parked(*tx), Some(Key::tx(*tx))),
            };
            [Some(key), other].into_iter().flatten()
        }))
}

/// A vote names a transaction or a tribunal, and anybody may sign one that names neither.
fn of_votes(id: B256) -> (Key, Option<Key>) {
    (Key::tx(id), Some(Key::tribunal(id)))
}
