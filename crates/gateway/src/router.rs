//! Asks a profile's providers in order until one gives a usable answer.
//!
//! # Invariants
//! - Each provider is asked once. One whose answer cannot be decoded is asked once more, with the
//!   reason; after that the next one has its turn. There is no other retry and no waiting.
//! - When nobody answers usably the validator abstains: a broken model is not the contract's fault,
//!   and a guess would be a false vote.

use crate::guard::canary::Canary;
use crate::profile::Profile;
use crate::providers::scripted::Scripted;
use crate::providers::{Call, CallError, ErrorKind, Provider};
use crate::trail::{self, Attempt, Outcome, Trail};
use std::fmt::Display;
use std::sync::Arc;
use tokio::time::Instant;
use venire_types::ask::AskError;
use venire_types::keccak256;

/// Nobody could be reached, or everybody failed.
const NO_PROVIDER: &str = "NO_PROVIDER_FOR_PROMPT";
/// Somebody answered, and only nonsense.
const NOT_JSON: &str = "MODEL_ANSWER_NOT_JSON";
/// A strict script has no answer.
const UNSCRIPTED: &str = "SCRIPT_UNMATCHED";

/// The strict-script failure, which the web shares.
pub(crate) fn unscripted(question: &str) -> AskError {
    unavailable(
        UNSCRIPTED,
        format!("the strict script has no answer to {question}"),
    )
}

/// The first usable answer.
pub(crate) async fn first_usable<T, E: Display>(
    profile: &Profile,
    call: Call<'_>,
    trail: &mut Trail,
    decode: impl Fn(&str) -> Result<T, E>,
) -> Result<T, AskError> {
    let mocks = profile.mocks.iter().map(|script| -> Arc<dyn Provider> {
        Arc::new(Scripted::new(Arc::clone(script), "mocks".to_owned()))
    });
    let mut failures = Failures::default();
    for provider in mocks.chain(profile.providers.iter().cloned()) {
        match ask_one(provider.as_ref(), call, trail, &decode).await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Call(error)) if error.kind == ErrorKind::StrictNoMatch => {
                return Err(unscripted("this prompt"));
            }
            Err(failure) => failures.add(provider.name(), &failure, &call),
        }
    }
    Err(failures.into_error())
}

/// Why one provider gave nothing usable.
enum Failure {
    Call(CallError),
    Answer(String),
}

async fn ask_one<T, E: Display>(
    provider: &dyn Provider,
    call: Call<'_>,
    trail: &mut Trail,
    decode: &impl Fn(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    let reason = match ask_once(provider, call, trail, decode).await {
        Err(Failure::Answer(reason)) => reason,
        other => return other,
    };
    let user = format!(
        "{}\n\nYour previous answer could not be used ({reason}). Answer again with one valid JSON object \
         and nothing else.",
        call.user
    );
    let again = Call {
        user: &user,
        ..call
    };
    ask_once(provider, again, trail, decode).await
}

async fn ask_once<T, E: Display>(
    provider: &dyn Provider,
    call: Call<'_>,
    trail: &mut Trail,
    decode: &impl Fn(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    let started = Instant::now();
    let replied = provider.call(call).await;
    let system = call.system.unwrap_or_default();
    let canary = Canary::of(call.context, &[system, call.user]);
    let mut attempt = Attempt {
        provider: provider.name().to_owned(),
        prompt: keccak256([system.as_bytes(), b"\0", call.user.as_bytes()].concat()),
        answer: None,
        usage: None,
        ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        outcome: Outcome::Used,
    };
    let result = match replied {
        Err(error) => {
            attempt.outcome = Outcome::Failed(error.kind, error.detail.clone());
            Err(Failure::Call(error))
        }
        Ok(reply) => {
            attempt.answer = Some(trail::kept(&canary.kept(&reply.text)));
            attempt.usage = reply.usage;
            let decoded = if canary.is_in(&reply.text) {
                trail.note("canary", provider.name());
                Err("it repeats a secret of the request".to_owned())
            } else {
                decode(&reply.text).map_err(|reason| canary.kept(&reason.to_string()))
            };
            decoded.map_err(|reason| {
                attempt.outcome = Outcome::Unusable(reason.clone());
                Failure::Answer(reason)
            })
        }
    };
    // A script that has no answer was not asked in earnest.
    if !matches!(attempt.outcome, Outcome::Failed(ErrorKind::NoMatch, _)) {
        trail.attempts.push(attempt);
    }
    result
}

/// Why nobody answered, for the operator.
#[derive(Default)]
struct Failures {
    steps: Vec<String>,
    nonsense: bool,
}

impl Failures {
    fn add(&mut self, provider: &str, failure: &Failure, call: &Call<'_>) {
        let reason = match failure {
            Failure::Call(error) if error.kind == ErrorKind::NoMatch => return,
            Failure::Call(error) => error.to_string(),
            Failure::Answer(reason) => reason.clone(),
        };
        self.nonsense |= matches!(failure, Failure::Answer(_));
        let context = call.context;
        tracing::warn!(tx = %context.tx, validator = %context.validator, provider, reason, "no usable answer");
        self.steps.push(format!("{provider}: {reason}"));
    }

    fn into_error(self) -> AskError {
        let code = if self.nonsense { NOT_JSON } else { NO_PROVIDER };
        let message = if self.steps.is_empty() {
            "no provider is configured for this prompt".to_owned()
        } else {
            self.steps.join("; ")
        };
        unavailable(code, message)
    }
}

fn unavailable(code: &str, message: String) -> AskError {
    AskError::Unavailable {
        code: code.to_owned(),
        message,
    }
}
