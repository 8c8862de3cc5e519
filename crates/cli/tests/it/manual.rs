//! Transactions that wait until they are mined: order, cancelling, restart, time, bad input.

use crate::support::{Network, PATIENCE, block_on};
use serde_json::{Value as Json, json};
use venire_types::{Address, B256, U256, calldata::Value};

async fn status(network: &Network, tx: B256) -> String {
    let answer = ask(
        network,
        "gen_getTransactionStatus",
        &[json!(tx.to_string())],
    )
    .await;
    answer["status"].as_str().unwrap().to_owned()
}

async fn ask(network: &Network, method: &str, params: &[Json]) -> Json {
    network.client.request(method, params).await.unwrap()
}

async fn refused(network: &Network, method: &str, params: &[Json]) -> String {
    let answer = network.client.request::<Json>(method, params).await;
    answer.unwrap_err().to_string()
}

async fn bump(network: &Network, contract: Address, by: &str) -> B256 {
    let account = network.account(0);
    let arguments = vec![Value::Str(by.to_owned())];
    let sent = network
        .client
        .write(&account, contract, "bump", arguments, U256::ZERO);
    sent.await.unwrap()
}

async fn count(network: &Network, contract: Address) -> Value {
    let read = network.client.read(contract, "get", Vec::new());
    read.await.unwrap()
}

#[test]
fn what_waits_starts_when_it_is_mined_in_the_order_it_came() {
    let network = Network::start(&[]);
    block_on(async {
        let contract = network.counter(0, 0).await;
        assert_eq!(ask(&network, "anvil_getAutomine", &[]).await, json!(true));
        assert_eq!(
            ask(&network, "evm_setAutomine", &[json!(false)]).await,
            json!(true)
        );
        assert_eq!(
            ask(&network, "hardhat_getAutomine", &[]).await,
            json!(false)
        );
        let mut sent = Vec::new();
        for by in ["a", "b", "c"] {
            sent.push(bump(&network, contract, by).await);
        }
        ask(&network, "sim_increaseTime", &[json!(3600)]).await;
        for tx in &sent {
            assert_eq!(status(&network, *tx).await, "PENDING");
        }
        assert_eq!(ask(&network, "evm_mine", &[]).await, json!("0x0"));
        let late = bump(&network, contract, "late").await;
        for (tx, count) in sent.iter().zip(1..) {
            let verdict = network.client.wait(*tx, PATIENCE).await.unwrap();
            assert!(verdict.success, "{:?}", verdict.error);
            let result = &verdict.record["consensus_data"]["leader_receipt"][1];
            assert_eq!(
                result["genvm_result"]["stdout"],
                format!("bump by {}\n", ["a", "b", "c"][count - 1])
            );
        }
        assert_eq!(count(&network, contract).await, Value::Int(3.into()));
        assert_eq!(status(&network, late).await, "PENDING");
        let height = |text: Json| {
            u64::from_str_radix(text.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
        };
        let before = height(ask(&network, "eth_blockNumber", &[]).await);
        let time = ask(&network, "sim_getTime", &[]).await.as_u64().unwrap();
        assert_eq!(
            ask(&network, "anvil_mine", &[json!("0x5"), json!(60)]).await,
            Json::Null
        );
        assert!(height(ask(&network, "eth_blockNumber", &[]).await) >= before + 5);
        assert!(ask(&network, "sim_getTime", &[]).await.as_u64().unwrap() >= time + 240);
        assert!(network.client.wait(late, PATIENCE).await.unwrap().success);
        // Turning it on again starts what waits.
        let one_more = bump(&network, contract, "d").await;
        ask(&network, "evm_setAutomine", &[json!(true)]).await;
        assert!(
            network
                .client
                .wait(one_more, PATIENCE)
                .await
                .unwrap()
                .success
        );
    });
}

#[test]
fn what_waits_survives_a_kill_and_starts_when_the_network_does_not_wait() {
    let dir = tempfile::tempdir().unwrap();
    let chain = dir.path().to_str().unwrap();
    let network = Network::start(&["--data-dir", chain, "--no-mining"]);
    let (contract, tx) = block_on(async {
        ask(&network, "evm_setAutomine", &[json!(true)]).await;
        let contract = network.counter(0, 0).await;
        ask(&network, "evm_setAutomine", &[json!(false)]).await;
        (contract, bump(&network, contract, "x").await)
    });
    network.kill();
    let network = Network::start(&["--data-dir", chain, "--no-mining"]);
    block_on(async {
        assert_eq!(status(&network, tx).await, "PENDING");
    });
    network.kill();
    let network = Network::start(&["--data-dir", chain]);
    block_on(async {
        assert!(network.client.wait(tx, PATIENCE).await.unwrap().success);
        assert_eq!(count(&network, contract).await, Value::Int(1.into()));
    });
}

#[test]
fn a_payment_waits_and_a_snapshot_brings_it_back() {
    let network = Network::start(&["--no-mining"]);
    block_on(async {
        let (me, to) = (network.account(0), network.account(1).address());
        let balance = async || {
            ask(
                &network,
                "eth_getBalance",
                &[json!(to.to_string()), json!("latest")],
            )
            .await
        };
        let before = balance().await;
        let raw = me.sign(61_127, 0, to, U256::from(5), Vec::new()).unwrap();
        let hex = venire_api::quantity::hex_bytes(&raw);
        let tx = ask(&network, "eth_sendRawTransaction", &[json!(hex)]).await;
        assert_eq!(balance().await, before);
        let snapshot = ask(&network, "sim_createSnapshot", &[]).await;
        for _ in 0..2 {
            let now = ask(
                &network,
                "gen_getTransactionStatus",
                std::slice::from_ref(&tx),
            )
            .await;
            assert_eq!(now["status"], "PENDING");
            ask(&network, "evm_mine", &[]).await;
            let now = ask(
                &network,
                "gen_getTransactionStatus",
                std::slice::from_ref(&tx),
            )
            .await;
            assert_eq!(now["status"], "FINALIZED");
            assert_ne!(balance().await, before);
            assert_eq!(
                ask(
                    &network,
                    "sim_restoreSnapshot",
                    std::slice::from_ref(&snapshot)
                )
                .await,
                json!(true)
            );
            assert_eq!(balance().await, before);
        }
    });
}

#[test]
fn an_appeal_has_a_price_that_can_be_asked() {
    let network = Network::start(&["--finality-window", "3600"]);
    block_on(async {
        let contract = network.counter(0, 0).await;
        let tx = bump(&network, contract, "x").await;
        network.client.wait(tx, PATIENCE).await.unwrap();
        let quote = ask(&network, "gen_getAppealQuote", &[json!(tx.to_string())]).await;
        // Seven fresh members, 200 units each, and a leader's 100, at 0.001 GEN.
        assert_eq!(quote["bond"], "1500000000000000000");
        assert_eq!(quote["funding"], "0");
        assert_eq!(quote["charge"], quote["bond"]);
        assert_eq!(quote["sponsored"], true);
        let unknown = json!(B256::ZERO.to_string());
        assert!(
            refused(&network, "gen_getAppealQuote", &[unknown])
                .await
                .contains("not found")
        );
        ask(&network, "sim_increaseTime", &[json!(7200)]).await;
        let late = refused(&network, "gen_getAppealQuote", &[json!(tx.to_string())]).await;
        assert!(!late.is_empty());
    });
}

#[test]
fn bad_orders_to_mine_are_refused() {
    let network = Network::start(&[]);
    block_on(async {
        let errors = [
            refused(&network, "anvil_mine", &[json!(0)]).await,
            refused(&network, "anvil_mine", &[json!("many")]).await,
            refused(&network, "evm_setAutomine", &[json!("off")]).await,
            refused(&network, "evm_mine", &[json!(1)]).await,
        ];
        assert!(
            errors[0].contains("Invalid blocks: expected 1 to 10000, not 0"),
            "{errors:?}"
        );
        assert!(
            errors[1].contains("Invalid blocks: expected a whole number"),
            "{errors:?}"
        );
        assert!(errors[2].contains("Invalid enabled"), "{errors:?}");
        assert!(
            errors[3].contains("time never goes backwards"),
            "{errors:?}"
        );
    });
}
