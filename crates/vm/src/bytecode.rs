//! Contracts opened, compiled to this image's bytecode and imported, remembered by the hash of
//! their code.
//!
//! # Invariants
//! - A hit and a miss give the same result and the same fuel: compiling and importing happen in
//!   instances of their own, and every execution is charged what those used.
//! - Whether an import is done ahead of runs depends on the code alone.
//! - Bytecode comes from the image's own compiler, never from outside.

use crate::{
    ending,
    execute::{self, Compiled},
    guest::Source,
    lru::Lru,
    machine::Core,
    package::{self, Generation, Package},
    session::Mode,
};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use venire_types::{
    B256,
    outcome::{Fault, Outcome},
};

/// Most bytes of remembered bytecode.
const CAPACITY: usize = 64 << 20;
/// Most bytes of snapshots of imported contracts.
pub(crate) const SNAPSHOTS: usize = 128 << 20;
/// What an entry costs beside its bytecode.
const ENTRY: usize = 1024;

/// A contract that can be run, or the reason why not.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Fuel that opening, compiling and importing costs every execution.
    pub(crate) fuel: u64,
    pub(crate) body: Result<Body, (Outcome, Fault)>,
    /// The node is at fault, now: says nothing about the contract and is not remembered.
    pub(crate) broken: bool,
    /// What non-deterministic blocks run instead, if that is not the same.
    pub(crate) blocks: Option<Arc<Prepared>>,
    /// What is to be said about it when it is deployed.
    pub(crate) notes: Vec<String>,
    /// The code as deployed, for those who ask for its files.
    pub(crate) code: Arc<[u8]>,
}

/// A compiled contract.
#[derive(Debug)]
pub(crate) struct Body {
    /// SHA-256 of the code.
    pub(crate) code: B256,
    pub(crate) generation: Generation,
    pub(crate) sources: Vec<Source>,
    pub(crate) import: Import,
}

/// When the contract is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Import {
    /// Before a run, the same for all.
    Ahead,
    /// In each run: it looks at the call.
    Within,
}

impl Prepared {
    /// A contract that cannot run, found out with so much fuel.
    pub(crate) fn refused(fuel: u64, ending: (Outcome, Fault)) -> Self {
        Self {
            fuel,
            body: Err(ending),
            broken: false,
            blocks: None,
            notes: Vec::new(),
            code: Arc::default(),
        }
    }

    /// Generation of the API; that of most contracts for one that cannot run.
    pub(crate) fn generation(&self) -> Generation {
        self.body
            .as_ref()
            .map_or(Generation::V02, |body| body.generation)
    }

    fn size(&self) -> usize {
        let sources = self.body.iter().flat_map(|body| &body.sources);
        let blocks = self.blocks.as_ref().map_or(0, |blocks| blocks.size());
        let size = ENTRY + self.code.len() + blocks;
        sources.fold(size, |size, source| size + source.code.len())
    }
}

/// The cache.
pub(crate) struct Bytecode(Lru<Arc<Prepared>>);

impl Default for Bytecode {
    fn default() -> Self {
        Self(Lru::new(CAPACITY))
    }
}

impl Bytecode {
    /// The contract in `code`, compiled.
    pub(crate) fn prepare(&self, core: &Core, code: &[u8]) -> Arc<Prepared> {
        let key = B256::from_slice(&Sha256::digest(code));
        if let Some(known) = self.0.get(key) {
            return known;
        }
        let prepared = Arc::new(prepare(core, code, key));
        if !prepared.broken {
            self.0.put(key, prepared.size(), Arc::clone(&prepared));
        }
        prepared
    }
}

/// Opens, compiles and imports, for both modes where they differ.
fn prepare(core: &Core, code: &[u8], key: B256) -> Prepared {
    let open = |mode| package::open(code, &core.limits, mode);
    let opening = package::price(code, &core.limits);
    let package = match open(Mode::Det) {
        Ok(package) => package,
        Err(error) => return Prepared::refused(opening, error.ending()),
    };
    let mut prepared = compile(core, &package, key, opening);
    prepared.code = Arc::from(code);
    prepared.notes.clone_from(&package.notes);
    if package.has_modes {
        let blocks = match open(Mode::Nondet) {
            Ok(blocks) if blocks == package => None,
            Ok(blocks) => {
                let key = B256::from_slice(&Sha256::digest([key.as_slice(), b"blocks"].concat()));
                Some(compile(core, &blocks, key, opening))
            }
            Err(error) => Some(Prepared::refused(opening, error.ending())),
        };
        // Done ahead of every execution, whether it has blocks or not.
        let more = blocks.as_ref().map_or(opening, |blocks| blocks.fuel);
        prepared.fuel = prepared.fuel.saturating_add(more);
        prepared.broken |= blocks.as_ref().is_some_and(|blocks| blocks.broken);
        prepared.blocks = blocks.map(Arc::new);
    }
    prepared
}

/// Compiles and imports; `opening` is the fuel spent before.
fn compile(core: &Core, package: &Package, key: B256, opening: u64) -> Prepared {
    let (sources, fuel) = match execute::compile(core, package) {
        Compiled::Done { sources, fuel } => (sources, opening + fuel),
        Compiled::Refused { ending, fuel } => return Prepared::refused(opening + fuel, ending),
        Compiled::Broken { ending } => return broken(ending),
    };
    let mut body = Body {
        code: key,
        generation: package.generation,
        sources,
        import: Import::Within,
    };
    let (importing, import) = match execute::import(core, &body) {
        Ok(done) => done,
        Err(error) => return broken(ending::no_instance(&error)),
    };
    body.import = import;
    Prepared {
        // An attempt is paid for even if the import has to be done again in each run.
        fuel: fuel.saturating_add(importing),
        body: Ok(body),
        broken: false,
        blocks: None,
        notes: Vec::new(),
        code: Arc::default(),
    }
}

fn broken(ending: (Outcome, Fault)) -> Prepared {
    Prepared {
        broken: true,
        ..Prepared::refused(0, ending)
    }
}
