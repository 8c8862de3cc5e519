//! What `cargo metadata` says about the workspace and everything it is built from.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use eyre::{Context as _, Result, ensure};
use serde::Deserialize;

/// The parts of cargo's answer that checks use.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Metadata {
    /// Every package of the build, ours included.
    pub(crate) packages: Vec<Package>,
    /// Ids of our own packages.
    pub(crate) workspace_members: Vec<String>,
    /// Which package is built with which.
    pub(crate) resolve: Resolve,
}

/// One package.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) manifest_path: String,
}

/// The resolved graph.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// One package of the graph.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<Edge>,
}

/// One dependency of a package.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Edge {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<EdgeKind>,
}

/// What a dependency is for: `None` is a normal one.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct EdgeKind {
    pub(crate) kind: Option<String>,
}

impl Edge {
    /// Whether the dependency reaches the built crate, that is, is not for its tests only.
    pub(crate) fn is_shipped(&self) -> bool {
        self.dep_kinds
            .iter()
            .any(|kind| kind.kind.as_deref() != Some("dev"))
    }
}

impl Metadata {
    /// Asks cargo, with all features on: what is optional is checked too.
    ///
    /// # Errors
    /// When cargo fails, for example because the lock file is out of date.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let output = Command::new("cargo")
            .args([
                "metadata",
                "--locked",
                "--all-features",
                "--format-version",
                "1",
            ])
            .current_dir(root)
            .output()
            .context("cargo is not installed")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "cargo metadata failed: {}",
            complaint.trim()
        );
        serde_json::from_slice(&output.stdout)
            .context("cargo metadata printed something else than JSON")
    }

    /// Packages by id.
    pub(crate) fn by_id(&self) -> BTreeMap<&str, &Package> {
        self.packages
            .iter()
            .map(|package| (package.id.as_str(), package))
            .collect()
    }

    /// Edges by the id of the package they start from.
    pub(crate) fn edges(&self) -> BTreeMap<&str, &[Edge]> {
        self.resolve
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node.deps.as_slice()))
            .collect()
    }
}
