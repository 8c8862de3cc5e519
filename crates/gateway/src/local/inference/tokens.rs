//! Text into a model's tokens and back.
//!
//! # Invariants
//! - No text becomes a control token, whoever wrote it: the merges do not know those, so that a page which says
//!   `<|im_end|>` is a page with these ten letters. Control tokens come from [`super::chat`] alone.
//! - Nothing is lost in silence: a character that a vocabulary cannot write becomes U+FFFD.
//! - A vocabulary whose way of splitting text is not known exactly is refused, never guessed.

use super::error::{LocalError, format, unsupported};
use super::gguf::{Header, Value};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::unicode::NFC;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{SplitDelimiterBehavior, Tokenizer};

/// Words, numbers one digit at a time, punctuation, spaces: the family of `qwen2`.
const QWEN2: &str = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// The same with up to three digits at a time.
const LLAMA3: &str = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// Stands for a character that a vocabulary cannot write.
const UNKNOWN: &str = "\u{fffd}";
/// Longest token, bytes.
const MAX_TOKEN: usize = 4096;

/// A vocabulary.
#[derive(Debug)]
pub(crate) struct Tokens {
    tokenizer: Tokenizer,
    /// Bytes of each token; control tokens have their name.
    bytes: Vec<Vec<u8>>,
    control: Vec<bool>,
    /// Bytes that no token can write; small vocabularies lack some that hardly occur.
    missing: Vec<u8>,
    names: BTreeMap<String, u32>,
    /// Token before every text, if the model was taught so.
    pub(crate) start: Option<u32>,
    /// Token that the file calls the end.
    pub(crate) end: Option<u32>,
}

impl Tokens {
    /// Reads the vocabulary of a file.
    pub(crate) fn read(header: &Header) -> Result<Self, LocalError> {
        if header.text("tokenizer.ggml.model") != Some("gpt2") {
            return Err(unsupported("its vocabulary is no byte-level BPE"));
        }
        let Some(Value::Texts(texts)) = header.value("tokenizer.ggml.tokens") else {
            return Err(format("it has no vocabulary"));
        };
        let Some(Value::Texts(merges)) = header.value("tokenizer.ggml.merges") else {
            return Err(format("its vocabulary has no merges"));
        };
        let Some(Value::Ints(kinds)) = header.value("tokenizer.ggml.token_type") else {
            return Err(format(
                "its vocabulary does not say which tokens are control tokens",
            ));
        };
        if kinds.len() != texts.len() || texts.is_empty() {
            return Err(format("its vocabulary has other lengths than its kinds"));
        }
        // 1 is text, 6 a single byte; all else is unknown, control, made up by the maker, or unused.
        let control: Vec<bool> = kinds.iter().map(|kind| !matches!(kind, 1 | 6)).collect();
        let letters = letters();
        let mut bytes = Vec::with_capacity(texts.len());
        let mut names = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (id, (text, control)) in (0u32..).zip(texts.iter().zip(&control)) {
            if text.is_empty() || text.len() > MAX_TOKEN {
                return Err(format("a token is empty or very long"));
            }
            if *control {
                names.insert(text.clone(), id);
                bytes.push(text.clone().into_bytes());
                continue;
            }
            let token: Option<Vec<u8>> = text.chars().map(|c| letters.get(&c).copied()).collect();
            let token =
                token.ok_or_else(|| format("a token is not written in the byte alphabet"))?;
            if !seen.insert(text.clone()) {
                return Err(format("a token stands twice in the vocabulary"));
            }
            bytes.push(token);
        }
        let missing: Vec<u8> = letters
            .iter()
            .filter(|(letter, _)| !seen.contains(&letter.to_string()))
            .map(|(_, byte)| *byte)
            .collect();
        let needed =
            |byte: &u8| matches!(byte, b' '..=b'~' | b'\n') || UNKNOWN.as_bytes().contains(byte);
        if missing.iter().any(needed) {
            return Err(format("its vocabulary cannot write all letters"));
        }
        let id = |key: &str| {
            let id = header.number(key)?;
            u32::try_from(id).ok().filter(|_| id < texts.len())
        };
        let start = match header.value("tokenizer.ggml.add_bos_token") {
            Some(Value::Bool(true)) => Some(
                id("tokenizer.ggml.bos_token_id")
                    .ok_or_else(|| format("it names no start token"))?,
            ),
            _ => None,
        };
        Ok(Self {
            tokenizer: tokenizer(header, texts, &control, merges)?,
            bytes,
            control,
            missing,
            names,
            start,
            end: id("tokenizer.ggml.eos_token_id"),
        })
    }

    /// Tokens of a text; none of them is a control token.
    pub(crate) fn encode(&self, text: &str) -> Result<Vec<u32>, LocalError> {
        let encoding = self
            .tokenizer
            .encode_fast(self.writable(text), false)
            .map_err(|error| LocalError::Request(error.to_string()))?;
        let ids = encoding.get_ids().to_vec();
        if ids.iter().any(|id| self.is_control(*id)) {
            return Err(LocalError::Request(
                "the text became a control token".to_owned(),
            ));
        }
        Ok(ids)
    }

    /// The text with U+FFFD for what cannot be written.
    pub(crate) fn writable<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let lacks = |part: &str| part.bytes().any(|byte| self.missing.contains(&byte));
        if !lacks(text) {
            return Cow::Borrowed(text);
        }
        let mut bytes = [0; 4];
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            let letter = letter.encode_utf8(&mut bytes);
            out.push_str(if lacks(letter) { UNKNOWN } else { letter });
        }
        Cow::Owned(out)
    }

    /// The text of tokens; control tokens have none, and broken UTF-8 is shown as such.
    pub(crate) fn decode(&self, ids: &[u32]) -> String {
        let bytes: Vec<u8> = ids
            .iter()
            .filter(|id| !self.is_control(**id))
            .filter_map(|id| self.bytes.get(*id as usize))
            .flatten()
            .copied()
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether a token means something other than text; a token that does not exist does, too.
    pub(crate) fn is_control(&self, id: u32) -> bool {
        self.control.get(id as usize).copied().unwrap_or(true)
    }

    /// The control token of that name.
    pub(crate) fn control(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// Names of all control tokens.
    #[cfg(test)]
    pub(crate) fn controls(&self) -> impl Iterator<Item = (&str, u32)> {
        self.names.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// Bytes of each token in turn.
    pub(crate) fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.iter().map(Vec::as_slice)
    }
}

fn tokenizer(
    header: &Header,
    texts: &[String],
    control: &[bool],
    merges: &[String],
) -> Result<Tokenizer, LocalError> {
    let vocabulary: Vocab = (0u32..)
        .zip(texts.iter().zip(control))
        .filter(|(_, (_, control))| !**control)
        .map(|(id, (text, _))| (text.clone(), id))
        .collect();
    let merges = merges
        .iter()
        .map(|merge| merge.split_once(' '))
        .map(|pair| pair.map(|(a, b)| (a.to_owned(), b.to_owned())))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| format("a merge is no pair"))?;
    for (a, b) in &merges {
        // The library answers a merge without a token with a panic in some of its versions.
        let known = |text: &str| vocabulary.contains_key(text);
        if !known(a) || !known(b) || !known(&format!("{a}{b}")) {
            return Err(format("a merge makes no token"));
        }
    }
    let bytes = |regex| ByteLevel::new(false, false, regex);
    let split = |pattern: &str| {
        let pattern = SplitPattern::Regex(pattern.to_owned());
        let split = Split::new(pattern, SplitDelimiterBehavior::Isolated, false);
        let split = split.map_err(|error| unsupported(error.to_string()))?;
        let steps: Vec<PreTokenizerWrapper> = vec![split.into(), bytes(false).into()];
        Ok::<_, LocalError>(Sequence::new(steps))
    };
    let way = header
        .text("tokenizer.ggml.pre")
        .ok_or_else(|| unsupported("it does not say how its vocabulary splits text"))?;
    let splitter = match way {
        "qwen2" => split(QWEN2)?,
        "llama-bpe" | "llama3" => split(LLAMA3)?,
        // One digit at a time, and no space invented before the text.
        "smollm" => Sequence::new(vec![Digits::new(true).into(), bytes(true).into()]),
        other => {
            return Err(unsupported(format!(
                "its vocabulary splits text the way `{other}`; known are qwen2, smollm, llama-bpe"
            )));
        }
    };
    let model = BPE::builder()
        .vocab_and_merges(vocabulary, merges)
        .ignore_merges(way.starts_with("llama"))
        .build()
        .map_err(|error| format(error.to_string()))?;
    let mut tokenizer = Tokenizer::new(model);
    tokenizer.with_pre_tokenizer(Some(PreTokenizerWrapper::from(splitter)));
    if way == "qwen2" {
        tokenizer
            .with_normalizer(Some(NFC))
            .map_err(|error| format(error.to_string()))?;
    }
    Ok(tokenizer)
}

/// The alphabet in which byte-level vocabularies are written: a visible letter for each byte.
fn letters() -> BTreeMap<char, u8> {
    let mut letters = BTreeMap::new();
    let mut spare = 256u32;
    for byte in 0..=255u8 {
        let visible = matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
        let code = if visible {
            u32::from(byte)
        } else {
            spare += 1;
            spare - 1
        };
        if let Some(letter) = char::from_u32(code) {
            letters.insert(letter, byte);
        }
    }
    letters
}

/// The visible letter of each byte, for vocabularies made by tests.
#[cfg(test)]
pub(crate) fn letter(byte: u8) -> char {
    letters()
        .into_iter()
        .find(|(_, b)| *b == byte)
        .map_or(' ', |(letter, _)| letter)
}
