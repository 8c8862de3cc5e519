//! The chain clock: real time plus an offset that tests and developers may move forward.

use jiff::{Timestamp, civil::DateTime, tz::Offset};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 as the next block will see them.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Real clock: milliseconds added to it. Manual clock: the time itself.
    value: AtomicU64,
    manual: bool,
}

impl Clock {
    /// Follows the machine's clock.
    #[must_use]
    pub(crate) const fn real() -> Self {
        Self {
            value: AtomicU64::new(0),
            manual: false,
        }
    }

    /// Stands still at `start_ms` until it is moved: same inputs, same blocks.
    #[must_use]
    pub(crate) const fn manual(start_ms: u64) -> Self {
        Self {
            value: AtomicU64::new(start_ms),
            manual: true,
        }
    }

    /// Whether time moves by itself.
    #[must_use]
    pub(crate) const fn is_manual(&self) -> bool {
        self.manual
    }

    /// Now.
    #[must_use]
    pub(crate) fn now_ms(&self) -> u64 {
        let value = self.value.load(Ordering::SeqCst);
        if self.manual {
            value
        } else {
            machine_ms().saturating_add(value)
        }
    }

    /// Moves the clock forward by `ms`.
    pub(crate) fn advance(&self, ms: u64) {
        // Saturates instead of wrapping; the RPC refuses times that far away.
        let moved = |value: u64| Some(value.saturating_add(ms));
        let _ = self
            .value
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the shell is where time enters as a value"
)]
fn machine_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// RFC 3339 in UTC with milliseconds, e.g. `2026-01-02T03:04:05.678Z`.
#[must_use]
pub fn iso8601(ms: u64) -> String {
    let stamp = i64::try_from(ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    format!("{:.3}", stamp.unwrap_or(Timestamp::MAX))
}

/// Reads an ISO-8601 instant or civil time (then UTC) from 1970 on.
#[must_use]
pub fn parse_iso8601(text: &str) -> Option<u64> {
    let stamp = text.parse::<Timestamp>().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(civil).ok()
    })?;
    u64::try_from(stamp.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_round_trip_and_known_instants() {
        assert_eq!(iso8601(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso8601(1_732_603_362_424), "2024-11-26T06:42:42.424Z");
        for ms in [0, 951_782_400_000, 1_732_603_362_424, 4_102_444_799_999] {
            assert_eq!(parse_iso8601(&iso8601(ms)), Some(ms));
        }
        assert_eq!(
            parse_iso8601("2024-11-26T08:42:42.424242+02:00"),
            Some(1_732_603_362_424)
        );
        assert_eq!(parse_iso8601("2024-02-29"), Some(1_709_164_800_000));
        for bad in [
            "",
            "yesterday",
            "2024-13-01",
            "2024-01-01T25:00:00Z",
            "1969-01-01",
        ] {
            assert_eq!(parse_iso8601(bad), None, "{bad}");
        }
    }

    #[test]
    fn manual_clock_moves_only_when_told() {
        let clock = Clock::manual(5);
        assert_eq!(clock.now_ms(), 5);
        clock.advance(10);
        assert_eq!(clock.now_ms(), 15);
        assert!(clock.is_manual());
        assert!(Clock::real().now_ms() > 1_700_000_000_000);
    }
}
