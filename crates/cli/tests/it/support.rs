//! Starts and ends real `venire` processes.

use serde_json::Value as Json;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use venire_sdk::{Account, Client};
use venire_types::{Address, calldata::Value};

/// A contract that counts.
pub(crate) const COUNTER: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *


class Counter(gl.Contract):
    count: u256
    last: str

    def __init__(self, start: int):
        self.count = u256(start)
        self.last = ""

    @gl.public.write
    def bump(self, by: str) -> int:
        print("bump by", by)
        self.count = u256(self.count + 1)
        self.last = by
        return self.count

    @gl.public.write
    def refuse(self, why: str) -> None:
        self.count = u256(999)
        raise gl.vm.UserError(why)

    @gl.public.view
    def get(self) -> int:
        return self.count

    @gl.public.write.payable
    def pay(self) -> int:
        return gl.message.value
"#;

/// Longest wait for anything in these tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The guest component the binary runs.
pub(crate) fn guest() -> PathBuf {
    let path = std::env::var_os("VENIRE_GUEST").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../build/guest/contract.wasm"),
        PathBuf::from,
    );
    assert!(
        path.is_file(),
        "{} is missing; run `make guest` first",
        path.display()
    );
    path
}

/// The binary, ready for arguments.
pub(crate) fn venire() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_venire"));
    command
        .env("VENIRE_GUEST", guest())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    venire().args(args).output().expect("the binary runs")
}

/// stdout as text.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// stderr as text.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A running network; killed when dropped.
pub(crate) struct Network {
    child: Child,
    pub(crate) config: Json,
    pub(crate) client: Client,
    _dir: tempfile::TempDir,
}

impl Network {
    /// Starts `venire up` on a free port and waits until it serves.
    #[expect(clippy::disallowed_methods, reason = "a test waits for a real process")]
    pub(crate) fn start(args: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("network.json");
        let mut child = venire()
            .args(["up", "--quiet", "--port", "0", "--config-out"])
            .arg(&file)
            .args(args)
            .spawn()
            .expect("the binary starts");
        let mut tries = 0;
        let config = loop {
            if let Ok(text) = std::fs::read_to_string(&file) {
                break serde_json::from_str::<Json>(&text).expect("the file is JSON");
            }
            if let Some(status) = child.try_wait().expect("the child can be asked") {
                panic!("venire up ended early: {status}");
            }
            tries += 1;
            assert!(
                tries < 12_000,
                "venire up does not serve within two minutes"
            );
            std::thread::sleep(Duration::from_millis(10));
        };
        let url = config["rpc"].as_str().expect("the file names the RPC");
        let client = Client::new(url).expect("the URL is one");
        Self {
            child,
            config,
            client,
            _dir: dir,
        }
    }

    /// Funded account number `index`.
    pub(crate) fn account(&self, index: usize) -> Account {
        let key = self.config["accounts"][index]["private_key"]
            .as_str()
            .expect("a key");
        Account::from_hex(key).expect("a valid key")
    }

    /// Deploys `code` as account number `index`, and waits until it is accepted.
    pub(crate) async fn deploy(&self, index: usize, code: &str, arguments: Vec<Value>) -> Address {
        let account = self.account(index);
        let sent = self.client.deploy(&account, code.as_bytes(), arguments);
        let tx = sent.await.expect("the network takes it");
        let verdict = self.client.wait(tx, PATIENCE).await;
        let verdict = verdict.expect("the network decides");
        assert!(verdict.success, "{:?}", verdict.error);
        verdict.contract.parse().expect("an address")
    }

    /// Deploys a counter that begins at `start`.
    pub(crate) async fn counter(&self, index: usize, start: u32) -> Address {
        let arguments = vec![Value::Int(start.into())];
        self.deploy(index, COUNTER, arguments).await
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the child can be killed");
        self.child.wait().expect("the child ends");
    }

    /// Its exit code, when it ends by itself.
    pub(crate) fn end(mut self) -> Option<i32> {
        self.child.wait().expect("the child ends").code()
    }

    /// SIGTERM, and its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill runs");
        self.child.wait().expect("the child ends").code()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Already ended after `kill` and `stop`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a future to its end.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}
