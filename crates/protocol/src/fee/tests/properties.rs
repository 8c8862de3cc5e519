//! What holds for every script of votes and appeals: conservation, solvency, who is never paid,
//! who never loses.

use super::{Case, SENDER, appellant, unit_fees};
use crate::{
    fee::{FeeParams, Why, verdict},
    record::{AppealEnd, AppealKind},
};
use alloc::{string::String, vec::Vec};
use proptest::prelude::*;
use venire_types::{U256, vote::Vote};

/// Votes of a whole committee: so many of each kind, in an order that a seed decides.
#[derive(Clone, Debug)]
struct Votes {
    kind: u8,
    seed: Vec<u8>,
}

fn votes() -> impl Strategy<Value = Votes> {
    (0..16u8, proptest::collection::vec(any::<u8>(), 32))
        .prop_map(|(kind, seed)| Votes { kind, seed })
}

impl Votes {
    fn letters(&self, seats: u32) -> String {
        let favoured = [
            'A', 'A', 'A', 'A', 'D', 'D', 'D', 'T', 'T', 'V', '.', 'x', 'x', 'x', 'x', 'x',
        ][usize::from(self.kind)];
        let is_pure = self.seed[0].is_multiple_of(3);
        let letters = ['A', 'D', 'T', 'V', '.'];
        (0..seats)
            .map(|seat| {
                let dice =
                    self.seed[seat as usize % self.seed.len()].wrapping_add((seat % 251) as u8);
                if favoured != 'x' && (is_pure || !dice.is_multiple_of(4)) {
                    favoured
                } else {
                    letters[usize::from(dice / 4) % letters.len()]
                }
            })
            .collect()
    }

    fn leads(&self, seats: u32) -> String {
        match self.kind {
            14 => "t".into(),
            15 => "s".into(),
            _ => self.letters(seats),
        }
    }
}

#[derive(Clone, Debug)]
struct Script {
    fees: FeeParams,
    funded: Vec<u32>,
    rotations: u32,
    rounds: Vec<Votes>,
    appeals: Vec<Votes>,
    pages: u32,
}

fn rotations() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0u32), 1 => 1..3u32]
}

fn script() -> impl Strategy<Value = Script> {
    let paid = || (1..5u64, 0..3u64, 0..3u64, 0..3_000u64);
    let reward = prop_oneof![3 => Just(15_000u32), 1 => 100..5_000u32];
    let fees = (paid(), reward, 0..4u8);
    let fees = fees.prop_map(|((price, gas, storage, budget), reward_bps, gasless)| {
        let fees = FeeParams {
            unit_price: U256::from(price),
            receipt_price: U256::from(gas),
            storage_price: U256::from(storage),
            execution_budget: U256::from(budget),
            slot_gas: 500,
            reward_bps,
            ..unit_fees()
        };
        if gasless == 0 {
            FeeParams {
                sponsor: FeeParams::local().sponsor,
                ..fees
            }
        } else {
            fees
        }
    });
    (
        fees,
        proptest::collection::vec(rotations(), 1..5),
        0..3u32,
        proptest::collection::vec(votes(), 16),
        proptest::collection::vec(votes(), 0..4),
        0..40u32,
    )
        .prop_map(|(fees, funded, rotations, rounds, appeals, pages)| Script {
            fees,
            funded,
            rotations,
            rounds,
            appeals,
            pages,
        })
}

/// Plays a script to its end, settling after every step.
fn play(script: &Script) -> Case {
    let mut case = Case::with(script.fees.clone(), script.funded.clone(), script.rotations);
    case.record.funds.pages = script.pages;
    let mut rounds = script.rounds.iter().cycle();
    let mut appeals = script.appeals.iter();
    loop {
        while case.is_open() {
            let seats = crate::params::ladder(5, case.number());
            let votes = rounds.next().expect("endless").leads(seats);
            case = case.leads(&votes);
        }
        case.settled();
        let Some(votes) = appeals.next() else {
            return case;
        };
        let last = case.record.rounds.last().map_or(0, |round| round.number);
        let votes = votes.letters(crate::params::ladder(5, (last + 1) | 1));
        case = case.appeals(&votes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    /// Conservation and solvency are checked by `settled`; the rest here.
    #[test]
    fn any_script_settles(script in script()) {
        let case = play(&script);
        let settlement = case.settled();
        let gasless = script.fees.is_gasless();
        let (v, l) = (case.record.funds.rates().validator, case.record.funds.rates().leader);

        for (index, appeal) in case.record.appeals.iter().enumerate() {
            let got = U256::from(settlement.to(appellant(index)));
            let (posted, quote) = (appeal.bond + appeal.funding, case.quotes[index]);
            prop_assert!(!appeal.bond.is_zero());
            prop_assert!(appeal.bond >= l + v);
            let most = appeal.bond * U256::from(script.fees.reward_bps) / U256::from(10_000);
            prop_assert!(quote.reward <= most);
            if appeal.kind != AppealKind::Validators {
                prop_assert!(quote.reward <= l, "less than a leader gives up that fails");
            }
            let first = case.record.rounds[appeal.first as usize].number;
            let is_funded = (first as usize) < 2 * script.funded.len() - 1;
            prop_assert!(gasless || appeal.funding.is_zero() || !is_funded, "{first}");
            match appeal.end {
                Some(AppealEnd::Succeeded) => {
                    prop_assert!(got >= appeal.bond + quote.reward);
                    let principal = settlement.of(appellant(index), Why::Principal);
                    prop_assert_eq!(U256::from(principal), appeal.bond, "whole");
                    prop_assert!(got + appeal.funding >= posted + quote.reward);
                    if gasless {
                        prop_assert!(got >= posted);
                    } else if is_funded {
                        prop_assert!(got > posted, "a winner that the deposit funds gains");
                    }
                }
                Some(AppealEnd::Failed) => prop_assert!(got <= posted),
                other => prop_assert!(false, "{other:?}"),
            }
        }
        prop_assert!(U256::from(settlement.to(SENDER)) <= case.record.funds.work());

        for (index, round) in (0u32..).zip(&case.record.rounds) {
            let own = verdict::majority(round.result);
            let voted = round.seats.iter().any(|seat| seat.vote != Vote::NotVoted);
            for (seat, member) in round.seats.iter().enumerate() {
                let got = U256::from(settlement.to(member.validator));
                let fined = settlement.penalties.iter().any(|(who, _)| *who == member.validator);
                // Idle members get nothing (a leader that declares a timeout is not idle).
                if member.vote == Vote::NotVoted && voted {
                    prop_assert!(got.is_zero() && !fined);
                }
                let leads = round.leader == Some(seat as u32);
                let overturned = verdict::overturned(&case.record, index);
                if let Some(appeal) = overturned {
                    let is_majority = own == Some(member.vote) && voted;
                    let is_void = appeal.kind != AppealKind::Validators;
                    if is_majority || is_void {
                        prop_assert!(got.is_zero(), "an overturned majority is never paid");
                    }
                }
                // Nobody is paid and fined for the same vote; leaders may lose as members.
                if fined {
                    prop_assert!(got.is_zero() || leads && got == l);
                }
                // Without a verdict nobody is fined.
                if overturned.is_none() && own.is_none() {
                    prop_assert!(!fined);
                }
            }
        }
        for (_, wei) in &settlement.penalties {
            prop_assert_eq!(*wei, v);
        }
        if gasless {
            let kinds = settlement.payments.iter().map(|payment| payment.why);
            prop_assert!(kinds.into_iter().all(|why| !matches!(why, Why::Leader | Why::Vote)));
            prop_assert!(settlement.penalties.is_empty());
        }
    }
}
