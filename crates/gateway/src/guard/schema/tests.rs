//! Answers and schemas, good and bad.

use super::Schema;
use proptest::prelude::*;
use venire_types::{BigInt, calldata::Value};

const MATCH: &str = r#"{"type": "object", "properties": {
    "reason": {"type": "string", "maxLength": 20, "description": "why"},
    "home": {"type": "integer", "minimum": 0, "maximum": 99},
    "rain": {"type": "number"},
    "day": {"type": "string", "format": "date"},
    "verdict": {"enum": ["yes", "no"]},
    "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    "final": {"type": "boolean"},
    "note": {"type": ["string", "null"]}
  }, "required": ["reason", "home", "rain", "day", "verdict", "tags", "final"]}"#;

const GOOD: &str = r#"{"reason": "clear", "home": 2, "rain": 31.60, "day": "2026-02-28", "verdict": "yes",
    "tags": ["a", "b"], "final": true}"#;

fn schema() -> Schema {
    Schema::parse(MATCH).expect("schema")
}

fn with(key: &str, value: &str) -> String {
    let mut json: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(GOOD).expect("json");
    json.insert(key.to_owned(), serde_json::from_str(value).expect("value"));
    serde_json::to_string(&json).expect("text")
}

#[test]
fn an_answer_of_the_shape_is_read() {
    let Value::Map(map) = schema().read(GOOD).expect("fits") else {
        panic!("a map");
    };
    assert_eq!(map.get("home"), Some(&Value::Int(BigInt::from(2))));
    assert_eq!(map.get("rain"), Some(&Value::from("31.6")));
    assert_eq!(map.get("day"), Some(&Value::from("2026-02-28")));
    assert_eq!(map.get("final"), Some(&Value::Bool(true)));
    assert_eq!(map.get("note"), None);
    for wrapped in [format!("```json\n{GOOD}\n```"), format!(" ```\n{GOOD}``` ")] {
        assert_eq!(schema().read(&wrapped), schema().read(GOOD));
    }
}

#[test]
fn whatever_differs_is_refused_with_its_place() {
    let number = "expected a whole number from 0 to 99";
    let alone = "$: expected one JSON object and nothing else";
    let cases = [
        (with("home", "100"), format!("$.home: {number}")),
        (with("home", "2.0"), format!("$.home: {number}")),
        (with("home", "\"2\""), format!("$.home: {number}")),
        (
            GOOD.replace("\"home\": 2, ", ""),
            format!("$.home: {number}"),
        ),
        (
            with("tags", "[1]"),
            "$.tags[]: expected text of at most 500 characters".to_owned(),
        ),
        (
            with("more", "1"),
            "$: expected no field \"more\"".to_owned(),
        ),
        (
            GOOD.replace("\"home\": 2", "\"home\": 2, \"home\": 3"),
            "$: expected field \"home\" once".to_owned(),
        ),
        (format!("{GOOD} done"), alone.to_owned()),
        (format!("Here: {GOOD}"), alone.to_owned()),
        ("[]".to_owned(), "$: expected an object".to_owned()),
        (GOOD.trim_end_matches('}').to_owned(), alone.to_owned()),
    ];
    for (answer, expected) in cases {
        let error = schema().read(&answer).expect_err(&answer);
        assert_eq!(error.to_string(), expected, "{answer}");
    }
}

#[test]
fn a_value_of_another_shape_is_refused() {
    for (answer, expected) in [
        (
            GOOD.replace("31.60", "1e3"),
            "$.rain: expected a decimal number without exponent",
        ),
        (
            with("rain", "\"1\""),
            "$.rain: expected a decimal number without exponent",
        ),
        (
            with("day", "\"2026-02-29\""),
            "$.day: expected a day as YYYY-MM-DD",
        ),
        (
            with("day", "\"28.2.2026\""),
            "$.day: expected a day as YYYY-MM-DD",
        ),
        (
            with("verdict", "\"Yes\""),
            r#"$.verdict: expected one of ["yes", "no"]"#,
        ),
        (
            with("tags", r#"["a", "b", "c"]"#),
            "$.tags: expected a list of at most 2",
        ),
        (
            with("reason", "\"123456789012345678901\""),
            "$.reason: expected text of at most 20 characters",
        ),
        (with("final", "\"true\""), "$.final: expected true or false"),
    ] {
        let error = schema().read(&answer).expect_err(&answer);
        assert_eq!(error.to_string(), expected, "{answer}");
    }
}

#[test]
fn a_schema_that_is_not_understood_is_refused_with_its_place() {
    let field = |json: &str| format!(r#"{{"type": "object", "properties": {{"a": {json}}}}}"#);
    let cases = [
        (
            r#"{"type": "string"}"#.to_owned(),
            "$: the outermost type must be",
        ),
        ("{".to_owned(), "$: the schema is not valid JSON"),
        (field("{}"), "$.a: `type` is missing"),
        (field(r#"{"type": "text"}"#), "$.a: unknown type `text`"),
        (
            field(r#"{"type": "string", "pattern": "a+"}"#),
            "$.a: `pattern` is not understood here; understood are type, maxLength",
        ),
        (field(r##"{"$ref": "#/x"}"##), "$.a: `type` is missing"),
        (
            field(r#"{"type": "string", "maxLength": 0}"#),
            "$.a: `maxLength` is a whole number from 1 to 4096",
        ),
        (
            field(r#"{"type": "integer", "minimum": 2, "maximum": 1}"#),
            "$.a: `minimum` is above `maximum`",
        ),
        (
            field(r#"{"type": "integer", "minimum": 0.5}"#),
            "$.a: `minimum` is a whole number",
        ),
        (
            field(r#"{"enum": ["a", "a"]}"#),
            "$.a: 1 to 64 different choices are possible",
        ),
        (field(r#"{"enum": [1]}"#), "$.a: choices are texts"),
        (field(r#"{"type": "array"}"#), "$.a: `items` is missing"),
        (
            field(r#"{"type": ["string", "integer"]}"#),
            "$.a: several types",
        ),
        (
            field(r#"{"type": "string", "format": "email"}"#),
            "$.a: `format`: only",
        ),
        (
            field(r#"{"type": "object", "properties": {}}"#),
            "$.a: 1 to 64 fields",
        ),
        (
            field(
                r#"{"type": "object", "properties": {"b": {"type": "boolean"}}, "required": ["c"]}"#,
            ),
            "$.a: `required` names `c`",
        ),
        (
            field(
                r#"{"type": "object", "properties": {"b": {"type": "boolean"}}, "additionalProperties": true}"#,
            ),
            "$.a: `additionalProperties`",
        ),
    ];
    for (text, expected) in cases {
        let error = Schema::parse(&text).expect_err(&text).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn a_schema_has_a_bottom() {
    let wrapped = |json: &str| format!(r#"{{"type": "object", "properties": {{"a": {json}}}}}"#);
    let deep = (0..12).fold(r#"{"type": "boolean"}"#.to_owned(), |inner, _| {
        wrapped(&inner)
    });
    assert!(
        Schema::parse(&deep)
            .expect_err("deep")
            .what
            .contains("deep")
    );
}

#[test]
fn a_provider_gets_every_field_in_order_and_nothing_else_is_allowed() {
    let json = schema().json();
    let names: Vec<&String> = json["properties"]
        .as_object()
        .expect("map")
        .keys()
        .collect();
    assert_eq!(
        names,
        [
            "reason", "home", "rain", "day", "verdict", "tags", "final", "note"
        ]
    );
    assert_eq!(json["required"].as_array().map(Vec::len), Some(8));
    assert_eq!(json["additionalProperties"], false);
    assert_eq!(json["properties"]["reason"]["description"], "why");
    let again = Schema::parse(&json.to_string()).expect("it reads what it writes");
    assert_eq!(again.fields().len(), 8);
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,80}", tail in "[{}\\[\\]\",:a-z0-9 ]{0,60}") {
        let _ = Schema::parse(&text);
        let _ = schema().read(&text);
        let _ = schema().read(&tail);
        let _ = schema().read(&format!("{GOOD}{tail}"));
    }

    #[test]
    fn what_is_read_has_the_declared_fields_only(home in 0..=99_i64, text in "\\PC{0,20}") {
        let mut json: serde_json::Value = serde_json::from_str(GOOD).expect("json");
        json["home"] = home.into();
        json["reason"] = text.into();
        if let Ok(Value::Map(map)) = schema().read(&json.to_string()) {
            prop_assert!(map.keys().all(|key| MATCH.contains(key.as_str())));
            prop_assert_eq!(map.get("home"), Some(&Value::Int(BigInt::from(home))));
        }
    }
}
