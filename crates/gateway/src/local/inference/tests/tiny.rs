//! Makes small GGUF files with random weights, and breaks them.

use super::super::tokens::letter;
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use std::path::PathBuf;

/// A value of the header, as it is written.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    U32(u32),
    F32(f32),
    Bool(bool),
    Text(String),
    Texts(Vec<String>),
    I32s(Vec<i32>),
    /// Type and bytes of something that should not be there.
    Raw(u32, Vec<u8>),
}

/// A file before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Tiny {
    pub(crate) values: Vec<(String, Value)>,
    /// Name, dimensions (rows first), kind, bytes.
    pub(crate) tensors: Vec<(String, Vec<usize>, u32, Vec<u8>)>,
}

/// Chance from a seed.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn weight(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    }
}

/// Control tokens of the ChatML families, as in real vocabularies.
pub(crate) const CHATML: &[&str] = &["<|endoftext|>", "<|im_start|>", "<|im_end|>", "[PAD1]"];
/// Control tokens of the Llama 3 family.
pub(crate) const LLAMA3: &[&str] = &[
    "<|begin_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
];

impl Tiny {
    /// A model of two layers. `large` ones have rows of 256 values, as the kinds `Q4_K` and `Q6_K` need.
    pub(crate) fn new(family: &str, way: &str, large: bool) -> Self {
        let controls = if way == "llama-bpe" { LLAMA3 } else { CHATML };
        let (width, inner, heads, kv_heads) = if large {
            (256, 512, 4, 2)
        } else {
            (64, 96, 4, 2)
        };
        let mut tiny = Self {
            values: Vec::new(),
            tensors: Vec::new(),
        };
        let text = |text: &str| Value::Text(text.to_owned());
        tiny.set("general.architecture", text(family));
        tiny.set("general.name", text("tiny"));
        for (key, value) in [
            ("block_count", 2),
            ("context_length", 512),
            ("embedding_length", width),
            ("feed_forward_length", inner),
            ("attention.head_count", heads),
            ("attention.head_count_kv", kv_heads),
        ] {
            tiny.set(&format!("{family}.{key}"), Value::U32(value));
        }
        tiny.set(
            &format!("{family}.attention.layer_norm_rms_epsilon"),
            Value::F32(1e-6),
        );
        tiny.set(&format!("{family}.rope.freq_base"), Value::F32(10_000.0));
        let vocabulary = tiny.vocabulary(way, controls);
        tiny.weights(
            family,
            large,
            vocabulary,
            [width, inner, width / heads * kv_heads],
        );
        tiny
    }

    /// Puts a value, in the place of an older one.
    pub(crate) fn set(&mut self, key: &str, value: Value) {
        self.values.retain(|(name, _)| name != key);
        self.values.push((key.to_owned(), value));
    }

    pub(crate) fn without(mut self, key: &str) -> Self {
        self.values.retain(|(name, _)| name != key);
        self.tensors.retain(|(name, ..)| name != key);
        self
    }

    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.set(key, value);
        self
    }

    fn vocabulary(&mut self, way: &str, controls: &[&str]) -> usize {
        let mut texts: Vec<String> = (0..=255u8).map(|byte| letter(byte).to_string()).collect();
        let space = letter(b' ');
        let mut merges = Vec::new();
        for (a, b) in [
            ("t", "h"),
            ("th", "e"),
            ("i", "n"),
            ("a", "n"),
            ("an", "d"),
            ("y", "e"),
            ("ye", "s"),
            ("n", "o"),
            ("e", "r"),
            ("i", "m"),
            ("_", "s"),
            ("<", "|"),
            ("|", ">"),
            ("u", "s"),
            ("us", "er"),
        ] {
            merges.push(format!("{a} {b}"));
            texts.push(format!("{a}{b}"));
        }
        merges.push(format!("{space} the"));
        texts.push(format!("{space}the"));
        let normal = texts.len();
        texts.extend(controls.iter().map(|name| (*name).to_owned()));
        let count = texts.len();
        let kinds = (0..count).map(|i| if i < normal { 1 } else { 3 }).collect();
        let text = |text: &str| Value::Text(text.to_owned());
        self.set("tokenizer.ggml.model", text("gpt2"));
        self.set("tokenizer.ggml.pre", text(way));
        self.set("tokenizer.ggml.tokens", Value::Texts(texts));
        self.set("tokenizer.ggml.merges", Value::Texts(merges));
        self.set("tokenizer.ggml.token_type", Value::I32s(kinds));
        self.set("tokenizer.ggml.eos_token_id", Value::U32(normal as u32 + 2));
        self.set("tokenizer.ggml.bos_token_id", Value::U32(normal as u32));
        self.set(
            "tokenizer.ggml.add_bos_token",
            Value::Bool(way == "llama-bpe"),
        );
        count
    }

    fn weights(&mut self, family: &str, large: bool, vocabulary: usize, sizes: [u32; 3]) {
        let [width, inner, shared] = sizes.map(|n| n as usize);
        let mut chance = Chance(5);
        let (main, fine) = if large {
            (GgmlDType::Q4K, GgmlDType::Q6K)
        } else {
            (GgmlDType::Q8_0, GgmlDType::F32)
        };
        let mut put = |name: String, dims: &[usize], kind: GgmlDType, size: f32, base: f32| {
            let count = dims.iter().copied().reduce(|a, b| a * b).unwrap_or(0);
            let values: Vec<f32> = (0..count).map(|_| base + size * chance.weight()).collect();
            let tensor = Tensor::from_vec(values, dims, &Device::Cpu).unwrap();
            let tensor = QTensor::quantize(&tensor, kind).unwrap();
            let number = match kind {
                GgmlDType::F32 => 0,
                GgmlDType::Q8_0 => 8,
                GgmlDType::Q4K => 12,
                _ => 14,
            };
            let bytes = tensor.data().unwrap().into_owned();
            self.tensors.push((name, dims.to_vec(), number, bytes));
        };
        let plain = GgmlDType::F32;
        put(
            "token_embd.weight".into(),
            &[vocabulary, width],
            fine,
            2.0,
            0.0,
        );
        put("output_norm.weight".into(), &[width], plain, 0.2, 1.0);
        for layer in 0..2 {
            let name = |part: &str| format!("blk.{layer}.{part}");
            put(name("attn_norm.weight"), &[width], plain, 0.2, 1.0);
            put(name("ffn_norm.weight"), &[width], plain, 0.2, 1.0);
            for (part, rows, kind) in [("q", width, main), ("k", shared, main), ("v", shared, fine)]
            {
                put(
                    name(&format!("attn_{part}.weight")),
                    &[rows, width],
                    kind,
                    0.3,
                    0.0,
                );
                if family == "qwen2" {
                    put(name(&format!("attn_{part}.bias")), &[rows], plain, 0.1, 0.0);
                }
            }
            put(name("attn_output.weight"), &[width, width], main, 0.3, 0.0);
            put(name("ffn_gate.weight"), &[inner, width], main, 0.3, 0.0);
            put(name("ffn_up.weight"), &[inner, width], main, 0.3, 0.0);
            put(name("ffn_down.weight"), &[width, inner], main, 0.3, 0.0);
        }
    }

    /// Bytes of all weights.
    pub(crate) fn weight_bytes(&self) -> usize {
        self.tensors
            .iter()
            .fold(0, |sum, tensor| sum + tensor.3.len())
    }

    /// The bytes of the file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = b"GGUF".to_vec();
        out.extend(3u32.to_le_bytes());
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend((self.values.len() as u64).to_le_bytes());
        for (key, value) in &self.values {
            text(&mut out, key);
            write(&mut out, value);
        }
        let mut offset = 0usize;
        for (name, dims, kind, bytes) in &self.tensors {
            text(&mut out, name);
            out.extend((dims.len() as u32).to_le_bytes());
            for dim in dims.iter().rev() {
                out.extend((*dim as u64).to_le_bytes());
            }
            out.extend(kind.to_le_bytes());
            out.extend((offset as u64).to_le_bytes());
            offset += bytes.len().next_multiple_of(32);
        }
        for (_, _, _, bytes) in &self.tensors {
            out.resize(out.len().next_multiple_of(32), 0);
            out.extend(bytes);
        }
        out
    }

    /// The file on disk, in a folder that goes with the first half of the pair.
    pub(crate) fn file(&self) -> (tempfile::TempDir, PathBuf) {
        written(&self.bytes())
    }
}

/// Bytes as a file, in a folder that goes with the first half of the pair.
pub(crate) fn written(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn write(out: &mut Vec<u8>, value: &Value) {
    let kind = |out: &mut Vec<u8>, kind: u32| out.extend(kind.to_le_bytes());
    match value {
        Value::U32(n) => {
            kind(out, 4);
            out.extend(n.to_le_bytes());
        }
        Value::F32(x) => {
            kind(out, 6);
            out.extend(x.to_le_bytes());
        }
        Value::Bool(yes) => {
            kind(out, 7);
            out.push(u8::from(*yes));
        }
        Value::Text(value) => {
            kind(out, 8);
            text(out, value);
        }
        Value::Texts(values) => {
            kind(out, 9);
            kind(out, 8);
            out.extend((values.len() as u64).to_le_bytes());
            for value in values {
                text(out, value);
            }
        }
        Value::I32s(values) => {
            kind(out, 9);
            kind(out, 5);
            out.extend((values.len() as u64).to_le_bytes());
            for value in values {
                out.extend(value.to_le_bytes());
            }
        }
        Value::Raw(number, bytes) => {
            kind(out, *number);
            out.extend(bytes);
        }
    }
}
