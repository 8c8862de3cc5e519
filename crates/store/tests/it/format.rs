//! Bytes that are not what the store wrote: other versions, damage, mixed-up files.

use crate::disk::{Disk, Stop};
use proptest::test_runner::{RngAlgorithm, TestRng};
use venire_store::{Commit, Delta, FORMAT_VERSION, Fsync, LOG, OpenError, Options, Store};
use venire_types::keccak256;

fn options() -> Options {
    Options {
        fsync: Fsync::Every,
        ..Options::default()
    }
}

fn commit(store: &mut Store, byte: u8) {
    let height = store.next_height();
    let delta = Delta::from([(vec![byte], Some(vec![byte; 3])), (vec![byte, 0], None)]);
    store
        .commit(Commit {
            height,
            block: vec![byte; 9],
            delta,
        })
        .unwrap();
}

/// A store of five blocks, closed; its log and where each record starts.
fn five_blocks() -> (Disk, Vec<usize>) {
    let disk = Disk::new(TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let mut store = Store::open_on(Box::new(disk.clone()), options()).unwrap().0;
    let mut starts = Vec::new();
    for byte in 1..=5 {
        disk.tamper(LOG, |log| starts.push(log.len()));
        commit(&mut store, byte);
    }
    drop(store);
    (disk.stop(Stop::Power), starts)
}

fn reopen(disk: &Disk) -> Result<(Store, u64), OpenError> {
    let disk = disk.stop(Stop::Power);
    Store::open_on(Box::new(disk), options()).map(|(store, found)| (store, found.dropped_bytes))
}

#[test]
fn the_log_format_is_fixed() {
    let (disk, starts) = five_blocks();
    let mut bytes = Vec::new();
    disk.tamper(LOG, |log| bytes.clone_from(log));
    assert_eq!(starts, [48, 142, 236, 330, 424]);
    // Changing this hash changes the format: raise FORMAT_VERSION and read the old one too.
    let expected = "0xcfb8e371710c83ffed76f66703dbe2bf500cae3741135d572def004ef1b2d082";
    assert_eq!(keccak256(bytes).to_string(), expected);
    assert_eq!(FORMAT_VERSION, 1);
}

#[test]
fn a_torn_tail_is_dropped_wherever_it_is_cut() {
    let (_, starts) = five_blocks();
    let record = starts[1] - starts[0];
    for cut in 1..=record {
        let (disk, _) = five_blocks();
        disk.tamper(LOG, |log| log.truncate(log.len() - cut));
        let (mut store, dropped) = reopen(&disk).unwrap();
        assert_eq!(store.tip().unwrap().height, 3);
        assert_eq!(dropped, u64::try_from(record - cut).unwrap());
        commit(&mut store, 9);
        drop(store);
        let (store, dropped) = reopen(&disk).unwrap();
        assert_eq!((store.tip().unwrap().height, dropped), (4, 0));
    }
}

#[test]
fn every_flipped_bit_before_the_last_record_is_an_error() {
    let (_, starts) = five_blocks();
    for at in 0..starts[4] {
        let (disk, _) = five_blocks();
        disk.tamper(LOG, |log| log[at] ^= 0x10);
        match reopen(&disk) {
            Err(OpenError::LogHead) => assert!(at < starts[0]),
            Err(OpenError::Damaged { offset, intact }) => {
                let record = starts.iter().rposition(|start| *start <= at).unwrap();
                assert_eq!((offset, intact), (starts[record], starts[record + 1]));
            }
            Err(error) => panic!("byte {at}: {error}"),
            Ok(_) => panic!("byte {at} changed and nobody noticed"),
        }
    }
}

#[test]
fn a_flipped_bit_in_the_last_record_is_a_torn_write() {
    let (_, starts) = five_blocks();
    for at in starts[4]..starts[4] + 94 {
        let (disk, _) = five_blocks();
        disk.tamper(LOG, |log| log[at] ^= 0x01);
        let (store, dropped) = reopen(&disk).unwrap();
        assert_eq!((store.tip().unwrap().height, dropped), (3, 94), "byte {at}");
    }
}

#[test]
fn a_missing_or_repeated_record_breaks_the_chain() {
    let (disk, starts) = five_blocks();
    disk.tamper(LOG, |log| drop(log.drain(starts[1]..starts[2])));
    let error = reopen(&disk).err().unwrap();
    assert!(matches!(error, OpenError::Discontinuous { height: 2, offset } if offset == starts[1]));

    let (disk, starts) = five_blocks();
    disk.tamper(LOG, |log| log.extend_from_within(starts[4]..));
    assert!(matches!(
        reopen(&disk),
        Err(OpenError::Discontinuous { height: 4, .. })
    ));
}

#[test]
fn a_block_that_contains_a_record_is_not_taken_for_one() {
    let (disk, starts) = five_blocks();
    let mut inner = Vec::new();
    disk.tamper(LOG, |log| inner = log[starts[4]..].to_vec());
    let mut store = Store::open_on(Box::new(disk.stop(Stop::Power)), options())
        .unwrap()
        .0;
    store
        .commit(Commit {
            height: 5,
            block: inner,
            delta: Delta::new(),
        })
        .unwrap();
    drop(store);
    disk.tamper(LOG, |log| log.truncate(log.len() - 1));
    assert_eq!(reopen(&disk).unwrap().0.tip().unwrap().height, 4);
}

#[test]
fn files_of_another_version_or_another_program_are_refused() {
    let refused = |text: &str| {
        let (disk, _) = five_blocks();
        disk.tamper("FORMAT", |file| *file = text.into());
        reopen(&disk).err().unwrap().to_string()
    };
    let newer = "read format version 2: this build knows only version 1";
    assert_eq!(refused("venire-store 2\n"), newer);
    assert!(refused("something else").contains("not a store"));
    assert!(refused("").contains("not a store"));
}

#[test]
fn a_log_and_tables_that_do_not_belong_together_are_refused() {
    let (disk, _) = five_blocks();
    let mut old_log = Vec::new();
    let mut store = Store::open_on(Box::new(disk.stop(Stop::Power)), options())
        .unwrap()
        .0;
    store.checkpoint().unwrap();
    commit(&mut store, 6);
    disk.tamper(LOG, |log| old_log.clone_from(log));
    commit(&mut store, 7);
    store.checkpoint().unwrap();
    commit(&mut store, 8);
    drop(store);

    // The log was lost: nothing after the checkpoint can be known.
    disk.tamper(LOG, Vec::clear);
    assert!(matches!(reopen(&disk), Err(OpenError::LogHead)));
    // An older log is what a crash between checkpoint and fresh log leaves: all of it is folded.
    disk.tamper(LOG, |log| log.clone_from(&old_log));
    assert_eq!(reopen(&disk).unwrap().0.tip().unwrap().height, 6);
    // The tables were lost: the log alone starts in the middle.
    disk.tamper("tables", Vec::clear);
    assert!(matches!(
        reopen(&disk),
        Err(OpenError::Apart { log: 7, next: 0 })
    ));
}
