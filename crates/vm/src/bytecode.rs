//! Contracts opened and compiled to this image's bytecode, remembered by the hash of their code.
//!
//! # Invariants
//! - A hit and a miss give the same result and the same fuel: compiling happens in an instance of
//!   its own, and every execution is charged what that instance used.
//! - Bytecode comes from the image's own compiler, never from outside.

use crate::{
    execute::{self, Compiled},
    guest::Source,
    machine::Core,
    meter,
    package::{self, Generation},
};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use venire_types::{
    B256,
    outcome::{Fault, Outcome},
};

/// Most bytes of remembered bytecode.
const CAPACITY: usize = 64 << 20;
/// What an entry costs beside its bytecode.
const ENTRY: usize = 1024;

/// A contract that can be run, or the reason why not.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Fuel that opening and compiling costs every execution.
    pub(crate) fuel: u64,
    pub(crate) body: Result<Body, (Outcome, Fault)>,
}

/// A compiled contract.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) generation: Generation,
    pub(crate) sources: Vec<Source>,
}

impl Prepared {
    /// Generation of the API; that of most contracts for one that cannot run.
    pub(crate) fn generation(&self) -> Generation {
        self.body
            .as_ref()
            .map_or(Generation::V02, |body| body.generation)
    }

    fn size(&self) -> usize {
        let sources = self.body.iter().flat_map(|body| &body.sources);
        sources.fold(ENTRY, |size, source| size + source.code.len())
    }
}

#[derive(Default)]
struct Entries {
    by_code: BTreeMap<B256, (u64, Arc<Prepared>)>,
    size: usize,
    clock: u64,
}

/// The cache.
#[derive(Default)]
pub(crate) struct Bytecode(Mutex<Entries>);

impl Bytecode {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The contract in `code`, compiled.
    pub(crate) fn prepare(&self, core: &Core, code: &[u8]) -> Arc<Prepared> {
        let key = B256::from_slice(&Sha256::digest(code));
        if let Some(known) = self.lock().hit(key) {
            return known;
        }
        let (prepared, keep) = compile(core, code);
        let prepared = Arc::new(prepared);
        if keep {
            self.lock().insert(key, Arc::clone(&prepared));
        }
        prepared
    }
}

impl Entries {
    fn hit(&mut self, key: B256) -> Option<Arc<Prepared>> {
        self.clock += 1;
        let (used, prepared) = self.by_code.get_mut(&key)?;
        *used = self.clock;
        Some(Arc::clone(prepared))
    }

    fn insert(&mut self, key: B256, prepared: Arc<Prepared>) {
        self.clock += 1;
        self.size += prepared.size();
        if let Some((_, old)) = self.by_code.insert(key, (self.clock, prepared)) {
            self.size -= old.size();
        }
        while self.size > CAPACITY {
            let oldest = self.by_code.iter().min_by_key(|(_, (used, _))| *used);
            let Some((&oldest, _)) = oldest else { break };
            if let Some((_, gone)) = self.by_code.remove(&oldest) {
                self.size -= gone.size();
            }
        }
    }
}

/// Opens and compiles; the flag says whether the answer may be remembered.
fn compile(core: &Core, code: &[u8]) -> (Prepared, bool) {
    let opening = meter::bytes(code.len());
    let package = match package::open(code) {
        Ok(package) => package,
        Err(error) => {
            return (
                Prepared {
                    fuel: opening,
                    body: Err(error.ending()),
                },
                true,
            );
        }
    };
    match execute::compile(core, &package) {
        Compiled::Done { sources, fuel } => {
            let body = Ok(Body {
                generation: package.generation,
                sources,
            });
            (
                Prepared {
                    fuel: opening + fuel,
                    body,
                },
                true,
            )
        }
        Compiled::Refused { ending, fuel } => (
            Prepared {
                fuel: opening + fuel,
                body: Err(ending),
            },
            true,
        ),
        Compiled::Broken { ending } => (
            Prepared {
                fuel: opening,
                body: Err(ending),
            },
            false,
        ),
    }
}
