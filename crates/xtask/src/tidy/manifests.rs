//! Checks of crates as wholes: lints, unsafe code, pinned dependencies, one test binary each.

use super::in_crate;
use crate::tree::{Finding, Tree};

fn crate_manifests(tree: &Tree) -> impl Iterator<Item = (&str, &str, &str)> {
    tree.files()
        .filter_map(|(path, text)| match in_crate(path) {
            Some((name, "Cargo.toml")) => Some((path, name, text)),
            _ => None,
        })
}

/// Every crate takes the lints of the workspace.
pub(super) fn lints(tree: &Tree) -> Vec<Finding> {
    let misses =
        crate_manifests(tree).filter(|(_, _, text)| !text.contains("[lints]\nworkspace = true"));
    misses
        .map(|(path, _, _)| {
            Finding::new(
                path,
                1,
                "opt in to the lints: `[lints]` with `workspace = true`",
            )
        })
        .collect()
}

/// Every crate root but that of `vm` forbids unsafe code.
pub(super) fn unsafe_code(tree: &Tree) -> Vec<Finding> {
    let is_root = |path: &str| match in_crate(path) {
        Some((name, file)) => name != "vm" && (file == "src/lib.rs" || file == "src/main.rs"),
        None => false,
    };
    let roots = tree.files().filter(|(path, _)| is_root(path));
    let misses = roots.filter(|(_, text)| !text.contains("#![forbid(unsafe_code)]"));
    misses
        .map(|(path, _)| Finding::new(path, 1, "a crate root must have `#![forbid(unsafe_code)]`"))
        .collect()
}

/// Crates take dependencies from the workspace manifest, and that one pins them exactly.
pub(super) fn pinned(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, _, text) in crate_manifests(tree) {
        for (line, name, value) in dependencies(text) {
            if !value.contains("workspace = true") && !name.ends_with(".workspace") {
                let what = format!(
                    "`{name}` must come from [workspace.dependencies]: `{name}.workspace = true`"
                );
                findings.push(Finding::new(path, line, what));
            }
        }
    }
    for (line, name, value) in dependencies(tree.get("Cargo.toml").unwrap_or_default()) {
        if !value.contains("path = ") && !value.contains("\"=") {
            findings.push(Finding::new(
                "Cargo.toml",
                line,
                format!("pin `{name}` exactly: version = \"=...\""),
            ));
        }
    }
    findings
}

/// Entries of all dependency tables of a manifest: line, name, value.
fn dependencies(manifest: &str) -> Vec<(usize, &str, &str)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (at, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.trim_end().ends_with("dependencies]");
        } else if inside
            && line.starts_with(|c: char| c.is_alphanumeric())
            && let Some((name, value)) = line.split_once('=')
        {
            found.push((at + 1, name.trim(), value));
        }
    }
    found
}

/// Black-box tests of a crate are one binary, `tests/it/main.rs`: each binary links everything anew.
pub(super) fn one_test_binary(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, _) in tree.ending(&[".rs"]) {
        let Some((_, file)) = in_crate(path) else {
            continue;
        };
        if let Some(test) = file.strip_prefix("tests/")
            && !test.starts_with("it/")
        {
            findings.push(Finding::new(
                path,
                1,
                "black-box tests are modules of tests/it/main.rs",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[dependencies]\nserde.workspace = true\nhex = { workspace = true, features = [\"std\"] }\n\n\
        [lints]\nworkspace = true\n";

    #[test]
    fn a_crate_as_it_should_be_passes_every_check() {
        let tree = Tree::sample(&[
            (
                "Cargo.toml",
                "[workspace.dependencies]\nours = { path = \"crates/vm\" }\nserde = \"=1.0.1\"\n",
            ),
            ("crates/store/Cargo.toml", MANIFEST),
            (
                "crates/store/src/lib.rs",
                "//! Bytes.\n#![forbid(unsafe_code)]\n",
            ),
            ("crates/store/tests/it/main.rs", "mod crash;\n"),
            ("crates/store/tests/it/crash.rs", "\n"),
            ("crates/vm/src/lib.rs", "//! Sandbox.\n"),
        ]);
        for check in [lints, unsafe_code, pinned, one_test_binary] {
            assert_eq!(check(&tree), []);
        }
    }

    #[test]
    fn each_fault_is_found() {
        let tree = Tree::sample(&[
            (
                "Cargo.toml",
                "[workspace.dependencies]\n# why\nserde = \"1\"\n",
            ),
            (
                "crates/store/Cargo.toml",
                "[dev-dependencies]\nhex = \"=0.4\"\n",
            ),
            ("crates/store/src/lib.rs", "//! Bytes.\n"),
            ("crates/store/tests/crash.rs", "\n"),
        ]);
        assert_eq!(lints(&tree).len(), 1);
        assert_eq!(unsafe_code(&tree).len(), 1);
        assert_eq!(one_test_binary(&tree).len(), 1);
        let found: Vec<String> = pinned(&tree)
            .iter()
            .map(|f| format!("{}:{}", f.path, f.line))
            .collect();
        assert_eq!(found, ["crates/store/Cargo.toml:2", "Cargo.toml:3"]);
    }
}
