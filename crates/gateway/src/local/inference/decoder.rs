//! The decoder of the `llama` and `qwen2` families: rows of several sequences through one pass.
//!
//! # Invariants
//! - With [`Decoder::same_for_any_batch`] a row's result does not depend on the other rows: matrix products with a
//!   single row of `Q6_K` use another kernel than those with several, so a single row is then sent twice.
//!
//! # Not here
//! - What a token is (`tokens`), which one is next (`sampling`), who is in a pass (`worker`).

use super::attention::{Look, Memory, attend};
use super::config::Config;
use super::error::{LocalError, format};
use super::gguf::Header;
use super::math::{Turns, add, add_bias, gated, norm};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{CpuStorage, CustomOp1, Device, Layout, Shape, Tensor};
use std::io::{Read, Seek};
use std::sync::Arc;

/// Consecutive tokens of one sequence in a pass.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) memory: &'a mut Memory,
    pub(crate) tokens: &'a [u32],
    /// Whether the scores after the last token are wanted.
    pub(crate) scores: bool,
}

#[derive(Clone, Debug)]
struct Matrix {
    tensor: Arc<QTensor>,
    inputs: usize,
}

#[derive(Debug)]
struct Layer {
    attention_norm: Vec<f32>,
    query: Matrix,
    key: Matrix,
    value: Matrix,
    biases: Option<[Vec<f32>; 3]>,
    output: Matrix,
    inner_norm: Vec<f32>,
    gate: Matrix,
    up: Matrix,
    down: Matrix,
}

/// A model's weights.
#[derive(Debug)]
pub(crate) struct Decoder {
    pub(crate) config: Config,
    vocabulary: usize,
    embedding: Arc<QTensor>,
    layers: Vec<Layer>,
    last_norm: Vec<f32>,
    head: Matrix,
    turns: Turns,
    same_for_any_batch: bool,
}

/// Reads tensors and says how far it is.
struct Loader<'a, F> {
    header: &'a Header,
    file: &'a mut F,
    done: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl<F: Read + Seek> Loader<'_, F> {
    fn tensor(&mut self, name: &str, dims: &[usize]) -> Result<QTensor, LocalError> {
        let (tensor, bytes) = self.header.tensor(self.file, name, dims)?;
        self.done = self.done.saturating_add(bytes);
        (self.progress)(self.done);
        Ok(tensor)
    }

    fn matrix(&mut self, name: &str, outputs: usize, inputs: usize) -> Result<Matrix, LocalError> {
        let tensor = Arc::new(self.tensor(name, &[outputs, inputs])?);
        Ok(Matrix { tensor, inputs })
    }

    fn vector(&mut self, name: &str, length: usize) -> Result<Vec<f32>, LocalError> {
        let tensor = self.tensor(name, &[length])?;
        Ok(tensor.dequantize(&Device::Cpu)?.to_vec1()?)
    }

    fn layer(&mut self, config: &Config, index: usize) -> Result<Layer, LocalError> {
        let name = |part: &str| format!("blk.{index}.{part}");
        let (width, inner) = (config.width, config.inner);
        let shared = config.kv_heads * config.head_width;
        let biases = if config.bias {
            Some([
                self.vector(&name("attn_q.bias"), width)?,
                self.vector(&name("attn_k.bias"), shared)?,
                self.vector(&name("attn_v.bias"), shared)?,
            ])
        } else {
            None
        };
        Ok(Layer {
            attention_norm: self.vector(&name("attn_norm.weight"), width)?,
            query: self.matrix(&name("attn_q.weight"), width, width)?,
            key: self.matrix(&name("attn_k.weight"), shared, width)?,
            value: self.matrix(&name("attn_v.weight"), shared, width)?,
            biases,
            output: self.matrix(&name("attn_output.weight"), width, width)?,
            inner_norm: self.vector(&name("ffn_norm.weight"), width)?,
            gate: self.matrix(&name("ffn_gate.weight"), inner, width)?,
            up: self.matrix(&name("ffn_up.weight"), inner, width)?,
            down: self.matrix(&name("ffn_down.weight"), width, inner)?,
        })
    }
}

impl Decoder {
    /// Loads the weights; `positions` tokens at most will be in a sequence.
    pub(crate) fn load(
        header: &Header,
        file: &mut (impl Read + Seek),
        positions: usize,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, LocalError> {
        let config = Config::read(header)?;
        let vocabulary = match header.place("token_embd.weight").map(|p| &p.dims[..]) {
            Some([rows, width]) if *width == config.width && *rows <= 1 << 22 => *rows,
            _ => return Err(format("its token embeddings are missing or misshapen")),
        };
        let mut loader = Loader {
            header,
            file,
            done: 0,
            progress,
        };
        let embedding = Arc::new(loader.tensor("token_embd.weight", &[vocabulary, config.width])?);
        let head = if header.place("output.weight").is_some() {
            loader.matrix("output.weight", vocabulary, config.width)?
        } else {
            Matrix {
                tensor: Arc::clone(&embedding),
                inputs: config.width,
            }
        };
        let slower = if header.place("rope_freqs.weight").is_some() {
            let factors = loader.vector("rope_freqs.weight", config.head_width / 2)?;
            if factors.iter().any(|f| !(f.is_finite() && *f > 0.0)) {
                return Err(format("its position factors are no positive numbers"));
            }
            Some(factors)
        } else {
            None
        };
        let last_norm = loader.vector("output_norm.weight", config.width)?;
        let layers = (0..config.layers)
            .map(|index| loader.layer(&config, index))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            turns: Turns::new(&config, positions, slower.as_deref()),
            config,
            vocabulary,
            embedding,
            layers,
            last_norm,
            head,
            same_for_any_batch: false,
        })
    }

    /// Whether results shall not depend on the size of a batch, at the price of some speed.
    pub(crate) fn same_for_any_batch(&mut self, same: bool) {
        self.same_for_any_batch = same;
    }

    /// Entries of the vocabulary.
    pub(crate) fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// Sends the runs through; the scores of each run that wants them.
    ///
    /// # Errors
    /// When a token is none of the vocabulary; the memories are then as before only for their first layers' sake
    /// and must be thrown away.
    pub(crate) fn pass(&self, runs: &mut [Run<'_>]) -> Result<Vec<Option<Vec<f32>>>, LocalError> {
        let tokens: Vec<u32> = runs.iter().flat_map(|run| run.tokens).copied().collect();
        let count = tokens.len();
        let ids = Tensor::from_vec(tokens, count, &Device::Cpu)?;
        let mut rows: Vec<f32> = self.embedding.embedding(&ids)?.flatten_all()?.to_vec1()?;
        for (index, layer) in self.layers.iter().enumerate() {
            self.layer(index, layer, runs, &mut rows)?;
        }
        for run in runs.iter_mut() {
            run.memory.grown(run.tokens.len());
        }
        self.scores(runs, &rows)
    }

    fn layer(
        &self,
        index: usize,
        layer: &Layer,
        runs: &mut [Run<'_>],
        rows: &mut [f32],
    ) -> Result<(), LocalError> {
        let config = &self.config;
        let epsilon = config.epsilon;
        let input = norm(rows, &layer.attention_norm, epsilon);
        let input = CpuStorage::F32(input);
        let mut queries = self.times(&layer.query, &input)?;
        let mut keys = self.times(&layer.key, &input)?;
        let mut values = self.times(&layer.value, &input)?;
        if let Some([query, key, value]) = &layer.biases {
            add_bias(&mut queries, query);
            add_bias(&mut keys, key);
            add_bias(&mut values, value);
        }
        let shared = config.kv_heads * config.head_width;
        let positions = runs.iter().flat_map(|run| {
            let start = run.memory.length();
            start..start + run.tokens.len()
        });
        let parts = queries
            .chunks_exact_mut(config.width)
            .zip(keys.chunks_exact_mut(shared));
        for (position, (query, key)) in positions.zip(parts) {
            self.turns.turn(query, position);
            self.turns.turn(key, position);
        }
        let mut looks = Vec::with_capacity(runs.len());
        let mut at = 0;
        for run in runs.iter_mut() {
            let next = at + run.tokens.len();
            let range = at * shared..next * shared;
            run.memory.push(index, &keys[range.clone()], &values[range]);
            looks.push(Look {
                memory: &*run.memory,
                queries: &queries[at * config.width..next * config.width],
            });
            at = next;
        }
        let seen = attend(config, index, &looks);
        drop(looks);
        add(rows, &self.times(&layer.output, &CpuStorage::F32(seen))?);

        let input = CpuStorage::F32(norm(rows, &layer.inner_norm, epsilon));
        let mut gate = self.times(&layer.gate, &input)?;
        gated(&mut gate, &self.times(&layer.up, &input)?);
        add(rows, &self.times(&layer.down, &CpuStorage::F32(gate))?);
        Ok(())
    }

    fn scores(&self, runs: &[Run<'_>], rows: &[f32]) -> Result<Vec<Option<Vec<f32>>>, LocalError> {
        let width = self.config.width;
        let mut last = Vec::new();
        let mut end = 0;
        for run in runs {
            end += run.tokens.len();
            if run.scores {
                last.extend_from_slice(&rows[(end - 1) * width..end * width]);
            }
        }
        if last.is_empty() {
            return Ok(vec![None; runs.len()]);
        }
        let last = CpuStorage::F32(norm(&last, &self.last_norm, self.config.epsilon));
        let scores = self.times(&self.head, &last)?;
        let mut scores = scores.chunks_exact(self.vocabulary);
        Ok(runs
            .iter()
            .map(|run| {
                if run.scores {
                    scores.next().map(<[f32]>::to_vec)
                } else {
                    None
                }
            })
            .collect())
    }

    /// `rows * matrix`, rows of `matrix.inputs` values.
    fn times(&self, matrix: &Matrix, rows: &CpuStorage) -> Result<Vec<f32>, LocalError> {
        let values = rows.as_slice::<f32>()?;
        let alone = values.len() == matrix.inputs;
        if alone && self.same_for_any_batch && matrix.tensor.dtype() == GgmlDType::Q6K {
            let twice = CpuStorage::F32([values, values].concat());
            let mut out = product(matrix, &twice, 2)?;
            out.truncate(out.len() / 2);
            return Ok(out);
        }
        product(matrix, rows, values.len() / matrix.inputs)
    }
}

fn product(matrix: &Matrix, rows: &CpuStorage, count: usize) -> Result<Vec<f32>, LocalError> {
    let layout = Layout::contiguous(Shape::from((count, matrix.inputs)));
    match matrix.tensor.cpu_fwd(rows, &layout)? {
        (CpuStorage::F32(out), _) => Ok(out),
        _ => Err(format("a matrix gives no 32-bit numbers")),
    }
}
