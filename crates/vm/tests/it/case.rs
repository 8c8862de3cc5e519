//! The form of a case: `case.toml` (see `conformance/contracts/README.md`).

use crate::world::Scripted;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use venire_types::{
    Address, BigInt,
    ask::{Answer, AskError},
    calldata::{self, Value},
    outcome::Outcome,
};
use venire_vm::Permissions;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) about: String,
    pub(crate) step: Vec<Step>,
}

/// One execution and what it must give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// File to deploy, or a folder, which is packed into an archive.
    pub(crate) deploy: Option<String>,
    /// Bytes to deploy, as hex.
    pub(crate) deploy_bytes: Option<String>,
    /// How a folder is packed: `stored` or `deflated`.
    pub(crate) pack: Option<String>,
    /// Method to call.
    pub(crate) call: Option<String>,
    /// The whole call object as JSON, instead of `call`, `args` and `kwargs`.
    pub(crate) entry: Option<String>,
    /// Ask for the schema of this file.
    pub(crate) schema: Option<String>,
    /// Contract; default 0x0100..00.
    pub(crate) contract: Option<String>,
    pub(crate) sender: Option<String>,
    pub(crate) origin: Option<String>,
    /// Transaction time, milliseconds since 1970.
    pub(crate) time_ms: Option<u64>,
    /// The seed of randomness, one byte repeated.
    pub(crate) seed: Option<u8>,
    /// JSON list and object.
    pub(crate) args: Option<String>,
    pub(crate) kwargs: Option<String>,
    pub(crate) value: Option<u64>,
    /// Balance of the contract, the value included.
    pub(crate) balance: Option<u64>,
    /// Balances of others.
    #[serde(default)]
    pub(crate) balances: BTreeMap<String, u64>,
    #[serde(default)]
    pub(crate) read_only: bool,
    /// Permissions, any of the letters `wsn`; default all.
    pub(crate) allow: Option<String>,
    /// The result of this step does not become final.
    #[serde(default)]
    pub(crate) accepted_only: bool,
    /// Results of blocks by a leader that is not ours.
    pub(crate) leader: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) answer: Vec<Line>,

    pub(crate) returns: Option<String>,
    pub(crate) user_error: Option<String>,
    pub(crate) vm_error: Option<String>,
    pub(crate) fault: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) prints: Option<String>,
    /// Text that standard error contains.
    pub(crate) stderr: Option<String>,
    pub(crate) emits: Option<Vec<String>>,
    /// `SLOT[:PAGE] = BYTES` lines that the delta must contain.
    #[serde(default)]
    pub(crate) pages: Vec<String>,
    /// Number of pages the delta has.
    pub(crate) page_count: Option<usize>,
    /// Upper bound of the deterministic fuel.
    pub(crate) fuel_below: Option<u64>,
    /// The validator's verdict; default: agrees.
    pub(crate) disagrees: Option<u32>,
    pub(crate) reason: Option<String>,
    /// Code of the missing world.
    pub(crate) unavailable: Option<String>,
}

impl Step {
    pub(crate) fn permissions(&self) -> Permissions {
        let Some(letters) = &self.allow else {
            return if self.read_only {
                Permissions::VIEW
            } else {
                Permissions::WRITE
            };
        };
        Permissions {
            write: letters.contains('w'),
            send: letters.contains('s'),
            nondet: letters.contains('n'),
        }
    }

    /// Block results of the leader that the step brings with it.
    pub(crate) fn foreign_leader(&self) -> Option<BTreeMap<u32, Vec<u8>>> {
        let results = self.leader.as_ref()?;
        Some((0..).zip(results.iter().map(|text| result(text))).collect())
    }
}

/// `returns JSON`, `user_error TEXT`, `vm_error CODE` or `bytes HEX`.
fn result(text: &str) -> Vec<u8> {
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    match kind {
        "returns" => Outcome::Return(calldata::encode(&value(rest))).to_bytes(),
        "user_error" => [b"\x01", rest.as_bytes()].concat(),
        "vm_error" => [b"\x02", rest.as_bytes()].concat(),
        "bytes" => hex(rest),
        _ => panic!("{text}: returns, user_error, vm_error or bytes"),
    }
}

/// Bytes of hex text.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    text.parse::<venire_types::Bytes>().expect("hex").to_vec()
}

/// One scripted answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    prompt: Option<String>,
    template: Option<String>,
    extract: Option<String>,
    render: Option<String>,
    request: Option<String>,
    /// `leader` or `validator`; default both.
    who: Option<String>,
    text: Option<String>,
    json: Option<String>,
    verdict: Option<bool>,
    status: Option<u16>,
    #[serde(default)]
    body: String,
    image: Option<String>,
    error: Option<String>,
    #[serde(default)]
    ctx: String,
    unavailable: Option<String>,
}

impl Line {
    pub(crate) fn is_for(&self, who: &str) -> bool {
        self.who.as_deref().is_none_or(|only| only == who)
    }

    pub(crate) fn scripted(&self) -> Scripted {
        let kinds = [
            ("prompt", &self.prompt),
            ("template", &self.template),
            ("extract", &self.extract),
            ("render", &self.render),
            ("request", &self.request),
        ];
        let (kind, to) = kinds
            .into_iter()
            .find_map(|(kind, to)| Some((kind, to.as_ref()?)))
            .expect("an answer names its question");
        Scripted {
            kind: kind.into(),
            to: to.clone(),
            answer: self.answer(),
        }
    }

    fn answer(&self) -> Result<Answer, AskError> {
        if let Some(code) = &self.unavailable {
            return Err(AskError::Unavailable {
                code: code.clone(),
                message: "scripted".into(),
            });
        }
        if let Some(code) = &self.error {
            let ctx = if self.ctx.is_empty() {
                Value::map::<&str>([])
            } else {
                value(&self.ctx)
            };
            return Err(AskError::Contract {
                causes: vec![code.clone()],
                ctx,
            });
        }
        if let Some(json) = &self.json {
            return Ok(Answer::Json(value(json)));
        }
        if let Some(status) = self.status {
            let headers = vec![("content-type".into(), b"text/plain".to_vec())];
            return Ok(Answer::Response {
                status,
                headers,
                body: self.body.clone().into(),
            });
        }
        if let Some(verdict) = self.verdict {
            return Ok(Answer::Bool(verdict));
        }
        if let Some(image) = &self.image {
            let file = match image.strip_prefix("0x") {
                Some(_) => hex(image),
                None => image.clone().into(),
            };
            return Ok(Answer::Image(file));
        }
        Ok(Answer::Text(
            self.text.clone().expect("an answer has a kind"),
        ))
    }
}

/// A named address, or the default.
pub(crate) fn address(text: Option<&String>, default: Address) -> Address {
    text.map_or(default, |text| text.parse().expect("an address"))
}

/// JSON text to calldata; `{"$address": ..}`, `{"$bytes": hex}`, `{"$int": ".."}` and
/// `{"$repeat": text, "times": n}` are those.
pub(crate) fn value(json: &str) -> Value {
    from_json(&serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}")))
}

fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Int(number.to_string().parse().expect("an integer")),
        Json::String(text) => Value::str(text),
        Json::Array(items) => Value::array(items.iter().map(from_json)),
        Json::Object(map) => {
            let special = |key: &str| map.get(key).and_then(Json::as_str);
            if let Some(text) = special("$address") {
                return Value::Address(text.parse().expect("an address"));
            }
            if let Some(text) = special("$bytes") {
                return Value::bytes(hex(text));
            }
            if let Some(text) = special("$repeat") {
                let times = map.get("times").and_then(Json::as_u64).expect("times");
                return Value::Str(text.repeat(usize::try_from(times).expect("times")));
            }
            if let Some(text) = special("$int") {
                return Value::Int(text.parse::<BigInt>().expect("an integer"));
            }
            Value::map(map.iter().map(|(key, item)| (key.clone(), from_json(item))))
        }
    }
}
