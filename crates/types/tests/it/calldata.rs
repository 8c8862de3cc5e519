//! The language-neutral vectors of `conformance/vectors/calldata.json`.

use serde_json::Value as Json;
use venire_types::calldata::{decode, encode, to_text};

const VECTORS: &str = include_str!("../../../../conformance/vectors/calldata.json");

fn field<'a>(case: &'a Json, name: &str) -> &'a str {
    case[name]
        .as_str()
        .unwrap_or_else(|| panic!("vector without `{name}`: {case}"))
}

fn cases(kind: &str) -> Vec<Json> {
    let file: Json = serde_json::from_str(VECTORS).expect("vector file is JSON");
    let cases = file[kind].as_array().expect("list of cases").clone();
    assert!(cases.len() > 10, "too few {kind} cases");
    cases
}

#[test]
fn valid_vectors_decode_print_and_encode_to_themselves() {
    for case in cases("valid") {
        let bytes = hex::decode(field(&case, "hex")).expect("hex");
        let value = decode(&bytes).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(to_text(&value), field(&case, "text"), "{case}");
        assert_eq!(encode(&value), bytes, "{case}");
    }
}

#[test]
fn invalid_vectors_are_refused_for_their_reason() {
    for case in cases("invalid") {
        let bytes = hex::decode(field(&case, "hex")).expect("hex");
        let error = decode(&bytes).expect_err(field(&case, "name"));
        let name = format!("{error:?}");
        assert!(
            name.starts_with(field(&case, "error")),
            "{case}: got {name}"
        );
    }
}
