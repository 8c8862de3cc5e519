//! A real process that commits as fast as it can, killed with SIGKILL at any moment.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use venire_store::{Commit, Delta, Fsync, Options, Store, next_root};
use venire_types::B256;

/// Set for the child: where it writes, until it is killed.
const DIR: &str = "VENIRE_STORE_KILLED_DIR";
const ROUNDS: usize = 20;

fn options() -> Options {
    Options {
        fsync: Fsync::Never,
        checkpoint_blocks: 40,
        ..Options::default()
    }
}

fn delta(height: u64) -> Delta {
    let value = (height % 7 != 3).then(|| height.to_le_bytes().repeat(250));
    Delta::from([
        (format!("key {}", height % 50).into_bytes(), value),
        (b"last".to_vec(), Some(height.to_le_bytes().to_vec())),
    ])
}

fn block(height: u64) -> Vec<u8> {
    format!("block {height}").into_bytes()
}

/// Commits `count` blocks and says so on `out` after each.
fn write(dir: &Path, count: u64, out: &mut impl Write) {
    let (mut store, _) = Store::open(dir, options()).unwrap();
    for _ in 0..count {
        let height = store.next_height();
        store
            .commit(Commit {
                height,
                block: block(height),
                delta: delta(height),
            })
            .unwrap();
        writeln!(out, "committed {height}").unwrap();
        if store.checkpoint_due() {
            store.checkpoint().unwrap();
        }
    }
}

/// Every block up to the tip is there, the roots chain, and the state is what the blocks say.
fn check(dir: &Path) -> u64 {
    let (store, _) = Store::open(dir, options()).unwrap();
    let tip = store.tip().expect("the first round commits");
    let mut root = B256::ZERO;
    let mut state = venire_store::State::default();
    for height in 0..=tip.height {
        root = next_root(root, &delta(height)).unwrap();
        state.apply_delta(&delta(height));
        let found = store.block(height).unwrap().unwrap();
        assert_eq!((found.root, &found.bytes[..]), (root, &block(height)[..]));
    }
    assert_eq!(tip.root, root);
    assert!(
        store.state() == &state,
        "the state is not what the blocks make"
    );
    tip.height
}

/// The child's entrance; in an ordinary test run it writes a hundred blocks and checks them.
#[test]
fn writer() {
    if let Some(dir) = std::env::var_os(DIR) {
        write(&PathBuf::from(dir), u64::MAX, &mut std::io::stdout().lock());
    } else {
        let dir = tempfile::tempdir().unwrap();
        let mut said = Vec::new();
        write(dir.path(), 100, &mut said);
        assert_eq!(said.lines().count(), 100);
        assert_eq!(check(dir.path()), 99);
    }
}

#[test]
fn no_acknowledged_block_is_lost_to_sigkill() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = None;
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "killed::writer",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Between 1 and about 150 blocks: before, during and after checkpoints.
        let enough = 1 + round * 53 % 151;
        let mut seen = 0;
        for line in lines {
            if let Some(height) = line.unwrap().strip_prefix("committed ") {
                acknowledged = Some(height.parse::<u64>().unwrap());
                seen += 1;
            }
            if seen == enough {
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success());
        assert!(seen >= enough, "the child stopped by itself");
        let tip = check(dir.path());
        assert!(
            Some(tip) >= acknowledged,
            "{acknowledged:?} was acknowledged, {tip} came back"
        );
    }
}
