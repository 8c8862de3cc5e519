//! What a sequence remembers, and how its tokens look at it.
//!
//! # Invariants
//! - One query is computed by the same operations in the same order, whatever else is in the batch and
//!   however the sequence came to its length: a shared prefix changes no bit.

use super::config::Config;
use super::math::{LANES, exp, sum};
use candle_core::utils::barrier_pool;
use std::sync::{Mutex, PoisonError};

/// Keys and values of one head of one layer.
#[derive(Clone, Debug, Default)]
struct Head {
    /// Panels of sixteen positions: first value of all sixteen, second value of all, and so on.
    keys: Vec<f32>,
    /// Position after position.
    values: Vec<f32>,
}

/// What a sequence remembers: keys and values of all its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    length: usize,
    width: usize,
    layers: Vec<Vec<Head>>,
}

impl Memory {
    /// An empty memory.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            length: 0,
            width: config.head_width,
            layers: vec![vec![Head::default(); config.kv_heads]; config.layers],
        }
    }

    /// Tokens that are remembered.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Takes memory for `tokens` tokens at once, so that growing copies nothing.
    pub(crate) fn reserve(&mut self, tokens: usize) {
        let keys = tokens.next_multiple_of(LANES) * self.width;
        let values = tokens * self.width;
        for head in self.layers.iter_mut().flatten() {
            head.keys
                .reserve_exact(keys.saturating_sub(head.keys.len()));
            head.values
                .reserve_exact(values.saturating_sub(head.values.len()));
        }
    }

    /// A copy of the first tokens.
    pub(crate) fn prefix(&self, tokens: usize) -> Self {
        let length = tokens.min(self.length);
        let (keys, values) = self.sizes(length);
        let copy = |head: &Head| Head {
            keys: head.keys[..keys].to_vec(),
            values: head.values[..values].to_vec(),
        };
        Self {
            length,
            width: self.width,
            layers: self
                .layers
                .iter()
                .map(|layer| layer.iter().map(copy).collect())
                .collect(),
        }
    }

    /// Forgets all but the first tokens.
    pub(crate) fn truncate(&mut self, tokens: usize) {
        if tokens >= self.length {
            return;
        }
        self.length = tokens;
        let (keys, values) = self.sizes(tokens);
        for head in self.layers.iter_mut().flatten() {
            head.keys.truncate(keys);
            head.values.truncate(values);
        }
    }

    fn sizes(&self, tokens: usize) -> (usize, usize) {
        let keys = tokens.next_multiple_of(LANES) * self.width;
        (keys, tokens * self.width)
    }

    /// Remembers rows of keys and values for a layer; [`Self::grown`] follows after the last layer.
    pub(crate) fn push(&mut self, layer: usize, keys: &[f32], values: &[f32]) {
        let width = self.width;
        let row = width * self.layers[layer].len();
        let rows = keys.chunks_exact(row).zip(values.chunks_exact(row));
        for (position, (keys, values)) in (self.length..).zip(rows) {
            let lane = position % LANES;
            let panel = position / LANES * LANES * width;
            let parts = keys.chunks_exact(width).zip(values.chunks_exact(width));
            for (head, (key, value)) in self.layers[layer].iter_mut().zip(parts) {
                if head.keys.len() == panel {
                    head.keys.resize(panel + LANES * width, 0.0);
                }
                for (i, x) in key.iter().enumerate() {
                    head.keys[panel + i * LANES + lane] = *x;
                }
                head.values.extend_from_slice(value);
            }
        }
    }

    /// The rows that were pushed into every layer now count.
    pub(crate) fn grown(&mut self, rows: usize) {
        self.length += rows;
    }
}

/// The queries of some consecutive tokens of one sequence, whose keys and values are already pushed.
#[derive(Debug)]
pub(crate) struct Look<'a> {
    pub(crate) memory: &'a Memory,
    /// `rows * heads * head_width`.
    pub(crate) queries: &'a [f32],
}

/// What the queries see, row after row, look after look.
pub(crate) fn attend(config: &Config, layer: usize, looks: &[Look<'_>]) -> Vec<f32> {
    let row = config.heads * config.head_width;
    // One unit of work is one head of one look.
    let units: Vec<(usize, usize)> = (0..looks.len())
        .flat_map(|look| (0..config.kv_heads).map(move |head| (look, head)))
        .collect();
    let seen: Vec<Mutex<Vec<f32>>> = units.iter().map(|_| Mutex::default()).collect();
    barrier_pool().execute_chunked(units.len(), |range| {
        for unit in range {
            let (look, head) = units[unit];
            let found = head_sees(config, layer, head, &looks[look]);
            *seen[unit].lock().unwrap_or_else(PoisonError::into_inner) = found;
        }
    });
    let rows = looks
        .iter()
        .fold(0, |sum, look| sum + look.queries.len() / row);
    let mut out = vec![0.0; rows * row];
    let group = config.heads / config.kv_heads * config.head_width;
    let mut start = 0;
    for (index, found) in seen.into_iter().enumerate() {
        let head = index % config.kv_heads;
        let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
        let count = found.len() / group;
        for (i, part) in found.chunks_exact(group).enumerate() {
            let at = (start + i) * row + head * group;
            out[at..at + group].copy_from_slice(part);
        }
        if head + 1 == config.kv_heads {
            start += count;
        }
    }
    out
}

/// All queries of a look that share one head of the memory.
fn head_sees(config: &Config, layer: usize, head: usize, look: &Look<'_>) -> Vec<f32> {
    let width = config.head_width;
    let group = config.heads / config.kv_heads;
    let memory = &look.memory.layers[layer][head];
    let scale = 1.0 / (width as f32).sqrt();
    let mut found = Vec::new();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (i, row) in look.queries.chunks_exact(config.heads * width).enumerate() {
        let visible = look.memory.length + i + 1;
        let queries = &row[head * group * width..(head + 1) * group * width];
        // Two at a time, because they read the same keys and values.
        for pair in queries.chunks(2 * width) {
            let (a, b) = pair.split_at(width);
            if b.is_empty() {
                scores([a], &memory.keys, [&mut first]);
                soften(&mut first, visible, scale);
                mix([&first], &memory.values, width, &mut found);
            } else {
                scores([a, b], &memory.keys, [&mut first, &mut second]);
                soften(&mut first, visible, scale);
                soften(&mut second, visible, scale);
                mix([&first, &second], &memory.values, width, &mut found);
            }
        }
    }
    found
}

/// Products of each query with all keys.
fn scores<const N: usize>(queries: [&[f32]; N], keys: &[f32], mut out: [&mut Vec<f32>; N]) {
    let width = queries[0].len();
    for list in &mut out {
        list.clear();
    }
    for panel in keys.chunks_exact(width * LANES) {
        let mut lanes = [[0.0; LANES]; N];
        for (i, key) in panel.as_chunks::<LANES>().0.iter().enumerate() {
            for n in 0..N {
                lanes[n] = more(lanes[n], queries[n][i], key);
            }
        }
        for (list, lanes) in out.iter_mut().zip(&lanes) {
            list.extend_from_slice(lanes);
        }
    }
}

/// `lanes + factor * row`. By value, so that the lanes stay in registers.
#[inline(always)]
fn more(mut lanes: [f32; LANES], factor: f32, row: &[f32; LANES]) -> [f32; LANES] {
    for i in 0..LANES {
        lanes[i] += factor * row[i];
    }
    lanes
}

/// Scores of the visible keys into shares of one.
fn soften(scores: &mut Vec<f32>, visible: usize, scale: f32) {
    scores.truncate(visible);
    let top = scores.iter().fold(f32::MIN, |top, x| top.max(*x)) * scale;
    for x in scores.iter_mut() {
        *x = exp(*x * scale - top);
    }
    let whole = sum(|i| scores[i], scores.len());
    for x in scores.iter_mut() {
        *x /= whole;
    }
}

/// Values, each by its share.
fn mix<const N: usize>(shares: [&[f32]; N], values: &[f32], width: usize, out: &mut Vec<f32>) {
    let start = out.len();
    out.resize(start + N * width, 0.0);
    let chunks = width / LANES;
    let rows = values.as_chunks::<LANES>().0;
    let shares = shares.map(|list| &list[..shares[0].len()]);
    for chunk in 0..chunks {
        let mut lanes = [[0.0; LANES]; N];
        let column = rows.iter().skip(chunk).step_by(chunks);
        for (j, row) in column.take(shares[0].len()).enumerate() {
            for n in 0..N {
                lanes[n] = more(lanes[n], shares[n][j], row);
            }
        }
        for (n, lanes) in lanes.iter().enumerate() {
            let at = start + n * width + chunk * LANES;
            out[at..at + LANES].copy_from_slice(lanes);
        }
    }
}
