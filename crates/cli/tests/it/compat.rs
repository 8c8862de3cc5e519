//! `venire compat-cache`: what it writes, what it leaves alone, and how it is undone.

use crate::support::{run, stderr, stdout, venire};
use serde_json::Value as Json;
use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

const NAME: &str = "genvm-universal-v99-venire.tar.xz";
const STANDARD: &str =
    "runners/py-lib-genlayer-std/11/rhn002yfajawsz7fai6mykznbxkxs6l91iskj5cm82c92qhy3v.tar";

/// Files of a tar archive.
fn unpacked(archive: impl std::io::Read) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        files.insert(path, content);
    }
    files
}

/// Source files below a folder, as the archive has them.
fn sources(folder: &Path, below: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, below, into);
        } else if path
            .extension()
            .is_some_and(|kind| kind == "py" || kind == "pyi")
        {
            let name = path.strip_prefix(below).unwrap();
            into.insert(format!("src/{}", name.display()), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_archive_holds_the_package_of_this_tree_for_every_registered_hash() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(&["compat-cache", dir.path().to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let told: Json = serde_json::from_str(&stdout(&output)).unwrap();
    let path = PathBuf::from(told["archives"][0]["path"].as_str().unwrap());
    assert_eq!(path, dir.path().join(NAME));
    assert_eq!(told["archives"][0]["state"], "written");
    let outer = unpacked(lzma_rust2::XzReader::new(
        fs::File::open(path).unwrap(),
        true,
    ));
    let mut standard = unpacked(&outer[STANDARD][..]);
    assert!(standard.remove("runner.json").is_some());
    standard.retain(|name, _| !name.ends_with("py.typed"));
    assert_eq!(standard.remove("src/genlayer/generation").unwrap(), b"2");
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python");
    let mut expected = BTreeMap::new();
    sources(&python.join("genlayer"), &python, &mut expected);
    let names = |files: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
        let start = "src/genlayer/";
        files
            .keys()
            .filter(|name| name.starts_with(start))
            .cloned()
            .collect()
    };
    assert_eq!(names(&standard), names(&expected), "is the binary current?");
    for (name, content) in &expected {
        assert!(standard[name] == *content, "{name} is older than the tree");
    }
    for hash in [
        "15/qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0",
        "1j/12s63yfjpva9ik2xgnffgrs6v44y1f52jvj9w7xvdn7qckd379",
        "13/2536jbnxkd1axfxg5rpfr5b60cr11adm2y4r90hgn0l59qsp9w",
        "1j/b45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6",
        "te/st",
    ] {
        let runner = unpacked(&outer[&format!("runners/py-genlayer/{hash}.tar")][..]);
        let manifest: Json = serde_json::from_slice(&runner["runner.json"]).unwrap();
        let id = manifest["Seq"][0]["Depends"].as_str().unwrap();
        let library = id.strip_prefix("py-lib-genlayer-std:").unwrap();
        let (start, rest) = library.split_at(2);
        assert!(outer.contains_key(&format!("runners/py-lib-genlayer-std/{start}/{rest}.tar")));
    }
}

#[test]
fn without_a_folder_both_caches_get_it_and_undo_takes_it_away() {
    let home = tempfile::tempdir().unwrap();
    let caches = [".cache/genvm-linter", ".cache/gltest-direct"].map(|dir| home.path().join(dir));
    let cache = |args: &[&str]| {
        let mut command = venire();
        command
            .env("HOME", home.path())
            .arg("compat-cache")
            .args(args);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        output
    };
    let output = cache(&[]);
    assert_eq!(stdout(&output).matches("written").count(), 2);
    assert!(stderr(&output).contains("--undo"));
    let first = fs::read(caches[0].join(NAME)).unwrap();
    assert_eq!(first, fs::read(caches[1].join(NAME)).unwrap());
    // What a tool has unpacked stays while the archive does, and goes when it changes.
    let unpacked = caches[0].join("extracted/v99-venire.tar");
    fs::create_dir_all(&unpacked).unwrap();
    assert_eq!(stdout(&cache(&[])).matches("unchanged").count(), 2);
    assert!(unpacked.is_dir());
    let other = "0".repeat(52);
    assert_eq!(
        stdout(&cache(&["--hash", &other]))
            .matches("replaced")
            .count(),
        2
    );
    assert!(!unpacked.exists());
    assert_eq!(stdout(&cache(&["--undo"])).matches("removed").count(), 2);
    assert!(
        caches
            .iter()
            .all(|dir| fs::read_dir(dir).unwrap().all(|entry| {
                let path = entry.unwrap().path();
                path.ends_with("extracted") && fs::read_dir(path).unwrap().next().is_none()
            }))
    );
}

#[test]
fn an_archive_of_somebody_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_str().unwrap();
    let theirs = dir.path().join("genvm-universal-v0.2.16.tar.xz");
    fs::write(&theirs, "precious").unwrap();
    let args = ["compat-cache", folder, "--as", "v0.2.16"];
    for more in [&[][..], &["--undo"]] {
        let output = run(&[&args[..], more].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("--force"), "{}", stderr(&output));
        assert_eq!(fs::read(&theirs).unwrap(), b"precious");
    }
    let output = run(&["compat-cache", folder]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "another version goes beside it"
    );
    assert_eq!(fs::read(&theirs).unwrap(), b"precious");
    let output = run(&[&args[..], &["--force"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        fs::read(&theirs).unwrap(),
        fs::read(dir.path().join(NAME)).unwrap()
    );
    for wrong in [["--as", "../v1"], ["--hash", "1jb45"]] {
        let output = run(&[&["compat-cache", folder], &wrong[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}
