//! Reads what a model was asked to write as JSON.
//!
//! # Invariants
//! - One complete top-level object or nothing; wrapping (code fences, talk around it) is ignored,
//!   truncated objects are not completed.
//! - Duplicate keys, absurd numbers and deep nesting are refused: two readers could differ.
//! - Integers become integers; every other number becomes text exactly as written, because
//!   calldata has no fractions (v0.2 contract rule).

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use venire_types::{BigInt, calldata::Value};

/// Deepest nesting accepted.
const MAX_DEPTH: u32 = 64;
/// Most digits of a number.
const MAX_DIGITS: usize = 256;
/// Most places where an object is looked for.
const MAX_STARTS: usize = 64;

/// The answer is not one usable JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotJson {
    /// No complete object in the text.
    #[error("no complete JSON object in the answer")]
    NoObject,
    /// The same key twice in one object.
    #[error("duplicate key in the answer")]
    DuplicateKey,
    /// Nested too deeply.
    #[error("answer nested more than 64 deep")]
    TooDeep,
    /// A number of more than 256 digits.
    #[error("number of more than 256 digits in the answer")]
    NumberTooLong,
}

/// The object in a model's answer, as calldata.
pub(crate) fn object(text: &str) -> Result<Value, NotJson> {
    convert(find_object(text)?, 0)
}

/// The object in a model's answer as its text, checked as [`object`] checks it.
pub(crate) fn object_text(text: &str) -> Result<String, NotJson> {
    let raw = find_object(text)?;
    convert(raw, 0)?;
    Ok(raw.get().to_owned())
}

/// The verdict in a judge's answer. Whatever is not one object of a boolean `result` and a `reason` is a
/// no: the templates demand certainty, and garbage is none. Talk around the object is ignored, a second
/// object is garbage: it may be quoted from what was judged.
pub(crate) fn verdict(text: &str) -> bool {
    let Ok(raw) = find_object(text) else {
        return false;
    };
    let (Some(braces), Ok(Value::Map(fields))) = (text.split_once(raw.get()), convert(raw, 0))
    else {
        return false;
    };
    let alone = !braces.0.contains(['{', '}']) && !braces.1.contains(['{', '}']);
    let known = fields.keys().all(|key| key == "result" || key == "reason");
    alone && known && fields.get("result") == Some(&Value::Bool(true))
}

/// The first complete object of the text. Only outermost braces count: what lies inside a broken
/// or cut-off object was not meant to stand alone.
fn find_object(text: &str) -> Result<&RawValue, NotJson> {
    let (mut depth, mut starts) = (0_usize, 0_usize);
    for (at, brace) in text.match_indices(['{', '}']) {
        if brace == "}" {
            depth = depth.saturating_sub(1);
            continue;
        }
        if depth == 0 && starts < MAX_STARTS {
            starts += 1;
            let candidate = text.get(at..).unwrap_or_default();
            let mut values = serde_json::Deserializer::from_str(candidate).into_iter::<&RawValue>();
            if let Some(Ok(raw)) = values.next() {
                return Ok(raw);
            }
        }
        depth += 1;
    }
    Err(NotJson::NoObject)
}

/// The value that is the whole text.
pub(crate) fn strict(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

fn convert(raw: &RawValue, depth: u32) -> Result<Value, NotJson> {
    if depth > MAX_DEPTH {
        return Err(NotJson::TooDeep);
    }
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => convert_object(text, depth),
        Some(b'[') => {
            let items: Vec<&RawValue> = parse(text)?;
            let items = items.into_iter().map(|item| convert(item, depth + 1));
            Ok(Value::Array(items.collect::<Result<_, _>>()?))
        }
        Some(b'"') => Ok(Value::Str(parse(text)?)),
        Some(b't' | b'f') => Ok(Value::Bool(parse(text)?)),
        Some(b'n') => Ok(Value::Null),
        _ => convert_number(text),
    }
}

fn convert_object(text: &str, depth: u32) -> Result<Value, NotJson> {
    let Entries(entries) = parse(text)?;
    let mut map = BTreeMap::new();
    for (key, raw) in entries {
        if map.insert(key, convert(raw, depth + 1)?).is_some() {
            return Err(NotJson::DuplicateKey);
        }
    }
    Ok(Value::Map(map))
}

fn convert_number(text: &str) -> Result<Value, NotJson> {
    if text.len() > MAX_DIGITS {
        return Err(NotJson::NumberTooLong);
    }
    match text.parse::<BigInt>() {
        Ok(number) => Ok(Value::Int(number)),
        Err(_) => Ok(Value::Str(text.to_owned())),
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, NotJson> {
    serde_json::from_str(text).map_err(|_| NotJson::NoObject)
}

/// Key and value pairs in order, duplicates kept.
pub(crate) struct Entries<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry::<String, &'de RawValue>()? {
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Pairs).map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::{NotJson, object, object_text, verdict};
    use venire_types::{BigInt, calldata::Value};

    fn field(text: &str, key: &str) -> Value {
        match object(text) {
            Ok(Value::Map(map)) => map.get(key).cloned().expect("key"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_text_keeps_fractions_and_is_checked() {
        assert_eq!(
            object_text("Sure: {\"a\": 0.5} ."),
            Ok("{\"a\": 0.5}".to_owned())
        );
        assert_eq!(object_text("{\"a\":1,\"a\":2}"), Err(NotJson::DuplicateKey));
    }

    #[test]
    fn numbers_follow_the_contract_rule() {
        assert_eq!(field("{\"a\": -7}", "a"), Value::Int(BigInt::from(-7)));
        let big = "123456789012345678901234567890";
        assert_eq!(
            field(&format!("{{\"a\": {big}}}"), "a"),
            Value::Int(big.parse().expect("integer"))
        );
        assert_eq!(field("{\"a\": 0.5}", "a"), Value::Str("0.5".into()));
        assert_eq!(field("{\"a\": 1e3}", "a"), Value::Str("1e3".into()));
    }

    #[test]
    fn wrapping_is_ignored() {
        for text in [
            "```json\n{\"a\": \"x\"}\n```",
            "Sure! Here it is: {\"a\": \"x\"} Anything else?",
            "a set {not json} and then {\"a\": \"x\"}",
        ] {
            assert_eq!(field(text, "a"), Value::Str("x".into()), "{text}");
        }
    }

    #[test]
    fn what_readers_could_read_differently_is_refused() {
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(100), "]".repeat(100));
        let digits = format!("{{\"a\": {}}}", "9".repeat(300));
        for (text, error) in [
            ("{\"a\": 1, \"a\": 2}", NotJson::DuplicateKey),
            ("{\"a\": 1", NotJson::NoObject),
            (
                "{\"result\": false, \"x\": {\"result\": true}",
                NotJson::NoObject,
            ),
            ("{result: false, x: {\"result\": true}}", NotJson::NoObject),
            ("[1, 2]", NotJson::NoObject),
            ("", NotJson::NoObject),
            (deep.as_str(), NotJson::TooDeep),
            (digits.as_str(), NotJson::NumberTooLong),
        ] {
            assert_eq!(object(text), Err(error), "{text}");
        }
    }

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        assert!(verdict("{\"reason\": \"same\", \"result\": true}"));
        assert!(verdict("Sure: {\"result\": true} Anything else?"));
        for text in [
            "{\"reason\": \"same\", \"result\": false}",
            "{\"result\": \"true\"}",
            "{\"result\": 1}",
            "it says {\"result\": true}, so {\"result\": false}",
            "{\"result\": true} {\"result\": true}",
            "{\"result\": true, \"sure\": true}",
            "{\"result\": false, \"result\": true}",
            "{}",
            "true",
            "yes, clearly",
        ] {
            assert!(!verdict(text), "{text}");
        }
    }
}
