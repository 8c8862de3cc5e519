//! Questions to the outside world: prompts and pages, inside non-deterministic blocks only.

use super::{Caller, Failure, gl_call::Reply, request::Fields};
use crate::{
    meter,
    session::{Mode, Run},
    stop::{Stop, errno},
};
use venire_types::{
    ask::{Answer, AskError, Format, Part, Question, Render, Template},
    calldata::{self, Value},
};

const INVAL: Failure = Failure::Errno(errno::INVAL);
/// Longest wait after a page has loaded, milliseconds.
const MAX_WAIT_MS: u32 = 60_000;

/// `ExecPrompt`. Beside the published fields, `parts` instead of `prompt` (words are text, data are maps
/// of `label` and `text`) and `schema` instead of `response_format`.
pub(super) fn prompt(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let parts = match fields.optional("parts") {
        Some(Value::Array(parts)) => parts.into_iter().map(part).collect::<Result<_, _>>()?,
        Some(_) => return Err(INVAL),
        None => vec![Part::Words(fields.text("prompt")?)],
    };
    let format = match (
        fields.optional("schema"),
        fields.optional("response_format"),
    ) {
        (Some(Value::Str(schema)), None) => Format::Schema(schema),
        (Some(_), _) => return Err(INVAL),
        (None, None) => Format::Text,
        (None, Some(format)) => match format.as_str() {
            Some("text") => Format::Text,
            Some("json") => Format::Json,
            Some("json_text") => Format::JsonText,
            _ => return Err(INVAL),
        },
    };
    let limits = store.data_mut().run()?.session.limits;
    let images: Vec<Vec<u8>> = match fields.optional("images") {
        None => Vec::new(),
        Some(Value::Array(images)) => images.into_iter().map(bytes).collect::<Result<_, _>>()?,
        Some(_) => return Err(INVAL),
    };
    fields.done()?;
    if images.len() > limits.images as usize {
        let ctx = [
            ("images", Value::from(images.len() as u64)),
            ("limit", Value::from(limits.images)),
        ];
        return too_large(store, "TOO_MANY_IMAGES", ctx);
    }
    let large = |image: &&Vec<u8>| image.len() > limits.image_bytes as usize;
    if let Some((image, number)) = images.iter().zip(0_u64..).find(|(image, _)| large(image)) {
        let size = Value::from(image.len() as u64);
        let ctx = [
            ("image", Value::from(number)),
            ("bytes", size),
            ("limit_bytes", Value::from(limits.image_bytes)),
        ];
        return too_large(store, "IMAGE_TOO_LARGE", ctx);
    }
    let schema_bytes = match &format {
        Format::Schema(schema) => schema.len(),
        Format::Text | Format::Json | Format::JsonText => 0,
    };
    let bytes = parts
        .iter()
        .map(part_bytes)
        .fold(schema_bytes, usize::saturating_add);
    if bytes > limits.prompt_bytes as usize {
        return prompt_too_large(store);
    }
    let question = Question::Prompt {
        parts,
        format,
        images,
    };
    ask(store, question)
}

fn part(value: Value) -> Result<Part, Failure> {
    if let Value::Str(words) = value {
        return Ok(Part::Words(words));
    }
    let (label, text) = labelled(value)?;
    Ok(Part::Data { label, text })
}

fn part_bytes(part: &Part) -> usize {
    match part {
        Part::Words(words) => words.len(),
        Part::Data { label, text } => label.len().saturating_add(text.len()),
    }
}

/// A map of `label` and `text`.
fn labelled(value: Value) -> Result<(String, String), Failure> {
    let mut fields = Fields::of(value)?;
    let pair = (fields.text("label")?, fields.text("text")?);
    fields.done()?;
    Ok(pair)
}

/// `Extract`: facts out of material, by a schema.
pub(super) fn extract(mut store: Caller<'_>, mut fields: Fields) -> Reply {
    let task = fields.text("task")?;
    let schema = fields.text("schema")?;
    let Some(Value::Array(sources)) = fields.optional("sources") else {
        return Err(INVAL);
    };
    let sources = sources
        .into_iter()
        .map(labelled)
        .collect::<Result<Vec<_>, _>>()?;
    fields.done()?;
    let limits = store.data_mut().run()?.session.limits;
    let bytes = sources
        .iter()
        .map(|(label, text)| label.len().saturating_add(text.len()))
        .fold(
            task.len().saturating_add(schema.len()),
            usize::saturating_add,
        );
    if bytes > limits.prompt_bytes as usize {
        return prompt_too_large(store);
    }
    let question = Question::Extract {
        task,
        schema,
        sources,
    };
    ask(store, question)
}

fn prompt_too_large(mut store: Caller<'_>) -> Reply {
    let limit = store.data_mut().run()?.session.limits.prompt_bytes;
    too_large(
        store,
        "PROMPT_TOO_LARGE",
        [("limit_bytes", Value::from(limit))],
    )
}

/// An answer that the contract can catch: the question is larger than it may be.
fn too_large<const N: usize>(mut store: Caller<'_>, cause: &str, ctx: [(&str, Value); N]) -> Reply {
    meter::charge(&mut store, meter::EMISSION)?;
    if store.data_mut().run()?.frame.mode != Mode::Nondet {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    let causes = Value::array([Value::str(cause)]);
    let error = Value::map([("causes", causes), ("ctx", Value::map(ctx))]);
    Ok(Some(calldata::encode(&Value::map([("error", error)]))))
}

/// `ExecPromptTemplate`: the template's name is in the map, beside its fields.
pub(super) fn template(store: Caller<'_>, body: Value) -> Reply {
    let mut fields = Fields::of(body)?;
    let name = fields.text("template")?;
    let template = match name.as_str() {
        "EqComparative" => Template::Comparative {
            leader: fields.text("leader_answer")?,
            mine: fields.text("validator_answer")?,
            principle: fields.text("principle")?,
        },
        "EqNonComparativeLeader" => Template::NonComparativeLeader {
            task: fields.text("task")?,
            criteria: fields.text("criteria")?,
            input: fields.text("input")?,
        },
        "EqNonComparativeValidator" => Template::NonComparativeValidator {
            task: fields.text("task")?,
            criteria: fields.text("criteria")?,
            input: fields.text("input")?,
            output: fields.text("output")?,
        },
        _ => return Err(INVAL),
    };
    fields.done()?;
    ask(store, Question::Template(template))
}

/// `WebRender`.
pub(super) fn render(store: Caller<'_>, mut fields: Fields) -> Reply {
    let url = fields.text("url")?;
    let mode = match fields.text("mode")?.as_str() {
        "text" => Render::Text,
        "html" => Render::Html,
        "screenshot" => Render::Screenshot,
        _ => return Err(INVAL),
    };
    let wait_ms = match fields.optional("wait_after_loaded") {
        None => 0,
        Some(wait) => milliseconds(wait.as_str().ok_or(INVAL)?).ok_or(INVAL)?,
    };
    fields.done()?;
    ask(store, Question::Render { url, mode, wait_ms })
}

/// `WebRequest`.
pub(super) fn request(store: Caller<'_>, mut fields: Fields) -> Reply {
    let method = fields.text("method")?.to_ascii_uppercase();
    let url = fields.text("url")?;
    let headers = match fields.optional("headers") {
        None => Vec::new(),
        Some(Value::Map(map)) => map
            .into_iter()
            .map(|(name, value)| Ok((name.to_ascii_lowercase(), bytes(value)?)))
            .collect::<Result<_, Failure>>()?,
        Some(_) => return Err(INVAL),
    };
    let body = fields.optional("body").map(bytes).transpose()?;
    fields.ignore(&["sign"]).done()?;
    ask(
        store,
        Question::Request {
            method,
            url,
            headers,
            body,
        },
    )
}

/// Bytes, or text as UTF-8.
fn bytes(value: Value) -> Result<Vec<u8>, Failure> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        Value::Str(text) => Ok(text.into_bytes()),
        _ => Err(INVAL),
    }
}

/// `250ms` or `3s`, at most a minute.
fn milliseconds(text: &str) -> Option<u32> {
    let wait = if let Some(number) = text.strip_suffix("ms") {
        number.parse::<u32>().ok()?
    } else {
        text.strip_suffix('s')?
            .parse::<u32>()
            .ok()?
            .saturating_mul(1000)
    };
    Some(wait.min(MAX_WAIT_MS))
}

fn ask(mut store: Caller<'_>, question: Question) -> Reply {
    meter::charge(&mut store, meter::EMISSION)?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    if frame.mode != Mode::Nondet {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    let page = matches!(question, Question::Render { .. });
    let index = session.asking.next;
    session.asking.next = index.saturating_add(1);
    let reply = match session.host.ask(session.asking.block, index, question) {
        Ok(answer) => Value::map([("ok", from_answer(answer, page))]),
        Err(AskError::Contract { causes, ctx }) => {
            let causes = Value::array(causes.into_iter().map(Value::from));
            Value::map([("error", Value::map([("causes", causes), ("ctx", ctx)]))])
        }
        Err(AskError::Unavailable { code, message }) => {
            return Err(Stop::Unavailable(format!("{code}: {message}")).into());
        }
    };
    let reply = calldata::encode(&reply);
    meter::charge(&mut store, meter::bytes(reply.len()))?;
    Ok(Some(reply))
}

/// Text of a page is wrapped, text of a model is not.
fn from_answer(answer: Answer, page: bool) -> Value {
    match answer {
        Answer::Text(text) if page => Value::map([("text", Value::Str(text))]),
        Answer::Text(text) => Value::Str(text),
        Answer::Json(value) => value,
        Answer::Bool(flag) => Value::Bool(flag),
        Answer::Image(bytes) => Value::map([("image", Value::Bytes(bytes))]),
        Answer::Response {
            status,
            headers,
            body,
        } => {
            let headers = headers
                .into_iter()
                .map(|(name, value)| (name, Value::Bytes(value)));
            let response = Value::map([
                ("status", Value::from(u32::from(status))),
                ("headers", Value::map(headers)),
                ("body", Value::Bytes(body)),
            ]);
            Value::map([("response", response)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn waits_are_milliseconds_or_seconds() {
        assert_eq!(milliseconds("250ms"), Some(250));
        assert_eq!(milliseconds("3s"), Some(3000));
        assert_eq!(milliseconds("3600s"), Some(60_000));
        for bad in ["", "ms", "5", "-1s", "1.5s", "5m"] {
            assert_eq!(milliseconds(bad), None, "{bad}");
        }
    }
}
