//! The rooms of the house and which may use which, held against what cargo really builds.
//!
//! # Invariants
//! - This table is the only one: `ARCHITECTURE.md` is generated from it.
//! - A row changes together with an ADR.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use eyre::Result;

use crate::metadata::Metadata;
use crate::output;
use crate::tree::Finding;

/// One crate of the workspace.
pub(crate) struct Room {
    /// Folder under `crates/`; the package is `venire-<name>`.
    pub(crate) name: &'static str,
    /// Its one job.
    pub(crate) job: &'static str,
    /// Crates of ours that it may use.
    pub(crate) may_use: &'static [&'static str],
    /// Packages that must not be below it, however deep.
    pub(crate) never: &'static [&'static str],
}

const HEAVY: &[&str] = &["tokio", "wasmtime", "reqwest", "axum", "redb"];

/// The table of rooms.
pub(crate) const ROOMS: &[Room] = &[
    Room {
        name: "types",
        job: "words everyone uses: ids, amounts, calldata, transactions, votes, events, canonical encoding",
        may_use: &[],
        never: HEAVY,
    },
    Room {
        name: "protocol",
        job: "every rule validators must agree on; pure, without I/O and without `std`",
        may_use: &["types"],
        never: HEAVY,
    },
    Room {
        name: "vm",
        job: "runs contract code: wasmtime host, metering, determinism, schema",
        may_use: &["types"],
        never: &["reqwest", "axum", "redb"],
    },
    Room {
        name: "gateway",
        job: "the outside world for contracts: model providers, web, prompt security",
        may_use: &["types"],
        never: &["wasmtime", "redb"],
    },
    Room {
        name: "store",
        job: "bytes on disk: state, history, atomic commit, crash recovery",
        may_use: &["types"],
        never: &["tokio", "wasmtime", "reqwest", "axum"],
    },
    Room {
        name: "api",
        job: "the JSON-RPC contract: methods, wire types, error codes; no server, no client",
        may_use: &["types"],
        never: HEAVY,
    },
    Room {
        name: "node",
        job: "the running node: `core/` without I/O, `shell/` with sockets, clock, workers and RPC",
        may_use: &[
            "types", "protocol", "vm", "gateway", "store", "api", "observer",
        ],
        never: &[],
    },
    Room {
        name: "observer",
        job: "read-only folds over finalised history: explorer index, metrics",
        may_use: &["types"],
        never: HEAVY,
    },
    Room {
        name: "sdk",
        job: "Rust client: keys, signing, calls, waiting for finality",
        may_use: &["types", "api", "protocol"],
        never: &["wasmtime", "axum", "redb"],
    },
    Room {
        name: "cli",
        job: "the `venire` binary",
        may_use: &["types", "api", "sdk", "node", "sim"],
        never: &[],
    },
    Room {
        name: "sim",
        job: "the deterministic world: liars, scripted models, independent oracles, generators",
        may_use: &["types", "protocol", "store", "vm", "gateway", "node"],
        never: &[],
    },
    Room {
        name: "xtask",
        job: "checks and generates the repository",
        may_use: &[],
        never: HEAVY,
    },
];

/// Checks the workspace under `root`.
///
/// # Errors
/// When cargo cannot describe it.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let metadata = Metadata::load(root)?;
    let findings = check(&metadata, ROOMS);
    Ok(output::verdict(
        "deps",
        &findings,
        &format!("{} crates", metadata.workspace_members.len()),
    ))
}

fn check(metadata: &Metadata, rooms: &[Room]) -> Vec<Finding> {
    let packages = metadata.by_id();
    let edges = metadata.edges();
    let mut findings = Vec::new();
    for id in &metadata.workspace_members {
        let Some(package) = packages.get(id.as_str()) else {
            continue;
        };
        let path = manifest(&package.manifest_path);
        let Some(room) = rooms.iter().find(|room| room.name == short(&package.name)) else {
            let what = format!(
                "crate `{}` is not in the table of crates/xtask/src/deps.rs; a new crate needs a row and an ADR",
                package.name
            );
            findings.push(Finding::new(&path, 1, what));
            continue;
        };
        for edge in edges
            .get(id.as_str())
            .copied()
            .unwrap_or_default()
            .iter()
            .filter(|edge| edge.is_shipped())
        {
            let Some(used) = packages.get(edge.pkg.as_str()) else {
                continue;
            };
            let is_ours = metadata.workspace_members.contains(&used.id);
            if is_ours && !room.may_use.contains(&short(&used.name)) {
                let what = format!(
                    "`{}` may not use `{}`; move the code, or change the table of crates/xtask/src/deps.rs with an ADR",
                    room.name,
                    short(&used.name)
                );
                findings.push(Finding::new(&path, 1, what));
            }
        }
        for name in below(metadata, id)
            .iter()
            .filter(|name| room.never.contains(name))
        {
            let what = format!(
                "`{}` must be built without `{name}`, but something below it brings it in",
                room.name
            );
            findings.push(Finding::new(&path, 1, what));
        }
    }
    findings
}

/// Names of all packages that the crate `id` is built with.
fn below<'a>(metadata: &'a Metadata, id: &'a str) -> BTreeSet<&'a str> {
    let packages = metadata.by_id();
    let edges = metadata.edges();
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        for edge in edges
            .get(next)
            .copied()
            .unwrap_or_default()
            .iter()
            .filter(|edge| edge.is_shipped())
        {
            if seen.insert(edge.pkg.as_str()) {
                open.push(&edge.pkg);
            }
        }
    }
    seen.into_iter()
        .filter_map(|id| packages.get(id))
        .map(|package| package.name.as_str())
        .collect()
}

fn short(package: &str) -> &str {
    package.strip_prefix("venire-").unwrap_or(package)
}

/// The manifest's path from the root: our crates all live in `crates/`.
fn manifest(path: &str) -> String {
    path.rfind("crates/")
        .map_or(path, |at| &path[at..])
        .to_owned()
}

#[cfg(test)]
mod tests;
