//! Asks a profile's providers in order until one gives a usable answer.
//!
//! # Invariants
//! - Each provider is asked once. One whose answer cannot be decoded is asked once more, with the
//!   reason; after that the next one has its turn. There is no other retry and no waiting.
//! - When nobody answers usably the validator abstains: a broken model is not the contract's fault,
//!   and a guess would be a false vote.

use crate::guard::json::NotJson;
use crate::profile::Profile;
use crate::providers::scripted::Scripted;
use crate::providers::{Call, CallError, ErrorKind, Provider};
use std::sync::Arc;
use venire_types::ask::AskError;

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
pub(crate) async fn first_usable<T>(
    profile: &Profile,
    call: Call<'_>,
    decode: impl Fn(&str) -> Result<T, NotJson>,
) -> Result<T, AskError> {
    let mocks = profile.mocks.iter().map(|script| -> Arc<dyn Provider> {
        Arc::new(Scripted::new(Arc::clone(script), "mocks".to_owned()))
    });
    let mut trace = Trace::default();
    for provider in mocks.chain(profile.providers.iter().cloned()) {
        match ask_one(provider.as_ref(), call, &decode).await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Call(error)) if error.kind == ErrorKind::StrictNoMatch => {
                return Err(unscripted("this prompt"));
            }
            Err(failure) => trace.add(provider.name(), &failure, &call),
        }
    }
    Err(trace.into_error())
}

/// Why one provider gave nothing usable.
enum Failure {
    Call(CallError),
    Answer(NotJson),
}

async fn ask_one<T>(
    provider: &dyn Provider,
    call: Call<'_>,
    decode: &impl Fn(&str) -> Result<T, NotJson>,
) -> Result<T, Failure> {
    let reply = provider.call(call).await.map_err(Failure::Call)?;
    let reason = match decode(&reply.text) {
        Ok(answer) => return Ok(answer),
        Err(reason) => reason,
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
    let reply = provider.call(again).await.map_err(Failure::Call)?;
    decode(&reply.text).map_err(Failure::Answer)
}

/// What happened on the way, for the operator.
#[derive(Default)]
struct Trace {
    steps: Vec<String>,
    nonsense: bool,
}

impl Trace {
    fn add(&mut self, provider: &str, failure: &Failure, call: &Call<'_>) {
        let reason = match failure {
            Failure::Call(error) if error.kind == ErrorKind::NoMatch => return,
            Failure::Call(error) => error.to_string(),
            Failure::Answer(error) => error.to_string(),
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
