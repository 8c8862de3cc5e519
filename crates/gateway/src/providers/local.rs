//! A model in this process as a provider: one loaded model for all validators of the gateway.
//!
//! # Invariants
//! - A model is loaded once for each file, at the first call or when the node asks for it, after its hash was checked.
//! - A call ends within its time limit; an answer that is not needed any more is not computed to its end.
//! - Where an answer is one choice of several, nothing is decoded: the beginning of the answer is put into the model's
//!   mouth and the ways to go on are weighed.
//!
//! # Not here
//! - How a model computes ([`crate::local`]).

use super::{Call, CallError, ErrorKind, Pending, Provider, Reply, Usage, Want};
use crate::guard::schema::{Schema, Shape};
use crate::local::models::{self, ModelError};
use crate::local::{Engine, LocalError, Message, Options, Output, Progress, Request, Role, Said};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Limit of one call; a model in process may be slow, and others may be before it in the queue.
const TIME: Duration = Duration::from_secs(300);
/// Most tokens of an answer: more would take minutes.
const ANSWER: u32 = 700;
/// Most tokens of a verdict with its reason.
const VERDICT: u32 = 250;
/// Most characters of a verdict's reason.
const REASON: u32 = 200;

/// Models that are loaded, by their files.
pub(crate) struct LocalModels {
    home: Option<PathBuf>,
    engines: Mutex<BTreeMap<PathBuf, Arc<OnceCell<Engine>>>>,
}

impl fmt::Debug for LocalModels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalModels")
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

impl LocalModels {
    /// Models are looked for in `home`.
    pub(crate) fn new(home: Option<PathBuf>) -> Self {
        Self {
            home,
            engines: Mutex::default(),
        }
    }

    /// The provider for a model by name or file, which must be there.
    pub(crate) fn provider(self: &Arc<Self>, model: &str) -> Result<Local, ModelError> {
        self.path(model)?;
        Ok(Local {
            name: format!("local:{model}"),
            model: model.to_owned(),
            models: Arc::clone(self),
        })
    }

    fn path(&self, model: &str) -> Result<PathBuf, ModelError> {
        if models::is_file(model) {
            let path = PathBuf::from(model);
            return match path.metadata() {
                Ok(_) => Ok(path),
                Err(source) => Err(ModelError::File { path, source }),
            };
        }
        let home = self.home.as_deref().ok_or(ModelError::NoHome)?;
        models::by_name(model)?.find(home)
    }

    /// The loaded model; loads it if nobody has.
    pub(crate) async fn engine(
        &self,
        model: &str,
        progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Engine, CallError> {
        let path = self.path(model).map_err(|error| missing(&error))?;
        let cell = {
            let mut engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(engines.entry(path.clone()).or_default())
        };
        let known = if models::is_file(model) {
            None
        } else {
            let home = self.home.clone().unwrap_or_default();
            Some((models::by_name(model).map_err(|e| missing(&e))?, home))
        };
        let load = || async move {
            let loaded = tokio::task::spawn_blocking(move || load(&path, known, progress));
            loaded
                .await
                .unwrap_or_else(|_| Err(CallError::new(ErrorKind::ServerError, "loading stopped")))
        };
        cell.get_or_try_init(load).await.cloned()
    }
}

fn load(
    path: &Path,
    known: Option<(&models::Known, PathBuf)>,
    mut progress: impl FnMut(Progress),
) -> Result<Engine, CallError> {
    if let Some((known, home)) = known {
        known
            .verify(&home, &mut |_, _| {})
            .map_err(|error| missing(&error))?;
    }
    tracing::info!(file = %path.display(), "loading a model");
    let engine = Engine::load(path, &Options::default(), &mut progress).map_err(|e| failed(&e))?;
    let about = engine.about();
    tracing::info!(
        file = %path.display(),
        architecture = about.architecture,
        context = about.context,
        threads = about.threads,
        "the model is loaded"
    );
    Ok(engine)
}

fn missing(error: &ModelError) -> CallError {
    CallError::new(ErrorKind::ModelUnavailable, error.to_string())
}

fn failed(error: &LocalError) -> CallError {
    let kind = match error {
        LocalError::File { .. } | LocalError::Format(_) | LocalError::Unsupported(_) => {
            ErrorKind::ModelUnavailable
        }
        LocalError::TooLong { .. } | LocalError::Request(_) => ErrorKind::BadRequest,
        LocalError::Busy(_) => ErrorKind::Overloaded,
        LocalError::Budget { .. } | LocalError::Grammar(_) => ErrorKind::Malformed,
        LocalError::NotANumber | LocalError::Inference(_) | LocalError::Stopped => {
            ErrorKind::ServerError
        }
    };
    CallError::new(kind, error.to_string())
}

/// One model for one validator; all share what is loaded.
#[derive(Debug)]
pub(crate) struct Local {
    name: String,
    model: String,
    models: Arc<LocalModels>,
}

impl Local {
    async fn answer(&self, call: Call<'_>) -> Result<Reply, CallError> {
        if !call.images.is_empty() {
            return Err(CallError::new(ErrorKind::Unsupported, "images"));
        }
        let engine = self.models.engine(&self.model, |_| {}).await?;
        let form = Form::of(&call);
        let mut messages = Vec::new();
        messages.extend(call.system.map(|rules| Message::new(Role::System, rules)));
        messages.push(Message::new(Role::User, call.user));
        let request = Request {
            messages,
            lead: form.lead.clone(),
            output: form.output,
            budget: call.max_tokens.min(form.budget) as usize,
            temperature: call.temperature as f32,
            seed: call.seed,
        };
        match engine.ask(&request).await {
            Ok(reply) => Ok(Reply {
                text: match reply.said {
                    Said::Text(text) => text,
                    Said::Verdict(verdict) => {
                        let way = form.ways.get(verdict.answer).map_or("", |way| way);
                        format!("{}{way}", form.lead)
                    }
                },
                usage: Some(Usage {
                    prompt: reply.prompt_tokens as u64,
                    completion: reply.said_tokens as u64,
                }),
            }),
            // Free text that was cut off is still text, as with every other provider.
            Err(LocalError::Budget { said, budget }) if call.want == Want::Text => Ok(Reply {
                text: said,
                usage: Some(Usage {
                    prompt: 0,
                    completion: budget as u64,
                }),
            }),
            Err(error) => Err(failed(&error)),
        }
    }
}

impl Provider for Local {
    fn name(&self) -> &str {
        &self.name
    }

    fn call<'a>(&'a self, call: Call<'a>) -> Pending<'a> {
        Box::pin(async move {
            match tokio::time::timeout(TIME, self.answer(call)).await {
                Ok(result) => result,
                Err(_) => {
                    let limit = TIME.as_secs();
                    let text = format!("no answer within {limit} s");
                    Err(CallError::new(ErrorKind::Timeout, text))
                }
            }
        })
    }
}

/// How an answer is made to have its form.
struct Form {
    /// Put into the model's mouth.
    lead: String,
    /// How it may go on, where there are only so many ways.
    ways: Vec<String>,
    output: Output,
    budget: u32,
}

impl Form {
    fn of(call: &Call<'_>) -> Self {
        let free = |output, budget| Self {
            lead: String::new(),
            ways: Vec::new(),
            output,
            budget,
        };
        match call.want {
            Want::Text => free(Output::Text, ANSWER),
            Want::Json => free(Output::Json(json!({"type": "object"})), ANSWER),
            Want::Verdict => {
                let schema = json!({
                    "type": "object",
                    "properties": {
                        "reason": {"type": "string", "maxLength": REASON},
                        "result": {"type": "boolean"},
                    },
                    "required": ["reason", "result"],
                    "additionalProperties": false,
                });
                free(Output::Json(schema), VERDICT)
            }
            Want::Schema(schema) => match one_choice(schema) {
                Some((lead, ways)) => Self {
                    lead,
                    output: Output::OneOf(ways.clone()),
                    ways,
                    budget: ANSWER,
                },
                None => free(Output::Json(schema.json()), ANSWER),
            },
        }
    }
}

/// Beginning and ends of an answer that has one field with a few possible values.
fn one_choice(schema: &Schema) -> Option<(String, Vec<String>)> {
    let [field] = schema.fields() else {
        return None;
    };
    let name = json!(field.name);
    let ways: Vec<String> = match &field.shape {
        Shape::Flag if field.required => vec!["true}".to_owned(), "false}".to_owned()],
        Shape::Choice(choices) if field.required && choices.len() > 1 => {
            let quoted = |choice: &String| json!(choice).to_string();
            // The opening quote belongs to the beginning, as the vocabularies of all families have it.
            let ways = choices
                .iter()
                .map(|choice| format!("{}}}", &quoted(choice)[1..]));
            return Some((format!("{{{name}:\""), ways.collect()));
        }
        Shape::Flag
        | Shape::Choice(_)
        | Shape::Int { .. }
        | Shape::Decimal
        | Shape::Text { .. }
        | Shape::Date
        | Shape::List { .. }
        | Shape::Record(_)
        | Shape::Maybe(_) => return None,
    };
    Some((format!("{{{name}:"), ways))
}
