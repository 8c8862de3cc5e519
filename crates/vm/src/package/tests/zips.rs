//! Zips of which the directory lies, or that are large.

use super::*;

/// One entry as a directory lists it, and the header before its data.
struct Listed<'a> {
    name: &'a str,
    method: u16,
    packed: u32,
    size: u32,
    /// Where its header is.
    at: usize,
}

fn listed(entry: &Listed<'_>, local: bool) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(if local {
        b"PK\x03\x04"
    } else {
        b"PK\x01\x02\x14\0"
    });
    for word in [20, 0, entry.method, 0, 0] {
        out.extend_from_slice(&u16::to_le_bytes(word));
    }
    for long in [0, entry.packed, entry.size] {
        out.extend_from_slice(&u32::to_le_bytes(long));
    }
    out.extend_from_slice(&u16::try_from(entry.name.len()).unwrap().to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    if !local {
        out.extend_from_slice(&[0; 10]);
        out.extend_from_slice(&u32::try_from(entry.at).unwrap().to_le_bytes());
    }
    out.extend_from_slice(entry.name.as_bytes());
    out
}

/// `data`, a directory, and the end that says there are `count` entries.
fn ended(mut data: Vec<u8>, entries: &[Listed<'_>], count: u16) -> Vec<u8> {
    let at = u32::try_from(data.len()).unwrap();
    let directory: Vec<u8> = entries
        .iter()
        .flat_map(|entry| listed(entry, false))
        .collect();
    data.extend_from_slice(&directory);
    data.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    data.extend_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    data.extend_from_slice(&u32::try_from(directory.len()).unwrap().to_le_bytes());
    data.extend_from_slice(&at.to_le_bytes());
    data.extend_from_slice(&[0; 2]);
    data
}

#[test]
fn what_a_directory_promises_is_judged_before_anything_is_unpacked() {
    let one = |size, packed| Listed {
        name: "a",
        method: 8,
        packed,
        size,
        at: 0,
    };
    let file = [listed(&one(0, 50), true), vec![0; 50]].concat();
    // The same bytes again and again.
    let many: Vec<_> = (0..1000).map(|_| one(0, 50)).collect();
    assert!(
        code(&ended(file.clone(), &many, 1000))
            .1
            .contains("overlap")
    );
    let large = [one(9 << 20, 50)];
    assert!(
        code(&ended(file.clone(), &large, 1))
            .1
            .contains("8388608 bytes")
    );
    assert!(
        code(&ended(file.clone(), &[], 1025))
            .1
            .contains("1024 files")
    );
    // Data of another length than promised.
    assert!(
        code(&ended(file.clone(), &[one(7, 50)], 1))
            .1
            .contains("damaged")
    );
    let elsewhere = Listed {
        name: "b",
        ..one(0, 50)
    };
    assert!(
        code(&ended(file.clone(), &[elsewhere], 1))
            .1
            .contains("listed")
    );
    assert!(
        code(&ended(file, &[one(0, 50_000)], 1))
            .1
            .contains("cut off")
    );
}

#[test]
fn opening_is_paid_by_what_is_in_the_directory() {
    let price = |code: &[u8]| price(code, &Limits::DEFAULT);
    assert_eq!(price(b"12345"), 500);
    let zeros = "\0".repeat(1 << 20);
    let bomb = zipped(&[RUNNER, ("zeros", &zeros)], CompressionMethod::Deflated);
    assert!(price(&bomb) > 20 << 20 && price(&bomb) < 22 << 20);
    let names: Vec<String> = (0..1000).map(|number| format!("{number}")).collect();
    let names: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert!(price(&zipped(&names, CompressionMethod::Stored)) > 10_000_000);
}
