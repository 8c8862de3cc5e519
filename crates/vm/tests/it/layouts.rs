//! The language-neutral vectors of storage: what each leaves on chain, run in the sandbox.
//!
//! The contract that runs them is `conformance/contracts/storage_vectors`.

use crate::{
    corpus::{contract, request},
    machine::{machine, root},
    world::World,
};
use serde_json::Value as Json;
use std::{collections::BTreeMap, fs, sync::Arc};
use venire_types::{B256, calldata::Value, storage::PAGE};
use venire_vm::{Entry, Execution};

const VECTORS: &str = include_str!("../../../../conformance/vectors/storage.json");
/// Fewest layouts there must be.
const LAYOUTS: usize = 45;

fn text<'a>(vector: &'a Json, key: &str) -> &'a str {
    vector[key].as_str().unwrap_or_else(|| panic!("{key}"))
}

/// Bytes of the written slots without trailing zeros; those of the root are left out.
fn slots(execution: &Execution) -> BTreeMap<String, String> {
    let mut slots: BTreeMap<B256, Vec<u8>> = BTreeMap::new();
    for (key, page) in &execution.delta {
        let bytes = slots.entry(key.slot).or_default();
        let at = key.page as usize * PAGE;
        bytes.resize(bytes.len().max(at + PAGE), 0);
        bytes[at..at + PAGE].copy_from_slice(page);
    }
    let own: Vec<String> = vectors()["children"]
        .as_array()
        .expect("children")
        .iter()
        .filter(|child| text(child, "slot").starts_with("00"))
        .map(|child| text(child, "child").to_owned())
        .collect();
    slots
        .into_iter()
        .map(|(slot, bytes)| {
            let end = bytes
                .iter()
                .rposition(|byte| *byte != 0)
                .map_or(0, |at| at + 1);
            let name = slot.to_string().trim_start_matches("0x").to_owned();
            let data = bytes.get(..end).unwrap_or_default();
            (
                name,
                data.iter().map(|byte| format!("{byte:02x}")).collect(),
            )
        })
        .filter(|(name, _)| !own.contains(name))
        .collect()
}

fn vectors() -> Json {
    serde_json::from_str(VECTORS).expect("JSON")
}

#[test]
fn every_layout() {
    let driver = root().join("conformance/contracts/storage_vectors/contract.py");
    let code: Arc<[u8]> = fs::read(driver).expect("the driver").into();
    let all = vectors();
    let slot: B256 = text(&all, "slot").parse().expect("a slot");
    let layouts = all["layouts"].as_array().expect("layouts");
    assert!(layouts.len() >= LAYOUTS, "only {} layouts", layouts.len());
    let mut failures = Vec::new();
    for vector in layouts {
        let args = [Value::str(vector.to_string()), Value::bytes(slot.to_vec())];
        let deploy = request(Arc::clone(&code), Entry::Deploy(Value::constructor(args)));
        assert_eq!(deploy.message.contract, contract());
        let got = machine().run(deploy, Box::new(World::default()));
        let want: BTreeMap<String, String> = vector["slots"]
            .as_object()
            .expect("slots")
            .iter()
            .map(|(slot, bytes)| (slot.clone(), bytes.as_str().expect("hex").to_owned()))
            .collect();
        let shows = format!("{}\n", text(vector, "shows"));
        if got.stdout != shows || slots(&got) != want {
            failures.push(format!(
                "{}: {:?}\n{}\nwant {shows}{want:#?}\n{:#?}",
                text(vector, "about"),
                got.fault,
                got.stdout,
                slots(&got),
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
