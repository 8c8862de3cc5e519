//! Requests and renders against a real site, and what must stay out of reach.

use crate::servers::{nobody, site};
use crate::{Asked, context, contract_error, gateway, gateway_with, get, profile, render};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use venire_gateway::{Gateway, GatewayConfig, WebLimits, WebPolicy};
use venire_types::BigInt;
use venire_types::ask::{Answer, AskError, Question, Render};
use venire_types::calldata::Value;

async fn ask(gateway: &Gateway, question: Question) -> Result<Answer, AskError> {
    let profile = profile(gateway, &[]);
    gateway.asked(&profile, &context(), question).await
}

async fn causes(gateway: &Gateway, question: Question) -> Vec<String> {
    contract_error(ask(gateway, question).await).0
}

/// What a failed render tells the contract: status and body.
async fn load_failure(gateway: &Gateway, url: &str) -> (Value, Value) {
    let result = ask(gateway, render(url, Render::Text)).await;
    let (causes, ctx) = contract_error(result);
    assert_eq!(causes, ["WEBPAGE_LOAD_FAILED"]);
    assert_eq!(ctx["url"], Value::Str(url.to_owned()));
    (ctx["status"].clone(), ctx["body"].clone())
}

fn failure(status: u16, body: &str) -> (Value, Value) {
    (
        Value::Int(BigInt::from(status)),
        Value::Str(body.to_owned()),
    )
}

#[tokio::test]
async fn pages_give_their_visible_text() {
    let (site, gateway) = (site().await, gateway());
    for path in ["page", "hop"] {
        let answer = ask(
            &gateway,
            render(&format!("http://{site}/{path}"), Render::Text),
        )
        .await;
        let text = "Final score\n\nHome 2 : 1 Guests\n\nAttendance: 40 000";
        assert_eq!(answer, Ok(Answer::Text(text.into())));
    }
    let answer = ask(
        &gateway,
        render(&format!("http://{site}/page"), Render::Html),
    )
    .await;
    let Ok(Answer::Text(html)) = answer else {
        panic!("{answer:?}")
    };
    assert!(
        html.starts_with("<h1>Final  score</h1>") && !html.contains("evil"),
        "{html}"
    );
    let answer = ask(
        &gateway,
        render(&format!("http://{site}/json"), Render::Text),
    )
    .await;
    assert_eq!(answer, Ok(Answer::Text("{\"a\":1}".into())));
    let answer = ask(
        &gateway,
        render(&format!("http://{site}/latin"), Render::Text),
    )
    .await;
    assert_eq!(answer, Ok(Answer::Text("\u{e9}".into())));
}

#[tokio::test]
async fn a_page_that_does_not_load_has_one_error() {
    let (site, gateway) = (site().await, gateway());
    let url = |path: &str| format!("http://{site}/{path}");
    assert_eq!(
        load_failure(&gateway, &url("missing")).await,
        failure(404, "404 page not found\n")
    );
    assert_eq!(
        load_failure(&gateway, &url("broken")).await,
        failure(500, "oops")
    );
    assert_eq!(
        load_failure(&gateway, &url("large")).await,
        failure(507, "BODY_TOO_LARGE")
    );
    assert_eq!(
        load_failure(&gateway, &url("loop")).await,
        failure(418, "TOO_MANY_REDIRECTS")
    );
    assert_eq!(
        load_failure(&gateway, &url("binary")).await,
        failure(418, "NOT_A_PAGE")
    );
    let refused = failure(403, "ADDRESS_FORBIDDEN");
    assert_eq!(load_failure(&gateway, &url("to-metadata")).await, refused);
    // A redirect out of the web is not followed: the redirect is the response.
    assert_eq!(
        load_failure(&gateway, &url("to-file")).await,
        failure(307, "")
    );
    let closed = format!("http://{}/", nobody().await);
    assert_eq!(
        load_failure(&gateway, &closed).await,
        failure(503, "CONNECTION_FAILED")
    );
    let https = format!("https://{site}/page");
    assert_eq!(
        load_failure(&gateway, &https).await,
        failure(495, "TLS_FAILED")
    );
}

#[tokio::test]
async fn screenshots_need_a_browser() {
    let gateway = gateway();
    let question = render("http://127.0.0.1:1/", Render::Screenshot);
    assert_eq!(causes(&gateway, question).await, ["SCREENSHOT_UNAVAILABLE"]);
}

#[tokio::test]
async fn a_request_passes_everything_but_what_frames_it() {
    let (site, gateway) = (site().await, gateway());
    let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    let question = Question::Request {
        method: "POST".to_owned(),
        url: format!("http://{site}/echo"),
        headers: vec![
            header("x-own", "mine"),
            header("host", "evil.example"),
            header("content-length", "9999"),
            header("genlayer-tx-id", "forged"),
            header("@method", "GET"),
            header("transfer-encoding", "chunked"),
        ],
        body: Some(b"hello".to_vec()),
    };
    let Ok(Answer::Response {
        status,
        headers,
        body,
    }) = ask(&gateway, question).await
    else {
        panic!("response")
    };
    assert_eq!(status, 201);
    assert!(
        headers.contains(&("x-answer".to_owned(), b"yes".to_vec())),
        "{headers:?}"
    );
    let text = String::from_utf8(body).expect("text");
    assert!(
        text.starts_with("POST\n") && text.ends_with("\n\nhello"),
        "{text}"
    );
    assert!(
        text.contains("x-own: mine") && text.contains("content-length: 5"),
        "{text}"
    );
    assert!(text.contains(&format!("host: {site}")), "{text}");
    for absent in [
        "evil",
        "forged",
        "@method",
        "transfer-encoding",
        "referer",
        "cookie",
    ] {
        assert!(!text.contains(absent), "{absent} in {text}");
    }
}

#[tokio::test]
async fn any_status_answers_a_request() {
    let (site, gateway) = (site().await, gateway());
    for (path, expected) in [
        ("missing", 404),
        ("broken", 500),
        ("binary", 200),
        ("to-file", 307),
    ] {
        let answer = ask(&gateway, get(&format!("http://{site}/{path}"))).await;
        let Ok(Answer::Response { status, .. }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn failed_requests_have_stable_causes() {
    let (site, gateway) = (site().await, gateway());
    let closed = nobody().await;
    let cases = [
        ("not a url".to_owned(), vec!["MALFORMED_URL"]),
        ("gopher://example.com/".to_owned(), vec!["SCHEMA_FORBIDDEN"]),
        ("http://10.1.2.3/".to_owned(), vec!["ADDRESS_FORBIDDEN"]),
        (
            format!("http://{site}/to-metadata"),
            vec!["ADDRESS_FORBIDDEN"],
        ),
        (
            format!("http://{site}/loop"),
            vec!["TOO_MANY_REDIRECTS", "SENDING_REQUEST"],
        ),
        (
            format!("http://{site}/large"),
            vec!["BODY_TOO_LARGE", "READING_BODY"],
        ),
        (
            format!("http://{closed}/"),
            vec!["CONNECTION_FAILED", "SENDING_REQUEST"],
        ),
        (
            format!("https://{site}/"),
            vec!["TLS_FAILED", "SENDING_REQUEST"],
        ),
        (
            "http://no-such-host.invalid/".to_owned(),
            vec!["DNS_FAILED", "SENDING_REQUEST"],
        ),
    ];
    for (url, expected) in cases {
        assert_eq!(causes(&gateway, get(&url)).await, expected, "{url}");
    }
    let url = format!("http://{site}/echo");
    let connect = Question::Request {
        method: "CONNECT".into(),
        url: url.clone(),
        headers: vec![],
        body: None,
    };
    assert_eq!(causes(&gateway, connect).await, ["METHOD_FORBIDDEN"]);
    let headers = vec![("x-a".to_owned(), b"1\r\nx-b: 2".to_vec())];
    let split = Question::Request {
        method: "GET".into(),
        url,
        headers,
        body: None,
    };
    assert_eq!(causes(&gateway, split).await, ["MALFORMED_HEADER"]);
}

#[tokio::test]
async fn slow_sites_time_out() {
    let site = site().await;
    let gateway = Gateway::new(GatewayConfig {
        web: WebPolicy::local(),
        limits: WebLimits {
            timeout: Duration::from_millis(200),
            ..WebLimits::default()
        },
        ..GatewayConfig::default()
    });
    let url = format!("http://{site}/slow");
    assert_eq!(
        causes(&gateway, get(&url)).await,
        ["TIMEOUT", "SENDING_REQUEST"]
    );
    assert_eq!(load_failure(&gateway, &url).await, failure(408, "TIMEOUT"));
}

#[tokio::test]
async fn public_rules_are_strict() {
    let site = site().await;
    let gateway = gateway_with(WebPolicy::strict());
    for (url, expected) in [
        (format!("http://{site}/page"), "PORT_FORBIDDEN"),
        ("http://127.0.0.1/".to_owned(), "TLD_FORBIDDEN"),
        ("http://localhost/".to_owned(), "TLD_FORBIDDEN"),
        ("http://intranet.corp/".to_owned(), "TLD_FORBIDDEN"),
    ] {
        assert_eq!(causes(&gateway, get(&url)).await, [expected], "{url}");
        assert_eq!(
            causes(&gateway, render(&url, Render::Text)).await,
            [expected],
            "{url}"
        );
    }
}

#[tokio::test]
async fn names_that_lead_inside_are_refused() {
    let inside = [
        Ipv4Addr::LOCALHOST,
        Ipv4Addr::new(10, 0, 0, 7),
        Ipv4Addr::new(169, 254, 169, 254),
    ];
    for address in inside {
        let policy = WebPolicy::strict().pin("rebind.example.com", IpAddr::V4(address));
        let gateway = gateway_with(policy);
        let url = "http://rebind.example.com/";
        assert_eq!(
            causes(&gateway, get(url)).await,
            ["ADDRESS_FORBIDDEN"],
            "{address}"
        );
        assert_eq!(
            load_failure(&gateway, url).await,
            failure(403, "ADDRESS_FORBIDDEN")
        );
    }
}

#[tokio::test]
async fn a_local_policy_reaches_this_machine_by_name_but_not_its_own_node() {
    let site = site().await;
    let local = Ipv4Addr::LOCALHOST.into();
    let gateway = gateway_with(WebPolicy::local().pin("site.test", local));
    let url = format!("http://site.test:{}/page", site.port());
    assert!(matches!(
        ask(&gateway, get(&url)).await,
        Ok(Answer::Response { status: 200, .. })
    ));
    let gateway = gateway_with(
        WebPolicy::local()
            .pin("site.test", local)
            .deny_port(site.port()),
    );
    assert_eq!(causes(&gateway, get(&url)).await, ["PORT_FORBIDDEN"]);
}
