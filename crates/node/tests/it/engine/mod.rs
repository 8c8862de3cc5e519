//! The real `apply` on the real engine, one validator in the deterministic runtime (ADR 0018).
//!
//! `make test-engine` builds and runs this; ordinary builds never see it.

mod history;
mod hostile;
mod node;

use commonware_glue::stateful::db::DatabaseSet as _;
use commonware_runtime::{Clock as _, Runner as _, Supervisor as _, deterministic};
use futures::StreamExt as _;
use history::History;
use rand::Rng as _;
use std::{collections::BTreeMap, time::Duration};
use venire_node::shell::engine::{Finalised, Loaded, load};
use venire_protocol::{Key, Value};

/// Blocks of a history at least.
const BLOCKS: usize = 30;

/// What a run left.
struct Played {
    history: History,
    blocks: Vec<Finalised>,
    /// Every key that was ever written, read back from the databases.
    held: BTreeMap<Key, Option<Value>>,
    /// Hash over everything the runtime did: scheduling, time, random numbers, disk, network.
    trace: String,
}

impl Played {
    fn roots(&self) -> Vec<String> {
        self.blocks
            .iter()
            .map(|block| format!("{:?}", block.targets))
            .collect()
    }
}

/// Plays the history until every transaction is final.
fn play(seed: u64) -> Played {
    let config = deterministic::Config::new()
        .with_seed(seed)
        .with_start_time(node::begin())
        .with_timeout(Some(Duration::from_secs(600)));
    deterministic::Runner::new(config).start(|mut context| async move {
        let mut history = History::new();
        let mut node = node::start(context.child("node"), &history).await;
        let mut blocks = Vec::new();
        let mut answers = history.begin();
        while !history.is_over() || history.height() < BLOCKS {
            for input in answers {
                // Nobody answers at once, and nobody answers in order.
                let pause = context.next_u64() % 20;
                context.sleep(Duration::from_millis(pause)).await;
                node.pool.offer(input);
            }
            let next = node.blocks.next().await.expect("the engine runs");
            answers = history.follow(&next);
            blocks.push(next);
        }
        assert!(node.pool.refused().is_empty());
        let batches = node.state.subscribe_databases().await.new_batches().await;
        let mut loaded = Loaded::default();
        let keys = history.touched().cloned().collect();
        load::<deterministic::Context>(&batches, &mut loaded, keys)
            .await
            .expect("the databases answer");
        Played {
            history,
            blocks,
            held: loaded.values().clone(),
            trace: context.auditor().state(),
        }
    })
}

#[test]
fn a_history_played_twice_has_equal_roots_and_one_trace() {
    let (first, second) = (play(1), play(1));
    assert!(first.blocks.len() >= BLOCKS);
    assert_eq!(first.roots(), second.roots());
    assert_eq!(first.trace, second.trace);
    report(&first);
}

#[test]
fn another_seed_is_another_trace_by_the_same_rules() {
    let (first, other) = (play(1), play(2));
    assert_ne!(first.trace, other.trace);
    assert_ne!(first.roots(), other.roots());
    let (first, other) = (first.history.records(), other.history.records());
    assert_eq!(first.len(), other.len());
    assert!(!first.is_empty());
}

#[test]
fn the_databases_hold_what_plain_apply_gives() {
    let played = play(3);
    assert!(
        played.held.values().any(Option::is_none),
        "keys are removed"
    );
    let held: BTreeMap<Key, Value> = played
        .held
        .iter()
        .filter_map(|(key, value)| Some((key.clone(), value.clone()?)))
        .collect();
    assert_eq!(&held, played.history.state());
}

/// The figures of ADR 0018; `--nocapture` shows them.
fn report(played: &Played) {
    let executed: Vec<_> = played
        .blocks
        .iter()
        .filter_map(|block| block.executed.as_ref())
        .collect();
    let mut rounds: BTreeMap<u32, usize> = BTreeMap::new();
    let (mut keys, mut written, mut blob_bytes) = (Vec::new(), Vec::new(), 0);
    for one in &executed {
        *rounds.entry(one.rounds).or_default() += 1;
        keys.push(one.keys);
        written.push(one.written.records);
        blob_bytes += one.written.blob_bytes;
    }
    keys.sort_unstable();
    written.sort_unstable();
    let inputs: Vec<usize> = played
        .blocks
        .iter()
        .map(|block| block.block.inputs.len())
        .collect();
    let live: usize = played
        .history
        .state()
        .values()
        .map(|value| value.len())
        .fold(0, |a, b| a + b);
    println!(
        "blocks {}, empty {}, inputs {}, calls of apply {rounds:?}, keys loaded median {} most {}, \
         records written median {} most {}, blob bytes {blob_bytes}, live bytes {live} in {} keys",
        executed.len(),
        inputs.iter().filter(|inputs| **inputs == 0).count(),
        inputs.iter().fold(0, |a, b| a + b),
        keys[keys.len() / 2],
        keys[keys.len() - 1],
        written[written.len() / 2],
        written[written.len() - 1],
        played.history.state().len(),
    );
}
