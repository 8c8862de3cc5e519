//! Questions that models answer: dressed, asked, decoded, and where a profile says so asked twice.
//!
//! # Not here
//! - Each of the mechanisms ([`crate::guard`]); which provider answers ([`crate::router`]).

use crate::context::Context;
use crate::gateway::Who;
use crate::guard::canary;
use crate::guard::detect;
use crate::guard::extract::{Extraction, Found};
use crate::guard::inversion;
use crate::guard::judge;
use crate::guard::masked;
use crate::guard::prompt::Prompt;
use crate::guard::schema::{Schema, SchemaError};
use crate::guard::transform::Look;
use crate::guard::visible::clean;
use crate::guard::{json, template};
use crate::providers::{Call, Task, Want};
use crate::router::first_usable;
use crate::trail::Trail;
use crate::web::contract_error;
use std::convert::Infallible;
use venire_types::ask::{Answer, AskError, Format, Part, Template};
use venire_types::calldata::Value;

/// Cap on answers to a contract's prompt, in tokens.
const PROMPT_TOKENS: u32 = 8_000;
/// Cap on answers to a template, in tokens.
const TEMPLATE_TOKENS: u32 = 1_000;

/// One prompt in one dress, ready to be asked.
#[derive(Clone, Copy)]
struct Asking<'a> {
    who: Who<'a>,
    context: &'a Context,
    look: &'a Look,
    prompt: &'a Prompt,
    task: Task<'a>,
    want: Want<'a>,
    images: &'a [Vec<u8>],
    max_tokens: u32,
}

impl Asking<'_> {
    async fn answer<T, E: std::fmt::Display>(
        &self,
        trail: &mut Trail,
        decode: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, AskError> {
        let rendered = self.prompt.render(self.context, self.look);
        let call = Call {
            context: self.context,
            task: self.task,
            want: self.want,
            system: rendered.system.as_deref(),
            user: &rendered.user,
            images: self.images,
            temperature: if self.look.cool {
                0.0
            } else {
                self.who.profile.temperature
            },
            max_tokens: self.max_tokens,
            seed: self.context.sampling_seed(),
        };
        first_usable(self.who.profile, call, trail, decode).await
    }
}

/// An answer to a contract's own prompt.
pub(crate) async fn prompt_answer(
    who: Who<'_>,
    parts: &[Part],
    format: &Format,
    images: &[Vec<u8>],
    trail: &mut Trail,
) -> Result<Answer, AskError> {
    check_images(images)?;
    let prompt = Prompt::of_contract(parts);
    let plain = prompt.plain();
    if plain.trim().is_empty() {
        return Err(contract_error(&["EMPTY_PROMPT"], []));
    }
    let at_risk = detect::note(prompt.material(), trail);
    let look = Look::draw(&who.profile.transforms, who.context);
    let asking = Asking {
        who,
        context: who.context,
        look: &look,
        prompt: &prompt,
        task: Task::Prompt(&plain),
        want: Want::Text,
        images,
        max_tokens: PROMPT_TOKENS,
    };
    let json = Asking {
        want: Want::Json,
        ..asking
    };
    match format {
        Format::Text => asking.answer(trail, text).await.map(Answer::Text),
        Format::JsonText => json
            .answer(trail, json::object_text)
            .await
            .map(Answer::Text),
        Format::Json => json.answer(trail, json::object).await.map(Answer::Json),
        Format::Schema(schema) => {
            let schema = Schema::parse(schema).map_err(|error| invalid_schema(&error))?;
            typed(asking, &schema, at_risk, trail)
                .await
                .map(Answer::Json)
        }
    }
}

/// An answer by a schema, with the checks that the profile asks for.
async fn typed(
    asking: Asking<'_>,
    schema: &Schema,
    at_risk: bool,
    trail: &mut Trail,
) -> Result<Value, AskError> {
    let transforms = &asking.who.profile.transforms;
    let has_material = asking.prompt.material().next().is_some();
    let echoed = canary::with_echo(schema, asking.context);
    let has_echo = transforms.echo && has_material;
    let asked = if has_echo { &echoed } else { schema };
    let decode = |text: &str| {
        let answer = asked.read(text).map_err(|error| error.to_string())?;
        if has_echo {
            return canary::without_echo(answer).ok_or_else(|| canary::TRAPPED.to_owned());
        }
        Ok(answer)
    };
    let asking = Asking {
        want: Want::Schema(asked),
        ..asking
    };
    let answer = asking.answer(trail, decode).await?;
    if !has_material || answered_by_rule(trail) {
        return Ok(answer);
    }
    if transforms.masking.applies(at_risk) {
        look_for_steering(&asking, schema, trail).await;
    }
    if transforms.inversion.applies(at_risk)
        && let Some(field) = inversion::question(schema)
    {
        let inverted = inversion::inverted(asking.prompt.clone(), field);
        let context = asking.context.again(b"venire/inverted/1");
        let look = Look::draw(transforms, &context);
        let again = Asking {
            context: &context,
            look: &look,
            prompt: &inverted,
            want: Want::Schema(schema),
            ..asking
        };
        let second = again.answer(trail, |text| schema.read(text)).await?;
        let flags = (
            inversion::flag(&answer, field),
            inversion::flag(&second, field),
        );
        contradiction(flags.0 == flags.1, trail)?;
    }
    Ok(answer)
}

/// Asks without the question and notes who answers all the same.
async fn look_for_steering(asking: &Asking<'_>, schema: &Schema, trail: &mut Trail) {
    let schema = masked::nullable(schema);
    let prompt = masked::masked(asking.prompt);
    let context = asking.context.again(b"venire/masked/1");
    let look = Look::draw(&asking.who.profile.transforms, &context);
    let plain = prompt.plain();
    let blind = Asking {
        context: &context,
        look: &look,
        prompt: &prompt,
        task: Task::Prompt(&plain),
        want: Want::Schema(&schema),
        ..*asking
    };
    if let Ok(answer) = blind.answer(trail, |text| schema.read(text)).await {
        let filled = masked::filled(&answer);
        if !filled.is_empty() {
            trail.note("steered", filled.join(", "));
        }
    }
}

/// Whether the last answer came from something that is no model.
fn answered_by_rule(trail: &Trail) -> bool {
    let name = trail
        .attempts
        .last()
        .map_or("", |attempt| attempt.provider.as_str());
    let kind = name.split(':').next().unwrap_or_default();
    matches!(kind, "jury" | "scripted" | "mocks")
}

/// Two answers that should be opposites and are not are no answer.
fn contradiction(same: bool, trail: &mut Trail) -> Result<(), AskError> {
    if !same {
        return Ok(());
    }
    trail.note("inversion", "the opposite question got the same answer");
    Err(AskError::Unavailable {
        code: "ANSWERS_CONTRADICT".to_owned(),
        message: "the model gave the same answer to a question and to its opposite".to_owned(),
    })
}

/// An answer to a prompt of the equivalence principle.
pub(crate) async fn template_answer(
    who: Who<'_>,
    template: &Template,
    trail: &mut Trail,
) -> Result<Answer, AskError> {
    if !judge::is_judgeable(template, trail) {
        return Ok(Answer::Bool(false));
    }
    let look = Look::draw(&who.profile.transforms, who.context);
    let prompt = template::prompt(template, &look);
    let at_risk = detect::note(prompt.material(), trail);
    let asking = Asking {
        who,
        context: who.context,
        look: &look,
        prompt: &prompt,
        task: Task::Template(template),
        want: Want::Verdict,
        images: &[],
        max_tokens: TEMPLATE_TOKENS,
    };
    if let Template::NonComparativeLeader { .. } = template {
        let asking = Asking {
            want: Want::Text,
            ..asking
        };
        return asking.answer(trail, text).await.map(Answer::Text);
    }
    let verdict = |text: &str| Ok::<_, Infallible>(json::verdict(text));
    let first = asking.answer(trail, verdict).await?;
    let twice = who.profile.transforms.inversion.applies(at_risk);
    if !twice || !first || answered_by_rule(trail) {
        return Ok(Answer::Bool(first));
    }
    // Only a yes is worth a second look: a no is what doubt gives. The order is turned round as well.
    let context = who.context.again(b"venire/inverted/1");
    let look = Look {
        swapped: !look.swapped,
        ..Look::draw(&who.profile.transforms, &context)
    };
    let inverted = inversion::inverted(template::prompt(template, &look), "result");
    let again = Asking {
        context: &context,
        look: &look,
        prompt: &inverted,
        ..asking
    };
    let second = again.answer(trail, verdict).await?;
    contradiction(first == second, trail)?;
    Ok(Answer::Bool(first))
}

/// Facts out of material.
pub(crate) async fn extract_answer(
    who: Who<'_>,
    task: &str,
    schema: &str,
    sources: &[(String, String)],
    trail: &mut Trail,
) -> Result<Answer, AskError> {
    let cleaned = |(label, text): &(String, String)| (label.clone(), clean(text));
    let sources: Vec<(String, String)> = sources.iter().map(cleaned).collect();
    let task = clean(task);
    let transforms = &who.profile.transforms;
    let look = Look::draw(transforms, who.context);
    let echo = transforms.echo.then_some(who.context);
    let extraction = Extraction::new(&task, schema, &sources, &look, echo)
        .map_err(|error| invalid_schema(&error))?;
    detect::note(extraction.prompt.material(), trail);
    let asking = Asking {
        who,
        context: who.context,
        look: &look,
        prompt: &extraction.prompt,
        task: Task::Extract {
            task: &task,
            record: &extraction.record,
            sources: &sources,
        },
        want: Want::Schema(&extraction.asked),
        images: &[],
        max_tokens: PROMPT_TOKENS,
    };
    let reported = asking.answer(trail, |text| extraction.read(text)).await?;
    let mark = extraction.prompt.mark(&look);
    match extraction.check(&reported, mark, trail) {
        Found::Record(record) => Ok(Answer::Json(record)),
        Found::Missing(field) => Err(contract_error(
            &["EXTRACT_MISSING"],
            [("field", field.into())],
        )),
        Found::Conflict(field, values) => Err(contract_error(
            &["EXTRACT_CONFLICT"],
            [
                ("field", field.into()),
                ("values", Value::Array(values).into()),
            ],
        )),
    }
}

fn invalid_schema(error: &SchemaError) -> AskError {
    contract_error(&["INVALID_SCHEMA"], [("reason", error.to_string().into())])
}

fn text(answer: &str) -> Result<String, Infallible> {
    Ok(answer.to_owned())
}

/// How many there are, and how large they are, is within the limits of the chain already.
fn check_images(images: &[Vec<u8>]) -> Result<(), AskError> {
    if images.iter().all(|image| is_image(image)) {
        return Ok(());
    }
    Err(contract_error(&["INVALID_IMAGE"], []))
}

fn is_image(bytes: &[u8]) -> bool {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    webp || bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff")
}
