//! Defects of the reference models that ours must not have (`docs/spec/fees.md`, "Defects").
//!
//! Every `settled()` checks conservation without tolerance.

use super::{Case, SENDER, appellant, member};
use crate::fee::Why;
use venire_types::U256;

#[test]
fn no_value_is_created_when_a_leader_appeal_ends_undetermined() {
    let case = Case::new(1).leads("t").appeals("").leads("AAAADDDDDTT");
    let settlement = case.settled();
    // A proposal was made: the appeal against the timeout has succeeded.
    assert_eq!(settlement.to(appellant(0)), 1_500 + 100);
    assert_eq!(settlement.of(member(1, 0), Why::Leader), 100);
}

/// A leader that fails on purpose, with a timeout or with nonsense that all reject, and a partner that
/// appeals, together get less than an honest leader, whatever the sender has funded (`FEE-25`).
#[test]
fn a_leader_that_fails_for_a_partner_earns_less_than_by_its_work() {
    let honest = Case::new(3).leads("AAAAA").settled().to(member(0, 0));
    for failure in ["t", "s", "DDDDD", "DDDAT", "AADDT"] {
        for funded in 0..4 {
            let case = Case::new(funded).leads(failure).appeals("");
            let posted = case.record.pledged().to::<u64>();
            let settlement = case.leads("AAAAAAAAAAA").settled();
            let together = settlement.to(member(0, 0)) + settlement.to(appellant(0));
            assert!(together < posted + honest, "{failure} {funded}");
            let principal = settlement.of(appellant(0), Why::Principal);
            assert_eq!(principal, 1_500, "{failure} {funded}");
        }
    }
}

#[test]
fn every_lost_bond_has_a_destination() {
    let timeouts = Case::new(2)
        .leads("t")
        .appeals("")
        .leads("t")
        .appeals("")
        .leads("t");
    assert_eq!(timeouts.settled().burned, U256::from(1_500 + 2_700));
    let undetermined = Case::new(2)
        .leads("AADDT")
        .appeals("")
        .leads("AAAADDDDDTT")
        .appeals("")
        .leads("AAAAAAAADDDDDDDDTTTTTTT");
    let settlement = undetermined.settled();
    assert_eq!(settlement.burned, U256::ZERO);
    let work = 1_100 + 2_300 + 4_700;
    assert_eq!(settlement.to(SENDER), 12_300 - work + 1_500 + 2_700);
}

#[test]
fn a_second_appeal_is_paid_by_its_own_bond() {
    let case = Case::new(2)
        .leads("AAADT")
        .appeals("AAAADDD")
        .appeals("DDDDDDDAAAAAA")
        .leads("AAAAAAAAAAAADDDDDDDDDDD");
    let settlement = case.settled();
    assert_eq!(settlement.of(appellant(1), Why::Principal), 2_700);
    assert_eq!(settlement.of(appellant(1), Why::Reward), 4_050);
    // The committee that confirmed the wrong decision gets neither fees nor the first bond.
    assert_eq!(
        settlement.round(1, 7),
        (alloc::vec![0, 0, 0, 0, 200, 200, 200], 4)
    );
}

#[test]
fn a_bond_that_pays_a_reward_is_not_funded_again() {
    let case = Case::new(0)
        .leads("AAADT")
        .appeals("AAAADDD")
        .appeals("DDDDDDDAAAAAA")
        .leads("AAAAAAAAAAAADDDDDDDDDDD")
        .appeals("DDDDDDDDDDDDDDDDDDDDDDDDD");
    let quoted = |quote: &crate::fee::Quote| {
        let [bond, funding, reward] = [quote.bond, quote.funding, quote.reward];
        (bond.to::<u64>(), funding.to::<u64>(), reward.to::<u64>())
    };
    let quotes: alloc::vec::Vec<_> = case.quotes.iter().map(quoted).collect();
    // First: 1,100 + 1,400 + 2,300 - 1,100. Second: 2,500 + 2,600 + 4,700 - 4,800; its reward is
    // the first bond and what six votes and a leader forfeit. Third: right members of the first
    // two rounds 800, the others 7,300, of the reward 1,500 that the first bond does not pay,
    // 5,000 + 9,500 to come, less the 9,800 that are there.
    assert_eq!(
        quotes,
        [
            (1_500, 3_700, 700),
            (2_700, 5_000, 3_000),
            (5_100, 14_300, 2_500)
        ]
    );
    let last = "AAAAAAAAAAAAAAAAAAAAAAAADDDDDDDDDDDDDDDDDDDDDDD";
    let settlement = case.leads(last).settled();
    assert_eq!(settlement.of(appellant(1), Why::Reward), 3_000);
    assert_eq!(settlement.to(appellant(0)), 0);
}

#[test]
fn who_was_right_too_early_gets_back_what_the_winner_leaves() {
    // With a cap of half a bond, the first bond is more than the winner's reward.
    let fees = crate::fee::FeeParams {
        reward_bps: 5_000,
        ..super::unit_fees()
    };
    let case = Case::with(fees, alloc::vec![0; 3], 0)
        .leads("AAADT")
        .appeals("AAAADDD")
        .appeals("DDDDDDDAAAAAA")
        .leads("AAAAAAAAAAAADDDDDDDDDDD");
    let settlement = case.settled();
    assert_eq!(settlement.of(appellant(1), Why::Reward), 1_350);
    assert_eq!(settlement.of(appellant(0), Why::Principal), 150);
}

#[test]
fn an_overturned_leader_is_not_paid_when_the_next_one_times_out() {
    let case = Case::new(1).leads("AAADT").appeals("DDDDAAA").leads("t");
    let settlement = case.settled();
    assert_eq!(settlement.round(0, 5), (alloc::vec![0, 0, 0, 200, 0], 4));
    assert_eq!(settlement.to(member(2, 0)), 50);
    assert_eq!(settlement.of(appellant(0), Why::Reward), 800);
}

#[test]
fn nobody_aligned_divides_by_nothing() {
    let silent = "...........";
    let settlement = Case::new(1)
        .leads("AADDT")
        .appeals("")
        .leads(silent)
        .settled();
    assert_eq!(settlement.burned, U256::from(1_500));
    // A committee that says nothing confirms nothing.
    let case = Case::new(1)
        .leads("AAAAA")
        .appeals(".......")
        .leads("AAAAAAAAAAA");
    let settlement = case.settled();
    assert_eq!(settlement.round(0, 5), (alloc::vec![0; 5], 0));
    assert!(settlement.of(appellant(0), Why::Reward) > 0);
}

#[test]
fn the_last_round_is_settled_too() {
    let settlement = Case::new(1)
        .leads("DDDAT")
        .appeals("")
        .leads("DDDDDDAAAAA")
        .settled();
    assert_eq!(
        settlement
            .round(1, 11)
            .0
            .iter()
            .filter(|paid| **paid > 0)
            .count(),
        6
    );
    assert_eq!(settlement.to(appellant(0)), 0);
}

#[test]
fn an_appeal_fails_when_the_results_are_equal_and_only_then() {
    for (votes, wins) in [
        ("AAAAAAA", false),
        ("AAAADDD", false),
        ("AAADDDT", true),
        ("TTTTAAA", true),
        ("VVVVAAA", true),
    ] {
        let mut case = Case::new(1).leads("AAADT").appeals(votes);
        if case.is_open() {
            case = case.leads("AAAAAAAAAAA");
        }
        assert_eq!(case.settled().to(appellant(0)) > 0, wins, "{votes}");
    }
}

#[test]
fn a_silent_leader_and_a_convicted_one_are_not_paid() {
    assert_eq!(Case::new(0).leads("s").settled().to(SENDER), 1_100);
    let settlement = Case::new(0).leads("AVVVD").settled();
    assert_eq!(
        settlement.round(0, 5),
        (alloc::vec![0, 200, 200, 200, 0], 2)
    );
    // Proposed, sealed, never opened.
    let settlement = Case::new(0).leads(".DDDD").settled();
    assert_eq!(settlement.to(member(0, 0)), 0);
}

#[test]
fn every_attempt_of_a_round_is_paid() {
    let case = Case::with(super::unit_fees(), alloc::vec![2], 2);
    let settlement = case.leads("DDDAT").leads("t").leads("AAAAA").settled();
    assert_eq!(settlement.round(0, 5).0, [300, 200, 200, 0, 0]);
    assert_eq!(settlement.to(member(1, 0)), 50);
    assert_eq!(settlement.round(2, 5).0, [300, 200, 200, 200, 200]);
    assert_eq!(settlement.to(SENDER), 3_300 - 700 - 50 - 1_100);
}
