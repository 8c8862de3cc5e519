//! Embeds the Python package that contracts import, so that `venire compat-cache` needs no other file.
//!
//! # Invariants
//! - The list is sorted, and holds every source file of the packages whose names start with
//!   `genlayer`, and of what they import; a test compares it with the tree.

#![expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script where things are by variables"
)]

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Where the packages are, from this crate.
const PYTHON: &str = "../../python";

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?)
        .join(PYTHON)
        .canonicalize()?;
    let mut files = Vec::new();
    for entry in fs::read_dir(&root)? {
        let path = entry?.path();
        if is_packed(&name(&path)) {
            // Cargo looks at everything below a folder, so new files are noticed, too.
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, &mut files)?;
        }
    }
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let inside = file.strip_prefix(&root).map_err(io::Error::other)?;
        list += &format!(
            "    ({:?}, include_bytes!({file:?})),\n",
            inside.display().to_string()
        );
    }
    list += "]\n";
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("package.rs"), list)
}

/// The package and what its parts import; numpy and Pillow come with the tools.
fn is_packed(name: &str) -> bool {
    name.starts_with("genlayer") || name == "word_piece_tokenizer.py"
}

fn name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Source files below `path`.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path
        .extension()
        .is_some_and(|kind| kind == "py" || kind == "pyi")
        || name(path) == "py.typed"
    {
        files.push(path.to_owned());
    }
    Ok(())
}
