//! Instances made ahead of time, so that starting one is off the path of an execution.
//!
//! The keeper thread also buries used instances: unmapping costs as much as mapping. It prepares
//! a new one only when one was used, so an idle node holds at most [`READY`].

use crate::session::Vm;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};
use wasmtime::{
    Engine, Result, Store,
    component::{Instance, InstancePre},
};

/// Instances that wait.
pub(crate) const READY: usize = 2;

/// Used instances that may wait for the keeper; more are buried by whoever used them. Each one
/// more is another slot that stays in memory after a burst.
pub(crate) const BACKLOG: usize = 1;

/// Fuel while the image is instantiated; what is used then is not the contract's.
const START_FUEL: u64 = u64::MAX / 2;

/// Host memory one host call may copy out of the sandbox, bytes.
const HOSTCALL_BYTES: usize = 64 << 20;

/// An instance that has not run yet.
pub(crate) struct Fresh {
    pub(crate) store: Store<Vm>,
    pub(crate) instance: Instance,
}

/// The image, linked.
#[derive(Clone)]
struct Mould {
    engine: Engine,
    pre: InstancePre<Vm>,
}

impl Mould {
    fn cast(&self) -> Result<Fresh> {
        let mut store = Store::new(&self.engine, Vm::default());
        store.limiter(|vm| vm);
        store.set_fuel(START_FUEL)?;
        store.set_hostcall_fuel(HOSTCALL_BYTES);
        let instance = self.pre.instantiate(&mut store)?;
        Ok(Fresh { store, instance })
    }
}

/// The shelf.
pub(crate) struct Shelf {
    mould: Mould,
    ready: Arc<Ready>,
    used: mpsc::SyncSender<Store<Vm>>,
}

#[derive(Default)]
struct Ready(Mutex<VecDeque<Fresh>>);

impl Ready {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Fresh>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// An empty shelf and its keeper.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn new(engine: &Engine, pre: InstancePre<Vm>) -> std::io::Result<Self> {
        let mould = Mould {
            engine: engine.clone(),
            pre,
        };
        let ready = Arc::new(Ready::default());
        let (used, chores) = mpsc::sync_channel::<Store<Vm>>(BACKLOG);
        let keeper = (mould.clone(), Arc::clone(&ready));
        thread::Builder::new()
            .name("venire-vm-keeper".into())
            .spawn(move || {
                let (mould, ready) = keeper;
                for store in chores {
                    drop(store);
                    if ready.lock().len() < READY
                        && let Ok(fresh) = mould.cast()
                    {
                        ready.lock().push_back(fresh);
                    }
                }
                ready.lock().clear();
            })?;
        Ok(Self { mould, ready, used })
    }

    /// A fresh instance.
    ///
    /// # Errors
    /// When the pool is exhausted or memory cannot be mapped.
    pub(crate) fn take(&self) -> Result<Fresh> {
        let waiting = self.ready.lock().pop_front();
        match waiting {
            Some(fresh) => Ok(fresh),
            None => self.mould.cast(),
        }
    }

    /// Makes an instance now, whatever waits (for measuring).
    pub(crate) fn make(&self) -> Result<Fresh> {
        self.mould.cast()
    }

    /// Buries a used instance.
    pub(crate) fn bury(&self, store: Store<Vm>) {
        // When the keeper is behind or gone, the store comes back and is dropped here.
        drop(self.used.try_send(store));
    }
}
