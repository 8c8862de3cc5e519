//! Limits how many contract executions exist at once, and how many of them use a core.
//!
//! # Invariants
//! - At most `inside` executions exist, as many as the machine has workers: whoever holds a core
//!   also finds a worker, so nobody waits for the other in a circle.
//! - At most `cores` of them compute; one that waits for a model or a page gives its core back for
//!   that time ([`Permit::suspend`]).
//! - Reads get at most a part of the places, so that they never hold up duties; at most
//!   `waiting_max` reads wait, the next one is refused at once.
//! - Waiting for a place happens on async tasks and costs no thread.

use std::sync::{
    Arc, Condvar, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The gate, shared by everyone who executes.
#[derive(Clone, Debug)]
pub(crate) struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    free_cores: Mutex<usize>,
    freed: Condvar,
    inside: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
}

/// A place inside; not computing yet.
#[derive(Debug)]
pub(crate) struct Place {
    gate: Gate,
    _inside: OwnedSemaphorePermit,
    _read: Option<OwnedSemaphorePermit>,
}

/// The right to use a core.
#[derive(Debug)]
pub(crate) struct Permit {
    place: Place,
    held: bool,
}

impl Gate {
    /// A gate for `inside` executions of which `cores` compute; reads take at most half.
    #[must_use]
    pub(crate) fn new(cores: usize, inside: usize, waiting_max: usize) -> Self {
        Self(Arc::new(Inner {
            free_cores: Mutex::new(cores.max(1)),
            freed: Condvar::new(),
            inside: Arc::new(Semaphore::new(inside.max(1))),
            reads: Arc::new(Semaphore::new(inside.div_ceil(2).max(1))),
            waiting: AtomicUsize::new(0),
            waiting_max,
        }))
    }

    /// A place for a duty, however long that takes; `None` only while the node stops.
    pub(crate) async fn duty(&self) -> Option<Place> {
        let inside = Arc::clone(&self.0.inside).acquire_owned().await.ok()?;
        Some(Place {
            gate: self.clone(),
            _inside: inside,
            _read: None,
        })
    }

    /// A place for a read, unless too many wait already.
    pub(crate) async fn read(&self) -> Option<Place> {
        let waiting = Waiting::enter(&self.0)?;
        let read = Arc::clone(&self.0.reads).acquire_owned().await.ok()?;
        let inside = Arc::clone(&self.0.inside).acquire_owned().await.ok()?;
        drop(waiting);
        Some(Place {
            gate: self.clone(),
            _inside: inside,
            _read: Some(read),
        })
    }

    fn cores(&self) -> MutexGuard<'_, usize> {
        self.0
            .free_cores
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn take_core(&self) {
        let mut free = self.cores();
        while *free == 0 {
            free = self
                .0
                .freed
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    fn give_core(&self) {
        *self.cores() += 1;
        self.0.freed.notify_one();
    }
}

/// Counts a waiting read, also when its caller gives up.
struct Waiting<'a>(&'a Inner);

impl<'a> Waiting<'a> {
    fn enter(inner: &'a Inner) -> Option<Self> {
        if inner.waiting.fetch_add(1, Ordering::SeqCst) < inner.waiting_max {
            return Some(Self(inner));
        }
        inner.waiting.fetch_sub(1, Ordering::SeqCst);
        None
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Place {
    /// Waits for a core on this thread.
    #[must_use]
    pub(crate) fn compute(self) -> Permit {
        self.gate.take_core();
        Permit {
            place: self,
            held: true,
        }
    }
}

impl Permit {
    /// Runs `wait` without holding the core.
    pub(crate) fn suspend<T>(&mut self, wait: impl FnOnce() -> T) -> T {
        self.place.gate.give_core();
        self.held = false;
        let out = wait();
        self.place.gate.take_core();
        self.held = true;
        out
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.held {
            self.place.gate.give_core();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn never_more_cores_than_there_are() {
        let gate = Gate::new(2, 8, 100);
        let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = Vec::new();
        for _ in 0..40 {
            let (gate, inside, most) = (gate.clone(), Arc::clone(&inside), Arc::clone(&most));
            let place = gate.duty().await.unwrap();
            tasks.push(tokio::task::spawn_blocking(move || {
                let _permit = place.compute();
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                inside.fetch_sub(1, Ordering::SeqCst);
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[tokio::test]
    async fn suspended_executions_keep_their_place_and_lend_their_core() {
        let gate = Gate::new(1, 2, 0);
        let mut first = gate.duty().await.unwrap().compute();
        let second = gate.duty().await.unwrap();
        // Both places are taken: a third waits even though the first lends its core.
        let third = tokio::time::timeout(Duration::from_millis(20), gate.duty()).await;
        assert!(third.is_err());
        first.suspend(|| drop(second.compute()));
        drop(first);
        assert!(gate.duty().await.is_some());
    }

    #[tokio::test]
    async fn reads_are_refused_when_the_queue_is_full_and_leave_room_for_duties() {
        let gate = Gate::new(1, 4, 1);
        let (a, b) = (gate.read().await.unwrap(), gate.read().await.unwrap());
        let waiting = gate.clone();
        let third = tokio::spawn(async move { waiting.read().await.is_some() });
        while gate.0.waiting.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        assert!(gate.read().await.is_none(), "one waits already");
        assert!(gate.duty().await.is_some(), "duties have room");
        drop((a, b));
        assert!(third.await.unwrap());
    }
}
