//! What both kinds of HTTP client share: TLS set-up, reading a capped body, naming a failure.
//!
//! # Invariants
//! - TLS is rustls with ring, chosen here and nowhere else.
//! - A machine without root certificates still speaks plain HTTP; TLS then fails per request.
//! - No proxy settings are taken from the environment.

use reqwest::{Client, ClientBuilder, Response};
use std::error::Error;
use std::io;

/// Why no complete response arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Too slow.
    Timeout,
    /// The name has no address.
    Dns,
    /// Refused, reset or unreachable before the response.
    Connect,
    /// No trust in the certificate, or no common protocol.
    Tls,
    /// More than the allowed number of redirects.
    Redirects,
    /// The connection broke in the middle.
    Broken,
    /// The body is over its cap.
    TooLarge,
}

/// Marks a name that has no address; raised by our resolver, found again in an error chain.
#[derive(Debug, thiserror::Error)]
#[error("name has no address")]
pub(crate) struct NameNotFound;

/// Marks a redirect chain that is too long.
#[derive(Debug, thiserror::Error)]
#[error("too many redirects")]
pub(crate) struct TooManyRedirects;

/// Builds a client from settings; called once per client, on its first use, because reading the
/// root certificates costs milliseconds that a starting node does not have.
pub(crate) fn build(settings: impl Fn() -> ClientBuilder) -> Result<Client, reqwest::Error> {
    // An error means that a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let base = || settings().no_proxy().referer(false);
    base().build().or_else(|failure| {
        tracing::warn!(%failure, "no root certificates: https requests will fail");
        base().tls_certs_only([]).build()
    })
}

/// Reads at most `cap` bytes of body.
pub(crate) async fn read_body(response: &mut Response, cap: usize) -> Result<Vec<u8>, Fault> {
    let announced = response.content_length().unwrap_or(0);
    if announced > u64::try_from(cap).unwrap_or(u64::MAX) {
        return Err(Fault::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| fault(&e))? {
        if body.len().saturating_add(chunk.len()) > cap {
            return Err(Fault::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Names a failure of the HTTP library.
pub(crate) fn fault(error: &reqwest::Error) -> Fault {
    if find::<NameNotFound>(error).is_some() {
        Fault::Dns
    } else if error.is_timeout() {
        Fault::Timeout
    } else if find::<TooManyRedirects>(error).is_some() {
        Fault::Redirects
    } else if find::<rustls::Error>(error).is_some() {
        Fault::Tls
    } else if error.is_connect() {
        Fault::Connect
    } else {
        Fault::Broken
    }
}

/// Looks for an error type in a chain, also inside `io::Error`, which hides what it wraps.
pub(crate) fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
