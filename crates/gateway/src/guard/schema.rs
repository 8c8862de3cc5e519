//! What an answer has to look like: the part of JSON Schema that can be checked to the last character.
//!
//! A schema closes an answer: whoever steers the model can only steer values of the declared shapes.
//!
//! # Invariants
//! - What is not understood is refused when the schema is read, never ignored: a keyword that has no
//!   effect would be a promise nobody keeps.
//! - An answer is one object of exactly the declared fields, or no answer. Nothing is repaired except
//!   one pair of code fences around the whole.
//! - Two answers that mean the same are equal values: decimals lose needless zeros, text its invisible
//!   characters and blank ends.
//!
//! # Not here
//! - Whether a value is true (`extract`); what a provider makes of a schema ([`crate::providers`]).

mod read;

use serde_json::{Map, Value as Json, json};
use std::fmt;
use venire_types::calldata::Value;

/// Deepest nesting.
const MAX_DEPTH: usize = 8;
/// Most fields of all records together.
const MAX_FIELDS: usize = 64;
/// Most choices of one field.
const MAX_CHOICES: usize = 64;
/// Most items of a list.
const MAX_ITEMS: u32 = 256;
/// Most characters of a text.
const MAX_CHARS: u32 = 4_096;
/// Characters of a text whose schema does not say.
const DEFAULT_CHARS: u32 = 500;
/// Items of a list whose schema does not say.
const DEFAULT_ITEMS: u32 = 32;

/// Why a schema is refused; `at` is a path such as `$.score`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct SchemaError {
    /// Where.
    pub at: String,
    /// What is wrong, and what would be right.
    pub what: String,
}

/// Why an answer does not fit; `at` is a path such as `$.score`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct Mismatch {
    /// Where.
    pub at: String,
    /// What was expected there.
    pub what: String,
}

/// A record that an answer has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    fields: Vec<Field>,
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub name: String,
    /// What it means, for the model.
    pub description: Option<String>,
    /// What it holds.
    pub shape: Shape,
    /// Whether an answer must have it.
    pub required: bool,
}

/// What a value can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// True or false.
    Flag,
    /// A whole number within bounds, both included.
    Int {
        /// Least.
        min: i128,
        /// Greatest.
        max: i128,
    },
    /// A decimal number without exponent; arrives as text.
    Decimal,
    /// Text of at most so many characters.
    Text {
        /// Most characters (Unicode scalar values).
        max: u32,
    },
    /// A day as `YYYY-MM-DD`.
    Date,
    /// One of these texts.
    Choice(Vec<String>),
    /// Several of one shape.
    List {
        /// Each of them.
        items: Box<Shape>,
        /// At most so many.
        max: u32,
    },
    /// A record within.
    Record(Vec<Field>),
    /// The shape, or null.
    Maybe(Box<Shape>),
}

impl Schema {
    /// A schema of these fields.
    #[must_use]
    pub fn of(fields: Vec<Field>) -> Self {
        Self { fields }
    }

    /// Reads a JSON Schema.
    ///
    /// # Errors
    /// With the place and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let json: Json = serde_json::from_str(text).map_err(|error| SchemaError {
            at: "$".to_owned(),
            what: format!("the schema is not valid JSON ({error})"),
        })?;
        let mut reader = Reader::default();
        match reader.shape(&json, &Path::root())? {
            Shape::Record(fields) => Ok(Self { fields }),
            Shape::Flag
            | Shape::Int { .. }
            | Shape::Decimal
            | Shape::Text { .. }
            | Shape::Date
            | Shape::Choice(_)
            | Shape::List { .. }
            | Shape::Maybe(_) => Err(Path::root()
                .wrong("the outermost type must be `object`, with its fields under `properties`")),
        }
    }

    /// Its fields, in order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The schema for a provider: every field required (an optional one may be null), nothing else
    /// allowed, fields in their order.
    #[must_use]
    pub fn json(&self) -> Json {
        record_json(&self.fields)
    }

    /// The value of an answer.
    ///
    /// # Errors
    /// With the place and what was expected there.
    pub fn read(&self, answer: &str) -> Result<Value, Mismatch> {
        read::answer(&self.fields, answer)
    }
}

fn record_json(fields: &[Field]) -> Json {
    let mut properties = Map::new();
    for field in fields {
        let mut shape = match (&field.shape, field.required) {
            (Shape::Maybe(_), _) | (_, true) => field.shape.json(),
            (shape, false) => Shape::Maybe(Box::new(shape.clone())).json(),
        };
        if let (Some(words), Some(map)) = (&field.description, shape.as_object_mut()) {
            map.insert("description".to_owned(), json!(words));
        }
        properties.insert(field.name.clone(), shape);
    }
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": names,
        "additionalProperties": false,
    })
}

impl Shape {
    fn json(&self) -> Json {
        match self {
            Self::Flag => json!({"type": "boolean"}),
            Self::Int { min, max } => {
                let mut schema = json!({"type": "integer"});
                for (key, bound) in [("minimum", min), ("maximum", max)] {
                    if let Ok(bound) = i64::try_from(*bound) {
                        schema[key] = json!(bound);
                    }
                }
                schema
            }
            Self::Decimal => json!({"type": "number"}),
            Self::Text { max } => json!({"type": "string", "maxLength": max}),
            Self::Date => json!({"type": "string", "format": "date"}),
            Self::Choice(choices) => json!({"type": "string", "enum": choices}),
            Self::List { items, max } => {
                json!({"type": "array", "items": items.json(), "maxItems": max})
            }
            Self::Record(fields) => record_json(fields),
            Self::Maybe(shape) => json!({"anyOf": [shape.json(), {"type": "null"}]}),
        }
    }

    /// In words, for an error: "a whole number from 0 to 99".
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Flag => "true or false".to_owned(),
            Self::Int { min, max } => format!("a whole number from {min} to {max}"),
            Self::Decimal => "a decimal number without exponent".to_owned(),
            Self::Text { max } => format!("text of at most {max} characters"),
            Self::Date => "a day as YYYY-MM-DD".to_owned(),
            Self::Choice(choices) => format!("one of {choices:?}"),
            Self::List { max, .. } => format!("a list of at most {max}"),
            Self::Record(_) => "an object".to_owned(),
            Self::Maybe(shape) => format!("{} or null", shape.words()),
        }
    }
}

/// A place in a schema or answer.
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: String,
}

impl<'a> Path<'a> {
    fn root() -> Self {
        Self {
            parent: None,
            step: "$".to_owned(),
        }
    }

    fn field(&'a self, name: &str) -> Self {
        Self {
            parent: Some(self),
            step: format!(".{name}"),
        }
    }

    fn items(&'a self) -> Self {
        Self {
            parent: Some(self),
            step: "[]".to_owned(),
        }
    }

    fn wrong(&self, what: impl Into<String>) -> SchemaError {
        SchemaError {
            at: self.to_string(),
            what: what.into(),
        }
    }

    fn depth(&self) -> usize {
        self.parent.map_or(0, |parent| parent.depth() + 1)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        f.write_str(&self.step)
    }
}

/// Reads a schema and counts its fields.
#[derive(Default)]
struct Reader {
    fields: usize,
}

/// Keywords without an effect on an answer.
const NOTES: [&str; 4] = ["$schema", "title", "description", "default"];

impl Reader {
    fn shape(&mut self, json: &Json, at: &Path<'_>) -> Result<Shape, SchemaError> {
        let Json::Object(map) = json else {
            return Err(at.wrong("a schema is an object, e.g. {\"type\": \"string\"}"));
        };
        if at.depth() > MAX_DEPTH {
            return Err(at.wrong(format!("nested more than {MAX_DEPTH} deep")));
        }
        if let Some(options) = map.get("anyOf") {
            only(map, &["anyOf"], at)?;
            return self.maybe(options, at);
        }
        if let Some(choices) = map.get("enum") {
            only(map, &["type", "enum"], at)?;
            return choices_of(choices, at);
        }
        if let Some(value) = map.get("const") {
            only(map, &["type", "const"], at)?;
            return choices_of(&json!([value]), at);
        }
        match map.get("type") {
            Some(Json::String(name)) => self.typed(name, map, at),
            Some(Json::Array(names)) => self.typed_or_null(names, map, at),
            _ => {
                Err(at
                    .wrong("`type` is missing: string, integer, number, boolean, array or object"))
            }
        }
    }

    fn typed_or_null(
        &mut self,
        names: &[Json],
        map: &Map<String, Json>,
        at: &Path<'_>,
    ) -> Result<Shape, SchemaError> {
        match names {
            [Json::String(name), Json::String(null)] if null == "null" => {
                Ok(Shape::Maybe(Box::new(self.typed(name, map, at)?)))
            }
            _ => {
                Err(at.wrong("several types: only one type and \"null\" behind it are understood"))
            }
        }
    }

    fn maybe(&mut self, options: &Json, at: &Path<'_>) -> Result<Shape, SchemaError> {
        match options.as_array().map(Vec::as_slice) {
            Some([shape, null]) if *null == json!({"type": "null"}) => {
                Ok(Shape::Maybe(Box::new(self.shape(shape, at)?)))
            }
            _ => Err(at
                .wrong("`anyOf`: only a schema and {\"type\": \"null\"} behind it are understood")),
        }
    }

    fn typed(
        &mut self,
        name: &str,
        map: &Map<String, Json>,
        at: &Path<'_>,
    ) -> Result<Shape, SchemaError> {
        match name {
            "boolean" => only(map, &["type"], at).map(|()| Shape::Flag),
            "number" => only(map, &["type"], at).map(|()| Shape::Decimal),
            "integer" => {
                only(map, &["type", "minimum", "maximum"], at)?;
                let min = bound(map, "minimum", i128::from(i64::MIN), at)?;
                let max = bound(map, "maximum", i128::from(i64::MAX), at)?;
                if min > max {
                    return Err(at.wrong("`minimum` is above `maximum`"));
                }
                Ok(Shape::Int { min, max })
            }
            "string" if map.contains_key("format") => {
                only(map, &["type", "format"], at)?;
                if map.get("format") == Some(&json!("date")) {
                    return Ok(Shape::Date);
                }
                Err(at.wrong("`format`: only \"date\" is understood"))
            }
            "string" => {
                only(map, &["type", "maxLength"], at)?;
                let max = count(map, "maxLength", DEFAULT_CHARS, MAX_CHARS, at)?;
                Ok(Shape::Text { max })
            }
            "array" => {
                only(map, &["type", "items", "maxItems"], at)?;
                let max = count(map, "maxItems", DEFAULT_ITEMS, MAX_ITEMS, at)?;
                let items = map
                    .get("items")
                    .ok_or_else(|| at.wrong("`items` is missing: the schema of one item"))?;
                let items = Box::new(self.shape(items, &at.items())?);
                Ok(Shape::List { items, max })
            }
            "object" => self.record(map, at),
            _ => Err(at.wrong(format!(
                "unknown type `{name}`: string, integer, number, boolean, array or object"
            ))),
        }
    }

    fn record(&mut self, map: &Map<String, Json>, at: &Path<'_>) -> Result<Shape, SchemaError> {
        only(
            map,
            &["type", "properties", "required", "additionalProperties"],
            at,
        )?;
        if !matches!(
            map.get("additionalProperties"),
            None | Some(Json::Bool(false))
        ) {
            return Err(at.wrong("`additionalProperties` can only be false"));
        }
        let Some(Json::Object(properties)) = map.get("properties") else {
            return Err(at.wrong("`properties` is missing: a schema for each field"));
        };
        let required: Option<Vec<String>> = match map.get("required") {
            None => Some(Vec::new()),
            Some(names) => serde_json::from_value(names.clone()).ok(),
        };
        let required = required.ok_or_else(|| at.wrong("`required` is a list of field names"))?;
        if let Some(name) = required.iter().find(|name| !properties.contains_key(*name)) {
            return Err(at.wrong(format!(
                "`required` names `{name}`, which is not in `properties`"
            )));
        }
        self.fields = self.fields.saturating_add(properties.len());
        if properties.is_empty() || self.fields > MAX_FIELDS {
            return Err(at.wrong(format!("1 to {MAX_FIELDS} fields are possible")));
        }
        let mut fields = Vec::with_capacity(properties.len());
        for (name, shape) in properties {
            let description = shape.get("description").and_then(Json::as_str);
            fields.push(Field {
                name: name.clone(),
                description: description.map(str::to_owned),
                shape: self.shape(shape, &at.field(name))?,
                required: required.contains(name),
            });
        }
        Ok(Shape::Record(fields))
    }
}

fn choices_of(choices: &Json, at: &Path<'_>) -> Result<Shape, SchemaError> {
    let choices: Vec<String> =
        serde_json::from_value(choices.clone()).map_err(|_| at.wrong("choices are texts"))?;
    let distinct: std::collections::BTreeSet<_> = choices.iter().collect();
    if choices.is_empty() || choices.len() > MAX_CHOICES || distinct.len() != choices.len() {
        return Err(at.wrong(format!("1 to {MAX_CHOICES} different choices are possible")));
    }
    Ok(Shape::Choice(choices))
}

fn only(map: &Map<String, Json>, known: &[&str], at: &Path<'_>) -> Result<(), SchemaError> {
    let unknown = map
        .keys()
        .find(|key| !known.contains(&key.as_str()) && !NOTES.contains(&key.as_str()));
    match unknown {
        None => Ok(()),
        Some(key) => Err(at.wrong(format!(
            "`{key}` is not understood here; understood are {}",
            known.join(", ")
        ))),
    }
}

fn bound(
    map: &Map<String, Json>,
    key: &str,
    default: i128,
    at: &Path<'_>,
) -> Result<i128, SchemaError> {
    match map.get(key) {
        None => Ok(default),
        Some(number) => number
            .to_string()
            .parse()
            .map_err(|_| at.wrong(format!("`{key}` is a whole number"))),
    }
}

fn count(
    map: &Map<String, Json>,
    key: &str,
    default: u32,
    most: u32,
    at: &Path<'_>,
) -> Result<u32, SchemaError> {
    let wrong = || at.wrong(format!("`{key}` is a whole number from 1 to {most}"));
    let Some(number) = map.get(key) else {
        return Ok(default);
    };
    match number.as_u64().map(u32::try_from) {
        Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests;
