//! One validator of the engine in the deterministic runtime: simplex, marshal, `Stateful` and the
//! chain on it, over a simulated network that has nobody else.

use super::history::{BEGIN_MS, History};
use commonware_broadcast::buffered;
use commonware_consensus::{
    marshal::{
        self,
        core::Actor as Marshal,
        resolver::p2p as backfill,
        standard::{Deferred, Standard},
    },
    simplex::{
        self, SkipBudget,
        config::{Floor, ForwardPolicy, SkipPolicy},
        elector::RoundRobin,
        scheme::ed25519::Scheme,
    },
    types::{Epoch, FixedEpocher, ViewDelta},
};
use commonware_cryptography::{
    Digested, Digestible as _, Sha256, Signer as _,
    certificate::{ConstantProvider, Verifier as _},
    ed25519,
};
use commonware_glue::stateful::{
    Config, Mailbox, Stateful, SyncPlan,
    db::{SyncEngineConfig, p2p as sync},
};
use commonware_p2p::simulated;
use commonware_parallel::Sequential;
use commonware_runtime::{Quota, Supervisor as _, buffer::paged::CacheRef, deterministic};
use commonware_storage::{archive::prunable, mmr, translator::EightCap};
use commonware_utils::{NZDuration, NZU16, NZU32, NZU64, NZUsize, ordered::Set};
use futures::channel::mpsc::{UnboundedSender, unbounded};
use std::{num::NonZeroUsize, time::Duration};
use venire_node::shell::engine::{
    Blobs, EngineBlock, Feed, Finalised, Layout, Ordered, Pace, Paced, Pool, Records, Start, config,
};
use venire_types::{B256, signed::tagged};

type Context = deterministic::Context;
type Oracle = simulated::Oracle<ed25519::PublicKey, Context>;
type Channel = (
    simulated::Sender<ed25519::PublicKey, Context>,
    simulated::Receiver<ed25519::PublicKey>,
);

const NAMESPACE: &[u8] = b"venire-engine";
const BUFFER: NonZeroUsize = NZUsize!(1 << 16);
const MAILBOX: NonZeroUsize = NZUsize!(256);
const PACE: Pace = Pace {
    poll: Duration::from_millis(5),
    idle: Duration::from_millis(500),
};

/// Where final blocks go.
struct Sink(UnboundedSender<Finalised>);

impl Feed for Sink {
    fn finalised(&self, block: Finalised) {
        let _ = self.0.unbounded_send(block);
    }

    fn fatal(&self, why: String) {
        panic!("{why}");
    }
}

/// A running validator.
pub(crate) struct Node {
    pub(crate) pool: Pool,
    pub(crate) blocks: futures::channel::mpsc::UnboundedReceiver<Finalised>,
    pub(crate) state: Mailbox<Context, Ordered>,
}

/// When the runtime's clock starts.
pub(crate) fn begin() -> std::time::SystemTime {
    std::time::UNIX_EPOCH + Duration::from_millis(BEGIN_MS)
}

/// The network's seed.
pub(crate) fn network() -> B256 {
    tagged("network", &[b"engine"])
}

async fn channel(oracle: &Oracle, me: &ed25519::PublicKey, number: u64) -> Channel {
    let quota = Quota::per_second(NZU32!(1_024));
    let control = oracle.control(me.clone());
    control.register(number, quota).await.expect("channel")
}

fn archive<C>(name: &str, cache: &CacheRef, codec_config: C) -> prunable::Config<EightCap, C> {
    prunable::Config {
        translator: EightCap,
        metadata_partition: format!("{name}-meta"),
        key_partition: format!("{name}-key"),
        key_page_cache: cache.clone(),
        value_partition: format!("{name}-value"),
        compression: None,
        codec_config,
        items_per_section: NZU64!(1_024),
        key_write_buffer: BUFFER,
        value_write_buffer: BUFFER,
        replay_buffer: BUFFER,
    }
}

/// How a database is served to those who join.
fn serve<DB>(
    oracle: &Oracle,
    me: &ed25519::PublicKey,
) -> sync::Config<
    ed25519::PublicKey,
    simulated::Manager<ed25519::PublicKey, Context>,
    simulated::Control<ed25519::PublicKey, Context>,
    DB,
> {
    sync::Config {
        peer_provider: oracle.manager(),
        blocker: oracle.control(me.clone()),
        database: None,
        mailbox_size: MAILBOX,
        me: Some(me.clone()),
        fetch_timeout: NZDuration!(Duration::from_secs(2)),
        fetch_retry_delay: Duration::from_millis(100),
        max_serve_ops: NZU64!(64),
        priority_requests: false,
        priority_responses: false,
    }
}

/// Starts the validator.
#[expect(
    clippy::too_many_lines,
    reason = "one list of parts, and each needs the ones before it"
)]
pub(crate) async fn start(context: Context, history: &History) -> Node {
    let key = ed25519::PrivateKey::from_seed(7);
    let me = key.public_key();
    let seats = Set::from_iter_dedup([me.clone()]);
    let scheme = Scheme::signer(NAMESPACE, seats.clone(), key).expect("a seat");
    let (mesh, oracle) = simulated::Network::new_with_peers(
        context.child("network"),
        simulated::Config {
            max_size: 16 << 20,
            max_peers_per_set: NZUsize!(1),
            disconnect_on_block: true,
            tracked_peer_sets: NZUsize!(1),
        },
        [me.clone()],
    )
    .await;
    mesh.start();

    let cache = CacheRef::new(NZU16!(4_096), NZUsize!(256));
    let pool = Pool::default();
    let (sink, blocks) = unbounded();
    let start = Start {
        params: history.params(),
        network: network(),
        time_ms: BEGIN_MS,
        delta: history.genesis(),
        leader: me.clone(),
    };
    let application = Ordered::new::<Context>(start, pool.clone(), Sink(sink)).expect("genesis");
    let zero = application.block_zero().clone();
    let epochs = FixedEpocher::new(NZU64!(u64::MAX));

    // Blocks that are final, and fetching those that are not here.
    let resolver = backfill::init(
        context.child("backfill"),
        backfill::Config {
            public_key: me.clone(),
            peer_provider: oracle.manager(),
            blocker: oracle.control(me.clone()),
            mailbox_size: MAILBOX,
            fetch_timeout: NZDuration!(Duration::from_secs(2)),
            fetch_retry_delay: Duration::from_millis(100),
            priority_requests: false,
            priority_responses: false,
        },
        channel(&oracle, &me, 3).await,
    );
    let (broadcast, buffer) = buffered::Engine::new(
        context.child("broadcast"),
        buffered::Config {
            public_key: me.clone(),
            mailbox_size: MAILBOX,
            deque_size: 16,
            priority: false,
            codec_config: (),
            peer_provider: oracle.manager(),
            strategy: Sequential,
        },
    );
    broadcast.start(channel(&oracle, &me, 4).await);
    let plan = SyncPlan::init(context.child("plan"), "node").await;
    let certificates = prunable::Archive::init(
        context.child("certificates"),
        archive("certificates", &cache, scheme.certificate_codec_config()),
    )
    .await
    .expect("archive");
    let finals = prunable::Archive::init(context.child("blocks"), archive("blocks", &cache, ()))
        .await
        .expect("archive");
    let digest = zero.digest();
    let (actor, marshal, floor) = Marshal::<_, Standard<EngineBlock>, _, _, _, _, _>::init(
        context.child("marshal"),
        certificates,
        finals,
        marshal::Config {
            provider: ConstantProvider::new(scheme.clone()),
            epocher: epochs.clone(),
            start: plan.marshal_start(Digested::precomputed(zero, digest)),
            partition_prefix: "node".into(),
            mailbox_size: MAILBOX,
            view_retention: ViewDelta::new(16),
            prunable_items_per_section: NZU64!(1_024),
            page_cache: cache.clone(),
            replay_buffer: BUFFER,
            key_write_buffer: BUFFER,
            value_write_buffer: BUFFER,
            block_codec_config: (),
            max_repair: NZUsize!(16),
            max_pending_acks: NZUsize!(1),
            strategy: Sequential,
        },
    )
    .await;

    // The state, and serving it to those who join.
    let (records, records_source) =
        sync::Actor::<_, ed25519::PublicKey, _, _, mmr::Family, Records<_>>::new(
            context.child("records"),
            serve(&oracle, &me),
        );
    records.start(channel(&oracle, &me, 5).await);
    let (blobs, blobs_source) =
        sync::Actor::<_, ed25519::PublicKey, _, _, mmr::Family, Blobs<_>>::new(
            context.child("blobs"),
            serve(&oracle, &me),
        );
    blobs.start(channel(&oracle, &me, 6).await);
    let layout = Layout {
        prefix: "state".into(),
        cache: cache.clone(),
    };
    let (stateful, state) = Stateful::new(
        context.child("stateful"),
        Config {
            application,
            db_config: config::<Context>(&layout),
            provider: pool.clone(),
            marshal: (marshal.clone(), floor),
            mailbox_size: MAILBOX,
            plan,
            resolvers: (records_source, blobs_source),
            sync_config: SyncEngineConfig {
                fetch_batch_size: NZU64!(64),
                apply_batch_size: NZU64!(256),
                max_outstanding_requests: NZUsize!(4),
            },
            prune_config: None,
            strategy: Sequential,
        },
    );
    actor.start(state.clone(), buffer, resolver);
    stateful.start();

    let automaton = Deferred::new(
        context.child("deferred"),
        Paced::new(state.clone(), pool.clone(), PACE),
        marshal,
        epochs,
    );
    let engine = simplex::Engine::new(
        context.child("simplex"),
        simplex::Config {
            scheme,
            elector: RoundRobin::<Sha256>::default(),
            blocker: oracle.control(me.clone()),
            automaton: automaton.clone(),
            relay: automaton.clone(),
            reporter: automaton,
            strategy: Sequential,
            partition: "simplex".into(),
            mailbox_size: MAILBOX,
            epoch: Epoch::zero(),
            floor: Floor::Genesis(digest),
            replay_buffer: BUFFER,
            write_buffer: BUFFER,
            page_cache: cache,
            leader_timeout: Duration::from_secs(1),
            certification_timeout: Duration::from_secs(2),
            timeout_retry: Duration::from_millis(500),
            view_retention: ViewDelta::new(16),
            skip: SkipPolicy::Enabled {
                timeout: Duration::from_secs(5),
                budget: SkipBudget::Participants,
            },
            fetch_timeout: NZDuration!(Duration::from_secs(2)),
            fetch_retry_delay: Duration::from_secs(2),
            forward: ForwardPolicy::Disabled,
            track_historical_votes: false,
        },
    );
    engine.start(
        channel(&oracle, &me, 0).await,
        channel(&oracle, &me, 1).await,
        channel(&oracle, &me, 2).await,
    );
    Node {
        pool,
        blocks,
        state,
    }
}
