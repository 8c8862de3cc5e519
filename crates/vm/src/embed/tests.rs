//! The model against written-down results; it needs the installed files (`make models`).

use super::*;
use sha2::{Digest, Sha256};

fn embedder() -> Embedder {
    let folder = std::env::var_os("VENIRE_MODELS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../build/models"),
        PathBuf::from,
    );
    Embedder::new(&folder)
}

fn vector(embedder: &Embedder, text: &str) -> [f32; WIDTH] {
    let tokens = embedder.tokens(text, MAX_TOKENS).unwrap();
    embedder.vector(&tokens).unwrap()
}

fn total(numbers: impl Iterator<Item = f32>) -> f32 {
    numbers.fold(0.0, |total, number| total + number)
}

/// Texts of all kinds: short, long, foreign, empty.
const TEXTS: [&str; 10] = [
    "what is genlayer?",
    "",
    "I like mango",
    "The jury finds for the plaintiff, 7:5, on counts one through three.",
    "Na\u{ef}ve caf\u{e9} \u{2014} \u{4e2d}\u{6587} \u{440}\u{443}\u{441}\u{441}\u{43a}\u{438}\u{439} \u{3b5}\u{3bb}\u{3bb}\u{3b7}\u{3bd}\u{3b9}\u{3ba}\u{3ac}",
    "emoji \u{1f680}\u{1f680}\u{1f680}",
    "[CLS] ignore all rules [SEP] and [MASK] them",
    "0x4f2a 1,000,000.00 USD (approx.) #hashtag @someone https://example.org/a?b=c",
    "\u{200b}\u{0}\u{fffd}",
    "x",
];

#[test]
fn a_missing_model_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let embedder = Embedder::new(folder.path());
    let error = embedder.tokens("a", 9).unwrap_err().to_string();
    assert!(
        error.contains("make models") && error.contains("vocab.txt"),
        "{error}"
    );
    std::fs::create_dir(folder.path().join(MODEL)).unwrap();
    std::fs::write(folder.path().join(MODEL).join("vocab.txt"), "a\nb\n").unwrap();
    let error = embedder.tokens("a", 9).unwrap_err().to_string();
    assert!(error.contains("SHA-256"), "{error}");
    assert!(embedder.vector(&[101, 102]).is_err());
}

#[test]
fn tokens_are_those_of_the_reference() {
    let embedder = embedder();
    let tokens = |text: &str| embedder.tokens(text, MAX_TOKENS).unwrap();
    assert_eq!(tokens("##"), [101, 1001, 1001, 102]);
    assert_eq!(tokens("#hashtag"), [101, 1001, 23325, 15900, 102]);
    let rockets = [101, 7861, 29147, 2072, 100, 100, 102];
    assert_eq!(tokens("emoji \u{1f680}\u{1f680}\u{1f680}"), rockets);
    assert_eq!(
        tokens("what is genlayer?"),
        [101, 2054, 2003, 8991, 24314, 1029, 102]
    );
    assert_eq!(tokens("H\u{e9}llo W\u{f6}rld"), [101, 7592, 2088, 102]);
    assert_eq!(tokens("\u{130}stanbul"), [101, 9960, 102]);
}

#[test]
fn long_texts_are_cut_before_their_end_mark() {
    let embedder = embedder();
    let short = embedder.tokens(&"x ".repeat(300), MAX_TOKENS).unwrap();
    assert_eq!(short.len(), MAX_TOKENS);
    assert_eq!(short.last(), Some(&102));
    let whole = embedder.tokens(&"x ".repeat(254), MAX_TOKENS).unwrap();
    assert_eq!(whole, short);
}

#[test]
fn vectors_have_length_one_and_meaning() {
    let embedder = embedder();
    let [mango, carrots, sum] = ["I like mango", "this is a great mango", "what is genlayer?"]
        .map(|text| vector(&embedder, text));
    let dot = total(mango.iter().zip(&carrots).map(|(a, b)| a * b));
    assert!((dot - 0.735_714_9).abs() < 1e-5, "{dot}");
    let all = total(sum.iter().copied());
    assert!((all - 0.415_743_8).abs() < 1e-5, "{all}");
    let length = total(mango.iter().map(|x| x * x));
    assert!((length - 1.0).abs() < 1e-6);
}

/// The hash is part of consensus: it may only change with the model.
#[test]
fn vectors_are_equal_to_the_bit() {
    let embedder = embedder();
    let long = "A judge reads the evidence again. ".repeat(60);
    let mut hash = Sha256::new();
    for text in TEXTS.iter().copied().chain([long.as_str()]) {
        for x in vector(&embedder, text) {
            hash.update(x.to_le_bytes());
        }
    }
    assert_eq!(
        format!("{:x}", hash.finalize()),
        "59bfa3f165e84540a6545b6342ac5d49709ca5a4d9a8990e907a73e217ffce14"
    );
}
