//! A running node: what its threads share, how it starts and stops.

use super::{
    clock::Clock,
    config::{Listening, NodeConfig},
    gate::Gate,
    genesis::GenesisFileError,
    journal::{Journal, JournalError},
    observers::Observers,
    origin::{Origin, origin},
    rpc,
    sequencer::{self, Command, Fatal, Sequencer},
};
use crate::core::{Chain, Key, Snapshot};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::SyncSender,
    },
};
use tokio::{runtime::Handle, sync::broadcast};
use venire_gateway::local::models;
use venire_gateway::{Gateway, GatewayConfig, Profile, ProviderSpec, WebPolicy};
use venire_protocol::{Effect, Params};
use venire_store::{Options, Store, View};
use venire_types::{Address, B256, keccak256, vote::Status};
use venire_vm::{Config as MachineConfig, Image, Limits, Machine, Progress};

/// Executions at once, computing or waiting for a model; also the machine's workers.
const INSIDE: usize = 32;
/// Reads that may wait for a place.
const READS_WAITING: usize = 4096;
/// Events that a slow listener may lag behind.
const EVENTS: usize = 65_536;

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The guest cannot be opened.
    #[error("open the contract machine: {0}")]
    Machine(#[from] venire_vm::OpenError),
    /// The data directory cannot be used.
    #[error(transparent)]
    Store(#[from] venire_store::OpenError),
    /// No chain can begin so.
    #[error("this network cannot begin: {0}")]
    Genesis(#[from] venire_protocol::GenesisError),
    /// The first block cannot be written.
    #[error("write the first block: {0}")]
    FirstBlock(#[from] venire_store::CommitError),
    /// The chain's first block is not one of this program.
    #[error(
        "the data directory holds a chain that this version cannot read; choose another --data-dir"
    )]
    ForeignChain,
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// One provider.
    #[error(transparent)]
    Profile(#[from] venire_gateway::ProfileError),
    /// Nobody can answer a prompt.
    #[error("at least one --provider is needed")]
    NoProvider,
    /// The rules start transactions at once.
    #[error(
        "--no-mining needs a network whose parameter network.manual is true; the network of this data directory or genesis file has false"
    )]
    NotManual,
    /// The chain is another than was asked for.
    #[error(
        "the data directory holds a chain {0}; leave that option out to go on with it, or choose another --data-dir"
    )]
    OtherChain(String),
    /// A genesis file.
    #[error(transparent)]
    GenesisFile(#[from] GenesisFileError),
    /// No validator, or too many.
    #[error("a network has between 1 and 1000 validators in this process, not {0}")]
    Validators(u32),
    /// The port is taken.
    #[error("listen on port {port}: {error}; stop the other program or choose another --port")]
    Port {
        /// Port.
        port: u16,
        /// Reason.
        error: std::io::Error,
    },
    /// The machine gives no thread.
    #[error("start a thread: {0}")]
    Thread(std::io::Error),
}

/// The chain as of one block.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// State.
    pub snapshot: Snapshot,
    /// History.
    pub view: View,
}

/// What listeners hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeEvent {
    /// A transaction exists.
    Created {
        /// Transaction.
        tx: B256,
    },
    /// A transaction moved on.
    Status {
        /// Transaction.
        tx: B256,
        /// Where it stands now.
        status: Status,
    },
    /// A transaction was decided.
    Decided {
        /// Transaction.
        tx: B256,
    },
    /// A transaction is irrevocable.
    Finalized {
        /// Transaction.
        tx: B256,
    },
}

/// One validator of this process.
#[derive(Clone, Debug)]
pub(crate) struct ValidatorSeat {
    /// Its key.
    pub(crate) key: Key,
    /// Its providers.
    pub(crate) profile: Arc<Profile>,
    /// 1-based position.
    pub(crate) number: u64,
}

/// What all threads of a node share.
pub(crate) struct Shared {
    pub(crate) params: Params,
    pub(crate) clock: Clock,
    pub(crate) machine: Arc<Machine>,
    pub(crate) gateway: Gateway,
    pub(crate) gate: Gate,
    /// False once the chain thread has ended.
    pub(crate) alive: AtomicBool,
    /// Whether transactions start as soon as they are taken in.
    pub(crate) automine: AtomicBool,
    /// Counts reads: each asks under a number of its own.
    pub(crate) reads: AtomicU64,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) journal: Journal,
    pub(crate) runtime: Handle,
    pub(crate) commands: SyncSender<Command>,
    pub(crate) observers: RwLock<Observers>,
    pub(crate) accounts: Vec<Key>,
    /// Stake with which each validator of this process began, whole tokens.
    pub(crate) stake: u64,
    seats: BTreeMap<Address, ValidatorSeat>,
    head: RwLock<Arc<Head>>,
    events: broadcast::Sender<NodeEvent>,
    pub(crate) created_ms: u64,
}

impl Shared {
    pub(crate) fn seat(&self, validator: Address) -> Option<&ValidatorSeat> {
        self.seats.get(&validator)
    }

    /// Whether the chain thread still runs.
    pub(crate) fn is_alive(&self) -> bool {
        self.alive.load(Ordering::SeqCst)
    }

    /// Validators of this process in order of their number.
    pub(crate) fn seats(&self) -> Vec<&ValidatorSeat> {
        let mut seats: Vec<&ValidatorSeat> = self.seats.values().collect();
        seats.sort_by_key(|seat| seat.number);
        seats
    }

    pub(crate) fn head(&self) -> Arc<Head> {
        Arc::clone(&self.head.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn publish(&self, head: Head, effects: &[Effect]) {
        if !effects.is_empty() {
            let mut observers = self
                .observers
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            observers.follow(&head.snapshot, effects);
        }
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(head);
        metrics::counter!("venire_blocks_total").increment(1);
        for event in sequencer::events(effects) {
            if let NodeEvent::Status { status, .. } = event {
                metrics::counter!("venire_transaction_status_total", "status" => status.name())
                    .increment(1);
            }
            // Nobody listening is fine.
            let _ = self.events.send(event);
        }
    }

    pub(crate) fn rebuild_observers(&self) {
        let rebuilt = Observers::rebuild(&self.head().snapshot);
        *self
            .observers
            .write()
            .unwrap_or_else(PoisonError::into_inner) = rebuilt;
    }

    pub(crate) fn observers(&self) -> std::sync::RwLockReadGuard<'_, Observers> {
        self.observers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running node. Dropping it does not stop it; [`Node::stop`] does.
pub struct Node {
    shared: Arc<Shared>,
    listening: Listening,
    sequencer: std::thread::JoinHandle<Result<(), Fatal>>,
    servers: Vec<tokio::task::JoinHandle<()>>,
}

/// A lookup of secrets by name, e.g. in the environment.
pub type Secrets = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl Node {
    /// Starts a node on the current tokio runtime.
    ///
    /// # Errors
    /// [`StartError`]; nothing keeps running then.
    pub async fn start(
        config: NodeConfig,
        secrets: Secrets,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Self, StartError> {
        let listeners = rpc::bind(config.port).await?;
        let address = listeners
            .first()
            .and_then(|listener| listener.local_addr().ok());
        let address = address.unwrap_or_else(|| ([127, 0, 0, 1], config.port).into());
        let listening = Listening { address };
        let gateway = Gateway::new(GatewayConfig {
            web: WebPolicy::local().deny_port(address.port()),
            model_home: models::home(|name| secrets(name)).ok(),
            secrets: Arc::new(move |name: &str| secrets(name)),
            ..GatewayConfig::default()
        });
        let (commands, receiver) = sequencer::channel();
        let (shared, store, network) = open_chain(&config, gateway, commands, progress)?;
        let chain = Chain::new(shared.params.clone(), shared.head().snapshot.clone());
        let orderer = Sequencer::new(Arc::clone(&shared), store, chain, receiver, network);
        let sequencer = std::thread::Builder::new()
            .name("sequencer".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || {
                    let ended = orderer.run();
                    shared.alive.store(false, Ordering::SeqCst);
                    ended
                }
            })
            .map_err(StartError::Thread)?;
        let servers = rpc::serve(&shared, listeners);
        Ok(Self {
            shared,
            listening,
            sequencer,
            servers,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn listening(&self) -> &Listening {
        &self.listening
    }

    /// Everything that happens from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<NodeEvent> {
        self.shared.events.subscribe()
    }

    /// One line about a decided transaction.
    #[must_use]
    pub fn summary(&self, tx: B256) -> Option<super::summary::Summary> {
        super::summary::summary(&self.shared, tx)
    }

    /// Funded developer accounts: address and secret key in hex.
    #[must_use]
    pub fn accounts(&self) -> Vec<(Address, String)> {
        self.shared
            .accounts
            .iter()
            .map(|key| (key.address(), key.reveal()))
            .collect()
    }

    /// Validators of this process: address and provider.
    #[must_use]
    pub fn validators(&self) -> Vec<(Address, String)> {
        let describe = |seat: &&ValidatorSeat| {
            let specs = seat.profile.specs().iter().map(ToString::to_string);
            (seat.key.address(), specs.collect::<Vec<_>>().join(", "))
        };
        self.shared.seats().iter().map(describe).collect()
    }

    /// Chain id.
    #[must_use]
    pub fn chain_id(&self) -> u64 {
        self.shared.params.chain_id
    }

    /// SHA-256 of the guest.
    #[must_use]
    pub fn image_hash(&self) -> B256 {
        self.shared.machine.image_hash()
    }

    /// Height and state root.
    #[must_use]
    pub fn tip(&self) -> (u64, B256) {
        self.shared
            .head()
            .view
            .tip()
            .map_or((0, B256::ZERO), |tip| (tip.height, tip.root))
    }

    /// Whether the chain thread has ended, which it does by itself only on a fatal error.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.sequencer.is_finished()
    }

    /// Stops listening, writes what is pending, ends.
    ///
    /// # Errors
    /// [`Fatal`] if the chain thread had failed.
    pub fn stop(self) -> Result<(), Fatal> {
        for server in &self.servers {
            server.abort();
        }
        // Fails only when the thread has ended by itself; joining tells why.
        let _ = self.shared.commands.send(Command::Stop);
        self.sequencer.join().unwrap_or(Ok(()))
    }
}

/// Opens or creates the chain and everything that is shared around it.
fn open_chain(
    config: &NodeConfig,
    gateway: Gateway,
    commands: SyncSender<Command>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Arc<Shared>, Store, B256), StartError> {
    let clock = config
        .manual_clock_ms
        .map_or_else(Clock::real, Clock::manual);
    let (mut store, journal) = open_disk(config)?;
    let origin = origin(&mut store, config, clock.now_ms())?;
    if config.no_mining && !origin.spec.params.manual {
        return Err(StartError::NotManual);
    }
    let machine = open_machine(config, origin.spec.params.execution, progress)?;
    let view = store.view();
    let snapshot = Snapshot::from(view.state().clone());
    // The clock may have been moved forward before the restart; time never goes back.
    let behind = snapshot.globals().time_ms.saturating_sub(clock.now_ms());
    clock.advance(behind);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let executors = if config.executors == 0 {
        cores
    } else {
        config.executors
    };
    let shared = Arc::new(Shared {
        clock,
        machine,
        gate: Gate::new(executors, INSIDE, READS_WAITING),
        alive: AtomicBool::new(true),
        automine: AtomicBool::new(!config.no_mining),
        reads: AtomicU64::new(0),
        allowed_origins: config.allowed_origins.clone(),
        journal,
        runtime: Handle::current(),
        commands,
        observers: RwLock::new(Observers::rebuild(&snapshot)),
        stake: origin.stake(),
        accounts: (0..origin.spec.accounts)
            .map(|i| Key::derive(origin.network, "account", i))
            .collect(),
        seats: seats(&gateway, &origin, &config.providers)?,
        gateway,
        head: RwLock::new(Arc::new(Head { snapshot, view })),
        events: broadcast::channel(EVENTS).0,
        created_ms: origin.time_ms,
        params: origin.spec.params,
    });
    Ok((shared, store, origin.network))
}

/// Opens the machine under the limits of the chain.
fn open_machine(
    config: &NodeConfig,
    limits: Limits,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Arc<Machine>, StartError> {
    let image = Image::Path(config.guest.clone());
    let machine = MachineConfig {
        limits,
        concurrency: u32::try_from(INSIDE).unwrap_or(u32::MAX),
        ..MachineConfig::new(image, config.cache_dir.clone())
    }
    .with_models(config.models.as_deref());
    Ok(Arc::new(Machine::open(&machine, progress)?))
}

fn open_disk(config: &NodeConfig) -> Result<(Store, Journal), StartError> {
    match &config.data_dir {
        None => Ok((Store::in_memory(), Journal::in_memory())),
        Some(dir) => {
            let (store, recovered) = Store::open(dir, Options::default())?;
            if recovered.dropped_bytes > 0 {
                tracing::warn!(
                    bytes = recovered.dropped_bytes,
                    "dropped a torn write at the end of the log"
                );
            }
            Ok((store, Journal::open(&dir.join("duties.log"))?))
        }
    }
}

fn seats(
    gateway: &Gateway,
    origin: &Origin,
    providers: &[ProviderSpec],
) -> Result<BTreeMap<Address, ValidatorSeat>, StartError> {
    if providers.is_empty() {
        return Err(StartError::NoProvider);
    }
    let mut profiles = Vec::new();
    for spec in providers {
        profiles.push(Arc::new(gateway.profile(std::slice::from_ref(spec))?));
    }
    let mut seats = BTreeMap::new();
    for (number, profile) in (0..origin.spec.validators).zip(profiles.iter().cycle()) {
        let key = Key::derive(origin.network, "validator", number);
        let number = u64::from(number) + 1;
        seats.insert(
            key.address(),
            ValidatorSeat {
                key,
                profile: Arc::clone(profile),
                number,
            },
        );
    }
    Ok(seats)
}

/// Hash by which Ethereum tools know a block: derived from its height and state root.
#[must_use]
pub(crate) fn block_hash(height: u64, root: B256) -> B256 {
    keccak256([height.to_be_bytes().as_slice(), root.as_slice()].concat())
}
