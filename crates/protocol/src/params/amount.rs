//! Amounts of money as people write them: `42000gen`, `0.001gen`, or a bare number of wei.

use alloc::{
    format,
    string::{String, ToString as _},
};
use venire_types::U256;

/// Decimal places of a GEN.
const PLACES: usize = 18;

/// From this many wei on an amount is written in GEN.
const READABLE: u64 = 1_000_000_000_000;

/// An amount as people read it: GEN from a millionth of one on, wei below; never rounded.
#[must_use]
pub fn amount(wei: U256) -> String {
    let one = U256::from(10).pow(U256::from(PLACES));
    if wei < U256::from(READABLE) {
        return wei.to_string();
    }
    let (whole, part) = wei.div_rem(one);
    let part = format!("{:0>PLACES$}", part.to_string());
    let part = part.trim_end_matches('0');
    if part.is_empty() {
        format!("{whole}gen")
    } else {
        format!("{whole}.{part}gen")
    }
}

/// The wei that an amount names: `42000gen`, `0.001gen`, or digits alone for wei. `None` when it is
/// not written so, has a fraction of a wei or is too large.
#[must_use]
pub fn parse_amount(text: &str) -> Option<U256> {
    let Some(coins) = text.strip_suffix("gen") else {
        return digits(text);
    };
    let (whole, part) = coins.split_once('.').unwrap_or((coins, "0"));
    if part.len() > PLACES {
        return None;
    }
    let one = U256::from(10).checked_pow(U256::from(PLACES))?;
    let part = digits(&format!("{part:0<PLACES$}"))?;
    let part = if coins.ends_with('.') {
        None
    } else {
        Some(part)
    };
    digits(whole)?.checked_mul(one)?.checked_add(part?)
}

fn digits(text: &str) -> Option<U256> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| U256::from_str_radix(text, 10).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, wei) in [
            ("0", 0_u128),
            ("511512", 511_512),
            ("0.001gen", 1_000_000_000_000_000),
            ("42000gen", 42_000_000_000_000_000_000_000),
            ("1.000001gen", 1_000_001_000_000_000_000),
        ] {
            assert_eq!(parse_amount(text), Some(U256::from(wei)), "{text}");
            assert_eq!(amount(U256::from(wei)), text);
        }
        assert_eq!(parse_amount("7gen"), parse_amount("7000000000000000000"));
        let bad = [
            "",
            "gen",
            "1,5gen",
            "-1",
            "1.gen",
            ".5gen",
            "1 gen",
            "0x1",
            "1e18",
            "0.0000000000000000001gen",
        ];
        for text in bad {
            assert_eq!(parse_amount(text), None, "{text}");
        }
        assert_eq!(parse_amount(&"9".repeat(80)), None);
    }
}
