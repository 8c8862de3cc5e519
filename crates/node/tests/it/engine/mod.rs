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
use std::{collections::BTreeMap, time::Duration};
use venire_node::shell::engine::{Finalised, Loaded, load};
use venire_protocol::{Key, Value};
use venire_types::keccak256;

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

    fn present(&self) -> BTreeMap<Key, Value> {
        self.held
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), value.clone()?)))
            .collect()
    }
}

fn settings(seed: u64) -> deterministic::Config {
    deterministic::Config::new()
        .with_seed(seed)
        .with_start_time(node::begin())
        .with_timeout(Some(Duration::from_secs(600)))
}

/// Plays the history until every transaction is final.
fn play(seed: u64) -> Played {
    deterministic::Runner::new(settings(seed))
        .start(|context| async move { live(context, seed, History::new(), usize::MAX).await })
}

/// Starts the node and goes on with a history, to its end or to a height.
async fn live(
    context: deterministic::Context,
    seed: u64,
    mut history: History,
    stop: usize,
) -> Played {
    let mut node = node::start(context.child("node"), &history).await;
    let mut blocks = Vec::new();
    let mut said = 0u64;
    let mut answers = history.waiting();
    while history.height() < stop && (!history.is_over() || history.height() < BLOCKS) {
        for input in answers {
            // Nobody answers at once; how long it takes is the seed's choice.
            let noise = keccak256([seed.to_be_bytes(), said.to_be_bytes()].concat());
            let pause = Duration::from_millis(u64::from(noise[0] % 20));
            context.sleep(pause).await;
            node.pool.offer(input);
            said += 1;
        }
        let next = node.blocks.next().await.expect("the engine runs");
        answers = history.follow(&next);
        blocks.push(next);
    }
    let databases = node.state.subscribe_databases().await;
    while let Ok(next) = node.blocks.try_recv() {
        history.follow(&next);
        blocks.push(next);
    }
    let mut loaded = Loaded::default();
    let keys = history.touched().cloned().collect();
    load::<deterministic::Context>(&databases.new_batches().await, &mut loaded, keys)
        .await
        .expect("the databases answer");
    Played {
        history,
        blocks,
        held: loaded.values().clone(),
        trace: context.auditor().state(),
    }
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

#[test]
fn a_node_that_falls_and_starts_again_goes_on() {
    let (first, disk) = deterministic::Runner::new(settings(4))
        .start_and_recover(|context| async move { live(context, 4, History::new(), 25).await });
    let fallen = first.history.height();
    let again = deterministic::Runner::from(disk)
        .start(|context| async move { live(context, 5, first.history, usize::MAX).await });
    assert!(again.history.height() > fallen);
    assert!(again.history.is_over());
    assert_eq!(&again.present(), again.history.state());
    println!("final blocks that came again: {}", again.history.repeated());
}

/// The figures of ADR 0018; `--nocapture` shows them.
fn report(played: &Played) {
    let mut calls: BTreeMap<u32, usize> = BTreeMap::new();
    let (mut keys, mut records, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut empty, mut inputs, mut logged, mut pieces) = (0, 0, 0, 0);
    for block in &played.blocks {
        let executed = block.executed.as_ref().expect("executed here");
        *calls.entry(executed.rounds).or_default() += 1;
        keys.push(executed.keys);
        records.push(executed.written.records);
        bytes.push(borsh::to_vec(&block.block).expect("encodes").len());
        empty += usize::from(block.block.inputs.is_empty());
        inputs += block.block.inputs.len();
        logged += executed.written.blob_bytes;
        for value in executed.delta.values().flatten() {
            pieces += value.len().div_ceil(64);
        }
    }
    let state = played.history.state();
    let living = state.values().fold(0, |sum, value| sum + value.len());
    println!(
        "blocks {} (without inputs: {empty}), inputs {inputs}, calls of apply: blocks {calls:?}\n\
         keys loaded {}, records written {} ({} in all, as 64-byte pieces {pieces}), bytes {}\n\
         log {logged} bytes, living {living} bytes in {} keys",
        played.blocks.len(),
        spread(&mut keys),
        spread(&mut records),
        records.iter().fold(0, |sum, one| sum + one),
        spread(&mut bytes),
        state.len(),
    );
}

/// Median and largest.
fn spread(values: &mut [usize]) -> String {
    values.sort_unstable();
    let (middle, last) = (values[values.len() / 2], values[values.len() - 1]);
    format!("{middle} median, {last} most")
}
