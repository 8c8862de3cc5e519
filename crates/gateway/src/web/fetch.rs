//! HTTP on behalf of contracts.
//!
//! # Invariants
//! - Every byte and every second is bounded; no proxy, no cookies, no referrer, no retries.
//! - Any complete response is an answer; only its absence is an error.

use super::contract_error;
use super::policy::{UrlError, WebPolicy};
use super::resolver::Resolver;
use crate::http::{self, Fault, TooManyRedirects};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{ClientBuilder, Method, Response};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;
use venire_types::ask::AskError;

/// Methods a contract may use.
const METHODS: [&str; 7] = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"];
/// Headers a contract may not set: they frame the message or speak for the node.
const DROPPED: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "genlayer-node-address",
    "genlayer-salt",
    "genlayer-tx-id",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (compatible; Venire/",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// Bounds on what a contract gets from the web.
#[derive(Clone, Copy, Debug)]
pub struct WebLimits {
    /// Largest response body, bytes.
    pub body: usize,
    /// Limit of one fetch with all its redirects and its body.
    pub timeout: Duration,
    /// Longest chain of redirects.
    pub redirects: usize,
    /// Most fetches of the process at a time; others wait within their own limit.
    pub concurrent: usize,
}

impl Default for WebLimits {
    fn default() -> Self {
        Self {
            body: 5 << 20,
            timeout: Duration::from_secs(30),
            redirects: 10,
            concurrent: 128,
        }
    }
}

/// A request as a contract makes it.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(String, Vec<u8>)],
    pub(crate) body: Option<Vec<u8>>,
}

/// A complete response.
pub(crate) struct Fetched {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no response.
enum Failure {
    /// Refused before connecting, or on a redirect.
    Url(UrlError),
    /// No response head.
    Sending(Fault),
    /// No complete body.
    Reading(Fault),
    /// No client could be made.
    Client,
}

/// The HTTP client of contracts.
pub(crate) struct Web {
    policy: Arc<WebPolicy>,
    limits: WebLimits,
    client: OnceLock<Option<reqwest::Client>>,
    slots: Semaphore,
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limits = &self.limits;
        f.debug_struct("Web")
            .field("policy", &self.policy)
            .field("limits", limits)
            .finish_non_exhaustive()
    }
}

impl Web {
    pub(crate) fn new(policy: WebPolicy, limits: WebLimits) -> Self {
        let slots = Semaphore::new(limits.concurrent.clamp(1, Semaphore::MAX_PERMITS));
        Self {
            policy: Arc::new(policy),
            limits,
            client: OnceLock::new(),
            slots,
        }
    }

    /// Performs a contract's request.
    pub(crate) async fn request(&self, request: Request<'_>) -> Result<Fetched, AskError> {
        let text = request.url;
        let method = method(request.method)?;
        let headers = headers(request.headers)?;
        let url = self.policy.parse(text).map_err(|e| url_error(e, text))?;
        self.fetch(method, url, headers, request.body)
            .await
            .map_err(|failure| match failure {
                Failure::Url(error) => url_error(error, text),
                Failure::Sending(fault) => fault_error(fault, "SENDING_REQUEST", text),
                Failure::Reading(fault) => fault_error(fault, "READING_BODY", text),
                Failure::Client => fault_error(Fault::Tls, "SENDING_REQUEST", text),
            })
    }

    /// Loads a page as a browser would. Every failure after the URL check has a status.
    pub(crate) async fn load(&self, text: &str) -> Result<Fetched, AskError> {
        let url = self.policy.parse(text).map_err(|e| url_error(e, text))?;
        let mut headers = HeaderMap::new();
        headers.insert(
            "accept",
            HeaderValue::from_static("text/html,application/xhtml+xml,*/*;q=0.8"),
        );
        self.fetch(Method::GET, url, headers, None)
            .await
            .map_err(|failure| {
                let (status, reason) = match failure {
                    Failure::Url(error) => (403, error.code()),
                    Failure::Sending(fault) | Failure::Reading(fault) => synthetic_status(fault),
                    Failure::Client => synthetic_status(Fault::Tls),
                };
                load_failed(text, status, reason)
            })
    }

    async fn fetch(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<Fetched, Failure> {
        let work = self.fetch_unbounded(method, url, headers, body);
        match tokio::time::timeout(self.limits.timeout, work).await {
            Ok(result) => result,
            Err(_) => Err(Failure::Sending(Fault::Timeout)),
        }
    }

    async fn fetch_unbounded(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<Fetched, Failure> {
        let _slot = self.slots.acquire().await.map_err(|_| Failure::Client)?;
        let client = self.client().ok_or(Failure::Client)?;
        let mut request = client.request(method, url).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        let mut response =
            request
                .send()
                .await
                .map_err(|error| match http::find::<UrlError>(&error) {
                    Some(refusal) => Failure::Url(*refusal),
                    None => Failure::Sending(http::fault(&error)),
                })?;
        let body = http::read_body(&mut response, self.limits.body)
            .await
            .map_err(Failure::Reading)?;
        Ok(Fetched {
            status: response.status().as_u16(),
            headers: header_list(&response),
            body,
        })
    }

    fn client(&self) -> Option<&reqwest::Client> {
        self.client
            .get_or_init(|| http::build(|| self.settings()).ok())
            .as_ref()
    }

    fn settings(&self) -> ClientBuilder {
        let (policy, most) = (Arc::clone(&self.policy), self.limits.redirects);
        reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .dns_resolver(Arc::new(Resolver(Arc::clone(&self.policy))))
            .redirect(Policy::custom(move |attempt| {
                follow(&policy, most, attempt)
            }))
    }
}

fn follow(policy: &WebPolicy, most: usize, attempt: Attempt<'_>) -> reqwest::redirect::Action {
    if attempt.previous().len() > most {
        return attempt.error(TooManyRedirects);
    }
    match policy.check(attempt.url()) {
        Ok(()) => attempt.follow(),
        Err(refusal) => attempt.error(refusal),
    }
}

fn method(name: &str) -> Result<Method, AskError> {
    let forbidden = || contract_error(&["METHOD_FORBIDDEN"], [("method", name.into())]);
    if !METHODS.contains(&name) {
        return Err(forbidden());
    }
    name.parse().map_err(|_| forbidden())
}

fn headers(list: &[(String, Vec<u8>)]) -> Result<HeaderMap, AskError> {
    let mut map = HeaderMap::new();
    for (name, value) in list {
        let lower = name.to_ascii_lowercase();
        let dropped = DROPPED.contains(&lower.as_str());
        if dropped || lower.starts_with('@') || lower.starts_with("proxy-") {
            continue;
        }
        let malformed =
            || contract_error(&["MALFORMED_HEADER"], [("header", name.as_str().into())]);
        let name = HeaderName::try_from(lower).map_err(|_| malformed())?;
        let value = HeaderValue::from_bytes(value).map_err(|_| malformed())?;
        map.append(name, value);
    }
    Ok(map)
}

fn header_list(response: &Response) -> Vec<(String, Vec<u8>)> {
    let pairs = response.headers().iter();
    pairs
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect()
}

fn url_error(error: UrlError, url: &str) -> AskError {
    contract_error(&[error.code()], [("url", url.into())])
}

fn fault_error(fault: Fault, stage: &str, url: &str) -> AskError {
    let cause = match fault {
        Fault::Timeout => "TIMEOUT",
        Fault::Dns => "DNS_FAILED",
        Fault::Connect | Fault::Broken => "CONNECTION_FAILED",
        Fault::Tls => "TLS_FAILED",
        Fault::Redirects => "TOO_MANY_REDIRECTS",
        Fault::TooLarge => "BODY_TOO_LARGE",
    };
    contract_error(&[cause, stage], [("url", url.into())])
}

fn synthetic_status(fault: Fault) -> (u16, &'static str) {
    match fault {
        Fault::Timeout => (408, "TIMEOUT"),
        Fault::Dns => (502, "DNS_FAILED"),
        Fault::Connect | Fault::Broken => (503, "CONNECTION_FAILED"),
        Fault::Tls => (495, "TLS_FAILED"),
        Fault::Redirects => (418, "TOO_MANY_REDIRECTS"),
        Fault::TooLarge => (507, "BODY_TOO_LARGE"),
    }
}

/// The one error of a page that did not load.
pub(crate) fn load_failed(url: &str, status: u16, body: &str) -> AskError {
    let ctx = [
        ("url", url.into()),
        ("status", status.into()),
        ("body", body.into()),
    ];
    contract_error(&["WEBPAGE_LOAD_FAILED"], ctx)
}
