//! The language-neutral vectors of events, addresses and schemas.

use crate::{case, machine::machine};
use serde_json::Value as Json;
use venire_types::{
    Address, B256, U256,
    calldata::{self, Value},
    keccak256,
};
use venire_vm::salted_address;

const EVENTS: &str = include_str!("../../../../conformance/vectors/events.json");
const ADDRESSES: &str = include_str!("../../../../conformance/vectors/address.json");
const SCHEMAS: &str = include_str!("../../../../conformance/vectors/schema.json");

fn list(file: &str, name: &str) -> Vec<Json> {
    let file: Json = serde_json::from_str(file).expect("vector file is JSON");
    let list = file[name].as_array().expect("a list of vectors").clone();
    assert!(list.len() >= 4, "too few {name}");
    list
}

fn text<'a>(case: &'a Json, name: &str) -> &'a str {
    case[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {case}"))
}

fn number(case: &Json, name: &str) -> U256 {
    U256::from_str_radix(text(case, name), 10).expect("a decimal number")
}

/// An indexed field: its calldata padded to 32 bytes, or the hash of longer ones.
fn topic(value: &Value) -> B256 {
    let bytes = calldata::encode(value);
    if bytes.len() > 32 {
        return keccak256(bytes);
    }
    B256::right_padding_from(&bytes)
}

#[test]
fn events_have_the_documented_bytes() {
    for case in list(EVENTS, "events") {
        let value = |name: &str| case::value(&case[name].to_string());
        let mut fields: Vec<String> =
            serde_json::from_value(case["indexed"].clone()).expect("names");
        fields.sort();
        let signature = format!("{}({})", text(&case, "name"), fields.join(","));
        assert_eq!(signature, text(&case, "signature"), "{case}");
        let values = value("values");
        let values = values.as_array().expect("a list");
        let mut topics = vec![keccak256(signature)];
        topics.extend(values.iter().map(topic));
        let topics: Vec<String> = topics.iter().map(ToString::to_string).collect();
        assert_eq!(Json::from(topics), case["topics"], "{case}");
        let mut data = value("blob").as_map().expect("a map").clone();
        data.extend(fields.into_iter().zip(values.iter().cloned()));
        let data = calldata::encode(&Value::Map(data));
        assert_eq!(data, case::hex(text(&case, "data")), "{case}");
    }
}

#[test]
fn addresses_have_the_documented_forms() {
    for case in list(ADDRESSES, "addresses") {
        let address: Address = text(&case, "bytes").parse().expect("an address");
        assert_eq!(address.to_string(), text(&case, "checksum"));
        let number = U256::from_le_slice(address.as_slice());
        assert_eq!(number.to_string(), text(&case, "int"));
    }
    for invalid in list(ADDRESSES, "invalid") {
        let parsed = invalid.as_str().expect("text").parse::<Address>();
        assert!(parsed.is_err(), "{invalid} is no address");
    }
}

#[test]
fn deploys_with_a_salt_have_the_documented_addresses() {
    for case in list(ADDRESSES, "salted") {
        let deployer = text(&case, "deployer").parse().expect("an address");
        let chain_id = text(&case, "chain_id").parse().expect("a chain id");
        let address = salted_address(deployer, number(&case, "salt"), chain_id);
        assert_eq!(address.to_string(), text(&case, "address"), "{case}");
    }
}

/// A contract with one method for each annotation.
fn contract(annotations: &[&str]) -> Vec<u8> {
    let mut source = String::from(
        "# { \"Depends\": \"py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6\" }\n\
         from genlayer import *\nfrom dataclasses import dataclass\nimport datetime\nimport typing\n\n\
         @dataclass\nclass Point:\n    x: int\n    label: str\n\n\
         class Schema(gl.Contract):\n    def __init__(self):\n        pass\n",
    );
    for (number, annotation) in annotations.iter().enumerate() {
        source.push_str(&format!(
            "\n    @gl.public.view\n    def m{number}(self, a: {annotation}) -> {annotation}:\n        pass\n"
        ));
    }
    source.into_bytes()
}

#[test]
fn annotations_have_the_documented_schema() {
    let types = list(SCHEMAS, "types");
    let annotations: Vec<&str> = types.iter().map(|case| text(case, "annotation")).collect();
    let schema = machine()
        .schema(contract(&annotations).into())
        .unwrap_or_else(|execution| panic!("{execution:#?}"));
    let schema: Json = serde_json::from_str(&schema).expect("JSON");
    for (number, case) in types.iter().enumerate() {
        let method = &schema["methods"][format!("m{number}")];
        assert_eq!(method["params"][0][1], case["type"], "{case}");
        assert_eq!(method["ret"], case["type"], "{case}");
    }
    for annotation in list(SCHEMAS, "none") {
        let annotation = annotation.as_str().expect("text");
        let schema = machine().schema(contract(&[annotation]).into());
        assert!(schema.is_err(), "{annotation} has a schema: {schema:?}");
    }
}
