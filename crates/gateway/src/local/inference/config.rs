//! The numbers that make a model: layers, widths, heads.

use super::error::{LocalError, format, unsupported};
use super::gguf::{Header, Value};

/// How a position turns the values of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The first half of a head is turned against the second: `qwen2`.
    Halves,
    /// Each value is turned against its neighbour: `llama` as stored in GGUF.
    Neighbours,
}

/// The shape of a model.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) layers: usize,
    pub(crate) width: usize,
    pub(crate) inner: usize,
    pub(crate) heads: usize,
    pub(crate) kv_heads: usize,
    pub(crate) head_width: usize,
    pub(crate) context: usize,
    pub(crate) epsilon: f32,
    pub(crate) base: f64,
    pub(crate) turn: Turn,
    pub(crate) bias: bool,
}

impl Config {
    /// Reads and checks the shape.
    pub(crate) fn read(header: &Header) -> Result<Self, LocalError> {
        let family = header
            .text("general.architecture")
            .ok_or_else(|| format("it names no architecture"))?;
        let (turn, bias) = match family {
            "qwen2" => (Turn::Halves, true),
            "llama" => (Turn::Neighbours, false),
            other => {
                return Err(unsupported(format!(
                    "its architecture is {other}; known are llama and qwen2"
                )));
            }
        };
        let number = |key: &str, most: usize| {
            header
                .number(&format!("{family}.{key}"))
                .filter(|n| (1..=most).contains(n))
                .ok_or_else(|| format(format!("{family}.{key} is missing or out of range")))
        };
        let float = |key: &str| match header.value(&format!("{family}.{key}")) {
            Some(Value::Float(x)) if x.is_finite() && *x > 0.0 => Some(*x),
            _ => None,
        };
        let heads = number("attention.head_count", 256)?;
        let width = number("embedding_length", 1 << 14)?;
        let kv_heads = number("attention.head_count_kv", 256).unwrap_or(heads);
        if width % heads != 0 || heads % kv_heads != 0 {
            return Err(format("its heads do not divide its width"));
        }
        let head_width = width / heads;
        let odd = [
            "rope.dimension_count",
            "attention.key_length",
            "attention.value_length",
        ]
        .iter()
        .filter_map(|key| header.number(&format!("{family}.{key}")))
        .any(|n| n != head_width);
        if odd || head_width % 16 != 0 {
            return Err(unsupported("its heads have unusual widths"));
        }
        for key in ["rope.scaling.type", "rope.scaling.factor"] {
            match header.value(&format!("{family}.{key}")) {
                None => {}
                Some(Value::Text(text)) if text == "none" => {}
                Some(_) => return Err(unsupported("it stretches positions")),
            }
        }
        if family == "llama" && header.number("llama.expert_count").unwrap_or(0) > 0 {
            return Err(unsupported("it is a mixture of experts"));
        }
        Ok(Self {
            layers: number("block_count", 128)?,
            width,
            inner: number("feed_forward_length", 1 << 16)?,
            heads,
            kv_heads,
            head_width,
            context: number("context_length", 1 << 24)?,
            epsilon: float("attention.layer_norm_rms_epsilon")
                .ok_or_else(|| format("it has no epsilon"))? as f32,
            base: float("rope.freq_base").unwrap_or(10_000.0),
            turn,
            bias,
        })
    }
}
