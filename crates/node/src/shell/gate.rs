//! Limits how many contract executions use a core at once.
//!
//! # Invariants
//! - At most `slots` holders of a [`Permit`] exist; a holder that waits for a model or a page gives
//!   its slot back for that time ([`Permit::suspend`]).
//! - At most `waiting_max` callers of [`Gate::try_enter`] wait; the next one is refused at once.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A counting gate shared by every executing thread.
#[derive(Clone, Debug)]
pub(crate) struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    freed: Condvar,
    waiting_max: usize,
}

#[derive(Debug)]
struct State {
    free: usize,
    waiting: usize,
}

/// The right to use one core.
#[derive(Debug)]
pub(crate) struct Permit {
    gate: Gate,
    held: bool,
}

impl Gate {
    /// A gate with `slots` cores and a queue of `waiting_max` refusable callers.
    #[must_use]
    pub(crate) fn new(slots: usize, waiting_max: usize) -> Self {
        let state = Mutex::new(State {
            free: slots.max(1),
            waiting: 0,
        });
        Self(Arc::new(Inner {
            state,
            freed: Condvar::new(),
            waiting_max,
        }))
    }

    /// Waits for a core however long it takes: for duties, which must not be dropped.
    #[must_use]
    pub(crate) fn enter(&self) -> Permit {
        self.take();
        Permit {
            gate: self.clone(),
            held: true,
        }
    }

    /// Waits for a core unless the queue is full: for reads, which the caller can repeat.
    #[must_use]
    pub(crate) fn try_enter(&self) -> Option<Permit> {
        {
            let mut state = self.lock();
            if state.free == 0 && state.waiting >= self.0.waiting_max {
                return None;
            }
            state.waiting += 1;
        }
        self.take();
        self.lock().waiting -= 1;
        Some(Permit {
            gate: self.clone(),
            held: true,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) {
        let mut state = self.lock();
        while state.free == 0 {
            state = self
                .0
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.free -= 1;
    }

    fn give(&self) {
        self.lock().free += 1;
        self.0.freed.notify_one();
    }
}

impl Permit {
    /// Runs `wait` without holding the core.
    pub(crate) fn suspend<T>(&mut self, wait: impl FnOnce() -> T) -> T {
        self.gate.give();
        self.held = false;
        let out = wait();
        self.gate.take();
        self.held = true;
        out
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.held {
            self.gate.give();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn never_more_than_slots_inside() {
        let gate = Gate::new(2, 100);
        let inside = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let _permit = gate.enter();
                        let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[test]
    fn suspended_holder_lets_others_in_and_full_queue_refuses() {
        let gate = Gate::new(1, 0);
        let mut permit = gate.enter();
        assert!(gate.try_enter().is_none());
        permit.suspend(|| assert!(gate.try_enter().is_some()));
        drop(permit);
        assert!(gate.try_enter().is_some());
    }
}
