//! Same seed, same clock, same transactions: same state roots, votes and receipts.

use crate::support::{COUNTER, Network, PATIENCE, block_on};
use serde_json::{Value as Json, json};
use venire_types::{U256, calldata::Value};

/// Everything two runs must agree on.
fn history(extra: &[&str]) -> (Vec<String>, Vec<Json>) {
    let mut args = vec!["--seed", "twice", "--manual-clock", "2026-02-03T04:05:06Z"];
    args.extend_from_slice(extra);
    let network = Network::start(&args);
    block_on(async {
        let (client, account) = (&network.client, network.account(0));
        let deploy = client
            .deploy(&account, COUNTER.as_bytes(), vec![Value::Int(7.into())])
            .await
            .unwrap();
        let deployed = client.wait(deploy, PATIENCE).await.unwrap();
        assert!(deployed.success, "{:?}", deployed.error);
        let contract = deployed.contract.parse().unwrap();
        let mut ids = vec![deploy];
        for (method, argument) in [("bump", "one"), ("refuse", "no"), ("bump", "two")] {
            let arguments = vec![Value::Str(argument.to_owned())];
            let tx = client
                .write(&account, contract, method, arguments, U256::ZERO)
                .await
                .unwrap();
            client.wait(tx, PATIENCE).await.unwrap();
            ids.push(tx);
        }
        // The window closes only because the clock is moved.
        let _: Json = client
            .request("sim_increaseTime", &[json!(60)])
            .await
            .unwrap();
        let mut records = Vec::new();
        for id in ids {
            let verdict = client.wait(id, PATIENCE).await.unwrap();
            assert_eq!(verdict.status, "FINALIZED");
            let mut record = verdict.record;
            strip(&mut record);
            records.push(record);
        }
        let tip: String = client.request("eth_blockNumber", &[]).await.unwrap();
        let tip = u64::from_str_radix(tip.trim_start_matches("0x"), 16).unwrap();
        let mut roots = Vec::new();
        for number in 0..=tip {
            let number = format!("{number:#x}");
            let block: Json = client
                .request("eth_getBlockByNumber", &[json!(number), json!(false)])
                .await
                .unwrap();
            roots.push(block["stateRoot"].as_str().unwrap().to_owned());
        }
        (roots, records)
    })
}

/// Removes what tells how long the machine took.
fn strip(value: &mut Json) {
    match value {
        Json::Object(map) => {
            map.remove("processing_time");
            map.values_mut().for_each(strip);
        }
        Json::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[test]
fn two_runs_agree_on_every_root_vote_and_receipt() {
    let (roots, records) = history(&[]);
    let (again, records_again) = history(&[]);
    assert!(roots.len() > 12, "{} blocks", roots.len());
    assert_eq!(roots, again);
    assert_eq!(records, records_again);
    let votes = records[1]["consensus_data"]["votes"].as_object().unwrap();
    assert_eq!(votes.len(), 5);
    assert!(votes.values().all(|vote| vote == "agree"), "{votes:?}");
}

#[test]
fn another_seed_draws_another_committee() {
    let (_, records) = history(&[]);
    let other = Network::start(&["--seed", "other"]);
    let mine = records[0]["consensus_data"]["votes"].as_object().unwrap();
    let theirs = other.config["validators"].as_array().unwrap();
    let known = |address: &str| {
        theirs
            .iter()
            .any(|validator| validator["address"] == address)
    };
    assert!(mine.keys().all(|address| !known(address)));
}
