//! Matrix product in a fixed order: panels of sixteen outputs, summed along the inputs in turn.
//!
//! # Invariants
//! - Each output is `((0 + x0*w0) + x1*w1) + ...` in `f32`, whatever the blocking or the instruction
//!   set: wider registers hold more outputs, never parts of one sum.

/// Outputs computed side by side.
pub(super) const LANES: usize = 16;
/// Rows computed together, to use each weight several times.
const ROWS: usize = 4;

type Lane = [f32; LANES];

/// A matrix, its outputs in panels.
pub(super) struct Panels {
    lanes: Vec<Lane>,
    inputs: usize,
    outputs: usize,
}

impl Panels {
    /// From `outputs` rows of `inputs` weights, `at(output, input)`.
    pub(super) fn new(
        outputs: usize,
        inputs: usize,
        at: impl Fn(usize, usize) -> Option<f32>,
    ) -> Self {
        let mut lanes = Vec::with_capacity(outputs.div_ceil(LANES) * inputs);
        for first in (0..outputs).step_by(LANES) {
            for input in 0..inputs {
                let mut lane = [0.0; LANES];
                for (output, weight) in (first..outputs).zip(&mut lane) {
                    *weight = at(output, input).unwrap_or_default();
                }
                lanes.push(lane);
            }
        }
        Self {
            lanes,
            inputs,
            outputs,
        }
    }

    /// The product with rows of inputs: rows of outputs.
    pub(super) fn times(&self, rows: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; rows.len() / self.inputs * self.outputs];
        best()(self, rows, &mut out);
        out
    }
}

type Kernel = fn(&Panels, &[f32], &mut [f32]);

/// The same loop, compiled for what this machine has.
fn best() -> Kernel {
    #[cfg(target_arch = "x86_64")]
    {
        if std::is_x86_feature_detected!("avx512f") {
            return wide::avx512;
        }
        if std::is_x86_feature_detected!("avx2") {
            return wide::avx2;
        }
    }
    portable
}

fn portable(panels: &Panels, rows: &[f32], out: &mut [f32]) {
    product(panels, rows, out);
}

#[inline(always)]
fn product(panels: &Panels, rows: &[f32], out: &mut [f32]) {
    let Panels {
        lanes,
        inputs,
        outputs,
    } = panels;
    let block = rows
        .chunks(ROWS * inputs)
        .zip(out.chunks_mut(ROWS * outputs));
    for (rows, out) in block {
        for (panel, weights) in lanes.chunks_exact(*inputs).enumerate() {
            let sums = sums(rows, *inputs, weights);
            for (sums, out) in sums.iter().zip(out.chunks_exact_mut(*outputs)) {
                for (sum, out) in sums.iter().zip(out.iter_mut().skip(panel * LANES)) {
                    *out = *sum;
                }
            }
        }
    }
}

/// Up to four rows times one panel.
#[inline(always)]
fn sums(rows: &[f32], inputs: usize, weights: &[Lane]) -> [Lane; ROWS] {
    let mut sums = [[0.0; LANES]; ROWS];
    if rows.len() == ROWS * inputs && weights.len() == inputs {
        let (a, rest) = rows.split_at(inputs);
        let (b, rest) = rest.split_at(inputs);
        let (c, d) = rest.split_at(inputs);
        let [mut sa, mut sb, mut sc, mut sd] = sums;
        // Indexed: the checks of iterators in this profile keep a loop out of wide registers.
        for input in 0..inputs {
            let weight = &weights[input];
            sa = plus(sa, a[input], weight);
            sb = plus(sb, b[input], weight);
            sc = plus(sc, c[input], weight);
            sd = plus(sd, d[input], weight);
        }
        return [sa, sb, sc, sd];
    }
    for (row, sum) in rows.chunks_exact(inputs).zip(&mut sums) {
        for (x, weight) in row.iter().zip(weights) {
            *sum = plus(*sum, *x, weight);
        }
    }
    sums
}

#[inline(always)]
fn plus(mut sum: Lane, x: f32, weight: &Lane) -> Lane {
    for lane in 0..LANES {
        sum[lane] += x * weight[lane];
    }
    sum
}

#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "calling code compiled for an instruction set that was just detected"
)]
mod wide {
    use super::{Panels, product};

    #[target_feature(enable = "avx2")]
    fn with_avx2(panels: &Panels, rows: &[f32], out: &mut [f32]) {
        product(panels, rows, out);
    }

    #[target_feature(enable = "avx512f")]
    fn with_avx512(panels: &Panels, rows: &[f32], out: &mut [f32]) {
        product(panels, rows, out);
    }

    pub(super) fn avx2(panels: &Panels, rows: &[f32], out: &mut [f32]) {
        assert!(std::is_x86_feature_detected!("avx2"));
        // SAFETY: the line above.
        unsafe { with_avx2(panels, rows, out) }
    }

    pub(super) fn avx512(panels: &Panels, rows: &[f32], out: &mut [f32]) {
        assert!(std::is_x86_feature_detected!("avx512f"));
        // SAFETY: the line above.
        unsafe { with_avx512(panels, rows, out) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of mixed size and sign, the same each time.
    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let unit = f64::from(state >> 8) / f64::from(1 << 23) - 1.0;
            (unit * f64::from(1 << (state & 7))) as f32
        };
        std::iter::repeat_with(next).take(count).collect()
    }

    fn bits(numbers: &[f32]) -> Vec<u32> {
        numbers.iter().map(|number| number.to_bits()).collect()
    }

    #[test]
    fn every_instruction_set_and_blocking_gives_the_bits_of_the_plain_sum() {
        for (rows, inputs, outputs) in [(1, 384, 384), (7, 32, 19), (9, 1536, 384), (4, 5, 32)] {
            let weights = numbers(inputs * outputs, 7);
            let x = numbers(rows * inputs, 11);
            let panels = Panels::new(outputs, inputs, |o, i| weights.get(o * inputs + i).copied());
            let mut plain = Vec::new();
            for row in x.chunks_exact(inputs) {
                for weights in weights.chunks_exact(inputs) {
                    let products = row.iter().zip(weights).map(|(x, w)| x * w);
                    plain.push(products.fold(0.0_f32, |sum, product| sum + product));
                }
            }
            let mut kernels: Vec<Kernel> = vec![portable];
            #[cfg(target_arch = "x86_64")]
            {
                if std::is_x86_feature_detected!("avx2") {
                    kernels.push(wide::avx2);
                }
                if std::is_x86_feature_detected!("avx512f") {
                    kernels.push(wide::avx512);
                }
            }
            for kernel in kernels {
                let mut out = vec![0.0; rows * outputs];
                kernel(&panels, &x, &mut out);
                assert_eq!(bits(&out), bits(&plain));
            }
        }
    }
}
