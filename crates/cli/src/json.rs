//! Calldata values as JSON on the command line, and back.
//!
//! Integers are JSON numbers (or decimal strings in the output when they exceed 64 bits); an
//! address is `{"$address": "0x..."}` and bytes are `{"$bytes": "0x..."}` in the input.

use eyre::{Result, eyre};
use serde_json::{Map, Value as Json, json};
use venire_api::{
    parse_address,
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
    let json: Json = serde_json::from_str(text)
        .map_err(|error| eyre!("arguments must be a JSON array such as '[\"a\", 1]': {error}"))?;
    match json {
        Json::Array(items) => items.iter().map(value).collect(),
        _ => Err(eyre!("arguments must be a JSON array such as '[\"a\", 1]'")),
    }
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

fn object(map: &Map<String, Json>) -> Result<Value> {
    let single = map.iter().next().filter(|_| map.len() == 1);
    match single {
        Some((key, Json::String(text))) if key == "$address" => Ok(Value::Address(
            parse_address(text).map_err(|error| eyre!("{text}: {}", error.message))?,
        )),
        Some((key, Json::String(text))) if key == "$bytes" => parse_hex(text)
            .map(Value::Bytes)
            .ok_or_else(|| eyre!("{text} is not hex")),
        Some((key, Json::String(text))) if key == "$int" => text
            .parse()
            .map(Value::Int)
            .map_err(|_| eyre!("{text} is not an integer")),
        _ => {
            let entries = map
                .iter()
                .map(|(key, item)| Ok((key.clone(), value(item)?)));
            Ok(Value::Map(entries.collect::<Result<_>>()?))
        }
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
        assert!(arguments("{}").is_err());
        assert!(
            arguments("[1.5]")
                .unwrap_err()
                .to_string()
                .contains("not an integer")
        );
    }
}
