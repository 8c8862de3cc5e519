//! Reads and writes of storage against a plain map of bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use venire_fuzz::{CONTRACT, request, run, script};
use venire_types::{calldata::Value, storage::PAGE};
use venire_vm::Entry;

/// Slots that the world has nothing in.
const SLOTS: u8 = 4;

fuzz_target!(|bytes: &[u8]| {
    script(bytes);
    let mut play = Vec::new();
    let mut want: BTreeMap<(u8, u32), u8> = BTreeMap::new();
    for write in bytes.chunks_exact(6).take(40) {
        let [slot, high, low, len, fill, step] = *write else {
            return;
        };
        let slot = slot % SLOTS;
        // Near the start, near the end, or somewhere.
        let near = u32::from(low) | u32::from(high & 3) << 8;
        let offset = if high & 4 == 0 { near } else { u32::MAX - near };
        let len = u32::from(len).min(u32::MAX - offset);
        play.extend([2, slot]);
        play.extend(offset.to_le_bytes());
        play.extend(u16::try_from(len).unwrap_or(0).to_le_bytes());
        for (at, index) in (offset..offset + len).zip(0u8..=255) {
            let byte = fill.wrapping_add(step.wrapping_mul(index));
            play.push(byte);
            want.insert((slot, at), byte);
        }
    }
    let execution = run(request(CONTRACT, Entry::Call(Value::bytes(play)), 0));
    assert!(execution.outcome.is_success(), "{execution:?}");
    let mut pages: BTreeMap<(u8, u32), [u8; PAGE]> = BTreeMap::new();
    for ((slot, at), byte) in want {
        pages.entry((slot, at / 32)).or_default()[at as usize % 32] = byte;
    }
    pages.retain(|_, page| *page != [0; PAGE]);
    let got: BTreeMap<_, _> = execution
        .delta
        .iter()
        .map(|(key, page)| ((key.slot[0], key.page), *page))
        .collect();
    assert_eq!(got, pages);
});
