//! Which token is next: the likeliest, or one drawn with a seed.
//!
//! # Invariants
//! - The same scores and the same seed give the same token on every machine: the generator and the exponential are
//!   our own, sums are taken in order of likelihood and then of number.

use super::error::LocalError;
use super::math::exp;

/// Draws take the likeliest tokens that together have this share; the long rest of improbable ones is left out.
const SHARE: f64 = 0.95;
/// Tokens less likely than this, compared with the likeliest, are never drawn.
const FLOOR: f32 = 1e-4;

/// Draws tokens.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    temperature: f32,
    state: u64,
}

impl Sampler {
    /// The likeliest token at temperature 0, otherwise drawn.
    pub(crate) fn new(temperature: f32, seed: u64) -> Self {
        Self {
            temperature,
            state: seed,
        }
    }

    /// The next token among the allowed ones, given in ascending order.
    pub(crate) fn pick(
        &mut self,
        scores: &[f32],
        allowed: impl Iterator<Item = u32>,
    ) -> Result<u32, LocalError> {
        let mut candidates = Vec::new();
        let mut best: Option<(f32, u32)> = None;
        for id in allowed {
            let Some(score) = scores.get(id as usize).copied() else {
                continue;
            };
            if score.is_nan() {
                return Err(LocalError::NotANumber);
            }
            if best.is_none_or(|(top, _)| score > top) {
                best = Some((score, id));
            }
            if self.temperature > 0.0 {
                candidates.push((score, id));
            }
        }
        let (top, likeliest) =
            best.ok_or_else(|| LocalError::Grammar("no token is allowed".to_owned()))?;
        if self.temperature <= 0.0 || !top.is_finite() {
            return Ok(likeliest);
        }
        for (score, _) in &mut candidates {
            *score = exp((*score - top) / self.temperature);
        }
        candidates.retain(|(weight, _)| *weight >= FLOOR);
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let whole = candidates
            .iter()
            .fold(0.0, |sum, (w, _)| sum + f64::from(*w));
        let mut kept = 0.0;
        let mut count = 0;
        for (weight, _) in &candidates {
            kept += f64::from(*weight);
            count += 1;
            if kept >= whole * SHARE {
                break;
            }
        }
        let mut mark = self.unit() * kept;
        for (weight, id) in candidates.iter().take(count) {
            mark -= f64::from(*weight);
            if mark < 0.0 {
                return Ok(*id);
            }
        }
        Ok(likeliest)
    }

    /// A number in `[0, 1)`, from the generator splitmix64.
    fn unit(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Shares of one that the given scores have among themselves.
pub(crate) fn shares(scores: &[f32]) -> Result<Vec<f64>, LocalError> {
    if scores.iter().any(|score| score.is_nan()) {
        return Err(LocalError::NotANumber);
    }
    let top = scores.iter().fold(f32::MIN, |top, x| top.max(*x));
    let weights: Vec<f64> = scores
        .iter()
        .map(|x| libm::exp(f64::from(*x) - f64::from(top)))
        .collect();
    let whole = weights.iter().fold(0.0, |sum, w| sum + w);
    Ok(weights.iter().map(|w| w / whole).collect())
}

#[cfg(test)]
mod tests {
    use super::{Sampler, shares};

    #[test]
    fn at_temperature_zero_the_likeliest_and_of_equals_the_first() {
        let mut sampler = Sampler::new(0.0, 1);
        assert_eq!(sampler.pick(&[0.0, 2.0, 2.0, 1.0], 0..4).unwrap(), 1);
        assert_eq!(sampler.pick(&[9.0, 0.0, 1.0], 1..3).unwrap(), 2);
    }

    #[test]
    fn draws_follow_the_seed_and_the_shares() {
        let scores = [0.0, 1.0, 2.0, -30.0];
        let draw = |seed| {
            let mut sampler = Sampler::new(1.0, seed);
            (0..500)
                .map(|_| sampler.pick(&scores, 0..4).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let count = |id| draw(7).iter().filter(|d| **d == id).count();
        assert!(count(2) > 2 * count(1) && count(1) > 2 * count(0) && count(0) > 10);
        assert_eq!(count(3), 0, "what is this improbable is never drawn");
    }

    #[test]
    fn what_is_not_a_number_is_an_error() {
        let mut sampler = Sampler::new(0.0, 1);
        assert!(sampler.pick(&[f32::NAN, 1.0], 0..2).is_err());
        assert!(sampler.pick(&[1.0], 5..6).is_err(), "nothing is allowed");
        assert!(shares(&[f32::NAN]).is_err());
        assert_eq!(shares(&[3.0, 3.0]).unwrap(), [0.5, 0.5]);
    }
}
