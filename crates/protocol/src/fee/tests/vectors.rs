//! The fourteen worked vectors of the reference simulator, with our figures where a decision
//! differs (`docs/spec/fees.md`, "Worked vectors").
//!
//! L = 100, V = 200, one wei a unit. The sender funds as many appeals as the vector has; it
//! deposits 1,100, 4,900 or 12,300 (the simulator takes half a bond more for each appeal).

use super::{Case, SENDER, appellant, member};
use crate::fee::{Settlement, Why};
use alloc::{vec, vec::Vec};
use venire_types::U256;

/// Eleven seats: six agree, three disagree, two time out.
const SIX_OF_ELEVEN: &str = "AAAAAADDDTT";

fn refund(settlement: &Settlement) -> u64 {
    settlement.of(SENDER, Why::Refund)
}

#[test]
fn v1_everyone_agrees() {
    let settlement = Case::new(0).leads("AAAAA").settled();
    assert_eq!(settlement.round(0, 5), (vec![300, 200, 200, 200, 200], 0));
    assert_eq!((refund(&settlement), settlement.burned), (0, U256::ZERO));
}

#[test]
fn v2_a_minority_loses_a_fee() {
    let settlement = Case::new(0).leads("AAADT").settled();
    assert_eq!(settlement.round(0, 5), (vec![300, 200, 200, 0, 0], 2));
    let fined = settlement
        .penalties
        .iter()
        .all(|(_, wei)| *wei == U256::from(200));
    assert!(fined);
    assert_eq!(refund(&settlement), 400);
}

#[test]
fn v3_a_majority_may_disagree() {
    let settlement = Case::new(0).leads("DDDAT").settled();
    assert_eq!(settlement.round(0, 5), (vec![300, 200, 200, 0, 0], 2));
    assert_eq!(refund(&settlement), 400);
}

#[test]
fn v4_without_a_majority_all_who_voted_are_paid() {
    let settlement = Case::new(0).leads("AADTT").settled();
    assert_eq!(settlement.round(0, 5), (vec![300, 200, 200, 200, 200], 0));
    assert_eq!(refund(&settlement), 0);
}

#[test]
fn v5_a_leader_timeout_costs_half_a_leader() {
    let settlement = Case::new(0).leads("t").settled();
    assert_eq!(settlement.round(0, 5), (vec![50, 0, 0, 0, 0], 0));
    assert_eq!(refund(&settlement), 1_050);
}

/// Simulator: 7 x 200 out of the bond, 100 burned. Ours (decision 2): the whole bond goes to the
/// aligned in equal parts, 7 x 214, and 2 are dust. The sender pays 700 in both.
#[test]
fn v6_a_lost_bond_goes_to_the_aligned() {
    let case = Case::new(1).leads("AAADT").appeals("AAAAAAA");
    assert_eq!(case.quotes[0].bond, U256::from(1_500));
    assert_eq!(case.quotes[0].funding, U256::ZERO);
    let settlement = case.settled();
    assert_eq!(settlement.round(0, 5), (vec![300, 200, 200, 0, 0], 2));
    assert_eq!(settlement.round(1, 7), (vec![214; 7], 0));
    assert_eq!(settlement.burned, U256::from(2));
    assert_eq!(settlement.to(appellant(0)), 0);
    assert_eq!(refund(&settlement), 4_900 - 700);
}

/// Simulator: twelve votes of both committees have no majority together, so all are paid, those
/// of the overturned decision too. Ours (decision 4): the appeal's majority is the measure, the
/// overturned leader and majority get nothing. The winner gets 800 on top of its bond (750 there):
/// what the overturned round forfeits, 700, and the 100 that the sender's terms have to spare.
#[test]
fn v7_an_overturned_majority_is_never_paid() {
    let case = Case::new(1)
        .leads("AAADT")
        .appeals("DDDDAAA")
        .leads(SIX_OF_ELEVEN);
    let settlement = case.settled();
    assert_eq!(settlement.of(appellant(0), Why::Principal), 1_500);
    assert_eq!(settlement.of(appellant(0), Why::Reward), 800);
    assert_eq!(settlement.round(0, 5), (vec![0, 0, 0, 200, 0], 4));
    assert_eq!(
        settlement.round(1, 7),
        (vec![200, 200, 200, 200, 0, 0, 0], 3)
    );
    let last = vec![300, 200, 200, 200, 200, 200, 0, 0, 0, 0, 0];
    assert_eq!(settlement.round(2, 11), (last, 5));
    assert_eq!(refund(&settlement), 4_900 - 200 - 800 - 1_300 - 800);
}

/// Simulator: the appellant gets 750 on top of its bond. Ours (`FEE-25`): L at most, or a leader could
/// earn more by failing, with a partner that appeals, than by doing its work.
#[test]
fn v8_a_new_leader_settles_what_the_first_could_not() {
    let case = Case::new(1).leads("DDDAT").appeals("").leads(SIX_OF_ELEVEN);
    let settlement = case.settled();
    assert_eq!(settlement.to(appellant(0)), 1_500 + 100);
    assert_eq!(settlement.round(0, 5), (vec![0; 5], 0));
    let last = vec![300, 200, 200, 200, 200, 200, 0, 0, 0, 0, 0];
    assert_eq!(settlement.round(2 - 1, 11), (last, 5));
    assert_eq!(refund(&settlement), 4_900 - 1_300 - 100);
}

/// Simulator: the bond alone pays the second round, leader 100 and 11 x 127, 3 lost. Ours
/// (decisions 2, 4): everyone gets V; the bond pays 1,500 of it and the deposit the rest.
#[test]
fn v9_no_majority_twice() {
    let case = Case::new(1).leads("AADDT").appeals("").leads("AAAADDDDDTT");
    let settlement = case.settled();
    assert_eq!(settlement.round(0, 5), (vec![300, 200, 200, 200, 200], 0));
    let mut last = vec![200; 11];
    last[0] = 300;
    assert_eq!(settlement.round(1, 11), (last, 0));
    assert_eq!(settlement.to(appellant(0)), 0);
    assert_eq!(settlement.burned, U256::ZERO);
    assert_eq!(refund(&settlement), 4_900 - 1_100 - 2_300 + 1_500);
}

/// Simulator: the second leader gets 1.5 L and the sender 0.5 L, out of nothing (7,200 paid of
/// 7,150). Ours (decision 6): L per leader slot; the appellant as in vector 8.
#[test]
fn v10_a_leader_timeout_is_overturned() {
    let case = Case::new(1).leads("t").appeals("").leads(SIX_OF_ELEVEN);
    let settlement = case.settled();
    assert_eq!(settlement.to(appellant(0)), 1_500 + 100);
    assert_eq!(settlement.to(member(0, 0)), 0);
    assert_eq!(settlement.of(member(1, 0), Why::Leader), 100);
    assert_eq!(settlement.round(1, 11).1, 5);
    assert_eq!(refund(&settlement), 4_900 - 1_300 - 100);
}

/// Simulator: half of the bond to the second leader, half to the sender. Ours (decision 2):
/// nobody voted, so nobody is aligned and the bond is burned; a leader must not earn by silence.
#[test]
fn v11_a_leader_timeout_twice() {
    let settlement = Case::new(1).leads("t").appeals("").leads("t").settled();
    assert_eq!(settlement.to(member(0, 0)), 50);
    assert_eq!(settlement.to(member(1, 0)), 50);
    assert_eq!(settlement.burned, U256::from(1_500));
    assert_eq!(refund(&settlement), 4_800);
}

/// Simulator: 4 x 200 and 7 x 200 out of the bonds, 700 and 1,300 burned. Ours (decision 2):
/// 4 x 375 and 7 x 385, 5 are dust. The sender pays 700 in both.
#[test]
fn v12_two_appeals_fail() {
    let case = Case::new(2)
        .leads("AAADT")
        .appeals("AAAADDD")
        .appeals("AAAAAAADDDDDD");
    let bonds: Vec<_> = case.quotes.iter().map(|quote| quote.bond).collect();
    assert_eq!(bonds, [U256::from(1_500), U256::from(2_700)]);
    assert!(case.quotes.iter().all(|quote| quote.funding.is_zero()));
    let settlement = case.settled();
    assert_eq!(
        settlement.round(1, 7),
        (vec![375, 375, 375, 375, 0, 0, 0], 3)
    );
    assert_eq!(settlement.of(member(2, 0), Why::Vote), 200);
    assert_eq!(settlement.of(member(2, 0), Why::Bond), 185);
    assert_eq!(settlement.round(2, 13).1, 6);
    assert_eq!(settlement.burned, U256::from(5));
    assert_eq!(refund(&settlement), 12_300 - 700);
}

/// Simulator: appellants get 2,250 and 4,050 in all, and both overturned majorities are paid.
/// Ours (decisions 1, 4): bonds of 1,500 and 2,700 come back with 800 and 1,600.
#[test]
fn v13_two_appeals_succeed() {
    let last = "AAAAAAAAAAAADDDDDDDDDDD";
    let case = Case::new(2)
        .leads("AAADT")
        .appeals("DDDDAAA")
        .leads(SIX_OF_ELEVEN)
        .appeals("DDDDDDDAAAAAA")
        .leads(last);
    assert!(case.quotes.iter().all(|quote| quote.funding.is_zero()));
    let settlement = case.settled();
    assert_eq!(settlement.of(appellant(0), Why::Reward), 800);
    assert_eq!(settlement.of(appellant(1), Why::Principal), 2_700);
    assert_eq!(settlement.of(appellant(1), Why::Reward), 1_600);
    // Of the eleven, the three that disagreed were right after all.
    let third = vec![0, 0, 0, 0, 0, 0, 200, 200, 200, 0, 0];
    assert_eq!(settlement.round(2, 11), (third, 8));
    assert_eq!(settlement.round(3, 13).1, 6);
    let mut fifth = [vec![200; 12], vec![0; 11]].concat();
    fifth[0] = 300;
    assert_eq!(settlement.round(4, 23), (fifth, 11));
    let work = 200 + 800 + 600 + 1_400 + 2_500;
    assert_eq!(refund(&settlement), 12_300 - work - 800 - 1_600);
}

/// Simulator: idle members lose a fee and 1 % of their stake, reserves take their seats. Ours:
/// idleness has its own penalty in stake and is not fined twice; silent seats stay empty.
#[test]
fn v14_idle_members_get_nothing() {
    let settlement = Case::new(0).leads("AAA..").settled();
    assert_eq!(settlement.round(0, 5), (vec![300, 200, 200, 0, 0], 0));
    assert_eq!(refund(&settlement), 400);
}
