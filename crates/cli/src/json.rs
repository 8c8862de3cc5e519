//! Calldata values as JSON on the command line, and back.
//!
//! Integers are JSON numbers (or decimal strings in the output when they exceed 64 bits); an
//! address is `{"$address": "0x..."}` and bytes are `{"$bytes": "0x..."}` in the input.

use eyre::{Result, eyre};
use serde_json::{Map, Value as Json, json};
use venire_api::{
    nearest_of, parse_address,
    quantity::{hex_address, hex_bytes, parse_hex},
};
use venire_types::{BigInt, calldata::Value};

/// Arguments of a call, as a flag of the command line.
#[derive(Clone, Debug)]
pub(crate) struct Arguments(pub(crate) Vec<Value>);

impl std::str::FromStr for Arguments {
    type Err = eyre::Report;

    fn from_str(text: &str) -> Result<Self> {
        arguments(text).map(Self)
    }
}

/// A JSON array as arguments.
fn arguments(text: &str) -> Result<Vec<Value>> {
    match serde_json::from_str(text) {
        Ok(Json::Array(items)) => items.iter().map(value).collect(),
        Ok(single) => Err(eyre!(
            "arguments must be a JSON array such as '[\"a\", 1]'; did you mean '[{single}]'?"
        )),
        Err(error) => {
            let meant = meant(text).map_or_else(
                || error.to_string(),
                |array| format!("did you mean '{array}'?"),
            );
            Err(eyre!(
                "arguments must be a JSON array such as '[\"a\", 1]': {meant}"
            ))
        }
    }
}

/// The array somebody meant who wrote a bare word, or the way Python does.
fn meant(text: &str) -> Option<Json> {
    let text = text.trim();
    let json = text
        .replace('\'', "\"")
        .replace("True", "true")
        .replace("False", "false")
        .replace("None", "null");
    let list = json.replacen('(', "[", 1).trim_end_matches(')').to_owned() + "]";
    let word = text
        .chars()
        .all(|letter| letter.is_alphanumeric() || "_-. ".contains(letter));
    [json, list]
        .iter()
        .filter_map(|text| serde_json::from_str::<Json>(text).ok())
        .find(Json::is_array)
        .or_else(|| (word && !text.is_empty()).then(|| Json::Array(vec![text.into()])))
}

fn value(json: &Json) -> Result<Value> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(number) => {
            let int = number
                .as_i64()
                .map(BigInt::from)
                .or_else(|| number.as_u64().map(BigInt::from));
            Value::Int(int.ok_or_else(|| {
                eyre!(
                    "{number} is not an integer of 64 bits: write a larger one as {{\"$int\": \"...\"}}, \
                     and a fraction as text or as an integer of a smaller unit"
                )
            })?)
        }
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(value).collect::<Result<_>>()?),
        Json::Object(map) => object(map)?,
    })
}

/// What an object with one of these keys stands for.
const FORMS: [&str; 3] = ["$address", "$bytes", "$int"];

fn object(map: &Map<String, Json>) -> Result<Value> {
    let Some((key, item)) = map.iter().find(|(key, _)| key.starts_with('$')) else {
        let entries = map
            .iter()
            .map(|(key, item)| Ok((key.clone(), value(item)?)));
        return Ok(Value::Map(entries.collect::<Result<_>>()?));
    };
    if !FORMS.contains(&key.as_str()) {
        let meant = nearest_of(key, FORMS)
            .map(|near| format!("did you mean {near}? "))
            .unwrap_or_default();
        return Err(eyre!(
            "{key} is not known; {meant}An address is {{\"$address\": \"0x...\"}}, bytes are \
             {{\"$bytes\": \"0x...\"}}, a large integer is {{\"$int\": \"...\"}}; other keys do not \
             begin with $"
        ));
    }
    let text = match item {
        Json::String(text) if map.len() == 1 => text,
        _ => {
            return Err(eyre!(
                "{key} stands alone with a text: {{\"{key}\": \"...\"}}"
            ));
        }
    };
    match key.as_str() {
        "$address" => parse_address(text)
            .map(Value::Address)
            .map_err(|_| eyre!("{text} is no address, which is 0x and 40 hex digits")),
        "$bytes" => parse_hex(text)
            .map(Value::Bytes)
            .ok_or_else(|| eyre!("{text} is not hex, which is 0x and pairs of digits")),
        _ => text
            .parse()
            .map(Value::Int)
            .map_err(|_| eyre!("{text} is not an integer")),
    }
}

/// A value for people and scripts.
pub(crate) fn render(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(bool) => json!(bool),
        Value::Int(int) => match (i64::try_from(int), u64::try_from(int)) {
            (Ok(small), _) => json!(small),
            (_, Ok(small)) => json!(small),
            _ => json!(int.to_string()),
        },
        Value::Bytes(bytes) => json!(hex_bytes(bytes)),
        Value::Str(text) => json!(text),
        Value::Address(address) => json!(hex_address(*address)),
        Value::Array(items) => Json::Array(items.iter().map(render).collect()),
        Value::Map(map) => Json::Object(
            map.iter()
                .map(|(key, item)| (key.clone(), render(item)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_every_kind() {
        let text = r#"[null, true, -5, "a", [1], {"k": 2}, {"$bytes": "0x00ff"}, {"$int": "99999999999999999999"},
            {"$address": "0x5b38da6a701c568545dcfcb03fcb875f56beddc4"}]"#;
        let values = arguments(text).unwrap();
        assert_eq!(values[2], Value::Int(BigInt::from(-5)));
        assert_eq!(values[6], Value::Bytes(vec![0, 255]));
        assert_eq!(render(&values[7]), json!("99999999999999999999"));
        assert_eq!(
            render(&values[8]),
            json!("0x5B38Da6a701c568545dCfcB03FcB875f56beddC4")
        );
    }

    #[test]
    fn mistakes_are_told_with_what_was_meant() {
        let told = |text: &str| arguments(text).unwrap_err().to_string();
        for (text, hint) in [
            ("{}", "did you mean '[{}]'"),
            ("5", "did you mean '[5]'"),
            ("hello", "did you mean '[\"hello\"]'"),
            ("['a', True, None]", "did you mean '[\"a\",true,null]'"),
            ("(\"a\", 1)", "did you mean '[\"a\",1]'"),
            ("[1", "did you mean '[1]'"),
            ("[1,,2]", "JSON array"),
            ("[1.5]", "not an integer"),
            ("[{\"$adress\": \"0x00\"}]", "did you mean $address?"),
            ("[[{\"$what\": 1}]]", "{\"$int\": \"...\"}"),
            ("[{\"$address\": \"0x00\"}]", "40 hex digits"),
            ("[{\"$address\": 5}]", "stands alone with a text"),
            ("[{\"$int\": \"1\", \"a\": 1}]", "stands alone"),
            ("[{\"$bytes\": \"0x0\"}]", "pairs of digits"),
            ("[{\"$int\": \"1.5\"}]", "not an integer"),
        ] {
            assert!(told(text).contains(hint), "{text}: {}", told(text));
        }
    }
}
