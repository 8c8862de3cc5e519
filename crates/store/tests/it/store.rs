//! The everyday behaviour on real directories.

use std::path::Path;
use venire_store::{
    Commit, CommitError, Delta, Fsync, Kind, OpenError, Options, RestoreError, SNAPSHOTS_MAX,
    SnapshotId, SnapshotLimit, State, Store, Tip, next_root,
};
use venire_types::B256;

fn options() -> Options {
    Options {
        fsync: Fsync::Never,
        ..Options::default()
    }
}

fn open(dir: &Path) -> Store {
    Store::open(dir, options()).unwrap().0
}

fn set(key: &str, value: &str) -> Delta {
    Delta::from([(key.into(), Some(value.into()))])
}

fn put(store: &mut Store, key: &str, value: &str) -> B256 {
    let height = store.next_height();
    let block = format!("block {height}").into_bytes();
    store
        .commit(Commit {
            height,
            block,
            delta: set(key, value),
        })
        .unwrap()
}

fn pairs<'a>(range: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Vec<(&'a str, &'a str)> {
    range
        .map(|(k, v)| (str::from_utf8(k).unwrap(), str::from_utf8(v).unwrap()))
        .collect()
}

#[test]
fn keeps_state_history_and_root_across_reopening_and_checkpoints() {
    let dir = tempfile::tempdir().unwrap();
    let mut roots = Vec::new();
    for round in 0..4 {
        let (mut store, found) = Store::open(dir.path(), options()).unwrap();
        assert_eq!(found.tip.map(|tip| tip.root), roots.last().copied());
        for n in 0..3 {
            roots.push(put(
                &mut store,
                &format!("key {n}"),
                &format!("{round} {n}"),
            ));
        }
        if round % 2 == 1 {
            store.checkpoint().unwrap();
            roots.push(put(&mut store, "after", "checkpoint"));
        }
    }
    let (store, found) = Store::open(dir.path(), options()).unwrap();
    assert_eq!(
        (found.checkpoint, found.replayed, found.dropped_bytes),
        (Some(12), 1, 0)
    );
    assert_eq!(
        store.tip(),
        Some(Tip {
            height: 13,
            root: roots[13]
        })
    );
    assert_eq!(store.get(b"key 2"), Some(b"3 2".as_slice()));
    let mut previous = B256::ZERO;
    for (height, root) in (0..).zip(&roots) {
        let block = store.block(height).unwrap().unwrap();
        assert_eq!((block.kind, block.root), (Kind::Ordinary, *root));
        assert_eq!(&block.bytes[..], format!("block {height}").as_bytes());
        assert_ne!(*root, previous);
        previous = *root;
    }
    assert_eq!(store.block(14).unwrap(), None);
}

#[test]
fn the_root_is_the_pure_function() {
    let mut store = Store::in_memory();
    let first = put(&mut store, "a", "1");
    assert_eq!(first, next_root(B256::ZERO, &set("a", "1")).unwrap());
    assert_eq!(
        put(&mut store, "b", "2"),
        next_root(first, &set("b", "2")).unwrap()
    );
}

#[test]
fn a_second_owner_gets_one_sentence_naming_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let error = Store::open(dir.path(), options()).err().unwrap();
    assert!(matches!(error, OpenError::Locked { .. }));
    let expected = format!(
        "lock {}: another process is using this directory",
        dir.path().display()
    );
    assert_eq!(error.to_string(), expected);
    drop(first);
    open(dir.path());
}

#[test]
fn a_view_stays_as_it_was_and_can_move_to_another_thread() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path());
    put(&mut store, "a", "1");
    put(&mut store, "b", "1");
    let view = store.view();
    put(&mut store, "a", "2");
    store.checkpoint().unwrap();
    let later = store.view();
    let read = std::thread::spawn(move || {
        let seen = (view.get(b"a").map(<[u8]>::to_vec), view.block(2).unwrap());
        assert_eq!(&later.block(0).unwrap().unwrap().bytes[..], b"block 0");
        assert_eq!(view.block(0).unwrap(), later.block(0).unwrap());
        assert_eq!(view.tip().unwrap().height, 1);
        seen
    });
    assert_eq!(read.join().unwrap(), (Some(b"1".to_vec()), None));
    assert_eq!(store.get(b"a"), Some(b"2".as_slice()));
}

#[test]
fn ranges_are_in_key_order_and_end_with_the_prefix() {
    let mut state = State::default();
    for key in ["b", "ab", "a", "abc", "ac"] {
        state.apply_delta(&set(key, key));
    }
    assert_eq!(pairs(state.range(b"ab")), [("ab", "ab"), ("abc", "abc")]);
    assert_eq!(pairs(state.range_from(b"ac")), [("ac", "ac"), ("b", "b")]);
    assert_eq!(state.range(b"").count(), 5);
    assert_eq!(state.range(b"c").count(), 0);
    assert_eq!(
        (state.len(), state.is_empty(), state.contains(b"ac")),
        (5, false, true)
    );
}

#[test]
fn only_the_next_height_is_accepted() {
    let mut store = Store::in_memory();
    for (got, expected) in [(1, 0), (7, 0)] {
        let refused = store.commit(Commit {
            height: got,
            block: vec![],
            delta: set("a", "b"),
        });
        assert!(
            matches!(refused, Err(CommitError::Height { expected: e, got: g })
            if (e, g) == (expected, got))
        );
    }
    assert_eq!((store.tip(), store.get(b"a")), (None, None));
    put(&mut store, "a", "b");
    assert_eq!(store.next_height(), 1);
}

#[test]
fn a_restore_is_a_block_that_replays() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path());
    put(&mut store, "kept", "1");
    put(&mut store, "changed", "1");
    let id = store.snapshot().unwrap();
    let then = store.state().clone();
    put(&mut store, "changed", "2");
    put(&mut store, "added", "2");
    let restored = store
        .restore(id, b"restore".to_vec(), Delta::new())
        .unwrap();
    let back = Delta::from([
        (b"added".to_vec(), None),
        (b"changed".to_vec(), Some(b"1".to_vec())),
    ]);
    assert_eq!((restored.tip.height, &restored.delta), (4, &back));
    assert_eq!(store.state(), &then);
    put(&mut store, "added", "3");
    let tip = store
        .restore(id, b"again".to_vec(), Delta::new())
        .unwrap()
        .tip;
    drop(store);

    let mut store = open(dir.path());
    assert_eq!((store.tip(), store.state()), (Some(tip), &then));
    assert_eq!(store.block(4).unwrap().unwrap().kind, Kind::Restore);
    let unknown = store.restore(id, vec![], Delta::new());
    assert!(
        matches!(unknown, Err(RestoreError::Unknown(SnapshotId(1)))),
        "snapshots die with us"
    );
}

#[test]
fn snapshots_are_limited_and_can_be_dropped() {
    let mut store = Store::in_memory();
    let ids: Vec<_> = (0..SNAPSHOTS_MAX)
        .map(|_| store.snapshot().unwrap())
        .collect();
    assert_eq!(store.snapshot(), Err(SnapshotLimit));
    assert!(store.drop_snapshot(ids[0]));
    assert!(!store.drop_snapshot(ids[0]));
    assert!(store.snapshot().unwrap() > ids[SNAPSHOTS_MAX - 1]);
}

#[test]
fn the_caller_drives_syncs_and_checkpoints() {
    let dir = tempfile::tempdir().unwrap();
    let fsync = Fsync::Interval { ms: 50 };
    let options = Options {
        fsync,
        checkpoint_blocks: 3,
        checkpoint_bytes: 10_000,
    };
    let mut store = Store::open(dir.path(), options).unwrap().0;
    assert!(!store.sync_if_due(1_000).unwrap(), "nothing to sync");
    put(&mut store, "a", "1");
    assert!(store.sync_if_due(1_000).unwrap());
    put(&mut store, "a", "2");
    assert!(!store.sync_if_due(1_049).unwrap());
    assert!(store.sync_if_due(1_050).unwrap());
    assert!(!store.sync_if_due(9_000).unwrap());

    assert!(!store.checkpoint_due());
    put(&mut store, "a", "3");
    assert!(store.checkpoint_due(), "three blocks");
    store.checkpoint().unwrap();
    assert!(!store.checkpoint_due());
    put(&mut store, "big", &"x".repeat(10_000));
    assert!(store.checkpoint_due(), "ten thousand bytes");
}
