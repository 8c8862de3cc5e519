//! Scripted language models: each question has a true answer, each model family its own mistakes,
//! and validators of one family tend to make the same one.
//!
//! # Invariants
//! - An answer follows from the seed, the question and who is asked: asking again gives the same.

use venire_types::{Address, B256, signed::tagged};

/// The models of a world.
#[derive(Clone, Copy, Debug)]
pub struct Models {
    /// Seed of the world.
    pub seed: u64,
    /// Families among which validators are spread.
    pub families: u64,
    /// Right answers of a thousand.
    pub accuracy: u64,
    /// How often of a thousand a member says what its family says, right or wrong.
    pub correlation: u64,
    /// How often of a thousand a model cannot be reached.
    pub outage: u64,
    /// Families none of whose models can be reached now, one bit each.
    pub down: u64,
    /// Families whose models take longer now than a phase lasts, one bit each.
    pub slow: u64,
    /// Least time of an answer, milliseconds.
    pub latency_ms: u64,
    /// Greatest addition to it, milliseconds.
    pub spread_ms: u64,
}

/// What an answer of a family that is slow now takes besides, milliseconds: longer than any phase.
const STALL_MS: u64 = 7_000;

/// Bit of a family in a set of families.
#[must_use]
pub const fn bit(family: u64) -> u64 {
    1 << (family % 64)
}

impl Models {
    fn draw(&self, what: &str, parts: &[&[u8]]) -> u64 {
        let seed = self.seed.to_be_bytes();
        let mut all: Vec<&[u8]> = vec![&seed, what.as_bytes(), &[0]];
        all.extend_from_slice(parts);
        let [a, b, c, d, ..] = tagged("sim-model", &all).0;
        u64::from(u32::from_be_bytes([a, b, c, d]))
    }

    fn chance(&self, per_thousand: u64, what: &str, parts: &[&[u8]]) -> bool {
        self.draw(what, parts) % 1_000 < per_thousand
    }

    /// The family of a validator's model.
    #[must_use]
    pub fn family(&self, validator: Address) -> u64 {
        let draw = self.draw("family", &[validator.as_slice()]);
        draw.checked_rem(self.families).unwrap_or_default()
    }

    /// The right answer to the question that a transaction asks.
    #[must_use]
    pub fn truth(&self, tx: B256) -> bool {
        self.draw("truth", &[tx.as_slice()]).is_multiple_of(2)
    }

    /// What a validator's model says in a round.
    #[must_use]
    pub fn answer(&self, validator: Address, tx: B256, round: u32) -> bool {
        let family = self.family(validator).to_be_bytes();
        let round = round.to_be_bytes();
        let alone: [&[u8]; 3] = [validator.as_slice(), tx.as_slice(), &round];
        let is_right = if self.chance(self.correlation, "shared", &alone) {
            self.chance(self.accuracy, "family-right", &[&family, tx.as_slice()])
        } else {
            self.chance(self.accuracy, "right", &alone)
        };
        self.truth(tx) == is_right
    }

    /// Models that are always wrong, for liars.
    #[must_use]
    pub const fn inverted(&self) -> Self {
        Self {
            accuracy: 0,
            outage: 0,
            down: 0,
            ..*self
        }
    }

    /// Whether a validator's model cannot be reached in a round: nobody's of its family, or its own.
    #[must_use]
    pub fn is_down(&self, validator: Address, tx: B256, round: u32) -> bool {
        if self.is_of(self.down, validator) {
            return true;
        }
        let round = round.to_be_bytes();
        self.chance(
            self.outage,
            "down",
            &[validator.as_slice(), tx.as_slice(), &round],
        )
    }

    /// How long its execution takes, milliseconds.
    #[must_use]
    pub fn delay_ms(&self, validator: Address, tx: B256, round: u32) -> u64 {
        let round = round.to_be_bytes();
        let draw = self.draw("delay", &[validator.as_slice(), tx.as_slice(), &round]);
        let stall_ms = if self.is_of(self.slow, validator) {
            STALL_MS
        } else {
            0
        };
        let spread_ms = draw.checked_rem(self.spread_ms + 1).unwrap_or_default();
        self.latency_ms + spread_ms + stall_ms
    }

    /// Whether a validator's model is of one of these families.
    fn is_of(&self, families: u64, validator: Address) -> bool {
        families != 0 && families & bit(self.family(validator)) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn models(accuracy: u64, correlation: u64) -> Models {
        Models {
            seed: 5,
            families: 3,
            accuracy,
            correlation,
            outage: 100,
            down: 0,
            slow: 0,
            latency_ms: 10,
            spread_ms: 4,
        }
    }

    fn who(n: u8) -> Address {
        Address::repeat_byte(n)
    }

    fn what(n: u32) -> B256 {
        tagged("test", &[&n.to_be_bytes()])
    }

    fn right(models: &Models, validator: Address) -> usize {
        let right = |n: &u32| models.answer(validator, what(*n), 0) == models.truth(what(*n));
        (0..2_000).filter(right).count()
    }

    #[test]
    fn a_model_is_right_as_often_as_was_said() {
        for correlation in [0, 800] {
            let share = right(&models(800, correlation), who(1));
            assert!((1_500..1_700).contains(&share), "{share}");
        }
        assert_eq!(right(&models(1_000, 0), who(1)), 2_000);
        assert_eq!(right(&models(900, 500).inverted(), who(1)), 0);
    }

    #[test]
    fn a_family_errs_together() {
        let models = models(700, 900);
        let all: Vec<Address> = (0..20).map(who).collect();
        let kin = |a: &Address| models.family(*a) == models.family(all[0]);
        let cousin = all.iter().skip(1).copied().find(kin).unwrap();
        let stranger = all.iter().copied().find(|a| !kin(a)).unwrap();
        let same = |other: Address| {
            let same =
                |n: &u32| models.answer(all[0], what(*n), 0) == models.answer(other, what(*n), 0);
            (0..2_000).filter(same).count()
        };
        assert!(same(cousin) > same(stranger) + 300);
    }

    #[test]
    fn a_family_is_down_or_slow_as_one() {
        let models = models(900, 0);
        let out = Models {
            outage: 0,
            down: bit(models.family(who(1))),
            slow: bit(models.family(who(1))),
            ..models
        };
        for n in 0..20 {
            let is_kin = models.family(who(n)) == models.family(who(1));
            assert_eq!(out.is_down(who(n), what(1), 0), is_kin);
            assert_eq!(out.delay_ms(who(n), what(1), 0) > STALL_MS, is_kin);
        }
    }

    #[test]
    fn models_are_down_as_often_as_was_said_and_answer_in_time() {
        let models = models(900, 0);
        let down = (0..2_000)
            .filter(|n| models.is_down(who(1), what(*n), 0))
            .count();
        assert!((140..260).contains(&down), "{down}");
        assert!((0..200).all(|n| (10..=14).contains(&models.delay_ms(who(1), what(n), 1))));
    }
}
