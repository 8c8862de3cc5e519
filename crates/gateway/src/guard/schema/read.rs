//! Reads an answer against its schema, one field after the other.

use super::{Field, Mismatch, Path, Shape};
use crate::guard::json::{Entries, strict};
use crate::guard::visible::clean;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use venire_types::{BigInt, calldata::Value};

/// Most digits of a decimal.
const MAX_DIGITS: usize = 40;

/// The object that is the whole answer.
pub(super) fn answer(fields: &[Field], answer: &str) -> Result<Value, Mismatch> {
    let at = Path::root();
    let raw =
        strict(bare(answer)).ok_or_else(|| mismatch(&at, "one JSON object and nothing else"))?;
    record(fields, raw, &at)
}

/// The answer without one pair of code fences around the whole.
fn bare(answer: &str) -> &str {
    let answer = answer.trim();
    let inner = answer
        .strip_prefix("```json")
        .or_else(|| answer.strip_prefix("```"))
        .and_then(|rest| rest.strip_suffix("```"));
    inner.map_or(answer, str::trim)
}

fn mismatch(at: &Path<'_>, expected: impl AsRef<str>) -> Mismatch {
    Mismatch {
        at: at.to_string(),
        what: format!("expected {}", expected.as_ref()),
    }
}

fn record(fields: &[Field], raw: &RawValue, at: &Path<'_>) -> Result<Value, Mismatch> {
    let entries: Entries<'_> =
        serde_json::from_str(raw.get()).map_err(|_| mismatch(at, "an object"))?;
    let mut given = BTreeMap::new();
    for (name, raw) in entries.0 {
        if !fields.iter().any(|field| field.name == name) {
            return Err(mismatch(at, format!("no field {name:?}")));
        }
        if given.insert(name.clone(), raw).is_some() {
            return Err(mismatch(at, format!("field {name:?} once")));
        }
    }
    let mut map = BTreeMap::new();
    for field in fields {
        let at = at.field(&field.name);
        match given.get(&field.name) {
            None if field.required => return Err(mismatch(&at, field.shape.words())),
            None => {}
            Some(raw) if !field.required && raw.get() == "null" => {}
            Some(raw) => {
                map.insert(field.name.clone(), value(&field.shape, raw, &at)?);
            }
        }
    }
    Ok(Value::Map(map))
}

fn value(shape: &Shape, raw: &RawValue, at: &Path<'_>) -> Result<Value, Mismatch> {
    let text = raw.get();
    let wrong = || mismatch(at, shape.words());
    match shape {
        Shape::Flag => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(wrong()),
        },
        Shape::Int { min, max } => {
            let number: i128 = text.parse().map_err(|_| wrong())?;
            if !(min..=max).contains(&&number) {
                return Err(wrong());
            }
            Ok(Value::Int(BigInt::from(number)))
        }
        Shape::Decimal => decimal(text).map(Value::Str).ok_or_else(wrong),
        Shape::Text { max } => {
            let clean = clean(&string(raw).ok_or_else(wrong)?);
            if clean.chars().count() > *max as usize {
                return Err(wrong());
            }
            Ok(Value::Str(clean))
        }
        Shape::Date => {
            let day = string(raw).ok_or_else(wrong)?;
            if is_day(&day) {
                Ok(Value::Str(day))
            } else {
                Err(wrong())
            }
        }
        Shape::Choice(choices) => {
            let choice = string(raw).ok_or_else(wrong)?;
            if choices.contains(&choice) {
                Ok(Value::Str(choice))
            } else {
                Err(wrong())
            }
        }
        Shape::List { items, max } => {
            let raws: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| wrong())?;
            if raws.len() > *max as usize {
                return Err(wrong());
            }
            let at = at.items();
            let values = raws.into_iter().map(|raw| value(items, raw, &at));
            Ok(Value::Array(values.collect::<Result<_, _>>()?))
        }
        Shape::Record(fields) => record(fields, raw, at),
        Shape::Maybe(_) if text == "null" => Ok(Value::Null),
        Shape::Maybe(shape) => value(shape, raw, at),
    }
}

fn string(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// `-0012.500` cannot come (JSON forbids leading zeros); `12.500` becomes `12.5`, `-0.0` becomes `0`.
fn decimal(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !plain || digits.len() > MAX_DIGITS {
        return None;
    }
    let short = match text.split_once('.') {
        None => text,
        Some(_) => text.trim_end_matches('0').trim_end_matches('.'),
    };
    Some(if short == "-0" { "0" } else { short }.to_owned())
}

/// A day of the calendar.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return false;
    }
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        let digits = text.get(range)?;
        if digits.bytes().all(|b| b.is_ascii_digit()) {
            digits.parse().ok()
        } else {
            None
        }
    };
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}
