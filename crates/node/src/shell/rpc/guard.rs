//! Who may talk to the node: `Host` and `Origin` checks.

use axum::http::{HeaderMap, header};

/// Does the request address this machine by a local name?
pub(super) fn host_is_local(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST) else {
        return true;
    };
    host.to_str().is_ok_and(|host| is_local(host_of(host)))
}

/// Does the request come from a web page that was not served by this machine nor by an allowed
/// origin?
pub(super) fn origin_is_foreign(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let Ok(origin) = origin.to_str() else {
        return true;
    };
    if allowed.iter().any(|one| one == origin) {
        return false;
    }
    match origin.split_once("://") {
        Some((_, host)) => !is_local(host_of(host)),
        None => true,
    }
}

/// The host of `host:port`.
fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split_once(']').map_or(rest, |(host, _)| host);
    }
    authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host)
}

fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        [(name, value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn only_local_names_are_served() {
        for host in [
            "localhost:4000",
            "127.0.0.1",
            "[::1]:4000",
            "LOCALHOST",
            "127.8.8.8:1",
        ] {
            assert!(host_is_local(&headers(header::HOST, host)), "{host}");
        }
        for host in [
            "evil.example:4000",
            "10.0.0.1",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
        ] {
            assert!(!host_is_local(&headers(header::HOST, host)), "{host}");
        }
    }

    #[test]
    fn pages_of_other_sites_are_foreign() {
        assert!(!origin_is_foreign(&HeaderMap::new(), &[]));
        assert!(!origin_is_foreign(
            &headers(header::ORIGIN, "http://localhost:5173"),
            &[]
        ));
        assert!(origin_is_foreign(
            &headers(header::ORIGIN, "https://evil.example"),
            &[]
        ));
        assert!(origin_is_foreign(&headers(header::ORIGIN, "null"), &[]));
        let trusted = ["https://studio.example".to_owned()];
        assert!(!origin_is_foreign(
            &headers(header::ORIGIN, "https://studio.example"),
            &trusted
        ));
        assert!(origin_is_foreign(
            &headers(header::ORIGIN, "http://studio.example"),
            &trusted
        ));
    }
}
