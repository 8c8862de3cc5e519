//! Bad input over RPC: one clear error with a stable code, nothing changed, the node goes on.

use crate::support::{COUNTER, Network, PATIENCE, block_on};
use serde_json::{Value as Json, json};
use venire_api::quantity::{hex_address, hex_bytes};
use venire_sdk::Account;
use venire_types::{
    Address, U256,
    calldata::{self, Value},
    chain::CONSENSUS_MAIN_LOCAL,
    envelope::{Submission, TxData},
};

fn submission(code: &str, arguments: Vec<Value>) -> Submission {
    let call = Value::Map(
        [("args".to_owned(), Value::Array(arguments))]
            .into_iter()
            .collect(),
    );
    Submission {
        recipient: Address::ZERO,
        validators: U256::from(5),
        rotations: U256::from(3),
        valid_until: None,
        data: TxData::Deploy {
            code: code.as_bytes().to_vec(),
            calldata: calldata::encode(&call),
        },
        leader_only: false,
        fees: None,
    }
}

async fn post(network: &Network, body: impl Into<reqwest::Body>) -> (u16, Json) {
    let rpc = network.config["rpc"].as_str().unwrap();
    let answer = reqwest::Client::new()
        .post(rpc)
        .body(body)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn send(network: &Network, raw: &[u8]) -> Json {
    let body = json!({ "id": 1, "method": "eth_sendRawTransaction", "params": [hex_bytes(raw)] });
    post(network, body.to_string()).await.1
}

#[test]
fn bad_transactions_are_refused_and_change_nothing() {
    let network = Network::start(&[]);
    block_on(async {
        let (me, other) = (network.account(0), network.account(1));
        let chain = 61_127;
        let input = submission(COUNTER, vec![Value::Int(0.into())]).to_input(me.address());
        let sign = |account: &Account, chain, nonce, value: U256| {
            account
                .sign(chain, nonce, CONSENSUS_MAIN_LOCAL, value, input.clone())
                .unwrap()
        };
        let before = network.client.nonce(me.address()).await.unwrap();
        let broke = Account::random();
        let poor = submission(COUNTER, vec![Value::Int(0.into())]).to_input(broke.address());
        let poor = broke
            .sign(chain, 0, CONSENSUS_MAIN_LOCAL, U256::from(5), poor)
            .unwrap();
        let mut torn = sign(&me, chain, before, U256::ZERO);
        torn.truncate(40);
        let cases = [
            ("not a transaction", torn),
            ("somebody else's sender", sign(&other, chain, 0, U256::ZERO)),
            ("nonce too high", sign(&me, chain, before + 7, U256::ZERO)),
            ("unknown chain", sign(&me, 1, before, U256::ZERO)),
            ("no money", poor),
        ];
        for (name, raw) in cases {
            let answer = send(&network, &raw).await;
            assert_eq!(answer["error"]["code"], -32602, "{name}: {answer}");
            let sentence = answer["error"]["message"].as_str().unwrap();
            assert!(
                sentence.len() > 20 && !sentence.contains("unwrap"),
                "{name}: {sentence}"
            );
        }
        assert_eq!(network.client.nonce(me.address()).await.unwrap(), before);
        // The same bytes twice: the same answer, once on the chain.
        let raw = sign(&me, chain, before, U256::ZERO);
        let first = send(&network, &raw).await;
        let again = send(&network, &raw).await;
        assert_eq!(first["result"], again["result"]);
        assert_eq!(
            network.client.nonce(me.address()).await.unwrap(),
            before + 1
        );
    });
}

#[test]
fn bad_requests_have_codes() {
    let network = Network::start(&[]);
    block_on(async {
        assert_eq!(
            post(&network, "{").await,
            (
                400,
                json!({ "jsonrpc": "2.0", "error": { "code": -32700, "message": "Parse error" }, "id": null })
            )
        );
        let (_, unknown) = post(&network, r#"{"id":1,"method":"eth_getBalence"}"#).await;
        assert_eq!(unknown["error"]["code"], -32601);
        assert_eq!(
            unknown["error"]["message"],
            "Method not found: eth_getBalence; did you mean eth_getBalance?"
        );
        let (_, missing) = post(
            &network,
            r#"{"id":"a","method":"eth_getBalance","params":[]}"#,
        )
        .await;
        assert_eq!(
            (missing["id"].as_str(), missing["error"]["code"].as_i64()),
            (Some("a"), Some(-32602))
        );
        let (status, large) = post(&network, vec![b' '; 9 << 20]).await;
        assert_eq!(
            (status, large["error"]["code"].as_i64()),
            (413, Some(-32600))
        );
        let absent = hex_address(Address::repeat_byte(9));
        let call = json!({ "id": 1, "method": "gen_call", "params": [{ "type": "read", "to": absent, "data": "0x06" }] });
        assert_eq!(
            post(&network, call.to_string()).await.1["error"]["code"],
            -32001
        );
        let batch = r#"[{"id":1,"method":"ping"},{"method":"ping"},{"id":2,"method":"nope"}]"#;
        let (_, answers) = post(&network, batch).await;
        assert_eq!(answers.as_array().map(Vec::len), Some(2));
        assert_eq!(
            network.client.request::<String>("ping", &[]).await.unwrap(),
            "OK"
        );
    });
}

#[test]
fn hostile_contracts_end_in_an_error_and_the_node_goes_on() {
    let network = Network::start(&[]);
    let header = "# { \"Depends\": \"py-genlayer:test\" }\nfrom genlayer import *\n\n\nclass C(gl.Contract):\n    x: u256\n\n    def __init__(self):\n        ";
    let cases = [
        ("endless loop", "while True: pass"),
        ("memory bomb", "x = [0]\n        while True: x = x + x"),
        ("exception", "raise ValueError('no')"),
        ("not storable", "self.x = -1"),
    ];
    block_on(async {
        let account = network.account(0);
        for (name, body) in cases {
            let code = format!("{header}{body}\n");
            let tx = network
                .client
                .deploy(&account, code.as_bytes(), Vec::new())
                .await
                .unwrap();
            let verdict = network.client.wait(tx, PATIENCE).await.unwrap();
            assert_eq!(
                (verdict.status.as_str(), verdict.success),
                ("ACCEPTED", false),
                "{name}"
            );
            assert!(
                verdict.error.as_ref().is_some_and(|error| error.len() > 10),
                "{name}: {:?}",
                verdict.error
            );
        }
        let tx = network
            .client
            .deploy(&account, COUNTER.as_bytes(), vec![Value::Int(3.into())])
            .await
            .unwrap();
        assert!(network.client.wait(tx, PATIENCE).await.unwrap().success);
    });
}
