//! Which URLs and addresses a contract may reach.
//!
//! # Invariants
//! - The same check runs on the first URL, on every redirect and on every resolved address.

use super::address::{Reach, reach};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use url::{Host, Url};

/// Longest accepted URL, bytes.
const MAX_URL: usize = 8 << 10;

/// Why a URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not an absolute URL with a host, over 8 KiB, or with a user name.
    #[error("malformed URL")]
    Malformed,
    /// Neither http nor https.
    #[error("scheme is not http or https")]
    Scheme,
    /// A port that is not allowed.
    #[error("port is not allowed")]
    Port,
    /// Not a name under a public top-level domain.
    #[error("host is not a public name")]
    Tld,
    /// An address that is not allowed.
    #[error("address is not allowed")]
    Address,
}

impl UrlError {
    /// The stable code a contract sees.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED_URL",
            Self::Scheme => "SCHEMA_FORBIDDEN",
            Self::Port => "PORT_FORBIDDEN",
            Self::Tld => "TLD_FORBIDDEN",
            Self::Address => "ADDRESS_FORBIDDEN",
        }
    }
}

/// Which URLs and addresses are allowed.
#[derive(Clone, Debug)]
pub struct WebPolicy {
    local: bool,
    allowed_hosts: BTreeSet<String>,
    denied_ports: BTreeSet<u16>,
    pins: BTreeMap<String, Vec<IpAddr>>,
}

impl WebPolicy {
    /// Public networks: names under real top-level domains, ports 80 and 443, public addresses.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            local: false,
            allowed_hosts: BTreeSet::new(),
            denied_ports: BTreeSet::new(),
            pins: BTreeMap::new(),
        }
    }

    /// A developer's network: also this machine, any name and any port; other private networks
    /// stay closed.
    #[must_use]
    pub fn local() -> Self {
        Self {
            local: true,
            ..Self::strict()
        }
    }

    /// Allows a host (name or address) on any port, wherever it leads.
    #[must_use]
    pub fn allow_host(mut self, host: &str) -> Self {
        self.allowed_hosts.insert(host.to_ascii_lowercase());
        self
    }

    /// Closes a port on this machine whatever else is allowed, e.g. the node's own RPC.
    #[must_use]
    pub fn deny_port(mut self, port: u16) -> Self {
        self.denied_ports.insert(port);
        self
    }

    /// Fixes the addresses of a name instead of asking DNS; they are checked all the same.
    #[must_use]
    pub fn pin(mut self, name: &str, address: IpAddr) -> Self {
        self.pins
            .entry(name.to_ascii_lowercase())
            .or_default()
            .push(address);
        self
    }

    /// Parses and checks.
    pub(crate) fn parse(&self, text: &str) -> Result<Url, UrlError> {
        if text.len() > MAX_URL {
            return Err(UrlError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| UrlError::Malformed)?;
        self.check(&url)?;
        Ok(url)
    }

    /// Checks what can be seen without resolving.
    pub(crate) fn check(&self, url: &Url) -> Result<(), UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme);
        }
        let host = url.host().ok_or(UrlError::Malformed)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::Malformed);
        }
        let port = url.port_or_known_default().ok_or(UrlError::Malformed)?;
        if self.allows_host(&host.to_string()) {
            return Ok(());
        }
        if !self.local && !matches!(port, 80 | 443) {
            return Err(UrlError::Port);
        }
        match host {
            Host::Domain(name) if self.local || is_public_name(name) => self.check_port(port),
            Host::Domain(_) => Err(UrlError::Tld),
            Host::Ipv4(_) | Host::Ipv6(_) if !self.local => Err(UrlError::Tld),
            Host::Ipv4(v4) => self.check_address(v4.into(), port),
            Host::Ipv6(v6) => self.check_address(v6.into(), port),
        }
    }

    /// Whether a resolved address may be connected to.
    pub(crate) fn allows_address(&self, host: &str, address: IpAddr) -> bool {
        self.allows_host(host)
            || match reach(address) {
                Reach::Global => true,
                Reach::Loopback => self.local,
                Reach::Private => false,
            }
    }

    /// Fixed addresses of a name.
    pub(crate) fn pinned(&self, name: &str) -> Option<&[IpAddr]> {
        self.pins.get(name).map(Vec::as_slice)
    }

    fn allows_host(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        self.allowed_hosts.contains(bare)
    }

    fn check_address(&self, address: IpAddr, port: u16) -> Result<(), UrlError> {
        match reach(address) {
            Reach::Global => Ok(()),
            Reach::Loopback if self.denied_ports.contains(&port) => Err(UrlError::Port),
            Reach::Loopback => Ok(()),
            Reach::Private => Err(UrlError::Address),
        }
    }

    /// A name may lead to this machine, so a denied port is denied for every name of a local
    /// policy.
    fn check_port(&self, port: u16) -> Result<(), UrlError> {
        if self.local && self.denied_ports.contains(&port) {
            Err(UrlError::Port)
        } else {
            Ok(())
        }
    }
}

/// Whether the last label is a real top-level domain and not the whole name.
fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.rsplit_once('.')
        .is_some_and(|(rest, last)| !rest.is_empty() && tld::exist(last))
}

#[cfg(test)]
mod tests {
    use super::{UrlError, WebPolicy};

    fn check(policy: &WebPolicy, cases: &[(&str, Result<(), UrlError>)]) {
        for (url, expected) in cases {
            assert_eq!(policy.parse(url).map(|_| ()), *expected, "{url}");
        }
    }

    #[test]
    fn strict_rules() {
        check(
            &WebPolicy::strict(),
            &[
                ("https://example.com/a?b=c", Ok(())),
                ("http://example.com:80/", Ok(())),
                ("https://xn--fiqs8s.xn--fiqs8s/", Ok(())),
                ("http://example.com:443/", Ok(())),
                ("example.com", Err(UrlError::Malformed)),
                ("http://", Err(UrlError::Malformed)),
                ("http://user:pass@example.com/", Err(UrlError::Malformed)),
                ("ftp://example.com/", Err(UrlError::Scheme)),
                ("file:///etc/passwd", Err(UrlError::Scheme)),
                ("http://example.com:8080/", Err(UrlError::Port)),
                ("http://localhost/", Err(UrlError::Tld)),
                ("http://printer.local/", Err(UrlError::Tld)),
                ("http://com/", Err(UrlError::Tld)),
                ("http://8.8.8.8/", Err(UrlError::Tld)),
                ("http://2130706433/", Err(UrlError::Tld)),
                ("http://[::1]/", Err(UrlError::Tld)),
            ],
        );
        let long = format!("http://example.com/{}", "a".repeat(9_000));
        assert_eq!(
            WebPolicy::strict().parse(&long).map(|_| ()),
            Err(UrlError::Malformed)
        );
    }

    #[test]
    fn local_rules() {
        check(
            &WebPolicy::local().deny_port(4000),
            &[
                ("http://127.0.0.1:8080/", Ok(())),
                ("http://localhost:3000/", Ok(())),
                ("http://[::1]:9/", Ok(())),
                ("https://example.com:8443/", Ok(())),
                ("http://127.0.0.1:4000/api", Err(UrlError::Port)),
                ("http://localhost:4000/api", Err(UrlError::Port)),
                ("http://0x7f.1:4000/api", Err(UrlError::Port)),
                ("http://10.0.0.1/", Err(UrlError::Address)),
                ("http://169.254.169.254/latest", Err(UrlError::Address)),
                ("http://[::ffff:10.0.0.1]/", Err(UrlError::Address)),
                ("http://0.0.0.0:8080/", Err(UrlError::Address)),
            ],
        );
    }

    #[test]
    fn allowed_hosts_skip_the_rest() {
        check(
            &WebPolicy::strict()
                .allow_host("Oracle.internal")
                .allow_host("10.0.0.1"),
            &[
                ("http://oracle.internal:9000/", Ok(())),
                ("http://10.0.0.1:9000/", Ok(())),
                ("ftp://oracle.internal/", Err(UrlError::Scheme)),
                ("http://10.0.0.2/", Err(UrlError::Tld)),
            ],
        );
    }
}
