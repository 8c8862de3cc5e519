//! Blocks of a leader that breaks a rule: nobody can vote for them.

use super::{
    history::{BEGIN_MS, History},
    node,
};
use commonware_codec::{DecodeExt as _, Encode as _};
use commonware_consensus::{
    marshal::ancestry::Ancestry,
    types::{Epoch, Round, View},
};
use commonware_cryptography::{Digested, Digestible as _, Signer as _, ed25519};
use commonware_glue::stateful::{
    Application, Finality,
    db::{DatabaseSet, Merkleized as _},
};
use commonware_runtime::{
    IoBuf, Runner as _, Supervisor as _, buffer::paged::CacheRef, deterministic,
};
use commonware_utils::{NZU16, NZUsize};
use futures::Stream;
use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};
use venire_node::shell::engine::{
    Content, Databases, EngineBlock, Feed, Finalised, Layout, Ordered, Pool, Start,
    TIME_STEP_MAX_MS, config,
};
use venire_protocol::{RawBlock, RawInput};
use venire_types::{Address, B256, U256, signed::tagged};

type E = deterministic::Context;

/// A block and its parent.
#[derive(Clone)]
struct Line(VecDeque<Digested<EngineBlock>>);

impl Stream for Line {
    type Item = Digested<EngineBlock>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

impl Ancestry<EngineBlock> for Line {
    fn peek(&self) -> Option<&Digested<EngineBlock>> {
        self.0.front()
    }
}

struct Deaf;

impl Feed for Deaf {
    fn finalised(&self, _: Finalised) {}

    fn fatal(&self, why: String) {
        panic!("{why}");
    }
}

fn digested(block: EngineBlock) -> Digested<EngineBlock> {
    let digest = block.digest();
    Digested::precomputed(block, digest)
}

/// The seed that view 1 must carry.
fn seed() -> B256 {
    let (epoch, view) = (Epoch::zero().encode(), View::new(1).encode());
    tagged("engine-view", &[node::network().as_slice(), &epoch, &view])
}

/// Whether block 1, made by a leader who changed it with `bend`, can be voted for.
fn has_a_result(bend: fn(&mut RawBlock)) -> bool {
    let runtime = deterministic::Config::new().with_start_time(node::begin());
    deterministic::Runner::new(runtime).start(|context| async move {
        let history = History::new();
        let leader = ed25519::PrivateKey::from_seed(7).public_key();
        let start = Start {
            params: history.params(),
            network: node::network(),
            time_ms: BEGIN_MS,
            delta: history.genesis(),
            leader: leader.clone(),
        };
        let mut chain = Ordered::new::<E>(start, Pool::default(), Deaf).expect("genesis");
        let layout = Layout {
            prefix: "state".into(),
            cache: CacheRef::new(NZU16!(4_096), NZUsize!(64)),
        };
        let databases = <Databases<E> as DatabaseSet<E>>::init(
            context.child("state"),
            config::<E>(&layout),
            None,
        )
        .await;
        let zero = digested(chain.block_zero().clone());
        let mut raw = RawBlock {
            height: 1,
            time_ms: BEGIN_MS,
            seed: seed(),
            inputs: history
                .waiting()
                .iter()
                .map(|input| input.to_raw())
                .collect(),
        };
        bend(&mut raw);
        let mut block = zero.inner().clone();
        block.context.round = Round::new(Epoch::zero(), View::new(1));
        block.context.parent = (View::zero(), zero.digest());
        block.parent = zero.digest();
        block.content = Content::new(raw).expect("small");
        let line = Line([digested(block.clone()), zero].into());
        let batches = databases.new_batches().await;
        let context = (context.child("process"), block.context.clone());
        let done = chain
            .process(context, line, batches, Finality::Candidate)
            .await;
        let empty = <Databases<E> as DatabaseSet<E>>::initial_sync_targets();
        done.is_some_and(|(records, blobs)| {
            records.root() != empty.0.root && blobs.root() != empty.1.root
        })
    })
}

#[test]
fn a_block_that_keeps_the_rules_has_a_result() {
    assert!(has_a_result(|_| {}));
}

#[test]
fn a_block_that_breaks_a_rule_has_none() {
    assert!(!has_a_result(|raw| raw.height = 2), "another height");
    assert!(!has_a_result(|raw| raw.time_ms -= 1), "before its parent");
    assert!(
        !has_a_result(|raw| raw.time_ms += TIME_STEP_MAX_MS + 1),
        "far ahead"
    );
    assert!(!has_a_result(|raw| raw.seed = B256::ZERO), "another seed");
    assert!(
        !has_a_result(|raw| raw.inputs.push(raw.inputs[0].clone())),
        "an input that is refused"
    );
    assert!(
        !has_a_result(|raw| raw.inputs.push(RawInput::Transaction(vec![0xc0]))),
        "an input that is no transaction"
    );
}

#[test]
fn a_block_of_the_near_future_waits_for_the_clock() {
    assert!(has_a_result(|raw| raw.time_ms += TIME_STEP_MAX_MS));
}

#[test]
fn only_whole_blocks_decode() {
    let history = History::new();
    let start = Start {
        params: history.params(),
        network: node::network(),
        time_ms: BEGIN_MS,
        delta: history.genesis(),
        leader: ed25519::PrivateKey::from_seed(7).public_key(),
    };
    let chain = Ordered::new::<E>(start, Pool::default(), Deaf).expect("genesis");
    let zero = chain.block_zero();
    let bytes = zero.encode();
    assert_eq!(EngineBlock::decode(bytes.clone()).expect("a block"), *zero);
    for length in 0..bytes.len() {
        assert!(EngineBlock::decode(bytes.slice(..length)).is_err());
    }
    let mut longer = bytes.to_vec();
    longer.push(0);
    assert!(EngineBlock::decode(IoBuf::from(longer)).is_err());
    let faucet = RawInput::Faucet {
        to: Address::ZERO,
        amount: U256::ZERO,
    };
    let huge = RawBlock {
        height: 1,
        time_ms: BEGIN_MS,
        seed: B256::ZERO,
        inputs: vec![faucet; 200_000],
    };
    assert!(Content::new(huge).is_err());
}
