//! `kill -9` during writes: nothing acknowledged is lost, nothing happens twice. A state that is
//! broken is noticed, and stops the node.

use crate::support::{COUNTER, Network, PATIENCE, block_on};
use std::{collections::BTreeMap, path::Path, time::Duration};
use venire_protocol::{Globals, Key, RawBlock};
use venire_sdk::{Account, Client};
use venire_store::{Commit, Options, Store};
use venire_types::{Address, B256, BigInt, U256, calldata::Value};

/// Rounds of write, kill, restart.
const ROUNDS: u64 = 4;

#[test]
fn acknowledged_writes_survive_sigkill_exactly_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("chain").to_string_lossy().into_owned();
    let args = ["--data-dir", &data, "--finality-window", "1"];
    let mut network = Network::start(&args);
    let account = network.account(0);
    let contract = block_on(network.counter(0, 0));
    let mut acknowledged: Vec<B256> = Vec::new();
    for round in 0..ROUNDS {
        // Killed in the middle of whatever it is doing: executions, commits, reveals.
        let moment = Duration::from_millis(150 + 130 * round);
        acknowledged.extend(block_on(write_for(
            &network.client,
            &account,
            contract,
            moment,
        )));
        network.kill();
        network = Network::start(&args);
    }
    let writes = acknowledged.len() as u64;
    assert!(writes >= 8, "only {writes} writes were acknowledged");
    block_on(async {
        let client = &network.client;
        for tx in &acknowledged {
            let verdict = client.wait(*tx, PATIENCE).await.unwrap();
            let status = verdict.status.as_str();
            assert!(matches!(status, "ACCEPTED" | "FINALIZED"), "{status}");
            assert!(verdict.success, "{:?}", verdict.error);
        }
        // A write that was in flight when the process died may or may not have entered: the nonce
        // says how many did (the first was the deploy), and the counter must come to the same.
        let entered = client.nonce(account.address()).await.unwrap() - 1;
        assert!(
            (writes..=writes + ROUNDS).contains(&entered),
            "{entered} entered, {writes} were acknowledged"
        );
        settle(client, contract, entered).await;
    });
    assert_eq!(network.stop(), Some(0));
}

/// What the first committee read is in memory only; after a restart it has to be made again.
#[test]
fn an_appeal_after_a_restart_is_judged_on_the_state_of_the_first_committee() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("chain").to_string_lossy().into_owned();
    let args = ["--data-dir", &data, "--finality-window", "600"];
    let mut network = Network::start(&args);
    let account = network.account(0);
    let contract = block_on(network.counter(0, 0));
    let arguments = || vec![Value::Str("again".to_owned())];
    let bump = async |client: &Client| {
        let tx = client
            .write(&account, contract, "bump", arguments(), U256::ZERO)
            .await
            .unwrap();
        client.wait(tx, PATIENCE).await.unwrap();
        tx
    };
    let first = block_on(bump(&network.client));
    block_on(bump(&network.client));
    network.kill();
    network = Network::start(&args);
    let critic = network.account(1);
    block_on(async {
        let client = &network.client;
        client.appeal(&critic, first, U256::ZERO).await.unwrap();
        let ended = async {
            loop {
                let verdict = client.wait(first, PATIENCE).await.unwrap();
                if verdict.record["appeal_failed"] == 1 {
                    return verdict;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let verdict = tokio::time::timeout(PATIENCE, ended).await.unwrap();
        assert_eq!(verdict.status, "ACCEPTED");
        let votes = verdict.record["consensus_data"]["votes"]
            .as_object()
            .unwrap();
        assert_eq!(votes.len(), 5 + 7);
        assert!(votes.values().all(|vote| vote == "agree"), "{votes:?}");
        settle(client, contract, 2).await;
        let again = client.appeal(&critic, B256::ZERO, U256::ZERO).await;
        assert!(
            again
                .unwrap_err()
                .to_string()
                .contains("there is no transaction")
        );
    });
    assert_eq!(network.stop(), Some(0));
}

/// Writes as fast as the network answers, and tells which writes it acknowledged.
async fn write_for(
    client: &Client,
    account: &Account,
    contract: Address,
    time: Duration,
) -> Vec<B256> {
    let mut sent = Vec::new();
    let writes = async {
        loop {
            let arguments = vec![Value::Str("again".to_owned())];
            let tx = client
                .write(account, contract, "bump", arguments, U256::ZERO)
                .await;
            sent.push(tx.unwrap());
        }
    };
    let _: Result<(), _> = tokio::time::timeout(time, writes).await;
    sent
}

/// Waits until the counter shows `expected`, which it must reach and never pass.
async fn settle(client: &Client, contract: Address, expected: u64) {
    for _ in 0..3000 {
        let count = client.read(contract, "get", Vec::new()).await.unwrap();
        let Value::Int(count) = count else {
            panic!("{count:?}")
        };
        assert!(
            count <= BigInt::from(expected),
            "{count} writes happened, {expected} entered"
        );
        if count == BigInt::from(expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the counter never reached {expected}");
}

/// Commits a block that leaves bytes that are no account where that of `address` is.
fn break_account(dir: &Path, address: Address) {
    let (mut store, _) = Store::open(dir, Options::default()).unwrap();
    let height = store.next_height();
    let key = Key::globals();
    let view = store.view();
    let globals: Globals = borsh::from_slice(view.state().get(key.as_bytes()).unwrap()).unwrap();
    let globals = Globals { height, ..globals };
    let block = RawBlock {
        height,
        time_ms: globals.time_ms,
        seed: B256::ZERO,
        inputs: Vec::new(),
    };
    let delta = BTreeMap::from([
        (
            key.as_bytes().to_vec(),
            Some(borsh::to_vec(&globals).unwrap()),
        ),
        (Key::account(address).as_bytes().to_vec(), Some(vec![1])),
    ]);
    let block = borsh::to_vec(&block).unwrap();
    store
        .commit(Commit {
            height,
            block,
            delta,
        })
        .unwrap();
    store.sync().unwrap();
}

#[test]
fn a_broken_state_stops_the_node_with_the_code_of_a_defect() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("chain");
    let args = ["--data-dir", data.to_str().unwrap()];
    let network = Network::start(&args);
    let account = network.account(0);
    assert_eq!(network.stop(), Some(0));
    break_account(&data, account.address());
    let network = Network::start(&args);
    let sent = network
        .client
        .deploy(&account, COUNTER.as_bytes(), Vec::new());
    assert!(block_on(sent).is_err());
    assert_eq!(network.end(), Some(70));
}
