//! What a juror writes into a record whose schema is known.

use super::Mind;
use super::speech::{between, telling_sentence};
use crate::guard::canary;
use crate::guard::extract::{folded, states};
use crate::guard::schema::{Field, Schema, Shape};
use serde_json::{Map, Value as Json, json};
use venire_types::{BigInt, calldata::Value};

/// Longest sentence that is quoted, characters.
const MAX_QUOTE: usize = 280;

/// A record by opinion.
pub(super) fn filled(mind: &Mind<'_>, schema: &Schema) -> String {
    Json::Object(record(mind, schema.fields())).to_string()
}

fn record(mind: &Mind<'_>, fields: &[Field]) -> Map<String, Json> {
    let entry = |field: &Field| {
        let known = canary::expected(field);
        let value = known.unwrap_or_else(|| opinion(mind, &field.name, &field.shape));
        (field.name.clone(), value)
    };
    fields.iter().map(entry).collect()
}

fn opinion(mind: &Mind<'_>, matter: &str, shape: &Shape) -> Json {
    match shape {
        Shape::Flag => json!(mind.yes(matter)),
        Shape::Int { min, max } => {
            let small = |bound: &i128, otherwise| i64::try_from(*bound).unwrap_or(otherwise);
            json!(between(
                mind,
                matter,
                small(min, i64::MIN),
                small(max, i64::MAX)
            ))
        }
        Shape::Decimal => json!(f64::from(mind.evidence(matter) / 10) / 100.0),
        Shape::Text { max } => {
            let sentence = telling_sentence(mind.prompt, matter);
            json!(sentence.chars().take(*max as usize).collect::<String>())
        }
        Shape::Date => json!("2026-01-01"),
        Shape::Choice(choices) => json!(mind.choose(matter, choices)),
        Shape::List { .. } => json!([]),
        Shape::Record(fields) => Json::Object(record(mind, fields)),
        Shape::Maybe(shape) => opinion(mind, matter, shape),
    }
}

/// Statements about each field of a record: the first sentence of the sources that holds such a value.
pub(super) fn reported(
    mind: &Mind<'_>,
    record: &Schema,
    asked: &Schema,
    sources: &[(String, String)],
) -> String {
    let statements = |field: &Field| {
        let found = sources
            .iter()
            .flat_map(|(_, text)| text.split_inclusive(['.', '!', '?', '\n', ';']))
            .find_map(|sentence| statement(mind, field, sentence));
        let list = found.map_or(json!([]), |statement| json!([statement]));
        (field.name.clone(), list)
    };
    let mut statements: Map<String, Json> = record.fields().iter().map(statements).collect();
    let rest = asked
        .fields()
        .iter()
        .filter_map(|field| canary::expected(field).map(|value| (field.name.clone(), value)));
    statements.extend(rest);
    Json::Object(statements).to_string()
}

fn statement(mind: &Mind<'_>, field: &Field, sentence: &str) -> Option<Json> {
    let quote: String = sentence.trim().chars().take(MAX_QUOTE).collect();
    let shape = match &field.shape {
        Shape::Maybe(shape) => shape.as_ref(),
        shape => shape,
    };
    let value = match shape {
        Shape::Int { min, max } => {
            let words = quote.split(|c: char| !c.is_ascii_digit() && c != '-');
            let number = words
                .filter_map(|word| word.parse::<i128>().ok())
                .find(|number| {
                    let stated = Value::Int(BigInt::from(*number));
                    (min..=max).contains(&number) && states(shape, &stated, &folded(&quote))
                })?;
            json!(i64::try_from(number).ok()?)
        }
        Shape::Decimal => {
            let words = quote.split(|c: char| !c.is_ascii_digit() && c != '.');
            json!(words.filter_map(|word| word.parse::<f64>().ok()).next()?)
        }
        Shape::Date => {
            let words = quote.split(|c: char| !c.is_ascii_digit() && c != '-');
            json!(words.into_iter().find(|word| word.len() == 10)?)
        }
        Shape::Text { max } if quote.chars().any(char::is_alphanumeric) => {
            json!(quote.chars().take(*max as usize).collect::<String>().trim())
        }
        Shape::Choice(choices) => {
            let lower = folded(&quote);
            json!(
                choices
                    .iter()
                    .find(|choice| lower.contains(&folded(choice)))?
            )
        }
        Shape::Flag if quote.chars().any(char::is_alphanumeric) => json!(mind.yes(&field.name)),
        Shape::Flag | Shape::Text { .. } => return None,
        Shape::List { .. } | Shape::Record(_) | Shape::Maybe(_) => return None,
    };
    Some(json!({"quote": quote, "value": value}))
}
