//! Means and shares with their uncertainty.

/// Two-sided 95 % of a standard normal.
const Z95: f64 = 1.959_964;

/// Mean of a sample, and how sure it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    /// Observations.
    pub n: u32,
    /// Mean.
    pub mean: f64,
    squares: f64,
}

impl Mean {
    /// One more observation (Welford).
    pub fn add(&mut self, value: f64) {
        self.n += 1;
        let off = value - self.mean;
        self.mean += off / f64::from(self.n);
        self.squares += off * (value - self.mean);
    }

    /// Half of the 95 % interval.
    #[must_use]
    pub fn half(&self) -> f64 {
        if self.n < 2 {
            return f64::INFINITY;
        }
        let variance = self.squares / f64::from(self.n - 1);
        Z95 * (variance / f64::from(self.n)).sqrt()
    }
}

/// How often something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Times it happened.
    pub hits: u32,
    /// Trials.
    pub n: u32,
}

impl Share {
    /// One more trial.
    pub fn add(&mut self, hit: bool) {
        self.n += 1;
        self.hits += u32::from(hit);
    }

    /// Observed share.
    #[must_use]
    pub fn share(&self) -> f64 {
        f64::from(self.hits) / f64::from(self.n.max(1))
    }

    /// Wilson's 95 % interval.
    #[must_use]
    pub fn wilson(&self) -> (f64, f64) {
        let (n, p) = (f64::from(self.n.max(1)), self.share());
        let scale = 1.0 + Z95 * Z95 / n;
        let middle = (p + Z95 * Z95 / (2.0 * n)) / scale;
        let half = Z95 * (p * (1.0 - p) / n + Z95 * Z95 / (4.0 * n * n)).sqrt() / scale;
        // Exact at the ends, where rounding would leave a trace.
        let low = if self.hits == 0 { 0.0 } else { middle - half };
        let high = if self.hits == self.n {
            1.0
        } else {
            middle + half
        };
        (low.max(0.0), high.min(1.0))
    }
}

/// The value below which this share of a sample lies; the sample is sorted.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "samples are small"
)]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = (last as f64 * share).round() as usize;
    sorted.get(place.min(last)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_the_textbook_ones() {
        let share = Share { hits: 10, n: 100 };
        let (low, high) = share.wilson();
        assert!((low - 0.0552).abs() < 1e-3 && (high - 0.1744).abs() < 1e-3);
        assert!(Share { hits: 0, n: 10 }.wilson().0.abs() < 1e-12);
        let mut mean = Mean::default();
        for value in [1.0, 2.0, 3.0, 4.0] {
            mean.add(value);
        }
        assert!((mean.mean - 2.5).abs() < 1e-12);
        assert!((mean.half() - 1.959_964 * (5.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-9);
        assert!((quantile(&[1.0, 2.0, 3.0], 0.5) - 2.0).abs() < 1e-12);
    }
}
