//! The transactions of an address.

use crate::{address, at, folded, hash};
use proptest::collection::vec;
use proptest::prelude::*;
use venire_observer::explorer::{ByAddress, Page, Side};
use venire_observer::{At, Fact, Projection};
use venire_types::{Address, B256};

fn created(id: u8, from: u8, to: Option<u8>) -> (At, Fact) {
    let (id, from, to) = (hash(id), address(from), to.map(address));
    (at(1), Fact::Created { id, from, to })
}

fn ids(ids: &[u8]) -> Vec<B256> {
    ids.iter().copied().map(hash).collect()
}

#[test]
fn newest_first_by_side_and_page() {
    let facts = [
        created(1, 0xA, Some(0xB)),
        created(2, 0xB, Some(0xA)),
        created(3, 0xA, Some(0xA)),
        created(4, 0xC, Some(0xB)),
        created(3, 0xC, Some(0xC)),
    ];
    let view: ByAddress = folded(&facts);
    let all = |side| view.page(address(0xA), side, None, 10);
    assert_eq!(
        all(Side::Any),
        Page {
            ids: ids(&[3, 2, 1]),
            next: None
        }
    );
    assert_eq!(all(Side::From).ids, ids(&[3, 1]));
    assert_eq!(all(Side::To).ids, ids(&[3, 2]));
    assert_eq!(
        view.page(address(0xD), Side::Any, None, 10),
        Page::default()
    );

    let first = view.page(address(0xA), Side::Any, None, 2);
    assert_eq!(first.ids, ids(&[3, 2]));
    let rest = view.page(address(0xA), Side::Any, first.next, 2);
    assert_eq!(
        rest,
        Page {
            ids: ids(&[1]),
            next: None
        }
    );
    assert_eq!((view.len(), view.is_empty()), (4, false));
}

#[test]
fn a_deploy_is_found_under_its_address_once_that_is_known() {
    let mut view: ByAddress = folded(&[created(1, 0xA, None), created(2, 0xA, Some(0xC))]);
    let before = view.clone();
    view.fold(
        at(2),
        &Fact::Addressed {
            id: hash(1),
            to: address(0xC),
        },
    );
    view.fold(
        at(2),
        &Fact::Addressed {
            id: hash(9),
            to: address(0xC),
        },
    );
    assert_eq!(
        view.page(address(0xC), Side::To, None, 10).ids,
        ids(&[2, 1])
    );
    assert_eq!(
        before.page(address(0xC), Side::To, None, 10).ids,
        ids(&[2]),
        "clones are apart"
    );
}

proptest! {
    /// Walking the pages gives what a plain search gives; a rebuild from zero is equal.
    #[test]
    fn pages_are_a_plain_search(
        pairs in vec((0u8..4, 0u8..4), 0..60),
        limit in 1usize..7,
        side in prop_oneof![Just(Side::Any), Just(Side::From), Just(Side::To)],
        whose in 0u8..4,
    ) {
        let facts: Vec<_> =
            (0u8..).zip(&pairs).map(|(id, (from, to))| created(id, *from, Some(*to))).collect();
        let view: ByAddress = folded(&facts);
        let mut plain: Vec<B256> = (0u8..)
            .zip(&pairs)
            .filter(|(_, (from, to))| match side {
                Side::Any => whose == *from || whose == *to,
                Side::From => whose == *from,
                Side::To => whose == *to,
            })
            .map(|(id, _)| hash(id))
            .collect();
        plain.reverse();
        let mut walked = Vec::new();
        let mut before = None;
        loop {
            let page = view.page(address(whose), side, before, limit);
            prop_assert!(page.ids.len() <= limit);
            walked.extend(page.ids);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        prop_assert_eq!(walked, plain);
        prop_assert_eq!(folded::<ByAddress>(&facts), view);
    }
}

#[test]
fn unknown_addresses_are_not_their_neighbours() {
    let view: ByAddress = folded(&[created(1, 0xA, Some(0xC))]);
    assert!(view.page(Address::ZERO, Side::Any, None, 1).ids.is_empty());
    assert!(view.page(address(0xB), Side::Any, None, 1).ids.is_empty());
}
