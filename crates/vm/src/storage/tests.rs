//! Storage against a host that counts what it is asked.

use super::*;
use std::sync::Mutex;
use venire_types::{
    U256,
    ask::{Answer, AskError, Question},
};

#[derive(Default)]
struct State {
    pages: BTreeMap<(B256, u32), Page>,
    /// Every page that was asked for.
    asked: Vec<u32>,
}

#[derive(Clone, Default)]
struct Pages(Arc<Mutex<State>>);

impl Host for Pages {
    fn read_pages(&mut self, _: Address, _: StateView, slot: B256, first: u32, out: &mut [Page]) {
        let mut state = self.0.lock().expect("pages");
        for (page, bytes) in (first..).zip(out) {
            *bytes = state.pages.get(&(slot, page)).copied().unwrap_or_default();
            state.asked.push(page);
        }
    }

    fn code(&mut self, _: Address, _: StateView) -> Option<Arc<[u8]>> {
        None
    }

    fn balance(&mut self, _: Address, _: StateView) -> U256 {
        U256::ZERO
    }

    fn ask(&mut self, _: u32, _: u32, _: Question) -> Result<Answer, AskError> {
        unreachable!("storage asks nothing")
    }
}

const SLOT: B256 = B256::repeat_byte(1);

struct Bench {
    host: Pages,
    committed: Committed,
    budget: Budget,
    storage: Storage,
}

impl Bench {
    fn new(budget: usize) -> Self {
        Self {
            host: Pages::default(),
            committed: Committed::default(),
            budget: Budget::new(budget),
            storage: Storage::new(Address::ZERO, StateView::Accepted),
        }
    }

    fn read(&mut self, offset: u32, len: usize) -> Result<Vec<u8>, Full> {
        let range = (SLOT, offset, len);
        self.storage
            .read(&mut self.committed, &mut self.host, &mut self.budget, range)
    }

    fn write(&mut self, offset: u32, data: &[u8]) -> Result<(), Full> {
        let range = (SLOT, offset, data);
        self.storage
            .write(&mut self.committed, &mut self.host, &mut self.budget, range)
    }
}

#[test]
fn writes_lie_above_committed_pages() {
    let mut bench = Bench::new(1 << 20);
    bench
        .host
        .0
        .lock()
        .expect("pages")
        .pages
        .insert((SLOT, 1), [7; PAGE]);
    bench.write(30, &[1, 2, 3, 4]).expect("room");
    assert_eq!(bench.read(29, 7).expect("room"), [0, 1, 2, 3, 4, 7, 7]);
    assert_eq!(bench.read(60, 6).expect("room"), [7, 7, 7, 7, 0, 0]);
    let delta = bench.storage.delta(&bench.committed, &mut bench.host);
    let pages: Vec<u32> = delta.keys().map(|key| key.page).collect();
    assert_eq!(pages, [0, 1]);
}

#[test]
fn a_page_is_read_once_and_unchanged_pages_are_no_delta() {
    let mut bench = Bench::new(1 << 20);
    bench.read(0, 100).expect("room");
    bench.read(32, 200).expect("room");
    bench.write(5, &[0, 0]).expect("room");
    assert_eq!(
        bench.host.0.lock().expect("pages").asked,
        [0, 1, 2, 3, 4, 5, 6, 7]
    );
    assert!(
        bench
            .storage
            .delta(&bench.committed, &mut bench.host)
            .is_empty()
    );
    bench.write(5, &[9]).expect("room");
    bench.write(5, &[0]).expect("room");
    assert!(
        bench
            .storage
            .delta(&bench.committed, &mut bench.host)
            .is_empty()
    );
}

#[test]
fn a_copy_does_not_see_later_writes() {
    let mut bench = Bench::new(1 << 20);
    bench.write(0, &[1]).expect("room");
    let copy = bench.storage.clone();
    bench.write(0, &[2]).expect("room");
    assert_eq!(bench.read(0, 1).expect("room"), [2]);
    bench.storage = copy;
    assert_eq!(bench.read(0, 1).expect("room"), [1]);
}

#[test]
fn copies_give_back_what_they_took() {
    let mut bench = Bench::new(2 * CACHED_PAGE + 4 * PENDING_PAGE);
    bench.write(0, &[1]).expect("room");
    // Two pages, and a copy of both: room for one copy at a time.
    for adopted in [false, false, true, true] {
        let before = bench.storage.clone();
        bench.write(PAGE as u32, &[2]).expect("room");
        let copy = std::mem::replace(&mut bench.storage, before);
        if adopted {
            bench.storage.adopt(copy, &mut bench.budget);
        } else {
            copy.release(&mut bench.budget);
        }
    }
    assert_eq!(bench.read(PAGE as u32, 1).expect("room"), [2]);
    // What somebody else has as well is not given back.
    let left = bench.budget;
    bench.storage.clone().release(&mut bench.budget);
    assert_eq!(bench.budget, left);
}

#[test]
fn the_last_byte_of_a_slot_is_there() {
    let mut bench = Bench::new(1 << 20);
    bench.write(u32::MAX, &[5]).expect("room");
    assert_eq!(bench.read(u32::MAX - 1, 2).expect("room"), [0, 5]);
    assert_eq!(pages(u32::MAX, 1), 1);
    assert_eq!(pages(31, 2), 2);
    assert_eq!(pages(0, 0), 0);
}

#[test]
fn memory_ends_the_run_not_the_node() {
    let mut bench = Bench::new(1000);
    assert_eq!(bench.read(0, 1 << 20), Err(Full));
    let mut bench = Bench::new(1000);
    assert_eq!(bench.write(0, &[1; 200]), Err(Full));
}

#[test]
fn child_slots_are_the_documented_ones() {
    let file = include_str!("../../../../conformance/vectors/storage.json");
    let file: serde_json::Value = serde_json::from_str(file).expect("JSON");
    let children = file["children"].as_array().expect("children");
    assert_eq!(children.len(), 9);
    for vector in children {
        let id = |key: &str| {
            vector[key]
                .as_str()
                .expect("an id")
                .parse::<B256>()
                .expect("hex")
        };
        let offset = vector["offset"].as_u64().expect("an offset");
        let offset = u32::try_from(offset).expect("32 bits");
        assert_eq!(indirect(id("slot"), offset), id("child"));
    }
}
