//! The actions of a runner, from JSON.

use super::{PackageError, suggest};
use serde_json::{Map, Value};

/// What a runner does, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Sets a variable of the environment.
    AddEnv { name: String, value: String },
    /// Shows files of the current archive at a path.
    MapFile { file: String, to: String },
    /// Command line; the Python runner replaces it.
    SetArgs,
    /// Runs another runner's actions.
    Depends(String),
    /// One after the other.
    Seq(Vec<Action>),
    /// Only in one mode.
    When { det: bool, action: Box<Action> },
    /// With another archive as the current one.
    With { runner: String, action: Box<Action> },
    /// Parts in WebAssembly.
    Wasm,
}

/// Names of all actions.
const NAMES: [&str; 9] = [
    "Depends",
    "Seq",
    "AddEnv",
    "SetEnv",
    "MapFile",
    "SetArgs",
    "When",
    "With",
    "StartWasm",
];
/// Deepest nesting of actions.
const MAX_DEPTH: usize = 128;
/// Longest name and value of a variable.
const MAX_NAME: usize = 128;
const MAX_VALUE: usize = 1 << 20;

impl Action {
    /// Reads an action.
    pub(super) fn read(json: &Value) -> Result<Self, PackageError> {
        read(json, 0)
    }
}

fn malformed(problem: impl std::fmt::Display) -> PackageError {
    PackageError::malformed(format!("the runner is not valid: {problem}"))
}

fn read(json: &Value, depth: usize) -> Result<Action, PackageError> {
    if depth > MAX_DEPTH {
        return Err(malformed("actions are nested too deeply"));
    }
    let map = json
        .as_object()
        .ok_or_else(|| malformed("an action is a JSON object such as { \"Depends\": \"...\" }"))?;
    let mut entries = map
        .iter()
        .filter(|(key, value)| !(depth == 0 && *key == "$schema" && value.is_string()));
    let (Some((name, body)), None) = (entries.next(), entries.next()) else {
        return Err(malformed(
            "an action has exactly one key; put several into { \"Seq\": [ ... ] }",
        ));
    };
    Ok(match name.as_str() {
        "Depends" => Action::Depends(string(name, body)?),
        "Seq" => {
            let list = body
                .as_array()
                .ok_or_else(|| malformed("Seq takes a list"))?;
            let actions = list.iter().map(|action| read(action, depth + 1));
            Action::Seq(actions.collect::<Result<_, _>>()?)
        }
        "AddEnv" | "SetEnv" => add_env(name, body)?,
        "MapFile" => {
            let fields = fields(name, body, &["file", "to"])?;
            Action::MapFile {
                file: field(name, fields, "file")?,
                to: field(name, fields, "to")?,
            }
        }
        "SetArgs" => {
            let list = body
                .as_array()
                .filter(|list| list.iter().all(Value::is_string));
            list.ok_or_else(|| malformed("SetArgs takes a list of texts"))?;
            Action::SetArgs
        }
        "When" => {
            let fields = fields(name, body, &["cond", "action"])?;
            let det = match field(name, fields, "cond")?.as_str() {
                "det" => true,
                "nondet" => false,
                _ => return Err(malformed("the cond of When is det or nondet")),
            };
            let action = Box::new(inner(name, fields, depth)?);
            Action::When { det, action }
        }
        "With" => {
            let fields = fields(name, body, &["runner", "action"])?;
            Action::With {
                runner: field(name, fields, "runner")?,
                action: Box::new(inner(name, fields, depth)?),
            }
        }
        "LinkWasm" | "StartWasm" => {
            string(name, body)?;
            Action::Wasm
        }
        other => {
            let hint = suggest::nearest(other, &NAMES)
                .map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
            return Err(malformed(format!("there is no action `{other}`{hint}")));
        }
    })
}

fn inner(name: &str, fields: &Map<String, Value>, depth: usize) -> Result<Action, PackageError> {
    let action = fields
        .get("action")
        .ok_or_else(|| malformed(format!("`action` of {name} is missing")))?;
    read(action, depth + 1)
}

fn add_env(name: &str, body: &Value) -> Result<Action, PackageError> {
    let fields = fields(name, body, &["name", "val", "value"])?;
    let variable = field(name, fields, "name")?;
    let value = field(
        name,
        fields,
        if fields.contains_key("val") {
            "val"
        } else {
            "value"
        },
    )?;
    let is_name = !variable.is_empty()
        && variable.len() <= MAX_NAME
        && variable
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'=');
    if !is_name {
        return Err(malformed(format!(
            "the name of a variable has 1 to {MAX_NAME} ASCII characters without = and spaces"
        )));
    }
    if value.len() > MAX_VALUE || value.contains('\0') {
        return Err(malformed(
            "the value of a variable is too long or has a NUL",
        ));
    }
    Ok(Action::AddEnv {
        name: variable,
        value,
    })
}

fn fields<'a>(
    name: &str,
    body: &'a Value,
    known: &[&str],
) -> Result<&'a Map<String, Value>, PackageError> {
    let map = body
        .as_object()
        .ok_or_else(|| malformed(format!("{name} takes an object with {}", known.join(", "))))?;
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(other) => Err(malformed(format!("{name} has no field `{other}`"))),
        None => Ok(map),
    }
}

fn field(name: &str, fields: &Map<String, Value>, key: &str) -> Result<String, PackageError> {
    let value = fields
        .get(key)
        .ok_or_else(|| malformed(format!("`{key}` of {name} is missing")))?;
    string(name, value)
}

fn string(name: &str, value: &Value) -> Result<String, PackageError> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| malformed(format!("{name} takes a text in double quotes")))
}
