//! The client against HTTP servers that answer what a test tells them.

use super::*;
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::atomic::AtomicUsize,
    time::Instant,
};

/// Answers every request with what `answer` makes of its body, one connection for each.
fn server(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            // A body of JSON ends with its brace.
            while !request.ends_with(b"}") {
                let read = stream.read(&mut chunk).unwrap();
                if read == 0 {
                    break;
                }
                request.extend_from_slice(&chunk[..read]);
            }
            let (status, body) = answer(&String::from_utf8_lossy(&request));
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    Client::new(&url).unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn a_foreign_answer_is_quoted_with_its_status() {
    let client = server(|_| {
        (
            403,
            "\nthis node serves only local names\nmore\n".to_owned(),
        )
    });
    let error = block_on(client.request::<Json>("ping", &[])).unwrap_err();
    let words = error.to_string();
    assert!(
        words.contains("HTTP 403") && words.ends_with("this node serves only local names"),
        "{words}"
    );
    assert!(!words.contains("is it running"), "{words}");
}

#[test]
fn an_error_in_json_keeps_its_code_whatever_the_status() {
    let client = server(|_| {
        (
            413,
            r#"{"error":{"code":-32600,"message":"too large"}}"#.to_owned(),
        )
    });
    let error = block_on(client.request::<Json>("ping", &[])).unwrap_err();
    assert_eq!(error.to_string(), "too large (code -32600)");
}

#[test]
fn nobody_there_says_so() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let client = Client::new(&format!("http://127.0.0.1:{port}")).unwrap();
    let error = block_on(client.request::<Json>("ping", &[])).unwrap_err();
    assert!(error.to_string().contains("is it running?"), "{error}");
}

#[test]
fn the_chain_id_is_asked_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let client = server(move |request| {
        assert!(request.contains("eth_chainId"), "{request}");
        counter.fetch_add(1, Ordering::SeqCst);
        (200, r#"{"result":"0x2a"}"#.to_owned())
    });
    let other = client.clone();
    block_on(async {
        assert_eq!(client.chain_id().await.unwrap(), 42);
        assert_eq!(other.chain_id().await.unwrap(), 42);
    });
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test measures a wait")]
fn waiting_ends_when_patience_does() {
    // Slow answers: counting polls instead of time would wait a hundred times longer.
    let client = server(|_| {
        std::thread::park_timeout(Duration::from_millis(40));
        (200, r#"{"result":{"status":"PROPOSING"}}"#.to_owned())
    });
    let patience = Duration::from_millis(200);
    let start = Instant::now();
    let error = block_on(client.wait(B256::ZERO, patience)).unwrap_err();
    let took = start.elapsed();
    assert_eq!(
        error.to_string(),
        "the transaction is still PROPOSING after 200ms"
    );
    assert!(took >= patience && took < patience * 10, "{took:?}");
}
