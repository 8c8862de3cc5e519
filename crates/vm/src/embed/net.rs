//! The network: six layers of twelve heads, mean over the tokens, length one.

use super::{
    WIDTH,
    kernel::{LANES, Panels},
};

/// Layers.
pub(super) const LAYERS: usize = 6;
/// Width between the two halves of a layer.
pub(super) const INNER: usize = 1536;
const HEADS: usize = 12;
const HEAD: usize = WIDTH / HEADS;
const EPSILON: f32 = 1e-12;

/// Weights and bias.
pub(super) struct Linear {
    pub(super) weights: Panels,
    pub(super) bias: Vec<f32>,
}

/// Scale and shift of a normalisation.
pub(super) struct Norm {
    pub(super) scale: Vec<f32>,
    pub(super) shift: Vec<f32>,
}

/// One layer.
pub(super) struct Layer {
    pub(super) query: Linear,
    pub(super) key: Linear,
    pub(super) value: Linear,
    pub(super) mix: Linear,
    pub(super) mix_norm: Norm,
    pub(super) widen: Linear,
    pub(super) narrow: Linear,
    pub(super) narrow_norm: Norm,
}

/// All weights.
pub(super) struct Net {
    /// A row for each token.
    pub(super) words: Vec<f32>,
    /// A row for each place in the text.
    pub(super) places: Vec<f32>,
    /// Added to every token.
    pub(super) kind: Vec<f32>,
    pub(super) norm: Norm,
    pub(super) layers: Vec<Layer>,
}

impl Net {
    /// The vector of a text.
    pub(super) fn vector(&self, tokens: &[u16]) -> [f32; WIDTH] {
        let mut x = self.embed(tokens);
        for layer in &self.layers {
            layer.apply(&mut x);
        }
        pooled(&x)
    }

    fn embed(&self, tokens: &[u16]) -> Vec<f32> {
        let mut x = Vec::with_capacity(tokens.len() * WIDTH);
        for (token, place) in tokens.iter().zip(self.places.chunks_exact(WIDTH)) {
            let at = usize::from(*token) * WIDTH;
            let word = self.words.get(at..at + WIDTH).unwrap_or(&[]);
            let parts = word.iter().zip(&self.kind).zip(place);
            x.extend(parts.map(|((word, kind), place)| word + kind + place));
        }
        self.norm.apply(&mut x);
        x
    }
}

impl Layer {
    fn apply(&self, x: &mut [f32]) {
        let mixed = self.mix.apply(&self.attend(x));
        add(x, &mixed);
        self.mix_norm.apply(x);
        let mut inner = self.widen.apply(x);
        for value in &mut inner {
            *value = gelu(*value);
        }
        add(x, &self.narrow.apply(&inner));
        self.narrow_norm.apply(x);
    }

    fn attend(&self, x: &[f32]) -> Vec<f32> {
        let (query, key, value) = (self.query.apply(x), self.key.apply(x), self.value.apply(x));
        let count = x.len() / WIDTH;
        let mut out = vec![0.0; x.len()];
        for head in 0..HEADS {
            let first = head * HEAD;
            let at = |from: &[f32], token: usize, part: usize| {
                from.get(token * WIDTH + first + part).copied()
            };
            let keys = Panels::new(count, HEAD, |token, part| at(&key, token, part));
            let values = Panels::new(HEAD, count, |part, token| at(&value, token, part));
            let queries = query
                .chunks_exact(WIDTH)
                .flat_map(|row| row.iter().skip(first).take(HEAD).copied());
            let mut scores = keys.times(&queries.collect::<Vec<_>>());
            for row in scores.chunks_exact_mut(count) {
                softmax(row);
            }
            let mixed = values.times(&scores);
            for (out, mixed) in out.chunks_exact_mut(WIDTH).zip(mixed.chunks_exact(HEAD)) {
                for (out, mixed) in out.iter_mut().skip(first).zip(mixed) {
                    *out = *mixed;
                }
            }
        }
        out
    }
}

impl Linear {
    fn apply(&self, x: &[f32]) -> Vec<f32> {
        let mut out = self.weights.times(x);
        for row in out.chunks_exact_mut(self.bias.len()) {
            add(row, &self.bias);
        }
        out
    }
}

impl Norm {
    /// Each row to mean 0 and variance 1, then scaled and shifted.
    fn apply(&self, x: &mut [f32]) {
        let count = WIDTH as f32;
        for row in x.chunks_exact_mut(WIDTH) {
            let mean = sum(row.iter().copied()) / count;
            for value in row.iter_mut() {
                *value -= mean;
            }
            let variance = sum(row.iter().map(|value| value * value)) / count;
            let deviation = (variance + EPSILON).sqrt();
            for ((value, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *value = *value / deviation * scale + shift;
            }
        }
    }
}

fn add(to: &mut [f32], what: &[f32]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += what;
    }
}

/// Sixteen sums side by side, then those in turn: a fixed order that uses wide registers.
fn sum(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for (index, value) in values.enumerate() {
        if let Some(sum) = sums.get_mut(index % LANES) {
            *sum += value;
        }
    }
    sums.iter().fold(0.0, |sum, part| sum + part)
}

/// Scores of one query, not yet divided by the root of the head's width, to shares of one.
fn softmax(scores: &mut [f32]) {
    let root = (HEAD as f32).sqrt();
    let mut most = f32::NEG_INFINITY;
    for score in scores.iter_mut() {
        *score /= root;
        most = if *score > most { *score } else { most };
    }
    let mut total = 0.0_f32;
    for score in scores.iter_mut() {
        *score = libm::expf(*score - most);
        total += *score;
    }
    for score in scores {
        *score /= total;
    }
}

fn gelu(value: f32) -> f32 {
    value * 0.5 * (1.0 + libm::erff(value * std::f32::consts::FRAC_1_SQRT_2))
}

/// Mean over the tokens, made length one.
fn pooled(x: &[f32]) -> [f32; WIDTH] {
    let mut mean = [0.0_f32; WIDTH];
    for row in x.chunks_exact(WIDTH) {
        add(&mut mean, row);
    }
    let count = (x.len() / WIDTH) as f32;
    for value in &mut mean {
        *value /= count;
    }
    let length = sum(mean.iter().map(|value| value * value)).sqrt();
    for value in &mut mean {
        *value /= length.max(EPSILON);
    }
    mean
}
