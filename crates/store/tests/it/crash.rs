//! Whatever happens and whenever it stops: the recovered store is a prefix of what was committed,
//! and never a shorter one than was promised.

use crate::disk::{Disk, Stop};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::collections::BTreeMap;
use venire_store::{Commit, Delta, Fsync, Options, SnapshotId, Store};
use venire_types::{B256, keccak256};

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Clone, Debug)]
enum Step {
    Commit {
        delta: Delta,
        block: Vec<u8>,
    },
    Sync,
    Checkpoint,
    Snapshot,
    Restore(usize),
    /// The disk dies in the n-th operation from now.
    Die(u64),
    Stop(Stop),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = vec(any::<u8>(), 1..3).prop_map(|key| key.iter().map(|b| b % 4).collect::<Vec<_>>());
    let delta = proptest::collection::btree_map(key, any::<Option<Vec<u8>>>(), 0..6);
    let stop = prop_oneof![Just(Stop::Process), Just(Stop::Power)];
    let step = prop_oneof![
        8 => (delta, vec(any::<u8>(), 0..40))
            .prop_map(|(delta, block)| Step::Commit { delta, block }),
        2 => Just(Step::Sync),
        2 => Just(Step::Checkpoint),
        1 => Just(Step::Snapshot),
        1 => (0usize..3).prop_map(Step::Restore),
        2 => (1u64..60).prop_map(Step::Die),
        2 => stop.prop_map(Step::Stop),
    ];
    vec(step, 1..60)
}

fn fsync() -> impl Strategy<Value = Fsync> {
    prop_oneof![
        Just(Fsync::Every),
        Just(Fsync::Never),
        Just(Fsync::Interval { ms: 1 })
    ]
}

/// What ought to be: one entry per height that was attempted.
#[derive(Clone)]
struct Expected {
    state: Map,
    root: B256,
    block: Vec<u8>,
}

/// The rule restated: the root is a hash chain over the sorted changes.
fn expected_root(previous: B256, delta: &Delta) -> B256 {
    let mut bytes = b"venire/instant/root/v1".to_vec();
    bytes.extend_from_slice(previous.as_slice());
    let number = |bytes: &mut Vec<u8>, n: usize| bytes.extend((n as u32).to_le_bytes());
    number(&mut bytes, delta.len());
    for (key, value) in delta {
        number(&mut bytes, key.len());
        bytes.extend_from_slice(key);
        bytes.push(u8::from(value.is_some()));
        if let Some(value) = value {
            number(&mut bytes, value.len());
            bytes.extend_from_slice(value);
        }
    }
    keccak256(bytes)
}

fn expected_after(history: &[Expected], delta: &Delta, block: &[u8]) -> Expected {
    let last = history.last().cloned();
    let (mut state, root) = last.map_or_else(Default::default, |last| (last.state, last.root));
    for (key, value) in delta {
        match value {
            Some(value) => drop(state.insert(key.clone(), value.clone())),
            None => drop(state.remove(key)),
        }
    }
    Expected {
        state,
        root: expected_root(root, delta),
        block: block.to_vec(),
    }
}

fn difference(from: &Map, to: &Map) -> Delta {
    let gone = from
        .keys()
        .filter(|key| !to.contains_key(*key))
        .map(|key| (key.clone(), None));
    let changed = to
        .iter()
        .filter(|(key, value)| from.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), Some(value.clone())));
    gone.chain(changed).collect()
}

struct Run {
    disk: Disk,
    store: Store,
    options: Options,
    /// Every block that may be on disk.
    history: Vec<Expected>,
    /// Blocks that were acknowledged / that were synced.
    acknowledged: usize,
    synced: usize,
    snapshots: Vec<(SnapshotId, Map)>,
}

impl Run {
    fn new(fsync: Fsync, seed: [u8; 32]) -> Self {
        let disk = Disk::new(TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        let options = Options {
            fsync,
            ..Options::default()
        };
        let (store, found) = Store::open_on(Box::new(disk.clone()), options).unwrap();
        assert_eq!((found.tip, found.dropped_bytes), (None, 0));
        let (history, snapshots) = (Vec::new(), Vec::new());
        Self {
            disk,
            store,
            options,
            history,
            acknowledged: 0,
            synced: 0,
            snapshots,
        }
    }

    /// A block was attempted; whether it was acknowledged.
    fn attempted(&mut self, expected: Expected, root: Option<B256>) -> bool {
        if let Some(root) = root {
            assert_eq!(root, expected.root);
            self.acknowledged += 1;
            if self.options.fsync == Fsync::Every {
                self.synced = self.acknowledged;
            }
        }
        self.history.push(expected);
        root.is_some()
    }

    /// One step; false when the disk died in it.
    fn step(&mut self, step: &Step) -> bool {
        match step {
            Step::Commit { delta, block } => {
                let expected = expected_after(&self.history, delta, block);
                let (height, delta, block) =
                    (self.store.next_height(), delta.clone(), block.clone());
                let root = self
                    .store
                    .commit(Commit {
                        height,
                        block,
                        delta,
                    })
                    .ok();
                self.attempted(expected, root)
            }
            Step::Restore(index) => {
                let Some((id, target)) = self.snapshots.get(*index).cloned() else {
                    return true;
                };
                let now = self
                    .history
                    .last()
                    .map(|last| last.state.clone())
                    .unwrap_or_default();
                let delta = difference(&now, &target);
                let expected = expected_after(&self.history, &delta, b"back");
                let restored = self.store.restore(id, b"back".to_vec(), Delta::new());
                if let Ok(restored) = &restored {
                    assert_eq!(restored.delta, delta);
                }
                self.attempted(expected, restored.ok().map(|restored| restored.tip.root))
            }
            Step::Snapshot => {
                let state = self
                    .history
                    .last()
                    .map(|last| last.state.clone())
                    .unwrap_or_default();
                self.snapshots.push((self.store.snapshot().unwrap(), state));
                true
            }
            Step::Sync => self.promised(|store| store.sync().is_ok()),
            Step::Checkpoint => self.promised(|store| store.checkpoint().is_ok()),
            Step::Die(operations) => {
                self.disk.die_after(*operations);
                true
            }
            Step::Stop(stop) => {
                self.reopen(*stop);
                true
            }
        }
    }

    fn promised(&mut self, write: impl FnOnce(&mut Store) -> bool) -> bool {
        let done = write(&mut self.store);
        if done {
            self.synced = self.acknowledged;
        }
        done
    }

    fn reopen(&mut self, stop: Stop) {
        self.store = Store::in_memory();
        self.disk = self.disk.stop(stop);
        let (store, found) = Store::open_on(Box::new(self.disk.clone()), self.options).unwrap();
        self.store = store;
        let blocks = found
            .tip
            .map_or(0, |tip| usize::try_from(tip.height).unwrap() + 1);
        let promised = if stop == Stop::Power {
            self.synced
        } else {
            self.acknowledged
        };
        assert!(
            blocks >= promised,
            "{promised} blocks were promised, {blocks} came back"
        );
        assert!(
            blocks <= self.history.len(),
            "a block appeared from nowhere"
        );
        self.history.truncate(blocks);
        self.acknowledged = blocks;
        // What a reopened store shows does not go away any more.
        self.synced = blocks;
        self.snapshots.clear();
        self.compare();
    }

    fn compare(&self) {
        let state = self
            .history
            .last()
            .map(|last| last.state.clone())
            .unwrap_or_default();
        let found: Map = self
            .store
            .range(&[])
            .map(|(k, v)| (k.to_vec(), v.to_vec()))
            .collect();
        assert_eq!(found, state);
        assert_eq!(
            self.store.tip().map(|tip| tip.root),
            self.history.last().map(|last| last.root)
        );
        for (height, expected) in (0..).zip(&self.history) {
            let block = self
                .store
                .block(height)
                .unwrap()
                .expect("every block stays readable");
            assert_eq!(
                (&block.bytes[..], block.root),
                (&expected.block[..], expected.root)
            );
        }
        assert_eq!(self.store.block(self.store.next_height()).unwrap(), None);
    }
}

/// The process dies between the append and the sync of a commit; the next one finds the block in
/// the page cache and shows it; then the power goes.
#[test]
fn a_block_that_was_shown_after_reopening_survives_a_power_cut() {
    for byte in 0..8 {
        for fsync in [Fsync::Every, Fsync::Never] {
            let mut run = Run::new(fsync, [byte; 32]);
            let commit = |value| Step::Commit {
                delta: Delta::from([(vec![1], Some(vec![value]))]),
                block: vec![value],
            };
            assert!(run.step(&commit(1)));
            run.disk.die_after(2);
            assert_eq!(run.step(&commit(2)), fsync == Fsync::Never);
            run.reopen(Stop::Process);
            assert_eq!(run.history.len(), 2);
            run.reopen(Stop::Power);
            assert_eq!(run.history.len(), 2);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn recovers_a_promised_prefix(
        fsync in fsync(),
        seed in any::<[u8; 32]>(),
        steps in steps(),
        last in prop_oneof![Just(Stop::Process), Just(Stop::Power)],
    ) {
        let mut run = Run::new(fsync, seed);
        for (index, step) in steps.iter().enumerate() {
            if run.step(step) {
                continue;
            }
            // The disk died: a poisoned store writes nothing more, whichever way it ends.
            prop_assert!(run.store.sync().is_err());
            run.reopen(if index % 2 == 0 { Stop::Process } else { Stop::Power });
        }
        run.reopen(last);
    }

    /// Opening is interrupted again and again, and still ends at the same state.
    #[test]
    fn opening_can_be_interrupted(
        seed in any::<[u8; 32]>(),
        deltas in vec(any::<u8>(), 1..12),
        interruptions in vec((1u64..25, any::<bool>()), 1..8),
        fold in 1u64..80,
    ) {
        let mut run = Run::new(Fsync::Every, seed);
        for byte in deltas {
            let delta = Delta::from([(vec![byte % 5], Some(vec![byte]))]);
            let committed = run.step(&Step::Commit { delta, block: vec![byte] });
            prop_assert!(committed);
        }
        // Dies anywhere in the checkpoint: before, in and after the tables and the fresh log.
        run.disk.die_after(fold);
        drop(run.store.checkpoint());
        run.store = Store::in_memory();
        for (operations, power) in interruptions {
            run.disk = run.disk.stop(if power { Stop::Power } else { Stop::Process });
            run.disk.die_after(operations);
            drop(Store::open_on(Box::new(run.disk.clone()), run.options));
        }
        run.reopen(Stop::Power);
        prop_assert_eq!(run.history.len(), run.acknowledged);
    }
}
