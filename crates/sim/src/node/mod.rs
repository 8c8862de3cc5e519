//! A node of the simulated world: the real chain core and the real store over a simulated disk, its
//! validators with their duty journal, and a pool of what waits for a block.
//!
//! # Invariants
//! - What a validator is bound to is on the disk before its words leave the node.
//! - After a power cut a node has what its disk has, and asks its peers for the rest.
//!
//! # Not here
//! - Time and the network (`world`), validators that lie (`liars`).

mod juror;
mod pool;

use crate::{
    dice::Dice,
    disk::Disk,
    parcel::{Ordered, Parcel},
};
use pool::Waiting;
use std::{collections::BTreeMap, sync::Arc};
use venire_node::core::{Chain, Key, Pins, Place, Records, Snapshot, raw_delta};
use venire_protocol::{Delta, DutyKind, Effect, Params, RawBlock, Reject};
use venire_store::{Commit, Fsync, Options, Store};
use venire_types::{Address, B256, signed::canonical};

const JOURNAL: &str = "duties.log";
/// Inputs of one block.
const BLOCK: usize = 512;

/// What a validator has to do.
#[derive(Clone, Debug)]
pub struct Duty {
    /// Which execution.
    pub place: Place,
    /// What.
    pub kind: DutyKind,
    /// When it is too late.
    pub deadline_ms: u64,
}

/// Something that cannot happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect(pub String);

impl Defect {
    /// In words.
    #[must_use]
    pub fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// What a block made a node do.
#[derive(Debug, Default)]
pub struct Taken {
    /// Duties of its validators.
    pub duties: Vec<Duty>,
    /// Root after the block.
    pub root: B256,
    /// Effects of the block.
    pub effects: Vec<Effect>,
}

/// A block that a node has made.
#[derive(Debug)]
pub struct Proposed {
    /// The block.
    pub ordered: Arc<Ordered>,
    /// What was left out, and why.
    pub refused: Vec<(Arc<Parcel>, Reject)>,
    /// What it made the proposer do.
    pub taken: Taken,
}

/// What is lost when the power goes.
struct Running {
    store: Store,
    /// First block for which the rules of the chain hold.
    since: u64,
    chain: Chain,
    records: Records,
    /// State that the executions of a transaction read.
    pins: Pins,
    /// Blocks that came before their parents.
    ahead: BTreeMap<u64, Arc<Ordered>>,
    pool: BTreeMap<u64, Waiting>,
    known: BTreeMap<B256, u64>,
    /// Counts what entered the pool.
    entered: u64,
    /// What this node's own people said, until a block has it.
    own: BTreeMap<B256, Arc<Parcel>>,
    /// The newest block that anybody told of.
    heard: u64,
}

/// A node.
pub struct Node {
    /// Place among the nodes.
    pub index: usize,
    /// Counts its starts; work of an earlier life is void.
    pub life: u32,
    /// Rules, by the first block for which they hold.
    rules: BTreeMap<u64, Params>,
    genesis: Arc<Delta>,
    keys: BTreeMap<Address, Key>,
    disk: Disk,
    running: Option<Running>,
}

impl Node {
    /// A node that is switched off, with the keys of its validators.
    #[must_use]
    pub fn new(
        index: usize,
        rules: BTreeMap<u64, Params>,
        genesis: Arc<Delta>,
        keys: Vec<Key>,
    ) -> Self {
        Self {
            index,
            life: 0,
            rules,
            genesis,
            keys: keys.into_iter().map(|key| (key.address(), key)).collect(),
            disk: Disk::default(),
            running: None,
        }
    }

    /// Switches it on: what the disk has is what it knows.
    ///
    /// # Errors
    /// The disk holds what no crash explains.
    pub fn start(&mut self) -> Result<Vec<Duty>, Defect> {
        let options = Options {
            fsync: Fsync::Interval { ms: 500 },
            checkpoint_blocks: 64,
            ..Options::default()
        };
        let disk = Box::new(self.disk.clone());
        let (mut store, _) = Store::open_on(disk, options).map_err(Defect::of)?;
        if store.tip().is_none() {
            let delta = raw_delta(self.genesis.as_ref().clone());
            let block = b"genesis".to_vec();
            let height = 0;
            store
                .commit(Commit {
                    height,
                    block,
                    delta,
                })
                .map_err(Defect::of)?;
        }
        let bytes = self.disk.content(JOURNAL);
        let records = Records::recover(&bytes).map_err(Defect::of)?;
        let end = usize::try_from(records.end()).map_err(Defect::of)?;
        self.disk.cut(JOURNAL, end);
        let snapshot = Snapshot::from(store.state().clone());
        let open = snapshot.open_duties();
        let heard = store.next_height().saturating_sub(1);
        let in_force = self.rules.range(..=store.next_height()).next_back();
        let (since, params) = in_force.ok_or(Defect("there are no rules".into()))?;
        self.running = Some(Running {
            store,
            since: *since,
            chain: Chain::new(params.clone(), snapshot),
            records,
            pins: Pins::default(),
            ahead: BTreeMap::new(),
            pool: BTreeMap::new(),
            known: BTreeMap::new(),
            entered: 0,
            own: BTreeMap::new(),
            heard,
        });
        self.life += 1;
        Ok(self.duties(&open))
    }

    /// The power goes.
    pub fn crash(&mut self, dice: &mut Dice) {
        if self.running.take().is_some() {
            self.disk.power_cut(dice);
        }
    }

    /// Whether it runs.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        self.running.is_some()
    }

    /// Whether a key of this node speaks for `operator`.
    #[must_use]
    pub fn has(&self, operator: Address) -> bool {
        self.keys.contains_key(&operator)
    }

    /// Adds a key of a validator that joins later.
    pub fn add_key(&mut self, key: Key) {
        self.keys.insert(key.address(), key);
    }

    /// Height of its newest block; `None` when it is off.
    #[must_use]
    pub fn height(&self) -> Option<u64> {
        let running = self.running.as_ref()?;
        Some(running.store.next_height().saturating_sub(1))
    }

    /// Its state; `None` when it is off.
    #[must_use]
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.running
            .as_ref()
            .map(|running| running.chain.snapshot())
    }

    /// Works out the next block as its proposer, or nothing when there is nothing to do. `draft`
    /// may change what goes in.
    ///
    /// # Errors
    /// The state contradicts the rules.
    pub fn propose(
        &mut self,
        time_ms: u64,
        seed: B256,
        draft: impl FnOnce(&mut Vec<Arc<Parcel>>),
    ) -> Result<Option<Proposed>, Defect> {
        self.turn_rules();
        let Some(running) = &mut self.running else {
            return Ok(None);
        };
        let mut parcels: Vec<Arc<Parcel>> = running
            .pool
            .values()
            .take(BLOCK)
            .map(|waiting| Arc::clone(&waiting.parcel))
            .collect();
        draft(&mut parcels);
        let parent_ms = running.chain.snapshot().globals().time_ms;
        let time_ms = time_ms.max(parent_ms);
        let due = running.chain.snapshot().next_deadline();
        if parcels.is_empty() && due.is_none_or(|due| due > time_ms) {
            return Ok(None);
        }
        let height = running.store.next_height();
        let inputs = parcels.iter().map(|parcel| parcel.input.clone()).collect();
        let sealed = running
            .chain
            .seal(height, time_ms, seed, inputs)
            .map_err(Defect::of)?;
        let mut rejects = Vec::new();
        let mut ids = Vec::new();
        for (parcel, answer) in parcels.iter().zip(&sealed.answers) {
            match answer {
                Ok(_) => ids.push(parcel.id),
                Err(reject) => {
                    rejects.push((Arc::clone(parcel), reject.clone()));
                    running.refuse(parcel.id);
                }
            }
        }
        let is_due = due.is_some_and(|due| due <= time_ms);
        if sealed.block.inputs.is_empty() && !is_due {
            return Ok(None);
        }
        let bytes = canonical(&sealed.block.to_raw());
        let root = running.commit(height, bytes.clone(), sealed.delta)?;
        running.took(&ids);
        let ordered = Arc::new(Ordered {
            block: sealed.block,
            bytes,
            parcels: ids,
            root,
            effects: sealed.effects,
            proposer: self.index,
        });
        let taken = self.follow(root, ordered.effects.clone());
        Ok(Some(Proposed {
            ordered,
            refused: rejects,
            taken,
        }))
    }

    /// Takes over an agreed block, and those that waited for it.
    ///
    /// # Errors
    /// The state contradicts the rules.
    pub fn take(&mut self, ordered: &Arc<Ordered>) -> Result<Vec<(Arc<Ordered>, Taken)>, Defect> {
        let mut all = Vec::new();
        let Some(running) = &mut self.running else {
            return Ok(all);
        };
        let height = ordered.block.height;
        if height >= running.store.next_height() {
            running.ahead.insert(height, Arc::clone(ordered));
        }
        while let Some(running) = &mut self.running {
            let Some(next) = running.ahead.remove(&running.store.next_height()) else {
                break;
            };
            let taken = self.apply(&next)?;
            all.push((next, taken));
        }
        Ok(all)
    }

    fn apply(&mut self, ordered: &Ordered) -> Result<Taken, Defect> {
        self.turn_rules();
        let running = self.running.as_mut().ok_or(Defect("off".into()))?;
        let chain = &running.chain;
        let applied = venire_protocol::apply(chain.params(), chain.snapshot(), &ordered.block)
            .map_err(Defect::of)?;
        let height = ordered.block.height;
        let root = running.commit(height, ordered.bytes.clone(), applied.delta)?;
        running.took(&ordered.parcels);
        running.heard = running.heard.max(height);
        Ok(self.follow(root, applied.effects))
    }

    /// The next block may be the first under other rules.
    fn turn_rules(&mut self) {
        let Some(running) = &mut self.running else {
            return;
        };
        let mut until_now = self.rules.range(..=running.store.next_height());
        if let Some((since, params)) = until_now.next_back()
            && *since != running.since
        {
            running.since = *since;
            running.chain = Chain::new(params.clone(), running.chain.snapshot().clone());
        }
    }

    /// Keeps pins and picks the duties of its own validators.
    fn follow(&mut self, root: B256, effects: Vec<Effect>) -> Taken {
        if let Some(running) = &mut self.running {
            running.pins.follow(&running.chain, &effects);
        }
        Taken {
            duties: self.duties(&effects),
            root,
            effects,
        }
    }

    /// Lets the disk catch up.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn idle(&mut self, now_ms: u64) -> Result<(), Defect> {
        if let Some(running) = &mut self.running {
            running.store.sync_if_due(now_ms).map_err(Defect::of)?;
            if running.store.checkpoint_due() {
                running.store.checkpoint().map_err(Defect::of)?;
            }
        }
        Ok(())
    }
}

impl Running {
    fn commit(&mut self, height: u64, block: Vec<u8>, delta: Delta) -> Result<B256, Defect> {
        let delta = raw_delta(delta);
        let commit = Commit {
            height,
            block,
            delta,
        };
        let root = self.store.commit(commit).map_err(Defect::of)?;
        self.chain
            .advance(Snapshot::from(self.store.state().clone()));
        Ok(root)
    }
}

/// A block back from its bytes, as a node that joins later reads it.
///
/// # Errors
/// The bytes are no block, or a signature does not check.
pub fn reread(bytes: &[u8], chain_id: u64) -> Result<venire_protocol::Block, Defect> {
    let raw: RawBlock = borsh::from_slice(bytes).map_err(Defect::of)?;
    raw.verify(chain_id).map_err(Defect::of)
}
