//! Instances that are used again and again: what a run wrote is put back before the next one.
//!
//! Making an instance maps memory and fills tables; the first run in it copies page after page.
//! Both cost more than a small contract, so instances are cleaned instead: the kernel tells which
//! pages were written, and those get the bytes of the pristine instance or of the snapshot of an
//! imported contract.
//!
//! # Invariants
//! - An instance that is handed out is byte for byte as a new one after `start` (or as the one
//!   that the snapshot was taken of). All that a run that ended orderly can leave behind lies in
//!   linear memory: globals have their values back, and the host gives out no handles.
//! - An instance is not used again after a trap, after its memory grew, or where its memory cannot
//!   be found (systems other than Linux).
//!
//! # Not here
//! - Which contract is imported when (`crate::bytecode`), threads that run (`crate::workers`).

mod memory;
mod snapshot;

pub(crate) use snapshot::Snapshot;

use crate::{guest::Exports, session::Vm};
use memory::Memory;
use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};
use wasmtime::{
    AsContextMut, Engine, Result, Store,
    component::{Instance, InstancePre},
};

/// Instances that wait while nothing runs.
pub(crate) const READY: usize = 2;
/// Broken instances that may wait for the keeper; more are buried by whoever used them.
pub(crate) const BACKLOG: usize = 1;
/// How long there is nothing to do before instances beyond [`READY`] are let go.
const IDLE: Duration = Duration::from_secs(5);
/// Private pages up to which an instance is kept: 12 MiB. All of them are written after each run, so
/// beyond that a new instance costs less.
const MOST_PRIVATE: usize = 3072;
/// Fuel while the image is instantiated; what is used then is not the contract's.
const START_FUEL: u64 = u64::MAX / 2;
/// Host memory one host call may copy out of the sandbox, bytes.
const HOSTCALL_BYTES: usize = 64 << 20;

/// Instances that are kept at most.
pub(crate) fn kept() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get) * 2 + 2
}

/// An instance in which something can run.
pub(crate) struct Ready {
    pub(crate) store: Store<Vm>,
    pub(crate) instance: Instance,
    memory: Option<Memory>,
    /// The contract that is imported in it.
    holds: Option<Arc<Snapshot>>,
}

/// The image, linked.
struct Mould {
    engine: Engine,
    pre: InstancePre<Vm>,
    exports: Exports,
}

impl Ready {
    /// Whether the contract it was taken for is imported in it. Not where memory is not found:
    /// then the caller has to import it.
    pub(crate) fn has_contract(&self) -> bool {
        self.holds.is_some()
    }
}

impl Mould {
    fn cast(&self) -> Result<Ready> {
        let mut store = Store::new(&self.engine, Vm::default());
        store.limiter(|vm| vm);
        store.set_fuel(START_FUEL)?;
        store.set_hostcall_fuel(HOSTCALL_BYTES);
        let instance = self.pre.instantiate(&mut store)?;
        let landmark = self.exports.start(store.as_context_mut(), &instance)?;
        let len = store.data_mut().settle();
        let memory = len.and_then(|len| Memory::find(&landmark, len));
        // `start` has written something: where the kernel says otherwise, it is not believed.
        let tells = |memory: &Memory| memory.written().is_ok_and(|written| !written.is_empty());
        Ok(Ready {
            store,
            instance,
            memory: memory.filter(tells),
            holds: None,
        })
    }
}

/// An instance that never ran: what all others are cleaned to.
struct Pristine {
    memory: Memory,
    // Owns the memory. Never used; the lock makes it shareable.
    _store: Mutex<Store<Vm>>,
}

#[derive(Default)]
struct Waiting {
    clean: Vec<Ready>,
    used: Vec<Ready>,
}

struct Shared {
    mould: Mould,
    pristine: OnceLock<Pristine>,
    waiting: Mutex<Waiting>,
    kept: usize,
}

/// The pool.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    broken: mpsc::SyncSender<Store<Vm>>,
}

impl Pool {
    /// An empty pool and its keeper.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(crate) fn new(
        engine: &Engine,
        pre: InstancePre<Vm>,
        exports: Exports,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            mould: Mould {
                engine: engine.clone(),
                pre,
                exports,
            },
            pristine: OnceLock::new(),
            waiting: Mutex::default(),
            kept: kept(),
        });
        let (broken, chores) = mpsc::sync_channel(BACKLOG);
        let keeper = Arc::clone(&shared);
        thread::Builder::new()
            .name("venire-vm-keeper".into())
            .spawn(move || keeper.keep(&chores))?;
        Ok(Self { shared, broken })
    }

    /// An instance with the contract of `want` imported (see [`Ready::has_contract`]), or none.
    ///
    /// # Errors
    /// When the pool is exhausted or memory cannot be mapped.
    pub(crate) fn take(&self, want: Option<&Arc<Snapshot>>) -> Result<Ready> {
        let mut ready = match self.shared.waiting(want) {
            Some(ready) => ready,
            None => self.shared.cast()?,
        };
        self.shared.turn(&mut ready, want);
        Ok(ready)
    }

    /// Makes an instance now, whatever waits (for measuring).
    pub(crate) fn make(&self) -> Result<Ready> {
        self.shared.cast()
    }

    /// Takes back an instance whose last call ended orderly; [`Pool::tidy`] cleans it.
    pub(crate) fn give(&self, ready: Ready) {
        if ready.memory.is_some() && !ready.store.data().has_grown() {
            let mut waiting = self.shared.lock();
            if waiting.clean.len() + waiting.used.len() < self.shared.kept {
                waiting.used.push(ready);
                return;
            }
        }
        self.bury(ready);
    }

    /// Takes back an instance that must not be used again.
    pub(crate) fn bury(&self, ready: Ready) {
        // When the keeper is behind or gone, the store comes back and is dropped here.
        drop(self.broken.try_send(ready.store));
    }

    /// Cleans what was given back. Called when nobody waits for the calling thread.
    pub(crate) fn tidy(&self) {
        self.shared.tidy();
    }

    /// What an instance looks like now, for more of the kind. `None` where memory is not found;
    /// the instance must have come from `take(None)` and have ended orderly.
    pub(crate) fn snapshot(&self, ready: &mut Ready) -> Option<Arc<Snapshot>> {
        let memory = ready.memory.as_ref()?;
        let pristine = self.shared.pristine.get()?;
        if ready.store.data().has_grown() {
            return None;
        }
        let written = memory.written().ok()?;
        let snapshot = Arc::new(Snapshot::take(memory, &written, &pristine.memory));
        ready.holds = Some(Arc::clone(&snapshot));
        Some(snapshot)
    }

    /// Mean private memory of the instances that wait after a run, bytes.
    pub(crate) fn private_bytes(&self) -> Option<u64> {
        self.tidy();
        let waiting = self.shared.lock();
        let pages = waiting.clean.iter().filter_map(|ready| {
            let written = ready.memory.as_ref()?.written().ok()?;
            u64::try_from(written.len()).ok()
        });
        let (count, pages) = pages.fold((0_u64, 0_u64), |(count, sum), pages| {
            (count + 1, sum.saturating_add(pages))
        });
        (pages * memory::PAGE as u64).checked_div(count)
    }

    /// Pages of waiting instances that are not what they should be: always 0.
    pub(crate) fn residue(&self) -> usize {
        self.tidy();
        let Some(pristine) = self.shared.pristine.get() else {
            return 0;
        };
        let waiting = self.shared.lock();
        let wrong = |ready: &Ready| {
            let held = ready.holds.clone();
            let pages = ready.memory.as_ref().map_or(0, Memory::pages);
            let memory = ready.memory.as_ref();
            let differs = move |number: &u32| {
                let held = held.as_ref().and_then(|held| held.page(*number));
                memory.and_then(|memory| memory.page(*number))
                    != held.or_else(|| pristine.memory.page(*number))
            };
            (0..pages).filter(differs).count()
        };
        waiting
            .clean
            .iter()
            .map(wrong)
            .fold(0, usize::saturating_add)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new instance, and before the first one, one to compare with.
    fn cast(&self) -> Result<Ready> {
        let mut ready = self.mould.cast()?;
        if self.pristine.get().is_none() {
            let first = self.mould.cast()?;
            if let Some(memory) = first.memory {
                // Another thread may have been quicker; then this one is dropped.
                let _ = self.pristine.set(Pristine {
                    memory,
                    _store: Mutex::new(first.store),
                });
            }
        }
        // Without anything to compare with, an instance can be used only once.
        if self.pristine.get().is_none() {
            ready.memory = None;
        }
        Ok(ready)
    }

    /// The best instance that waits: one that holds the contract, else one that holds none.
    fn waiting(&self, want: Option<&Arc<Snapshot>>) -> Option<Ready> {
        let mut waiting = self.lock();
        let clean = &mut waiting.clean;
        let best = clean
            .iter()
            .rposition(|ready| same(ready.holds.as_ref(), want))
            .or_else(|| clean.iter().rposition(|ready| ready.holds.is_none()))
            .or_else(|| clean.len().checked_sub(1));
        if let Some(best) = best {
            return Some(clean.swap_remove(best));
        }
        let mut used = waiting.used.pop()?;
        drop(waiting);
        self.clean(&mut used).then_some(used)
    }

    /// Makes a clean instance hold another contract, or none.
    fn turn(&self, ready: &mut Ready, want: Option<&Arc<Snapshot>>) {
        if same(ready.holds.as_ref(), want) || ready.memory.is_none() {
            return;
        }
        let before = std::mem::replace(&mut ready.holds, want.cloned());
        for held in [before.as_ref(), want].into_iter().flatten() {
            self.put(ready, held.numbers());
        }
    }

    /// Writes what `ready` should hold into some of its pages; false where that cannot be done.
    fn put(&self, ready: &mut Ready, numbers: &[u32]) -> bool {
        let (Some(memory), Some(pristine)) = (&mut ready.memory, self.pristine.get()) else {
            return false;
        };
        for &number in numbers {
            let held = ready.holds.as_ref().and_then(|held| held.page(number));
            if let Some(bytes) = held.or_else(|| pristine.memory.page(number)) {
                memory.put(number, bytes);
            }
        }
        true
    }

    /// Puts back what the last run wrote; false when the instance has to go.
    fn clean(&self, ready: &mut Ready) -> bool {
        ready.store.data_mut().forget();
        let Some(Ok(written)) = ready.memory.as_ref().map(Memory::written) else {
            return false;
        };
        if written.len() > MOST_PRIVATE {
            return false;
        }
        self.put(ready, &written)
    }

    fn tidy(&self) {
        loop {
            let Some(mut used) = self.lock().used.pop() else {
                return;
            };
            if self.clean(&mut used) {
                self.lock().clean.push(used);
            }
        }
    }

    /// After a broken instance, one for the next run, if none waits.
    fn replace(&self) {
        let waiting = self.lock();
        let none = waiting.clean.is_empty() && waiting.used.is_empty();
        drop(waiting);
        if none && let Ok(ready) = self.cast() {
            self.lock().clean.push(ready);
        }
    }

    /// Life of the keeper: buries broken instances, and lets go of spare ones when idle.
    fn keep(&self, chores: &mpsc::Receiver<Store<Vm>>) {
        loop {
            match chores.recv_timeout(IDLE) {
                Ok(store) => {
                    drop(store);
                    self.replace();
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let mut waiting = self.lock();
                    let spare = waiting.clean.len().saturating_sub(READY);
                    let gone: Vec<_> = waiting.clean.drain(..spare).collect();
                    drop(waiting);
                    drop(gone);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
    }
}

fn same(one: Option<&Arc<Snapshot>>, other: Option<&Arc<Snapshot>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
