//! Maps against an ordered map of the standard library, against the published one, and against
//! bytes that are no map.

use super::{model::Model, *};
use crate::storage::indirect;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Slots in memory; after `left` accesses the node is "out of fuel".
struct Memory {
    slots: BTreeMap<B256, Vec<u8>>,
    left: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Problem {
    Malformed,
    Fuel,
    Range,
}

impl From<Malformed> for Problem {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

impl Memory {
    fn new() -> Self {
        Self {
            slots: BTreeMap::new(),
            left: usize::MAX,
        }
    }

    fn spend(&mut self, len: u32) -> Result<(), Problem> {
        if len > 1 << 20 {
            return Err(Problem::Range);
        }
        self.left = self.left.checked_sub(1).ok_or(Problem::Fuel)?;
        Ok(())
    }
}

impl Cells for Memory {
    type Error = Problem;

    fn read(&mut self, slot: B256, offset: u32, len: u32) -> Result<Vec<u8>, Problem> {
        self.spend(len)?;
        let data = self.slots.get(&slot).map_or(&[][..], Vec::as_slice);
        let mut bytes: Vec<u8> = data
            .iter()
            .skip(offset as usize)
            .take(len as usize)
            .copied()
            .collect();
        bytes.resize(len as usize, 0);
        Ok(bytes)
    }

    fn write(&mut self, slot: B256, offset: u32, data: &[u8]) -> Result<(), Problem> {
        self.spend(offset.max(data.len() as u32))?;
        let cell = self.slots.entry(slot).or_default();
        let end = offset as usize + data.len();
        cell.resize(cell.len().max(end), 0);
        cell[offset as usize..end].copy_from_slice(data);
        Ok(())
    }

    fn child(&mut self, slot: B256, offset: u32) -> Result<B256, Problem> {
        Ok(indirect(slot, offset))
    }
}

fn place(order: Order, value: u32) -> Place {
    Place {
        slot: B256::repeat_byte(7),
        offset: 100,
        order,
        value,
    }
}

/// Key number `n` as it is stored; numbers sort as the keys do.
fn key(order: Order, n: i32) -> Vec<u8> {
    match order {
        Order::Unsigned => n.cast_unsigned().to_le_bytes().to_vec(),
        Order::Signed => n.to_le_bytes().to_vec(),
        Order::Bytes => n.cast_unsigned().to_be_bytes().repeat(5),
        Order::Bool => vec![u8::from(n != 0)],
        Order::Blob => format!("{n:05}").repeat(n as usize % 17 + 1).into_bytes(),
        Order::BigInt => {
            let bytes = n.to_le_bytes();
            let fill = if n < 0 { 0xff } else { 0 };
            [&bytes[..], &vec![fill; n.unsigned_abs() as usize % 5]].concat()
        }
    }
}

fn scan_all(memory: &mut Memory, place: Place, size: u32, descending: bool) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let from = all.last().map(|(_, key, _)| key.clone());
        let wanted = Scan {
            from: from.as_deref(),
            after: true,
            descending,
            value: Form::Inline,
            key: size,
            limit: 3,
        };
        let (entries, more) = scan(memory, place, wanted).expect("a scan");
        all.extend(entries);
        if !more {
            return all;
        }
    }
}

/// Height of a subtree whose balances are right.
fn height(tree: &mut Tree<'_, Memory>, node: u32) -> i32 {
    if node == 0 {
        return 0;
    }
    let links = tree.links(node).expect("links");
    let low = height(tree, links.child(false));
    let high = height(tree, links.child(true));
    let balance = i32::from(links.to_bytes()[8].cast_signed());
    assert_eq!(high - low, balance);
    assert!(balance.abs() <= 1);
    1 + low.max(high)
}

fn like_a_map(order: Order, script: &[(u8, i32)]) {
    let place = place(order, 2);
    let size = order.inline(&key(order, 1)).expect("a key");
    let mut memory = Memory::new();
    let mut model = BTreeMap::new();
    for (step, &(action, n)) in script.iter().enumerate() {
        let bytes = key(order, n);
        let value = u16::try_from(step).expect("short").to_le_bytes().to_vec();
        match action {
            0..=3 => {
                put(&mut memory, place, &bytes, Form::Inline, &value).expect("put");
                model.insert(n, value);
            }
            4 => {
                insert(&mut memory, place, &bytes).expect("insert");
                model.entry(n).or_insert_with(|| vec![0; 2]);
            }
            _ => {
                let removed = remove(&mut memory, place, &bytes).expect("remove");
                assert_eq!(removed, model.remove(&n).is_some());
            }
        }
        let got = get(&mut memory, place, &bytes, Form::Inline).expect("get");
        assert_eq!(got.as_ref(), model.get(&n));
    }
    let want: Vec<_> = model
        .iter()
        .map(|(n, value)| (key(order, *n), value.clone()))
        .collect();
    let pairs = |entries: Vec<Entry>| -> Vec<_> {
        entries
            .into_iter()
            .map(|(_, key, value)| (key, value))
            .collect()
    };
    assert_eq!(pairs(scan_all(&mut memory, place, size, false)), want);
    let mut reversed = pairs(scan_all(&mut memory, place, size, true));
    reversed.reverse();
    assert_eq!(reversed, want);
    let mut tree = Tree::at(&mut memory, place, size).expect("tree");
    let (root, head) = (tree.head.root, tree.head);
    height(&mut tree, root);
    assert_eq!((head.count - head.free) as usize, model.len());
}

/// Every operation leaves every byte as the published map leaves it.
fn like_the_published(order: Order, value: u32, script: &[(u8, i32)]) {
    let place = place(order, value);
    let size = order.inline(&key(order, 1)).expect("a key");
    let mut memory = Memory::new();
    let mut model = Model::new(place, size as usize);
    for (step, &(action, n)) in script.iter().enumerate() {
        let bytes = key(order, n);
        let value = (step as u64 + 1).to_le_bytes().repeat(2);
        let value = value.get(..place.value as usize).expect("a short value");
        match action {
            0..=3 => {
                put(&mut memory, place, &bytes, Form::Inline, value).expect("put");
                model.put(n, &bytes, Some(value));
            }
            4 => {
                insert(&mut memory, place, &bytes).expect("insert");
                model.put(n, &bytes, None);
            }
            _ => {
                remove(&mut memory, place, &bytes).expect("remove");
                model.remove(n);
            }
        }
        assert_eq!(memory.slots, model.slots, "after step {step}: {action} {n}");
    }
}

proptest! {
    #[test]
    fn the_bytes_are_the_published_ones(
        script in prop::collection::vec((0u8..9, 0i32..60), 0..300),
        value in 0u32..10,
    ) {
        like_the_published(Order::Unsigned, value, &script);
    }

    #[test]
    fn the_bytes_of_texts_are_the_published_ones(
        script in prop::collection::vec((0u8..9, 0i32..40), 0..200),
    ) {
        like_the_published(Order::Blob, 3, &script);
    }

    #[test]
    fn unsigned_keys(script in prop::collection::vec((0u8..8, 0i32..600), 0..400)) {
        like_a_map(Order::Unsigned, &script);
    }

    #[test]
    fn signed_keys(script in prop::collection::vec((0u8..8, -300i32..300), 0..300)) {
        like_a_map(Order::Signed, &script);
    }

    #[test]
    fn address_keys(script in prop::collection::vec((0u8..8, 0i32..40), 0..300)) {
        like_a_map(Order::Bytes, &script);
    }

    #[test]
    fn text_keys(script in prop::collection::vec((0u8..8, 0i32..300), 0..300)) {
        like_a_map(Order::Blob, &script);
    }

    #[test]
    fn big_integer_keys(script in prop::collection::vec((0u8..8, -70_000i32..70_000), 0..300)) {
        like_a_map(Order::BigInt, &script);
    }

    #[test]
    fn any_bytes_end(
        head in prop::collection::vec(any::<u8>(), 12),
        nodes in prop::collection::vec(0u8..6, 0..300),
        order in 0u8..6,
        n in 0i32..300,
        small in any::<bool>(),
    ) {
        let order = Order::from_number(order).expect("an order");
        let place = place(order, if small { 0 } else { 4 });
        let mut memory = Memory::new();
        let head = if small { vec![3, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0] } else { head };
        memory.slots.insert(place.slot, [vec![0; 100], head].concat());
        memory.slots.insert(indirect(place.slot, 104), nodes.clone());
        memory.slots.insert(indirect(place.slot, 108), nodes);
        memory.left = 5_000;
        let key = key(order, n);
        let size = order.inline(&key).expect("a key");
        // Only that each of them ends, and without a panic.
        let _ended = find(&mut memory, place, &key);
        let _ended = insert(&mut memory, place, &key);
        let _ended = remove(&mut memory, place, &key);
        for descending in [false, true] {
            let wanted = Scan {
                from: Some(&key), after: false, descending, value: Form::Blob, key: size, limit: 100,
            };
            let _ended = scan(&mut memory, place, wanted);
        }
    }
}

#[test]
fn a_long_life_leaves_the_published_bytes() {
    // Waves of growing and shrinking, so that all rotations and all kinds of removal occur.
    let mut seed = 7_u64;
    let script: Vec<(u8, i32)> = (0..4000)
        .map(|step| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let grow = step / 400 % 2 == 0;
            let action = if (seed >> 60) < if grow { 12 } else { 4 } {
                0
            } else {
                5
            };
            (action, (seed >> 33) as i32 % 200)
        })
        .collect();
    for order in [Order::Unsigned, Order::Bytes, Order::Blob] {
        like_the_published(order, 4, &script);
    }
}

#[test]
fn numbers_order_by_value_and_text_by_length_last() {
    let less = |order: Order, a: &[u8], b: &[u8]| {
        let mut memory = Memory::new();
        let place = place(order, 0);
        put(&mut memory, place, b, Form::Skip, &[]).expect("put");
        let node = NodeAt {
            slot: indirect(place.slot, 104),
            offset: 0,
            key: order.inline(b).expect("inline"),
        };
        order.compare(&mut memory, node, a).expect("order").is_lt()
    };
    assert!(less(Order::Unsigned, &[255, 0], &[0, 1]));
    assert!(less(Order::Signed, &[0xff, 0xff], &[0, 0]));
    assert!(less(Order::Blob, b"ab", b"abc"));
    assert!(less(Order::Blob, b"", b"a"));
    assert!(less(
        Order::Blob,
        "\u{ffff}".as_bytes(),
        "\u{10000}".as_bytes()
    ));
    assert!(less(Order::BigInt, &[0, 0, 0xff], &[1]));
    assert!(!less(Order::BigInt, &[1, 0, 0], &[1]));
}

#[test]
fn keys_and_values_of_another_size_are_refused() {
    let mut memory = Memory::new();
    let place = place(Order::Unsigned, 2);
    for (key, value) in [
        (&[0; 33][..], &[0; 2][..]),
        (&[], &[0; 2]),
        (&[0; 4], &[0; 3]),
    ] {
        let result = put(&mut memory, place, key, Form::Inline, value);
        assert_eq!(result, Err(Problem::Malformed));
    }
    let value = put(&mut memory, place, &[0; 4], Form::Blob, b"abc");
    assert_eq!(value, Err(Problem::Malformed));
    assert_eq!(find(&mut memory, place, &[0; 4]), Ok(0));
}
