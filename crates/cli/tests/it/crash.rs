//! `kill -9` during writes: nothing acknowledged is lost, nothing happens twice.

use crate::support::{COUNTER, Network, PATIENCE, block_on};
use std::time::Duration;
use venire_types::{B256, BigInt, U256, calldata::Value};

/// Rounds of write, kill, restart.
const ROUNDS: u64 = 4;

#[test]
fn acknowledged_writes_survive_sigkill_exactly_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("chain").to_string_lossy().into_owned();
    let args = ["--data-dir", &data, "--finality-window", "1"];
    let network = Network::start(&args);
    let account = network.account(0);
    let contract = block_on(async {
        let arguments = vec![Value::Int(0.into())];
        let tx = network
            .client
            .deploy(&account, COUNTER.as_bytes(), arguments)
            .await
            .unwrap();
        let verdict = network.client.wait(tx, PATIENCE).await.unwrap();
        assert!(verdict.success, "{:?}", verdict.error);
        verdict.contract.parse().unwrap()
    });
    let mut network = network;
    let mut acknowledged: Vec<B256> = Vec::new();
    for round in 0..ROUNDS {
        let sent: Vec<B256> = block_on(async {
            let mut sent = Vec::new();
            let writes = async {
                loop {
                    let arguments = vec![Value::Str(format!("round {round}"))];
                    match network
                        .client
                        .write(&account, contract, "bump", arguments, U256::ZERO)
                        .await
                    {
                        Ok(tx) => sent.push(tx),
                        Err(error) => panic!("the network refused: {error}"),
                    }
                }
            };
            // Killed in the middle of whatever it is doing: executions, commits, reveals.
            let moment = Duration::from_millis(150 + 130 * round);
            let _ = tokio::time::timeout(moment, writes).await;
            sent
        });
        network.kill();
        acknowledged.extend(sent);
        network = Network::start(&args);
    }
    assert!(
        acknowledged.len() >= 8,
        "only {} writes were acknowledged",
        acknowledged.len()
    );
    block_on(async {
        let client = &network.client;
        for tx in &acknowledged {
            let verdict = client.wait(*tx, PATIENCE).await.unwrap();
            assert!(
                matches!(verdict.status.as_str(), "ACCEPTED" | "FINALIZED"),
                "{}",
                verdict.status
            );
            assert!(verdict.success, "{:?}", verdict.error);
        }
        // A write that was in flight when the process died may or may not have entered; the nonce
        // says which, and the counter must say the same.
        let nonce = client.nonce(account.address()).await.unwrap();
        let mut expected = nonce - 1;
        let count = loop {
            let count = client.read(contract, "get", Vec::new()).await.unwrap();
            if count == Value::Int(BigInt::from(expected)) {
                break count;
            }
            expected = nonce - 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(count, Value::Int(BigInt::from(expected)));
        assert!(expected >= acknowledged.len() as u64);
        assert!(expected <= acknowledged.len() as u64 + ROUNDS);
    });
    assert_eq!(network.stop(), Some(0));
}
