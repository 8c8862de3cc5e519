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
    /// Least time of an answer, milliseconds.
    pub latency_ms: u64,
    /// Greatest addition to it, milliseconds.
    pub spread_ms: u64,
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
            ..*self
        }
    }

    /// Whether a validator's model can be reached in a round.
    #[must_use]
    pub fn is_down(&self, validator: Address, tx: B256, round: u32) -> bool {
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
        self.latency_ms + draw.checked_rem(self.spread_ms + 1).unwrap_or_default()
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
    fn models_are_down_as_often_as_was_said_and_answer_in_time() {
        let models = models(900, 0);
        let down = (0..2_000)
            .filter(|n| models.is_down(who(1), what(*n), 0))
            .count();
        assert!((140..260).contains(&down), "{down}");
        assert!((0..200).all(|n| (10..=14).contains(&models.delay_ms(who(1), what(n), 1))));
    }
}
