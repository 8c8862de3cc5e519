//! Logs against a plain search of the same facts.

use crate::{address, at, folded, hash};
use proptest::collection::vec;
use proptest::prelude::*;
use venire_observer::explorer::{LogFilter, Logs};
use venire_observer::{At, Fact, Projection};

fn emitted(height: u64, contract: u8, topics: &[u8], data: u8) -> (At, Fact) {
    let topics = topics.iter().copied().map(hash).collect();
    let (id, address, data) = (hash(data), address(contract), vec![data]);
    (
        at(height),
        Fact::Log {
            id,
            address,
            topics,
            data,
        },
    )
}

/// The data bytes of what a filter finds.
fn find(view: &Logs, filter: &LogFilter) -> Vec<u8> {
    let found = view.find(filter, 1_000);
    assert!(!found.more);
    found.logs.iter().map(|log| log.data[0]).collect()
}

fn five_logs() -> Logs {
    folded(&[
        emitted(1, 0xA, &[1, 2], 0),
        emitted(1, 0xB, &[1], 1),
        emitted(3, 0xA, &[2, 1], 2),
        emitted(4, 0xC, &[], 3),
        emitted(4, 0xA, &[1, 3, 4], 4),
    ])
}

#[test]
fn heights_and_addresses_narrow() {
    let view = five_logs();
    let any = LogFilter::default();
    let heights = |from, to| LogFilter {
        from,
        to,
        ..any.clone()
    };
    assert_eq!(find(&view, &any), [0, 1, 2, 3, 4]);
    assert_eq!(find(&view, &heights(2, 3)), [2]);
    assert!(find(&view, &heights(5, u64::MAX)).is_empty());
    assert!(find(&view, &heights(4, 1)).is_empty());
    let addresses = vec![address(0xC), address(0xB)];
    assert_eq!(find(&view, &LogFilter { addresses, ..any }), [1, 3]);
}

#[test]
fn topics_match_by_position() {
    let view = five_logs();
    let cases: [(&[&[u8]], &[u8]); 5] = [
        (&[&[1]], &[0, 1, 4]),
        (&[&[1], &[2, 3]], &[0, 4]),
        (&[&[], &[1]], &[2]),
        // Two positions need two topics, whatever they are.
        (&[&[], &[]], &[0, 2, 4]),
        (&[&[9]], &[]),
    ];
    for (topics, expected) in cases {
        let topics = topics
            .iter()
            .map(|any| any.iter().copied().map(hash).collect())
            .collect();
        let filter = LogFilter {
            topics,
            ..LogFilter::default()
        };
        assert_eq!(find(&view, &filter), expected);
    }
}

#[test]
fn answers_are_in_order_and_limited() {
    let view = five_logs();
    let cut = view.find(&LogFilter::default(), 2);
    assert_eq!((cut.logs.len(), cut.more), (2, true));
    let all = view.find(&LogFilter::default(), 5);
    let places: Vec<_> = all
        .logs
        .iter()
        .map(|log| (log.at.height, log.index))
        .collect();
    assert_eq!(places, [(1, 0), (1, 1), (3, 0), (4, 0), (4, 1)]);
    assert!(!all.more);
    let facts = (view.len(), view.is_empty(), view.name());
    assert_eq!(facts, (5, false, "explorer.logs"));
}

proptest! {
    /// The index finds what a plain search finds; a rebuild from zero is equal.
    #[test]
    fn the_index_is_a_plain_search(
        emissions in vec((0u64..3, 0u8..3, vec(0u8..3, 0..4)), 0..50),
        (from, length) in (0u64..40, 0u64..40),
        addresses in vec(0u8..4, 0..3),
        topics in vec(vec(0u8..4, 0..3), 0..4),
        limit in 1usize..20,
    ) {
        let mut height = 0;
        let facts: Vec<_> = (0u8..)
            .zip(&emissions)
            .map(|(data, (step, contract, topics))| {
                height += step;
                emitted(height, *contract, topics, data)
            })
            .collect();
        let view: Logs = folded(&facts);
        let filter = LogFilter {
            from,
            to: from + length,
            addresses: addresses.iter().copied().map(address).collect(),
            topics: topics.iter().map(|any| any.iter().copied().map(hash).collect()).collect(),
        };
        let mut plain = Vec::new();
        for (at, fact) in &facts {
            let Fact::Log { address, topics, data, .. } = fact else { continue };
            let wanted = at.height >= filter.from
                && at.height <= filter.to
                && (filter.addresses.is_empty() || filter.addresses.contains(address))
                && (0..filter.topics.len()).all(|n| {
                    n < topics.len()
                        && (filter.topics[n].is_empty() || filter.topics[n].contains(&topics[n]))
                });
            if wanted {
                plain.push(data[0]);
            }
        }
        let found = view.find(&filter, limit);
        let data: Vec<u8> = found.logs.iter().map(|log| log.data[0]).collect();
        prop_assert_eq!(found.more, plain.len() > limit);
        plain.truncate(limit);
        prop_assert_eq!(data, plain);
        prop_assert_eq!(folded::<Logs>(&facts), view);
    }
}
