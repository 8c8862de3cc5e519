//! Threads with stacks large enough for the sandbox, started when needed and few when idle.
//!
//! # Not here
//! - The order of executions: callers wait for their own job only.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

type Job = Box<dyn FnOnce() + Send>;

/// How long a spare thread waits for work.
const PATIENCE: Duration = Duration::from_secs(10);
/// Threads that stay when there is no work.
const SPARE: usize = 1;

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    limit: usize,
    stack: usize,
}

/// The pool.
pub(crate) struct Workers(Arc<Shared>);

impl Workers {
    /// At most `limit` threads with `stack` bytes each.
    pub(crate) fn new(limit: usize, stack: usize) -> Self {
        Self(Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            limit: limit.max(1),
            stack,
        }))
    }

    /// Runs `job` on one of the threads, some time.
    ///
    /// # Errors
    /// When no thread runs and none can be started.
    pub(crate) fn run(&self, job: Job) -> std::io::Result<()> {
        let mut queue = self.0.lock();
        let start = queue.idle <= queue.jobs.len() && queue.threads < self.0.limit;
        if start {
            let shared = Arc::clone(&self.0);
            let spawned = thread::Builder::new()
                .name("venire-vm".into())
                .stack_size(self.0.stack)
                .spawn(move || shared.work());
            match spawned {
                Ok(_) => queue.threads += 1,
                Err(error) if queue.threads == 0 => return Err(error),
                Err(_) => {}
            }
        }
        queue.jobs.push_back(job);
        drop(queue);
        self.0.changed.notify_one();
        Ok(())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it holds the lock.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut queue = self.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                drop(queue);
                // A panic is a bug; it costs this job (its caller sees a closed channel), not
                // the thread.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
                queue = self.lock();
                continue;
            }
            if queue.closed {
                break;
            }
            queue.idle += 1;
            let (woken, waited) = self
                .changed
                .wait_timeout(queue, PATIENCE)
                .unwrap_or_else(PoisonError::into_inner);
            queue = woken;
            queue.idle -= 1;
            if waited.timed_out() && queue.jobs.is_empty() && queue.threads > SPARE {
                break;
            }
        }
        queue.threads -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Workers;
    use std::sync::mpsc;

    #[test]
    fn a_panic_costs_one_job_only() {
        let workers = Workers::new(1, 1 << 20);
        let (dead, gone) = mpsc::channel::<()>();
        workers
            .run(Box::new(move || {
                let _held = dead;
                panic!("expected by the test");
            }))
            .expect("thread");
        assert!(gone.recv().is_err());
        let (done, finished) = mpsc::channel();
        workers
            .run(Box::new(move || done.send(7).expect("receiver")))
            .expect("thread");
        assert_eq!(finished.recv(), Ok(7));
    }
}
