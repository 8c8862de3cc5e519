//! Answers that follow a JSON schema, one token at a time.
//!
//! # Invariants
//! - The library gets a vocabulary whose text splits as the model's does, otherwise it forces wrong tokens.
//! - Every failure of the library is an error of the request, whatever it is.
//! - Answers have no spaces between their parts, so that most of the schema's own text is forced and costs nothing.

use super::error::{LocalError, unsupported};
use super::tokens::Tokens;
use llguidance::api::TopLevelGrammar;
use llguidance::{Matcher, ParserFactory};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use toktrie::{InferenceCapabilities, SimpleVob, TokRxInfo, TokTrie, TokenizerEnv};

/// Largest schema, bytes of JSON.
const MAX_SCHEMA: usize = 1 << 16;

/// Makes grammars for one vocabulary.
pub(crate) struct Grammars {
    factory: ParserFactory,
}

struct Env {
    tokens: Arc<Tokens>,
    trie: TokTrie,
}

impl TokenizerEnv for Env {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<u32> {
        self.trie.tokenize_with_greedy_fallback(bytes, |text| {
            // The caller cannot be told of a failure; a text that does not split is then not forced.
            self.tokens.encode(text).unwrap_or_default()
        })
    }
}

impl Grammars {
    /// Takes half a second for a large vocabulary.
    pub(crate) fn new(tokens: &Arc<Tokens>, end: u32) -> Result<Self, LocalError> {
        let words: Vec<Vec<u8>> = (0u32..)
            .zip(tokens.words())
            .map(|(id, word)| {
                let mut bytes = Vec::with_capacity(word.len() + 1);
                if tokens.is_control(id) {
                    bytes.push(TokTrie::SPECIAL_TOKEN_MARKER);
                }
                bytes.extend_from_slice(word);
                bytes
            })
            .collect();
        let count =
            u32::try_from(words.len()).map_err(|_| unsupported("its vocabulary is too large"))?;
        let env: toktrie::TokEnv = Arc::new(Env {
            tokens: Arc::clone(tokens),
            trie: TokTrie::from(&TokRxInfo::new(count, end), &words),
        });
        let caps = InferenceCapabilities {
            ff_tokens: true,
            ..InferenceCapabilities::default()
        };
        let mut factory = ParserFactory::new(
            &env,
            caps,
            &llguidance::earley::SlicedBiasComputer::general_slices(),
        )
        .map_err(|error| unsupported(error.to_string()))?;
        factory.quiet();
        factory.limits_mut().verbose_errors = false;
        Ok(Self { factory })
    }

    /// A grammar for answers that follow `schema`.
    pub(crate) fn json(&self, schema: &Json) -> Result<Grammar, LocalError> {
        let request = |text: String| LocalError::Request(text);
        let mut schema = schema.clone();
        let Some(object) = schema.as_object_mut() else {
            return Err(request("the schema is no JSON object".to_owned()));
        };
        object.insert(
            "x-guidance".to_owned(),
            json!({"whitespace_flexible": false}),
        );
        if schema.to_string().len() > MAX_SCHEMA {
            return Err(request("the schema is over 64 KiB".to_owned()));
        }
        let grammar = TopLevelGrammar::from_json_schema(schema);
        let mut matcher = Matcher::new(self.factory.create_parser(grammar));
        match matcher.get_error() {
            Some(error) => Err(request(format!("the schema is not usable: {error}"))),
            None => {
                let forced = matcher.consume_ff_tokens();
                Ok(Grammar { matcher, forced })
            }
        }
    }
}

impl std::fmt::Debug for Grammars {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grammars").finish_non_exhaustive()
    }
}

/// How far an answer is in its grammar.
pub(crate) struct Grammar {
    matcher: Matcher,
    /// Tokens that the answer begins with whatever the model thinks.
    pub(crate) forced: Vec<u32>,
}

impl Grammar {
    /// Tokens that may follow.
    pub(crate) fn allowed(&mut self) -> Result<SimpleVob, LocalError> {
        self.matcher.compute_mask().map_err(failed)
    }

    /// The model said `token`; the tokens that must follow it, which are taken as said.
    pub(crate) fn said(&mut self, token: u32) -> Result<Vec<u32>, LocalError> {
        self.matcher.consume_token(token).map_err(failed)?;
        let forced = if self.matcher.is_stopped() {
            Vec::new()
        } else {
            self.matcher.consume_ff_tokens()
        };
        match self.matcher.get_error() {
            Some(error) => Err(LocalError::Grammar(error)),
            None => Ok(forced),
        }
    }

    /// Whether the answer is whole.
    pub(crate) fn finished(&self) -> bool {
        self.matcher.is_stopped()
    }
}

impl std::fmt::Debug for Grammar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grammar").finish_non_exhaustive()
    }
}

fn failed(error: impl std::fmt::Display) -> LocalError {
    LocalError::Grammar(error.to_string())
}
