//! What it gains to be many.

use crate::{committee::weight, stake::StakeParams};
use venire_types::U256;

const GEN: u128 = 1_000_000_000_000_000_000;

fn weighed(own: u128, delegated: u128) -> U256 {
    weight(
        &StakeParams::public(),
        U256::from(own),
        U256::from(delegated),
    )
}

/// Gain of `k` identities over one, in millionths of the whole.
fn gain(own: u128, delegated: u128, k: u128) -> i128 {
    let one: i128 = weighed(own, delegated).to();
    let many: i128 = weighed(own / k, delegated / k).to::<i128>() * i128::try_from(k).expect("few");
    (many - one) * 1_000_000 / one
}

#[test]
fn splitting_a_stake_gains_nothing() {
    // Goal C7: at most 5 % for 25 identities. The bare square root gives 400 %.
    let stake = 42_000_000 * GEN;
    for k in [2, 3, 10, 25, 100, 1_000] {
        for delegated in [0, stake / 10, stake, 20 * stake] {
            assert!(gain(stake, delegated, k) <= 0, "{k} {delegated}");
            assert!(gain(stake, delegated, k) >= -1, "{k} {delegated}");
        }
    }
}

#[test]
fn uneven_splits_lose() {
    let (own, delegated) = (1_000_000 * GEN, 3_000_000 * GEN);
    let whole = weighed(own, delegated);
    for part in 1..10 {
        for other in 0..=10 {
            let first = weighed(own * part / 10, delegated * other / 10);
            let second = weighed(own - own * part / 10, delegated - delegated * other / 10);
            assert!(first + second <= whole, "{part} {other}");
        }
    }
}

#[test]
fn delegating_to_oneself_loses() {
    let stake = 1_000_000 * GEN;
    let mut last = weighed(stake, 0);
    for tenth in 1..10 {
        let next = weighed(stake - stake * tenth / 10, stake * tenth / 10);
        assert!(next < last);
        last = next;
    }
}

#[test]
fn delegated_stake_counts_less_the_more_there_is() {
    let own = 42_000 * GEN;
    let step = |times: u128| weighed(own, own * (times + 1)) - weighed(own, own * times);
    for times in 1..50 {
        assert!(step(times) < step(times - 1));
    }
    // A hundred times the own stake in delegations: the weight of less than nine times.
    assert!(weighed(own, 100 * own) < weighed(9 * own, 0));
}
