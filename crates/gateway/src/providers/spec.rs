//! Provider strings of the command line and configuration, e.g. `jury:strict`.
//!
//! # Invariants
//! - A spec names a key, it never is one: what `Display` prints is safe to log and parses back.

use super::jury::Juror;
use super::openai::OpenAiSpec;
use crate::local::models::{self, ModelError};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Which provider, with its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderSpec {
    /// `jury` (each validator gets its juror by address) or `jury:NAME`.
    Jury(Option<Juror>),
    /// `openai-compatible:URL?model=NAME[&key_env=VAR][&timeout=SECONDS][&json=off][&images=off][&max_completion_tokens=on]`.
    OpenAi(OpenAiSpec),
    /// `local` (the first model that can be installed), `local:NAME` or `local:FILE.gguf`.
    Local(String),
    /// `scripted:FILE`.
    Scripted(PathBuf),
}

/// Why a provider string is refused. The texts are complete sentences for the terminal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// No such provider.
    #[error(
        "unknown provider `{0}`; known are jury, openai-compatible:URL?model=NAME, local:NAME, scripted:FILE"
    )]
    UnknownProvider(String),
    /// No such juror.
    #[error("unknown juror `{0}`; known are strict, even, lenient, literal, hasty")]
    UnknownJuror(String),
    /// `local` with neither a known name nor a file.
    #[error("{}", ModelError::Unknown(.0.clone()))]
    UnknownModel(String),
    /// `scripted` without a file.
    #[error("`scripted` needs a file: scripted:FILE")]
    MissingFile,
    /// Not an http(s) URL.
    #[error("`{0}` is not an http or https URL")]
    InvalidUrl(String),
    /// User name or password inside the URL.
    #[error(
        "a provider URL holds no user name or password; put the key in an environment variable and name it with key_env=VAR"
    )]
    KeyInUrl,
    /// No `model=`.
    #[error("`openai-compatible` needs a model: openai-compatible:URL?model=NAME")]
    MissingModel,
    /// No such option.
    #[error(
        "unknown option `{0}`; known are model, key_env, timeout, json, images, max_completion_tokens"
    )]
    UnknownOption(String),
    /// An option with a value it cannot have.
    #[error("`{value}` is not a value of option `{option}` (expected {expected})")]
    InvalidOption {
        /// The option.
        option: String,
        /// What was given.
        value: String,
        /// What is possible.
        expected: &'static str,
    },
}

impl ProviderSpec {
    /// The provider's name: `jury`, `openai-compatible`, `local` or `scripted`.
    #[must_use]
    pub fn provider_name(&self) -> &'static str {
        match self {
            Self::Jury(_) => "jury",
            Self::OpenAi(_) => "openai-compatible",
            Self::Local(_) => "local",
            Self::Scripted(_) => "scripted",
        }
    }

    /// The model's name; for a jury the juror, for a script its file.
    #[must_use]
    pub fn model_name(&self) -> String {
        match self {
            Self::Jury(None) => "any".to_owned(),
            Self::Jury(Some(juror)) => juror.name().to_owned(),
            Self::OpenAi(spec) => spec.model.clone(),
            Self::Local(model) => model.clone(),
            Self::Scripted(file) => file.display().to_string(),
        }
    }
}

impl FromStr for ProviderSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (name, rest) = match text.split_once(':') {
            Some((name, rest)) => (name, Some(rest)),
            None => (text, None),
        };
        match (name, rest) {
            ("jury", None) => Ok(Self::Jury(None)),
            ("jury", Some(juror)) => Juror::by_name(juror)
                .map(|juror| Self::Jury(Some(juror)))
                .ok_or_else(|| SpecError::UnknownJuror(juror.to_owned())),
            ("local", model) => models::parse(model)
                .map(Self::Local)
                .map_err(|_| SpecError::UnknownModel(model.unwrap_or_default().to_owned())),
            ("scripted", Some(file)) if !file.is_empty() => Ok(Self::Scripted(file.into())),
            ("scripted", _) => Err(SpecError::MissingFile),
            ("openai-compatible", Some(url)) => url.parse().map(Self::OpenAi),
            ("openai-compatible", None) => Err(SpecError::InvalidUrl(String::new())),
            _ => Err(SpecError::UnknownProvider(name.to_owned())),
        }
    }
}

impl fmt::Display for ProviderSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jury(None) => f.write_str("jury"),
            Self::Jury(Some(juror)) => write!(f, "jury:{}", juror.name()),
            Self::OpenAi(spec) => write!(f, "openai-compatible:{spec}"),
            Self::Local(model) => write!(f, "local:{model}"),
            Self::Scripted(file) => write!(f, "scripted:{}", file.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ProviderSpec, SpecError};

    #[test]
    fn specs_print_as_they_parse() {
        for text in [
            "jury",
            "jury:strict",
            "local:smollm2-135m",
            "local:/models/mine.gguf",
            "scripted:answers.toml",
            "openai-compatible:http://127.0.0.1:1234/v1?model=small",
            "openai-compatible:https://models.example.com/?model=a%2Fb&key_env=MY_KEY&timeout=5&json=off",
        ] {
            let spec: ProviderSpec = text.parse().expect(text);
            assert_eq!(spec.to_string(), text);
        }
    }

    #[test]
    fn wrong_specs_say_what_is_wrong() {
        let cases = [
            ("openia:x", SpecError::UnknownProvider("openia".into())),
            ("jury:mild", SpecError::UnknownJuror("mild".into())),
            ("local:gpt", SpecError::UnknownModel("gpt".into())),
            ("scripted", SpecError::MissingFile),
            ("scripted:", SpecError::MissingFile),
            (
                "openai-compatible:ftp://x?model=m",
                SpecError::InvalidUrl("ftp://x?model=m".into()),
            ),
            ("openai-compatible:http://x/v1", SpecError::MissingModel),
            (
                "openai-compatible:http://u:p@x/v1?model=m",
                SpecError::KeyInUrl,
            ),
            (
                "openai-compatible:http://x/v1?model=m&key=abc",
                SpecError::UnknownOption("key".into()),
            ),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<ProviderSpec>(), Err(error), "{text}");
        }
        let slow = "openai-compatible:http://x/v1?model=m&timeout=soon".parse::<ProviderSpec>();
        assert!(
            matches!(slow, Err(SpecError::InvalidOption { .. })),
            "{slow:?}"
        );
    }
}
