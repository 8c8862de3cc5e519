//! The seam to models: one trait, one file per provider.
//!
//! A provider turns one rendered call into text. It does not retry, does not judge the text and
//! does not see other providers; the router does that.
//!
//! # Not here
//! - `anthropic`, `google`, `ollama`, `cassette`: each becomes one file beside these and
//!   one variant of [`spec::ProviderSpec`].

pub(crate) mod jury;
#[cfg(feature = "local-model")]
pub(crate) mod local;
pub(crate) mod openai;
pub(crate) mod script;
pub(crate) mod scripted;
pub(crate) mod spec;

use crate::context::Context;
use crate::guard::schema::Schema;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use venire_types::ask::Template;

/// What a call is about, before rendering. Providers that are not models (scripts, jurors) look
/// at this instead of the rendered text.
#[derive(Clone, Copy, Debug)]
pub enum Task<'a> {
    /// The contract's own prompt, cleaned, its material without fences.
    Prompt(&'a str),
    /// Facts out of material.
    Extract {
        /// What is to be found.
        task: &'a str,
        /// The record that is wanted.
        record: &'a Schema,
        /// Label and cleaned text of each source.
        sources: &'a [(String, String)],
    },
    /// A prompt of the equivalence principle.
    Template(&'a Template),
}

/// What the text should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want<'a> {
    /// Anything.
    Text,
    /// One JSON object.
    Json,
    /// `{"reason": text, "result": bool}`.
    Verdict,
    /// One JSON object that meets the schema.
    Schema(&'a Schema),
}

/// One rendered call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Whose call this is.
    pub context: &'a Context,
    /// What it is about.
    pub task: Task<'a>,
    /// What the text should be.
    pub want: Want<'a>,
    /// System message, if any.
    pub system: Option<&'a str>,
    /// User message.
    pub user: &'a str,
    /// PNG or JPEG bytes, at most two.
    pub images: &'a [Vec<u8>],
    /// Sampling temperature.
    pub temperature: f64,
    /// Cap on the answer, in the model's tokens.
    pub max_tokens: u32,
    /// For models that sample by a seed: same call, same seed.
    pub seed: u64,
}

/// What a provider said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The text, as it came.
    pub text: String,
    /// What it cost, where the provider says so.
    pub usage: Option<Usage>,
}

/// Cost of one call, in the model's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Tokens read.
    pub prompt: u64,
    /// Tokens written.
    pub completion: u64,
}

/// Why a provider said nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 429.
    RateLimit,
    /// 408, or the call's own limit.
    Timeout,
    /// 504.
    GatewayTimeout,
    /// 401, 403, or no key under the configured name.
    Auth,
    /// 404.
    ModelUnavailable,
    /// 400 and other refusals of the request.
    BadRequest,
    /// 529.
    Overloaded,
    /// 500 and above.
    ServerError,
    /// No connection.
    Network,
    /// A success that is not shaped as the protocol says, or is over the cap.
    Malformed,
    /// The provider cannot do this (images, JSON).
    Unsupported,
    /// A script has no answer; ask the next provider.
    NoMatch,
    /// A strict script has no answer; ask nobody.
    StrictNoMatch,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RateLimit => "rate limit",
            Self::Timeout => "timeout",
            Self::GatewayTimeout => "gateway timeout",
            Self::Auth => "not authorised",
            Self::ModelUnavailable => "model not available",
            Self::BadRequest => "request refused",
            Self::Overloaded => "overloaded",
            Self::ServerError => "server error",
            Self::Network => "not reachable",
            Self::Malformed => "answer malformed",
            Self::Unsupported => "not supported",
            Self::NoMatch | Self::StrictNoMatch => "no scripted answer",
        })
    }
}

/// Why a provider said nothing, for the operator. Never holds a key or an answer's body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct CallError {
    /// The sort of failure; decides what the router does next.
    pub kind: ErrorKind,
    /// A few words more.
    pub detail: String,
    /// How long the provider asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl CallError {
    /// An error of that kind.
    #[must_use]
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            retry_after: None,
        }
    }
}

/// Whose fault a failure is: who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The contract or its caller asked for what cannot be.
    Sender,
    /// The provider is down, slow, overloaded or talks nonsense.
    Provider,
    /// The operator's configuration: key, name, address.
    Operator,
    /// This program.
    Us,
}

impl ErrorKind {
    /// Who can do something about it.
    #[must_use]
    pub fn fault(self) -> Fault {
        match self {
            Self::RateLimit
            | Self::Timeout
            | Self::GatewayTimeout
            | Self::Overloaded
            | Self::ServerError
            | Self::Malformed => Fault::Provider,
            Self::Auth | Self::ModelUnavailable | Self::Network | Self::Unsupported => {
                Fault::Operator
            }
            Self::NoMatch | Self::StrictNoMatch => Fault::Operator,
            Self::BadRequest => Fault::Us,
        }
    }

    /// Whether the same call can succeed a moment later.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::RateLimit
            | Self::GatewayTimeout
            | Self::Overloaded
            | Self::ServerError
            | Self::Network => true,
            Self::Timeout
            | Self::Auth
            | Self::ModelUnavailable
            | Self::BadRequest
            | Self::Malformed
            | Self::Unsupported
            | Self::NoMatch
            | Self::StrictNoMatch => false,
        }
    }
}

/// How a provider can be made to answer in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonMode {
    /// By asking nicely.
    Asked,
    /// It can be bound to one JSON object.
    Object,
    /// It can be bound to a schema.
    Schema,
}

/// What a provider is and can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The kind of provider, e.g. `ollama`.
    pub provider: String,
    /// The model's name as the provider knows it.
    pub model: String,
    /// Models of one family are likely to err together; as declared, e.g. `qwen`.
    pub family: String,
    /// How it can be made to answer in JSON.
    pub json: JsonMode,
    /// Whether it sees images.
    pub images: bool,
    /// Whether it samples by the call's seed.
    pub seed: bool,
}

/// A call under way. Dropping it cancels the call.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Reply, CallError>> + Send + 'a>>;

/// Something that answers prompts.
pub trait Provider: fmt::Debug + Send + Sync {
    /// What operators call it, e.g. `openai-compatible:http://127.0.0.1:1234/v1?model=m`.
    fn name(&self) -> &str;

    /// What it is and can do.
    fn card(&self) -> Card {
        Card {
            provider: self.name().to_owned(),
            model: self.name().to_owned(),
            family: self.name().to_owned(),
            json: JsonMode::Asked,
            images: false,
            seed: false,
        }
    }

    /// Answers one call. Must bound its own time and must not retry.
    fn call<'a>(&'a self, call: Call<'a>) -> Pending<'a>;
}
