//! `venire up --genesis`: the networks with a name, files, mistakes, and chains that are there already.

use crate::support::{Network, block_on, stderr, venire};
use serde_json::{Value as Json, json};
use std::{fs, path::Path, process::Output};

/// Runs `venire up`, which must refuse to start.
fn refused(arguments: &[&str]) -> Output {
    let command = ["up", "--quiet", "--port", "0"];
    venire().args(command).args(arguments).output().unwrap()
}

fn file(dir: &Path, text: &str) -> String {
    let path = dir.join("genesis.json");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn every_network_with_a_name_serves() {
    for (name, validators) in [("test", 28), ("mirror", 33)] {
        let network = Network::start(&["--genesis", name]);
        block_on(async {
            let count: u64 = network
                .client
                .request("sim_countValidators", &[])
                .await
                .unwrap();
            assert_eq!(count, validators, "{name}");
            let to = network.account(0).address().to_string();
            let minted = network
                .client
                .request::<Json>("sim_fundAccount", &[json!(to), json!(5)])
                .await;
            assert_eq!(minted.is_ok(), name == "test", "{name}: {minted:?}");
            let held = network
                .client
                .request::<Json>("evm_setAutomine", &[json!(false)])
                .await;
            assert_eq!(held.is_ok(), name == "test", "{name}: {held:?}");
        });
    }
}

#[test]
fn a_file_decides_what_its_network_starts_from() {
    let dir = tempfile::tempdir().unwrap();
    let text = r#"{ "base": "local", "params": { "network": { "chain_id": 77 } }, "validators": { "count": 5, "families": ["qwen", "llama"] },
        "accounts": { "count": 2, "balance": "7gen" } }"#;
    let network = Network::start(&["--genesis", &file(dir.path(), text)]);
    assert_eq!(network.config["chain_id"], 77);
    assert_eq!(network.config["validators"].as_array().unwrap().len(), 5);
    assert_eq!(network.config["accounts"].as_array().unwrap().len(), 2);
    block_on(async {
        let validators: Vec<Json> = network
            .client
            .request("sim_getAllValidators", &[])
            .await
            .unwrap();
        let of = |family| {
            let declared = validators.iter().filter(|one| one["family"] == family);
            declared.count()
        };
        assert_eq!((of("qwen"), of("llama")), (3, 2));
        let to = network.account(1).address().to_string();
        let balance: String = network
            .client
            .request("eth_getBalance", &[json!(to), json!("latest")])
            .await
            .unwrap();
        assert_eq!(balance, "0x6124fee993bc0000");
    });
}

#[test]
fn mistakes_are_told_in_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let mistakes = [
        ("{", "is no genesis file"),
        (
            "{ \"params\": { \"round\": { \"grace\": 1 } } }",
            "there is no parameter round.grace; did you mean round.grace_ms?",
        ),
        (
            "{ \"params\": { \"round\": { \"committee_default\": 6 } } }",
            "round.committee_default cannot be 6",
        ),
    ];
    for (text, said) in mistakes {
        let output = refused(&["--genesis", &file(dir.path(), text)]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
    let output = refused(&["--genesis", "mirrer"]);
    assert!(
        stderr(&output).contains("did you mean mirror?"),
        "{}",
        stderr(&output)
    );
    let poor = file(
        dir.path(),
        "{ \"base\": \"mirror\", \"validators\": { \"stake\": \"41999gen\" } }",
    );
    let output = refused(&["--genesis", &poor]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("has a stake of 41999gen; stake.validator_min is 42000gen"),
        "{}",
        stderr(&output)
    );
    let output = refused(&["--genesis", "mirror", "--no-mining"]);
    assert!(
        stderr(&output).contains("network.manual"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_chain_goes_on_under_its_own_rules_or_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let chain = dir.path().join("chain");
    let chain = chain.to_str().unwrap();
    let first = [
        "--data-dir",
        chain,
        "--validators",
        "5",
        "--finality-window",
        "20",
    ];
    assert_eq!(Network::start(&first).stop(), Some(0));
    let network = Network::start(&["--data-dir", chain]);
    assert_eq!(network.config["validators"].as_array().unwrap().len(), 5);
    assert_eq!(network.stop(), Some(0));
    let others: [(&[&str], &str); 4] = [
        (
            &["--validators", "6"],
            "holds a chain with 5 validators, not 6",
        ),
        (
            &["--finality-window", "10"],
            "holds a chain whose round.finality_window_ms is 20000, not 10000",
        ),
        (
            &["--seed", "other"],
            "holds a chain whose seed is not \"other\"",
        ),
        (
            &["--genesis", "local"],
            "holds a chain with 5 validators, not 25",
        ),
    ];
    for (options, said) in others {
        let output = refused(&[&["--data-dir", chain], options].concat());
        assert_eq!(output.status.code(), Some(3), "{options:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}
