//! Results and fuel are the same however the sandbox is carried out, and both codecs of calldata
//! are the same codec.
//!
//! Everything here runs once as nodes run it and once on another engine: plain machine code, or the
//! interpreter when `VENIRE_ENGINE=interpreter` (the long ring). Cases of `conformance/contracts`
//! are compared in the same way where they are checked.

use crate::{
    corpus::request,
    dice::Dice,
    hostile,
    machine::{self, machine, other},
    world::World,
};
use std::{fs, sync::Arc};
use venire_types::{
    calldata::{self, Value},
    outcome::Outcome,
};
use venire_vm::{Config, Entry, Execution, Limits, Machine};

/// Values of one comparison of the codecs.
const VALUES: usize = 400;

fn run(machine: &Machine, code: &[u8], entry: &Entry) -> Execution {
    let code: Arc<[u8]> = code.into();
    let world = World::default();
    machine.run(request(code, entry.clone()), Box::new(world))
}

/// Both machines give the same; what it is.
fn same(name: &str, code: &[u8], entry: &Entry) -> Execution {
    let first = run(machine(), code, entry);
    assert_eq!(run(other(), code, entry), first, "{name}: {entry:?}");
    first
}

/// A value that fits a parameter of a schema.
fn fitting(kind: &serde_json::Value) -> Value {
    match kind.as_str() {
        Some("string") => Value::str("text"),
        Some("bool") => Value::Bool(true),
        Some("int") => Value::from(3),
        Some("bytes") => Value::bytes(*b"bytes"),
        Some("address") => Value::Address(venire_types::Address::repeat_byte(5)),
        Some("array") => Value::array([]),
        Some("dict") => Value::map::<&str>([]),
        _ => Value::Null,
    }
}

fn arguments(method: &serde_json::Value) -> Vec<Value> {
    let parameters = method.get("params").and_then(serde_json::Value::as_array);
    let parameters = parameters.into_iter().flatten();
    parameters.map(|pair| fitting(&pair[1])).collect()
}

#[test]
fn our_contracts_are_the_same_on_other_engines() {
    let folder = machine::root().join("contracts");
    let mut methods = 0;
    for entry in fs::read_dir(folder).expect("contracts") {
        let path = entry.expect("entry").path().join("contract.py");
        let Ok(code) = fs::read(&path) else { continue };
        let name = path.display().to_string();
        let schema = machine().schema(code.as_slice().into()).expect(&name);
        assert_eq!(
            other().schema(code.as_slice().into()),
            Ok(schema.clone()),
            "{name}"
        );
        let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
        let deploy = Entry::Deploy(Value::constructor(arguments(&schema["ctor"])));
        same(&name, &code, &deploy);
        for (method, about) in schema["methods"].as_object().expect("methods") {
            same(
                &name,
                &code,
                &Entry::Call(Value::call(method, arguments(about))),
            );
            methods += 1;
        }
    }
    assert!(methods >= 10, "only {methods} methods");
}

/// Where native frames differ: with fuel enough to get to the end of the stack.
#[test]
fn stacks_end_at_the_same_call_on_other_engines() {
    let limits = hostile::limits();
    let open = |config: Config| {
        machine::open(&Config {
            limits,
            concurrency: 1,
            ..config
        })
    };
    let (one, two) = (open(machine::config()), open(machine::other_config()));
    let mut overflows = 0;
    for (name, code) in hostile::named("stack") {
        let (first, second) = (hostile::call(&one, &code), hostile::call(&two, &code));
        assert_eq!(first, second, "{name}");
        assert_eq!(first.unavailable, None, "{name}");
        let overflow = Outcome::VmError("wasm_trap StackOverflow".into());
        overflows += u32::from(first.outcome == overflow);
    }
    assert!(overflows >= 5, "only {overflows} stacks ended");
}

#[test]
fn hostile_contracts_are_the_same_on_other_engines() {
    let limits = Limits {
        fuel: 50_000_000,
        ..hostile::limits()
    };
    let open = |config: Config| {
        machine::open(&Config {
            limits,
            concurrency: 2,
            ..config
        })
    };
    let (one, two) = (open(machine::config()), open(machine::other_config()));
    let mut failures = Vec::new();
    let contracts = hostile::contracts();
    for (name, code) in &contracts {
        let (first, second) = (hostile::call(&one, code), hostile::call(&two, code));
        let told_apart = |execution: &Execution| {
            let outcome = execution.outcome.clone();
            (
                outcome,
                execution.fuel,
                execution.delta.clone(),
                execution.stdout.clone(),
            )
        };
        if told_apart(&first) != told_apart(&second) {
            failures.push(format!("{name}:\n{first:?}\n{second:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(contracts.len() >= 250, "only {}", contracts.len());
}

const CODEC: &str = "\
# { \"Depends\": \"py-genlayer:test\" }
from genlayer import *
from genlayer.py import calldata


class C(gl.Contract):
    @gl.public.view
    def echo(self, values):
        return values

    @gl.public.view
    def decode(self, texts):
        values = []
        for text in texts:
            try:
                values.append(calldata.encode(calldata.decode(text)))
            except Exception:
                values.append(None)
        return values
";

fn answer(method: &str, argument: Value) -> Value {
    let entry = Entry::Call(Value::call(method, [argument]));
    let execution = run(machine(), CODEC.as_bytes(), &entry);
    let Outcome::Return(bytes) = &execution.outcome else {
        panic!("{method}: {execution:?}");
    };
    let value = calldata::decode(bytes).expect("calldata");
    assert_eq!(calldata::encode(&value), *bytes, "one form for each value");
    value
}

#[test]
fn values_pass_through_both_codecs() {
    for seed in 1..=4 {
        let mut dice = Dice::new(seed);
        let values = Value::array((0..VALUES).map(|_| dice.value(4)));
        assert_eq!(answer("echo", values.clone()), values, "seed {seed}");
        let texts = values
            .as_array()
            .expect("values")
            .iter()
            .map(calldata::encode);
        let texts = Value::array(texts.map(Value::Bytes));
        assert_eq!(answer("decode", texts.clone()), texts, "seed {seed}");
    }
}

#[test]
fn both_codecs_refuse_the_same() {
    for seed in 1..=4 {
        let mut dice = Dice::new(seed + 100);
        let mut texts = Vec::new();
        for _ in 0..VALUES {
            let mut text = calldata::encode(&dice.value(3));
            match dice.below(4) {
                0 => text = dice.bytes(12),
                1 => text.truncate(dice.below(text.len())),
                2 => text.extend(dice.bytes(2)),
                _ => {
                    let at = dice.below(text.len());
                    text[at] ^= 1 << dice.below(8);
                }
            }
            texts.push(text);
        }
        let want = texts.iter().map(|text| {
            let value = calldata::decode(text).ok();
            value.map_or(Value::Null, |value| Value::Bytes(calldata::encode(&value)))
        });
        let want = Value::array(want);
        let got = answer(
            "decode",
            Value::array(texts.iter().map(|text| Value::bytes(text.clone()))),
        );
        let pairs = want
            .as_array()
            .into_iter()
            .flatten()
            .zip(got.as_array().into_iter().flatten());
        for (text, (want, got)) in texts.iter().zip(pairs) {
            assert_eq!(got, want, "seed {seed}: {text:02x?}");
        }
    }
}
