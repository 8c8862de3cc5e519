//! Which IP addresses belong to the public internet.
//!
//! # Invariants
//! - An IPv6 address that carries an IPv4 address is judged by that one as well.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The public internet.
    Global,
    /// This machine.
    Loopback,
    /// A private network or a special purpose.
    Private,
}

/// Special IPv4 blocks: first address and prefix length.
const V4_SPECIAL: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Special IPv6 blocks: first segments and prefix length.
const V6_SPECIAL: [([u16; 2], u32); 9] = [
    ([0x0100, 0], 8),
    ([0x2001, 0], 23),
    ([0x2001, 0xdb8], 32),
    ([0x3fff, 0], 20),
    ([0x5f00, 0], 16),
    ([0xfc00, 0], 7),
    ([0xfe80, 0], 10),
    ([0xfec0, 0], 10),
    ([0xff00, 0], 8),
];

/// Judges an address.
pub(crate) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    if address.is_loopback() {
        return Reach::Loopback;
    }
    let bits = address.to_bits();
    let special = V4_SPECIAL.iter().any(|&(first, length)| {
        let shift = 32 - length;
        bits >> shift == Ipv4Addr::from(first).to_bits() >> shift
    });
    if special {
        Reach::Private
    } else {
        Reach::Global
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if address.is_loopback() {
        return Reach::Loopback;
    }
    let [a, b, c, d, e, f, g, h] = address.segments();
    let inner = match (a, b, c, d, e, f) {
        // Mapped, compatible (deprecated), translated and NAT64 addresses end in an IPv4 address.
        (0, 0, 0, 0, 0, 0xffff) => return reach_v4(join(g, h)),
        (0, 0, 0, 0, 0xffff, 0) | (0x64, 0xff9b, 0, 0, 0, 0) => Some(join(g, h)),
        // 6to4 carries it in front.
        (0x2002, ..) => Some(join(b, c)),
        // The rest of the low block and local NAT64 are never public.
        (0, ..) | (0x64, 0xff9b, ..) => return Reach::Private,
        _ => None,
    };
    if inner.is_some_and(|v4| reach_v4(v4) != Reach::Global) {
        return Reach::Private;
    }
    let bits = (u32::from(a) << 16) | u32::from(b);
    let special = V6_SPECIAL.iter().any(|&([first, second], length)| {
        let shift = 32 - length;
        bits >> shift == ((u32::from(first) << 16) | u32::from(second)) >> shift
    });
    if special {
        Reach::Private
    } else {
        Reach::Global
    }
}

fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::{Reach, reach};

    fn check(expected: Reach, addresses: &[&str]) {
        for address in addresses {
            assert_eq!(
                reach(address.parse().expect(address)),
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn public_addresses() {
        check(
            Reach::Global,
            &[
                "1.1.1.1",
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.0.1",
                "172.32.0.1",
                "192.167.255.255",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00::1",
                "::ffff:8.8.8.8",
                "64:ff9b::808:808",
                "2002:808:808::1",
            ],
        );
    }

    #[test]
    fn this_machine() {
        check(
            Reach::Loopback,
            &["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"],
        );
    }

    #[test]
    fn private_and_special_addresses() {
        check(
            Reach::Private,
            &[
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "198.19.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.1.1.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::7f00:1",
                "::ffff:10.0.0.1",
                "::ffff:169.254.169.254",
                "64:ff9b::a00:1",
                "64:ff9b:1::1",
                "2002:a00:1::",
                "2002:7f00:1::",
                "fc00::1",
                "fd12::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "2001:db8::1",
                "2001::1",
                "100::1",
                "3fff::1",
                "5f00::1",
                "::ffff:0:10.0.0.1",
            ],
        );
    }
}
