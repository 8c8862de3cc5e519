//! The OpenAI chat-completions protocol, which most hosted and local model servers speak.
//!
//! # Invariants
//! - One HTTP request per call: no retry, no redirect, a time limit, a cap of 16 MiB.
//! - The key goes into the `authorization` header (marked sensitive) and nowhere else; bodies of
//!   error answers are not repeated, because some servers echo keys in them.

use super::spec::SpecError;
use super::{Call, CallError, ErrorKind, Pending, Provider, Reply, Usage, Want};
use crate::http::{self, Fault};
use crate::secrets::Secrets;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// Largest answer that is read, bytes.
const BODY_CAP: usize = 16 << 20;
/// Longest accepted `timeout`, seconds.
const MAX_TIMEOUT: u64 = 600;
/// Sent when JSON is wanted.
const JSON_RULE: &str = "Answer with one valid JSON object and nothing else.";

/// Where a model is and what it can do. Options after `?` are ours and are not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAiSpec {
    /// Base URL; `/v1` is assumed when it has no path.
    pub base: Url,
    /// Model name as the server knows it.
    pub model: String,
    /// Name under which [`Secrets`] has the key; no key is sent without one.
    pub key_env: Option<String>,
    /// Limit of one call.
    pub timeout: Duration,
    /// Whether the server understands `response_format`; the wish for JSON is in the prompt anyway.
    pub json_mode: bool,
    /// Whether the model sees images.
    pub images: bool,
    /// Whether the cap is called `max_completion_tokens` (newer models) or `max_tokens`.
    pub max_completion_tokens: bool,
}

impl OpenAiSpec {
    /// Default call limit.
    pub const TIMEOUT: Duration = Duration::from_secs(60);

    /// A model without a key, with default settings.
    #[must_use]
    pub fn new(base: Url, model: impl Into<String>) -> Self {
        Self {
            base,
            model: model.into(),
            key_env: None,
            timeout: Self::TIMEOUT,
            json_mode: true,
            images: true,
            max_completion_tokens: false,
        }
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), SpecError> {
        match option {
            "model" => value.clone_into(&mut self.model),
            "key_env" => self.key_env = Some(value.to_owned()),
            "timeout" => self.timeout = seconds(value)?,
            "json" => self.json_mode = switch(option, value)?,
            "images" => self.images = switch(option, value)?,
            "max_completion_tokens" => self.max_completion_tokens = switch(option, value)?,
            _ => return Err(SpecError::UnknownOption(option.to_owned())),
        }
        Ok(())
    }

    fn endpoint(&self) -> String {
        let base = self.base.as_str().trim_end_matches('/');
        let version = if self.base.path() == "/" { "/v1" } else { "" };
        format!("{base}{version}/chat/completions")
    }
}

fn switch(option: &str, value: &str) -> Result<bool, SpecError> {
    match value {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(SpecError::InvalidOption {
            option: option.to_owned(),
            value: value.to_owned(),
            expected: "on or off",
        }),
    }
}

fn seconds(value: &str) -> Result<Duration, SpecError> {
    match value.parse() {
        Ok(seconds @ 1..=MAX_TIMEOUT) => Ok(Duration::from_secs(seconds)),
        _ => Err(SpecError::InvalidOption {
            option: "timeout".to_owned(),
            value: value.to_owned(),
            expected: "1 to 600 seconds",
        }),
    }
}

impl FromStr for OpenAiSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let invalid = || SpecError::InvalidUrl(text.to_owned());
        let mut base = Url::parse(text).map_err(|_| invalid())?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(invalid());
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(SpecError::KeyInUrl);
        }
        let options: Vec<(String, String)> = base.query_pairs().into_owned().collect();
        base.set_query(None);
        base.set_fragment(None);
        let mut spec = Self::new(base, "");
        for (option, value) in &options {
            spec.set(option, value)?;
        }
        if spec.model.is_empty() {
            return Err(SpecError::MissingModel);
        }
        Ok(spec)
    }
}

impl fmt::Display for OpenAiSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.base.clone();
        let mut options = url.query_pairs_mut();
        options.append_pair("model", &self.model);
        if let Some(name) = &self.key_env {
            options.append_pair("key_env", name);
        }
        if self.timeout != Self::TIMEOUT {
            options.append_pair("timeout", &self.timeout.as_secs().to_string());
        }
        if !self.json_mode {
            options.append_pair("json", "off");
        }
        if !self.images {
            options.append_pair("images", "off");
        }
        if self.max_completion_tokens {
            options.append_pair("max_completion_tokens", "on");
        }
        drop(options);
        f.write_str(url.as_str())
    }
}

/// The one HTTP client of all models of a process.
#[derive(Debug, Default)]
pub(crate) struct ModelHttp(OnceLock<Option<reqwest::Client>>);

impl ModelHttp {
    fn client(&self) -> Option<&reqwest::Client> {
        let settings = || reqwest::Client::builder().redirect(Policy::none());
        self.0.get_or_init(|| http::build(settings).ok()).as_ref()
    }
}

/// One model behind the protocol.
pub(crate) struct OpenAi {
    spec: OpenAiSpec,
    name: String,
    http: Arc<ModelHttp>,
    secrets: Arc<dyn Secrets>,
}

impl OpenAi {
    pub(crate) fn new(spec: OpenAiSpec, http: Arc<ModelHttp>, secrets: Arc<dyn Secrets>) -> Self {
        let name = format!("openai-compatible:{spec}");
        Self {
            spec,
            name,
            http,
            secrets,
        }
    }

    async fn complete(&self, call: Call<'_>) -> Result<Reply, CallError> {
        if !call.images.is_empty() && !self.spec.images {
            return Err(CallError::new(ErrorKind::Unsupported, "images"));
        }
        let client = self
            .http
            .client()
            .ok_or_else(|| CallError::new(ErrorKind::Network, "no HTTP client"))?;
        let mut request = client
            .post(self.spec.endpoint())
            .timeout(self.spec.timeout)
            .json(&self.body(&call));
        if let Some(authorization) = self.authorization()? {
            request = request.header(AUTHORIZATION, authorization);
        }
        let mut response = request
            .send()
            .await
            .map_err(|e| self.failed(http::fault(&e)))?;
        let status = response.status().as_u16();
        if let Some(kind) = status_kind(status) {
            return Err(CallError::new(kind, format!("status {status}")));
        }
        let body = http::read_body(&mut response, BODY_CAP)
            .await
            .map_err(|f| self.failed(f))?;
        read_reply(&body)
    }

    fn authorization(&self) -> Result<Option<HeaderValue>, CallError> {
        let Some(name) = &self.spec.key_env else {
            return Ok(None);
        };
        let key = self.secrets.get(name).ok_or_else(|| {
            CallError::new(
                ErrorKind::Auth,
                format!("environment variable {name} is not set"),
            )
        })?;
        let mut value =
            HeaderValue::try_from(format!("Bearer {}", key.expose())).map_err(|_| {
                CallError::new(
                    ErrorKind::Auth,
                    format!("environment variable {name} is not a key"),
                )
            })?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    fn body(&self, call: &Call<'_>) -> Json {
        let mut system = call.system.map(str::to_owned);
        if let Some(rule) = json_rule(call.want) {
            system = Some(match system {
                Some(rules) => format!("{rules}\n\n{rule}"),
                None => rule,
            });
        }
        let mut messages = Vec::new();
        if let Some(content) = system {
            messages.push(json!({"role": "system", "content": content}));
        }
        messages.push(json!({"role": "user", "content": content(call)}));
        let cap = if self.spec.max_completion_tokens {
            "max_completion_tokens"
        } else {
            "max_tokens"
        };
        let mut body = json!({
            "model": self.spec.model,
            "messages": messages,
            "temperature": call.temperature,
            "stream": false,
            cap: call.max_tokens,
        });
        if self.spec.json_mode {
            match call.want {
                Want::Text => {}
                Want::Json | Want::Verdict => {
                    body["response_format"] = json!({"type": "json_object"});
                }
                Want::Schema(schema) => {
                    body["response_format"] = json!({
                        "type": "json_schema",
                        "json_schema": {"name": "answer", "schema": schema.json()},
                    });
                }
            }
        }
        body
    }

    fn failed(&self, fault: Fault) -> CallError {
        match fault {
            Fault::Timeout => {
                let limit = self.spec.timeout.as_secs();
                CallError::new(ErrorKind::Timeout, format!("no answer within {limit} s"))
            }
            Fault::TooLarge => CallError::new(ErrorKind::Malformed, "answer over 16 MiB"),
            Fault::Dns => CallError::new(ErrorKind::Network, "name has no address"),
            Fault::Tls => CallError::new(ErrorKind::Network, "TLS failed"),
            Fault::Connect => CallError::new(ErrorKind::Network, "connection failed"),
            Fault::Broken | Fault::Redirects => {
                CallError::new(ErrorKind::Network, "connection broke")
            }
        }
    }
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAi")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Provider for OpenAi {
    fn name(&self) -> &str {
        &self.name
    }

    fn call<'a>(&'a self, call: Call<'a>) -> Pending<'a> {
        Box::pin(self.complete(call))
    }
}

/// What has to be said about JSON; judges are told in their template.
fn json_rule(want: Want<'_>) -> Option<String> {
    match want {
        Want::Text | Want::Verdict => None,
        Want::Json => Some(JSON_RULE.to_owned()),
        Want::Schema(schema) => Some(format!(
            "{JSON_RULE} It meets this JSON Schema: {}",
            schema.json()
        )),
    }
}

fn content(call: &Call<'_>) -> Json {
    if call.images.is_empty() {
        return json!(call.user);
    }
    let mut parts = vec![json!({"type": "text", "text": call.user})];
    for image in call.images {
        let kind = match image.first() {
            Some(0x89) => "png",
            Some(b'R') => "webp",
            _ => "jpeg",
        };
        let url = format!("data:image/{kind};base64,{}", STANDARD.encode(image));
        parts.push(json!({"type": "image_url", "image_url": {"url": url}}));
    }
    json!(parts)
}

/// What a status means, or `None` for success.
fn status_kind(status: u16) -> Option<ErrorKind> {
    Some(match status {
        200..=299 => return None,
        401 | 403 => ErrorKind::Auth,
        404 => ErrorKind::ModelUnavailable,
        408 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimit,
        504 => ErrorKind::GatewayTimeout,
        529 => ErrorKind::Overloaded,
        500.. => ErrorKind::ServerError,
        _ => ErrorKind::BadRequest,
    })
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    usage: Option<UsageFields>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Deserialize)]
struct UsageFields {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

fn read_reply(body: &[u8]) -> Result<Reply, CallError> {
    let malformed = |detail: &str| CallError::new(ErrorKind::Malformed, detail);
    let completion: Completion =
        serde_json::from_slice(body).map_err(|_| malformed("not a chat completion"))?;
    let first = completion
        .choices
        .into_iter()
        .next()
        .ok_or_else(|| malformed("no choices"))?;
    Ok(Reply {
        // Null content (a cut-off or refused answer) is an empty answer.
        text: first.message.content.unwrap_or_default(),
        usage: completion.usage.map(|u| Usage {
            prompt: u.prompt_tokens,
            completion: u.completion_tokens,
        }),
    })
}
