//! The seam to models: one trait, one file per provider.
//!
//! A provider turns one rendered call into text. It does not retry, does not judge the text and
//! does not see other providers; the router does that.
//!
//! # Not here
//! - `anthropic`, `google`, `ollama`, `local`, `cassette`: each becomes one file beside these and
//!   one variant of [`spec::ProviderSpec`].

pub(crate) mod jury;
pub(crate) mod openai;
pub(crate) mod script;
pub(crate) mod scripted;
pub(crate) mod spec;

use crate::context::Context;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use venire_types::ask::Template;

/// What a call is about, before rendering. Providers that are not models (scripts, jurors) look
/// at this instead of the rendered text.
#[derive(Clone, Copy, Debug)]
pub enum Task<'a> {
    /// The contract's own prompt, cleaned.
    Prompt(&'a str),
    /// A prompt of the equivalence principle.
    Template(&'a Template),
}

/// What the text should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Anything.
    Text,
    /// One JSON object.
    Json,
    /// `{"reason": text, "result": bool}`.
    Verdict,
}

/// One rendered call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Whose call this is.
    pub context: &'a Context,
    /// What it is about.
    pub task: Task<'a>,
    /// What the text should be.
    pub want: Want,
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
}

impl CallError {
    /// An error of that kind.
    #[must_use]
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }
}

/// A call under way. Dropping it cancels the call.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Reply, CallError>> + Send + 'a>>;

/// Something that answers prompts.
pub trait Provider: fmt::Debug + Send + Sync {
    /// What operators call it, e.g. `openai-compatible:http://127.0.0.1:1234/v1?model=m`.
    fn name(&self) -> &str;

    /// Answers one call. Must bound its own time and must not retry.
    fn call<'a>(&'a self, call: Call<'a>) -> Pending<'a>;
}
