//! The machine: one engine, one image, and everything that is shared between executions.

use crate::{
    Execution, Host, Limits, Request,
    bytecode::{Bytecode, SNAPSHOTS},
    embed::{self, Embedder},
    engine::{self, Codegen},
    guest::Exports,
    image::{self, Image, ImageError, Progress},
    linker,
    lru::Lru,
    pool::{self, Pool, Snapshot},
    run,
    workers::Workers,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
};
use venire_types::B256;

/// How a machine is opened.
#[derive(Clone, Debug)]
pub struct Config {
    /// The guest component.
    pub image: Image,
    /// Where compiled copies of it are kept; must belong to this user.
    pub cache_dir: PathBuf,
    /// Folder of the embedding models, one folder each; looked at when a contract first asks.
    pub models: PathBuf,
    /// Limits that affect results.
    pub limits: Limits,
    /// Executions at once; more wait. Affects memory, never results.
    pub concurrency: u32,
    /// How the sandbox is carried out. Affects speed, never results.
    pub codegen: Codegen,
}

impl Config {
    /// The consensus limits and 32 executions at once.
    #[must_use]
    pub fn new(image: Image, cache_dir: PathBuf) -> Self {
        Self {
            models: embed::beside(&image),
            image,
            cache_dir,
            limits: Limits::default(),
            concurrency: 32,
            codegen: Codegen::default(),
        }
    }

    /// Looks for the embedding models in `folder`, if one is given.
    #[must_use]
    pub fn with_models(mut self, folder: Option<&Path>) -> Self {
        if let Some(folder) = folder {
            folder.clone_into(&mut self.models);
        }
        self
    }

    /// SHA-256 of the embedding model, if it is there and the right one: reads it.
    #[must_use]
    pub fn model_hash(&self) -> Option<String> {
        embed::installed(&self.models)
    }
}

/// Why a machine cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The image.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The configuration cannot be realised on this machine.
    #[error("set up the sandbox engine: {0}")]
    Engine(wasmtime::Error),
    /// The component does not fit this node.
    #[error("link the guest component: {0}")]
    Link(wasmtime::Error),
    /// No thread can be started.
    #[error("start the keeper thread: {0}")]
    Thread(std::io::Error),
}

/// What running instances need.
pub(crate) struct Core {
    pub(crate) limits: Limits,
    pub(crate) exports: Exports,
    pub(crate) pool: Pool,
    pub(crate) bytecode: Bytecode,
    pub(crate) embedder: Embedder,
    /// Imported contracts; nothing yet for one that ran once.
    pub(crate) snapshots: Lru<Option<Arc<Snapshot>>>,
    hash: B256,
}

/// Runs contracts. Cheap to share; executions of one machine run in parallel.
pub struct Machine {
    core: Arc<Core>,
    workers: Workers,
}

impl Machine {
    /// Opens the image, compiling it if this machine has not done so yet.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(config: &Config, progress: &mut dyn FnMut(Progress)) -> Result<Self, OpenError> {
        let nested = config.limits.depth.saturating_add(2);
        let spare = u32::try_from(pool::kept() + pool::BACKLOG + 3).unwrap_or(u32::MAX);
        let slots = config
            .concurrency
            .saturating_mul(nested)
            .saturating_add(spare);
        let engine =
            engine::build(&config.limits, slots, config.codegen).map_err(OpenError::Engine)?;
        let loaded = image::load(&engine, &config.image, &config.cache_dir, progress)?;
        let exports = Exports::find(&loaded.component).map_err(OpenError::Link)?;
        let pre = linker::link(&engine, &loaded.component).map_err(OpenError::Link)?;
        let core = Core {
            limits: config.limits,
            exports,
            pool: Pool::new(&engine, pre, exports).map_err(OpenError::Thread)?,
            bytecode: Bytecode::default(),
            embedder: Embedder::new(&config.models),
            snapshots: Lru::new(SNAPSHOTS),
            hash: loaded.hash,
        };
        let stack = engine::thread_stack(config.limits.depth);
        Ok(Self {
            core: Arc::new(core),
            workers: Workers::new(config.concurrency as usize, stack),
        })
    }

    /// SHA-256 of the guest component: part of consensus.
    #[must_use]
    pub fn image_hash(&self) -> B256 {
        self.core.hash
    }

    /// The limits executions run under.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.core.limits
    }

    /// Runs one request; blocks until it is done. May be called from any thread.
    #[must_use]
    pub fn run(&self, request: Request, host: Box<dyn Host>) -> Execution {
        let (answer, result) = mpsc::sync_channel(1);
        let core = Arc::clone(&self.core);
        let started = self.workers.run(Box::new(move || {
            let execution = run::execute(Arc::clone(&core), request, host);
            // The caller waits below, so somebody is there to receive.
            let _ = answer.send(execution);
            core.pool.tidy();
        }));
        let lost = || run::lost("the execution stopped unexpectedly; this is a defect of the node");
        match started {
            Ok(()) => result.recv().unwrap_or_else(|_| lost()),
            Err(error) => run::lost(&format!("no thread can be started: {error}")),
        }
    }

    /// The schema of a contract as JSON text.
    ///
    /// # Errors
    /// The failed execution, with its fault.
    pub fn schema(&self, code: Arc<[u8]>) -> Result<String, Box<Execution>> {
        let execution = self.run(run::schema_request(code), Box::new(crate::host::Nowhere));
        run::schema_text(execution)
    }

    /// Forgets imported contracts, as if none had run; results and fuel do not change.
    pub fn forget_snapshots(&self) {
        self.core.snapshots.clear();
    }

    /// Memory pages of waiting instances that keep something of an earlier run: always 0, and
    /// slow to count.
    #[must_use]
    pub fn residue(&self) -> usize {
        self.core.pool.residue()
    }

    /// Shared parts, for measuring.
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }
}
