//! Runs the built `xtask` on small repositories made for the purpose.

use std::path::Path;
use std::process::{Command, Output};

fn house(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [("Cargo.toml", "[workspace]\n"), (".gitignore", "/target\n")]
        .iter()
        .chain(files)
    {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let git = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(git.success());
    folder
}

fn xtask(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    (
        status.code(),
        String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap(),
    )
}

#[test]
fn tidy_passes_a_clean_house_and_names_what_is_wrong_in_another() {
    let clean = house(&[("docs/a.md", "[root](../Cargo.toml)\n")]);
    let (code, text) = xtask(clean.path(), &["tidy"]);
    assert_eq!(code, Some(0), "{text}");
    let dirty = house(&[
        ("docs/a.md", "\n[gone](b.md)\n"),
        ("target/ignored.md", "[gone](b.md)\n"),
    ]);
    let (code, text) = xtask(dirty.path(), &["tidy"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.starts_with("docs/a.md:2: the link to b.md leads nowhere\ntidy: "),
        "{text}"
    );
}

#[test]
fn stages_are_timed_counted_and_reported() {
    let house = house(&[(
        "crates/xtask/floor.toml",
        "[rust]\nstages = [\"vm\"]\nleast = 2\n",
    )]);
    let (code, text) = xtask(house.path(), &["tests", "vm", "echo", "2 passed, 0 failed"]);
    assert_eq!((code, text.as_str()), (Some(0), "2 passed, 0 failed\n"));
    let (code, text) = xtask(house.path(), &["report"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.ends_with("2 passed, 0 failed\n"), "{text}");
    let (_, text) = xtask(house.path(), &["ledger"]);
    assert!(
        text.contains("\nvm ") && text.contains("\ntogether "),
        "{text}"
    );
    let (code, _) = xtask(house.path(), &["ledger", "reset"]);
    assert_eq!(code, Some(0));
    let (code, _) = xtask(house.path(), &["tests", "vm", "echo", "1 passed, 0 failed"]);
    assert_eq!(code, Some(0));
    let (code, text) = xtask(house.path(), &["report"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("ran 1 tests, fewer than 2"), "{text}");
}

#[test]
fn a_failing_stage_and_an_unknown_command_fail() {
    let house = house(&[]);
    let (code, text) = xtask(house.path(), &["stage", "build", "false"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("stage `build` failed after 0:00"), "{text}");
    let (code, text) = xtask(house.path(), &["stage", "build", "no-such-program"]);
    assert_eq!(code, Some(2), "{text}");
    let (code, text) = xtask(house.path(), &["dust"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("cargo xtask help"), "{text}");
}
