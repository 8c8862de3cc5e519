//! Name resolution that never returns a forbidden address.
//!
//! # Invariants
//! - The addresses that were checked are the ones connected to: there is no second look-up in
//!   between.

use super::policy::{UrlError, WebPolicy};
use crate::http::NameNotFound;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Resolves under a policy.
pub(super) struct Resolver(pub(super) Arc<WebPolicy>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.0);
        Box::pin(async move {
            let name = name.as_str();
            let all: Vec<IpAddr> = match policy.pinned(name) {
                Some(pinned) => pinned.to_vec(),
                None => match tokio::net::lookup_host((name, 0)).await {
                    Ok(found) => found.map(|socket| socket.ip()).collect(),
                    Err(_) => Vec::new(),
                },
            };
            if all.is_empty() {
                return Err(NameNotFound.into());
            }
            let allowed: Vec<SocketAddr> = all
                .into_iter()
                .filter(|address| policy.allows_address(name, *address))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if allowed.is_empty() {
                return Err(UrlError::Address.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}
