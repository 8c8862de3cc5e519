//! What is loaded, what is refused, and that a broken file is never more than an error.

use super::super::gguf::Header;
use super::tiny::{Chance, Tiny, Value, written};
use super::{Engine, LocalError, Options, Output, engine, question};
use crate::local::Progress;
use std::io::Cursor;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn both_families_load_and_say_what_they_are() {
    for (family, way, chat) in [
        ("qwen2", "qwen2", "ChatML"),
        ("llama", "smollm", "ChatML"),
        ("llama", "llama-bpe", "Llama 3"),
    ] {
        let tiny = Tiny::new(family, way, false).with("general.license", text("apache-2.0"));
        let engine = engine(&tiny, &Options::default()).expect(way);
        let about = engine.about();
        assert_eq!(about.architecture, family);
        assert_eq!(about.name.as_deref(), Some("tiny"));
        assert_eq!(about.licence.as_deref(), Some("apache-2.0"));
        assert_eq!((about.chat, about.context), (chat, 512));
        assert!(about.vocabulary > 256);
    }
}

#[test]
fn loading_tells_how_far_it_is() {
    let (_folder, path) = Tiny::new("qwen2", "qwen2", false).file();
    let mut steps = Vec::new();
    Engine::load(&path, &Options::default(), &mut |step| steps.push(step)).expect("loads");
    let mut last = 0;
    let mut end = 1;
    for step in &steps {
        if let Progress::Weights { done, total } = step {
            assert!(*done > last && done <= total);
            (last, end) = (*done, *total);
        }
    }
    assert_eq!(last, end, "all weights were read");
    assert!(steps.ends_with(&[Progress::Vocabulary, Progress::Warming]));
}

#[test]
fn what_is_not_known_exactly_is_refused() {
    let tiny = || Tiny::new("qwen2", "qwen2", false);
    let cases = [
        // An unknown way of splitting text would silently give other tokens.
        (
            tiny().with("tokenizer.ggml.pre", text("deepseek-llm")),
            "splits text the way `deepseek-llm`",
        ),
        (
            tiny().without("tokenizer.ggml.pre"),
            "does not say how its vocabulary splits text",
        ),
        (
            tiny().with("tokenizer.ggml.model", text("llama")),
            "no byte-level BPE",
        ),
        (
            tiny().with("general.architecture", text("gemma3")),
            "architecture is gemma3",
        ),
        (
            tiny().with("qwen2.rope.scaling.type", text("yarn")),
            "stretches positions",
        ),
        (
            tiny().with("qwen2.rope.dimension_count", Value::U32(8)),
            "unusual widths",
        ),
        (
            tiny().without("tokenizer.ggml.token_type"),
            "which tokens are control tokens",
        ),
        (tiny().without("tokenizer.ggml.merges"), "no merges"),
        (tiny().without("qwen2.block_count"), "qwen2.block_count"),
        (
            tiny().without("blk.1.ffn_up.weight"),
            "blk.1.ffn_up.weight is missing",
        ),
        (
            tiny().without("blk.0.attn_q.bias"),
            "blk.0.attn_q.bias is missing",
        ),
        (
            tiny().with("qwen2.feed_forward_length", Value::U32(64)),
            "is [96, 64], not [64, 64]",
        ),
        (
            tiny().with("qwen2.attention.head_count", Value::U32(3)),
            "do not divide",
        ),
    ];
    refused(&cases);
    // A vocabulary without the tokens of a conversation belongs to a model that holds none.
    let mut base = tiny();
    if let Some((_, Value::Texts(texts))) = base
        .values
        .iter_mut()
        .find(|(key, _)| key == "tokenizer.ggml.tokens")
    {
        texts
            .iter_mut()
            .for_each(|t| *t = t.replace("<|im_", "<|it_"));
    }
    let error = engine(&base, &Options::default()).expect_err("a base model");
    assert!(error.to_string().contains("instruct model"), "{error}");
}

#[test]
fn headers_with_traps_are_refused() {
    let tiny = || Tiny::new("qwen2", "qwen2", false);
    refused(&[
        (
            tiny().with("general.alignment", Value::U32(0)),
            "no power of two",
        ),
        (
            tiny().with("general.alignment", Value::U32(48)),
            "no power of two",
        ),
        // An array of arrays, which a reader could follow until its stack ends.
        (
            tiny().with(
                "x",
                Value::Raw(9, [9u32.to_le_bytes(), [1, 0, 0, 0], [0; 4]].concat()),
            ),
            "array holds arrays",
        ),
        (
            tiny().with("x", Value::Raw(8, u64::MAX.to_le_bytes().to_vec())),
            "bytes of a text",
        ),
        (
            tiny().with(
                "x",
                Value::Raw(9, [8u32.to_le_bytes(), [0xff; 4], [0; 4]].concat()),
            ),
            "entries of an array",
        ),
        (
            tiny().with("x", Value::Raw(77, Vec::new())),
            "value kind 77",
        ),
        (tiny().with("x", Value::Raw(7, vec![2])), "neither"),
    ]);
}

fn refused(cases: &[(Tiny, &str)]) {
    for (tiny, expected) in cases {
        let error = engine(tiny, &Options::default()).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error} / {expected}");
    }
}

#[test]
fn what_is_no_gguf_file_is_refused() {
    let good = Tiny::new("qwen2", "qwen2", false).bytes();
    let mut version = good.clone();
    version[4] = 9;
    let mut counts = good.clone();
    counts[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    for bytes in [
        &b""[..],
        b"GGUF",
        b"GGML____",
        &version,
        &counts,
        &good[..good.len() / 2],
    ] {
        let (_folder, path) = written(bytes);
        let error = Engine::load(&path, &Options::default(), &mut |_| {}).expect_err("refused");
        assert!(matches!(error, LocalError::Format(_)), "{error}");
    }
    let missing = Engine::load("no/such/file".as_ref(), &Options::default(), &mut |_| {});
    assert!(matches!(missing, Err(LocalError::File { .. })));
}

/// Threat B-02: a model file from somebody is read by our code before anything is known about it.
#[test]
fn five_hundred_broken_files_never_panic() {
    let good = Tiny::new("qwen2", "qwen2", false);
    let bytes = good.bytes();
    let header = bytes.len() - good.weight_bytes();
    let mut chance = Chance(11);
    let (mut loaded, mut refused) = (0, 0);
    for round in 0..500 {
        let mut broken = bytes.clone();
        for _ in 0..=chance.below(4) {
            match round % 5 {
                0 => broken.truncate(chance.below(broken.len())),
                // Lengths, counts, kinds and offsets: the places where damage is dangerous.
                1 | 2 => {
                    let at = chance.below(header.min(broken.len()));
                    broken[at] ^= 1 << chance.below(8);
                }
                3 => {
                    let at = chance.below(header - 8);
                    let value = match chance.below(3) {
                        0 => u64::MAX >> chance.below(40),
                        1 => chance.next(),
                        _ => 0,
                    };
                    broken[at..at + 8].copy_from_slice(&value.to_le_bytes());
                }
                // Weights: every bit pattern is a model, if a bad one.
                _ => {
                    let at = header + chance.below(broken.len() - header);
                    let end = (at + 64).min(broken.len());
                    broken[at..end].fill(0xff);
                }
            }
            if broken.is_empty() {
                break;
            }
        }
        let (_folder, path) = written(&broken);
        let Ok(engine) = Engine::load(&path, &Options::default(), &mut |_| {}) else {
            refused += 1;
            continue;
        };
        loaded += 1;
        let mut ask = question("Is it so?", Output::Text);
        ask.budget = 3;
        let answer = engine.ask_blocking(&ask);
        assert!(
            !matches!(answer, Err(LocalError::Inference(_) | LocalError::Stopped)),
            "{answer:?}"
        );
    }
    assert!(
        loaded > 50 && refused > 100,
        "{loaded} loaded, {refused} refused"
    );
}

#[test]
fn a_template_in_the_file_is_a_text_like_any_other() {
    let plain = Tiny::new("qwen2", "qwen2", false);
    let hostile = plain.clone().with(
        "tokenizer.chat_template",
        text("{{ raise_exception('x') }}{% for i in range(10**9) %}y{% endfor %}"),
    );
    let say = |tiny: &Tiny| {
        let engine = engine(tiny, &Options::default()).expect("loads");
        super::text(engine.ask_blocking(&question("Is it so?", Output::Text)))
    };
    assert_eq!(say(&plain), say(&hostile));
}

#[test]
fn numbers_that_are_none_are_an_error() {
    let mut tiny = Tiny::new("qwen2", "qwen2", false);
    for (name, _, _, bytes) in &mut tiny.tensors {
        if name == "output_norm.weight" {
            bytes[..4].copy_from_slice(&f32::NAN.to_le_bytes());
        }
    }
    let engine = engine(&tiny, &Options::default()).expect("loads");
    let answer = engine.ask_blocking(&question("Is it so?", Output::Text));
    assert!(matches!(answer, Err(LocalError::NotANumber)), "{answer:?}");
}

#[test]
fn a_header_gives_its_values() {
    let tiny = Tiny::new("llama", "smollm", false);
    let header = Header::read(&mut Cursor::new(tiny.bytes())).expect("reads");
    assert_eq!(header.text("general.name"), Some("tiny"));
    assert_eq!(header.number("llama.block_count"), Some(2));
    assert_eq!(header.number("general.name"), None);
    let bytes = tiny.weight_bytes() as u64;
    assert_eq!(header.tensor_bytes(), bytes);
}
