//! The instant orderer: one thread that owns the chain and the store and seals a block as soon as
//! there is work.
//!
//! # Invariants
//! - Only this thread seals and commits; everyone else reads published heads.
//! - The statements of one phase of one transaction enter in one block, in seat order, however
//!   their executions were interleaved: for transactions sent one after the other, same inputs and
//!   clock give the same blocks.
//! - A reply is sent after its block is in the store.
//!
//! # Not here
//! - What a block does (`venire-protocol`), how a duty is done (`worker`).

use super::{
    gather::Gather,
    node::{Head, NodeEvent, Shared},
    worker::{self, now},
};
use crate::core::{Chain, Phase, Pins, Snapshot, raw_delta, view_seed};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::{Duration, Instant},
};
use tokio::sync::oneshot;
use venire_protocol::{Broken, Effect, Globals, Input, Key, RawBlock, Reject};
use venire_store::{Commit, Delta, RestoreError, SnapshotId, Store};
use venire_types::{Address, B256, signed::canonical};

/// Commands that may wait; more are refused as busy.
const QUEUE: usize = 65_536;
/// Inputs in one block.
const BLOCK_INPUTS: usize = 1024;
/// Raw bytes of the transactions in one block.
const BLOCK_BYTES: usize = 16 << 20;
/// How long snapshots and moves of the clock wait for the validators to finish what they owe.
const QUIET_PATIENCE: Duration = Duration::from_secs(5);
/// Statements of slow companions are not waited for beyond this time before the deadline.
const FLUSH_BEFORE_MS: u64 = 500;
/// Longest sleep: keeps the grouped fsync going.
const TICK: Duration = Duration::from_millis(50);

/// Answer to an offered input.
pub(crate) type Answer = oneshot::Sender<Result<B256, Reject>>;

/// What the sequencer is told.
pub(crate) enum Command {
    /// Something for the next block.
    Offer(Box<Input>, Answer),
    /// A validator's statement.
    Statement(Box<Statement>),
    /// Remember the chain.
    Snapshot(oneshot::Sender<Option<u64>>),
    /// Put the chain back.
    Restore(u64, oneshot::Sender<bool>),
    /// Move the clock forward by milliseconds.
    Advance(u64, oneshot::Sender<()>),
    /// Seal this many blocks, so many milliseconds apart; the last starts all that waits.
    Mine(u32, u64, oneshot::Sender<()>),
    /// Start transactions at once, or let them wait to be mined.
    Automine(bool, oneshot::Sender<()>),
    /// Sync and end.
    Stop,
}

/// A validator's statement and the duty it fulfils.
pub(crate) struct Statement {
    /// Transaction.
    pub(crate) tx: B256,
    /// Round.
    pub(crate) round: u32,
    /// Which phase.
    pub(crate) phase: Phase,
    /// Who.
    pub(crate) validator: Address,
    /// The epoch in which the duty was given out; words of an earlier one are void.
    pub(crate) epoch: u64,
    /// The signed words; `None` when the validator cannot speak (it counts as silent).
    pub(crate) input: Option<Input>,
}

/// The node must stop.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// Our bug.
    #[error("the chain state is broken: {0}")]
    Broken(#[from] Broken),
    /// Disk.
    #[error("write the chain: {0}")]
    Commit(#[from] venire_store::CommitError),
    /// Disk.
    #[error("write the chain: {0}")]
    Write(#[from] venire_store::WriteError),
    /// Disk.
    #[error(transparent)]
    Journal(#[from] super::journal::JournalError),
}

/// The orderer's own state.
pub(crate) struct Sequencer {
    shared: Arc<Shared>,
    store: Store,
    chain: Chain,
    commands: Receiver<Command>,
    gathers: BTreeMap<(B256, u32, Phase), Gather>,
    ready: Vec<Input>,
    /// State that a transaction's executions read, from activation until it is final: an appeal
    /// committee reads what the first one read.
    pins: Pins,
    /// Commands that wait until no validator owes a word, and since when.
    deferred: VecDeque<(Instant, Command)>,
    /// Drives the grouped fsync whatever the chain clock does.
    started: Instant,
    network: B256,
}

/// A channel to a sequencer.
#[must_use]
pub(crate) fn channel() -> (SyncSender<Command>, Receiver<Command>) {
    sync_channel(QUEUE)
}

impl Sequencer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        store: Store,
        chain: Chain,
        commands: Receiver<Command>,
        network: B256,
    ) -> Self {
        let (gathers, ready, pins) = (BTreeMap::new(), Vec::new(), Pins::default());
        let (deferred, started) = (VecDeque::new(), now());
        Self {
            shared,
            store,
            chain,
            commands,
            gathers,
            ready,
            pins,
            deferred,
            started,
            network,
        }
    }

    /// Seals blocks until told to stop.
    ///
    /// # Errors
    /// [`Fatal`]: the chain can no longer be trusted or written.
    pub(crate) fn run(mut self) -> Result<(), Fatal> {
        let open = self.chain.snapshot().open_duties();
        self.follow(&open);
        self.start_if_automatic()?;
        loop {
            let mut next = match self.commands.recv_timeout(self.sleep()) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return self.stop(),
            };
            let (mut offers, mut bytes) = (Vec::new(), 0);
            while let Some(command) = next {
                match command {
                    Command::Offer(input, answer) => {
                        bytes += size(&input);
                        offers.push((self.parked(*input), answer));
                    }
                    Command::Statement(statement) => self.gather(*statement),
                    Command::Restore(id, answer) => {
                        self.work(std::mem::take(&mut offers))?;
                        let _ = answer.send(self.restore(id)?);
                    }
                    Command::Automine(on, answer) => {
                        self.work(std::mem::take(&mut offers))?;
                        self.shared.automine.store(on, Ordering::SeqCst);
                        self.start_if_automatic()?;
                        let _ = answer.send(());
                    }
                    Command::Mine(blocks, 0, answer) => {
                        self.work(std::mem::take(&mut offers))?;
                        self.mine(blocks, 0)?;
                        let _ = answer.send(());
                    }
                    Command::Snapshot(_) | Command::Advance(..) | Command::Mine(..) => {
                        self.deferred.push_back((now(), command));
                    }
                    Command::Stop => return self.stop(),
                }
                if offers.len() >= BLOCK_INPUTS || bytes >= BLOCK_BYTES {
                    break;
                }
                next = self.commands.try_recv().ok();
            }
            self.work(offers)?;
            self.undefer()?;
            let elapsed = self.started.elapsed().as_millis();
            self.store
                .sync_if_due(u64::try_from(elapsed).unwrap_or(u64::MAX))?;
        }
    }

    /// Carries out what waited for a quiet moment. A snapshot taken while validators owe words
    /// would hold rounds that nobody can finish; a clock moved then would cost them their deadline.
    fn undefer(&mut self) -> Result<(), Fatal> {
        while let Some((since, _)) = self.deferred.front() {
            let is_quiet = self.gathers.is_empty() && self.ready.is_empty();
            if !is_quiet && since.elapsed() < QUIET_PATIENCE {
                return Ok(());
            }
            match self.deferred.pop_front() {
                Some((_, Command::Snapshot(answer))) => {
                    let id = self.store.snapshot().ok().map(|id| id.0);
                    let _ = answer.send(id);
                }
                Some((_, Command::Advance(ms, answer))) => {
                    self.shared.clock.advance(ms);
                    self.work(Vec::new())?;
                    let _ = answer.send(());
                }
                Some((_, Command::Mine(blocks, apart_ms, answer))) => {
                    self.mine(blocks, apart_ms)?;
                    let _ = answer.send(());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A transaction as it is taken in now: to be started at once, or to wait (`ROUND-37`).
    fn parked(&self, input: Input) -> Input {
        match input {
            Input::Transaction(envelope) if !self.shared.automine.load(Ordering::SeqCst) => {
                Input::Park(envelope)
            }
            other => other,
        }
    }

    fn start_if_automatic(&mut self) -> Result<(), Fatal> {
        let waits = !self.chain.snapshot().parked().is_empty();
        if waits && self.shared.automine.load(Ordering::SeqCst) {
            self.mine(1, 0)?;
        }
        Ok(())
    }

    /// Seals blocks; the last one, and more if it is full, starts what waits, in the order in which
    /// it came. So no term of a validator runs out while the clock leaps from block to block.
    fn mine(&mut self, blocks: u32, apart_ms: u64) -> Result<(), Fatal> {
        for _ in 1..blocks {
            self.seal(Vec::new())?;
            self.shared.clock.advance(apart_ms);
            self.work(Vec::new())?;
        }
        let waiting = self.chain.snapshot().parked();
        let mut starts = waiting.chunks(BLOCK_INPUTS);
        let mut next = starts.next().unwrap_or_default();
        loop {
            self.seal(next.iter().map(|tx| Input::Start { tx: *tx }).collect())?;
            match starts.next() {
                Some(more) => next = more,
                None => return self.work(Vec::new()),
            }
        }
    }

    fn stop(mut self) -> Result<(), Fatal> {
        self.store.sync()?;
        Ok(())
    }

    /// How long nothing can become due.
    fn sleep(&self) -> Duration {
        if self.shared.clock.is_manual() {
            return TICK;
        }
        let now = self.shared.clock.now_ms();
        let flush = self.gathers.values().map(|gather| gather.flush_at_ms).min();
        let due = self
            .chain
            .snapshot()
            .next_deadline()
            .into_iter()
            .chain(flush)
            .min();
        due.map_or(TICK, |due| {
            Duration::from_millis(due.saturating_sub(now)).min(TICK)
        })
    }

    /// Seals blocks until nothing is left to do at this time.
    fn work(&mut self, offers: Vec<(Input, Answer)>) -> Result<(), Fatal> {
        let (mut inputs, mut answers) = (Vec::new(), Vec::new());
        for (input, answer) in offers {
            inputs.push(input);
            answers.push(answer);
        }
        self.flush_late();
        let told = inputs.len();
        inputs.append(&mut self.ready);
        if !inputs.is_empty() {
            let mut results = self.seal(inputs)?.into_iter();
            for (answer, result) in answers.into_iter().zip(results.by_ref().take(told)) {
                // The caller may have hung up.
                let _ = answer.send(result);
            }
            for reject in results.filter_map(Result::err) {
                tracing::warn!(%reject, "a validator's statement came to nothing");
            }
        }
        loop {
            let due = self.chain.snapshot().next_deadline();
            if due.is_none_or(|due| due > self.shared.clock.now_ms()) {
                return Ok(());
            }
            let before = self.chain.snapshot().next_deadline();
            self.seal(Vec::new())?;
            if self.chain.snapshot().next_deadline() == before {
                return Ok(());
            }
        }
    }

    /// Moves statements whose deadline is near into the next block, complete or not.
    fn flush_late(&mut self) {
        let now = self.shared.clock.now_ms();
        let late: Vec<_> = self
            .gathers
            .iter()
            .filter(|(_, gather)| gather.flush_at_ms <= now)
            .map(|(key, _)| *key)
            .collect();
        for key in late {
            if let Some(gather) = self.gathers.get_mut(&key) {
                self.ready.extend(gather.take());
                gather.flush_at_ms = u64::MAX;
            }
        }
    }

    fn gather(&mut self, statement: Statement) {
        if statement.epoch != self.shared.journal.epoch() {
            return;
        }
        let key = (statement.tx, statement.round, statement.phase);
        let Some(gather) = self.gathers.get_mut(&key) else {
            return;
        };
        if !gather.put(statement.validator, statement.input) {
            return;
        }
        if gather.flush_at_ms == u64::MAX {
            // Too late for company: on its own, for what it is worth.
            self.ready.extend(gather.take());
        } else if gather.is_complete() {
            self.ready.extend(gather.take());
            self.gathers.remove(&key);
        } else {
            gather.hurry(self.shared.clock.now_ms(), self.chain.params().grace_ms);
        }
    }

    fn seal(&mut self, inputs: Vec<Input>) -> Result<Vec<Result<B256, Reject>>, Fatal> {
        let height = self.store.next_height();
        let parent = self.chain.snapshot().globals().time_ms;
        let time_ms = self.shared.clock.now_ms().max(parent);
        let seed = view_seed(self.network, height);
        let forced = inputs.is_empty();
        let sealed = self.chain.seal(height, time_ms, seed, inputs)?;
        if sealed.block.inputs.is_empty() && !forced {
            return Ok(sealed.answers);
        }
        let block = canonical(&sealed.block.to_raw());
        let delta = raw_delta(sealed.delta);
        self.store.commit(Commit {
            height,
            block,
            delta,
        })?;
        self.publish(&sealed.effects);
        self.follow(&sealed.effects);
        if self.store.checkpoint_due() {
            self.store.checkpoint()?;
        }
        Ok(sealed.answers)
    }

    fn publish(&mut self, effects: &[Effect]) {
        let view = self.store.view();
        let snapshot = Snapshot::from(view.state().clone());
        self.chain.advance(snapshot.clone());
        self.shared.publish(Head { snapshot, view }, effects);
    }

    /// Gives out duties and keeps pins.
    fn follow(&mut self, effects: &[Effect]) {
        for id in self.pins.follow(&self.chain, effects) {
            self.gathers.retain(|(of, ..), _| *of != id);
        }
        let began_ms = self.shared.clock.now_ms();
        for effect in effects {
            match effect {
                Effect::Duty {
                    tx,
                    round,
                    operator,
                    deadline_ms,
                    kind,
                } => {
                    let phase = Phase::from(kind);
                    let gather = self.gathers.entry((*tx, *round, phase)).or_insert_with(|| {
                        let flush_at_ms = deadline_ms.saturating_sub(FLUSH_BEFORE_MS);
                        Gather::new(began_ms, flush_at_ms)
                    });
                    gather.seat(*operator);
                    let pin = self.pins.of(tx).cloned().unwrap_or_default();
                    worker::dispatch(&self.shared, (*tx, *round, *operator), kind.clone(), pin);
                }
                Effect::Decided { tx, .. } => self.gathers.retain(|(of, ..), _| of != tx),
                _ => {}
            }
        }
    }

    /// Puts the state back; block numbers go on, so that no number ever means two blocks.
    fn restore(&mut self, id: u64) -> Result<bool, Fatal> {
        let id = SnapshotId(id);
        let Some(state) = self.store.remembered(id).cloned() else {
            return Ok(false);
        };
        // First: nothing that is still executing may speak for the state that comes back.
        self.shared.journal.reset()?;
        let height = self.store.next_height();
        let globals = Globals {
            height,
            ..Snapshot::from(state).globals()
        };
        let block = RawBlock {
            height,
            time_ms: globals.time_ms,
            seed: B256::ZERO,
            inputs: Vec::new(),
        };
        let key = Key::globals().as_bytes().to_vec();
        let patch = Delta::from([(key, Some(canonical(&globals)))]);
        match self.store.restore(id, canonical(&block), patch) {
            Ok(_) => {}
            Err(RestoreError::Unknown(_)) => return Ok(false),
            Err(RestoreError::Commit(error)) => return Err(error.into()),
        }
        self.gathers.clear();
        self.ready.clear();
        self.pins.clear();
        self.publish(&[]);
        self.shared.rebuild_observers();
        let open = self.chain.snapshot().open_duties();
        self.follow(&open);
        self.start_if_automatic()?;
        Ok(true)
    }
}

/// Raw bytes of an input that users send.
fn size(input: &Input) -> usize {
    match input {
        Input::Transaction(envelope) | Input::Park(envelope) => envelope.raw().len(),
        _ => 0,
    }
}

/// Tells people what a block did.
pub(crate) fn events(effects: &[Effect]) -> Vec<NodeEvent> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Created { tx, .. } => Some(NodeEvent::Created { tx: *tx }),
            Effect::StatusChanged { tx, to, .. } => Some(NodeEvent::Status {
                tx: *tx,
                status: *to,
            }),
            Effect::Decided { tx, .. } => Some(NodeEvent::Decided { tx: *tx }),
            Effect::Finalized { tx } => Some(NodeEvent::Finalized { tx: *tx }),
            _ => None,
        })
        .collect()
}
