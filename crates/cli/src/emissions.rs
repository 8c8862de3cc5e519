//! What an execution sent out, in lines for people and in JSON for scripts.
//!
//! # Invariants
//! - Nothing is left out: each message, deploy, transfer and event is one line or one object.

use crate::json::render;
use serde_json::{Value as Json, json};
use venire_api::quantity::{hex_address, hex_bytes, hex_hash};
use venire_types::{
    U256,
    calldata::{self, Value},
    emission::{Emission, On},
};

/// One emission for people.
pub(crate) fn line(emission: &Emission) -> String {
    match emission {
        Emission::Post {
            to,
            calldata,
            value,
            on,
        } => {
            let to = hex_address(*to);
            let (method, args) = call(calldata);
            match (method, args.as_str()) {
                (None, "()") => format!("transfer of {value} to {to}, {}", when(*on)),
                (method, args) => {
                    let method = method.unwrap_or_default();
                    let carries = carries(*value);
                    format!("message to {to}: {method}{args}{carries}, {}", when(*on))
                }
            }
        }
        Emission::Deploy {
            code,
            calldata,
            value,
            salt,
            on,
        } => {
            let (_, args) = call(calldata);
            let salt = match salt.is_zero() {
                true => String::new(),
                false => format!(", salt {salt}"),
            };
            format!(
                "deploy of {} bytes of code with {args}{salt}{}, {}",
                code.len(),
                carries(*value),
                when(*on)
            )
        }
        Emission::External {
            to,
            calldata,
            value,
        } => {
            let (to, when) = (hex_address(*to), when(On::Finalized));
            match calldata.is_empty() {
                true => format!("external transfer of {value} to {to}, {when}"),
                false => format!(
                    "external call of {to}: {}{}, {when}",
                    hex_bytes(calldata),
                    carries(*value)
                ),
            }
        }
        Emission::Event { topics, data } => {
            let topics: Vec<String> = topics.iter().map(|topic| hex_hash(*topic)).collect();
            format!("event {}: {}", topics.join(" "), decoded(data))
        }
    }
}

/// One emission for scripts; amounts are decimal strings.
pub(crate) fn object(part: &str, emission: &Emission) -> Json {
    match emission {
        Emission::Post {
            to,
            calldata,
            value,
            on,
        } => json!({
            "kind": "message",
            "from": part,
            "to": hex_address(*to),
            "calldata": decoded(calldata),
            "value": value.to_string(),
            "on": name(*on),
        }),
        Emission::Deploy {
            code,
            calldata,
            value,
            salt,
            on,
        } => json!({
            "kind": "deploy",
            "from": part,
            "code_bytes": code.len(),
            "calldata": decoded(calldata),
            "salt": salt.to_string(),
            "value": value.to_string(),
            "on": name(*on),
        }),
        Emission::External {
            to,
            calldata,
            value,
        } => json!({
            "kind": "external",
            "from": part,
            "to": hex_address(*to),
            "data": hex_bytes(calldata),
            "value": value.to_string(),
            "on": name(On::Finalized),
        }),
        Emission::Event { topics, data } => json!({
            "kind": "event",
            "from": part,
            "topics": topics.iter().map(|topic| hex_hash(*topic)).collect::<Vec<_>>(),
            "data": decoded(data),
        }),
    }
}

const fn name(on: On) -> &'static str {
    match on {
        On::Accepted => "accepted",
        On::Finalized => "finalized",
    }
}

fn when(on: On) -> String {
    format!("when {}", name(on))
}

fn carries(value: U256) -> String {
    match value.is_zero() {
        true => String::new(),
        false => format!(", value {value}"),
    }
}

/// Calldata as JSON, or as hex when it is none.
fn decoded(bytes: &[u8]) -> Json {
    calldata::decode(bytes).map_or_else(|_| json!(hex_bytes(bytes)), |value| render(&value))
}

/// Method and arguments of a call object, as a call is written.
fn call(bytes: &[u8]) -> (Option<String>, String) {
    let Ok(Value::Map(map)) = calldata::decode(bytes) else {
        return (None, format!("({})", hex_bytes(bytes)));
    };
    let method = map.get("method").or_else(|| map.get(""));
    let method = method.and_then(|name| match name {
        Value::Str(name) => Some(name.clone()),
        _ => None,
    });
    let mut words = Vec::new();
    if let Some(Value::Array(items)) = map.get("args") {
        words.extend(items.iter().map(|item| render(item).to_string()));
    }
    if let Some(Value::Map(named)) = map.get("kwargs") {
        let named = named
            .iter()
            .map(|(name, item)| format!("{name}={}", render(item)));
        words.extend(named);
    }
    (method, format!("({})", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use venire_types::{Address, B256};

    fn map(entries: &[(&str, Value)]) -> Vec<u8> {
        let entries = entries
            .iter()
            .map(|(key, item)| ((*key).to_owned(), item.clone()));
        calldata::encode(&Value::Map(entries.collect()))
    }

    #[test]
    fn every_kind_has_a_line_and_an_object() {
        let to = Address::repeat_byte(1);
        let args = Value::array([Value::str("a"), Value::from(7_u64)]);
        let message = Emission::Post {
            to,
            calldata: map(&[("method", Value::str("set")), ("args", args.clone())]),
            value: U256::from(5),
            on: On::Accepted,
        };
        let address = hex_address(to);
        assert_eq!(
            line(&message),
            format!("message to {address}: set(\"a\", 7), value 5, when accepted")
        );
        let told = object("method", &message);
        assert_eq!(told["calldata"], json!({"method": "set", "args": ["a", 7]}));
        assert_eq!(
            (&told["value"], &told["on"]),
            (&json!("5"), &json!("accepted"))
        );
        let transfer = Emission::Post {
            to,
            calldata: map(&[]),
            value: U256::from(5),
            on: On::Finalized,
        };
        assert_eq!(
            line(&transfer),
            format!("transfer of 5 to {address}, when finalized")
        );
        let deploy = Emission::Deploy {
            code: vec![0; 12],
            calldata: map(&[("args", args)]),
            value: U256::ZERO,
            salt: U256::from(3),
            on: On::Finalized,
        };
        assert_eq!(
            line(&deploy),
            "deploy of 12 bytes of code with (\"a\", 7), salt 3, when finalized"
        );
        assert_eq!(object("constructor", &deploy)["code_bytes"], 12);
        let external = Emission::External {
            to,
            calldata: vec![1, 2],
            value: U256::from(1),
        };
        assert_eq!(
            line(&external),
            format!("external call of {address}: 0x0102, value 1, when finalized")
        );
        let event = Emission::Event {
            topics: vec![B256::repeat_byte(9)],
            data: map(&[("by", Value::str("me"))]),
        };
        assert_eq!(
            line(&event),
            format!("event 0x{}: {{\"by\":\"me\"}}", "09".repeat(32))
        );
        assert_eq!(object("method", &event)["data"], json!({"by": "me"}));
    }
}
