//! Records, receipts, traces and logs as clients read them.

use crate::support::{Network, PATIENCE, block_on};
use serde_json::{Value as Json, json};
use std::time::Duration;
use venire_api::quantity::hex_bytes;
use venire_types::{
    Address, B256, U256,
    calldata::Value,
    chain::{CONSENSUS_MAIN_LOCAL, topic},
    keccak256,
};

/// Prints, works, answers too much, and sends messages.
const LOUD: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *


class Loud(gl.Contract):
    heard: u256

    def __init__(self):
        self.heard = u256(0)

    @gl.public.write
    def shout(self, text: str) -> int:
        x = 1
        for i in range(300_000):
            x = (x * 31 + i) % 1_000_003
        print("a" * 9000)
        self.heard = u256(len(text))
        return x

    @gl.public.write
    def hoard(self) -> str:
        return "x" * 2_000_000

    @gl.public.write
    def echo(self) -> None:
        gl.get_contract_at(gl.message.contract_address).emit(on="accepted").echo()

    @gl.public.write
    def relay(self) -> None:
        gl.get_contract_at(gl.message.contract_address).emit(on="accepted").shout("child")
"#;

async fn write(network: &Network, to: Address, method: &str, arguments: Vec<Value>) -> B256 {
    let account = network.account(0);
    let sent = network
        .client
        .write(&account, to, method, arguments, U256::ZERO);
    sent.await.unwrap()
}

async fn ask(network: &Network, method: &str, params: &[Json]) -> Json {
    network.client.request(method, params).await.unwrap()
}

#[test]
fn nothing_of_an_execution_shows_before_the_reveal() {
    let network = Network::start(&[]);
    block_on(async {
        let contract = network.deploy(0, LOUD, Vec::new()).await;
        let tx = write(&network, contract, "shout", vec![Value::str("hello")]).await;
        let mut sealed = 0;
        let traced = loop {
            let trace = ask(
                &network,
                "gen_dbg_traceTransaction",
                &[json!({ "txID": tx })],
            )
            .await;
            let record = ask(&network, "eth_getTransactionByHash", &[json!(tx)]).await;
            if trace["vote"] != "not_voted" {
                break trace;
            }
            assert_eq!(trace["result_code"], 4, "{trace}");
            assert_eq!(
                (&trace["stdout"], &trace["return_data"]),
                (&json!(""), &json!("0x"))
            );
            if record["status"] == "COMMITTING" {
                sealed += 1;
                let receipt = &record["consensus_data"]["leader_receipt"][0];
                assert_eq!(receipt["contract_state_hash"], Json::Null, "{receipt}");
                assert_eq!(receipt["genvm_result"]["stdout"], "", "{receipt}");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        assert!(sealed > 0, "the test never looked while votes were sealed");
        assert_eq!(traced["vote"], "agree");
        assert_eq!(traced["result_code"], 0);
        assert_eq!(traced["stdout"].as_str().map(str::len), Some(9001));
        let absent = [json!({ "txID": tx, "round": 7 })];
        let refused = network
            .client
            .request::<Json>("gen_dbg_traceTransaction", &absent);
        assert!(refused.await.unwrap_err().to_string().contains("round"));
    });
}

#[test]
fn receipts_are_bounded_and_a_trace_is_whole() {
    let network = Network::start(&[]);
    block_on(async {
        let contract = network.deploy(0, LOUD, Vec::new()).await;
        let text = "t".repeat(6000);
        let tx = write(&network, contract, "shout", vec![Value::Str(text)]).await;
        let verdict = network.client.wait(tx, PATIENCE).await.unwrap();
        assert!(verdict.success);
        let data = &verdict.record["consensus_data"];
        let leader = &data["leader_receipt"];
        assert_eq!(leader[0]["calldata"], verdict.record["data"]["calldata"]);
        assert_eq!(leader[1]["calldata"], "");
        assert!(leader[0]["contract_state_hash"].is_string());
        let printed = leader[0]["genvm_result"]["stdout"].as_str().unwrap();
        assert!(printed.starts_with(&"a".repeat(5000)) && printed.len() < 5100);
        for receipt in data["validators"].as_array().unwrap() {
            assert_eq!(receipt["calldata"], "");
            assert_eq!(receipt["execution_result"], "SUCCESS");
        }
        let short = write(&network, contract, "shout", vec![Value::str("t")]).await;
        let short = network.client.wait(short, PATIENCE).await.unwrap().record;
        let calldata = &short["data"]["calldata"];
        assert_eq!(
            short["consensus_data"]["leader_receipt"][1]["calldata"],
            *calldata
        );
        assert_eq!(
            short["consensus_data"]["validators"][0]["calldata"],
            *calldata
        );
    });
}

#[test]
fn a_result_beyond_a_limit_is_shown_as_refused() {
    let network = Network::start(&[]);
    block_on(async {
        let contract = network.deploy(0, LOUD, Vec::new()).await;
        let tx = write(&network, contract, "hoard", Vec::new()).await;
        let verdict = network.client.wait(tx, PATIENCE).await.unwrap();
        assert_eq!(
            (verdict.status.as_str(), verdict.success),
            ("ACCEPTED", false)
        );
        let why = verdict.error.unwrap();
        assert!(
            why.contains("returned 2000004 bytes") && why.ends_with("(OOM)"),
            "{why}"
        );
        let data = &verdict.record["consensus_data"];
        let receipts = [&data["leader_receipt"], &data["validators"]];
        for receipt in receipts.iter().flat_map(|list| list.as_array().unwrap()) {
            assert_eq!(receipt["execution_result"], "ERROR", "{receipt}");
            assert_eq!(receipt["genvm_result"]["error_description"], why);
            assert_eq!(receipt["contract_state_hash"], Json::Null);
        }
        let trace = ask(
            &network,
            "gen_dbg_traceTransaction",
            &[json!({ "txID": tx })],
        )
        .await;
        assert_eq!(trace["return_data"], hex_bytes(b"OOM"));
    });
}

#[test]
fn a_result_that_the_rules_turned_into_a_failure_shows_as_one() {
    let network = Network::start(&[]);
    block_on(async {
        let contract = network.deploy(0, LOUD, Vec::new()).await;
        let mut tx = write(&network, contract, "echo", Vec::new()).await;
        let mut sent = 0;
        let last = loop {
            let verdict = network.client.wait(tx, PATIENCE).await.unwrap();
            let Some(child) = verdict.record["triggered_transactions"].get(0) else {
                break verdict;
            };
            assert!(verdict.success, "{:?}", verdict.error);
            tx = child.as_str().unwrap().parse().unwrap();
            sent += 1;
        };
        assert_eq!((sent, last.success), (16, false));
        let error = last.error.unwrap();
        assert_eq!(
            error,
            "too many messages follow from one another; this one may send no more (message_depth)"
        );
        let trace = ask(
            &network,
            "gen_dbg_traceTransaction",
            &[json!({ "txID": tx })],
        )
        .await;
        assert_eq!(trace["vote"], "agree");
    });
}

#[test]
fn logs_tell_of_birth_messages_and_decision() {
    let network = Network::start(&[]);
    block_on(async {
        let contract = network.deploy(0, LOUD, Vec::new()).await;
        let tx = write(&network, contract, "relay", Vec::new()).await;
        let record = network.client.wait(tx, PATIENCE).await.unwrap().record;
        let child = &record["triggered_transactions"][0];
        assert!(child.is_string(), "{record}");
        let me = network.account(0).address().into_word();
        let receipt = ask(&network, "eth_getTransactionReceipt", &[json!(tx)]).await;
        let logs = receipt["logs"].as_array().unwrap();
        assert_eq!(
            logs[0]["topics"],
            json!([topic::NEW_TRANSACTION, tx, contract.into_word(), me])
        );
        assert_eq!(logs[1]["topics"], json!([topic::CREATED_TRANSACTION, tx]));
        let sent = json!([
            topic::INTERNAL_MESSAGE_PROCESSED,
            child,
            contract.into_word(),
            contract.into_word(),
        ]);
        assert!(logs.iter().any(|log| log["topics"] == sent), "{receipt}");
        let filter = json!({ "fromBlock": "0x0", "topics": [topic::TRANSACTION_ACCEPTED, tx] });
        let found = ask(&network, "eth_getLogs", &[filter]).await;
        assert_eq!(found[0]["transactionHash"], json!(tx));
        let block = ask(
            &network,
            "eth_getBlockByHash",
            &[found[0]["blockHash"].clone()],
        )
        .await;
        assert_eq!(block["number"], found[0]["blockNumber"]);
        // The child names whoever signed at the root.
        let born = ask(
            &network,
            "eth_getTransactionReceipt",
            std::slice::from_ref(child),
        )
        .await;
        assert_eq!(born["logs"][0]["topics"][3], json!(me));
    });
}

#[test]
fn orders_have_receipts_and_are_answered_twice_alike() {
    let network = Network::start(&["--finality-window", "0"]);
    block_on(async {
        let contract = network.deploy(0, LOUD, Vec::new()).await;
        let tx = write(&network, contract, "hoard", Vec::new()).await;
        network.client.wait(tx, PATIENCE).await.unwrap();
        let (client, account) = (&network.client, network.account(0));
        let nonce = client.nonce(account.address()).await.unwrap();
        let mut input = keccak256(b"finalizeTransaction(bytes32)")[..4].to_vec();
        input.extend_from_slice(tx.as_slice());
        let chain = client.chain_id().await.unwrap();
        let raw = account.sign(chain, nonce, CONSENSUS_MAIN_LOCAL, U256::ZERO, input);
        let raw = raw.unwrap();
        let send = async |config: Json| {
            client
                .request::<B256>("eth_sendRawTransaction", &[json!(hex_bytes(&raw)), config])
                .await
        };
        let refused = send(json!({ "validators": [{ "stake": 1 }] }))
            .await
            .unwrap_err();
        assert!(refused.to_string().contains("--provider"), "{refused}");
        let time = json!({ "genvm_datetime": "2030-01-01T00:00:00Z", "validators": [] });
        let first = send(time).await.unwrap();
        let hash = keccak256(&raw);
        assert_eq!(first, hash);
        let receipt = ask(&network, "eth_getTransactionReceipt", &[json!(hash)]).await;
        assert_eq!(receipt["transactionHash"], json!(hash));
        assert_eq!(receipt["from"], account.address().to_string());
        let block = ask(
            &network,
            "eth_getBlockByHash",
            &[receipt["blockHash"].clone()],
        )
        .await;
        assert_eq!(block["transactions"], json!([hash]));
        assert_eq!(send(Json::Null).await.unwrap(), first);
        assert_eq!(client.nonce(account.address()).await.unwrap(), nonce + 1);
        let unknown = ask(
            &network,
            "eth_getTransactionReceipt",
            &[json!(B256::repeat_byte(7))],
        )
        .await;
        assert_eq!(unknown, Json::Null);
    });
}
