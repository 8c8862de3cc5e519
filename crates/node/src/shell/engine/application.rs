//! `glue::stateful::Application` over `protocol::apply`.
//!
//! # Invariants
//! - `apply` is called until it asks for no more keys; every call begins anew, so a cancelled one
//!   leaves nothing behind.
//! - A candidate that breaks a rule is voted against; a database that fails stops the node, because
//!   no verdict would be true.
//! - A proposal is made of what `apply` accepts, so that honest blocks hold no rejected input.
//!
//! # Not here
//! - Rules (`venire-protocol`), the layout of state (`state`), what is made of effects (the feed).

use super::{
    block::{Content, Context, Digest, EngineBlock},
    paced::now_ms,
    pool::Pool,
    state::{Batches, Databases, Loaded, StateError, Targets, Written, load, write},
};
use commonware_codec::Encode as _;
use commonware_consensus::{
    Epochable as _, Viewable as _, marshal::ancestry::Ancestry, simplex::scheme::ed25519::Scheme,
};
use commonware_cryptography::{Digestible as _, ed25519};
use commonware_glue::stateful::{
    Application, Finality, Input as Upstream, Proposed,
    db::{DatabaseSet, Merkleized as _, Unmerkleized as _},
};
use commonware_runtime::Spawner;
use commonware_storage::{Context as StorageContext, qmdb::sync::Target};
use commonware_utils::non_empty_range;
use futures::StreamExt as _;
use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use venire_protocol::{
    Applied, ApplyError, Block, Broken, Delta, Effect, Key, Lookup, Params, RawBlock, Read, Reject,
    apply, view,
};
use venire_types::{B256, signed::tagged};

/// A block is at most this much later than its parent, milliseconds. What waits for a clock must
/// have a bound that needs none; a chain that stood still catches up by this much a block.
pub const TIME_STEP_MAX_MS: u64 = 60_000;
/// Calls of `apply` for one block; more is a bug of ours.
const ROUNDS_MAX: u32 = 10_000;

type Merkleized<E> = <Databases<E> as DatabaseSet<E>>::Merkleized;

/// What executing a block did.
#[derive(Clone, Debug, Default)]
pub struct Executed {
    /// What changed.
    pub delta: Delta,
    /// What happened.
    pub effects: Vec<Effect>,
    /// When the rules need the next block, milliseconds since 1970.
    pub due_ms: Option<u64>,
    /// Calls of `apply`.
    pub rounds: u32,
    /// Keys loaded.
    pub keys: usize,
    /// What went into the databases.
    pub written: Written,
}

/// A block that is final.
#[derive(Clone, Debug)]
pub struct Finalised {
    /// Its inputs.
    pub block: RawBlock,
    /// Roots and extents of the databases after it.
    pub targets: Targets,
    /// What it did. `None` for a block whose execution this process has not seen.
    pub executed: Option<Executed>,
}

/// What the application tells the node.
pub trait Feed: Send + Sync + 'static {
    /// A block is final. May come again after a crash.
    fn finalised(&self, block: Finalised);
    /// The node must stop.
    fn fatal(&self, why: String);
}

/// What a chain starts from.
pub struct Start {
    /// The rules in force.
    pub params: Params,
    /// Seed of the network, from which the seeds of views follow here (`docs/adr/0018`).
    pub network: B256,
    /// Time of genesis, milliseconds since 1970.
    pub time_ms: u64,
    /// What genesis writes; block 1 installs it, because the engine starts on empty databases.
    pub delta: Delta,
    /// Stands in the context of block 0.
    pub leader: ed25519::PublicKey,
}

/// The chain's state machine, as the engine drives it. Clones share everything.
#[derive(Clone)]
pub struct Ordered(Arc<Shared>);

struct Shared {
    params: Params,
    network: B256,
    begin: Loaded,
    genesis: EngineBlock,
    feed: Box<dyn Feed>,
    pool: Pool,
    /// Executions that are not final yet, by height and digest: the engine carries the databases'
    /// changes from `process` to `finalized`, but not our effects.
    executed: Mutex<BTreeMap<(u64, Digest), Executed>>,
}

/// Why a block has no result.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error("apply asks for keys without end")]
    Endless,
}

impl Ordered {
    /// The state machine of one chain.
    ///
    /// # Errors
    /// When genesis does not encode.
    pub fn new<E: Spawner + StorageContext>(
        start: Start,
        pool: Pool,
        feed: impl Feed,
    ) -> Result<Self, super::BlockError> {
        let bytes: Vec<(&[u8], Option<&[u8]>)> = start
            .delta
            .iter()
            .map(|(key, value)| (key.as_bytes(), value.as_ref().map(AsRef::as_ref)))
            .collect();
        let rules = (&start.params, &bytes);
        let rules = borsh::to_vec(&rules).map_err(|_| super::BlockError::Undecodable)?;
        let content = Content::new(RawBlock {
            height: 0,
            time_ms: start.time_ms,
            seed: tagged("engine-genesis", &[start.network.as_slice(), &rules]),
            inputs: Vec::new(),
        })?;
        let targets = <Databases<E> as DatabaseSet<E>>::initial_sync_targets();
        Ok(Self(Arc::new(Shared {
            params: start.params,
            network: start.network,
            begin: Loaded::given(&start.delta),
            genesis: EngineBlock::genesis(content, targets, start.leader),
            feed: Box::new(feed),
            pool,
            executed: Mutex::default(),
        })))
    }

    /// Block 0.
    #[must_use]
    pub fn block_zero(&self) -> &EngineBlock {
        &self.0.genesis
    }

    /// Randomness of a view. Anyone who knows the network can compute it ahead, so it is a stand-in
    /// until the threshold signatures of views are in the blocks.
    fn seed(&self, context: &Context) -> B256 {
        let epoch = context.epoch().encode();
        let view = context.view().encode();
        tagged("engine-view", &[self.0.network.as_slice(), &epoch, &view])
    }

    fn executed(&self) -> MutexGuard<'_, BTreeMap<(u64, Digest), Executed>> {
        self.0
            .executed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known before anything is loaded: nothing, or the genesis that block 1 installs.
    fn begin(&self, height: u64) -> Loaded {
        if height == 1 {
            self.0.begin.clone()
        } else {
            Loaded::default()
        }
    }

    /// Calls `apply` until it has all keys.
    async fn apply<E: Spawner + StorageContext>(
        &self,
        batches: &Batches<E>,
        loaded: &mut Loaded,
        block: &Block,
    ) -> Result<(Applied, u32), Fault> {
        for round in 1..=ROUNDS_MAX {
            match apply(&self.0.params, &*loaded, block) {
                Ok(applied) => return Ok((applied, round)),
                Err(ApplyError::Missing(keys)) => load::<E>(batches, loaded, keys).await?,
                Err(ApplyError::Broken(broken)) => return Err(broken.into()),
            }
        }
        Err(Fault::Endless)
    }

    /// Writes what `apply` changed and computes the roots.
    async fn install<E: Spawner + StorageContext>(
        &self,
        batches: Batches<E>,
        loaded: &Loaded,
        (applied, rounds): (Applied, u32),
        height: u64,
    ) -> Result<(Merkleized<E>, Executed), StateError> {
        let mut delta = applied.delta;
        if height == 1 {
            let mut all: Delta = self.0.begin.values().clone();
            all.append(&mut delta);
            delta = all;
        }
        let after = After(loaded, &delta);
        let due_ms = view::next_deadline(&after).ok().flatten();
        let keys = loaded.len();
        let ((records, blobs), written) = write::<E>(batches, loaded, &delta)?;
        let merkleized = (records.merkleize().await?, blobs.merkleize().await?);
        let executed = Executed {
            delta,
            effects: applied.effects,
            due_ms,
            rounds,
            keys,
            written,
        };
        Ok((merkleized, executed))
    }

    /// Makes the next block of what is offered and accepted.
    async fn seal<E: Spawner + StorageContext>(
        &self,
        batches: Batches<E>,
        mut block: Block,
    ) -> Result<(Block, Merkleized<E>, Executed), Fault> {
        let mut loaded = self.begin(block.height);
        let mut calls = 0u32;
        loop {
            let (applied, rounds) = self.apply::<E>(&batches, &mut loaded, &block).await?;
            calls = calls.saturating_add(rounds);
            let refused: BTreeMap<usize, Reject> = rejects(&applied.effects).collect();
            if refused.is_empty() {
                let done = (applied, calls);
                let height = block.height;
                let (merkleized, executed) =
                    self.install::<E>(batches, &loaded, done, height).await?;
                return Ok((block, merkleized, executed));
            }
            let offered = std::mem::take(&mut block.inputs);
            for (index, input) in offered.into_iter().enumerate() {
                match refused.get(&index) {
                    Some(reject) => self.0.pool.refuse(&input, reject.clone()),
                    None => block.inputs.push(input),
                }
            }
        }
    }

    /// The engine's verdict would be wrong whatever it is: tells the node to stop and never answers.
    async fn stop(&self, why: &Fault) -> Infallible {
        self.0.feed.fatal(why.to_string());
        std::future::pending().await
    }

    fn remember(&self, block: &EngineBlock, executed: Executed) {
        let place = (block.content.raw().height, block.digest());
        self.executed().insert(place, executed);
    }

    /// What a block must satisfy before it is executed. Needs no state and no clock.
    fn checked(&self, block: &EngineBlock, parent: &EngineBlock) -> Option<Block> {
        let (raw, before) = (block.content.raw(), parent.content.raw());
        let latest = before.time_ms.saturating_add(TIME_STEP_MAX_MS);
        let follows = before.height.checked_add(1) == Some(raw.height)
            && (before.time_ms..=latest).contains(&raw.time_ms)
            && raw.seed == self.seed(&block.context);
        let chain_id = self.0.params.chain_id;
        follows.then(|| raw.clone().verify(chain_id).ok()).flatten()
    }
}

/// Input numbers that were refused, and why.
fn rejects(effects: &[Effect]) -> impl Iterator<Item = (usize, Reject)> + '_ {
    effects.iter().filter_map(|effect| {
        let Effect::Rejected { input, reject } = effect else {
            return None;
        };
        Some((usize::try_from(*input).ok()?, reject.clone()))
    })
}

/// What was loaded, under what changed.
struct After<'a>(&'a Loaded, &'a Delta);

impl Read for After<'_> {
    fn get(&self, key: &Key) -> Lookup {
        match self.1.get(key) {
            Some(Some(value)) => Lookup::Present(value.clone()),
            Some(None) => Lookup::Absent,
            None => self.0.get(key),
        }
    }
}

fn targets<E: Spawner + StorageContext>(merkleized: &Merkleized<E>) -> Targets {
    let (records, blobs) = (merkleized.0.bounds(), merkleized.1.bounds());
    (
        Target::new(
            merkleized.0.root(),
            non_empty_range!(records.inactivity_floor, records.tip.size),
        ),
        Target::new(
            merkleized.1.root(),
            non_empty_range!(blobs.inactivity_floor, blobs.tip.size),
        ),
    )
}

impl<E: Spawner + StorageContext> Application<E> for Ordered {
    type SigningScheme = Scheme;
    type Context = Context;
    type Block = EngineBlock;
    type Databases = Databases<E>;
    type Captured = Option<Executed>;
    type Provider = Pool;
    type Input = ();

    fn sync_targets(block: &EngineBlock) -> Targets {
        block.targets.clone()
    }

    async fn genesis(&mut self) -> EngineBlock {
        self.0.genesis.clone()
    }

    async fn propose(
        &mut self,
        context: (E, Context),
        mut ancestry: impl Ancestry<EngineBlock>,
        batches: Batches<E>,
        input: Upstream<(), Pool>,
    ) -> Option<Proposed<Self, E>> {
        let parent = ancestry.next().await?;
        let before = parent.inner().content.raw();
        let latest = before.time_ms.saturating_add(TIME_STEP_MAX_MS);
        let height = before.height.checked_add(1)?;
        let block = Block {
            height,
            time_ms: now_ms(&context.0).clamp(before.time_ms, latest),
            seed: self.seed(&context.1),
            inputs: input.provider.offered(height),
        };
        let (block, merkleized, executed) = match self.seal::<E>(batches, block).await {
            Ok(sealed) => sealed,
            Err(fault) => match self.stop(&fault).await {},
        };
        input.provider.sealed(height, &block.inputs);
        let block = EngineBlock {
            context: context.1,
            parent: parent.digest(),
            targets: targets::<E>(&merkleized),
            content: Content::new(block.to_raw()).ok()?,
        };
        self.remember(&block, executed);
        Some(Proposed { block, merkleized })
    }

    async fn process(
        &mut self,
        context: (E, Context),
        mut ancestry: impl Ancestry<EngineBlock>,
        batches: Batches<E>,
        finality: Finality,
    ) -> Option<Merkleized<E>> {
        let (block, parent) = (ancestry.next().await?, ancestry.next().await?);
        let (block, parent) = (block.inner(), parent.inner());
        let checked = self.checked(block, parent)?;
        if finality == Finality::Candidate {
            let early = checked.time_ms.saturating_sub(now_ms(&context.0));
            context.0.sleep(Duration::from_millis(early)).await;
        }
        let mut loaded = self.begin(checked.height);
        let applied = match self.apply::<E>(&batches, &mut loaded, &checked).await {
            Ok(applied) => applied,
            // Nobody can vote for it. If the others do, the engine stops this node.
            Err(Fault::Broken(_)) => return None,
            Err(fault) => match self.stop(&fault).await {},
        };
        if rejects(&applied.0.effects).next().is_some() {
            return None;
        }
        let installed = self
            .install::<E>(batches, &loaded, applied, checked.height)
            .await;
        match installed {
            Ok((merkleized, executed)) => {
                self.remember(block, executed);
                Some(merkleized)
            }
            Err(error) => match self.stop(&error.into()).await {},
        }
    }

    async fn capture(
        &mut self,
        _context: (E, Context),
        block: &EngineBlock,
        _batches: &Merkleized<E>,
        _readers: <Databases<E> as DatabaseSet<E>>::Readers,
    ) -> Option<Executed> {
        let height = block.content.raw().height;
        let mut executed = self.executed();
        let this = executed.remove(&(height, block.digest()));
        executed.retain(|(other, _), _| *other > height);
        this
    }

    async fn finalized(
        &mut self,
        _context: (E, Context),
        block: &EngineBlock,
        captured: Option<Executed>,
        _readers: <Databases<E> as DatabaseSet<E>>::Readers,
    ) {
        let raw = block.content.raw();
        let due_ms = captured.as_ref().and_then(|executed| executed.due_ms);
        self.0.pool.finalised(raw.height, &raw.inputs, due_ms);
        self.0.feed.finalised(Finalised {
            block: raw.clone(),
            targets: block.targets.clone(),
            executed: captured,
        });
    }
}
