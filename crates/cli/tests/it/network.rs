//! `venire up` from outside: health, the page, transfers, messages, restart.

use crate::support::{Network, PATIENCE, block_on};
use serde_json::{Value as Json, json};
use venire_types::{U256, calldata::Value};

#[test]
fn five_validators_judge_and_the_receipt_says_so() {
    let network = Network::start(&[]);
    block_on(async {
        let (client, account) = (&network.client, network.account(0));
        let contract = network.counter(0, 5).await;
        let arguments = vec![Value::Str("me".to_owned())];
        let tx = client
            .write(&account, contract, "bump", arguments, U256::ZERO)
            .await
            .unwrap();
        let verdict = client.wait(tx, PATIENCE).await.unwrap();
        assert_eq!(verdict.status, "ACCEPTED");
        let record = verdict.record;
        let history = &record["consensus_history"]["consensus_results"][0]["status_changes"];
        assert_eq!(
            *history,
            json!([
                "PENDING",
                "PROPOSING",
                "COMMITTING",
                "REVEALING",
                "ACCEPTED"
            ])
        );
        let leader = &record["consensus_data"]["leader_receipt"];
        assert_eq!(leader[0]["vote"], Json::Null);
        assert_eq!(leader[1]["vote"], "agree");
        assert_eq!(leader[0]["genvm_result"]["stdout"], "bump by me\n");
        assert_eq!(
            record["consensus_data"]["validators"]
                .as_array()
                .unwrap()
                .len(),
            4
        );
        assert_eq!(record["last_round"]["votes_revealed"], "5");
        assert_eq!(
            client.read(contract, "get", Vec::new()).await.unwrap(),
            Value::Int(6.into())
        );
        let text = record.to_string();
        for account in network.config["accounts"].as_array().unwrap() {
            assert!(!text.contains(&account["private_key"].as_str().unwrap()[2..]));
        }
    });
    assert_eq!(network.stop(), Some(0));
}

#[test]
fn a_refusal_is_accepted_as_error_and_changes_nothing() {
    let network = Network::start(&[]);
    block_on(async {
        let (client, account) = (&network.client, network.account(1));
        let contract = network.counter(1, 5).await;
        let arguments = vec![Value::Str("not today".to_owned())];
        let tx = client
            .write(&account, contract, "refuse", arguments, U256::ZERO)
            .await
            .unwrap();
        let verdict = client.wait(tx, PATIENCE).await.unwrap();
        assert_eq!(
            (verdict.status.as_str(), verdict.success),
            ("ACCEPTED", false)
        );
        assert_eq!(
            verdict.error.as_deref(),
            Some("the contract refused: not today")
        );
        assert_eq!(
            client.read(contract, "get", Vec::new()).await.unwrap(),
            Value::Int(5.into())
        );
    });
}

#[test]
fn value_reaches_the_contract_or_comes_back() {
    let network = Network::start(&["--finality-window", "0"]);
    block_on(async {
        let (client, account) = (&network.client, network.account(2));
        let balance = async |address: String| {
            let text: String = client
                .request("eth_getBalance", &[json!(address), json!("latest")])
                .await
                .unwrap();
            U256::from_str_radix(text.trim_start_matches("0x"), 16).unwrap()
        };
        let sender = account.address().to_string();
        let before = balance(sender.clone()).await;
        let contract = network.counter(2, 0).await;
        let tx = client
            .write(&account, contract, "pay", Vec::new(), U256::from(700))
            .await
            .unwrap();
        assert!(client.wait(tx, PATIENCE).await.unwrap().success);
        assert_eq!(balance(contract.to_string()).await, U256::from(700));
        // `bump` is not payable: the call fails and the money returns.
        let arguments = vec![Value::Str("x".to_owned())];
        let tx = client
            .write(&account, contract, "bump", arguments, U256::from(9))
            .await
            .unwrap();
        let verdict = client.wait(tx, PATIENCE).await.unwrap();
        assert!(!verdict.success);
        assert!(verdict.error.unwrap().contains("payable"));
        for _ in 0..200 {
            if balance(sender.clone()).await == before - U256::from(700) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the value of the failed call did not come back");
    });
}

#[test]
fn health_metrics_and_page_are_served_to_local_names_only() {
    let network = Network::start(&[]);
    let page = network.config["page"].as_str().unwrap().to_owned();
    block_on(async {
        let http = reqwest::Client::new();
        let get = async |path: &str| http.get(format!("{page}{path}")).send().await.unwrap();
        let health: Json = get("health").await.json().await.unwrap();
        assert_eq!(health["status"], "healthy");
        assert_eq!(health["validators"], 25);
        let _: String = network.client.request("eth_chainId", &[]).await.unwrap();
        let metrics = get("metrics").await.text().await.unwrap();
        assert!(metrics.contains("venire_rpc_calls_total"), "{metrics}");
        let html = get("").await;
        assert_eq!(html.headers()["access-control-allow-origin"], "*");
        assert!(html.text().await.unwrap().contains("<title>Venire</title>"));
        let foreign = http
            .get(format!("{page}health"))
            .header("host", "evil.example")
            .send()
            .await
            .unwrap();
        assert_eq!(foreign.status(), 403);
        let rpc = network.config["rpc"].as_str().unwrap();
        let body = json!({ "id": 1, "method": "sim_fundAccount", "params": [network.account(0).address().to_string(), 1] });
        let refused: Json = http
            .post(rpc)
            .header("origin", "https://evil.example")
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(refused["error"]["code"], -32007, "{refused}");
    });
}

#[test]
fn snapshots_put_the_whole_chain_back() {
    let network = Network::start(&[]);
    block_on(async {
        let (client, account) = (&network.client, network.account(3));
        let contract = network.counter(3, 1).await;
        let snapshot: u64 = client.request("sim_createSnapshot", &[]).await.unwrap();
        for _ in 0..2 {
            let nonce = client.nonce(account.address()).await.unwrap();
            let arguments = vec![Value::Str("again".to_owned())];
            let tx = client
                .write(&account, contract, "bump", arguments, U256::ZERO)
                .await
                .unwrap();
            assert!(client.wait(tx, PATIENCE).await.unwrap().success);
            assert_eq!(
                client.read(contract, "get", Vec::new()).await.unwrap(),
                Value::Int(2.into())
            );
            let restored: bool = client
                .request("sim_restoreSnapshot", &[json!(snapshot)])
                .await
                .unwrap();
            assert!(restored);
            assert_eq!(
                client.read(contract, "get", Vec::new()).await.unwrap(),
                Value::Int(1.into())
            );
            assert_eq!(client.nonce(account.address()).await.unwrap(), nonce);
        }
        let unknown: bool = client
            .request("sim_restoreSnapshot", &[json!(99)])
            .await
            .unwrap();
        assert!(!unknown);
    });
}
