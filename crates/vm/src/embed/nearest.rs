//! Nearest vectors, exactly: sketches rule out most of them, only the rest are read whole.
//!
//! A sketch is a vector in four bits a component, with the distance to the vector it stands for. It
//! gives a distance that the vector can not be nearer than; vectors are looked at in that order, and
//! the search ends when the next one can not be among the nearest.
//!
//! # Invariants
//! - The answer is that of looking at every vector, whatever the sketches say: they only decide how
//!   many are read. A vector without a usable sketch is always read.
//! - Sums of distances are compensated (Neumaier) in the order of components, as Python's `sum` does,
//!   so that the sandbox gets the same numbers when it looks for itself.

use std::{cmp::Ordering, collections::BinaryHeap};

/// How far vectors are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metric {
    /// Sum of squared differences.
    Squared,
    /// Root of that.
    Euclidean,
    /// One less the cosine of the angle between them.
    Cosine,
}

/// Bytes before the components of a sketch.
const HEAD: usize = 8;
/// Components are numbers from 0 to this, less [`MIDDLE`].
const TOP: f64 = 15.0;
const MIDDLE: f64 = 7.5;
/// What rounding may cost, as a part of the lengths that are compared.
const SLACK: f64 = 1e-6;

/// Bytes of a sketch of `width` components: whole pages.
pub(crate) const fn stride(width: usize) -> usize {
    (HEAD + width.div_ceil(2)).next_multiple_of(32)
}

/// Python's `sum` of floats.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0.0_f64, 0.0_f64);
    for value in values {
        let next = total + value;
        lost += if total.abs() >= value.abs() {
            (total - next) + value
        } else {
            (value - next) + total
        };
        total = next;
    }
    if lost != 0.0 && lost.is_finite() {
        total + lost
    } else {
        total
    }
}

fn length(vector: &[f64]) -> f64 {
    sum(vector.iter().map(|x| x * x)).sqrt()
}

/// Little-endian `f32` components.
pub(crate) fn components(bytes: &[u8]) -> Vec<f64> {
    let (words, _) = bytes.as_chunks::<4>();
    words
        .iter()
        .map(|word| f64::from(f32::from_le_bytes(*word)))
        .collect()
}

/// A vector as sketches know it: for the cosine only its direction counts.
fn sketched(metric: Metric, vector: &[f64]) -> Vec<f64> {
    if metric != Metric::Cosine {
        return vector.to_vec();
    }
    let length = length(vector);
    vector.iter().map(|x| x / length).collect()
}

/// The sketch of a vector; zeros, which mean nothing, when it has no finite one.
pub(crate) fn sketch(metric: Metric, vector: &[f64]) -> Vec<u8> {
    let mut out = vec![0; stride(vector.len())];
    let vector = sketched(metric, vector);
    let most = vector.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let scale = (most / MIDDLE) as f32;
    let step = f64::from(scale);
    let level = |x: &f64| (x / step + MIDDLE).round().clamp(0.0, TOP);
    let missed = |x: &f64| x - (level(x) - MIDDLE) * step;
    let error = sum(vector.iter().map(|x| missed(x) * missed(x))).sqrt();
    // Rounded up, so that it never promises too much.
    let error = (error * (1.0 + SLACK) + f64::from(f32::MIN_POSITIVE)) as f32;
    let (head, levels) = out.split_at_mut(HEAD);
    if !(step > 0.0 && scale.is_finite() && error.is_finite()) {
        return out;
    }
    head[..4].copy_from_slice(&scale.to_le_bytes());
    head[4..].copy_from_slice(&error.next_up().to_le_bytes());
    for (pair, byte) in vector.chunks(2).zip(levels) {
        let nibbles = pair.iter().map(|x| level(x) as u8);
        *byte = nibbles.rev().fold(0, |byte, nibble| byte << 4 | nibble);
    }
    out
}

/// What is looked for.
pub(crate) struct Query {
    metric: Metric,
    vector: Vec<f64>,
    /// As sketches know it, each component alone: two for each byte of a sketch.
    sketched: Vec<[f64; 2]>,
    length: f64,
    /// Sum of the sketched components.
    total: f64,
}

impl Query {
    pub(crate) fn new(metric: Metric, vector: Vec<f64>) -> Self {
        let sketched = sketched(metric, &vector);
        Self {
            metric,
            length: length(&sketched),
            total: sketched.iter().fold(0.0, |total, x| total + x),
            sketched: sketched
                .chunks(2)
                .map(|pair| match *pair {
                    [a, b] => [a, b],
                    _ => [pair.first().copied().unwrap_or_default(), 0.0],
                })
                .collect(),
            vector,
        }
    }

    /// A distance that the vector of a sketch can not be nearer than; `None` for a removed one.
    pub(crate) fn bound(&self, sketch: &[u8]) -> Option<f64> {
        let number = |at: usize| {
            let word = sketch.get(at..)?.first_chunk::<4>()?;
            Some(f64::from(f32::from_le_bytes(*word)))
        };
        let (scale, error) = (number(0)?, number(4)?);
        if error < 0.0 {
            return None;
        }
        if error.is_nan() || error <= 0.0 {
            return Some(0.0);
        }
        let (mut dot, mut squares, mut levels) = (0.0_f64, 0.0_f64, 0.0_f64);
        let bytes = sketch.get(HEAD..).unwrap_or(&[]);
        for ([a, b], byte) in self.sketched.iter().zip(bytes) {
            let (low, high) = (f64::from(byte & 15), f64::from(byte >> 4));
            dot += a * low + b * high;
            squares += low * low + high * high;
            levels += low + high;
        }
        // An odd width leaves the last half byte zero: a component of nothing.
        let width = self.vector.len() as f64;
        let dot = (dot - MIDDLE * self.total) * scale;
        let square = (squares - 2.0 * MIDDLE * levels + MIDDLE * MIDDLE * width) * scale * scale;
        let apart = (self.length * self.length - 2.0 * dot + square)
            .max(0.0)
            .sqrt();
        let slack = SLACK * (self.length + square.max(0.0).sqrt());
        let bound = (apart - error - slack).max(0.0);
        let bound = match self.metric {
            Metric::Euclidean => bound,
            Metric::Squared => bound * bound,
            Metric::Cosine => bound * bound / 2.0,
        };
        Some(if bound.is_finite() { bound } else { 0.0 })
    }

    /// The distance.
    pub(crate) fn distance(&self, vector: &[f64]) -> f64 {
        let pairs = self.vector.iter().zip(vector);
        if self.metric == Metric::Cosine {
            let dot = sum(pairs.map(|(a, b)| a * b));
            return 1.0 - dot / (length(vector) * length(&self.vector));
        }
        let squares = sum(pairs.map(|(a, b)| (b - a) * (b - a)));
        match self.metric {
            Metric::Squared => squares,
            Metric::Euclidean | Metric::Cosine => squares.sqrt(),
        }
    }
}

/// The nearest so far.
pub(crate) struct Nearest {
    wanted: usize,
    /// The farthest on top.
    found: BinaryHeap<Near>,
}

/// A vector that was found; in order of distance, then of number.
#[derive(Clone, Copy, Debug)]
struct Near {
    distance: f64,
    id: u32,
}

impl Ord for Near {
    fn cmp(&self, other: &Self) -> Ordering {
        let distances = self.distance.total_cmp(&other.distance);
        distances.then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Near {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Near {}

impl Nearest {
    pub(crate) fn new(wanted: usize) -> Self {
        Self {
            wanted,
            found: BinaryHeap::new(),
        }
    }

    /// Whether nothing at least this far away is wanted any more.
    pub(crate) fn complete(&self, bound: f64) -> bool {
        self.found.len() >= self.wanted && self.found.peek().is_none_or(|far| bound > far.distance)
    }

    /// Takes one in; distances that are no numbers are never near.
    pub(crate) fn take(&mut self, distance: f64, id: u32) {
        let near = Near { distance, id };
        let full = self.found.len() >= self.wanted;
        if !distance.is_finite() || full && self.found.peek().is_none_or(|far| near >= *far) {
            return;
        }
        if full {
            self.found.pop();
        }
        self.found.push(near);
    }

    /// Number and distance, as little-endian `u32` and `f64`.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let entries = self.found.into_sorted_vec();
        entries
            .into_iter()
            .flat_map(|near| {
                let mut bytes = [0; 12];
                bytes[..4].copy_from_slice(&near.id.to_le_bytes());
                bytes[4..].copy_from_slice(&near.distance.to_le_bytes());
                bytes
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors(count: usize, width: usize, seed: u64) -> Vec<Vec<f64>> {
        let mut state = seed;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f64::from((state >> 40) as u32) / f64::from(1 << 23) - 1.0
        };
        (0..count)
            .map(|_| (0..width).map(|_| f64::from(next() as f32)).collect())
            .collect()
    }

    #[test]
    fn bounds_are_never_above_the_distance() {
        for metric in [Metric::Squared, Metric::Euclidean, Metric::Cosine] {
            for width in [1, 5, 31, 384] {
                let all = vectors(200, width, width as u64);
                let query = Query::new(metric, all[0].clone());
                for vector in &all {
                    let bound = query.bound(&sketch(metric, vector)).unwrap();
                    let distance = query.distance(vector);
                    assert!(
                        bound <= distance.max(0.0) + f64::EPSILON,
                        "{bound} {distance}"
                    );
                }
            }
        }
    }

    #[test]
    fn sketches_leave_few_vectors_to_read() {
        let mut all = vectors(2000, 384, 3);
        let near: Vec<f64> = all[7]
            .iter()
            .zip(&all[8])
            .map(|(a, b)| a + b / 4.0)
            .collect();
        all.push(near);
        let query = Query::new(Metric::Squared, all[7].clone());
        let mut order: Vec<_> = all
            .iter()
            .zip(0..)
            .map(|(vector, id)| (query.bound(&sketch(Metric::Squared, vector)).unwrap(), id))
            .collect();
        order.sort_by(|a: &(f64, u32), b| a.partial_cmp(b).unwrap());
        let mut nearest = Nearest::new(2);
        let mut read = 0;
        for (bound, id) in order {
            if nearest.complete(bound) {
                break;
            }
            nearest.take(query.distance(&all[id as usize]), id);
            read += 1;
        }
        assert_eq!(
            nearest
                .found
                .into_sorted_vec()
                .iter()
                .map(|near| near.id)
                .collect::<Vec<_>>(),
            [7, 2000]
        );
        assert!(read <= 10, "{read}");
    }

    #[test]
    fn vectors_without_a_finite_sketch_are_read_and_removed_ones_are_not() {
        let query = Query::new(Metric::Cosine, vec![1.0, 0.0, 0.0]);
        for odd in [[0.0; 3], [f64::INFINITY, 1.0, 2.0], [f64::NAN; 3]] {
            assert_eq!(query.bound(&sketch(Metric::Cosine, &odd)), Some(0.0));
        }
        let mut gone = sketch(Metric::Cosine, &[1.0, 2.0, 3.0]);
        gone[4..8].copy_from_slice(&(-1.0_f32).to_le_bytes());
        assert_eq!(query.bound(&gone), None);
    }

    #[test]
    fn the_nearest_are_ordered_by_distance_and_number() {
        let mut nearest = Nearest::new(2);
        for (distance, id) in [(2.0, 0), (1.0, 3), (f64::NAN, 1), (1.0, 2), (3.0, 4)] {
            nearest.take(distance, id);
        }
        let found = nearest.found.clone().into_sorted_vec();
        let found: Vec<_> = found.iter().map(|near| (near.distance, near.id)).collect();
        assert_eq!(found, [(1.0, 2), (1.0, 3)]);
        assert!(nearest.complete(1.5) && !nearest.complete(1.0));
    }
}
