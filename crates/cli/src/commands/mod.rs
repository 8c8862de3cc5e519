//! One file for each command: its flags, what it does, its tests.

pub(crate) mod bench;
pub(crate) mod compat_cache;
pub(crate) mod exec;
pub(crate) mod schema;
pub(crate) mod sim;
pub(crate) mod up;
pub(crate) mod version;

/// A time on the command line, in milliseconds since 1970.
fn time(text: &str) -> eyre::Result<u64> {
    venire_node::shell::parse_iso8601(text)
        .ok_or_else(|| eyre::eyre!("not an ISO-8601 time such as 2026-01-01T00:00:00Z"))
}
