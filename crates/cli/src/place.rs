//! What this machine provides: the guest component, the cache of its compiled copy, keys.

use eyre::{Result, eyre};
use std::{
    env,
    path::{Path, PathBuf},
};

/// Name of the component beside the binary in a release archive.
const FILE: &str = "contract.wasm";

/// The same in a checkout.
const BUILT: &str = "build/guest";

/// Looks keys of model providers up by name, at the moment of use.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line is where the environment enters as a value"
)]
pub(crate) fn secrets() -> venire_node::shell::Secrets {
    std::sync::Arc::new(|name| env::var(name).ok())
}

/// Finds the guest: `VENIRE_GUEST`, then beside the binary and links to it, then the build folder
/// of a checkout.
pub(crate) fn guest() -> Result<PathBuf> {
    if let Some(path) = env::var_os("VENIRE_GUEST") {
        let path = PathBuf::from(path);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(eyre!(
                "VENIRE_GUEST names {}, which is not a file",
                path.display()
            ))
        };
    }
    let binary = env::current_exe()?;
    // A link is as good a place as what it leads to: cargo's target folder may be anywhere.
    let called = called().filter(|path| *path != binary);
    let mut candidates = Vec::new();
    for binary in called.iter().chain([&binary]) {
        let beside = binary.parent().map(Path::to_owned).unwrap_or_default();
        candidates.extend([beside.join(FILE), beside.join("../share/venire").join(FILE)]);
        let above = binary.ancestors();
        candidates.extend(above.map(|folder| folder.join(BUILT).join(FILE)));
    }
    candidates.extend(env::current_dir().map(|folder| folder.join(BUILT).join(FILE)));
    candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        let binary = called.unwrap_or(binary);
        eyre!(
            "the contract sandbox ({FILE}) was not found beside {} or in a folder {BUILT} above it; \
             run `make build` in the source tree, or set VENIRE_GUEST to its path",
            binary.display()
        )
    })
}

/// Where the binary was called, before links are followed.
fn called() -> Option<PathBuf> {
    let name = PathBuf::from(env::args_os().next()?);
    if name.components().count() > 1 {
        return std::path::absolute(name).ok();
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
        .and_then(|path| std::path::absolute(path).ok())
}

/// Folder of the embedding models: `VENIRE_MODELS`, else the machine looks beside the guest.
pub(crate) fn models() -> Result<Option<PathBuf>> {
    let Some(path) = env::var_os("VENIRE_MODELS").map(PathBuf::from) else {
        return Ok(None);
    };
    if path.is_dir() {
        return Ok(Some(path));
    }
    Err(eyre!(
        "VENIRE_MODELS names {}, which is not a folder",
        path.display()
    ))
}

/// Where compiled copies of the guest are kept: `VENIRE_CACHE_DIR`, else the user's cache folder.
pub(crate) fn cache_dir() -> Result<PathBuf> {
    if let Some(path) = env::var_os("VENIRE_CACHE_DIR") {
        return Ok(PathBuf::from(path));
    }
    if let Some(path) = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(path).join("venire"));
    }
    let home = env::var_os("HOME").filter(|path| !path.is_empty());
    let home =
        home.ok_or_else(|| eyre!("neither VENIRE_CACHE_DIR nor HOME is set; set one of them"))?;
    Ok(PathBuf::from(home).join(".cache/venire"))
}
