//! The arithmetic between matrix products, in a fixed order, so that it gives the same bits everywhere.
//!
//! # Invariants
//! - Only additions, multiplications, divisions and square roots, which are exact by IEEE 754, and
//!   sines and powers of the crate `libm`: no result depends on the machine's own libraries.
//! - Sums run over sixteen lanes and then over the lanes, whatever the width of the registers.

use super::config::{Config, Turn};

/// Lanes of a sum; the width of the widest registers.
pub(crate) const LANES: usize = 16;

/// `e^x`, good to two units in the last place; outside of what fits, the nearest that does.
#[inline]
pub(crate) fn exp(x: f32) -> f32 {
    // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let turned = x * std::f32::consts::LOG2_E + ROUND;
    let whole = turned - ROUND;
    // ln 2 in two parts, the first of which has few bits.
    let rest = x - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let series = 1.987_569_1e-4;
    let series = series * rest + 1.398_2e-3;
    let series = series * rest + 8.333_452e-3;
    let series = series * rest + 4.166_579_6e-2;
    let series = series * rest + 0.166_666_66;
    let series = series * rest + 0.5;
    let fraction = series * (rest * rest) + rest + 1.0;
    let scale = f32::from_bits(turned.to_bits().wrapping_add(127) << 23);
    fraction * scale
}

/// Sum in the fixed order.
pub(crate) fn sum(values: impl Fn(usize) -> f32, count: usize) -> f32 {
    let mut lanes = [0.0f32; LANES];
    for i in 0..count {
        lanes[i % LANES] += values(i);
    }
    fold(&lanes)
}

fn fold(lanes: &[f32; LANES]) -> f32 {
    lanes.iter().fold(0.0, |sum, lane| sum + lane)
}

/// Root-mean-square norm of each row of `width` values, times `weight`.
pub(crate) fn norm(rows: &[f32], weight: &[f32], epsilon: f32) -> Vec<f32> {
    let width = weight.len();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows.chunks_exact(width) {
        let mut lanes = [0.0f32; LANES];
        for chunk in row.chunks(LANES) {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += x * x;
            }
        }
        let scale = 1.0 / (fold(&lanes) / width as f32 + epsilon).sqrt();
        out.extend(row.iter().zip(weight).map(|(x, w)| x * scale * w));
    }
    out
}

/// `gate * sigmoid(gate) * up`, into `gate`.
pub(crate) fn gated(gate: &mut [f32], up: &[f32]) {
    for (g, u) in gate.iter_mut().zip(up) {
        *g = *g / (1.0 + exp(-*g)) * u;
    }
}

/// `rows += more`.
pub(crate) fn add(rows: &mut [f32], more: &[f32]) {
    for (x, y) in rows.iter_mut().zip(more) {
        *x += y;
    }
}

/// Adds `bias` to every row.
pub(crate) fn add_bias(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        add(row, bias);
    }
}

/// Sines and cosines of all positions.
#[derive(Debug)]
pub(crate) struct Turns {
    /// Pairs of cosine and sine, `half` for each position.
    pairs: Vec<(f32, f32)>,
    half: usize,
    turn: Turn,
}

impl Turns {
    /// For `positions` positions; `slower` divides each frequency where a file asks for that.
    pub(crate) fn new(config: &Config, positions: usize, slower: Option<&[f32]>) -> Self {
        let half = config.head_width / 2;
        let steps: Vec<f64> = (0..half)
            .map(|i| {
                let exponent = -2.0 * i as f64 / config.head_width as f64;
                let factor = slower.and_then(|s| s.get(i)).copied().unwrap_or(1.0);
                libm::pow(config.base, exponent) / f64::from(factor)
            })
            .collect();
        let pairs = (0..positions)
            .flat_map(|position| {
                steps.iter().map(move |step| {
                    let angle = position as f64 * step;
                    (libm::cos(angle) as f32, libm::sin(angle) as f32)
                })
            })
            .collect();
        Self {
            pairs,
            half,
            turn: config.turn,
        }
    }

    /// Turns every head of one row by its position.
    pub(crate) fn turn(&self, row: &mut [f32], position: usize) {
        let start = position * self.half;
        let pairs = &self.pairs[start..start + self.half];
        for head in row.chunks_exact_mut(self.half * 2) {
            match self.turn {
                Turn::Halves => {
                    let (low, high) = head.split_at_mut(self.half);
                    for ((a, b), (cos, sin)) in low.iter_mut().zip(high).zip(pairs) {
                        (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
                    }
                }
                Turn::Neighbours => {
                    for (pair, (cos, sin)) in head.chunks_exact_mut(2).zip(pairs) {
                        let (a, b) = (pair[0], pair[1]);
                        pair[0] = a * cos - b * sin;
                        pair[1] = b * cos + a * sin;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{Config, Turn};
    use super::{Turns, exp, norm};

    #[test]
    fn exp_is_close_to_the_exact_one_and_never_leaves_the_numbers() {
        for i in -8600..8700 {
            let x = i as f32 / 100.0;
            let exact = libm::exp(f64::from(x));
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 3e-7, "{x}: {error}");
        }
        assert!(exp(-1e30) > 0.0 && exp(1e30).is_finite());
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn a_norm_has_length_one() {
        let row = norm(&[3.0, 4.0, 0.0, 0.0], &[1.0; 4], 0.0);
        assert_eq!(row, [1.2, 1.6, 0.0, 0.0]);
    }

    fn config(turn: Turn) -> Config {
        Config {
            layers: 1,
            width: 16,
            inner: 16,
            heads: 1,
            kv_heads: 1,
            head_width: 16,
            context: 64,
            epsilon: 1e-6,
            base: 10_000.0,
            turn,
            bias: false,
        }
    }

    #[test]
    fn each_family_turns_its_own_pairs() {
        for (turn, partner) in [(Turn::Halves, 8), (Turn::Neighbours, 1)] {
            let turns = Turns::new(&config(turn), 64, None);
            let mut row = [0.0; 16];
            row[0] = 1.0;
            turns.turn(&mut row, 3);
            // The first pair turns by one radian for each position.
            assert!((row[0] - libm::cosf(3.0)).abs() < 1e-6, "{turn:?}");
            assert!((row[partner] - libm::sinf(3.0)).abs() < 1e-6, "{turn:?}");
            let others = row.iter().filter(|x| **x != 0.0).count();
            assert_eq!(others, 2, "{turn:?}");
        }
    }

    #[test]
    fn only_the_distance_of_positions_matters() {
        for turn in [Turn::Halves, Turn::Neighbours] {
            let turns = Turns::new(&config(turn), 64, None);
            let product = |a: usize, b: usize| {
                let mut query: Vec<f32> = (0..16).map(|i| 0.1 * i as f32 - 0.7).collect();
                let mut key: Vec<f32> = (0..16).map(|i| 0.9 - 0.2 * i as f32).collect();
                turns.turn(&mut query, a);
                turns.turn(&mut key, b);
                query.iter().zip(&key).fold(0.0, |sum, (q, k)| sum + q * k)
            };
            assert!((product(5, 2) - product(60, 57)).abs() < 1e-4, "{turn:?}");
            assert!((product(5, 2) - product(5, 4)).abs() > 1e-3, "{turn:?}");
        }
    }
}
