//! Chooses who judges: weighted draws without replacement, and the leader among the drawn.
//!
//! # Invariants
//! - Same seed, transaction, round and active set give the same seats on every node.
//! - No validator sits twice in one round.
//! - Where all validators are of one family, or `spread` is off, families change nothing.
//!
//! # Not here
//! - When a draw happens (`round`), where the seed comes from (the orderer).

mod spread;

use crate::{
    record::{Seat, Validator},
    stake::StakeParams,
};
use alloc::vec::Vec;
use spread::Numbers;
use venire_types::{Address, B256, U256, signed::tagged};

/// What a draw is for; keeps draws from one seed independent (`ROUND-11`).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// The first committee.
    Committee = 0,
    /// The leader within a committee.
    Leader = 1,
    /// Members that join a committee which goes on.
    Fresh = 2,
    /// The committee of an appeal.
    Appeal = 3,
    /// Members that replace silent ones.
    Replacement = 4,
    /// The voters of a tribunal.
    Tribunal = 5,
}

/// Where a draw's randomness comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lot {
    pub(crate) seed: B256,
    pub(crate) tx: B256,
    pub(crate) round: u32,
    /// Members of one draw are spread over the families of their models (`ROUND-38`).
    pub(crate) spread: bool,
}

impl Lot {
    fn number(&self, purpose: Purpose, counter: u32) -> U256 {
        let hash = tagged(
            "draw",
            &[
                self.seed.as_slice(),
                self.tx.as_slice(),
                &self.round.to_be_bytes(),
                &[purpose as u8],
                &counter.to_be_bytes(),
            ],
        );
        U256::from_be_bytes(hash.0)
    }

    /// Draws up to `wanted` validators that are not in `used`, in draw order (`ROUND-12`).
    pub(crate) fn members(
        &self,
        purpose: Purpose,
        active: &[Validator],
        used: &[Address],
        wanted: u32,
    ) -> Vec<Seat> {
        self.sparing(purpose, active, (used, &[]), wanted)
    }

    /// The same; those in `spared` are drawn when nobody else is left (`APPEAL-13`).
    pub(crate) fn sparing(
        &self,
        purpose: Purpose,
        active: &[Validator],
        (used, spared): (&[Address], &[Address]),
        wanted: u32,
    ) -> Vec<Seat> {
        let fresh = active
            .iter()
            .filter(|validator| !used.contains(&validator.address));
        let (mut later, mut pool): (Vec<&Validator>, Vec<&Validator>) =
            fresh.partition(|validator| spared.contains(&validator.address));
        if self.spread && wanted > 1 && spread::has_families([&pool, &later]) {
            let mut numbers = Numbers::new(|counter| self.number(purpose, counter));
            let mut drawn = spread::spread(pool, wanted, &mut numbers);
            let sitting = u32::try_from(drawn.len()).unwrap_or(u32::MAX);
            let left = wanted.saturating_sub(sitting);
            drawn.extend(spread::spread(later, left, &mut numbers));
            return drawn.into_iter().map(Seat::of).collect();
        }
        let mut drawn = Vec::new();
        for counter in 0..wanted {
            if pool.is_empty() {
                pool = core::mem::take(&mut later);
            }
            let total = pool.iter().fold(U256::ZERO, |total, validator| {
                total.saturating_add(validator.weight)
            });
            let Some(mut ticket) = self.number(purpose, counter).checked_rem(total) else {
                break;
            };
            let winner = pool.iter().position(|validator| {
                let hit = ticket < validator.weight;
                ticket = ticket.saturating_sub(validator.weight);
                hit
            });
            let Some(winner) = winner else { break };
            drawn.push(Seat::of(pool.remove(winner)));
        }
        drawn
    }

    /// Chooses the leader's seat among `seats` members (`ROUND-13`).
    pub(crate) fn leader(&self, seats: usize) -> u32 {
        self.number(Purpose::Leader, 0)
            .checked_rem(U256::from(seats))
            .and_then(|seat| u32::try_from(seat).ok())
            .unwrap_or_default()
    }
}

/// `own ^ 0.5 * (0.6 own + 0.4 delegated) ^ 0.5`, rounded down (`STAKE-50`, `STAKE-51`). Stakes
/// above 2^127 wei all weigh the same.
pub(crate) fn weight(rules: &StakeParams, own: U256, delegated: U256) -> U256 {
    let mixed = own
        .saturating_mul(U256::from(rules.own_weight_bps))
        .saturating_add(delegated.saturating_mul(U256::from(rules.delegated_weight_bps)))
        .checked_div(U256::from(10_000))
        .unwrap_or_default();
    square_root(own.saturating_mul(mixed))
}

/// Largest integer whose square is not above `n` (Newton's method from above).
fn square_root(n: U256) -> U256 {
    let bits = n.bit_len().div_ceil(2);
    let mut guess = U256::ONE.checked_shl(bits).unwrap_or(U256::MAX);
    loop {
        let next = n
            .checked_div(guess)
            .and_then(|quotient| quotient.checked_add(guess))
            .and_then(|twice| twice.checked_div(U256::from(2)))
            .unwrap_or_default();
        if next >= guess {
            return guess;
        }
        guess = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use venire_types::family::Family;

    fn active(count: u8) -> Vec<Validator> {
        (0..count)
            .map(|index| Validator {
                address: Address::repeat_byte(index + 1),
                operator: Address::repeat_byte(index + 1),
                stake: U256::from(100),
                weight: U256::from(u64::from(index) + 1),
                family: Family::default(),
            })
            .collect()
    }

    #[test]
    fn square_roots_are_exact() {
        for n in 0..2_000u64 {
            let root = square_root(U256::from(n)).to::<u64>();
            assert!(
                root * root <= n && n < (root + 1) * (root + 1),
                "{n}: {root}"
            );
        }
        assert_eq!(square_root(U256::MAX), (U256::ONE << 128) - U256::ONE);
        let rules = StakeParams::public();
        assert_eq!(
            weight(&rules, U256::from(1000), U256::ZERO),
            U256::from(774)
        );
    }

    #[test]
    fn a_draw_has_no_doubles_and_skips_the_used() {
        let used = vec![Address::repeat_byte(3)];
        for seed in 0..200u8 {
            let lot = Lot {
                seed: B256::repeat_byte(seed),
                tx: B256::ZERO,
                round: 0,
                spread: true,
            };
            let seats = lot.members(Purpose::Committee, &active(9), &used, 5);
            let mut drawn: Vec<Address> = seats.iter().map(|seat| seat.validator).collect();
            assert_eq!(drawn.len(), 5);
            assert!(!drawn.contains(&used[0]));
            drawn.sort();
            drawn.dedup();
            assert_eq!(drawn.len(), 5);
            assert!(lot.leader(5) < 5);
        }
    }

    #[test]
    fn a_draw_takes_all_when_it_wants_more_than_there_are() {
        let lot = Lot {
            seed: B256::ZERO,
            tx: B256::ZERO,
            round: 0,
            spread: true,
        };
        assert_eq!(lot.members(Purpose::Committee, &active(3), &[], 5).len(), 3);
        assert_eq!(lot.members(Purpose::Fresh, &[], &[], 1), Vec::new());
    }

    #[test]
    fn weight_decides_how_often_a_validator_is_drawn() {
        let (mut first, mut last) = (0, 0);
        for round in 0..3_000 {
            let lot = Lot {
                seed: B256::ZERO,
                tx: B256::ZERO,
                round,
                spread: true,
            };
            let drawn = lot.members(Purpose::Committee, &active(4), &[], 1);
            first += u32::from(drawn[0].validator == Address::repeat_byte(1));
            last += u32::from(drawn[0].validator == Address::repeat_byte(4));
        }
        // Weights 1 and 4 of 10: 300 and 1200 expected.
        assert!((220..380).contains(&first), "{first}");
        assert!((1080..1320).contains(&last), "{last}");
    }

    /// Draws of `tx` until its leader is one that speaks: every third validator belongs to one
    /// person, whose leaders stay silent, if they `withhold`, where it has no majority. Returns
    /// whether it has one in the end, and how many of its leaders were silent.
    fn majority(active: &[Validator], tx: u32, withhold: bool) -> (bool, u32) {
        let is_bought = |seat: &Seat| seat.validator.as_slice()[0].is_multiple_of(3);
        let mut lot = Lot {
            seed: tagged("test-seed", &[&tx.to_be_bytes()]),
            tx: tagged("test-tx", &[&tx.to_be_bytes()]),
            round: 0,
            spread: true,
        };
        let mut seats = lot.members(Purpose::Committee, active, &[], 5);
        let mut used: Vec<Address> = seats.iter().map(|seat| seat.validator).collect();
        for silent in 0..=3 {
            let leader = lot.leader(seats.len()) as usize;
            let has = seats.iter().filter(|seat| is_bought(seat)).count() > seats.len() / 2;
            if has || !withhold || silent == 3 || !is_bought(&seats[leader]) {
                return (has, silent);
            }
            seats.remove(leader);
            lot.round += 1;
            let fresh = lot.members(Purpose::Fresh, active, &used, 1);
            used.extend(fresh.iter().map(|seat| seat.validator));
            seats.extend(fresh);
        }
        unreachable!("the third silence is the last");
    }

    #[test]
    fn who_withholds_a_leader_does_not_gain_a_committee() {
        let mut active = active(60);
        for validator in &mut active {
            validator.weight = U256::ONE;
        }
        let count = |withhold| {
            let all = (0..8_000).map(|tx| majority(&active, tx, withhold));
            all.fold((0, 0), |(won, silent), (has, times)| {
                (won + u32::from(has), silent + times)
            })
        };
        let ((plain, nothing), (withheld, silent)) = (count(false), count(true));
        assert!(
            nothing == 0 && silent > 2_000,
            "{silent} leaders were silent"
        );
        // Each silence costs a seat of its own, and a fresh member is its own one time in three.
        // Goal C7 allows a gain of 5 %.
        assert!(
            withheld * 100 <= plain * 105,
            "{withheld} instead of {plain}"
        );
    }
}
