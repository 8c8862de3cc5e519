//! Stopping a network that is in the middle of something.

use crate::support::{Network, block_on};
use std::{
    net::TcpListener,
    sync::mpsc,
    time::{Duration, Instant},
};

/// A contract whose constructor asks a model.
const ASKING: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *


class Asking(gl.Contract):
    answer: str

    def __init__(self):
        self.answer = gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("Well?"))
"#;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test measures how long a stop takes"
)]
fn a_model_that_never_answers_does_not_hold_up_the_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (asked, hears) = mpsc::channel();
    std::thread::spawn(move || {
        // Sends the connections on, so that they stay open and nobody answers.
        for stream in listener.incoming() {
            asked.send(stream).unwrap();
        }
    });
    let provider = format!("openai-compatible:{url}?model=silent");
    let network = Network::start(&["--provider", &provider]);
    let account = network.account(0);
    block_on(
        network
            .client
            .deploy(&account, ASKING.as_bytes(), Vec::new()),
    )
    .unwrap();
    let silence = hears.recv_timeout(Duration::from_secs(60)).unwrap();
    let start = Instant::now();
    assert_eq!(network.stop(), Some(0));
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    drop(silence);
}
