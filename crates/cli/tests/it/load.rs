//! Slow models and many readers at once: everybody is answered, the jury goes on.

use crate::support::{COUNTER, Network, PATIENCE, block_on};
use serde_json::{Value as Json, json};
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    time::Duration,
};
use venire_types::{U256, calldata::Value};

/// A contract whose view asks the model.
const ASKING: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *


class Asking(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def ask(self) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("say hello"))
"#;

/// More readers than the node has workers.
const READERS: usize = 40;

/// A model server that takes its time; answers until the test ends.
#[expect(
    clippy::disallowed_methods,
    reason = "the server's slowness is the test"
)]
fn slow_model(pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            std::thread::spawn(move || {
                let mut request = [0; 65536];
                // One read holds a request as small as these.
                let _ = stream.read(&mut request);
                std::thread::sleep(pause);
                let body = json!({
                    "choices": [{ "message": { "role": "assistant", "content": "hello" }, "finish_reason": "stop" }],
                })
                .to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            });
        }
    });
    format!("openai-compatible:http://{address}/v1?model=slow")
}

#[test]
fn more_slow_reads_than_workers_are_all_answered_while_the_jury_goes_on() {
    let provider = slow_model(Duration::from_millis(300));
    let network = Network::start(&["--provider", &provider]);
    block_on(async {
        let (client, account) = (&network.client, network.account(0));
        let asking = network.deploy(0, ASKING, Vec::new()).await;
        let mut readers = tokio::task::JoinSet::new();
        for _ in 0..READERS {
            let client = client.clone();
            readers.spawn(async move { client.read(asking, "ask", Vec::new()).await });
        }
        let counter = network.counter(0, 1).await;
        let by = vec![Value::Str("me".to_owned())];
        let tx = client
            .write(&account, counter, "bump", by, U256::ZERO)
            .await
            .unwrap();
        assert!(client.wait(tx, PATIENCE).await.unwrap().success);
        let answers = tokio::time::timeout(PATIENCE, readers.join_all())
            .await
            .unwrap();
        for answer in answers {
            assert_eq!(answer.unwrap(), Value::Str("hello".to_owned()));
        }
    });
}

#[test]
fn a_clock_that_was_moved_stays_moved_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("chain").to_string_lossy().into_owned();
    let args = ["--data-dir", &data, "--finality-window", "1"];
    let network = Network::start(&args);
    let moved: u64 = block_on(async {
        let _: Json = network
            .client
            .request("sim_increaseTime", &[json!(86_400)])
            .await
            .unwrap();
        network.counter(0, 1).await;
        network.client.request("sim_getTime", &[]).await.unwrap()
    });
    assert_eq!(network.stop(), Some(0));
    let network = Network::start(&args);
    block_on(async {
        let now: u64 = network.client.request("sim_getTime", &[]).await.unwrap();
        assert!(now + 1 >= moved, "{now} is before {moved}");
        let account = network.account(1);
        let start = vec![Value::Int(1.into())];
        let tx = network
            .client
            .deploy(&account, COUNTER.as_bytes(), start)
            .await
            .unwrap();
        for _ in 0..1000 {
            if network.client.wait(tx, PATIENCE).await.unwrap().status == "FINALIZED" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nothing becomes final any more");
    });
}

#[test]
fn pages_of_other_sites_read_but_run_nothing() {
    let network = Network::start(&["--allow-origin", "https://trusted.example"]);
    let rpc = network.config["rpc"].as_str().unwrap().to_owned();
    block_on(async {
        let post = async |origin: &str, method: &str| {
            let body = json!({ "id": 1, "method": method, "params": [{}] });
            let sent = reqwest::Client::new()
                .post(&rpc)
                .header("origin", origin)
                .json(&body)
                .send();
            let answer: Json = sent.await.unwrap().json().await.unwrap();
            answer["error"]["code"].as_i64()
        };
        for method in [
            "gen_call",
            "sim_call",
            "eth_sendRawTransaction",
            "gen_getContractSchemaForCode",
        ] {
            assert_eq!(
                post("https://evil.example", method).await,
                Some(-32007),
                "{method}"
            );
            assert_ne!(
                post("https://trusted.example", method).await,
                Some(-32007),
                "{method}"
            );
            assert_ne!(
                post("http://localhost:5173", method).await,
                Some(-32007),
                "{method}"
            );
        }
        assert_eq!(post("https://evil.example", "eth_getLogs").await, None);
    });
}
